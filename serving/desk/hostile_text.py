"""Texts that strangers wrote, as a page shows them: escaped, isolated in direction, and not without end."""

from __future__ import annotations

from typing import Final

from markupsafe import Markup, escape

from accounts.invisible import visible

__all__ = ["isolate", "plainly", "sentence"]

LONGEST: Final = 300


def plainly(written: object, longest: int = LONGEST) -> str:
    r"""A stranger's text for an attribute or a title: shortened, and what cannot be seen written out.

    >>> plainly("a\u202eb"), plainly("aaaa", longest=3)
    ('a[U+202E]b', 'aaa…')
    """
    text = str(written)
    return visible(text[:longest] + ("…" if len(text) > longest else ""))


def isolate(written: object, longest: int = LONGEST) -> Markup:
    r"""A stranger's text for a page: what steers is written out, and the rest stands apart in ``<bdi>``.

    >>> isolate("<b>\u202egnp")
    Markup('<bdi>&lt;b&gt;[U+202E]gnp</bdi>')
    """
    return Markup("<bdi>{}</bdi>").format(escape(plainly(written, longest)))


def sentence(written: object, longest: int = 600) -> Markup:
    r"""A sentence of ours that may quote strangers, for a page: its own isolating marks go.

    >>> sentence("“\u2068nice\u2069” 3 times; \u202e")
    Markup('<bdi>“nice” 3 times; [U+202E]</bdi>')
    """
    return isolate(str(written).replace("\u2068", "").replace("\u2069", ""), longest)
