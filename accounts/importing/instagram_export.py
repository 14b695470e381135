"""Instagram's own export of an account: posts, reels, their insights, the profile, and followers.

Meta writes UTF-8 and escapes it as if it were latin-1: every text is mended.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from functools import partial
from typing import Any, Final

from accounts.importing.drafts import AccountDraft, Drafts
from accounts.importing.files import File
from accounts.importing.shape import Shape, at, items, name_of, names, readable
from accounts.importing.source import Source, fields
from accounts.importing.values import count, identifier, mended, moment
from accounts.importing.vocabulary import field_of

__all__ = ["SOURCE"]

_NAMELESS: Final = "instagram-export"
_INSIGHTS: Final = "organic_insights_posts"
_FOLLOWED: Final = "relationships_following"
_COUNTS: Final = frozenset({"likes", "comments", "shares", "saves", "views"})

MEDIUM: Final = Shape(
    "media[]",
    {"published_at": ("creation_timestamp", moment), "caption": ("title", mended)},
    ignored=names("uri media_metadata cross_post_source backup_uri dubbing_info media_variants ai_info"),
)


def recognises(file: File) -> bool:
    """Whether a file is one of the export's: posts, reels, insights, profile or followers."""
    return any(_part(one) is not None for one in file.head)


def _part(value: Mapping[str, Any]) -> str | None:
    """Which part of the export an object belongs to."""
    if _is_post(value):
        return "post"
    if any(_is_post(one) for one in items(value, "ig_reels_media")):
        return "reels"
    if isinstance(value.get(_INSIGHTS), list):
        return "insights"
    if any("string_map_data" in one for one in items(value, "profile_user")):
        return "profile"
    if isinstance(value.get(_FOLLOWED), list):
        return "following"
    rows = items(value, "string_list_data")
    return "follower" if any({"href", "timestamp"} <= one.keys() for one in rows) else None


def _is_post(value: Mapping[str, Any]) -> bool:
    return any({"uri", "creation_timestamp"} <= one.keys() for one in items(value, "media"))


def read(files: Sequence[File], drafts: Drafts) -> None:
    """The profile names the account, wherever it stands; the rest waits for it."""
    own: list[AccountDraft] = []
    others = drafts.waiting(lambda file, part, value: _rest(part, value, file, drafts, own))
    for file in files:
        for value in file.objects:
            part = _part(value)
            if part == "profile":
                own += _profiles(value, file, drafts)
            elif part is None:
                drafts.leftovers.without_home("objects of no known part of the export")
            else:
                others.add(file, part, value)


def _profiles(value: Mapping[str, Any], file: File, drafts: Drafts) -> Iterator[AccountDraft]:
    for user in items(value, "profile_user"):
        facts = dict(_facts(user, drafts))
        name = readable(identifier, facts.get("username"), "profile_user[].username", drafts.leftovers)
        if name is None:
            drafts.leftovers.without_home("profiles without a name")
        else:
            wanted = {field: facts.get(field) for field in ("username", "full_name", "bio", "external_url")}
            draft = drafts.account("instagram", name, file)
            draft.describe(wanted)
            yield draft


def _facts(user: Mapping[str, Any], drafts: Drafts) -> Iterator[tuple[str, str | None]]:
    """Values of a map whose keys are in the user's own language."""
    mapped = user.get("string_map_data")
    for label, inner in mapped.items() if isinstance(mapped, dict) else ():
        field = field_of(mended(label) or "")
        if field is not None:
            yield field, readable(mended, at(inner, "value"), f"string_map_data.{field}", drafts.leftovers)


def _rest(
    part: str, value: Mapping[str, Any], file: File, drafts: Drafts, own: Sequence[AccountDraft]
) -> None:
    named = [draft for draft in own if draft.account_id in file.name]
    found = named or own
    draft = found[0] if len(found) == 1 else drafts.account("instagram", _NAMELESS, file)
    draft.named_in(file)
    if part == "post":
        _post(value, draft, drafts)
    elif part == "reels":
        for reel in items(value, "ig_reels_media"):
            _post(reel, draft, drafts, "reel")
    elif part == "insights":
        drafts.later(partial(_insights, value, draft, drafts))  # after every post
    elif part == "follower":
        for one in items(value, "string_list_data"):
            name = readable(mended, one.get("value"), "string_list_data[].value", drafts.leftovers)
            draft.follower({"username": name})
    else:
        drafts.leftovers.without_home("accounts that it follows", sum(1 for _ in items(value, _FOLLOWED)))


def _post(value: Mapping[str, Any], draft: AccountDraft, drafts: Drafts, kind: str | None = None) -> None:
    """A post of one medium or several; the pictures of a carousel are no posts of their own."""
    media = list(items(value, "media"))
    first = next(iter(media), {})
    found = MEDIUM.read(first, drafts.leftovers)
    for target, path, reader in (
        ("published_at", "creation_timestamp", moment), ("caption", "title", mended),
    ):  # fmt: skip
        own = readable(reader, value.get(path), path, drafts.leftovers)
        found[target] = own or found.get(target)
    carousel = "carousel" if len(media) > 1 else None
    drafts.post(draft, _name(first, found, drafts), found | {"kind": kind or carousel})


def _insights(value: Mapping[str, Any], draft: AccountDraft, drafts: Drafts) -> None:
    """Counts of posts that are known by now."""
    known = next((parts.posts for _, parts in drafts.parts([draft])), {})
    published = {name: post.get("published_at") for name, post in known.items()}
    for post in items(value, _INSIGHTS):
        _counts(post, published, draft, drafts)


def _counts(post: Mapping[str, Any], published: dict[str, Any], draft: AccountDraft, drafts: Drafts) -> None:
    """Counts of a post, which is found by its picture or by the second of its time."""
    pictures = post.get("media_map_data")
    first = (
        next((one for one in pictures.values() if isinstance(one, dict)), {})
        if isinstance(pictures, dict)
        else {}
    )
    found = MEDIUM.read(first, drafts.leftovers)
    name = _name(first, found, drafts)
    when = found.get("published_at")
    if name not in published and when is not None:
        name = next((other for other, one in published.items() if one == when), name)
    published[name] = published.get(name) or when
    counts = {
        field: readable(count, value, f"string_map_data.{field}", drafts.leftovers)
        for field, value in _facts(post, drafts)
        if field in _COUNTS
    }
    drafts.post(draft, name, found | counts)


def _name(medium: Mapping[str, Any], found: Mapping[str, Any], drafts: Drafts) -> str:
    """The export has no names of posts: its file's, or its time."""
    uri = name_of(medium, "uri", "media[]", drafts.leftovers)
    return uri or str(found.get("published_at"))


SOURCE: Final = Source(
    name="instagram-export",
    title="Instagram's own export",
    recognises=recognises,
    read=read,
    gives=fields(
        profile="username bio", posts="published_at caption likes comments shares saves", audience="username"
    ),
    lacks="how many follow (the lists hold a range of dates only); counts of reels; comments of others;"
    " history",
    obtained="Accounts Center, Your information and permissions, Export your information, JSON, all time; the"
    " folder as it is, with personal_information.json",
    limits="of one's own account only; counts for business and creator accounts only",
    seen="public tools that read it, among them an export viewer and unfollow radars; shared example"
    " posts_1.json",
)
