"""The settings of a training run, as one frozen value; read from TOML at the rim."""

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
from training.rules import OLD_NAMES, RULES, faults, flat

__all__ = ["TrainingConfig", "config_of", "read_config"]

SHARES: Final = ("train_share", "calibration_share", "test_share")
_KEYS: Final = {name: old for old, name in OLD_NAMES.items()}


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
        Seeds every draw: the simulation, the splits, the masks, the trees.
    train_share, calibration_share, test_share
        Splits of the accounts; the rest is the hold-out, which training never reads.
    masked_accounts
        Accounts of the calibration split, at most, that are also masked down to every evidence level.
        The others stand only at the level that they came with, which costs a thirtieth.
    masked_copies
        Rows per training account: the first as it came, the others with blocks and rows
        dropped at random, all in one fold.
    weak_below_strength, weak_weight
        A fake under that strength has that sample weight: most of them look like anyone
        else, and a head that must tell them apart learns noise.
    organic
        Public sets of real organic accounts to train on beside the simulated ones, by name.
    organic_weight
        How many rows of simulated accounts one of a real account counts for.
    folds
        For the out-of-fold scores that the calibration is fitted on.
    alpha, confidence
        The promise: false-accusation rate at most ``alpha`` with that confidence, per level.
    max_cleared_share
        Largest share of strong known fakes that may be cleared.
    scorer
        Size and regularisation of the heads.
    """

    name: str = "assay"
    accounts: int = 6_000
    seed: int = 1
    train_share: float = 0.45
    calibration_share: float = 0.35
    test_share: float = 0.15
    masked_accounts: int = 7_000
    masked_copies: int = 4
    weak_below_strength: float = 0.25
    weak_weight: float = 0.4
    organic: tuple[str, ...] = ()
    organic_weight: float = 3.0
    folds: int = 4
    alpha: float = 0.01
    confidence: float = 0.95
    max_cleared_share: float = 0.10
    scorer: ScorerParams = field(default_factory=ScorerParams)

    def __post_init__(self) -> None:
        _check(flat(dataclasses.asdict(self)))

    @property
    def shares(self) -> tuple[float, float, float]:
        """Of the train, calibration and test split."""
        return self.train_share, self.calibration_share, self.test_share

    def as_dict(self) -> dict[str, Any]:
        """In JSON's own types and under the names of bundles' format 2, for manifests and tracking.

        >>> TrainingConfig(masked_copies=2).as_dict()["copies"]
        2
        """
        plain = dataclasses.asdict(self) | {"organic": list(self.organic)}
        return {_KEYS.get(name, name): value for name, value in plain.items()}


def read_config(path: Path) -> TrainingConfig:
    """Read a TOML file whose keys are the attributes above or their older names.

    A setting that the file leaves out keeps its default.

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
    known = {*RULES, *OLD_NAMES}
    return _config({name: value for name, value in flat(training).items() if name in known}, "")


def _config(given: Mapping[str, Any], place: str) -> TrainingConfig:
    """The configuration of settings under one name each."""
    _check(given, place)
    own: dict[str, Any] = {}
    scorer: dict[str, Any] = {}
    for key, value in given.items():
        name = OLD_NAMES.get(key, key)
        (scorer if "." in name else own)[name.removeprefix("scorer.")] = RULES[name].kind(value)
    return TrainingConfig(**own, scorer=ScorerParams(**scorer))


def _check(given: Mapping[str, Any], place: str = "") -> None:
    """Refuse everything that is wrong with some settings."""
    if found := list(faults(given, place)):
        raise BadInput(*found)
    settings = {OLD_NAMES.get(name, name): value for name, value in given.items()}
    total = sum(settings.get(name, getattr(TrainingConfig, name)) for name in SHARES)
    if total > 1 + 1e-9:
        raise BadInput(Fault(place, " + ".join(SHARES), f"must be at most 1. Got {total:g}."))
