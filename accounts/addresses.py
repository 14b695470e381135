"""Addresses of databases and servers as they may be shown or logged: without what lets anybody in."""

from __future__ import annotations

import re
from typing import Final
from urllib.parse import unquote_plus

__all__ = ["shown_address", "without_secrets"]

MASK: Final = "***"
PASSWORD: Final = re.compile(r"^([^:/?#]+://[^:/@]*:)([^@]*(?:@[^@/?]*)*)(?=@)")
PARAMETER: Final = re.compile(r"([?&;]([^=&;?]*)=)([^&;]*)")

HARMLESS: Final = frozenset({
    "application_name", "charset", "client_encoding", "connect_timeout", "dbname", "host", "hostaddr", "port",
    "service", "sslmode", "sslrootcert", "target_session_attrs", "user",
})  # fmt: skip
"""Parameters whose values are shown; any other's may be a secret, also under a name that is misspelt."""


def shown_address(address: str) -> str:
    """An address whose password is masked, and every parameter's value that may be one.

    >>> shown_address("postgresql+psycopg://ow:S3cret@db:5432/assay?sslmode=require&sslpassword=S3cret")
    'postgresql+psycopg://ow:***@db:5432/assay?sslmode=require&sslpassword=***'
    >>> shown_address("http://127.0.0.1:5000"), shown_address("sqlite:////home/a@b/mlflow.db")
    ('http://127.0.0.1:5000', 'sqlite:////home/a@b/mlflow.db')
    """
    return PARAMETER.sub(_shown_parameter, PASSWORD.sub(rf"\1{MASK}", address))


def without_secrets(text: str, address: str) -> str:
    """A text, such as what a driver says of an address, without that address's secrets.

    >>> without_secrets('no host "a" for S3cret%', "postgresql+psycopg://a/b?password=S3cret%25")
    'no host "a" for ***'
    """
    text = text.replace(address, shown_address(address))
    for secret in sorted(_secrets_of(address), key=len, reverse=True):
        text = re.sub(rf"(?<!\w){re.escape(secret)}(?!\w)", MASK, text)
    return text


def _shown_parameter(found: re.Match[str]) -> str:
    return found[0] if found[2].lower() in HARMLESS else f"{found[1]}{MASK}"


def _secrets_of(address: str) -> set[str]:
    """What is masked of an address, as it is written there and as it is meant."""
    password = PASSWORD.match(address)
    masked = {found[3] for found in PARAMETER.finditer(address) if found[2].lower() not in HARMLESS}
    written = masked | ({password[2]} if password else set())
    return {one for secret in written for one in (secret, unquote_plus(secret)) if one}
