"""Writes and queries as Firestore's protobuf messages."""

from collections.abc import Sequence
from typing import Any

from google.cloud.firestore_v1 import types

from shared.google.values import encode, encode_fields, time_of
from shared.ports import Create, Delete, Guard, Increment, Put, Query, Update, Write

WriteMessage: Any = types.Write.pb()
DocumentMessage: Any = types.Document.pb()
Precondition: Any = types.Precondition.pb()
FieldTransform: Any = types.DocumentTransform.pb().FieldTransform
StructuredQuery: Any = types.StructuredQuery.pb()
Filter: Any = StructuredQuery.Filter
OPERATORS = {
    "==": StructuredQuery.FieldFilter.EQUAL,
    "<": StructuredQuery.FieldFilter.LESS_THAN,
    "<=": StructuredQuery.FieldFilter.LESS_THAN_OR_EQUAL,
    ">": StructuredQuery.FieldFilter.GREATER_THAN,
    ">=": StructuredQuery.FieldFilter.GREATER_THAN_OR_EQUAL,
}
DIRECTIONS = {"asc": StructuredQuery.ASCENDING, "desc": StructuredQuery.DESCENDING}


def write_message(write: Write, name: str) -> Any:
    """`name` is the document's full resource name."""
    message = WriteMessage(current_document=_condition(write))
    if isinstance(write, Delete):
        message.delete = name
        return message
    fields = write.fields if isinstance(write, Create | Put | Update) else {}
    message.update.CopyFrom(DocumentMessage(name=name, fields=encode_fields(fields)))
    if isinstance(write, Update | Guard | Increment):
        message.update_mask.SetInParent()  # a mask that names no field writes none
        message.update_mask.field_paths.extend(map(_quoted, fields))
    if isinstance(write, Increment):
        adds = [FieldTransform(field_path=_quoted(field), increment=encode(n)) for field, n in write.amounts.items()]
        message.update_transforms.extend(adds)
    return message


def _condition(write: Write) -> Any:
    if isinstance(write, Create):
        return Precondition(exists=False)
    version = version_asked(write)
    if version is not None:
        return Precondition(update_time=time_of(version))
    return Precondition(exists=True) if isinstance(write, Update) else None


def version_asked(write: Write) -> str | None:
    match write:
        case Guard():
            return write.version
        case Create():
            return None
    return write.if_version


def _quoted(field: str) -> str:
    """A top-level field's name as a field path, in which dots would mean depth."""
    return "`" + field.replace("\\", "\\\\").replace("`", "\\`") + "`"


def query_message(query: Query, values: Sequence[Any], collection: str) -> Any:
    order = [(field, DIRECTIONS[direction]) for field, direction in query.order]
    order.append(("__name__", order[-1][1] if order else DIRECTIONS["asc"]))
    message = StructuredQuery(
        from_=[{"collection_id": collection}],
        order_by=[{"field": {"field_path": field}, "direction": direction} for field, direction in order],
    )
    filters = [_filter(field, op, value) for (field, op), value in zip(query.where, values, strict=True)]
    if filters:
        message.where.composite_filter.op = StructuredQuery.CompositeFilter.AND
        message.where.composite_filter.filters.extend(filters)
    return message


def _filter(field: str, operator: str, value: Any) -> Any:
    unary = StructuredQuery.UnaryFilter
    if operator == "==" and (value is None or value != value):  # Firestore compares neither null nor NaN
        op = unary.IS_NULL if value is None else unary.IS_NAN
        return Filter(unary_filter={"field": {"field_path": field}, "op": op})
    return Filter(field_filter={"field": {"field_path": field}, "op": OPERATORS[operator], "value": encode(value)})
