"""The manifest of a bundle: what is in it, where it comes from, and what it must answer."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Annotated, Any, ClassVar, Final, Literal

from pydantic import ConfigDict, StringConstraints, TypeAdapter, ValidationError

from accounts.errors import NoUsableModel
from detector.calibration import Calibrations
from detector.folder import CREATED, MANIFEST
from detector.signals import SIGNALS
from features.declaration import Head

__all__ = [
    "FILES", "FORMAT", "MANIFEST", "OUTSIDE", "SIMULATED", "WEIGHTED", "Facts", "Golden", "Manifest",
    "OutsideFeatures", "created_bytes", "sha256",
]  # fmt: skip

NAMED: Final = 3
"""Format from which on features are named each with its version."""
WEIGHTED: Final = 4
"""Format of a bundle whose signals have weights, which an Assay that knows none must refuse."""
OUTSIDE: Final = 5
"""Format of a bundle that reads features from outside; its signals may have weights, too."""
FORMAT: Final = 6
"""What is written now: any of these, and when it was made stands beside, in ``created.json``."""
FORMATS: Final = (2, NAMED, WEIGHTED, OUTSIDE, FORMAT)
BEFORE_VERSIONS: Final = "2.0"  # the catalogue of format 2 whose features are all of version 1
SIMULATED: Final = "simulated"
"""What a detector is calibrated on whose thresholds no real account has set."""
FILES: Final = (
    *(f"{signal.name}.txt" for signal in SIGNALS),
    "amounts.json", "comments.parquet", "tails.parquet", "levels.parquet", "peers.parquet",
    "strangeness.parquet",
)  # fmt: skip

STRICT: Final = ConfigDict(extra="forbid", allow_inf_nan=False, strict=True)
IsoTime = Annotated[str, StringConstraints(pattern=r"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$")]


@dataclass(frozen=True, kw_only=True)
class Facts:
    """Where a detector comes from; all of it given by who trains it.

    Attributes
    ----------
    name, version
        The model's.
    created_at
        When it was trained, as an ISO time; from format 6 on no part of the manifest or of its digest.
    catalogue
        Digest of the features that it was trained on (:func:`features.catalogue.catalogue_digest`); in a
        bundle of format 2 the version of the whole catalogue.
    training
        The training configuration, in JSON's own types.
    data_sha256
        Of the data trained on.
    trained_on, calibrated_on
        What kinds of accounts: simulated, or the names of labelled sets.
    alpha, confidence
        The promise.
    libraries
        Versions of the libraries it was trained with.
    """

    __pydantic_config__: ClassVar[ConfigDict] = STRICT

    name: str
    version: str
    created_at: str = ""
    catalogue: str
    training: Mapping[str, Any]
    data_sha256: str
    trained_on: tuple[str, ...]
    calibrated_on: str
    alpha: float
    confidence: float
    libraries: Mapping[str, str]


@dataclass(frozen=True, kw_only=True)
class Golden:
    """One account that a loaded bundle must still judge as it did when it was written.

    Attributes
    ----------
    level, platform
        Evidence level and platform.
    values
        The features in order; None where absent.
    probabilities
        Of each label.
    suspicion
        The account's; None where no signal is heard.
    strange
        Blocks it is unfamiliar in.
    """

    __pydantic_config__: ClassVar[ConfigDict] = STRICT

    level: str
    platform: str
    values: tuple[float | None, ...]
    probabilities: Mapping[Head, float]
    suspicion: float | None
    strange: tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class OutsideFeatures:
    """Features that a bundle reads and Assay does not have; their code is not in the bundle.

    Attributes
    ----------
    sha256
        Of the file that declares them.
    features
        Their names.
    """

    __pydantic_config__: ClassVar[ConfigDict] = STRICT

    sha256: str
    features: tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class Manifest:
    """Everything about a bundle but its tables and models.

    Attributes
    ----------
    format
        Version of the bundle's layout.
    facts
        Where it comes from.
    features
        The features it reads, in order, each with the version of its meaning; in format 2 their names alone,
        see :attr:`versions`.
    files
        sha256 of every other file.
    calibrations
        Of each signal's head, by the signal's name.
    label_calibrations
        Of each label.
    golden
        Accounts with the answers they must get.
    weights
        Of each signal in the suspicion, by the signal's name, in formats 4 to 6; None: all alike.
    outside
        Features from outside, by the name of the file that declares them, in formats 5 and 6; None: there are
        none.
    """

    __pydantic_config__: ClassVar[ConfigDict] = STRICT

    format: Literal[2, 3, 4, 5, 6]
    facts: Facts
    features: Mapping[str, int] | tuple[str, ...]
    files: Mapping[str, str]
    calibrations: Mapping[str, Calibrations]
    label_calibrations: Mapping[Head, Calibrations]
    golden: tuple[Golden, ...]
    weights: Mapping[str, float] | None = None
    outside: Mapping[str, OutsideFeatures] | None = None

    @property
    def versions(self) -> Mapping[str, int]:
        """The features it reads, in order, each with its version: in format 2 all are of version 1."""
        return self.features if isinstance(self.features, Mapping) else dict.fromkeys(self.features, 1)

    def to_bytes(self) -> bytes:
        """The file's content: JSON whose numbers read back to the same bits."""
        absent: dict[str, Any] = {
            name: True for name in ("weights", "outside") if getattr(self, name) is None
        }
        if self.format >= FORMAT:
            absent["facts"] = {"created_at"}
        return ADAPTER.dump_json(self, indent=1, exclude=absent) + b"\n"

    def in_current_format(self) -> Manifest:
        """The same content as it is written now."""
        return replace(self, format=FORMAT, features=self.versions)

    def with_created(self, content: bytes | None) -> Manifest:
        """Itself, with the time that ``created.json`` names; None: there is no such file.

        Raises
        ------
        NoUsableModel
            If the file is there or not against the format, or holds anything else than a time.
        """
        if (content is not None) != (self.format >= FORMAT):
            fault = "lacks" if content is None else "may not hold"
            raise NoUsableModel(f"The bundle {fault} {CREATED} in format {self.format}.")
        if content is None:
            return self
        try:
            created = CREATED_ADAPTER.validate_json(content).created_at
        except ValidationError as error:
            raise NoUsableModel(f"The bundle's {CREATED} is damaged: {_first(error)}.") from error
        return replace(self, facts=replace(self.facts, created_at=created))

    @classmethod
    def from_bytes(cls, content: bytes) -> Manifest:
        """Read and check a manifest.

        Raises
        ------
        NoUsableModel
            If it is not JSON, of another format, or lacks or adds a part.
        """
        try:
            given = json.loads(content)
        except ValueError as error:
            raise NoUsableModel("The bundle's manifest.json is damaged: it is not JSON.") from error
        version = given.get("format") if isinstance(given, dict) else None
        if version not in FORMATS:
            known = ", ".join(map(str, FORMATS))
            raise NoUsableModel(f"The bundle is of format {version}; this Assay reads formats {known}.")
        try:
            manifest = ADAPTER.validate_json(content)
        except ValidationError as error:
            raise NoUsableModel(f"The bundle's manifest.json is damaged: {_first(error)}.") from error
        return manifest.checked()

    def checked(self) -> Manifest:
        """Itself, if its parts fit each other; else a refusal."""
        if bool(self.facts.created_at) != (self.format < FORMAT):
            raise NoUsableModel("The bundle's manifest.json does not date itself as its format does.")
        if isinstance(self.features, Mapping) != (self.format >= NAMED):
            raise NoUsableModel("The bundle's manifest.json does not name its features as its format does.")
        if self.format < NAMED and self.facts.catalogue != BEFORE_VERSIONS:
            raise NoUsableModel(
                f"The bundle reads catalogue {self.facts.catalogue}, whose features had other meanings than "
                f"those of {BEFORE_VERSIONS}."
            )
        if set(self.files) != set(FILES):
            raise NoUsableModel(f"The bundle's manifest.json must list {', '.join(FILES)}, and nothing else.")
        if set(self.calibrations) != {signal.name for signal in SIGNALS}:
            raise NoUsableModel("The bundle's manifest.json lacks a signal's calibration.")
        if set(self.label_calibrations) != set(Head):
            raise NoUsableModel("The bundle's manifest.json lacks a label's calibration.")
        named = {name for one in (self.outside or {}).values() for name in one.features}
        if self.format < FORMAT and bool(named) != (self.format == OUTSIDE):
            raise NoUsableModel("The bundle's manifest.json does not name its outside features as it must.")
        if not named <= set(self.versions):
            raise NoUsableModel("The bundle's manifest.json does not name its outside features as it must.")
        weighs = self.format == WEIGHTED or (self.format >= OUTSIDE and self.weights is not None)
        if (self.weights is not None) != weighs or not _fits(self.weights):
            raise NoUsableModel("The bundle's manifest.json does not weigh its signals as its format does.")
        for golden in self.golden:
            if len(golden.values) != len(self.features) or set(golden.probabilities) != set(Head):
                raise NoUsableModel("The bundle's manifest.json has a golden account that does not fit it.")
        return self


ADAPTER: Final = TypeAdapter(Manifest)


@dataclass(frozen=True)
class Created:
    """The content of ``created.json``."""

    __pydantic_config__: ClassVar[ConfigDict] = STRICT

    created_at: IsoTime


CREATED_ADAPTER: Final = TypeAdapter(Created)


def created_bytes(created_at: str) -> bytes:
    r"""The content of ``created.json``.

    >>> created_bytes("2026-11-23T00:00:00Z")
    b'{"created_at":"2026-11-23T00:00:00Z"}\n'
    """
    return CREATED_ADAPTER.dump_json(Created(created_at)) + b"\n"


def sha256(content: bytes) -> str:
    """Hexadecimal digest.

    >>> sha256(b"")[:8]
    'e3b0c442'
    """
    return hashlib.sha256(content).hexdigest()


def _fits(weights: Mapping[str, float] | None) -> bool:
    """Whether every signal has a weight over 0, or none has any."""
    if weights is None:
        return True
    return set(weights) == {signal.name for signal in SIGNALS} and min(weights.values()) > 0


def _first(error: ValidationError) -> str:
    fault = error.errors(include_url=False)[0]
    return f"{'.'.join(map(str, fault['loc']))}: {fault['msg']}"
