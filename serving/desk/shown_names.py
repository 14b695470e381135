"""How a creator is called on the desk's pages."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

__all__ = ["LONGEST_NAME", "shown_name"]

LONGEST_NAME: Final = 200


def shown_name(document: Mapping[str, Any]) -> str:
    """How a creator is called: by their handle, else by their displayed name, else by the account's id."""
    profile = document.get("profile", {})
    return str(profile.get("username") or profile.get("full_name") or document["account_id"])
