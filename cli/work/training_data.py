"""What ``assay train`` and ``assay tune`` train on: simulated, public and own accounts."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from accounts.errors import BadInput, Fault, WrongUsage
from accounts.population import LabelledAccounts, Population
from accounts.reading.quoting import quote
from accounts.stored_population import open_population
from cli import work
from cli.display.terminal import progressing, say
from cli.work.labels import label_rows, left_out, read_accounts, show_conflicts
from detector.outside_check import check_file, readers_of
from training.assemble import SIMULATED_ORIGIN, Origin, Sources
from training.config import TrainingConfig
from training.datasets.base import data_folder
from training.datasets.catalogue import LABELLED
from training.datasets.labelled import Labelled
from training.fit import FEWEST_ACCOUNTS
from training.organic import Organic, read_organic
from training.own_labels.own_accounts import OwnAccounts, label_accounts
from training.own_labels.resolve import resolve
from training.starter import simulated_population

__all__ = ["TrainOptions", "TrainingData", "training_data"]


@dataclass(frozen=True)
class TrainOptions:
    """The options of ``assay train``."""

    population: Path | None
    accounts: Path | None
    labels: Path | None
    simulated: bool
    columns: Path | None
    config: Path | None
    datasets: tuple[str, ...]
    promote: bool
    tracking: str | None
    from_run: str | None = None
    features: tuple[str, ...] = ()

    @property
    def paths(self) -> list[Path]:
        """The files and folders that are read."""
        given = (self.population, self.accounts, self.labels, self.columns, self.config)
        return [*filter(None, given), *map(Path, self.features)]


@dataclass(frozen=True)
class TrainingData:
    """Everything that a run trains on, and whose it is."""

    population: LabelledAccounts
    origin: Origin
    sets: list[Labelled]
    organic: list[Organic]
    own: OwnAccounts | None

    @property
    def sources(self) -> Sources:
        """The same, as a bundle names it."""
        return Sources(self.origin, self.sets, self.organic)


def training_data(options: TrainOptions, config: TrainingConfig) -> TrainingData:
    """Read or simulate all accounts that the options name, once the features from outside are taken in."""
    take_in_features(options.features)
    own = read_own(options)
    sets = read_datasets(options.datasets)
    organic = read_organic(config.organic, data_folder(), config.seed)
    if own is not None and not options.simulated:
        return TrainingData(own_population(own, config), own.origin(), sets, organic, own)
    population = read_or_simulate(options.population, config)
    organic += [] if own is None else [own.beside_simulated(config.seed)]
    return TrainingData(population, SIMULATED_ORIGIN, sets, organic, own)


def take_in_features(given: Sequence[str]) -> None:
    """Check the features from outside, and say which signals read each.

    Raises
    ------
    WrongUsage, BadInput
        If a file cannot be run, or one of its features breaks a rule.
    """
    for file in work.outside.use(given):
        check_file(file)
        for one in file.features:
            say(f"{one.name} of {file.path.name} is read by {', '.join(readers_of(one))}.")


def read_own(options: TrainOptions) -> OwnAccounts | None:
    """Own accounts with their labels; None where none are given.

    Raises
    ------
    WrongUsage
        If labels are given without accounts, or simulated ones are refused without own ones.
    """
    if options.accounts is None:
        if options.labels is not None:
            raise WrongUsage("--labels needs the accounts that they are about: --accounts PATH.")
        if not options.simulated:
            raise WrongUsage("--no-simulated needs accounts of your own: --accounts PATH.")
        return None
    if options.population is not None and not options.simulated:
        raise WrongUsage("--population and --no-simulated cannot be had together.")
    labels = resolve(label_rows(options.labels))
    tables = read_accounts(options.accounts, options.columns)
    own = label_accounts(tables, labels.labels, options.accounts.name)
    show_conflicts(labels)
    for sentence in left_out(own):
        say(sentence)
    return own


def own_population(own: OwnAccounts, config: TrainingConfig) -> Population:
    """Own accounts with altered copies, to train on alone.

    Raises
    ------
    BadInput
        If they are too few to be split, trained on and tested on.
    """
    population = own.with_copies(config.seed)
    if len(population) < FEWEST_ACCOUNTS:
        needed = f"takes {FEWEST_ACCOUNTS} accounts, altered copies of the authentic ones among them"
        rule = f"{needed}. Yours are {len(population):,}: leave it out, or see assay adapt."
        raise BadInput(Fault("", "--no-simulated", rule))
    return population


def read_datasets(given: Sequence[str]) -> list[Labelled]:
    """The public sets named ``NAME=FOLDER``; none is read before all names are known to be good.

    Raises
    ------
    WrongUsage
        If a name is unknown or comes twice, or a folder is missing.
    """
    folders: dict[str, Path] = {}
    for one in given:
        name, sign, folder = one.partition("=")
        if name not in LABELLED:
            raise WrongUsage(f"--dataset must name one of {', '.join(LABELLED)}. Got {quote(name)}.")
        if not (sign and folder):
            raise WrongUsage(f"--dataset {name} needs the data folder: --dataset {name}=FOLDER.")
        if name in folders:
            raise WrongUsage(f"--dataset must name each set once. Got {name} twice.")
        folders[name] = Path(folder)
    return [LABELLED[name](folder) for name, folder in folders.items()]


def read_or_simulate(folder: Path | None, config: TrainingConfig) -> LabelledAccounts:
    """The labelled accounts of a folder, or simulated ones as the configuration says."""
    if folder is not None:
        return open_population(folder)
    with progressing("simulating") as progress:
        return simulated_population(config, progress)
