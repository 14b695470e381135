"""Meta Content Library: CSV or JSON of Instagram and Facebook posts, as its clean room lets them out."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from itertools import islice
from typing import Any, Final

from accounts.importing.drafts import Drafts
from accounts.importing.files import File
from accounts.importing.rows import nested, without_uncounted_views
from accounts.importing.shape import Shape, at, name_of, names, readable
from accounts.importing.source import Source, fields
from accounts.importing.values import count, flag, is_absent, moment, text

__all__ = ["SOURCE"]

_KINDS: Final = {
    "photo": "image",
    "photos": "image",
    "albums": "carousel",
    "album": "carousel",
    "carousels": "carousel",
    "videos": "video",
    "reels": "reel",
    "links": "link",
    "statuses": "text",
}


def _kind(value: Any) -> str | None:
    """A sort of post; one that is not known keeps its name.

    >>> _kind("photos"), _kind("STATUSES"), _kind("")
    ('image', 'text', None)
    """
    written = text(value)
    return None if is_absent(written) else _KINDS.get(str(written).lower(), str(written).lower())


def _utc(value: Any) -> str | None:
    """A time; the library's are in UTC, whether they say so or not."""
    return moment(value, zone=dt.UTC)


POST: Final = Shape(
    "posts[]",
    {
        "published_at": ("creation_time", _utc),
        "caption": ("text", text),
        "kind": ("content_type", _kind),
        "likes": ("statistics.like_count", count),
        "comments": ("statistics.comment_count", count),
        "views": ("statistics.views", count),
        "shares": ("statistics.share_count", count),
        "is_sponsored": ("is_branded_content", flag),
    },
    ignored=names(
        "id modified_time hashtags lang match_type mcl_url multimedia post_owner surface activities"
        " link_attachment shared_post_id shortcode media_type has_media image_text link_url is_reshare"
        " location post_type video"
    )
    | names(
        "reaction_count love_count wow_count haha_count sad_count angry_count care_count"
        " views_date_last_refreshed",
        within="statistics",
    ),
)
PROFILE: Final = Shape(
    "posts[].post_owner",
    {"username": ("username", text), "full_name": ("name", text)},
    ignored=names("id type"),
)


def recognises(file: File) -> bool:
    """Whether rows name their owner and their counts as the library does."""
    return any({"creation_time", "post_owner", "statistics"} <= row.keys() for row in _rows(file, 20))


def read(files: Sequence[File], drafts: Drafts) -> None:
    """Posts by their owner."""
    for file in files:
        for row in _rows(file):
            _post(row, file, drafts)


def _rows(file: File, most: int | None = None) -> Iterable[Mapping[str, Any]]:
    """Rows of a table or objects of JSON, the first of them where only these are wanted."""
    if file.header:
        return (nested(row) for row in islice(file.rows, most))
    return file.objects if most is None else file.head


def _post(row: Mapping[str, Any], file: File, drafts: Drafts) -> None:
    owner = name_of(row, "post_owner.username|post_owner.id", "posts[]", drafts.leftovers)
    post_id = name_of(row, "id", "posts[]", drafts.leftovers)
    if owner is None or post_id is None:
        drafts.leftovers.without_home("posts without an id or an owner")
        return
    facebook = "surface" in row or at(row, "statistics.reaction_count") is not None
    draft = drafts.account("facebook" if facebook else "instagram", owner, file)
    if isinstance(described := row.get("post_owner"), dict):
        draft.describe(PROFILE.read(described, drafts.leftovers))
    found = POST.read(row, drafts.leftovers)
    path = "statistics.reaction_count"
    reactions = readable(count, at(row, path), f"posts[].{path}", drafts.leftovers)
    drafts.post(draft, post_id, without_uncounted_views(found | ({"likes": reactions} if reactions else {})))


SOURCE: Final = Source(
    name="meta-content-library",
    title="Meta Content Library",
    recognises=recognises,
    read=read,
    gives=fields(
        profile="username full_name",
        posts="likes comments views shares caption kind is_sponsored",
    ),
    lacks="followers, history and audience; comments' texts in these files; saves",
    obtained="Meta Content Library, for researchers who were admitted: download CSV, or a query of its API",
    limits="owners above a size only; views are refreshed now and then; text comes only where it is asked"
    " for",
    seen="transparency.meta.com/researchtools/meta-content-library (columns in public clients)",
)
