"""Instagram's own interfaces: GraphQL of the pages, the app's feeds and comments, and instagrapi's models."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from typing import Any, Final, NamedTuple

from accounts.importing.drafts import Drafts, Values
from accounts.importing.files import File
from accounts.importing.instagram_web_fields import COMMENT, ITEM, NODE, NODE_OWNER, USER
from accounts.importing.people import People, says_followers
from accounts.importing.rows import without_uncounted_views
from accounts.importing.shape import items, name_of, readable, within
from accounts.importing.source import Source, fields
from accounts.importing.spool import Spool
from accounts.importing.values import flag

__all__ = ["SOURCE"]

Item = Mapping[str, Any]

_Stray = tuple[list[tuple[str | None, Values]], str | None, str]

_DEEPEST: Final = 8
_SHORTEST_NUMBER: Final = 10
_HIDDEN: Final = "like_and_view_counts_disabled"
_VIDEO: Final = "2"
_OF_NODES: Final = frozenset({
    "edge_media_to_caption", "edge_media_preview_like", "edge_liked_by", "edge_media_to_comment",
    "edge_media_to_parent_comment",
})  # fmt: skip
_OF_COMMENTS: Final = frozenset({
    "comment_like_count", "child_comment_count", "did_report_as_spam", "content_type", "has_liked_comment",
    "edge_liked_by", "is_ranked_comment",
})  # fmt: skip


class _Found(NamedTuple):
    """An object of an answer, and the user within whose own it lies."""

    sort: str
    item: Item
    within: Item | None


def recognises(file: File) -> bool:
    """Whether a file holds media, users or comments by the names of Instagram's interfaces."""
    return any(True for page in file.head for _ in _objects(page))


def _objects(value: Any, depth: int = 0, user: Item | None = None) -> Iterator[_Found]:
    """What an answer holds, wherever its media, users and comments lie."""
    if isinstance(value, list):
        for one in value if depth < _DEEPEST else ():
            yield from _objects(one, depth + 1, user)
    if not isinstance(value, dict) or "instaloader" in value:
        return
    sort = _sort(value)
    if sort is None:
        for one in value.values() if depth < _DEEPEST else ():
            if isinstance(one, (dict, list)):
                yield from _objects(one, depth + 1, user)
        return
    yield _Found(sort, value, user)
    if sort == "user":
        for edge in items(value, "edge_owner_to_timeline_media", "edges"):
            yield from _objects(edge, depth + 1, value)


def _sort(item: Item) -> str | None:
    if "shortcode" in item and _OF_NODES & item.keys():
        return "node"
    if "taken_at" in item and {"code", "pk"} & item.keys() and {"like_count", "media_type"} & item.keys():
        return "media"
    if "username" in item:
        counted = "follower_count" in item and {"pk", "media_count", "biography"} & item.keys()
        if counted or "edge_followed_by" in item:
            return "user"
        return "short" if "pk" in item and {"full_name", "profile_pic_url"} & item.keys() else None
    writer = within(item, "user") or within(item, "owner")
    written = {"created_at", "created_at_utc"} & item.keys()
    return "comment" if "text" in item and writer and written and _OF_COMMENTS & item.keys() else None


@dataclass
class _Reading:
    """What is known while files are read.

    Attributes
    ----------
    drafts
        Where all goes.
    people
        Users who may follow an account.
    codes
        The name of each post by its number, and by its name.
    owners
        The name of each user by their number.
    strays
        Comments by themselves, with the replies to them, the post's number and the file's name.
    uncounted
        Names of users of whom nothing is counted.
    """

    drafts: Drafts
    people: People
    codes: dict[str, str] = field(default_factory=dict)
    owners: dict[str, str] = field(default_factory=dict)
    strays: Spool[_Stray] = field(default_factory=Spool)
    uncounted: Spool[tuple[str | None]] = field(default_factory=Spool)


def read(files: Sequence[File], drafts: Drafts) -> None:
    """Users and media at once; comments by themselves wait for the post that a number or a file names."""
    reading = _Reading(drafts, People("instagram", USER))
    for file in files:
        for page in file.objects:
            sorts = set()
            for found in _objects(page):
                sorts.add(found.sort)
                _place(found, file, reading)
            if not sorts and not _is_empty(page):
                drafts.leftovers.without_home("answers without media, users or comments")
    reading.people.place(drafts)
    drafts.later(partial(_place_strays, reading))
    drafts.later(partial(_count_others, reading))


def _is_empty(page: Item) -> bool:
    """Whether an answer is a list's last page, with nothing in it."""
    return any(page.get(name) == [] for name in ("items", "users", "comments"))


def _place(found: _Found, file: File, reading: _Reading) -> None:
    left = reading.drafts.leftovers
    if found.sort in {"node", "media"}:
        _media(found, file, reading)
    elif found.sort == "comment":
        said = list(_said(found.item, reading.drafts))
        post = name_of(found.item, "media_id", "comments[]", left)
        reading.strays.append((said, post, file.name))
    elif says_followers(file):
        name = name_of(found.item, "username", "users[]", left)
        reading.people.listed(name, found.item, file, reading.drafts)
    elif found.sort == "user":
        _user(found.item, file, reading)
    else:
        reading.uncounted.append((name_of(found.item, "username", "users[]", left),))


def _count_others(reading: _Reading) -> None:
    """Count users of whom nothing is counted, but for those whom pages name because they are about them."""
    for (name,) in reading.uncounted:
        if ("instagram", name) not in reading.drafts.by_id:
            reading.drafts.leftovers.without_home("users of whom nothing is counted")


