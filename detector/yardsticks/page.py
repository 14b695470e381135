"""Renders docs/yardsticks.md from the declarations: ``python -m detector.yardsticks.page --write``."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Iterator
from pathlib import Path
from types import ModuleType
from typing import Final

from detector.yardsticks.declaration import Yardstick
from detector.yardsticks.reading import FAMILIES, YARDSTICKS

__all__ = ["PAGE", "main", "render"]

PAGE: Final = Path(__file__).resolve().parents[2] / "docs" / "yardsticks.md"

_INTRODUCTION: Final = """\
# Yardsticks

Generated from the declarations by `python -m detector.yardsticks.page --write`; change them, not the page.

Beside the models stand {count} rules that an expert trusts, each with its published figure. They are read
off the account's [features](features.md), and they accuse nobody: an account lies *in*, *out* of or *far
out* of what is usual, and a yardstick that the evidence does not serve says nothing. An account far out of
one is at least for `review`, and an accusation says which of them agree with it. The rows behind one are
those of the feature it reads. Language and country are in none of them.

Whatever many honest creators do is never far out by itself: high engagement, few comments, losses at once
(a platform's purge), a planned post a day. Where no figure is published, the source says that a range is
assumed, or what it was measured on.

How many honest accounts lie out of each: `make bench-quality NAME=yardsticks`."""

_ROW: Final = ("name", "usual", "far out", "signal", "features", "source")


def render() -> str:
    """The page as Markdown.

    >>> render().splitlines()[0]
    '# Yardsticks'
    """
    return "\n\n".join([_INTRODUCTION.format(count=len(YARDSTICKS)), *map(_family, FAMILIES)]) + "\n"


def _family(family: ModuleType) -> str:
    about = (family.__doc__ or "").partition("\n")[0].removeprefix("Yardsticks on ").rstrip(".")
    declared = [value for value in vars(family).values() if isinstance(value, Yardstick)]
    return f"## {about[:1].upper()}{about[1:]}\n\n{_table(map(_cells, declared))}\n\n" + "\n".join(
        f"- `{one.name}`: {_paragraph(one.about)} *{_sentence_of(one)}*" for one in declared
    )


def _cells(one: Yardstick) -> tuple[str, ...]:
    features = ", ".join(f"`{name}`" for name in one.reads)
    return (f"`{one.name}`", one.usual, one.far, f"`{one.signal}`", features, one.source)


def _sentence_of(one: Yardstick) -> str:
    """The sentence with dots in place of what it names."""
    named = {part.partition("}")[0] for part in one.sentence.split("{")[1:]}
    return one.sentence.format(**dict.fromkeys(named - {"example"}, "…"), example="")


def _paragraph(about: str) -> str:
    return " ".join(about.split())


def _table(lines: Iterable[tuple[str, ...]]) -> str:
    def rows() -> Iterator[tuple[str, ...]]:
        yield _ROW
        yield ("---",) * len(_ROW)
        yield from lines

    return "\n".join("| " + " | ".join(cell.replace("|", r"\|") for cell in row) + " |" for row in rows())


def main(arguments: list[str], page: Path = PAGE) -> int:
    """Write the page, or say whether it is up to date: 0 where it is, 1 where it is not."""
    if "--write" in arguments:
        page.write_text(render(), encoding="utf-8")
        return 0
    current = page.exists() and page.read_text(encoding="utf-8") == render()
    print(
        "docs/yardsticks.md is up to date" if current else "run: python -m detector.yardsticks.page --write"
    )
    return 0 if current else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
