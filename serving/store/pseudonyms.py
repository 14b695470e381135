"""Pseudonyms: what stands for an account in its rows, and for people who are not the creator in a document.

Pure functions, without the database's libraries: what reads files in processes of their own needs them too.
"""

from __future__ import annotations

import hmac
import re
from collections.abc import Callable, Mapping
from functools import cache, partial
from hashlib import sha256
from typing import Any, Final

__all__ = ["account_sha256", "pseudonymiser"]

DIGEST_LETTERS: Final = 32
_DIGITS: Final = re.compile(r"\d")
_WORDS: Final = re.compile(r"\S+")


def account_sha256(account_id: str) -> str:
    """SHA-256 of an account's id, by which its rows are found.

    >>> account_sha256("yt:UC42")[:8]
    '67688059'
    """
    return sha256(account_id.encode(errors="surrogatepass")).hexdigest()


def pseudonymiser(key: bytes, tenant: str) -> Callable[[Mapping[str, Any]], dict[str, Any]]:
    """What pseudonymises a tenant's documents, by the key of its store; every verdict on one is the same.

    Nobody but the creator has a name then. An author's id that is the creator's own name stays: by it their
    replies are told from others' comments.
    """
    return partial(_without_names, author_digest(key, tenant))


def _without_names(digest: Callable[[str], str], document: Mapping[str, Any]) -> dict[str, Any]:
    own = _own_names(document)
    result = dict(document)
    if comments := document.get("comments"):
        result["comments"] = [_comment(row, own, digest) for row in comments]
    if audience := document.get("audience"):
        result["audience"] = [_follower(row) for row in audience]
    return result


def author_digest(key: bytes, tenant: str) -> Callable[[str], str]:
    """The keyed digest of a tenant's commenters: the same person has the same one in all of its accounts."""

    @cache
    def digest(author_id: str) -> str:
        named = f"{tenant}\0author\0{author_id}".encode(errors="surrogatepass")
        return hmac.new(key, named, sha256).hexdigest()[:DIGEST_LETTERS]

    return digest


def _own_names(document: Mapping[str, Any]) -> frozenset[str]:
    profile = document.get("profile") or {}
    names = (
        str(document.get("account_id", "")).rpartition(":")[2], profile.get("platform_id"),
        str(profile.get("username") or "").removeprefix("@"),
    )  # fmt: skip
    return frozenset(str(name) for name in names if name)


def _comment(row: Any, own: frozenset[str], digest: Callable[[str], str]) -> Any:
    author = row.get("author_id") if isinstance(row, Mapping) else None
    if not isinstance(author, str) or not author or author.removeprefix("@") in own:
        return row
    return {**row, "author_id": digest(author)}


def _follower(row: Any) -> Any:
    """A sampled follower with the counts that stand for their names; see the schema of ``audience``."""
    if not isinstance(row, Mapping):
        return row
    result = {name: value for name, value in row.items() if name not in ("username", "full_name", "bio")}
    if isinstance(username := row.get("username"), str):
        result.setdefault("username_length", len(username))
        result.setdefault("username_digits", len(_DIGITS.findall(username)))
    if isinstance(full_name := row.get("full_name"), str):
        result.setdefault("full_name_words", len(_WORDS.findall(full_name)))
    if isinstance(bio := row.get("bio"), str):
        result.setdefault("bio_length", len(bio))
    return result
