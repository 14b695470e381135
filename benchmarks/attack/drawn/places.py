"""What answers show of a tenant's things: their addresses, and the fields of forms, to ask with again."""

from __future__ import annotations

import random
import re
from collections import defaultdict, deque
from collections.abc import Iterable, Iterator
from functools import partial
from typing import Final
from urllib.parse import quote

from benchmarks.attack.drawn.routes import PARAMETER, Route, place_of

__all__ = ["Places"]

KEPT: Final = 40
"""The newest addresses of each kind: older ones may be gone."""

MOST_READ: Final = 200_000
FIELD: Final = re.compile(r'name="(\w+)"(?:[^>]*? value="([^"]{0,200})")?')
IN_ADDRESS: Final = r"([\w.-]{7,63}[\w-])"
IN_JSON: Final = r'"{}": ?"([^"\\]{{1,200}})"'
TOKEN: Final = "csrf"


class Places:
    """The addresses of a tenant's things by the template that they fit, and the fields of its forms.

    >>> places = Places([Route("GET", "/lists/{list_id}/watch", None, None)])
    >>> places.note('<a href="/lists/0123456789abcdef">')
    >>> places.draw(random.Random(1), "/lists/{list_id}")
    '/lists/0123456789abcdef'
    """

    def __init__(self, routes: Iterable[Route]) -> None:
        self.templates = sorted({place_of(route.path) for route in routes} - {""})
        self.in_address = {place: re.compile(address_pattern(place)) for place in self.templates}
        self.in_json = {
            place: re.compile(IN_JSON.format(names[0]))
            for place in self.templates
            if len(names := PARAMETER.findall(place)) == 1 and names[0].endswith("_id")
        }
        self.known: dict[str, deque[str]] = defaultdict(partial(deque, maxlen=KEPT))
        self.fields: dict[str, deque[str]] = defaultdict(partial(deque, maxlen=KEPT))

    def note(self, text: str, sent: str = "") -> None:
        """Keep what a text shows, but for what was sent: an answer may only repeat it."""
        text = text[:MOST_READ]
        for place, found in self.shown(text):
            if found not in self.known[place] and found.rpartition("/")[2] not in sent:
                self.known[place].append(found)
        for name, value in FIELD.findall(text):
            if name != TOKEN and value not in self.fields[name]:
                self.fields[name].append(value)

    def shown(self, text: str) -> Iterator[tuple[str, str]]:
        """The addresses in a text, each with its template."""
        for place, pattern in self.in_address.items():
            for found in pattern.finditer(text):
                yield place, found[0]
        for place, pattern in self.in_json.items():
            for found in pattern.finditer(text):
                yield place, PARAMETER.sub(quote(found[1], safe=""), place)

    def draw(self, rng: random.Random, place: str) -> str | None:
        """One of the addresses that fit a template; None where none is known."""
        found = list(self.known.get(place, ()))
        return rng.choice(found) if found else None

    def value(self, rng: random.Random, name: str) -> str | None:
        """A value that a form offered for a field; None where none did."""
        found = list(self.fields.get(name, ()))
        return rng.choice(found) if found else None


def address_pattern(place: str) -> str:
    """The pattern of the addresses that fit a template."""
    fixed = PARAMETER.split(place)[::2]
    return IN_ADDRESS.join(map(re.escape, fixed)) + r"(?![\w-])"
