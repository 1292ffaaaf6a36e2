"""What a report's characters may not do to its reader: hide, or turn the direction of what follows."""

from __future__ import annotations

import re

# Controls, surrogates, direction marks (Unicode Bidirectional Algorithm, UAX 9), tag characters, fillers.
_TURNING = re.compile(
    "[\x00-\x08\x0e-\x1b\x7f-\x84\x86-\x9f\u061c\u115f\u1160\u180e\u200e\u200f\u202a-\u202e\u2066-\u206f\u3164"
    "\ud800-\udfff\ufeff\ufff9-\ufffb\ufffe\uffff\U000e0000-\U000e007f]"
)
# Of no width and no meaning in Chinese text; web pages are full of them.
_EMPTY = re.compile("[\u00ad\u200b-\u200d\u2060-\u2064]")


def visible(text: str) -> str:
    """The text without characters of no width, and with a replacement character for those that hide or turn."""
    return _TURNING.sub("\ufffd", _EMPTY.sub("", text))
