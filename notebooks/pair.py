"""Notebooks as plain text, and with what they print: ``python notebooks/pair.py --write`` or ``--render``.

A notebook's source is ``NN-name.py`` in jupytext's percent format: cells begin with ``# %%``, those of
prose with ``# %% [markdown]``. Beside it stands the same as ``NN-name.ipynb`` without outputs, to be opened,
and ``docs/notebooks/NN-name.md`` with all it printed and drew, for whoever only reads (of a cell's last value
a table alone appears there).
"""

from __future__ import annotations

import ast
import io
import re
import sys
from collections.abc import Iterator
from contextlib import redirect_stdout
from pathlib import Path
from typing import Any

import nbformat

NOTEBOOKS = Path(__file__).resolve().parent
RENDERED = NOTEBOOKS.parent / "docs" / "notebooks"
HEADER = """\
# ---
# jupyter:
#   jupytext:
#     text_representation:
#       extension: .py
#       format_name: percent
#   kernelspec:
#     display_name: Python 3
#     language: python
#     name: python3
# ---
"""


def to_text(notebook: Any) -> str:
    """A notebook in the percent format."""
    return HEADER + "".join(f"\n{_cell_text(cell)}\n" for cell in notebook.cells)


def _cell_text(cell: Any) -> str:
    if cell.cell_type == "markdown":
        return "# %% [markdown]\n" + "\n".join(f"# {line}".rstrip() for line in cell.source.split("\n"))
    return "# %%\n" + re.sub(r"^%", "# %", cell.source, flags=re.MULTILINE)


def to_notebook(text: str) -> Any:
    """A notebook of text in the percent format, without outputs; its cells' names are their places."""
    cells = [
        _cell(kind, body.strip("\n"), f"cell-{place:02}") for place, (kind, body) in enumerate(cells_of(text))
    ]
    kernel = {"display_name": "Python 3", "language": "python", "name": "python3"}
    return nbformat.v4.new_notebook(
        cells=cells, metadata={"kernelspec": kernel, "language_info": {"name": "python"}}
    )


def cells_of(text: str) -> Iterator[tuple[str, str]]:
    """Kind and text of each cell."""
    parts = re.split(r"^# %%( \[markdown\])?\n", text, flags=re.MULTILINE)
    for kind, body in zip(parts[1::2], parts[2::2], strict=True):
        yield ("markdown" if kind else "code"), body


def _cell(kind: str, body: str, name: str) -> Any:
    if kind == "markdown":
        return nbformat.v4.new_markdown_cell(re.sub(r"^# ?", "", body, flags=re.MULTILINE), id=name)
    return nbformat.v4.new_code_cell(re.sub(r"^# %(?!%)", "%", body, flags=re.MULTILINE), id=name)


def as_file(notebook: Any) -> str:
    """The file of a notebook."""
    return nbformat.writes(notebook) + "\n"


def render(source: Path) -> None:
    """Run a notebook's cells, and write what they printed and drew as Markdown, its pictures beside it."""
    import matplotlib as mpl

    mpl.use("Agg")
    RENDERED.mkdir(exist_ok=True)
    for old in RENDERED.glob(f"{source.stem}-*.png"):
        old.unlink()
    names: dict[str, Any] = {"__name__": "__main__"}
    parts = [f"<!-- Written by notebooks/pair.py --render {source.stem}; change notebooks/{source.name}. -->"]
    for place, cell in enumerate(to_notebook(source.read_text(encoding="utf-8")).cells):
        if cell.cell_type == "markdown":
            parts.append(moved_links(cell.source))
            continue
        printed = io.StringIO()
        with redirect_stdout(printed):
            figure = run_cell(cell.source, f"{source.stem} {cell.id}", names)
        parts.append(f"```python\n{cell.source}\n```")
        parts += [f"```text\n{text}\n```"] if (text := printed.getvalue().rstrip()) else []
        parts += [f"![]({name})" for name in _pictures(f"{source.stem}-{place}", figure)]
    (RENDERED / f"{source.stem}.md").write_text("\n\n".join(parts) + "\n", encoding="utf-8")


def run_cell(source: str, place: str, names: dict[str, Any]) -> Any:
    """Run a cell's statements without its lines for Jupyter; print its last value if that is a table.

    Returns
    -------
    The last value if that is a figure which pyplot does not hold, else None.

    >>> run_cell("%matplotlib inline\\nimport pandas as pd\\npd.Series([1], ['a'])", "here", {})
    a    1
    """
    import pandas as pd
    from matplotlib.figure import Figure

    tree = ast.parse(re.sub(r"^%.*$", "", source, flags=re.MULTILINE), place)
    last = tree.body.pop() if tree.body and isinstance(tree.body[-1], ast.Expr) else None
    exec(compile(tree, place, "exec"), names)
    if isinstance(last, ast.Expr):
        value = eval(compile(ast.Expression(last.value), place, "eval"), names)
        if isinstance(value, pd.DataFrame | pd.Series):
            print(value.to_string())
        if isinstance(value, Figure) and not hasattr(value, "number"):
            return value
    return None


def moved_links(prose: str) -> str:
    """Prose of a notebook with its links as they are from ``docs/notebooks``: to pages, and to one another.

    >>> moved_links("[a](../docs/a.md), [05](05-own-labels.ipynb), [b](../B.md)")
    '[a](../a.md), [05](05-own-labels.md), [b](../../B.md)'
    """
    prose = re.sub(r"\]\(\.\./(?!docs/)", "](../../", prose).replace("](../docs/", "](../")
    return re.sub(r"\]\((\d[\w-]+)\.ipynb\)", r"](\1.md)", prose)


def _pictures(name: str, further: Any) -> Iterator[str]:
    """Save the figures that are open, and close them, and a further one; their files' names."""
    from matplotlib import pyplot as plt

    if further is not None:
        further.savefig(RENDERED / f"{name}-0.png", dpi=80)
        yield f"{name}-0.png"
    for number in plt.get_fignums():
        picture = f"{name}-{number}.png"
        plt.figure(number).savefig(RENDERED / picture, dpi=80)
        plt.close(number)
        yield picture


def main(arguments: list[str]) -> int:
    """Write the pairs, render the notebooks that are named, or say what does not agree: 0 where all does."""
    sources = sorted(NOTEBOOKS.glob("[0-9]*.py"))
    if "--render" in arguments:
        for source in sources:
            if source.stem in arguments:
                render(source)
        return 0
    wanted = {one.with_suffix(".ipynb"): as_file(to_notebook(one.read_text("utf-8"))) for one in sources}
    for pair, text in wanted.items():
        if "--write" in arguments:
            pair.write_text(text, "utf-8")
    there = {one: one.read_text("utf-8") if one.exists() else "" for one in wanted}
    differing = [one.name for one, text in wanted.items() if there[one] != text]
    print(f"run: python notebooks/pair.py --write ({', '.join(differing)})" if differing else "all agree")
    return int(bool(differing))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
