"""Phyllo (InsightIQ): its answers about profiles, contents and comments of any network, and its analytics."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from functools import partial
from typing import Any, Final

from accounts.importing.drafts import AccountDraft, Drafts, Values
from accounts.importing.files import File
from accounts.importing.row_owner import post_of_address
from accounts.importing.rows import pictured
from accounts.importing.shape import Shape, at, items, name_of, names, within
from accounts.importing.source import Source, fields
from accounts.importing.spool import Spool
from accounts.importing.values import count, flag, identifier, length, moment, text
from accounts.networks import network_of

__all__ = ["SOURCE"]

Item = Mapping[str, Any]
_Contents = dict[str, tuple[AccountDraft, str, Any]]
"""By Phyllo's number of a content: its account, its name there, and what the account is called."""

_Said = tuple[str | None, str | None, Values]
"""The content that a comment names, the comment's own name, and its values."""

_OF_ALL: Final = "id created_at updated_at user account work_platform external_id platform_profile_id"


def kind(value: Any) -> str | None:
    """A sort of post, in lower case; Instagram's reels are one."""
    written = text(value)
    return (
        None if written is None else {"reels": "reel", "feed": "post"}.get(written.lower(), written.lower())
    )


PROFILE: Final = Shape(
    "profiles[]",
    {
        "followers": (
            "reputation.follower_count|reputation.subscriber_count|follower_count|subscriber_count", count
        ),
        "following": ("reputation.following_count|following_count", count),
        "posts": ("reputation.content_count|content_count", count),
        "username": ("platform_username", text),
        "full_name": ("full_name|platform_profile_name", text),
        "bio": ("introduction", text),
        "external_url": ("website", text),
        "has_picture": ("image_url", pictured),
        "is_verified": ("is_verified", flag),
        "is_business": ("is_business", flag),
        "created_at": ("platform_profile_published_at", moment),
        "platform_id": ("platform_profile_id|external_id", identifier),
    },
    ignored=names(_OF_ALL)
    | names(
        "content_group_count like_count watch_time_in_hours average_open_rate average_click_rate",
        within="reputation",
    )
    | names(
        "first_name last_name nick_name url date_of_birth platform_account_type category emails"
        " phone_numbers addresses gender country platform_profile_name work_experiences education"
        " publications certifications volunteer_experiences honors projects connected age_group language"
        " location average_likes average_comments average_views average_reels_views engagement_rate"
        " engagement_rate_histogram reputation_history top_hashtags top_mentions top_interests top_contents"
        " recent_contents sponsored_contents sponsored_posts_performance brand_affinity audience lookalikes"
        " contact_details posts_hidden_likes_percentage_value paid_post_performance reels_performance"
        " credibility_score"
    ),
)  # fmt: skip
CONTENT: Final = Shape(
    "contents[]",
    {
        "published_at": ("published_at", moment),
        "likes": ("engagement.like_count", count),
        "comments": ("engagement.comment_count", count),
        "views": ("engagement.view_count", count),
        "shares": ("engagement.share_count", count),
        "saves": ("engagement.save_count", count),
        "hashtags": ("hashtags", length),
        "kind": ("type", kind),
        "is_sponsored": ("sponsored.is_sponsored", flag),
        "is_collab": ("collaboration.has_collaborators", flag),
    },
    ignored=names(_OF_ALL)
    | names(
        "dislike_count impression_organic_count reach_organic_count replay_count watch_time_in_hours"
        " avg_watch_time_in_sec impression_paid_count reach_paid_count email_open_rate email_click_rate"
        " unsubscribe_count spam_report_count click_count additional_info repost_count",
        within="engagement",
    )
    | names("tags", within="sponsored")
    | names("collaborators", within="collaboration")
    | names(
        "title description format url media_url media_urls duration mentions visibility thumbnail_url"
        " persistent_thumbnail_url platform_profile_name authors audience platform content_tags"
        " is_owned_by_platform_user audio_track_info profile"
    ),
)
COMMENT: Final = Shape(
    "comments[]",
    {
        "author_id": ("commenter_username|commenter_id", identifier),
        "text": ("text", text),
        "published_at": ("published_at", moment),
        "likes": ("like_count", count),
        "reply_to": ("parent_comment_id", identifier),
    },
    ignored=names(_OF_ALL)
    | names("content commenter_display_name commenter_id commenter_profile_url reply_count replies"),
)


def recognises(file: File) -> bool:
    """Whether a file holds profiles, contents or comments that name a work platform, as Phyllo's do."""
    return any(_sort(one) for page in file.head for one in _listed(page))


def _listed(page: Item) -> Iterator[Item]:
    """What an answer lists, or one thing by itself."""
    yield from items(page, "data") if isinstance(page.get("data"), list) else [page]


def _sort(item: Item) -> str | None:
    if not isinstance(item.get("work_platform"), dict):
        return None
    if "engagement" in item and {"published_at", "url", "external_id"} & item.keys():
        return "content"
    if "text" in item and {"commenter_username", "commenter_id", "content"} & item.keys():
        return "comment"
    if "platform_username" in item and {"reputation", "introduction", "platform_account_type"} & item.keys():
        return "profile"
    return "analytics" if at(item, "profile.platform_username") is not None else None


