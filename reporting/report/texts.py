"""Texts that strangers wrote, as a report shows them: escaped, isolated in direction, and not without end."""

from __future__ import annotations

import re
from typing import Final

from markupsafe import Markup, escape

from reporting.rows import LONGEST_TEXT, cut

__all__ = ["isolate", "plain"]

STEERING: Final = re.compile(
    "[\\u0000-\\u0008\\u000b-\\u001f\\u007f-\\u009f\\u061c\\u200e\\u200f\\u202a-\\u202e"
    "\\u2066-\\u2069\\ufeff\\ud800-\\udfff\\ufffe\\uffff]"
)
"""Characters that turn the reading direction, cannot be seen, or cannot be written."""


def plain(written: object, longest: int = LONGEST_TEXT) -> str:
    """The same without markup, where there can be none."""
    return STEERING.sub(lambda found: f"[U+{ord(found[0]):04X}]", cut(str(written), longest))


def isolate(written: object, longest: int = LONGEST_TEXT) -> Markup:
    r"""A stranger's text: what steers is written out, a long one is cut with a note, the rest is isolated.

    >>> isolate("<b>\u202egnp")
    Markup('<bdi>\u2068&lt;b&gt;[U+202E]gnp\u2069</bdi>')
    """
    visible = plain(written, longest)
    # Isolated twice: WeasyPrint knows no unicode-bidi, and obeys the characters.
    return Markup("<bdi>\N{FIRST STRONG ISOLATE}{}\N{POP DIRECTIONAL ISOLATE}</bdi>").format(escape(visible))