def _user(user: Item, file: File, reading: _Reading) -> None:
    left = reading.drafts.leftovers
    name = name_of(user, "username", "users[]", left)
    if name is None:
        left.without_home("users without a name")
        return
    if number := name_of(user, "pk|id", "users[]", left):
        reading.owners[number] = name
    shape = NODE_OWNER if "edge_followed_by" in user else USER
    reading.drafts.account("instagram", name, file).describe(shape.read(user, left))


def _media(found: _Found, file: File, reading: _Reading) -> None:
    item, left = found.item, reading.drafts.leftovers
    owner = _owner(found, reading)
    post = name_of(item, "shortcode|code|pk|id", "media[]", left)
    if owner is None or post is None:
        left.without_home("media without an owner or a name")
        return
    draft = reading.drafts.account("instagram", owner, file)
    values = NODE.read(item, left) if found.sort == "node" else _of_app(item, reading.drafts)
    if readable(flag, item.get(_HIDDEN), f"media[].{_HIDDEN}", left):
        values["likes"] = None  # the few likers that are shown are counted, not all
    reading.drafts.post(draft, post, values)
    for path in ("pk", "id"):
        if number := name_of(item, path, "media[]", left):
            reading.codes[number.partition("_")[0]] = post
    reading.codes[post] = post
    for comment in _within(item):
        for name, said in _said(comment, reading.drafts):
            draft.comment_under(post, said, name)


def _owner(found: _Found, reading: _Reading) -> str | None:
    """Who published a medium: by name, by the user within which it lies, or by number."""
    left = reading.drafts.leftovers
    if name := name_of(found.item, "user.username|owner.username", "media[]", left):
        return name
    if found.within is not None and (name := name_of(found.within, "username", "users[]", left)):
        return name
    number = name_of(found.item, "user.pk|owner.id|user.id", "media[]", left)
    return None if number is None else reading.owners.get(number, number)


def _of_app(item: Item, drafts: Drafts) -> Values:
    """A medium as the app has it: an empty caption where it is null, and no views of what nobody plays."""
    values = ITEM.read(item, drafts.leftovers)
    if "caption" in item and item["caption"] is None:
        values["caption"] = ""
    if item.get("product_type") == "clips":
        values["kind"] = "reel"
    played = str(item.get("media_type")) == _VIDEO
    if not values.get("views") and not played:
        values["views"] = None
    return without_uncounted_views(values)


def _within(item: Item) -> Iterator[Item]:
    """Comments that come with a medium."""
    for edges in ("edge_media_to_parent_comment", "edge_media_to_comment"):
        for edge in items(item, edges, "edges"):
            if isinstance(edge.get("node"), dict):
                yield edge["node"]
    known: set[str] = set()
    for name in ("comments", "preview_comments"):
        for comment in items(item, name):
            if "text" in comment and (number := str(comment.get("pk"))) not in known:
                known.add(number)
                yield comment


def _said(item: Item, drafts: Drafts, above: str | None = None) -> Iterator[tuple[str | None, Values]]:
    """The names and values of a comment and of the replies to it."""
    values = COMMENT.read(item, drafts.leftovers)
    name = name_of(item, "pk|id", "comments[]", drafts.leftovers)
    yield name, values | {"reply_to": above or values.get("reply_to")}
    if above is not None:
        return
    replies = [edge.get("node") for edge in items(item, "edge_threaded_comments", "edges")]
    for reply in (*replies, *items(item, "preview_child_comments"), *items(item, "child_comments")):
        if isinstance(reply, dict):
            yield from _said(reply, drafts, name)


def _place_strays(reading: _Reading) -> None:
    """Comments of files of comments: their post is named by number, or by the file's name."""
    named: dict[str, str | None] = {}
    for said, post, file in reading.strays:
        if file not in named:
            named[file] = _named_by(file, reading)
        code = reading.codes.get((post or "").partition("_")[0]) or named[file]
        draft = reading.drafts.owner("instagram", code)
        if draft is None or code is None:
            reading.drafts.leftovers.without_home("comments under unknown posts", len(said))
            continue
        for name, values in said:
            draft.comment_under(code, values, name)


def _named_by(file: str, reading: _Reading) -> str | None:
    """The one post whose code or number stands in a file's name."""
    found = {
        code
        for name, code in reading.codes.items()
        if (name == code or len(name) >= _SHORTEST_NUMBER) and name in file
    }
    return found.pop() if len(found) == 1 else None


SOURCE: Final = Source(
    name="instagram-web",
    title="Instagram's web pages and app (GraphQL, instagrapi)",
    recognises=recognises,
    recognises_rows=recognises,
    read=read,
    gives=fields(
        profile="followers following posts bio is_verified",
        posts="published_at likes comments views shares caption kind",
        comments="text author_id likes",
        audience="username",
    ),
    lacks="history; counts of followers' own accounts; likes where they are hidden (-1, or a few shown"
    " likers)",
    obtained="what a browser's network log shows (web_profile_info, graphql/query, feed/user, comments), or"
    " instagrapi's models as dict(); comments by themselves in a file named after their post's code,"
    " followers in a file whose name says so",
    limits="a profile's page brings its 12 latest posts; Instagram forbids scraping",
    seen="github.com/subzeroid/instagrapi instagrapi/types.py; public clients of web_profile_info and"
    " graphql/query (createuz/instagrambot, TechAndCheck/zorki)",
)
