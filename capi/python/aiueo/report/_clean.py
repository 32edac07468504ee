"""Strings of models and tables on their way into a page: none of them is more than text there."""

from __future__ import annotations

import json
import re
from typing import Any

#: What has no shape, and halves of signs that cannot be written; line ends and tabs are fine.
_UNSHOWN = re.compile(
    "[\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f-\u009f\ud800-\udfff\ufffe\uffff]"
)
#: What could end a block of data, or a line of a script, early.
_IN_DATA = {
    "<": "\\u003c",
    ">": "\\u003e",
    "&": "\\u0026",
    "\u2028": "\\u2028",
    "\u2029": "\\u2029",
}


def clean(value: Any) -> Any:
    """A text with a mark for every sign that has no shape; other values, and what is markup of the
    page's own, as they are."""
    if isinstance(value, str) and not hasattr(value, "__html__"):
        return _UNSHOWN.sub("\ufffd", value)
    return value


def data_block(value: Any) -> str:
    """JSON that can stand inside a ``<script type="application/json">``."""
    text = json.dumps(value, ensure_ascii=False, separators=(",", ":"), allow_nan=False)
    text = re.sub("[<>&\u2028\u2029]", lambda sign: _IN_DATA[sign[0]], text)
    return re.sub("[\ud800-\udfff]", "\ufffd", text)


__all__ = ["clean", "data_block"]
