"""CrowdTangle's CSV of Instagram or Facebook posts: collected until August 2024, and still in many hands."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import Any, Final

from accounts.importing.drafts import AccountDraft, Drafts, Values
from accounts.importing.files import File
from accounts.importing.rows import without_uncounted_views
from accounts.importing.shape import Shape, name_of, readable
from accounts.importing.source import Source, fields
from accounts.importing.values import count, is_absent, moment, text

__all__ = ["SOURCE"]

_KINDS: Final = {"photo": "image", "album": "carousel", "igtv": "video"}


def _kind(value: Any) -> str | None:
    """A sort of post; one that is not known keeps its name.

    >>> _kind("Photo"), _kind("Live Video Complete")
    ('image', 'live video complete')
    """
    written = text(value)
    return None if is_absent(written) else _KINDS.get(str(written).lower(), str(written).lower())


def _marked(value: Any) -> bool:
    """Whether a post names a sponsor."""
    return not is_absent(value)


_ROW: Final[dict[str, Any]] = {
    "published_at": ("Post Created", moment),
    "comments": ("Comments", count),
    "kind": ("Type", _kind),
    "is_sponsored": ("Sponsor Id", _marked),
}
_OF_BOTH: Final = (
    "User Name|Followers at Posting|Post Created Date|Post Created Time|Total Interactions|URL|Link"
    "|Image Text|Sponsor Name|Sponsor Category|Overperforming Score"
)
INSTAGRAM: Final = Shape(
    "posts[] (Instagram)",
    _ROW | {"likes": ("Likes", count), "views": ("Views", count), "caption": ("Description", text)},
    ignored=frozenset(f"{_OF_BOTH}|Account|Photo|Title|Total Views".split("|")),
)
FACEBOOK: Final = Shape(
    "posts[] (Facebook)",
    _ROW | {"shares": ("Shares", count), "views": ("Post Views", count), "caption": ("Message", text)},
    ignored=frozenset(
        f"{_OF_BOTH}|Page Name|Group Name|Facebook Id|Page Category|Page Admin Top Country"
        "|Page Description|Page Created|Likes at Posting|Members at Posting|Final Link|Link Text"
        "|Description|Video Share Status|Is Video Owner?|Total Views|Total Views For All Crossposts"
        "|Video Length|Likes|Love|Wow|Haha|Sad|Angry|Care".split("|")
    ),
)
_REACTIONS: Final = ("Likes", "Love", "Wow", "Haha", "Sad", "Angry", "Care")
_SCORES: Final = ("Overperforming Score", "Total Interactions (weighted")


def recognises(file: File) -> bool:
    """Whether a table has the columns that CrowdTangle's have."""
    return {"Post Created", "User Name", "Followers at Posting", "URL"} <= file.columns


def read(files: Sequence[File], drafts: Drafts) -> None:
    """Posts by account, and its followers on the days when it posted."""
    owners: dict[tuple[str, str], AccountDraft] = {}
    for file in files:
        for row in file.rows:
            known = {name: value for name, value in row.items() if name and not name.startswith(_SCORES)}
            if draft := _post(known, file, drafts):
                owners[draft.platform, draft.account_id] = draft
    drafts.later(lambda: _describe(owners.values(), drafts))


def _describe(owners: Collection[AccountDraft], drafts: Drafts) -> None:
    """The newest count of followers, where no other source knows how many there are."""
    newest = [
        (draft, parts.history[max(parts.history)].get("followers"))
        for draft, parts in drafts.parts(owners)
        if parts.history
    ]
    for draft, followers in newest:
        draft.describe({"followers": followers})


def _post(row: Mapping[str, str], file: File, drafts: Drafts) -> AccountDraft | None:
    owner = name_of(row, "User Name|Facebook Id", "posts[]", drafts.leftovers)
    post_id = name_of(row, "URL", "posts[]", drafts.leftovers)
    if owner is None or post_id is None:
        drafts.leftovers.without_home("posts without an address or an owner")
        return None
    instagram = "Account" in row
    draft = drafts.account("instagram" if instagram else "facebook", owner, file)
    found = (INSTAGRAM if instagram else FACEBOOK).read(row, drafts.leftovers)
    if not instagram:
        found["likes"] = _reactions(row, drafts)
    drafts.post(draft, post_id, _counted(found))
    _followers(row, found, draft, drafts)
    return draft


def _counted(post: Values) -> Values:
    """A post without the views that CrowdTangle writes as 0 where only those of videos are counted."""
    filmed = "video" in str(post.get("kind")) or "reel" in str(post.get("kind"))
    seen = post if filmed or post.get("views") else post | {"views": None}
    return without_uncounted_views(seen)


def _reactions(row: Mapping[str, str], drafts: Drafts) -> int | None:
    """All reactions on Facebook: a like is one kind of them."""
    read = [readable(count, row.get(name), f"posts[].{name}", drafts.leftovers) for name in _REACTIONS]
    known = [one for one in read if one is not None]
    return sum(known) if known else None


def _followers(row: Mapping[str, str], post: Values, draft: AccountDraft, drafts: Drafts) -> None:
    """Followers at posting: a count of that day."""
    path = "Followers at Posting"
    followers = readable(count, row.get(path), f"posts[].{path}", drafts.leftovers)
    draft.describe({"username": row.get("User Name") or None})
    when = post.get("published_at")
    if followers and when is not None:
        draft.add_history(when[:10], {"followers": followers})


SOURCE: Final = Source(
    name="crowdtangle",
    title="CrowdTangle CSV",
    recognises=recognises,
    read=read,
    gives=fields(
        profile="followers",
        history="followers",
        posts="likes comments views shares caption kind is_sponsored",
    ),
    lacks="comments' texts and audience; views of pictures, which it writes as 0; followers between posts",
    obtained="Meta closed it on 2024-08-14: files that people kept",
    limits="public pages and accounts above a size only; times in New York's zone",
    seen="github.com/digitalmethodsinitiative/4cat datasources/custom/import_formats.py;"
    " danielkingori/phoenix",
)
