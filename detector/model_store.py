"""The models of a home: each in an immutable folder named by its sha256, and one pointer to the champion.

``models/<sha256>/`` holds a bundle, ``champion.json`` names the one that screens and the one
before it. Both appear whole, by a rename; no model is ever removed from here. So a reader finds the
champion before or after a change, and a verdict's model for as long as nobody removes its folder.
"""

from __future__ import annotations

import shutil
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, ClassVar, Final

from pydantic import ConfigDict, StringConstraints, TypeAdapter, ValidationError

from accounts.errors import NoUsableModel
from detector.bundle import Bundle, try_in_child
from detector.folder import CREATED, read, write, write_file
from detector.manifest import MANIFEST, sha256

__all__ = ["ChallengerStore", "Champion", "ModelStore"]

Sha256 = Annotated[str, StringConstraints(pattern="^[0-9a-f]{64}$")]

OLD_CHAMPION: Final = "champion"
OLD_PREVIOUS: Final = "champion-before"


@dataclass(frozen=True)
class Champion:
    """What ``champion.json`` says.

    Attributes
    ----------
    sha256
        Of the model that screens and serves.
    previous
        Of the champion before it, which a rollback brings back; None where there was none.

    Examples
    --------
    >>> Champion.from_bytes(b'{"sha256": "latest"}')
    Traceback (most recent call last):
    accounts.errors.NoUsableModel: champion.json is damaged: sha256: String should match pattern ...
    """

    __pydantic_config__: ClassVar[ConfigDict] = ConfigDict(extra="forbid", strict=True)

    sha256: Sha256
    previous: Sha256 | None = None

    def to_bytes(self) -> bytes:
        """The content of the file."""
        return ADAPTER.dump_json(self) + b"\n"

    @classmethod
    def from_bytes(cls, content: bytes) -> Champion:
        """Read and check the content of the file; NoUsableModel if it is anything else."""
        try:
            return ADAPTER.validate_json(content)
        except ValidationError as error:
            fault = error.errors(include_url=False)[0]
            place = "".join(f"{part}: " for part in fault["loc"])
            raise NoUsableModel(f"champion.json is damaged: {place}{fault['msg']}.") from error


ADAPTER: Final = TypeAdapter(Champion)


