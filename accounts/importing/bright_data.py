"""Bright Data's datasets of Instagram, TikTok, YouTube and X: records of profiles, posts and comments."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping, Sequence
from functools import partial
from typing import Any, Final

from accounts.importing.bright_data_fields import COMMENT, POST, PROFILE
from accounts.importing.drafts import AccountDraft, Drafts, Values
from accounts.importing.files import File
from accounts.importing.row_owner import of_address, post_of_address
from accounts.importing.rows import of_repost, without_uncounted_views
from accounts.importing.shape import items, name_of, readable
from accounts.importing.source import Source, fields
from accounts.importing.spool import Spool
from accounts.importing.values import flag, moment, text

__all__ = ["SOURCE"]

Item = Mapping[str, Any]
_Stray = tuple[list[tuple[str | None, Values]], str, str | None]
"""A comment with the replies to it, its network, and the post that its address names."""

_ADDRESSES: Final = ("post_url", "url", "profile_url", "user_profile_url", "channel_url", "comment_url")
_WRITERS: Final = frozenset({"comment_user", "commenter_user_name", "user_commenting", "user_channel"})
_PICKED: Final = ("top_videos", "top_posts_data")


def recognises(file: File) -> bool:
    """Whether records have an address and the names that Bright Data gives to profiles, posts or comments."""
    return any(map(_sort, file.head))


def _sort(item: Item) -> str | None:
    names_ = item.keys()
    if not {"url", "post_url", "profile_url"} & names_:
        return None
    if {"comment", "comment_text"} & names_ and _WRITERS & names_:
        return "comment"
    posted = "user_posted" in names_ and {"date_posted", "num_comments", "post_id"} & names_
    filmed = {"youtuber", "video_id"} <= names_ or {"post_id", "profile_username", "play_count"} <= names_
    if posted or filmed:
        return "post"
    known = (
        {"account", "followers", "posts_count"} <= names_
        or {"account_id", "nickname", "videos_count"} <= names_
        or {"handle", "subscribers", "videos_count"} <= names_
        or {"x_id", "followers", "posts_count"} <= names_
    )
    return "profile" if known else None


def read(files: Sequence[File], drafts: Drafts) -> None:
    """Every record by what it is; comments wait for the post whose address they name."""
    strays: Spool[_Stray] = Spool()
    for file in files:
        for item in file.objects:
            sort = _sort(item)
            if sort == "profile":
                _profile(item, file, drafts)
            elif sort == "post":
                _post_record(item, file, drafts)
            elif sort == "comment":
                strays.append((list(_said(item, drafts)), _network(item), _post_name(item, drafts)))
            elif {"error", "error_code", "warning"} & item.keys():
                drafts.leftovers.without_home("records of pages that could not be read")
            else:
                drafts.leftovers.without_home("records that are neither profile, post nor comment")
    drafts.later(partial(_place, strays, drafts))


def _network(item: Item) -> str:
    """The network of a record's addresses."""
    for name in _ADDRESSES:
        found, _ = of_address(str(item.get(name) or ""))
        if found is not None:
            return found
    return "other"


def _owner(item: Item, network: str, drafts: Drafts) -> str | None:
    """The account's name: in a field of its own, or in an address; a channel's number before its name."""
    left = drafts.leftovers
    if network == "youtube":
        name = name_of(item, "youtuber_id|identifier|channel_id", "records[]", left)
        number = name_of(item, "id", "records[]", left)
        name = name or (number if (number or "").startswith("UC") else None)
        name = name or name_of(item, "handle|youtuber", "records[]", left)
    else:
        name = name_of(item, "user_posted|account", "records[]", left)
        name = name or (name_of(item, "account_id", "records[]", left) if network == "tiktok" else None)
    linked = (of_address(str(item.get(one) or ""))[1] for one in ("profile_url", "url", "post_url"))
    name = name or next((one for one in linked if one), None)
    return (name or name_of(item, "profile_username|id", "records[]", left) or "").removeprefix("@") or None


def _seen(item: Item, drafts: Drafts) -> dt.datetime | None:
    """When a record was collected, where it says so."""
    found = readable(moment, item.get("timestamp"), "records[].timestamp", drafts.leftovers)
    return None if found is None else dt.datetime.fromisoformat(found)


