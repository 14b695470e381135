"""Bright Data's datasets of Instagram, TikTok, YouTube and X: records of profiles, posts and comments."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping, Sequence
from functools import partial
from typing import Any, Final

from accounts.importing.drafts import AccountDraft, Drafts, Values
from accounts.importing.files import File
from accounts.importing.row_owner import of_address, post_of_address
from accounts.importing.rows import of_repost, without_uncounted_views
from accounts.importing.shape import Shape, items, name_of, names, readable
from accounts.importing.source import Source, fields
from accounts.importing.values import count, flag, identifier, length, moment, presence, text

__all__ = ["SOURCE"]

Item = Mapping[str, Any]

_ADDRESSES: Final = ("post_url", "url", "profile_url", "user_profile_url", "channel_url", "comment_url")
_KINDS: Final = {"carousel": "carousel", "sidecar": "carousel", "photo": "image", "clips": "reel"}


def kind(value: Any) -> str | None:
    """A sort of post, in lower case."""
    written = text(value)
    return None if written is None else _KINDS.get(written.lower(), written.lower())


_OF_RECORD: Final = (
    "url input discovery_input timestamp error error_code warning warning_code post_url profile_url"
    " user_profile_url channel_url"
)
_OF_PROFILE: Final = (
    "account account_id handle id fbid x_id identifier followers following subscribers posts_count"
    " videos_count is_verified verified biography profile_name profile_image_link profile_image"
    " profile_followers nickname profile_biography is_business_account is_commerce_user"
    " is_professional_account"
)
PROFILE: Final = Shape(
    "records[] (profiles)",
    {
        "followers": ("followers|subscribers|profile_followers", count),
        "following": ("following", count),
        "posts": ("posts_count|videos_count", count),
        "full_name": ("full_name|profile_name|nickname|handle_name|name", text),
        "bio": ("biography|profile_biography|Description", text),
        "external_url": ("external_url|bio_link|external_link", text),
        "is_private": ("is_private", flag),
        "is_verified": ("is_verified|verified", flag),
        "is_business": ("is_business_account|is_commerce_user", flag),
        "created_at": ("date_joined|created_date|create_time", moment),
    },
    ignored=names(_OF_RECORD)
    | names(_OF_PROFILE)
    | names(
        "avg_engagement business_category_name category_name post_hashtags bio_hashtags posts highlights"
        " highlights_count is_joined_recently has_channel partner_id business_address related_accounts"
        " email_address country_code region external_links threads_link awg_engagement_rate"
        " comment_engagement_rate like_engagement_rate predicted_lang likes like_count digg_count"
        " profile_pic_url profile_pic_url_hd secu_id short_id ftc relation open_favorite comment_setting"
        " duet_setting stitch_setting is_ad_virtual room_id is_under_age_18 top_videos top_posts_data"
        " pinned_posts signature changelog handle_md5 banner_img banner_image views Details Links about"
        " join_date videos shorts playlists subscriptions location birth_date is_government_account"
        " verification_type suggested_profiles name description"
    ),
)
POST: Final = Shape(
    "records[] (posts)",
    {
        "published_at": ("date_posted|create_time|datetime", moment),
        "likes": ("likes|digg_count|num_likes", count),
        "comments": ("num_comments|comment_count|replies|comments", count),
        "views": ("video_play_count|play_count|views|video_view_count", count),
        "shares": ("share_count|reposts|num_shares", count),
        "saves": ("collect_count|bookmarks", count),
        "hashtags": ("hashtags", length),
        "kind": ("content_type|post_type", kind),
        "is_sponsored": ("is_paid_partnership|is_sponsored", flag),
        "has_location": ("location", presence),
        "is_pinned": ("is_pinned", flag),
        "is_collab": ("coauthor_producers", presence),
    },
    ignored=names(_OF_RECORD)
    | names(_OF_PROFILE)
    | names(
        "user_posted user_posted_id user_id name description caption title photos videos images image_url"
        " video_url video_length videos_duration photos_number length thumbnail preview_image shortcode"
        " content_id post_id video_id pk product_type latest_comments top_comments tagged_users"
        " partnership_details engagement_score_view post_content audio audio_url alt_text original_sound"
        " profile_id profile_username profile_avatar offical_item original_item secu_id width ratio music"
        " cdn_url cdn_link carousel_images tagged_user tt_chain_token region commerce_info subtitle_url"
        " subtitle_format subtitle_info video_duration youtuber youtuber_id youtuber_md5 handle_name"
        " avatar_img_channel transcript formatted_transcript chapters quality codecs color related_videos"
        " next_recommended_videos license viewport is_age_restricted quotes quoted_post parent_post_details"
        " is_repost external_url external_image_urls external_video_urls ai_generated_images context_added"
        " verification_type video_view_count has_handshake is_comments_disabled user_username_raw user_url"
        " content page_name page_followers"
    ),
)
COMMENT: Final = Shape(
    "records[] (comments)",
    {
        "author_id": ("comment_user|user_commenting|commenter_user_name|username|commenter_id", identifier),
        "text": ("comment|comment_text|comments", text),
        "published_at": ("comment_date|date_of_comment|date_created|date", moment),
        "likes": ("likes_number|num_likes|likes", count),
    },
    ignored=names(_OF_RECORD)
    | names(
        "comment_user_url replies_number num_replies replies hashtag_comment tagged_users_in_comment"
        " post_user comment_id comment_url post_id video_id post_date_created commenter_id commenter_url"
        " user_channel profile_picture profile_image_link username is_verified transcript reply_to"
    ),
)
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
    for file in files:
        for item in file.objects:
            sort = _sort(item)
            if sort == "profile":
                _profile(item, file, drafts)
            elif sort == "post":
                _post_record(item, file, drafts)
            elif sort == "comment":
                said = list(_said(item, drafts))
                drafts.later(partial(_stray, said, _network(item), _post_name(item, drafts), drafts))
            elif {"error", "error_code", "warning"} & item.keys():
                drafts.leftovers.without_home("records of pages that could not be read")
            else:
                drafts.leftovers.without_home("records that are neither profile, post nor comment")


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


def _stray(said: Sequence[tuple[str | None, Values]], network: str, post: str | None, drafts: Drafts) -> None:
    draft = drafts.owner(network, post)
    if draft is None or post is None:
        drafts.leftovers.without_home("comments under unknown posts", len(said))
        return
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