@dataclass(frozen=True)
class ModelStore:
    """The models of a home, and the pointer to the champion.

    Attributes
    ----------
    home
        Assay's own folder.
    """

    home: Path

    @property
    def path(self) -> Path:
        """The folder with the models' folders."""
        return self.home / "models"

    @property
    def pointer(self) -> Path:
        """The file that names the champion."""
        return self.home / "champion.json"

    @property
    def has_champion(self) -> bool:
        """Whether a champion is named, usable or not, here or as an older Assay did it."""
        return self.pointer.exists() or (self.home / OLD_CHAMPION).exists()

    def folder_of(self, model: str) -> Path:
        """Where the model with this sha256 lies, if it does."""
        return self.path / model

    def add(self, bundle: Bundle) -> Path:
        """Keep a bundle under its sha256, unless it lies there already; its folder."""
        return self.add_files(bundle.files)

    def add_files(self, files: Mapping[str, bytes]) -> Path:
        """Keep the files of a bundle as they are, under the sha256 of their manifest; their folder.

        The same bundle made at another time is kept as it was made first.
        """
        folder = self.folder_of(sha256(files[MANIFEST]))
        there = bundle_files(folder)
        if there is None or undated(there) != undated(files):
            write(files, folder)
        return folder

    def find(self, model: str) -> Path | None:
        """The folder of the model with this sha256; None where it is missing or its manifest was changed.

        >>> ModelStore(Path("home")).find("0" * 64) is None
        True
        """
        with suppress(NoUsableModel):
            self.take_over()
        try:
            content = (self.folder_of(model) / MANIFEST).read_bytes()
        except OSError:
            return None
        return self.folder_of(model) if sha256(content) == model else None

    def champion(self) -> Champion | None:
        """The pointer to the champion; None where none is named.

        Raises
        ------
        NoUsableModel
            If ``champion.json`` cannot be read or is damaged, or an older home cannot be taken over.
        """
        self.take_over()
        try:
            return Champion.from_bytes(self.pointer.read_bytes())
        except (FileNotFoundError, NotADirectoryError):
            return None
        except OSError as error:
            raise NoUsableModel(f"{self.pointer} cannot be read: {error.strerror}.") from error

    def champion_folder(self) -> Path | None:
        """The folder of the champion; None where none is named.

        Raises
        ------
        NoUsableModel
            As :meth:`champion`, and if the model that is named is not here.
        """
        champion = self.champion()
        if champion is None:
            return None
        folder = self.folder_of(champion.sha256)
        if not folder.is_dir():
            raise NoUsableModel(f"{self.pointer} names the model {folder.name}, which is not in {self.path}.")
        return folder

    def check_in_child(self, model: str) -> Path:
        """The folder of a model, once a process of its own has loaded it without harm.

        Raises
        ------
        NoUsableModel
            If it is missing, damaged, or another than its folder's name says.
        """
        folder = self.folder_of(model)
        if try_in_child(folder) != model:
            raise NoUsableModel(f"The bundle at {folder} is not the one with sha256 {model}.")
        return folder

    def make_champion(self, model: str) -> None:
        """Point to a model that was added; the champion until now becomes the previous one.

        The champion once more is no change, and the previous one stays. Of two processes that do this
        at once one comes last; its model is the champion, and the other's is kept.
        """
        before: Champion | None = None
        with suppress(NoUsableModel):  # a damaged pointer is replaced
            before = self.champion()
        previous = None if before is None else before.previous if before.sha256 == model else before.sha256
        write_file(self.pointer, Champion(model, previous).to_bytes())

    def take_over(self) -> None:
        """Bring ``champion/`` and ``champion-before/`` of an older Assay here, if no champion is named yet.

        They are removed only when the pointer stands, so that a process that is killed meanwhile
        leaves all of it to the next.

        Raises
        ------
        NoUsableModel
            If the old champion is no bundle, or the folders cannot be written.
        """
        old = self.home / OLD_CHAMPION, self.home / OLD_PREVIOUS
        if self.pointer.exists() or not old[0].exists():
            return
        champion, previous = map(bundle_files, old)
        if self.pointer.exists():  # another process was faster, and may have removed what was read here
            return
        if champion is None:
            raise NoUsableModel(f"The champion at {old[0]} cannot be read, or has no {MANIFEST}.")
        try:
            before = self.add_files(previous).name if previous else None
            pointer = Champion(self.add_files(champion).name, before)
            with suppress(FileExistsError):  # another process has promoted a model
                write_file(self.pointer, pointer.to_bytes(), replace=False)
        except OSError as error:
            raise NoUsableModel(f"The champion at {old[0]} cannot be moved: {error.strerror}.") from error
        for folder, files in zip(old, (champion, previous), strict=True):
            if files:
                shutil.rmtree(folder, ignore_errors=True)


@dataclass(frozen=True)
class ChallengerStore(ModelStore):
    """The models of a home, and the pointer to the challenger that judges beside the champion.

    It reads and writes the pointer as :class:`ModelStore` does the champion's.
    """

    @property
    def pointer(self) -> Path:
        """The file that names the challenger."""
        return self.home / "challenger.json"

    def take_over(self) -> None:
        """Nothing: no older Assay has a challenger."""


def undated(files: Mapping[str, bytes]) -> dict[str, bytes]:
    """The files that a bundle's digest covers."""
    return {name: content for name, content in files.items() if name != CREATED}


def bundle_files(folder: Path) -> dict[str, bytes] | None:
    """The files of a bundle as they are; None if they cannot be read, or hold no manifest."""
    try:
        files = read(folder)
    except NoUsableModel:
        return None
    return files if MANIFEST in files else None
