"""Documents to and from Firestore's protobuf messages, without proto-plus's wrappers (several times slower)."""

from datetime import UTC, datetime
from typing import Any

from google.cloud.firestore_v1 import types
from google.protobuf.timestamp_pb2 import Timestamp

from shared.google.stamps import STAMP
from shared.ports import Document, Fields

Value: Any = types.Value.pb()
ArrayValue: Any = types.ArrayValue.pb()
MapValue: Any = types.MapValue.pb()


def encode(value: Any) -> Any:
    match value:
        case None:
            return Value(null_value=0)
        case bool():
            return Value(boolean_value=value)
        case int():
            return Value(integer_value=value)
        case float():
            return Value(double_value=value)
        case str():
            return Value(string_value=value)
        case bytes():
            return Value(bytes_value=value)
        case datetime():
            time = Timestamp()
            time.FromDatetime(value)
            return Value(timestamp_value=time)
        case list():
            return Value(array_value=ArrayValue(values=map(encode, value)))
        case dict():
            return Value(map_value=MapValue(fields=encode_fields(value)))
    raise TypeError(f"no document can hold a {type(value).__name__}")


def encode_fields(fields: Fields) -> dict[str, Any]:
    return {name: encode(value) for name, value in fields.items()}


def decode(value: Any) -> Any:
    match value.WhichOneof("value_type"):
        case "null_value":
            return None
        case "timestamp_value":
            return value.timestamp_value.ToDatetime(UTC)
        case "array_value":
            return [decode(item) for item in value.array_value.values]
        case "map_value":
            return decode_fields(value.map_value.fields)
        case "boolean_value" | "integer_value" | "double_value" | "string_value" | "bytes_value" as kind:
            return getattr(value, kind)
        case kind:
            raise TypeError(f"a {kind}, which Firmograph never writes")


def decode_fields(fields: Any) -> Fields:
    return {name: decode(value) for name, value in fields.items()}


def document(message: Any) -> Document:
    """Of a raw Document message; its name is projects/P/databases/D/documents/{path}."""
    fields = decode_fields(message.fields)
    fields.pop(STAMP, None)
    return Document(message.name.split("/", 5)[5], fields, version(message.update_time))


def version(time: Any) -> str:
    return f"{time.seconds}.{time.nanos:09}"


def time_of(version: str) -> Any:
    """The update time that a version names; what is no version of ours names one that no document has."""
    seconds, _, nanos = version.partition(".")
    try:
        return Timestamp(seconds=int(seconds), nanos=int(nanos))
    except ValueError:
        return Timestamp(seconds=1)
