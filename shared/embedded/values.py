"""Fields of a document as JSON and one blob, and values as bytes that sort as Firestore sorts them."""

import json
import math
import struct
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

from shared.ports import Fields

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
MICROSECOND = timedelta(microseconds=1)


def dump(fields: Fields) -> tuple[str, bytes]:
    """JSON text and the bytes values end to end; equal exactly where Firestore sees no change.

    What JSON can't say is a map with one key of the form `__x__`, which no field may have."""
    blob = bytearray()

    def special(value: bytes | datetime) -> dict[str, Any]:
        if isinstance(value, bytes):
            blob.extend(value)
            return {"__bytes__": [len(blob) - len(value), len(blob)]}
        return {"__time__": value.astimezone(UTC).isoformat(timespec="microseconds")}

    try:
        text = _encode(fields, special)
    except ValueError:  # a float that is no number
        blob.clear()
        text = _encode(_finite(fields), special)
    return text, bytes(blob)


def _encode(fields: Fields, special: Callable[[Any], Any]) -> str:
    return json.dumps(
        fields, default=special, sort_keys=True, ensure_ascii=False, allow_nan=False, separators=(",", ":")
    )


def _finite(value: Any) -> Any:
    match value:
        case dict():
            return {name: _finite(item) for name, item in value.items()}
        case list():
            return [_finite(item) for item in value]
        case float() if not math.isfinite(value):
            return {"__float__": str(value)}
    return value


def load(text: str, blob: bytes) -> Fields:
    def rich(value: dict[str, Any]) -> Any:
        if len(value) == 1:
            match value:
                case {"__bytes__": [start, end]}:
                    return blob[start:end]
                case {"__time__": time}:
                    return datetime.fromisoformat(time)
                case {"__float__": number}:
                    return float(number)
        return value

    fields: Fields = json.loads(text, object_hook=rich)
    return fields


def microseconds(value: datetime) -> int:
    return (value - EPOCH) // MICROSECOND


# Firestore's order of types: null, boolean, number, time, string, bytes, list, map.
END, NULL, BOOLEAN, NUMBER, TIMESTAMP, STRING, BLOB, LIST, MAP = (bytes([n]) for n in range(0, 0x90, 0x10))


def sortable(value: Any) -> bytes:
    """Bytes that sort as the value does. None is the beginning of another's."""
    match value:
        case None:
            return NULL
        case bool():
            return BOOLEAN + bytes([value])
        case int() | float():
            return NUMBER + _number(value)
        case datetime():
            return TIMESTAMP + struct.pack(">Q", microseconds(value) + 2**63)
        case str():
            return STRING + _text(value.encode())
        case bytes():
            return BLOB + _text(value)
        case list():
            return LIST + b"".join(map(sortable, value)) + END
        case dict():
            return MAP + b"".join(sortable(name) + sortable(value[name]) for name in sorted(value)) + END
    raise TypeError(type(value).__name__)


def descending(key: bytes) -> bytes:
    return bytes(255 - byte for byte in key)


def after(key: bytes) -> bytes:
    """The least key behind all that begin with this one, which begins with a type."""
    stripped = key.rstrip(b"\xff")
    return stripped[:-1] + bytes([stripped[-1] + 1])


def _text(value: bytes) -> bytes:
    return value.replace(b"\0", b"\0\xff") + b"\0\0"


def _number(value: float) -> bytes:
    """Integers and floats are one order; NaN comes first, and the rest beyond a float's 53 bits last."""
    if math.isnan(value):
        return bytes(10)
    rounded = float(value) + 0.0  # -0.0 is 0.0
    (bits,) = struct.unpack(">Q", struct.pack(">d", rounded))
    bits = bits ^ (2**64 - 1) if bits >> 63 else bits | 2**63
    rest = value - int(rounded) if isinstance(value, int) else 0
    return struct.pack(">QH", bits, rest + 2**15)
