"""Whether a value is what a schema of the strict subset asks for: an endpoint may take a schema and ignore it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

_TYPES: dict[str, tuple[type, ...]] = {
    "string": (str,),
    "integer": (int,),
    "number": (int, float),
    "boolean": (bool,),
    "null": (type(None),),
    "array": (list,),
    "object": (dict,),
}


def conforms(value: Any, schema: Mapping[str, Any], root: Mapping[str, Any] | None = None) -> bool:
    """Whether a value has the schema's keys, all of them and no others, and their types."""
    root = schema if root is None else root
    if "$ref" in schema:
        return conforms(value, root["$defs"][schema["$ref"].rpartition("/")[2]], root)
    if "anyOf" in schema:
        return any(conforms(value, each, root) for each in schema["anyOf"])
    if "enum" in schema and value not in schema["enum"]:
        return False
    if "const" in schema and value != schema["const"]:
        return False
    if "type" in schema and not _is_of(value, schema["type"]):
        return False
    if isinstance(value, list) and "items" in schema:
        return all(conforms(each, schema["items"], root) for each in value)
    if isinstance(value, dict) and "properties" in schema:
        properties = schema["properties"]
        return set(schema.get("required", ())) <= set(value) <= set(properties) and all(
            conforms(each, properties[key], root) for key, each in value.items()
        )
    return True


def _is_of(value: Any, types: str | list[str]) -> bool:
    if isinstance(types, list):
        return any(_is_of(value, each) for each in types)
    if isinstance(value, bool) and types != "boolean":
        return False
    return isinstance(value, _TYPES[types])
