"""Routes that match a whole path, own all of its methods, and carry the limits of their requests."""

from __future__ import annotations

from starlette.routing import Match, Route
from starlette.types import Scope

__all__ = ["ExactRoute"]


class ExactRoute(Route):
    r"""A route that takes its path to the last character, and every method there.

    Starlette's own pattern ends in ``$``, which lets a line end pass. And it would hand a method that the
    route does not have on to a later route with a parameter: ``GET /v1/verdicts/batch`` would then ask for
    the verdict ``batch`` (404) where 405 is due.

    >>> route = ExactRoute("/a", lambda request: None)
    >>> [route.matches({"type": "http", "path": path, "method": "PUT"})[0].name for path in ("/a", "/a\n")]
    ['FULL', 'NONE']
    """

    def matches(self, scope: Scope) -> tuple[Match, Scope]:
        """Whether the route's pattern is the whole path; a method that it lacks is answered 405 by it."""
        if scope["type"] != "http" or not self.path_regex.fullmatch(scope["path"]):
            return Match.NONE, {}
        match, inner = super().matches(scope)
        return (Match.FULL if match is Match.PARTIAL else match), inner
