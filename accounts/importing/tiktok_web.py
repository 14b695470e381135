"""TikTok's own pages: lists of items, what a page holds, comments; so does TikTok-Api give them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final

from accounts.importing.drafts import Drafts, Values
from accounts.importing.files import File
from accounts.importing.shape import Shape, at, items, name_of, names, within
from accounts.importing.source import Source, fields
from accounts.importing.values import count, flag, identifier, length, moment, presence, text

__all__ = ["SOURCE"]

Item = Mapping[str, Any]

_OF_USER: Final = (
    "id shortId secUid avatarThumb avatarMedium avatarLarger ftc relation openFavorite commentSetting"
    " duetSetting stitchSetting secret isADVirtual roomId uniqueIdModifyTime nickNameModifyTime ttSeller"
    " downloadSetting profileTab region language isUnderAge18 isEmbedBanned canExpPlaylist"
    " followingVisibility recommendReason nowInvitationCardUrl profileEmbedPermission suggestAccountBind"
    " eventList extraInfo UserStoryStatus isOrganization showPlayListTab recommendedUsers bioLink"
    " commerceUserInfo createTime"
)
USER: Final = Shape(
    "users[]",
    {
        "followers": ("statsV2.followerCount|stats.followerCount", count),
        "following": ("statsV2.followingCount|stats.followingCount", count),
        "posts": ("statsV2.videoCount|stats.videoCount", count),
        "username": ("user.uniqueId", text),
        "full_name": ("user.nickname", text),
        "bio": ("user.signature", text),
        "external_url": ("user.bioLink.link", text),
        "is_verified": ("user.verified", flag),
        "is_private": ("user.privateAccount", flag),
        "is_business": ("user.commerceUserInfo.commerceUser", flag),
        "created_at": ("user.createTime", moment),
        "platform_id": ("user.id", identifier),
    },
    ignored=names(_OF_USER, within="user")
    | names("heart heartCount diggCount friendCount", within="stats")
    | names("heart heartCount diggCount friendCount", within="statsV2")
    | names("itemList needFix"),
)
ITEM: Final = Shape(
    "items[]",
    {
        "published_at": ("createTime", moment),
        "likes": ("statsV2.diggCount|stats.diggCount", count),
        "comments": ("statsV2.commentCount|stats.commentCount", count),
        "views": ("statsV2.playCount|stats.playCount", count),
        "shares": ("statsV2.shareCount|stats.shareCount", count),
        "saves": ("statsV2.collectCount|stats.collectCount", count),
        "caption": ("desc", text),
        "hashtags": ("challenges", length),
        "is_sponsored": ("isAd", flag),
        "has_location": ("poi", presence),
        "is_pinned": ("isPinnedItem", flag),
    },
    ignored=names("repostCount", within="stats")
    | names("repostCount", within="statsV2")
    | names(
        "id author authorId authorSecId authorStats authorStatsV2 nickname avatarThumb avatarMedium"
        " avatarLarger signature video music imagePost textExtra contents duetInfo originalItem officalItem"
        " secret forFriend digged collected itemCommentStatus takeDown showNotPass vl1 itemMute privateItem"
        " duetEnabled stitchEnabled shareEnabled duetDisplay stitchDisplay indexEnabled"
        " diversificationLabels diversificationId CategoryType anchors effectStickers stickersOnItem"
        " warnInfo maskType playlistId backendSourceEventTracking textLanguage textTranslatable"
        " item_control creatorAITag keywordTags locationCreated suggestedWords brandOrganicType"
        " adAuthorization adLabelVersion channelTags BAInfo IsAigc AIGCDescription aigcLabelType"
        " moderationAigcLabelType videoSuggestWordsList scheduleTime isECVideo isReviewing hasPromoteEntry"
        " products event itemControlSettings ocrText transcript comments isActivityItem verified secUid"
        " nonSecret bizInfo inlineWidget groupId"
    ),
)
COMMENT: Final = Shape(
    "comments[]",
    {
        "post_id": ("aweme_id", identifier),
        "author_id": ("user.unique_id|user.uniqueId|user.uid", identifier),
        "text": ("text", text),
        "published_at": ("create_time", moment),
        "likes": ("digg_count", count),
    },
    ignored=names(
        "cid user reply_id reply_to_reply_id reply_comment reply_comment_total status user_digged"
        " user_buried text_extra label_list label_text label_type author_pin is_author_digged"
        " stick_position collect_stat comment_language comment_post_item_ids forbid_reply_with_video"
        " allow_download_photo fold_status image_list is_comment_translatable is_high_purchase_intent"
        " no_show share_info sort_extra_score sort_tags thread_has_more thread_id trans_btn_style"
        " ad_cover_url"
    ),
)
_SCOPE: Final = "__DEFAULT_SCOPE__"


def recognises(file: File) -> bool:
    """Whether a file holds items, users or comments by the names that TikTok's own pages have for them."""
    return any(True for page in file.head for _ in (*_items(page), *_users(page), *_comments(page)))


