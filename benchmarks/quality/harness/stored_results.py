"""Results of a part in one JSON file, written after every task, so that an interrupted run resumes."""

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

from benchmarks.quality.harness.part import Part, Result, Task

__all__ = ["RESULTS", "ModelId", "StoredResults", "as_json", "result_key"]

RESULTS: Final = Path(__file__).resolve().parents[1] / "results"


@dataclass(frozen=True)
class ModelId:
    """The detector that figures are of."""

    version: str
    sha256: str


def result_key(task: Task, part: Part, model: ModelId) -> str:
    """A digest of all that figures rest on: the bundle, the public files read, and the settings.

    Stored results with another key are out of date. What is not in it: the code.

    >>> part = Part("Made up", {"a": Task(lambda progress: {})}, str, {"folds": 5})
    >>> one, other = (result_key(part.tasks["a"], part, ModelId("1", sha256)) for sha256 in ("ab", "cd"))
    >>> one == other
    False
    """
    files = {file: digest for one in task.sets for file, digest in one.files.items()}
    rest = {
        "bundle": model.sha256 if part.uses_starter else None,
        "files": files,
        "settings": dict(part.settings) | {"task": dict(task.settings)},
    }
    return hashlib.sha256(json.dumps(rest, sort_keys=True).encode()).hexdigest()[:16]


def read_json(path: Path) -> dict[str, Any]:
    """The object in a JSON file; an empty one where the file is missing or cut off."""
    try:
        content = json.loads(path.read_text(encoding="utf-8"))
    except (FileNotFoundError, ValueError):
        return {}
    return content if isinstance(content, dict) else {}


@dataclass
class StoredResults:
    """The file with the results of one part.

    Attributes
    ----------
    path
        Where it is.
    content
        ``tasks`` and, of the hold-out, ``sealed``: by task its ``key``, ``model``, ``seconds`` and
        ``result``; ``refused``: by task the sentence; ``looks``: every measurement of a hold-out, for good.
    """

    path: Path
    content: dict[str, Any]

    @classmethod
    def read(cls, path: Path) -> StoredResults:
        """The results in a file; none where it is missing or cut off."""
        return cls(path, {"tasks": {}, "refused": {}, "sealed": {}, "looks": []} | read_json(path))

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

    def has_current(self, name: str, key: str, *, sealed: bool = False) -> bool:
        """Whether the task's figures (of the hold-out with ``sealed``) are there under this key."""
        entry = self.content["sealed" if sealed else "tasks"].get(name)
        return bool(entry and entry["key"] == key)

    def store(  # noqa: PLR0913
        self, name: str, key: str, model: ModelId, result: Result, seconds: float, *, sealed: bool = False
    ) -> None:
        """Write a task's figures to the file; those of a hold-out (``sealed``) are logged as a look, too."""
        entry = {"key": key, "model": vars(model), "seconds": round(seconds, 1), "result": result}
        self.content["sealed" if sealed else "tasks"][name] = entry
        self.content["refused"].pop(name, None)
        if sealed:
            self.content["looks"].append({"task": name, "model": vars(model), "key": key})
        self._write()

    def refuse(self, name: str, sentence: str) -> None:
        """Write why a task was not measured; its earlier figures, which are out of date, are deleted."""
        self.content["tasks"].pop(name, None)
        self.content["refused"][name] = sentence
        self._write()

    def for_page(self, *, in_one_piece: bool) -> Result | None:
        """The argument of the part's ``page``; None where nothing was measured."""
        figures = {
            section: {name: entry["result"] for name, entry in self.content[section].items()}
            for section in ("tasks", "sealed")
        }
        if in_one_piece:
            return figures["tasks"].get("")
        return {**figures, "refused": self.content["refused"]} if any(figures.values()) else None

    def prune(self, names: Mapping[str, Task]) -> None:
        """Delete tasks that the part no longer has, and put the others in the part's order."""
        for section in ("tasks", "refused", "sealed"):
            entries = self.content[section]
            self.content[section] = {name: entries[name] for name in names if name in entries}

    def _write(self) -> None:
        """Write beside and rename: a run that is killed here leaves the file of before."""
        self.path.parent.mkdir(parents=True, exist_ok=True)
        beside = self.path.with_suffix(".part")
        text = json.dumps(as_json(self.content), indent=1, allow_nan=False, ensure_ascii=False)
        beside.write_text(text + "\n", encoding="utf-8")
        os.replace(beside, self.path)


def as_json(value: Any) -> Any:
    """The value in JSON's own types; NaN and infinity become null.

    >>> as_json({"auc": np.float64(0.5), "of": (np.int64(3), float("nan"))})
    {'auc': 0.5, 'of': [3, None]}
    """
    if isinstance(value, Mapping):
        return {str(name): as_json(one) for name, one in value.items()}
    if isinstance(value, list | tuple):
        return [as_json(one) for one in value]
    if isinstance(value, np.generic):
        return as_json(value.item())
    return None if isinstance(value, float) and not isfinite(value) else value
