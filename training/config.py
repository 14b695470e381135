"""What a training run is told, as one frozen value; read from TOML at the rim."""

from __future__ import annotations

import dataclasses
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

from accounts.errors import BadInput, Fault
from accounts.reading.quoting import escape, quote
from detector.heads import ScorerParams
from training.rules import RULES, faults, flat

__all__ = ["TrainingConfig", "config_of", "read_config"]

SHARES: Final = ("train_share", "threshold_share", "test_share")


@dataclass(frozen=True)
class TrainingConfig:
    """How to train; equal configurations on equal data give equal bytes on the same machine.

    Attributes
    ----------
    name
        The registered model's name.
    accounts
        How many accounts to simulate where no population is given.
    seed
        Seeds every draw: the simulation, the parts, the masks, the trees.
    train_share, threshold_share, test_share
        Parts of the accounts; what is left over is sealed and never looked at here.
    masked
        Accounts of the threshold part, at most, that are also masked down to every evidence level.
        The others speak for the level that they came with alone, which costs a thirtieth.
    copies
        Rows per training account: the first as it came, the others with blocks and rows
        dropped at random, all in one fold.
    weak, weak_weight
        Fakes under that strength count for that much of a row: most of them look like anyone
        else, and a head that must tell them apart learns noise.
    organic
        Public sets of real organic accounts to train on beside the simulated ones, by name.
    organic_weight
        How many rows of simulated accounts one of a real account counts for.
    folds
        For the out-of-fold scores that the calibration is fitted on.
    alpha, confidence
        The promise: false-accusation rate at most ``alpha`` with that confidence, per level.
    most_cleared
        Largest share of strong known fakes that may be cleared.
    scorer
        Size and regularisation of the heads.
    """

    name: str = "assay"
    accounts: int = 6_000
    seed: int = 1
    train_share: float = 0.45
    threshold_share: float = 0.35
    test_share: float = 0.15
    masked: int = 7_000
    copies: int = 4
    weak: float = 0.25
    weak_weight: float = 0.4
    organic: tuple[str, ...] = ()
    organic_weight: float = 3.0
    folds: int = 4
    alpha: float = 0.01
    confidence: float = 0.95
    most_cleared: float = 0.10
    scorer: ScorerParams = field(default_factory=ScorerParams)

    def __post_init__(self) -> None:
        _check(flat(self.as_dict()))

    @property
    def shares(self) -> tuple[float, float, float]:
        """Of the training, threshold and test part."""
        return self.train_share, self.threshold_share, self.test_share

    def as_dict(self) -> dict[str, Any]:
        """In JSON's own types, as manifests and tracking keep it."""
        return dataclasses.asdict(self) | {"organic": list(self.organic)}


def read_config(path: Path) -> TrainingConfig:
    """Read a TOML file whose keys are the attributes above; what it leaves out keeps its default.

    Raises
    ------
    BadInput
        If it is no TOML, or a key is unknown or out of range.
    """
    try:
        given = tomllib.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError as error:
        raise BadInput(Fault(str(path), "", "does not exist.")) from error
    except UnicodeDecodeError as error:
        raise BadInput(Fault(str(path), "", "must be UTF-8.")) from error
    except tomllib.TOMLDecodeError as error:
        raise BadInput(Fault(str(path), "", f"must be TOML. {escape(str(error))}.")) from error
    if not isinstance(scorer := given.get("scorer", {}), dict):
        raise BadInput(Fault(str(path), "scorer", f"must be a table of settings. Got {quote(scorer)}."))
    return _config(flat(given), str(path))


def config_of(training: Mapping[str, Any]) -> TrainingConfig:
    """The configuration that a bundle's facts keep; what else they keep there is left out."""
    return _config({name: value for name, value in flat(training).items() if name in RULES}, "")


def _config(given: Mapping[str, Any], place: str) -> TrainingConfig:
    """The configuration of settings under one name each."""
    _check(given, place)
    own: dict[str, Any] = {}
    scorer: dict[str, Any] = {}
    for name, value in given.items():
        (scorer if "." in name else own)[name.removeprefix("scorer.")] = RULES[name].kind(value)
    return TrainingConfig(**own, scorer=ScorerParams(**scorer))


def _check(given: Mapping[str, Any], place: str = "") -> None:
    """Refuse everything that is wrong with some settings."""
    if found := list(faults(given, place)):
        raise BadInput(*found)
    total = sum(given.get(name, getattr(TrainingConfig, name)) for name in SHARES)
    if total > 1 + 1e-9:
        raise BadInput(Fault(place, " + ".join(SHARES), f"must be at most 1. Got {total:g}."))
