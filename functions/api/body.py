"""A request's JSON body, read strictly: what one reader takes so and another otherwise is refused, not guessed."""

import json
import math
from typing import Any, NoReturn, TypeVar

from fastapi.exceptions import RequestValidationError
from pydantic import BaseModel, ValidationError
from starlette.requests import Request

from shared.errors import Problem

T = TypeVar("T", bound=BaseModel)
BODY_BYTES = 64_000
NAME_LENGTH = 100  # of a caller's own field name, when it is named back


async def read(request: Request, model: type[T]) -> T:
    """The body as `model`. Raises Problem (413, 415, 400) or RequestValidationError."""
    media_type = request.headers.get("content-type", "application/json").partition(";")[0].strip().lower()
    if media_type != "application/json" and not media_type.endswith("+json"):
        raise Problem(415, "unsupported_media_type", "Send JSON, with `Content-Type: application/json`.")
    value = parse(await limited(request))
    try:
        return model.model_validate(value)
    except ValidationError as error:
        raise invalid([{**one, "loc": ("body", *one["loc"])} for one in error.errors(include_url=False)]) from None


def invalid(errors: list[Any]) -> RequestValidationError:
    return RequestValidationError(errors)


async def limited(request: Request) -> bytes:
    body = bytearray()
    async for chunk in request.stream():
        body += chunk
        if len(body) > BODY_BYTES:
            raise Problem(413, "body_too_large", f"The body may have {BODY_BYTES} bytes.")
    return bytes(body)


def parse(body: bytes) -> Any:
    """RFC 8259 with unique names (I-JSON): no NaN, no number beyond a double, no half of a surrogate pair."""
    try:
        value = json.loads(body, object_pairs_hook=unique, parse_constant=refuse_constant, parse_float=finite)
        json.dumps(value, ensure_ascii=False).encode()
    except (ValueError, RecursionError) as error:
        # What the decoder says is about the form alone; other errors may show more of the code than of the body.
        where = f": {error.msg} at character {error.pos}" if isinstance(error, json.JSONDecodeError) else ""
        raise Problem(400, "invalid_json", f"The body is not valid JSON{where}.") from None
    return value


def unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    value = dict(pairs)
    if len(value) < len(pairs):
        names = [name for name, _ in pairs]
        twice = next(name for name in value if names.count(name) > 1)[:NAME_LENGTH]
        detail = "The name stands twice in one object; send it once"
        raise invalid([{"type": "duplicate_field", "loc": ("body", twice), "msg": detail}])
    return value


def refuse_constant(name: str) -> NoReturn:
    raise ValueError(f"{name} is not JSON")


def finite(text: str) -> float:
    number = float(text)
    if not math.isfinite(number):
        raise ValueError("the number is too large")
    return number
