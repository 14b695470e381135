"""Texts that strangers wrote, as a report shows them: escaped, isolated in direction, and not without end."""

from __future__ import annotations

from markupsafe import Markup, escape

from accounts.invisible import visible
from reporting.rows import LONGEST_TEXT, cut

__all__ = ["isolate", "plain"]


def plain(written: object, longest: int = LONGEST_TEXT) -> str:
    """The same without markup, where there can be none."""
    return visible(cut(str(written), longest))


def isolate(written: object, longest: int = LONGEST_TEXT) -> Markup:
    r"""A stranger's text: what steers is written out, a long one is cut with a note, the rest is isolated.

    >>> isolate("<b>\u202egnp")
    Markup('<bdi>\u2068&lt;b&gt;[U+202E]gnp\u2069</bdi>')
    """
    shown = plain(written, longest)
    # Isolated twice: WeasyPrint knows no unicode-bidi, and obeys the characters.
    return Markup("<bdi>\N{FIRST STRONG ISOLATE}{}\N{POP DIRECTIONAL ISOLATE}</bdi>").format(escape(shown))
