"""A small invented company on loopback: its site, the registers and job board that know it, and a webhook endpoint."""

import json
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from aiohttp import web
from standardwebhooks import Webhook, WebhookVerificationError

ROOT = Path(__file__).parent
SITE, STATIC = ROOT / "pages", ROOT / "static"
EDGAR, GLEIF, WIKIDATA, GREENHOUSE = (ROOT / "sources" / name for name in ("edgar", "gleif", "wikidata", "greenhouse"))
TYPES = {".html": "text/html", ".xml": "application/xml", ".txt": "text/plain"}


@dataclass(frozen=True)
class Received:
    """A webhook as it arrived; `event` is None where the signature did not hold."""

    id: str
    event: dict[str, Any] | None


@dataclass
class Endpoint:
    """Verifies webhooks with `secret` and tells `received` what came."""

    received: Callable[[Received], None]
    secret: str = ""  # whsec_…; as long as there is none, senders are told to come again

    async def __call__(self, request: web.Request) -> web.Response:
        if not self.secret:
            return web.Response(status=503)
        body, name = await request.read(), request.headers.get("webhook-id", "")
        try:
            Webhook(self.secret).verify(body, dict(request.headers))
        except WebhookVerificationError:
            self.received(Received(name, None))
            return web.Response(status=401)
        self.received(Received(name, json.loads(body)))
        return web.Response(status=204)


def page(path: str, base: str) -> web.Response:
    """A file of the site in its layout; `base` is the address by which the site was asked."""
    file = (SITE / path.strip("/")).resolve()
    if not path.strip("/"):
        file = SITE / "index.html"
    elif not file.suffix:
        file = file.with_suffix(".html")
    if not file.is_relative_to(SITE) or not file.is_file():
        raise web.HTTPNotFound(text="There is no such page.")
    text = file.read_text()
    if file.suffix == ".html":
        head, _, body = text.partition("<!--body-->\n")
        layout = (ROOT / "layout.html").read_text()
        text = layout.replace("{{head}}", head.strip().replace("\n", "\n  ")).replace("{{body}}", body.rstrip())
    return web.Response(text=text.replace("{{base}}", base), content_type=TYPES[file.suffix])


async def site(request: web.Request) -> web.Response:
    return page(request.match_info["path"], f"{request.scheme}://{request.host}")


async def favicon(request: web.Request) -> web.FileResponse:
    return web.FileResponse(STATIC / "favicon.ico")


async def board(request: web.Request) -> web.FileResponse:
    return answer(GREENHOUSE / f"{request.match_info['token']}.json", {"status": 404, "error": "Job board not found"})


async def entity(request: web.Request) -> web.FileResponse:
    return answer(GLEIF / f"{request.match_info['lei']}.json", {"errors": [{"status": "404", "title": "Not found"}]})


async def item(request: web.Request) -> web.FileResponse:
    return answer(WIKIDATA / f"{request.match_info['item']}.json", {})


async def wikidata(request: web.Request) -> web.FileResponse:
    """The names of what the item leads to; nothing is searched for, since the site names its item."""
    return answer(WIKIDATA / "labels.json", {})


def answer(file: Path, missing: dict[str, Any]) -> web.FileResponse:
    if not file.is_file():
        raise web.HTTPNotFound(text=json.dumps(missing), content_type="application/json")
    return web.FileResponse(file, headers={"content-type": "application/json"})


def application(endpoint: Endpoint | None = None) -> web.Application:
    """The site at `/`, what else knows the company below `/edgar`, `/gleif`, `/wikidata` and `/greenhouse`, and the
    endpoint at `/webhooks`."""
    app = web.Application()
    app.router.add_static("/static", STATIC)
    app.router.add_static("/edgar", EDGAR)
    app.router.add_get("/gleif/api/v1/lei-records/{lei:[A-Z0-9]+}", entity)
    app.router.add_get("/wikidata/wiki/Special:EntityData/{item:Q[0-9]+}.json", item)
    app.router.add_get("/wikidata/w/api.php", wikidata)
    app.router.add_get("/greenhouse/v1/boards/{token:[a-z]+}/jobs", board)
    app.router.add_get("/favicon.ico", favicon)
    if endpoint:
        app.router.add_post("/webhooks", endpoint.__call__)
    app.router.add_get("/{path:.*}", site)
    return app


def settings(base: str) -> dict[str, str]:
    """What tells Firmograph that the registers are here."""
    return {
        "FIRMOGRAPH_EDGAR_DATA_URL": f"{base}/edgar",
        "FIRMOGRAPH_EDGAR_WWW_URL": f"{base}/edgar",
        "FIRMOGRAPH_GLEIF_URL": f"{base}/gleif",
        "FIRMOGRAPH_WIKIDATA_URL": f"{base}/wikidata",
        "FIRMOGRAPH_JOB_BOARDS": json.dumps({"greenhouse": f"{base}/greenhouse"}),
    }
