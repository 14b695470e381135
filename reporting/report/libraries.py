"""The libraries of the extra ``desk`` that reports need; without them there is one sentence."""

from __future__ import annotations

from importlib.util import find_spec
from typing import Final

from accounts.errors import WrongUsage

__all__ = ["MissingLibraries", "require_libraries"]

HTML: Final = ("jinja2",)
PDF: Final = ("jinja2", "weasyprint")
SIGNING: Final = ("cryptography",)


class MissingLibraries(WrongUsage):
    """A report needs libraries that are not installed; exit code 2, HTTP 503."""

    status = 503


def require_libraries(names: tuple[str, ...]) -> None:
    """Refuse to go on without some libraries; none of them is imported.

    Raises
    ------
    MissingLibraries
        Naming those that are missing, and how to get them.
    """
    if missing := [name for name in names if find_spec(name) is None]:
        raise MissingLibraries(f"Reports need pip install 'assay[desk]' (missing: {', '.join(missing)}).")
