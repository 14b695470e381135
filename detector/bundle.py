"""A detector on disk: a folder of text, Parquet and JSON, checked byte by byte before it is read.

No file is ever unpickled, and none reaches a parser before its sha256 was compared: a
damaged LightGBM model does not raise, it ends the process.
"""

from __future__ import annotations

import signal
import subprocess
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Final

import numpy as np
import pandas as pd

from accounts.errors import NoUsableModel
from detector.amounts import Amounts
from detector.arrays import matrix
from detector.comments.model import CommentModel
from detector.decision import HEADS
from detector.folder import CREATED, read, write
from detector.heads import Scorer, places_of
from detector.levels import LevelTable
from detector.manifest import FILES, FORMAT, MANIFEST, Facts, Golden, Manifest, created_bytes, sha256
from detector.novelty import Novelty
from detector.outside import outside_features, outside_versions
from detector.peers import Peers
from detector.signal_models import SignalModels, SignalScores
from detector.signals import SIGNALS
from detector.tails import Tails
from features.catalogue import CATALOGUE, by_name, versions
from features.declaration import Feature
from features.outside import files_in_use, use_features

__all__ = ["Bundle", "build", "load", "save", "starter_path", "try_in_child", "verify"]

TOLERANCE: Final = 1e-9


@dataclass(frozen=True)
class Bundle:
    """A detector's parts, always parsed from the bytes that it is saved as: fresh and loaded are the same.

    Attributes
    ----------
    manifest
        Where it comes from, and its calibrations.
    signal_models
        The signals' heads, their calibrations and tails.
    amounts
        How much was added.
    comments
        What reads comments.
    levels, peers, novelty
        The tables.
    files
        The content of every file, by name.
    """

    manifest: Manifest
    signal_models: SignalModels
    amounts: Amounts
    comments: CommentModel
    levels: LevelTable
    peers: Peers
    novelty: Novelty
    files: Mapping[str, bytes]

    @cached_property
    def sha256(self) -> str:
        """Of the manifest's bytes, which name every other file but ``created.json`` by its own."""
        return sha256(self.files[MANIFEST])

    @property
    def facts(self) -> Facts:
        """Name, version, training data, promise and libraries of the detector."""
        return self.manifest.facts

    @cached_property
    def features(self) -> tuple[Feature, ...]:
        """The features it reads, in its own order, whatever else the catalogue holds."""
        return tuple(by_name(name) for name in self.manifest.features)

    def columns_read(self, frame: pd.DataFrame) -> pd.DataFrame:
        """The columns of a frame of features that it reads, in its own order.

        Raises
        ------
        NoUsableModel
            If the frame lacks one of them.
        """
        names = tuple(self.manifest.features)
        if tuple(frame.columns) == names:
            return frame
        return frame.iloc[:, places_of(tuple(frame.columns), names)]

    @property
    def scorers(self) -> Mapping[str, Scorer]:
        """The head of each signal, by name."""
        return self.signal_models.scorers

    def predict_proba(
        self, frame: pd.DataFrame, levels: Sequence[str], platforms: Sequence[str | None] | None = None
    ) -> SignalScores:
        """What the signals say of accounts.

        Parameters
        ----------
        frame
            The features as columns, NaN where absent.
        levels
            Evidence level of each row.
        platforms
            Platform of each; None: unknown, and every account is compared with those of all platforms.
        """
        return self.signal_models.predict_proba(
            frame, levels, platforms if platforms is not None else [None] * len(levels)
        )

    def unfamiliar_blocks(self, frame: pd.DataFrame, levels: Sequence[str]) -> list[tuple[str, ...]]:
        """The blocks in which each account is unfamiliar: too unlike the training accounts."""
        return self.novelty.unfamiliar_blocks(frame, levels)

    @classmethod
    def from_files(cls, files: Mapping[str, bytes]) -> Bundle:
        """Check the content of a bundle's files, then parse that same content.

        Parameters
        ----------
        files
            The content of every file, by name.

        Raises
        ------
        NoUsableModel
            For whatever is wrong with it.
        """
        manifest = check(files)
        try:
            bundle = cls(
                manifest=manifest,
                signal_models=SignalModels(
                    scorers={one.name: Scorer(files[f"{one.name}.txt"].decode()) for one in SIGNALS},
                    calibrations=manifest.calibrations,
                    tails=Tails.from_bytes(files["tails.parquet"]),
                    label_calibrations=manifest.label_calibrations,
                    weights=manifest.weights,
                ),
                amounts=Amounts.from_bytes(files["amounts.json"]),
                comments=CommentModel.from_bytes(files["comments.parquet"]),
                levels=LevelTable.from_bytes(files["levels.parquet"]),
                peers=Peers.from_bytes(files["peers.parquet"]),
                novelty=Novelty.from_bytes(files["strangeness.parquet"]),
                files=dict(files),
            )
            bundle.check_answers()
        except NoUsableModel:
            raise
        # The bytes are the ones written, so whatever fails here was written by a broken build.
        except Exception as error:
            raise NoUsableModel(f"The bundle cannot be read: {' '.join(str(error).split())}.") from error
        return bundle

    def check_answers(self) -> None:
        """Judge the golden accounts again; refuse the bundle if an answer differs by more than 1e-9."""
        features = tuple(self.manifest.features)
        if self.peers.features != features:
            raise NoUsableModel("The bundle's peers and its manifest do not name the same features.")
        for name, scorer in self.scorers.items():
            if not set(scorer.features) <= set(features):
                raise NoUsableModel(f"The bundle's {name} reads features that its manifest does not name.")
        golden = self.manifest.golden
        frame = pd.DataFrame([one.values for one in golden], columns=list(features), dtype=np.float64)
        levels = [one.level for one in golden]
        scores = self.predict_proba(frame, levels, [one.platform for one in golden])
        probabilities = np.array([[one.probabilities[head] for head in HEADS] for one in golden])
        suspicions = np.array([np.nan if one.suspicion is None else one.suspicion for one in golden])
        found = np.column_stack([scores.probabilities, scores.suspicion])
        wanted = np.column_stack([probabilities.reshape(-1, len(HEADS)), suspicions])
        blocks_differ = self.unfamiliar_blocks(frame, levels) != [one.strange for one in golden]
        if not np.allclose(found, wanted, rtol=0.0, atol=TOLERANCE, equal_nan=True) or blocks_differ:
            raise NoUsableModel("The bundle does not judge its golden accounts as when it was written.")


