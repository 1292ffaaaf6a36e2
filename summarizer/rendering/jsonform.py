"""The brief as JSON, the published contract, and its schema.

`python -m summarizer.rendering.jsonform schemas/brief.schema.json` rewrites the schema file.
"""

from __future__ import annotations

import json
import re
import sys
from pathlib import Path
from typing import Any

from pydantic import ValidationError
from pydantic.json_schema import GenerateJsonSchema
from pydantic_core import PydanticSerializationError

from summarizer import strictjson
from summarizer.errors import InputError
from summarizer.model import BriefContent

DIALECT = "https://json-schema.org/draft/2020-12/schema"
LONGEST_REASON = 200
# Written as escapes, so that no viewer reorders, hides or breaks a line of the file; they read back as what they were.
_UNSEEN = re.compile(
    "[\x7f-\x9f\u00ad\u061c\u180e\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb\U000e0000-\U000e007f]"
)


class AsWritten(GenerateJsonSchema):
    """Every field is required: what we write leaves none out, and readers may rely on it.

    Only the items of own types are left out where nobody asked for any.
    """

    def field_is_required(self, field: Any, total: bool) -> bool:  # noqa: ARG002 - pydantic's signature
        return True


def to_json(content: BriefContent) -> str:
    """The brief as JSON text: the same brief gives the same bytes; ends with a newline."""
    left_out = None if content.own else {"own"}
    try:
        return _seen(content.model_dump_json(by_alias=True, indent=1, exclude=left_out))
    except PydanticSerializationError:  # half a character, which a caller's own text may hold
        dumped = content.model_dump(mode="json", by_alias=True, exclude=left_out)
        return _seen(json.dumps(dumped, ensure_ascii=False, indent=1))


def from_json(text: str) -> BriefContent:
    """Reads what `to_json` wrote. Raises InputError for anything else, and says where it differs."""
    plain = text.removeprefix("\ufeff")
    try:
        strictjson.loads(plain)
    except json.JSONDecodeError:
        pass  # the validation says where
    except (ValueError, RecursionError) as error:
        raise InputError(f"This is not a brief: {error}; write it again with `summarizer brief`.") from error
    try:
        return BriefContent.model_validate_json(plain, strict=True)
    except ValidationError as error:
        raise InputError(_sentence(error)) from error


def brief_schema() -> dict[str, Any]:
    """The JSON Schema (2020-12) of a brief as written, with the names used in JSON."""
    schema = BriefContent.model_json_schema(mode="serialization", schema_generator=AsWritten)
    schema["required"].remove("own")
    return {"$schema": DIALECT, **schema, "title": "Brief"}


def schema_text() -> str:
    """The schema as the file schemas/brief.schema.json holds it."""
    return _seen(json.dumps(brief_schema(), ensure_ascii=False, indent=1))


def _seen(text: str) -> str:
    return _UNSEEN.sub(lambda found: json.dumps(found.group())[1:-1], text) + "\n"


def _sentence(error: ValidationError) -> str:
    """The first thing that is wrong, where, and how many more there are."""
    problems = error.errors(include_url=False, include_context=False, include_input=False)
    first = problems[0]
    where = ".".join(map(str, first["loc"])) or "the text"
    reason = " ".join(str(first["msg"]).split()).rstrip(".")[:LONGEST_REASON]
    more = f", and {len(problems) - 1} more" if len(problems) > 1 else ""
    return f"This is not a brief: at {where}, {reason}{more}; write it again with `summarizer brief`."


def main(arguments: list[str]) -> int:
    """Writes the schema to the file named; returns the exit code."""
    if len(arguments) != 1:
        print("usage: python -m summarizer.rendering.jsonform FILE", file=sys.stderr)
        return 2
    Path(arguments[0]).write_text(schema_text(), encoding="utf-8", newline="\n")
    return 0


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