def read(files: Sequence[File], drafts: Drafts) -> None:
    """Items and users at once; comments wait for the item under which they stand."""
    for file in files:
        for page in file.objects:
            found = 0
            for user in _users(page):
                found += 1
                _user(user, file, drafts)
            for item in _items(page):
                found += 1
                _item(item, file, drafts)
            for comment in _comments(page):
                found += 1
                for name, values in _said(comment, drafts):
                    post = values.get("post_id")
                    drafts.stray("tiktok", post, [(name, values)], "comments under unknown videos")
            if not found and not _LISTS & page.keys():
                drafts.leftovers.without_home("objects that are neither items, users nor comments")


_LISTS: Final = frozenset({"itemList", "item_list", "comments"})
"""Names of lists that may be empty: the last page of several is."""


def _items(page: Item) -> Iterator[Item]:
    """The items of a list, of a page, or one by itself."""
    alone = (page, at(page, "item"), at(page, "itemInfo.itemStruct"))
    detail = at(page, _SCOPE)
    shown = within(detail, "webapp.video-detail") if isinstance(detail, dict) else {}
    for one in (*alone, at(shown, "itemInfo.itemStruct")):
        if _is_item(one):
            yield one
    for name in ("itemList", "item_list"):
        yield from filter(_is_item, items(page, name))
    yield from filter(_is_item, within(page, "ItemModule").values())


def _is_item(item: Any) -> bool:
    return isinstance(item, dict) and "desc" in item and "createTime" in item and bool(_STATS & item.keys())


_STATS: Final = frozenset({"stats", "statsV2", "authorStats"})


def _users(page: Item) -> Iterator[dict[str, Any]]:
    """What is said of users: the facts and the counts of each."""
    detail = at(page, _SCOPE)
    shown = within(detail, "webapp.user-detail") if isinstance(detail, dict) else {}
    for one in (page, within(page, "userInfo"), within(shown, "userInfo")):
        if at(one, "user.uniqueId") is not None and {"stats", "statsV2"} & one.keys():
            yield dict(one)
    module = within(page, "UserModule")
    for name, user in within(module, "users").items():
        if isinstance(user, dict):
            yield {"user": user, "stats": within(module, "stats").get(name)}


def _comments(page: Item) -> Iterator[Item]:
    yield from filter(_is_comment, (page, *items(page, "comments")))


def _is_comment(item: Item) -> bool:
    return {"cid", "text"} <= item.keys() and bool({"digg_count", "aweme_id"} & item.keys())


def _user(user: Item, file: File, drafts: Drafts) -> None:
    name = name_of(user, "user.uniqueId", "users[]", drafts.leftovers)
    if name is None:
        drafts.leftovers.without_home("users without a name")
    else:
        drafts.account("tiktok", name, file).describe(USER.read(user, drafts.leftovers))


def _item(item: Item, file: File, drafts: Drafts) -> None:
    author = item.get("author")
    user = author if isinstance(author, dict) else {"uniqueId": author, "nickname": item.get("nickname")}
    owner = name_of(user, "uniqueId", "items[].author", drafts.leftovers)
    name = name_of(item, "id", "items[]", drafts.leftovers)
    if owner is None or name is None:
        drafts.leftovers.without_home("items without an author or an id")
        return
    draft = drafts.account("tiktok", owner, file)
    counts = {"stats": item.get("authorStats"), "statsV2": item.get("authorStatsV2")}
    draft.describe(USER.read({"user": user} | counts, drafts.leftovers))
    found = ITEM.read(item, drafts.leftovers)
    drafts.post(
        draft, name, found | {"kind": "image" if isinstance(item.get("imagePost"), dict) else "video"}
    )


def _said(item: Item, drafts: Drafts, above: str | None = None) -> Iterator[tuple[str | None, Values]]:
    """The names and values of a comment and of the replies to it, which wait in place of the items."""
    values = COMMENT.read(item, drafts.leftovers)
    name = name_of(item, "cid", "comments[]", drafts.leftovers)
    replied = name_of(item, "reply_id", "comments[]", drafts.leftovers)
    yield name, values | {"reply_to": above or (replied if replied != "0" else None)}
    for reply in items(item, "reply_comment") if above is None else ():
        yield from _said(reply, drafts, name)


SOURCE: Final = Source(
    name="tiktok-web",
    title="TikTok's web pages (TikTok-Api and its like)",
    recognises=recognises,
    recognises_rows=recognises,
    read=read,
    gives=fields(
        profile="followers following posts bio is_verified created_at",
        posts="published_at likes comments views shares saves caption hashtags is_pinned",
        comments="text author_id likes",
    ),
    lacks="history and audience",
    obtained="what TikTok-Api's as_dict holds, or a browser's network log shows: answers of item_list,"
    " user/detail and comment/list, or the JSON in a page, saved as they come",
    limits="a profile's page shows about 30 items at once; old answers lack saves",
    seen="github.com/davidteather/TikTok-Api (as_dict); 4CAT datasources/tiktok; tikhub's answers of"
    " fetch_post_comment",
)