def build(  # noqa: PLR0913
    facts: Facts,
    *,
    signal_models: SignalModels,
    amounts: Amounts,
    comments: CommentModel,
    levels: LevelTable,
    peers: Peers,
    novelty: Novelty,
    golden: pd.DataFrame,
    golden_levels: Sequence[str],
    golden_platforms: Sequence[str],
) -> Bundle:
    """Put a trained detector together.

    Parameters
    ----------
    facts
        Where it comes from.
    signal_models, amounts, comments, levels, peers, novelty
        Its fitted parts.
    golden, golden_levels, golden_platforms
        Features, evidence levels and platforms of a few accounts whose answers are kept as a check.
    """
    known, outside = versions(CATALOGUE), outside_features(tuple(golden.columns))
    scores = signal_models.predict_proba(golden, golden_levels, golden_platforms)
    unfamiliar = novelty.unfamiliar_blocks(golden, golden_levels)
    files = {f"{name}.txt": scorer.text.encode() for name, scorer in signal_models.scorers.items()} | {
        "amounts.json": amounts.to_bytes(),
        "comments.parquet": comments.to_bytes(),
        "tails.parquet": signal_models.tails.to_bytes(),
        "levels.parquet": levels.to_bytes(),
        "peers.parquet": peers.to_bytes(),
        "strangeness.parquet": novelty.to_bytes(),
    }
    manifest = Manifest(
        format=FORMAT,
        facts=facts,
        features={name: known[name] for name in golden.columns},
        files={name: sha256(files[name]) for name in FILES},
        calibrations=signal_models.calibrations,
        label_calibrations=signal_models.label_calibrations,
        golden=tuple(
            Golden(
                level=golden_levels[row],
                platform=golden_platforms[row],
                values=tuple(None if np.isnan(value) else float(value) for value in values),
                probabilities=dict(zip(HEADS, scores.probabilities[row].tolist(), strict=True)),
                suspicion=None if np.isnan(scores.suspicion[row]) else float(scores.suspicion[row]),
                strange=unfamiliar[row],
            )
            for row, values in enumerate(matrix(golden))
        ),
        weights=signal_models.weights,
        outside=outside,
    )
    return Bundle.from_files(
        {MANIFEST: manifest.to_bytes(), CREATED: created_bytes(facts.created_at), **files}
    )


def check(files: Mapping[str, bytes]) -> Manifest:
    """Check the content of a bundle's files without parsing any but the manifest.

    Raises
    ------
    NoUsableModel
        If a file is missing, unknown or changed, the format is another, or the bundle reads a feature that
        is gone or has another meaning.
    """
    if MANIFEST not in files:
        raise NoUsableModel("The bundle has no manifest.json.")
    manifest = Manifest.from_bytes(files[MANIFEST]).with_created(files.get(CREATED))
    if missing := set(FILES) - set(files):
        raise NoUsableModel(f"The bundle lacks {min(missing)}.")
    if unknown := set(files) - {MANIFEST, CREATED, *FILES}:
        raise NoUsableModel(f"The bundle holds {min(unknown)}, which its manifest does not list.")
    for name in FILES:
        if sha256(files[name]) != manifest.files[name]:
            raise NoUsableModel(f"The bundle's {name} was changed: its sha256 is not its manifest's.")
    check_features(manifest.versions, versions(CATALOGUE.own) | outside_versions(manifest.outside or {}))
    return manifest


