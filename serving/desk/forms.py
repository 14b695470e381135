"""Fields of the desk's forms."""

from __future__ import annotations

from starlette.requests import Request

from accounts.errors import WrongUsage
from serving.http.forms import read_form
from serving.store.list_entries import storable

__all__ = ["WrongField", "field", "read_form", "required_field"]


class WrongField(WrongUsage):
    """400: a field of a form holds what it cannot.

    Parameters
    ----------
    name
        The field's.
    sentence
        What is wrong with it.
    """

    def __init__(self, name: str, sentence: str) -> None:
        super().__init__(sentence)
        self.name = name


async def field(request: Request, name: str) -> str:
    """The text of a form's field, trimmed, as a database takes it; empty where it is missing or a file."""
    value = (await read_form(request)).get(name)
    return storable(value.strip()) if isinstance(value, str) else ""


async def required_field(request: Request, name: str, label: str) -> str:
    """The text of a form's field.

    Raises
    ------
    WrongField
        If it is empty, by its label.
    """
    if not (value := await field(request, name)):
        raise WrongField(name, f"{label} must not be empty.")
    return value
