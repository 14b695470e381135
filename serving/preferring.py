"""In which form an answer is wanted."""

from __future__ import annotations

from starlette.requests import Request

from serving.bodies import Form
from serving.problems import Refused

__all__ = ["NoSuchForm", "preferred", "weight"]


class NoSuchForm(Refused):
    """The answer is wanted in a form that it cannot have."""

    status = 406


def preferred(request: Request) -> Form:
    """JSON, unless its lines are liked better.

    Raises
    ------
    NoSuchForm
        If it may be neither.
    """
    wanted = ",".join(request.headers.getlist("accept")) or "*/*"
    as_json, as_lines = weight(wanted, Form.JSON), weight(wanted, Form.LINES)
    if not max(as_json, as_lines):
        raise NoSuchForm(f"The answer can be {' or '.join(Form)}.")
    named = Form.JSON in wanted or Form.LINES not in wanted
    return Form.JSON if as_json > as_lines or (as_json == as_lines and named) else Form.LINES


def weight(wanted: str, form: str) -> float:
    """How much a form is liked, from 0 to 1, by the most exact part of an Accept header.

    >>> weight("application/x-ndjson, */*;q=0.1", "application/x-ndjson")
    1.0
    >>> weight("text/html, application/*;q=0.5", "application/json"), weight("text/html", "application/json")
    (0.5, 0.0)
    """
    found: dict[str, float] = {}
    for part in wanted.lower().split(","):
        name, *parameters = (piece.strip() for piece in part.split(";"))
        found[name] = next((quality(one[2:]) for one in parameters if one.startswith("q=")), 1.0)
    return next((found[name] for name in (form, "application/*", "*/*") if name in found), 0.0)


def quality(text: str) -> float:
    """A quality value; what is none counts as liked."""
    try:
        return min(max(float(text), 0.0), 1.0)
    except ValueError:
        return 1.0