def check_features(read: Mapping[str, int], known: Mapping[str, int]) -> None:
    """Refuse a bundle that reads a feature which is gone, or has another meaning by now.

    Parameters
    ----------
    read, known
        Versions of features by name: those that the bundle reads, and those that there are.

    Raises
    ------
    NoUsableModel
        For the first such feature.

    Examples
    --------
    >>> check_features({"likes_gini": 1}, {"likes_gini": 1, "likes_range": 1})
    >>> check_features({"likes_gini": 1}, {"likes_gini": 2})
    Traceback (most recent call last):
    accounts.errors.NoUsableModel: The bundle reads version 1 of the feature likes_gini, but ... 2.
    """
    for name, version in read.items():
        if name not in known:
            raise NoUsableModel(f"The bundle reads the feature {name}, which this Assay does not derive.")
        if version != known[name]:
            raise NoUsableModel(
                f"The bundle reads version {version} of the feature {name}, but this Assay derives version "
                f"{known[name]}."
            )


def verify(folder: str | Path) -> Manifest:
    """Check a bundle's bytes without parsing its models and tables.

    Parameters
    ----------
    folder
        Where it lies.

    Raises
    ------
    NoUsableModel
        If it is missing, incomplete, changed, of another format, or reads a feature that is gone or has
        another meaning.
    """
    return check(read(folder))


def load(folder: str | Path, *, expected: str | None = None) -> Bundle:
    """Read a bundle once, check the bytes, parse those same bytes, and judge its golden accounts.

    Parameters
    ----------
    folder
        Where it lies.
    expected
        The sha256 that the bundle must have, such as :func:`try_in_child` returned; None: any.

    Raises
    ------
    NoUsableModel
        As :func:`verify` does, and if it no longer answers as it did.
    """
    files = read(folder)
    if expected is not None and sha256(files.get(MANIFEST, b"")) != expected:
        raise NoUsableModel(f"The bundle at {folder} is not the one with sha256 {expected}.")
    return Bundle.from_files(files)


def save(bundle: Bundle, folder: str | Path) -> None:
    """Write a bundle to a temporary folder beside, then give it its name.

    Another bundle already there is put aside first and removed afterwards, so that there is none for
    an instant: what others read while it changes belongs into a :class:`detector.model_store.ModelStore`.

    Raises
    ------
    WrongUsage
        If the folder holds anything else than a bundle.
    """
    write(bundle.files, folder)


def try_in_child(folder: str | Path, *, processor_seconds: int = 60, longest_seconds: float = 900.0) -> str:
    """Load a bundle in a process of its own, which it may end without harm.

    Parameters
    ----------
    processor_seconds
        Processor time that it may take: where other programs have the processors a good bundle takes long,
        too. Not bounded on Windows.
    longest_seconds
        Time after which it is given up in any case.

    Returns
    -------
    The bundle's sha256; give it to :func:`load`, which then takes no other.

    Raises
    ------
    NoUsableModel
        If the child refuses the bundle, dies of it, or takes too long.
    """
    given = [str(one.path) for one in files_in_use()]
    command = [sys.executable, "-P", "-m", "detector.bundle", str(processor_seconds), str(folder), *given]
    late = f"The bundle at {folder} did not load within"
    try:
        # A dying LightGBM prints whatever bytes it met.
        done = subprocess.run(
            command, capture_output=True, errors="replace", timeout=longest_seconds, check=False
        )
    except subprocess.TimeoutExpired as error:
        raise NoUsableModel(f"{late} {longest_seconds:g} seconds.") from error
    if sys.platform != "win32" and done.returncode == -signal.SIGXCPU:
        raise NoUsableModel(f"{late} {processor_seconds} seconds of processor time.")
    if done.returncode == NoUsableModel.exit_code:
        raise NoUsableModel(done.stderr.splitlines()[-1])
    if done.returncode:
        raise NoUsableModel(f"The bundle at {folder} ended its process (exit code {done.returncode}).")
    return done.stdout.split()[-1]  # whatever a library printed comes before it


def starter_path() -> Path:
    """The detector that comes with Assay.

    >>> starter_path().name
    'starter'
    """
    return Path(__file__).with_name("starter")


def main(processor_seconds: int, folder: str, outside: Sequence[str]) -> int:
    """Load a bundle and print its sha256, or the sentence that refuses it; for :func:`try_in_child`."""
    if sys.platform != "win32":
        import resource

        hard = resource.getrlimit(resource.RLIMIT_CPU)[1]
        most = processor_seconds if hard == resource.RLIM_INFINITY else min(processor_seconds, hard)
        resource.setrlimit(resource.RLIMIT_CPU, (most, hard))
    try:
        use_features(outside)
        print(load(folder).sha256)
    except NoUsableModel as error:
        print(error, file=sys.stderr)
        return NoUsableModel.exit_code
    return 0


if __name__ == "__main__":
    sys.exit(main(int(sys.argv[1]), sys.argv[2], sys.argv[3:]))
