"""Instaloader: one JSON file a post or profile, and a file of comments beside a post's own."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, Final

from accounts.importing.drafts import AccountDraft, Drafts
from accounts.importing.files import File
from accounts.importing.shape import Shape, at, items, name_of, names
from accounts.importing.source import Source, fields
from accounts.importing.values import Unreadable, count, flag, identifier, moment, presence, text

__all__ = ["SOURCE"]

_KINDS: Final = {"GraphSidecar": "carousel", "GraphImage": "image", "GraphVideo": "video"}
_COMMENTS: Final = "_comments"
_HIDDEN: Final = "like_and_view_counts_disabled"


def kind(value: Any) -> str | None:
    """A sort of post; one that is not known keeps its name."""
    written = text(value)
    return None if written is None else _KINDS.get(written, written.lower())


def first_text(value: Any) -> str | None:
    """The caption, which is the text of the first of a list of edges; empty where there is none."""
    if not isinstance(value, list):
        raise Unreadable("a caption is no list of edges")
    return text(at(value[0], "node.text")) if value else ""


PROFILE: Final = Shape(
    "node (profile)",
    {
        "followers": ("edge_followed_by.count|iphone_struct.follower_count|follower_count", count),
        "following": ("edge_follow.count|iphone_struct.following_count|following_count", count),
        "posts": ("edge_owner_to_timeline_media.count|iphone_struct.media_count|media_count", count),
        "username": ("username", text),
        "full_name": ("full_name", text),
        "bio": ("biography", text),
        "external_url": ("external_url", text),
        "is_private": ("is_private", flag),
        "is_verified": ("is_verified", flag),
        "is_business": ("is_business_account", flag),
        "platform_id": ("id", identifier),
    },
    ignored=names(
        "profile_pic_url profile_pic_url_hd edge_owner_to_timeline_media edge_felix_video_timeline"
        " edge_follow edge_followed_by edge_saved_media edge_media_collections edge_mutual_followed_by"
        " iphone_struct bio_links biography_with_entities blocked_by_viewer business_category_name"
        " category_name category_enum connected_fb_page country_block external_url_linkshimmed fbid"
        " followed_by_viewer follows_viewer has_ar_effects has_blocked_viewer has_channel has_clips"
        " has_guides has_requested_viewer hide_like_and_view_counts highlight_reel_count is_joined_recently"
        " is_professional_account overall_category_name pronouns requested_by_viewer restricted_by_viewer"
        " should_show_category pk"
    ),
)
POST: Final = Shape(
    "node (post)",
    {
        "published_at": ("taken_at_timestamp|date|iphone_struct.taken_at|taken_at", moment),
        "likes": (
            "edge_media_preview_like.count|edge_liked_by.count|iphone_struct.like_count|like_count", count
        ),
        "comments": (
            "edge_media_to_parent_comment.count|edge_media_to_comment.count|edge_media_preview_comment.count"
            "|comments.count|iphone_struct.comment_count|comment_count",
            count,
        ),
        "views": (
            "video_play_count|iphone_struct.play_count|video_view_count|iphone_struct.view_count|play_count",
            count,
        ),
        "caption": ("edge_media_to_caption.edges", first_text),
        "kind": ("__typename", kind),
        "is_sponsored": ("iphone_struct.is_paid_partnership|is_paid_partnership", flag),
        "has_location": ("location|iphone_struct.location", presence),
        "is_pinned": ("pinned_for_users", presence),
        "is_collab": ("coauthor_producers", presence),
    },
    ignored=names(
        "id shortcode code pk owner user iphone_struct dimensions display_url display_resources thumbnail_src"
        " thumbnail_resources thumbnail_url is_video video_url video_duration accessibility_caption caption"
        " caption_is_edited comments_disabled commenting_disabled_for_viewer edge_media_to_caption"
        " edge_media_preview_like edge_media_to_parent_comment edge_media_to_comment"
        " edge_media_preview_comment edge_media_to_tagged_user edge_media_to_hoisted_comment"
        " edge_media_to_sponsor_user edge_related_profiles edge_web_media_to_related_media"
        " edge_sidecar_to_children edge_liked_by comments fact_check_information fact_check_overall_rating"
        " gating_info sharing_friction_info media_overlay_info media_preview nft_asset_info"
        " has_ranked_comments has_audio has_upcoming_event is_ad is_affiliate is_published"
        " is_paid_partnership like_and_view_counts_disabled product_type clips_music_attribution_info"
        " dash_info encoding_status felix_profile_grid_crop profile_grid_thumbnail_fitting_style title"
        " tracking_token upcoming_event viewer_can_reshare viewer_has_liked viewer_has_saved"
        " viewer_has_saved_to_collection viewer_in_photo_of_you affiliate_info carousel_media"
        " carousel_media_count video_versions __isXDTGraphMediaInterface"
    ),
)  # fmt: skip
COMMENT: Final = Shape(
    "comments[]",
    {
        "author_id": ("owner.username|owner.id", identifier),
        "text": ("text", text),
        "published_at": ("created_at", moment),
        "likes": ("likes_count|edge_liked_by.count", count),
    },
    ignored=names(
        "id owner answers did_report_as_spam viewer_has_liked is_restricted_pending edge_liked_by"
        " edge_threaded_comments"
    ),
)


def recognises(file: File) -> bool:
    """Whether a file is a node that instaloader wrote, or a list of comments under its name for one."""
    return any(_is_node(one) or _is_comment(file, one) for one in file.head)


def _is_node(value: Mapping[str, Any]) -> bool:
    return isinstance(value.get("node"), dict) and isinstance(value.get("instaloader"), dict)


def _is_comment(file: File, value: Mapping[str, Any]) -> bool:
    named = Path(file.name).stem.endswith(_COMMENTS)
    return named and {"id", "text", "created_at", "owner"} <= value.keys()


def read(files: Sequence[File], drafts: Drafts) -> None:
    """Posts and profiles; a file of comments waits for the post that its name begins with."""
    posts: dict[str, str] = {}
    comments = drafts.waiting(lambda file, value: _of_file(value, file, drafts, posts))
    for file in files:
        for value in file.objects:
            if _is_node(value):
                _node(value, file, drafts, posts)
            elif _is_comment(file, value):
                comments.add(file, value)
            else:
                drafts.leftovers.without_home("objects that are neither node nor comment")


def _node(value: Mapping[str, Any], file: File, drafts: Drafts, posts: dict[str, str]) -> None:
    node, sort = value["node"], at(value, "instaloader.node_type")
    if sort == "Profile":
        _profile(node, file, drafts)
    elif sort == "Post":
        if name := _post(node, file, drafts):
            posts[_stem(file)] = name
    else:
        drafts.leftovers.without_home("nodes that are neither post nor profile")


def _stem(file: File) -> str:
    path = Path(file.name)
    return str(path.with_name(path.stem.removesuffix(_COMMENTS)))


def _profile(node: Mapping[str, Any], file: File, drafts: Drafts) -> None:
    name = name_of(node, "username|iphone_struct.username", "node (profile)", drafts.leftovers)
    if name is None:
        drafts.leftovers.without_home("profiles without a name")
        return
    drafts.account("instagram", name, file).describe(PROFILE.read(node, drafts.leftovers))
    for edge in items(node, "edge_owner_to_timeline_media", "edges"):
        inner = edge.get("node")
        if isinstance(inner, dict):
            _post(inner, file, drafts, name)


def _post(node: Mapping[str, Any], file: File, drafts: Drafts, owner: str | None = None) -> str | None:
    owner = name_of(node, _OWNER, "node (post)", drafts.leftovers) or owner
    name = name_of(node, "shortcode|code|iphone_struct.code|id", "node (post)", drafts.leftovers)
    if owner is None or name is None:
        drafts.leftovers.without_home("posts without an owner or a name")
        return None
    draft = drafts.account("instagram", owner, file)
    found = POST.read(node, drafts.leftovers)
    if node.get(_HIDDEN) is True or at(node, f"iphone_struct.{_HIDDEN}") is True:
        found["likes"] = None  # the few likers that are shown are counted, not all
    drafts.post(draft, name, found)
    for comment in _within(node):
        _comment(comment, name, draft, drafts)
    return name


_OWNER: Final = "owner.username|user.username|iphone_struct.user.username|owner.id"


def _within(node: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
    for edges in ("edge_media_to_parent_comment", "edge_media_to_comment"):
        for edge in items(node, edges, "edges"):
            if isinstance(edge.get("node"), dict):
                yield edge["node"]


def _of_file(value: Mapping[str, Any], file: File, drafts: Drafts, posts: Mapping[str, str]) -> None:
    post = posts.get(_stem(file))
    draft = drafts.owner("instagram", post)
    if draft is None or post is None:
        drafts.leftovers.without_home("comments whose post's file is not there")
    else:
        _comment(value, post, draft, drafts)


def _comment(
    item: Mapping[str, Any], post: str, draft: AccountDraft, drafts: Drafts, above: str | None = None
) -> None:
    found = COMMENT.read(item, drafts.leftovers)
    author = found.get("author_id")
    name = name_of(item, "id", "comments[]", drafts.leftovers)
    mine = {
        "post_id": post,
        "by_creator": None if author is None else author == draft.account_id,
        "reply_to": above,
    }
    draft.comment(found | mine, name)
    for answer in items(item, "answers") if above is None else ():
        _comment(answer, post, draft, drafts, name)


SOURCE: Final = Source(
    name="instaloader",
    title="Instaloader",
    recognises=recognises,
    read=read,
    gives=fields(
        profile="followers following posts bio is_verified",
        posts="published_at likes comments views caption",
        comments="text author_id likes",
    ),
    lacks="history and audience; shares and saves; likes where they are hidden (-1, or a few shown likers)",
    obtained="instaloader --no-compress-json --comments PROFILE; the folder as it is (files in .json.xz: unxz"
    " *.xz)",
    limits="a login is needed for more than the first posts; Instagram slows it down",
    seen="github.com/instaloader/instaloader (structures.py), issues 1314, 2109",
)
