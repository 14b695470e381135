"""Generated pages, settings, problems and openapi.json, by ``python -m serving.app.pages --write``."""

from __future__ import annotations

import sys
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Final

from pydantic.fields import FieldInfo

from serving.app import openapi
from serving.app.problem_page import problem_page
from serving.limits import Limits
from serving.settings import PREFIX, Settings

__all__ = ["PAGES", "main", "settings_page"]

_INTRODUCTION: Final = f"""\
# Settings of the service

Generated from `serving/settings.py` by `python -m serving.app.pages --write`; change the fields,
not this page.

A value comes from the environment, else from the TOML file that `{PREFIX}CONFIG` names (`assay.toml` in
Assay's own folder unless set), else it is the default. In the file a setting has the name of the first
column: `requests_per_minute = 600`. `assay config show` prints what holds and where each value comes
from, without secrets; a value that breaks its rule is refused by name, with exit code 2.
"""

_LIMITS: Final = """
## Limits

What is beyond one of these is refused; the problem's `setting` names it.
"""

_HEAD: Final = ("| setting | variable | default | what it is |", "|---|---|---|---|")


def settings_page() -> str:
    """The page of settings as Markdown.

    >>> settings_page().splitlines()[0]
    '# Settings of the service'
    """
    fields = Settings.model_fields
    own = [_line(name, field) for name, field in fields.items() if name not in Limits.model_fields]
    limits = [_line(name, fields[name]) for name in Limits.model_fields]
    return "\n".join([_INTRODUCTION, *_HEAD, *own, _LIMITS, *_HEAD, *limits]) + "\n"


def _line(name: str, field: FieldInfo) -> str:
    secret = " Secret." if "SecretStr" in str(field.annotation) else ""
    return f"| `{name}` | `{PREFIX}{name.upper()}` | {_default(name, field)} | {field.description}{secret} |"


def _default(name: str, field: FieldInfo) -> str:
    if name == "home":
        return "`~/.assay`"
    value = field.default
    if isinstance(value, tuple):
        value = ",".join(value)
    if value in (None, ""):
        return "none"
    return f"`{str(value).lower() if isinstance(value, bool) else value}`"


_DOCS: Final = Path(__file__).resolve().parents[2] / "docs"

PAGES: Final[Mapping[Path, Callable[[], str]]] = {
    _DOCS / "settings.md": settings_page,
    _DOCS / "openapi.json": openapi.render,
    _DOCS / "problems.md": problem_page,
}


def main(arguments: list[str]) -> int:
    """Write the pages, or say which are not up to date."""
    stale = [path for path, render in PAGES.items() if not path.exists() or path.read_text() != render()]
    for path in stale:
        if arguments == ["--write"]:
            path.write_text(PAGES[path](), encoding="utf-8")
        print(path.name)
    return 0 if arguments == ["--write"] else len(stale)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
