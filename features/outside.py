"""Features from outside: Python files of the user's own with declared features, behind Assay's own ones.

A file is code, and runs only because the user names it, in an option or a setting: never because a bundle
does. A bundle that reads its features holds no code, but the sha256 of the file (``detector.outside``).
"""

from __future__ import annotations

import hashlib
import sys
import traceback
from collections.abc import Iterable
from dataclasses import dataclass
from importlib.metadata import entry_points
from importlib.util import find_spec
from pathlib import Path
from types import ModuleType
from typing import Final

from accounts.errors import BadInput, Fault, WrongUsage
from features.catalogue import CATALOGUE, FAMILIES, declared_in
from features.declaration import Feature
from features.evidence import BLOCKS

__all__ = ["ENTRY_POINTS", "OutsideFile", "drop_features", "files_in_use", "use_features"]

ENTRY_POINTS: Final = "assay.features"
"""The group of entry points by which an installed package offers a module with features."""

_FAMILY_NAMES: Final = tuple(family.__name__.rpartition(".")[2] for family in FAMILIES)
_WHOLE: Final = frozenset({"profile", "posts"})


@dataclass(frozen=True)
class OutsideFile:
    """A file of features that is in use.

    Attributes
    ----------
    path
        Where it lies.
    sha256
        Of its bytes, which are those that ran.
    features
        What it declares, twins included.
    """

    path: Path
    sha256: str
    features: tuple[Feature, ...]


_IN_USE: Final[dict[Path, OutsideFile]] = {}


def files_in_use() -> tuple[OutsideFile, ...]:
    """The files whose features stand in the catalogue, in the order in which they were given."""
    return tuple(_IN_USE.values())


def use_features(given: Iterable[str | Path]) -> tuple[OutsideFile, ...]:
    """Run files of features and take what they declare into this process's catalogue.

    Parameters
    ----------
    given
        Paths that end in ``.py``, or names of entry points of the group ``assay.features``. A file that is in
        use already is not run again.

    Returns
    -------
    The files, in order.

    Raises
    ------
    WrongUsage
        If there is no such file or entry point, or the file was changed since this process ran it.
    BadInput
        If it does not run, declares nothing, or a declaration breaks a rule.
    """
    return tuple(_use(_path_of(str(one))) for one in given)


def drop_features(files: Iterable[OutsideFile]) -> None:
    """Take files out of use again, for tests and notebooks that change a file between two runs."""
    for one in files:
        if (in_use := _IN_USE.pop(one.path, None)) is not None:  # perhaps of a later run than this one's
            CATALOGUE.remove(in_use.features)


def _path_of(given: str) -> Path:
    if given.endswith(".py"):
        return Path(given).absolute()
    points = {point.name: point for point in entry_points(group=ENTRY_POINTS)}
    if given not in points:
        known = f"; there are {', '.join(sorted(points))}" if points else ""
        raise WrongUsage(
            f"--features must name a file that ends in .py, or an entry point of the group {ENTRY_POINTS}"
            f"{known}. Got {given}."
        )
    spec = find_spec(points[given].module)
    if spec is None or spec.origin is None:
        raise WrongUsage(f"The entry point {given} names {points[given].module}, which is not there.")
    return Path(spec.origin)


def _use(path: Path) -> OutsideFile:
    try:
        content = path.read_bytes()
    except OSError as error:
        raise WrongUsage(f"--features {path} cannot be read: {error.strerror}.") from error
    digest = hashlib.sha256(content).hexdigest()
    if (known := _IN_USE.get(path)) is not None:
        if known.sha256 != digest:
            raise WrongUsage(f"{path.name} was changed since this process ran it: start a new process.")
        return known
    features = tuple(dict.fromkeys(_declared(_run(path, content, digest), path)))
    for one in features:
        _check(one, path)
    try:
        CATALOGUE.add(features)
    except ValueError as error:
        raise _fault(path, f"declares {error}, a name that another feature has already.") from error
    _IN_USE[path] = OutsideFile(path, digest, features)
    return _IN_USE[path]


def _run(path: Path, content: bytes, digest: str) -> ModuleType:
    """Run the bytes that were hashed as a module that nothing else imports by name."""
    module = ModuleType(f"assay_features_{digest[:12]}.{path.stem}")
    module.__file__ = str(path)
    sys.modules[module.__name__] = module  # where dataclasses and typing look
    try:
        exec(compile(content, str(path), "exec"), vars(module))
    except Exception as error:
        del sys.modules[module.__name__]
        own = [frame for frame in traceback.extract_tb(error.__traceback__) if frame.filename == str(path)]
        line = getattr(error, "lineno", None) or (own[-1].lineno if own else None)
        place = f" in line {line}" if line else ""
        message = " ".join(str(error).split())
        raise _fault(path, f"does not run: {type(error).__name__}{place}: {message}.") from error
    return module


def _declared(module: ModuleType, path: Path) -> list[Feature]:
    """The features that the file declares itself, and not those that it imports."""
    own = [one for one in declared_in(vars(module).values()) if one.expression.__globals__ is vars(module)]
    if not own:
        raise _fault(path, "declares no feature: see `feature` of features.declaration.")
    return own


def _check(one: Feature, path: Path) -> None:
    """Refuse a declaration that could not be trained; the other checks are :mod:`features.check`'s."""
    if one.family not in _FAMILY_NAMES:
        families = ", ".join(_FAMILY_NAMES)
        raise _fault(
            path, f'must say of which family its features are: FAMILY = "..." with one of {families}.'
        )
    if unknown := sorted(set(one.blocks) - set(BLOCKS)):
        blocks = ", ".join(BLOCKS)
        raise _fault(
            path,
            f"declares {one.name}, which must say what it needs: blocks=(...) with some of {blocks}."
            f" Got {', '.join(unknown)}.",
        )
    others = set(one.blocks) - _WHOLE
    if len(others) > 1 or ("audience" in others and "posts" in one.blocks):
        blocks = ", ".join(one.blocks)
        raise _fault(
            path,
            f"declares {one.name}, which needs {blocks}: beside profile and posts a feature may need comments"
            " or history, and beside the profile the audience, for evidence is thinned by these in training.",
        )


def _fault(path: Path, rule: str) -> BadInput:
    return BadInput(Fault("", path.name, rule))
