"""Apify's Instagram actors: items of posts (with their latest comments), profiles, and comments."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final

from accounts.importing.drafts import Comment, Drafts
from accounts.importing.files import File
from accounts.importing.shape import Shape, items, name_of, names
from accounts.importing.source import Source, fields
from accounts.importing.values import count, flag, identifier, length, moment, presence, text

__all__ = ["SOURCE"]

_KINDS: Final = {"Sidecar": "carousel", "Image": "image", "Video": "video"}
_OF_POST: Final = re.compile(r"instagram\.com/(?:[\w.]+/)?(?:p|reel|tv)/([\w-]+)")


def kind(value: Any) -> str | None:
    """A sort of post; one that is not known keeps its name."""
    written = text(value)
    return None if written is None else _KINDS.get(written, written.lower())


PROFILE: Final = Shape(
    "items[] (profiles)",
    {
        "followers": ("followersCount", count),
        "following": ("followsCount", count),
        "posts": ("postsCount", count),
        "username": ("username", text),
        "full_name": ("fullName", text),
        "bio": ("biography", text),
        "external_url": ("externalUrl", text),
        "is_private": ("private", flag),
        "is_verified": ("verified", flag),
        "is_business": ("isBusinessAccount", flag),
        "platform_id": ("id", identifier),
    },
    ignored=names(
        "url inputUrl externalUrls externalUrlShimmed hasChannel highlightReelCount joinedRecently"
        " businessCategoryName businessAddress profilePicUrl profilePicUrlHD facebookPage igtvVideoCount"
        " relatedProfiles latestIgtvVideos latestPosts following followedBy fbid about #debug"
    ),
)
POST: Final = Shape(
    "items[] (posts)",
    {
        "published_at": ("timestamp", moment),
        "likes": ("likesCount", count),
        "comments": ("commentsCount", count),
        "views": ("videoPlayCount|videoViewCount", count),
        "caption": ("caption", text),
        "hashtags": ("hashtags", length),
        "kind": ("type", kind),
        "is_sponsored": ("isSponsored|paidPartnership", flag),
        "has_location": ("locationName|locationId", presence),
        "is_pinned": ("isPinned", flag),
        "is_collab": ("coauthorProducers", presence),
    },
    ignored=names(
        "id shortCode url inputUrl mentions firstComment latestComments dimensionsHeight dimensionsWidth"
        " displayUrl images alt childPosts ownerUsername ownerId ownerFullName isCommentsDisabled"
        " commentsDisabled productType videoUrl videoDuration musicInfo taggedUsers position captionIsEdited"
        " hasRankedComments likedBy displayResourceUrls locationSlug isAdvertisement title audioUrl"
        " reshareCount owner #debug igPlayCount fbPlayCount fbLikeCount"
    ),
)
COMMENT: Final = Shape(
    "items[] (comments)",
    {
        "author_id": ("ownerUsername|owner.username", identifier),
        "text": ("text", text),
        "published_at": ("timestamp", moment),
        "likes": ("likesCount", count),
    },
    ignored=names(
        "id postId postUrl commentUrl position ownerId ownerIsVerified ownerProfilePicUrl repliesCount"
        " replies owner inputUrl error"
    ),
)


def recognises(file: File) -> bool:
    """Whether items have the names that Apify gives to posts, profiles or comments of Instagram."""
    return any(_is_post(one) or _is_profile(one) or _is_comment(one) for one in file.head)


def _is_post(item: Mapping[str, Any]) -> bool:
    return "shortCode" in item and "ownerUsername" in item


def _is_profile(item: Mapping[str, Any]) -> bool:
    return {"username", "followersCount", "followsCount"} <= item.keys()


def _is_comment(item: Mapping[str, Any]) -> bool:
    return {"ownerUsername", "text"} <= item.keys() and bool(
        {"postUrl", "commentUrl", "postId"} & item.keys()
    )


def read(files: Sequence[File], drafts: Drafts) -> None:
    """Every item by what it is; a comment waits for the post whose address it names."""
    for file in files:
        for item in file.objects:
            if _is_profile(item):
                _profile(item, file, drafts)
            elif _is_post(item):
                _post(item, file, drafts)
            elif _is_comment(item):
                post = _post_of(item, drafts)
                drafts.stray("instagram", post, list(_said(item, drafts)), "comments under unknown posts")
            else:
                drafts.leftovers.without_home("items that are neither post, profile nor comment")


def _profile(item: Mapping[str, Any], file: File, drafts: Drafts) -> None:
    name = name_of(item, "username", "items[] (profiles)", drafts.leftovers)
    if name is None:
        drafts.leftovers.without_home("profiles without a name")
        return
    drafts.account("instagram", name, file).describe(PROFILE.read(item, drafts.leftovers))
    for part in ("latestPosts", "latestIgtvVideos"):
        for post in items(item, part):
            _post({"ownerUsername": name} | post, file, drafts)


def _post(item: Mapping[str, Any], file: File, drafts: Drafts) -> None:
    owner, post = (
        name_of(item, paths, "items[] (posts)", drafts.leftovers)
        for paths in ("ownerUsername", "shortCode|id")
    )
    if owner is None or post is None:
        drafts.leftovers.without_home("posts without an owner or a name")
        return
    draft = drafts.account("instagram", owner, file)
    drafts.post(draft, post, POST.read(item, drafts.leftovers))
    for comment in items(item, "latestComments"):
        for name, said in _said(comment, drafts):
            draft.comment_under(post, said, name)


def _post_of(comment: Mapping[str, Any], drafts: Drafts) -> str | None:
    found = _OF_POST.search(str(comment.get("postUrl") or comment.get("commentUrl") or ""))
    return found[1] if found else name_of(comment, "postId", "items[] (comments)", drafts.leftovers)


def _said(item: Mapping[str, Any], drafts: Drafts, above: str | None = None) -> Iterator[Comment]:
    """The names and values of a comment and of the replies to it, which wait in place of the items."""
    values = COMMENT.read(item, drafts.leftovers)
    name = name_of(item, "id", "items[] (comments)", drafts.leftovers)
    yield name, values | {"reply_to": above}
    for reply in items(item, "replies") if above is None else ():
        yield from _said(reply, drafts, name)


SOURCE: Final = Source(
    name="apify-instagram",
    title="Apify, Instagram actors",
    recognises=recognises,
    recognises_rows=recognises,
    read=read,
    gives=fields(
        profile="followers following posts bio is_verified",
        posts="published_at likes comments views caption hashtags is_pinned",
        comments="text author_id likes",
    ),
    lacks="history and audience; shares and saves; likes where they are hidden (-1)",
    obtained="the dataset of apify/instagram-scraper, -post-scraper, -profile-scraper or -comment-scraper,"
    " exported as JSON or JSON Lines",
    limits="a profile brings its 12 latest posts; a post brings about 10 of its comments",
    seen="github.com/gippy/instagram-scraper README; zeeschuimer issue 45",
)
