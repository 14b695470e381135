"""Which extra installs which library, for the sentence that says what is missing."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from importlib.util import find_spec
from types import MappingProxyType
from typing import Final

from accounts.errors import WrongUsage

__all__ = ["EXTRAS", "OF_COMMAND", "missing_sentence", "require"]

EXTRAS: Final[Mapping[str, tuple[str, ...]]] = MappingProxyType({
    "train": ("jinja2", "mlflow", "optuna", "sklearn", "matplotlib", "shap"),
    "serve": ("alembic", "anyio", "bentoml", "h11", "httpcore", "httpx", "jinja2", "markupsafe",
              "opentelemetry", "prometheus_client", "psutil", "psycopg", "pydantic_settings",
              "python_multipart", "sqlalchemy", "starlette", "uvicorn"),
    "desk": ("argon2", "cryptography", "itsdangerous", "jinja2", "markupsafe", "openpyxl", "python_multipart",
             "weasyprint"),
    "report": ("matplotlib",),
    "client": ("httpx",),
})  # fmt: skip
"""By extra of pyproject.toml the modules that it installs, under the names that they are imported by."""

OF_COMMAND: Final[Mapping[str, str]] = MappingProxyType(
    {
        "report": "desk",
        "serve": "serve",
        "desk": "serve",
        "keys": "serve",
        "jobs": "serve",
        "store": "serve",
        "audit": "serve",
    }
)
"""By command the extra that it asks for first; the others ask for ``train``."""


def missing_sentence(module: str | None, command: str | None) -> str | None:
    """What to install where a module is missing; None where no extra installs it.

    >>> missing_sentence("sklearn", "train")
    "assay train needs sklearn, which is not installed: pip install 'assay[train]'."
    >>> missing_sentence("polars", "train") is None
    True
    """
    name = module or ""  # with a dot in it: the library is there, and lacks a part that Assay asks for
    first = OF_COMMAND.get(command or "", "train")
    able = [extra for extra in dict.fromkeys((first, *EXTRAS)) if name in EXTRAS[extra]]
    if not able:
        return None
    who = f"assay {command}" if command else "This command"
    return f"{who} needs {name}, which is not installed: pip install 'assay[{able[0]}]'."


def require(modules: Iterable[str], command: str) -> None:
    """Refuse to begin where a module is missing that is imported only later, or in another process.

    Raises
    ------
    WrongUsage
        For the first that is missing.
    """
    for module in modules:
        if find_spec(module) is None:
            raise WrongUsage(missing_sentence(module, command) or f"{module} is not installed.")
