"""Detached Ed25519 signatures of reports, which OpenSSL and others can check."""

from __future__ import annotations

import base64
import binascii
from pathlib import Path
from typing import Final

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    PublicFormat,
    load_pem_private_key,
    load_pem_public_key,
)

from accounts.errors import WrongUsage

__all__ = ["SIGNATURE_SUFFIX", "is_signed", "public_text", "read_private_key", "read_public_key", "sign"]

SIGNATURE_SUFFIX: Final = ".sig"
_BYTES: Final = 32


def read_private_key(text: str) -> Ed25519PrivateKey:
    """The key to sign with.

    Parameters
    ----------
    text
        PEM (PKCS 8, without a password), or the key's 32 bytes in base64.

    Raises
    ------
    WrongUsage
        If it is neither; the text itself is never repeated.
    """
    if "-----BEGIN" in text:
        try:
            key = load_pem_private_key(text.encode(), password=None)
        except (ValueError, TypeError) as error:
            raise WrongUsage("ASSAY_REPORT_KEY is no private key in PEM without a password.") from error
        if isinstance(key, Ed25519PrivateKey):
            return key
        raise WrongUsage("ASSAY_REPORT_KEY must be an Ed25519 key; another kind was given.")
    return Ed25519PrivateKey.from_private_bytes(_bytes(text, "ASSAY_REPORT_KEY"))


def read_public_key(text: str) -> Ed25519PublicKey:
    """The key to check with: PEM, or its 32 bytes in base64.

    Raises
    ------
    WrongUsage
        If it is neither.
    """
    if "-----BEGIN" in text:
        try:
            key = load_pem_public_key(text.encode())
        except ValueError as error:
            raise WrongUsage("The public key is not in PEM.") from error
        if isinstance(key, Ed25519PublicKey):
            return key
        raise WrongUsage("The public key must be an Ed25519 key; another kind was given.")
    return Ed25519PublicKey.from_public_bytes(_bytes(text, "The public key"))


def _bytes(text: str, name: str) -> bytes:
    try:
        found = base64.b64decode(text.strip(), validate=True)
    except binascii.Error as error:
        raise WrongUsage(f"{name} must be PEM, or {_BYTES} bytes in base64.") from error
    if len(found) != _BYTES:
        raise WrongUsage(f"{name} must be PEM, or {_BYTES} bytes in base64. Got {len(found)} bytes.")
    return found


def public_text(key: Ed25519PrivateKey) -> str:
    """The public key's 32 bytes in base64, to give to whoever checks."""
    raw = key.public_key().public_bytes(Encoding.Raw, PublicFormat.Raw)
    return base64.b64encode(raw).decode()


def sign(content: bytes, key: Ed25519PrivateKey) -> bytes:
    """The signature: 64 bytes, the same for the same content and key."""
    return key.sign(content)


def is_signed(file: Path, signature: Path, key: Ed25519PublicKey) -> bool:
    """Whether a file is as it was when its signature was made with the key."""
    try:
        key.verify(signature.read_bytes(), file.read_bytes())
    except InvalidSignature:
        return False
    return True
