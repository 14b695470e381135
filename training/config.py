"""What a training run is told, as one frozen value; read from TOML at the rim."""

from __future__ import annotations

import dataclasses
import tomllib
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from pydantic import TypeAdapter, ValidationError

from accounts.errors import BadInput, Fault
from detector.heads import ScorerParams

__all__ = ["TrainingConfig", "read_config"]


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
    copies
        Rows per training account: the first as it came, the others with blocks and rows
        dropped at random, all in one fold.
    weak, weak_weight
        Fakes under that strength count for that much of a row: most of them look like anyone
        else, and a head that must tell them apart learns noise.
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
    copies: int = 4
    weak: float = 0.25
    weak_weight: float = 0.4
    folds: int = 4
    alpha: float = 0.01
    confidence: float = 0.95
    most_cleared: float = 0.10
    scorer: ScorerParams = field(default_factory=ScorerParams)

    def __post_init__(self) -> None:
        shares = (self.train_share, self.threshold_share, self.test_share)
        # Written so that a NaN is refused as well.
        if not all(share > 0 for share in shares) or not sum(shares) <= 1 + 1e-9:
            raise ValueError(
                "train_share, threshold_share and test_share must be positive and sum to 1 at most"
            )
        if self.accounts < 500:
            raise ValueError("accounts must be at least 500: fewer cannot carry four parts")
        if self.copies < 1 or self.folds < 2:
            raise ValueError("copies must be at least 1 and folds at least 2")
        if not all(0 < value < 1 for value in (self.alpha, self.confidence, self.most_cleared)):
            raise ValueError("alpha, confidence and most_cleared must lie between 0 and 1")
        if self.seed < 0:
            raise ValueError("seed must be at least 0")
        if self.scorer.trees < 1 or self.scorer.leaves < 2:
            raise ValueError("scorer.trees must be at least 1 and scorer.leaves at least 2")

    @property
    def shares(self) -> tuple[float, float, float]:
        """Of the training, threshold and test part."""
        return self.train_share, self.threshold_share, self.test_share

    def as_dict(self) -> dict[str, Any]:
        """In JSON's own types, as manifests and tracking keep it."""
        return dataclasses.asdict(self)


_ADAPTER = TypeAdapter(TrainingConfig)


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
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise BadInput(Fault(str(path), "", f"is not TOML: {error}.")) from error
    unknown = _unknown(given)
    if unknown:
        raise BadInput(*(Fault(str(path), name, "is not a setting of a training run.") for name in unknown))
    try:
        return _ADAPTER.validate_python(given)
    except ValidationError as error:
        raise BadInput(*(_fault(path, dict(one)) for one in error.errors(include_url=False))) from error


def _unknown(given: dict[str, Any]) -> list[str]:
    known = {one.name for one in dataclasses.fields(TrainingConfig)}
    own = {one.name for one in dataclasses.fields(ScorerParams)}
    inner = given.get("scorer", {})
    nested = [f"scorer.{name}" for name in inner if name not in own] if isinstance(inner, dict) else []
    return [name for name in given if name not in known] + nested


def _fault(path: Path, error: dict[str, Any]) -> Fault:
    name = ".".join(str(part) for part in error["loc"])
    return Fault(
        str(path), name, f"{str(error['msg']).removeprefix('Value error, ')}. Got {error['input']!r:.60}."
    )
