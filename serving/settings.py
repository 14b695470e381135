"""Settings of the service, from its environment and its file, read once and passed down.

A setting's value is the environment's (``ASSAY_`` and its name), else that of the TOML file
that ``ASSAY_CONFIG`` names or that lies in Assay's own folder, else its default. A field's
description is its line in docs/settings.md.
"""

from __future__ import annotations

import os
import re
import tomllib
from collections.abc import Mapping
from importlib.util import find_spec
from ipaddress import ip_network
from pathlib import Path
from typing import Annotated, Any, Final, Literal

from pydantic import Field, SecretStr, ValidationError, ValidationInfo, field_validator
from pydantic_core import ErrorDetails
from pydantic_settings import (
    BaseSettings,
    EnvSettingsSource,
    InitSettingsSource,
    NoDecode,
    PydanticBaseSettingsSource,
    SettingsConfigDict,
)

from accounts.errors import WrongUsage
from accounts.reading.quoting import suggest
from serving.limits import Limits

__all__ = ["OTLP_EXPORTER", "PREFIX", "SHORTEST_KEY", "Settings", "config_file", "origins"]

PREFIX: Final = "ASSAY_"
CONFIG: Final = f"{PREFIX}CONFIG"
ORIGIN: Final = r"https?://[a-z0-9.-]+(?::[0-9]{1,5})?"
DEFAULT: Final = "default"
SHORTEST_KEY: Final = 32
OTLP_EXPORTER: Final = "opentelemetry.exporter.otlp.proto.http.trace_exporter"
DATABASES: Final = ("sqlite:////", "postgresql+psycopg://")


