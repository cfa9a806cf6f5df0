"""What /openapi.json says beyond what the routes themselves say."""

from typing import Any

from fastapi import FastAPI
from pydantic.json_schema import models_json_schema

from functions.api.problems import ProblemDetails
from functions.api.schemas import ScrapeOrder

VERSION = "1.0.0"
DESCRIPTION = """\
Give it a company's web address; it answers with a structured company profile in which every value names the page it
came from.

Order with `POST /api/v1/scrape/company`, then ask at `status_url` or wait for the signed webhook
([Standard Webhooks](https://www.standardwebhooks.com)). Every 4xx and 5xx is an
[RFC 9457](https://www.rfc-editor.org/rfc/rfc9457) problem with a stable `code`.
"""


def install(app: FastAPI) -> None:
    """Adds the models that no route names: of the strictly read body, and of the problems."""
    plain = app.openapi

    def openapi() -> dict[str, Any]:
        if app.openapi_schema is None:
            schema = plain()
            models = [(ScrapeOrder, "validation"), (ProblemDetails, "validation")]
            _, more = models_json_schema(models, ref_template="#/components/schemas/{model}")  # type: ignore[arg-type]
            schema["components"]["schemas"] |= more["$defs"]
        return app.openapi_schema or {}

    app.openapi = openapi  # type: ignore[method-assign]
