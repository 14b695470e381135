"""The page of problems, docs/problems.md: every code with its status and when it comes."""

from __future__ import annotations

from collections.abc import Iterator
from importlib import import_module
from typing import Final

from accounts.errors import AssayError
from serving.http.problems import code_of

__all__ = ["problem_page", "problem_rows"]

_INTRODUCTION: Final = """\
# Problems

Generated from the classes of errors by `python -m serving.app.pages --write`; change their docstrings,
not this page.

`code` of a problem document says its kind, and never changes; `type` leads to its row on the service's
own page `/docs/problems`; `detail` is for people, and may change. Each of `errors` names a fault of a
body: `pointer` is the place in the document as a JSON pointer, `field` the same as people write it, and
`value` what stood there: as JSON, escaped and cut to 60 characters; of a list or an object only that it
is one, of a comment's text and author only what kind of value it is.

| code | status | when |
|---|---|---|
"""

_OTHERS: Final = (
    ("bad-input", 422, "the body breaks rules; `errors` names every fault"),
    ("internal-server-error", 500, "something went wrong inside; the service's log says what"),
    ("method-not-allowed", 405, "the path does not take the method"),
    ("no-usable-model", 503, "there is no model that can be used; `detail` says why"),
    ("no-usable-store", 503, "the database does not take what is to be stored; the service's log says why"),
)
"""Problems whose class says more than concerns a client, or that have none."""


EVERY_CLASS: Final = ("serving.app.application", "serving.http.unreadable", "serving.jobs.job_run")
"""Modules whose import makes every class of errors."""


def problem_page() -> str:
    """The page as Markdown.

    >>> problem_page().splitlines()[0]
    '# Problems'
    """
    return _INTRODUCTION + "".join(
        f"| `{code}` | {status} | {when} |\n" for code, status, when in problem_rows()
    )


def problem_rows() -> list[tuple[str, int, str]]:
    """Code, status and occasion of every kind of problem, by status."""
    for module in EVERY_CLASS:
        import_module(module)
    return sorted({*kinds(), *_OTHERS}, key=lambda row: (row[1], row[0]))


def kinds() -> Iterator[tuple[str, int, str]]:
    """Code, status and the first line of every class of errors whose first line begins with its status."""
    for kind in subclasses(AssayError):
        status, colon, when = (kind.__doc__ or "").partition("\n")[0].rstrip(".").partition(": ")
        is_api = kind.__module__.startswith("serving.") and not kind.__module__.startswith("serving.desk.")
        if colon and status.isdecimal() and is_api:  # the desk answers pages
            yield code_of(kind), kind.status, when.replace("``", "`")


def subclasses(kind: type[AssayError]) -> Iterator[type[AssayError]]:
    """Every class of errors under another."""
    for one in kind.__subclasses__():
        yield one
        yield from subclasses(one)