class Settings(Limits):
    """The service's settings; :meth:`read` refuses wrong ones in sentences."""

    model_config = SettingsConfigDict(env_prefix=PREFIX, env_ignore_empty=True, frozen=True, extra="forbid")

    home: Path = Field(
        default_factory=lambda: Path.home() / ".assay",
        description="Assay's own folder: the champion, the database and what is generated lie there. "
        "Only from the environment, where every command looks for it.",
    )
    model: Path | None = Field(
        default=None, description="A bundle's folder; otherwise the champion speaks, or else the starter."
    )
    features: Annotated[tuple[str, ...], NoDecode] = Field(
        default=(),
        description="Files of features of your own that the model reads, with commas between them: Python "
        "code that the service runs ([a feature of your own](retraining.md)).",
    )
    database: SecretStr | None = Field(
        default=None,
        description="Where verdicts, keys and the audit log are kept: `postgresql+psycopg://...` or "
        "`sqlite:////` and an absolute path; otherwise SQLite in `assay.db` of Assay's own folder.",
    )
    store_verdicts: bool = Field(
        default=True,
        description="Whether verdicts are kept, with the numbers that they rest on. Otherwise no verdict can "
        "be looked up, replayed or decided about, and `Idempotency-Key` is refused.",
    )
    idempotency_hours: int = Field(
        default=24, ge=1, le=8760, description="How long an `Idempotency-Key` is remembered."
    )
    no_auth: bool = Field(
        default=False,
        description="Whether requests without a key are answered, with every right. Only those that come "
        "over this machine's loopback interface are.",
    )
    requests_per_minute: int = Field(
        default=6_000,
        ge=1,
        le=10_000_000,
        description="Requests that a key may make in a minute where it has no limit of its own, in each "
        "worker; the whole of them may come at once.",
    )
    audit_key: SecretStr | None = Field(
        default=None,
        description="Key of the audit log's hashes, and of the digests that stand for account ids in it, at "
        "least 32 characters; otherwise one is generated in `audit.key` of Assay's own folder. It is never "
        "changed, services that share a database share it, and the database must not hold it.",
    )
    report_key: SecretStr | None = Field(
        default=None,
        description="An Ed25519 private key that reports are signed with, in PEM without a password or as"
        " its 32 bytes in base64; otherwise they are not signed.",
    )
    run_jobs: bool = Field(
        default=True,
        description="Whether this service works on bulk jobs, one at a time beside each of its workers. "
        "Otherwise it only takes them in, for a service that shares database and folder.",
    )
    jobs_folder: Path | None = Field(
        default=None, description="Where the files of bulk jobs lie; otherwise `jobs` in Assay's own folder."
    )
    job_accounts: int = Field(
        default=1_000_000,
        ge=1,
        le=10_000_000,
        description="Accounts that a bulk job may have at most, and blank lines.",
    )
    job_bytes: int = Field(
        default=8 * 2**30,
        ge=2**10,
        le=2**40,
        description="Bytes that a bulk job's input may have at most, Parquet once more when unpacked.",
    )
    tenant_bytes: int = Field(
        default=64 * 2**30,
        ge=2**10,
        le=2**50,
        description="Bytes that inputs and results of a tenant's bulk jobs may take on the disk, with what "
        "was dropped on the desk; its rows in the database are not counted.",
    )
    job_piece_accounts: int = Field(
        default=500,
        ge=1,
        le=10_000,
        description="Accounts after which a bulk job's results are put on disk, and its progress noted.",
    )
    job_lease_seconds: float = Field(
        default=30.0,
        ge=1,
        le=3_600,
        description="After so long without a word from whoever works on a bulk job another takes it up.",
    )
    job_verdicts: Literal["none", "flagged", "all"] = Field(
        default="flagged",
        description="Which verdicts of bulk jobs are kept with the others, to be looked up, replayed and "
        "decided about: those that accuse or ask for a review (`flagged`), `all`, or `none`. Results have "
        "them all.",
    )
    verdict_days: int | None = Field(
        default=None,
        ge=1,
        le=3_650,
        description="Days after which a verdict, the numbers that it rests on and the decisions about it are "
        "removed; otherwise they are kept until their account is erased. The audit log keeps its entries.",
    )
    observation_days: int | None = Field(
        default=None,
        ge=1,
        le=3_650,
        description="Days after which an observation of an account is removed; otherwise as many as "
        "`verdict_days` says.",
    )
    drift: bool = Field(
        default=True,
        description="Whether stored verdicts are looked at for drift once a day, and held against the "
        "promise.",
    )
    drift_days: int = Field(
        default=7, ge=1, le=365, description="Days whose verdicts are held against the reference for drift."
    )
    drift_reference_days: int = Field(
        default=28,
        ge=1,
        le=365,
        description="Days from a model's first stored verdict on that are the reference for drift.",
    )
    drift_level: float = Field(
        default=0.01,
        ge=0.002,
        le=0.5,
        description="Rate of false alarms: of each day's comparison of scores, and of all looks at the "
        "promise together.",
    )
    drift_unselected: bool = Field(
        default=False,
        description="Whether people decide about accounts whatever their verdict says (all, or a random "
        "sample). Their p-values are then held against the promise itself; where accused ones are looked at "
        "first that would be a false alarm.",
    )
    shadow: bool = Field(
        default=False,
        description="Whether the challenger that `assay model shadow` names judges live requests, too, after "
        "they were answered, and both verdicts are kept for comparison.",
    )
    shadow_waiting: int = Field(
        default=256,
        ge=1,
        le=100_000,
        description="Requests that may wait for the challenger in each worker; those that find no room are "
        "left out, and counted.",
    )
    shadow_jobs: bool = Field(
        default=False,
        description="Whether the challenger judges the accounts of bulk jobs, too: each piece once it is "
        "done, in the job's process, which takes about as long again. Wants `job_verdicts` to be `all`: "
        "beside accusations alone any milder challenger would look better.",
    )
    job_days: int = Field(
        default=7,
        ge=1,
        le=3_650,
        description="Days after its end that a bulk job's results are kept; one that still "
        "waits after as many fails.",
    )
    jobs_at_once: int = Field(
        default=100,
        ge=1,
        le=100_000,
        description="Bulk jobs of one tenant that may wait or run at once, and as many screenings of the "
        "desk.",
    )
    webhook_hosts: Annotated[tuple[str, ...], NoDecode] = Field(
        default=(),
        description="Hosts that webhooks may lead to, exactly, with commas between them: `hooks.example.com` "
        "(over https), or with another port, `hooks.example.com:8443`. None: the service sends none.",
    )
    webhook_networks: Annotated[tuple[str, ...], NoDecode] = Field(
        default=(),
        description="Networks with private addresses that webhooks may lead to, also without TLS, such as "
        "`127.0.0.0/8`; for tests and inside one's own network.",
    )
    cors_origins: Annotated[tuple[str, ...], NoDecode] = Field(
        default=(),
        description="Origins whose pages may ask the interface from a browser (CORS), exactly, with commas "
        "between them: `https://app.example.com`. None: no page of another site may.",
    )
    traces: Literal["off", "console", "otlp"] = Field(
        default="off",
        description="Where OpenTelemetry's traces go: a span for each request, with its route and never its "
        "path. `otlp`: to what `OTEL_EXPORTER_OTLP_ENDPOINT` names; it needs `pip install "
        "opentelemetry-exporter-otlp-proto-http`.",
    )
    desk: bool = Field(
        default=True,
        description="Whether the vetting desk is at `/`. It needs `store_verdicts`, and the libraries of "
        "`pip install 'assay[desk]'`.",
    )
    public_address: str | None = Field(
        default=None,
        pattern=r"^https?://[A-Za-z0-9.:\[\]_-]+$",
        max_length=300,
        description="Address at which people outside reach the desk, such as https://assay.example: links "
        "for creators and invitations begin with it; without it, with the host in the request.",
    )
    session_hours: float = Field(
        default=12.0, gt=0, le=720, description="Hours after which a session of the desk ends in any case."
    )
    session_idle_minutes: float = Field(
        default=60.0, gt=0, le=10_080, description="Minutes without use after which a session ends."
    )
    invitation_hours: float = Field(
        default=72.0, gt=0, le=720, description="Hours in which an invitation to the desk must be used."
    )
    sign_ins_per_minute: int = Field(
        default=10,
        ge=1,
        le=10_000,
        description="Sign-ins that may fail in a minute by address and by name, in each worker; whoever goes "
        "on failing waits longer each time.",
    )
    desk_upload_bytes: int = Field(
        default=256 * 2**20,
        ge=2**10,
        le=2**33,
        description="Bytes that files may have at once which were dropped on the desk, or sent for reading.",
    )
    desk_reading_seconds: float = Field(
        default=300.0,
        gt=0,
        le=3_600,
        description="Seconds that reading files may take which were dropped on the desk, or sent, at once.",
    )
    reading_memory_mib: int = Field(
        default=2_048,
        ge=256,
        le=2**20,
        description="MiB of memory that a process may take which reads files, beside what it begins with; "
        "each worker has four such at once at most.",
    )
    desk_upload_hours: float = Field(
        default=24.0,
        gt=0,
        le=720,
        description="Hours after which files that were dropped on the desk and not screened are removed; "
        "those that were screened are removed at once.",
    )

    @field_validator("webhook_hosts", "webhook_networks", "cors_origins", mode="before")
    @classmethod
    def split_list(cls, value: Any) -> Any:
        """The parts of a variable that has commas between them."""
        parts = value.split(",") if isinstance(value, str) else value
        return [part.strip().lower() if isinstance(part, str) else part for part in parts]

    @field_validator("shadow_jobs")
    @classmethod
    def beside_all_verdicts(cls, shadow_jobs: bool, info: ValidationInfo) -> bool:
        """Refuse a comparison on accused accounts alone."""
        if shadow_jobs and info.data.get("job_verdicts", "all") != "all":
            raise ValueError("wants job_verdicts to be all")
        return shadow_jobs

    @field_validator("cors_origins")
    @classmethod
    def known_origins(cls, names: tuple[str, ...]) -> tuple[str, ...]:
        """Refuse what is no origin: a path, a pattern, or any."""
        if wrong := [name for name in names if not re.fullmatch(ORIGIN, name)]:
            raise ValueError(f"must be origins such as https://app.example.com; {wrong[0]} is none")
        return names

    @field_validator("webhook_networks")
    @classmethod
    def known_networks(cls, names: tuple[str, ...]) -> tuple[str, ...]:
        """Refuse what is no network."""
        for name in names:
            try:
                ip_network(name)
            except ValueError as error:
                raise ValueError("must be networks such as 10.0.0.0/8") from error
        return names

    @field_validator("home", "model", "jobs_folder")
    @classmethod
    def absolute(cls, path: Path | None) -> Path | None:
        """The path made absolute: it then means the same in every process."""
        return path and path.absolute()

    @field_validator("features", mode="before")
    @classmethod
    def split_files(cls, value: Any) -> Any:
        """The files of a variable, which have commas between them; paths are made absolute."""
        given = value.split(",") if isinstance(value, str) else value
        files = [one.strip() if isinstance(one, str) else one for one in given]
        return [str(Path(one).absolute()) if str(one).endswith(".py") else one for one in files if one]

    @field_validator("database")
    @classmethod
    def known_database(cls, url: SecretStr | None) -> SecretStr | None:
        """Refuse a database that Assay is not tested with."""
        if url and not url.get_secret_value().startswith(DATABASES):
            raise ValueError("must be postgresql+psycopg://... or sqlite:////absolute/path")
        return url

    @field_validator("traces")
    @classmethod
    def with_its_library(cls, where: str) -> str:
        """Refuse to trace to where no library leads."""
        if where == "otlp" and not is_installed(OTLP_EXPORTER):
            raise ValueError("needs a library for otlp: pip install opentelemetry-exporter-otlp-proto-http")
        return where

    @field_validator("audit_key")
    @classmethod
    def long_enough(cls, key: SecretStr | None) -> SecretStr | None:
        """Refuse a key so short that it could be guessed."""
        if key and len(key.get_secret_value()) < SHORTEST_KEY:
            raise ValueError(f"must have at least {SHORTEST_KEY} characters")
        return key

    @property
    def database_url(self) -> str:
        """The database's address, with its password if it has one."""
        if self.database:
            return self.database.get_secret_value()
        return f"sqlite:///{self.home / 'assay.db'}"

    @property
    def works_on_jobs(self) -> bool:
        """Whether this service starts a worker for bulk jobs."""
        return self.run_jobs and self.store_verdicts

    @property
    def jobs_path(self) -> Path:
        """The folder with the files of bulk jobs."""
        return self.jobs_folder or self.home / "jobs"

    @property
    def desk_path(self) -> Path:
        """The folder with the files that were dropped on the desk."""
        return self.home / "desk"

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,
        file_secret_settings: PydanticBaseSettingsSource,
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """The sources of values, the strongest first: arguments, environment, file."""
        home = init_settings().get("home")
        file_settings = InitSettingsSource(settings_cls, read_file(config_file(home)))
        return init_settings, env_settings, file_settings

    @classmethod
    def read(cls) -> Settings:
        """Read the settings from the environment and the file.

        Raises
        ------
        WrongUsage
            If one breaks its rule, is unknown, or the file cannot be read; a sentence for each.
        """
        try:
            return cls()
        except ValidationError as error:
            raise WrongUsage("\n".join(map(error_sentence, error.errors()))) from error


