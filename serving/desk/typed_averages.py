"""The averages of one creator, typed in: a profile, and numbers that are shown but are no evidence.

Anybody can type an average, and one number says nothing of how posts differ. The document that comes
of it has a profile alone, on which nobody is ever cleared or accused of inflation; the engagement rate is
shown beside the published range, for orientation.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any, Final

import numpy as np

from accounts.errors import WrongUsage
from accounts.importing.values import Unreadable, count
from accounts.networks import network_of
from accounts.schema import MAX_IDENTIFIER_LENGTH
from features.peers import tier, typical_engagement

__all__ = ["PLATFORM_CHOICES", "averages_sentence", "typed_document"]

PLATFORM_CHOICES: Final = ("instagram", "tiktok", "youtube", "x", "twitch", "other")
PROFILE: Final = {"followers": "Followers", "following": "Following", "posts": "Number of posts"}
AVERAGES: Final = {"likes": "Likes a post", "comments": "Comments a post", "views": "Views a post"}


def typed_document(form: Mapping[str, Any], observed: datetime) -> tuple[dict[str, Any], dict[str, Any]]:
    """The account document of a form, and the averages as the page shows them.

    >>> form = {"handle": "@ana", "platform": "instagram", "followers": "12.5k", "average_likes": "300"}
    >>> document, averages = typed_document(form, datetime(2026, 11, 1))
    >>> document["profile"], averages["rate"], averages["low"], averages["high"]
    ({'username': 'ana', 'followers': 12500}, 0.024, 0.015, 0.05)

    Raises
    ------
    WrongUsage
        If the handle is missing or too long, the platform unknown, or a number none.
    """
    handle = str(form.get("handle", "")).strip().removeprefix("@")
    platform = str(form.get("platform", ""))
    if not handle or len(handle) > MAX_IDENTIFIER_LENGTH:
        raise WrongUsage(f"The handle must have 1 to {MAX_IDENTIFIER_LENGTH} characters.")
    if network_of(platform) is None and platform not in PLATFORM_CHOICES:
        raise WrongUsage("The platform must be one of those offered.")
    numbers = {name: typed_count(form, name, label) for name, label in PROFILE.items()}
    profile = {"username": handle} | {name: value for name, value in numbers.items() if value is not None}
    document = {
        "schema": 1,
        "account_id": handle,
        "platform": platform,
        "as_of": f"{observed:%Y-%m-%dT%H:%M:%SZ}",
        "profile": profile,
    }
    found = {name: typed_count(form, f"average_{name}", label) for name, label in AVERAGES.items()}
    return document, {"platform": platform} | found | engagement(platform, numbers["followers"], found)


def averages_sentence(averages: Mapping[str, Any]) -> str:
    """What was typed in, as a comment that stays with the creator.

    >>> averages_sentence({"platform": "x", "likes": 300, "comments": None, "rate": 0.024, "low": None})
    'Typed in: Likes a post 300; 2.4 % of the followers. No evidence: the verdict rests on the profile alone.'
    """
    given = (
        f"{label} {averages[name]:,}" for name, label in AVERAGES.items() if averages.get(name) is not None
    )
    parts = [", ".join(given)]
    if averages.get("rate") is not None:
        parts.append(f"{100 * averages['rate']:.2g} % of the followers")
    if averages.get("low") is not None:
        low, high = (f"{100 * averages[name]:.2g}" for name in ("low", "high"))
        parts.append(f"published figures range from {low} to {high} %")
    summary = "; ".join(filter(None, parts))
    return f"Typed in: {summary}. No evidence: the verdict rests on the profile alone." if summary else ""


def typed_count(form: Mapping[str, Any], name: str, label: str) -> int | None:
    """A number as people write it; None where the field is empty."""
    written = str(form.get(name, "")).strip()
    try:
        return count(written) if written else None
    except Unreadable as error:
        raise WrongUsage(f"{label} must be a number, such as 12,500 or 12.5k.") from error


def engagement(platform: str, followers: int | None, found: Mapping[str, int | None]) -> dict[str, Any]:
    """The engagement rate of averages, and the published range of the tier; None where unknown."""
    interactions = [found[name] for name in ("likes", "comments") if found[name] is not None]
    known = bool(followers) and bool(interactions)
    rate = sum(filter(None, interactions)) / followers if known and followers else None
    low, high = (
        float(typical_engagement([platform], [followers], column)[0]) if followers else float("nan")
        for column in ("low", "high")
    )
    return {
        "rate": rate,
        "low": None if np.isnan(low) else low,
        "high": None if np.isnan(high) else high,
        "tier": tier(followers) if followers is not None else None,
    }
