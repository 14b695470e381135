"""Fields of the desk's forms."""

from __future__ import annotations

from starlette.requests import Request

from accounts.errors import WrongUsage
from serving.http.forms import LARGEST_FORM, read_form

__all__ = ["LARGEST_FORM", "field", "read_form", "required_field"]


async def field(request: Request, name: str) -> str:
    """The text of a form's field, trimmed; empty where it is missing or a file."""
    value = (await read_form(request)).get(name)
    return value.strip() if isinstance(value, str) else ""


async def required_field(request: Request, name: str, label: str) -> str:
    """The text of a form's field.

    Raises
    ------
    WrongUsage
        If it is empty, by its label.
    """
    if not (value := await field(request, name)):
        raise WrongUsage(f"{label} must not be empty.")
    return value