def is_installed(module: str) -> bool:
    """Whether a module can be imported.

    >>> is_installed("json.decoder"), is_installed("no.such.module")
    (True, False)
    """
    try:
        return find_spec(module) is not None
    except ModuleNotFoundError:  # of a package that it is in
        return False


def config_file(home: Path | None = None) -> Path:
    """The path of the file with settings: ``ASSAY_CONFIG``, else ``assay.toml`` in Assay's own folder."""
    if named := os.environ.get(CONFIG):
        return Path(named)
    return Path(home or os.environ.get(f"{PREFIX}HOME") or Path.home() / ".assay") / "assay.toml"


def read_file(path: Path) -> dict[str, Any]:
    """The file's values, none where there is no file and none was named.

    Raises
    ------
    WrongUsage
        If it cannot be read, or sets ``home``, by which it is itself found.
    """
    try:
        values = tomllib.loads(path.read_text(encoding="utf-8"))
    except (FileNotFoundError, NotADirectoryError) as error:
        if os.environ.get(CONFIG):
            raise WrongUsage(f"{CONFIG} names {path}, which does not exist.") from error
        return {}
    except (OSError, ValueError) as error:
        raise WrongUsage(f"{path} cannot be read as TOML: {error}.") from error
    if "home" in values:
        raise WrongUsage(f"home in {path} must be set by {PREFIX}HOME instead.")
    return values


def origins() -> Mapping[str, str]:
    """Where the value of each setting comes from: a variable's name, a file's path, or ``default``."""
    path = config_file()
    in_file, in_environment = read_file(path), EnvSettingsSource(Settings)()
    variables = {name: f"{PREFIX}{name.upper()}" for name in Settings.model_fields}
    return {
        name: variable if name in in_environment else str(path) if name in in_file else DEFAULT
        for name, variable in variables.items()
    }


def error_sentence(fault: ErrorDetails) -> str:
    """The error of a setting as a sentence: its name as it was written, the rule, the value unless secret."""
    name = str(fault["loc"][0])
    if name not in Settings.model_fields:
        return f"{name} in {config_file()} is no setting of Assay{suggest(name, Settings.model_fields)}"
    origin = origins()[name]
    called = origin if origin.startswith(PREFIX) else f"{name} in {origin}"
    field = Settings.model_fields[name]
    found = "" if "SecretStr" in str(field.annotation) else f" Got {fault['input']!r}."
    rule = fault["msg"].removeprefix("Value error, ").replace("Input should", "must")
    rule = rule.partition(", unable")[0].replace("a valid integer", "a whole number")
    return f"{called} {rule}.{found}"
