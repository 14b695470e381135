"""Passwords: argon2id hashes, checked in threads beside the event loop, with the same effort for all."""

from __future__ import annotations

from functools import cache
from typing import Final

from anyio import CapacityLimiter, to_thread
from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from accounts.errors import WrongUsage

__all__ = ["check_new_password", "hash_password", "is_password"]

SHORTEST: Final = 12
LONGEST: Final = 1_000
THREADS: Final = 2
"""Each takes 64 MiB for some 50 ms: more at once would be a way to exhaust the machine."""


@cache
def hasher() -> PasswordHasher:
    """The hasher with the library's own parameters, those of RFC 9106 for little memory."""
    return PasswordHasher()


@cache
def limiter() -> CapacityLimiter:
    """How many passwords are hashed at once."""
    return CapacityLimiter(THREADS)


@cache
def nobody() -> str:
    """A hash that no password has: an unknown name must take as long as a known one."""
    return hasher().hash("nobody's password, which nobody can give")


def check_new_password(password: str, again: str, name: str) -> None:
    """Refuse a new password that could be guessed, or was mistyped.

    Raises
    ------
    WrongUsage
        In one sentence.
    """
    if not SHORTEST <= len(password) <= LONGEST:
        raise WrongUsage(f"The password must have {SHORTEST} to {LONGEST:,} characters; a sentence will do.")
    if len(set(password)) < 5 or name.casefold() in password.casefold():
        raise WrongUsage("The password must not be your name or a few characters again and again.")
    if password != again:
        raise WrongUsage("The two passwords must be the same.")


async def hash_password(password: str) -> str:
    """The hash of a password, in a thread."""
    return await to_thread.run_sync(hasher().hash, password, limiter=limiter())


async def is_password(stored_hash: str | None, password: str) -> bool:
    """Whether it is the password of a hash, in a thread; never where there is no hash."""

    def verified() -> bool:
        try:
            return hasher().verify(stored_hash or nobody(), password[:LONGEST]) and stored_hash is not None
        except (VerificationError, InvalidHashError):
            return False

    return await to_thread.run_sync(verified, limiter=limiter())