def _profile(item: Item, file: File, drafts: Drafts) -> None:
    network = _network(item)
    owner = _owner(item, network, drafts)
    if owner is None:
        drafts.leftovers.without_home("profiles without a name")
        return
    draft = drafts.account(network, owner, file, _seen(item, drafts))
    handle = readable(text, item.get("handle"), "records[].handle", drafts.leftovers) or owner
    draft.describe(PROFILE.read(item, drafts.leftovers) | {"username": handle.removeprefix("@")})
    for post in items(item, "posts"):
        _post(post, network, draft, drafts)
    for name in _PICKED:
        if rows := sum(1 for _ in items(item, name)):
            drafts.leftovers.without_home("posts that were picked for their counts, and are no sample", rows)


def _post_record(item: Item, file: File, drafts: Drafts) -> None:
    network = _network(item)
    owner = _owner(item, network, drafts)
    if owner is None:
        drafts.leftovers.without_home("posts without an owner")
        return
    draft = drafts.account(network, owner, file, _seen(item, drafts))
    about = {name: item.get(name) for name in _ABOUT_OWNER if name in item}
    draft.describe(PROFILE.read(about, drafts.leftovers))
    _post(item, network, draft, drafts)


_ABOUT_OWNER: Final = (
    "followers", "following", "subscribers", "profile_followers", "posts_count", "is_verified", "verified",
    "biography", "profile_biography", "handle_name",
)  # fmt: skip
"""What posts say of their account."""


def _post(item: Item, network: str, draft: AccountDraft, drafts: Drafts) -> None:
    name = _post_name(item, drafts)
    if name is None:
        drafts.leftovers.without_home("posts without a name")
        return
    values = POST.read(item, drafts.leftovers)
    words = ("title",) if network == "youtube" else ("description", "caption", "content")
    word = next((one for one in words if one in item), words[0])
    values["caption"] = readable(text, item.get(word), f"records[].{word}", drafts.leftovers)
    if network == "x":
        passed_on = readable(flag, item.get("is_repost"), "records[].is_repost", drafts.leftovers)
        values = of_repost(values) if passed_on else values
    drafts.post(draft, name, without_uncounted_views(values))
    for part in ("latest_comments", "top_comments"):
        for comment in items(item, part):
            for number, said in _said(comment, drafts):
                _comment(number, said, name, draft)


def _post_name(item: Item, drafts: Drafts) -> str | None:
    """What a post is called: the code or number in its address, before others."""
    for name in ("post_url", "url"):
        if found := post_of_address(str(item.get(name) or "")):
            return found
    return name_of(item, "shortcode|video_id|post_id|id", "records[]", drafts.leftovers)


def _said(item: Item, drafts: Drafts, above: str | None = None) -> Iterator[tuple[str | None, Values]]:
    """The names and values of a comment and of the replies to it."""
    name = name_of(item, "comment_id", "records[] (comments)", drafts.leftovers)
    yield name, COMMENT.read(item, drafts.leftovers) | {"reply_to": above}
    for reply in items(item, "replies") if above is None else ():
        yield from _said(reply, drafts, name)


def _place(strays: Spool[_Stray], drafts: Drafts) -> None:
    for said, network, post in strays:
        draft = drafts.owner(network, post)
        if draft is None or post is None:
            drafts.leftovers.without_home("comments under unknown posts", len(said))
            continue
        for name, values in said:
            _comment(name, values, post, draft)


def _comment(name: str | None, values: Values, post: str, draft: AccountDraft) -> None:
    author = values.get("author_id")
    numbered = draft.platform == "youtube" and draft.account_id.startswith("UC")  # comments have names alone
    by_creator = None if author is None or numbered else author.removeprefix("@") == draft.account_id
    draft.comment(values | {"post_id": post, "by_creator": by_creator}, name)


SOURCE: Final = Source(
    name="bright-data",
    title="Bright Data's datasets",
    recognises=recognises,
    recognises_rows=recognises,
    read=read,
    gives=fields(
        profile="followers following posts username full_name bio is_verified",
        posts="published_at likes comments views shares saves caption hashtags kind",
        comments="text author_id likes",
    ),
    lacks="history and audience; top videos and posts of a profile, which are no sample, are set aside",
    obtained="the profiles, posts and comments datasets or scrapers of Instagram, TikTok, YouTube and X, as"
    " JSON, JSON Lines or CSV",
    limits="paid by record; large counts may be rounded as pages show them",
    seen="docs.brightdata.com/api-reference/scrapers/social-media-apis; luminati-io/twitter-scraper and"
    " TikTok-dataset-samples; records in tests of public clients",
)