def read(files: Sequence[File], drafts: Drafts) -> None:
    """Profiles and contents at once; comments wait for the content that they stand under."""
    contents: _Contents = {}
    comments: Spool[_Said] = Spool()
    for file in files:
        for page in file.objects:
            for item in _listed(page):
                sort = _sort(item)
                if sort == "profile":
                    _profile(item, item, file, drafts)
                elif sort == "analytics":
                    _analytics(item, file, drafts)
                elif sort == "content":
                    _content(item, item, file, drafts, contents)
                elif sort == "comment":
                    comments.append(_said(item, drafts))
                else:
                    drafts.leftovers.without_home("items that are neither profile, content nor comment")
    drafts.later(partial(_comments, comments, contents, drafts))


def _network(item: Item) -> str:
    name = at(item, "work_platform.name")
    return network_of(str(name)) or str(name or "other").lower()


def _owner(item: Item, network: str, drafts: Drafts) -> str | None:
    """The account: YouTube's by the channel's number, as its own interface has it, others by name."""
    by_number = "platform_profile_id|" if network == "youtube" else ""
    paths = f"{by_number}account.platform_username|platform_username|account.username|platform_profile_id"
    return name_of(item, paths, "items[]", drafts.leftovers)


def _profile(item: Item, facts: Item, file: File, drafts: Drafts) -> AccountDraft | None:
    network = _network(item)
    owner = _owner(facts, network, drafts)
    if owner is None:
        drafts.leftovers.without_home("profiles without a name")
        return None
    draft = drafts.account(network, owner, file)
    draft.describe(PROFILE.read(facts, drafts.leftovers))
    return draft


def _analytics(item: Item, file: File, drafts: Drafts) -> None:
    """A creator's analytics: the profile and its latest contents; the best ones are no sample of all."""
    facts = within(item, "profile")
    draft = _profile(item, facts, file, drafts)
    if draft is None:
        return
    for content in items(facts, "recent_contents"):
        about = content | {
            "work_platform": item["work_platform"],
            "account": {"platform_username": draft.account_id},
        }
        _content(about, content, file, drafts, {})
    for name, words in _SET_ASIDE.items():
        if rows := sum(1 for _ in items(facts, name)):
            drafts.leftovers.without_home(words, rows)


_SET_ASIDE: Final[Mapping[str, str]] = {
    "top_contents": "contents that were picked for their counts, and are no sample",
    "sponsored_contents": "contents that were picked because they are paid for",
    "reputation_history": "counts of months without a day",
}


def _content(item: Item, facts: Item, file: File, drafts: Drafts, contents: _Contents) -> None:
    network, left = _network(item), drafts.leftovers
    owner = _owner(item, network, drafts)
    linked = post_of_address(str(facts.get("url") or ""))
    name = linked or name_of(item, "external_id|url|id", "contents[]", left)
    if owner is None or name is None:
        left.without_home("contents without an account or a name")
        return
    if item.get("is_owned_by_platform_user") is False:
        left.without_home("contents that others own")
        return
    values = CONTENT.read(facts, left)
    if values.get("kind") == "story":
        left.without_home("stories")
        return
    draft = drafts.account(network, owner, file)
    words = ("title", "description") if network == "youtube" else ("description", "title")
    caption = next((facts[word] for word in words if isinstance(facts.get(word), str)), None)
    drafts.post(draft, name, values | {"caption": caption})
    if number := name_of(item, "id", "contents[]", left):
        contents[number] = (draft, name, at(item, "account.platform_username"))


def _said(item: Item, drafts: Drafts) -> _Said:
    """The content that a comment names, the comment's own name, and its values."""
    left = drafts.leftovers
    values = COMMENT.read(item, left)
    return name_of(item, "content.id", "comments[]", left), name_of(item, "id", "comments[]", left), values


def _comments(comments: Spool[_Said], contents: _Contents, drafts: Drafts) -> None:
    for content, name, values in comments:
        home = contents.get(content or "")
        if home is None:
            drafts.leftovers.without_home("comments under unknown contents")
            continue
        draft, post, username = home
        author = values.get("author_id")
        by_creator = None if author is None else author in (draft.account_id, username)
        draft.comment(values | {"post_id": post, "by_creator": by_creator}, name)


SOURCE: Final = Source(
    name="phyllo",
    title="Phyllo (InsightIQ)",
    recognises=recognises,
    recognises_rows=recognises,
    read=read,
    gives=fields(
        profile="followers following posts username full_name bio is_verified",
        posts="published_at likes comments views shares saves caption hashtags kind is_sponsored",
        comments="text author_id likes",
    ),
    lacks="history with days (reputation_history names months) and audience by person",
    obtained="GET /v1/profiles, /v1/social/contents and /v1/social/comments of a connected account, or POST"
    " /v1/social/creators/profiles/analytics, the answers saved as they come",
    limits="connected accounts only, but for analytics; top contents are no sample and are set aside",
    seen="github.com/coderberry/phyllo docs (Profile, Content, Comment);"
    " erabhishek17jain/React-Phyllo src/phylloSDKService/constants.js",
)
