"""In which form an answer is wanted."""

from __future__ import annotations

from collections.abc import Sequence

from starlette.requests import Request

from serving.http.problems import Refused

__all__ = ["NoSuchForm", "preferred", "weight"]


class NoSuchForm(Refused):
    """The answer is wanted in a form that it cannot have."""

    status = 406


def preferred(request: Request, forms: Sequence[str]) -> str:
    """The form that is liked best; of several the one that is named, and else the first.

    Raises
    ------
    NoSuchForm
        If it may be none of them.
    """
    wanted = ",".join(request.headers.getlist("accept")) or "*/*"
    likings = {form: weight(wanted, form) for form in forms}
    best = max(likings.values())
    if not best:
        raise NoSuchForm(f"The answer can be {' or '.join(forms)}.")
    liked = [form for form in forms if likings[form] == best]
    return next((form for form in liked if form in wanted.lower()), liked[0])


def weight(wanted: str, form: str) -> float:
    """How much a form is liked, from 0 to 1, by the most exact part of an Accept header.

    >>> weight("application/x-ndjson, */*;q=0.1", "application/x-ndjson")
    1.0
    >>> weight("text/html, application/*;q=0.5", "application/json"), weight("text/html", "application/json")
    (0.5, 0.0)
    """
    family = f"{form.partition('/')[0]}/*"
    found: dict[str, float] = {}
    for part in wanted.lower().split(","):
        name, *parameters = (piece.strip() for piece in part.split(";"))
        found[name] = next((quality(one[2:]) for one in parameters if one.startswith("q=")), 1.0)
    return next((found[name] for name in (form, family, "*/*") if name in found), 0.0)


def quality(text: str) -> float:
    """A quality value; what is none counts as liked."""
    try:
        return min(max(float(text), 0.0), 1.0)
    except ValueError:
        return 1.0
