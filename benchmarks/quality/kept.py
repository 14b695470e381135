"""What is kept of a part: one JSON file, written after every task, so that an interrupted run resumes."""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Mapping
from dataclasses import dataclass
from math import isfinite
from pathlib import Path
from typing import Any, Final

import numpy as np

from benchmarks.quality.part import Part, Result, Task

__all__ = ["RESULTS", "Kept", "Model", "key_of", "read"]

RESULTS: Final = Path(__file__).with_name("results")


@dataclass(frozen=True)
class Model:
    """The detector that a part is measured with."""

    version: str
    sha256: str


def key_of(task: Task, part: Part, model: Model) -> str:
    """What figures rest on: the bundle, the content of the files read, and the part's settings.

    >>> part = Part("Made up", {"a": Task(lambda progress: {})}, str, {"folds": 5})
    >>> key_of(part.tasks["a"], part, Model("1", "ab")) == key_of(part.tasks["a"], part, Model("1", "cd"))
    False
    """
    files = {file: digest for one in task.sets for file, digest in one.files.items()}
    rest = {
        "bundle": model.sha256 if part.uses_starter else None,
        "files": files,
        "settings": dict(part.settings) | {"task": dict(task.settings)},
    }
    return hashlib.sha256(json.dumps(rest, sort_keys=True).encode()).hexdigest()[:16]


def read(path: Path) -> dict[str, Any]:
    """A part's file; an empty one where it is missing or was cut off while it was written by hand."""
    try:
        found = json.loads(path.read_text(encoding="utf-8"))
    except (FileNotFoundError, ValueError):
        return {}
    return found if isinstance(found, dict) else {}


@dataclass
class Kept:
    """The file of one part.

    Attributes
    ----------
    path
        Where it lies.
    content
        ``tasks`` and ``sealed``: by task its ``key``, ``model``, ``seconds`` and ``result``; ``refused``:
        by task the sentence; ``looks``: every look at sealed accounts, for good.
    """

    path: Path
    content: dict[str, Any]

    @classmethod
    def at(cls, path: Path) -> Kept:
        """What is kept there so far."""
        return cls(path, {"tasks": {}, "refused": {}, "sealed": {}, "looks": []} | read(path))

    @property
    def refused(self) -> Mapping[str, str]:
        """Why tasks were not measured, by task."""
        return dict(self.content["refused"])

    @property
    def models(self) -> set[str]:
        """The sha256 of every detector that figures were measured with."""
        return {
            entry["model"]["sha256"] for name in ("tasks", "sealed") for entry in self.content[name].values()
        }

    def has(self, name: str, key: str, *, sealed: bool = False) -> bool:
        """Whether the task's figures are there and rest on the same."""
        found = self.content["sealed" if sealed else "tasks"].get(name)
        return bool(found and found["key"] == key)

    def put(  # noqa: PLR0913
        self, name: str, key: str, model: Model, result: Result, seconds: float, *, sealed: bool = False
    ) -> None:
        """Keep a task's figures; a look at sealed accounts is logged too."""
        entry = {"key": key, "model": vars(model), "seconds": round(seconds, 1), "result": result}
        self.content["sealed" if sealed else "tasks"][name] = entry
        self.content["refused"].pop(name, None)
        if sealed:
            self.content["looks"].append({"task": name, "model": vars(model), "key": key})
        self._write()

    def refuse(self, name: str, sentence: str) -> None:
        """Keep why a task was not measured; figures from before rest on something else, and go."""
        self.content["tasks"].pop(name, None)
        self.content["refused"][name] = sentence
        self._write()

    def for_page(self, *, in_one_piece: bool) -> Result | None:
        """What the part's section is written from; None where nothing was measured."""
        figures = {
            section: {name: entry["result"] for name, entry in self.content[section].items()}
            for section in ("tasks", "sealed")
        }
        if in_one_piece:
            return figures["tasks"].get("")
        return {**figures, "refused": self.content["refused"]} if any(figures.values()) else None

    def keep_only(self, names: Mapping[str, Task]) -> None:
        """Forget tasks that the part no longer has, and put the others in its order."""
        for section in ("tasks", "refused", "sealed"):
            found = self.content[section]
            self.content[section] = {name: found[name] for name in names if name in found}

    def _write(self) -> None:
        """Write beside and rename: a run that is killed here leaves the file of before."""
        self.path.parent.mkdir(parents=True, exist_ok=True)
        beside = self.path.with_suffix(".part")
        text = json.dumps(plain(self.content), indent=1, allow_nan=False, ensure_ascii=False)
        beside.write_text(text + "\n", encoding="utf-8")
        os.replace(beside, self.path)


def plain(value: Any) -> Any:
    """The same in JSON's own types; what is no number becomes null.

    >>> plain({"auc": np.float64(0.5), "of": (np.int64(3), float("nan"))})
    {'auc': 0.5, 'of': [3, None]}
    """
    if isinstance(value, Mapping):
        return {str(name): plain(one) for name, one in value.items()}
    if isinstance(value, list | tuple):
        return [plain(one) for one in value]
    if isinstance(value, np.generic):
        return plain(value.item())
    return None if isinstance(value, float) and not isfinite(value) else value
