"""What Instagram's interfaces call the fields of users, media and comments."""

from __future__ import annotations

from dataclasses import replace
from typing import Any, Final

from accounts.importing import instaloader
from accounts.importing.rows import pictured
from accounts.importing.shape import Shape, names
from accounts.importing.values import count, flag, identifier, moment, presence, text

__all__ = ["COMMENT", "ITEM", "NODE", "NODE_OWNER", "USER"]

_KINDS: Final = {"1": "image", "2": "video", "8": "carousel"}


def kind(value: Any) -> str | None:
    """A sort of post by the number that the app has for it; one that is not known keeps its number."""
    written = text(value)
    return None if written is None else _KINDS.get(written, written)


NODE: Final = replace(instaloader.POST, name="media[] (GraphQL)")
NODE_OWNER: Final = replace(instaloader.PROFILE, name="users[] (GraphQL)")
USER: Final = Shape(
    "users[]",
    {
        "followers": ("follower_count", count),
        "following": ("following_count", count),
        "posts": ("media_count", count),
        "username": ("username", text),
        "full_name": ("full_name", text),
        "bio": ("biography", text),
        "external_url": ("external_url", text),
        "has_picture": ("profile_pic_url", pictured),
        "is_private": ("is_private", flag),
        "is_verified": ("is_verified", flag),
        "is_business": ("is_business", flag),
        "platform_id": ("pk|pk_id|id", identifier),
    },
    ignored=names(
        "pk pk_id id strong_id__ fbid fbid_v2 interop_messaging_user_fbid profile_pic_url_hd profile_pic_id"
        " hd_profile_pic_url_info hd_profile_pic_versions has_anonymous_profile_picture category"
        " category_id category_name business_category_name business_contact_method public_email"
        " public_phone_number public_phone_country_code contact_phone_number address_street city_name"
        " city_id zip latitude longitude instagram_location_id bio_links broadcast_channel pronouns"
        " account_type account_badges is_favorite is_bestie friendship_status latest_reel_media"
        " mutual_followers_count profile_context total_igtv_videos total_clips_count usertags_count"
        " following_tag_count has_highlight_reels has_guides has_videos is_professional_account"
        " should_show_category show_account_transparency_details transparency_label has_chaining"
        " is_memorialized is_eligible_for_request_message third_party_downloads_enabled"
        " interop_messaging_user_fbid stories biography_with_entities primary_profile_link_type"
        " text_post_app_badge_label"
    ),
)
ITEM: Final = Shape(
    "media[]",
    {
        "published_at": ("taken_at", moment),
        "likes": ("like_count", count),
        "comments": ("comment_count", count),
        "views": ("play_count|ig_play_count|view_count|video_view_count", count),
        "shares": ("reshare_count|media_repost_count", count),
        "saves": ("save_count", count),
        "caption": ("caption.text|caption_text", text),
        "kind": ("media_type", kind),
        "is_sponsored": ("is_paid_partnership", flag),
        "has_location": ("location", presence),
        "is_pinned": ("timeline_pinned_user_ids|clips_tab_pinned_user_ids", presence),
        "is_collab": ("coauthor_producers", presence),
    },
    ignored=names(
        "pk id code user owner caption caption_text caption_is_edited taken_at_ts device_timestamp"
        " client_cache_key filter_type strong_id__ product_type media_type thumbnail_url thumbnails"
        " image_versions image_versions2 original_width original_height video_url video_versions"
        " video_duration video_dash_manifest is_dash_eligible number_of_qualities video_codec has_audio"
        " carousel_media carousel_media_count carousel_media_ids carousel_media_pending_post_count"
        " resources title usertags sponsor_tags sponsors clips_metadata music_metadata"
        " organic_tracking_token has_liked has_viewer_saved has_more_comments comment_threading_enabled"
        " comment_likes_enabled comments_disabled commenting_disabled_for_viewer"
        " max_num_visible_preview_comments preview_comments comments can_view_more_preview_comments"
        " hide_view_all_comment_entrypoint inline_composer_display_condition can_viewer_save"
        " can_viewer_reshare can_reshare shop_routing_user_id can_see_insights_as_brand fb_like_count"
        " fb_play_count fb_comment_count like_and_view_counts_disabled top_likers facepile_top_likers"
        " likers photo_of_you nearby_venues is_in_profile_grid profile_grid_control_enabled deleted_reason"
        " integrity_review_decision sharing_friction_info accessibility_caption is_unified_video"
        " is_visual_reply_commenter_notice_enabled is_post_live_clips_media"
        " is_reshare_of_text_post_app_media_in_ig fundraiser_tag invited_coauthor_producers"
        " commerciality_status explore explore_hide_comments social_context media_overlay_info link"
        " open_carousel_submission_state boosted_status boost_unavailable_reason should_request_ads"
        " coauthor_producer_can_see_organic_insights community_notes_info crosspost_metadata preview"
        " algorithm logging_info_token saved_collection_ids feed_demotion_control ig_media_sharing_disabled"
        " is_comments_gif_composer_enabled featured_products product_suggestions lat lng location_dict"
        " has_shared_to_fb has_delayed_metadata mezql_token share_count_disabled mashup_info"
        " creative_config original_media_has_visual_reply_media video_subtitles_uri display_uri"
        " media_cropping_info view_state_item_type affiliate_info headline __typename expiring_at"
        " is_third_party_downloads_eligible fb_user_tags clips_delivery_parameters"
    ),
)
COMMENT: Final = Shape(
    "comments[]",
    {
        "author_id": ("user.username|owner.username|user.pk|owner.id", identifier),
        "text": ("text", text),
        "published_at": ("created_at_utc|created_at", moment),
        "likes": ("comment_like_count|like_count|edge_liked_by.count", count),
        "reply_to": ("parent_comment_id|replied_to_comment_id", identifier),
    },
    ignored=names(
        "pk id user owner user_id media_id type bit_flags status content_type created_at created_at_utc"
        " did_report_as_spam share_enabled is_covered is_ranked_comment has_liked has_liked_comment"
        " has_disliked_comment private_reply_status has_translation restricted_status child_comment_count"
        " num_tail_child_comments has_more_tail_child_comments has_more_head_child_comments"
        " preview_child_comments child_comments other_preview_users inline_composer_display_condition"
        " comment_index is_created_by_media_owner is_pinned is_edited has_social_context"
        " liked_by_media_coauthors strong_id__ giphy_media_info edge_liked_by edge_threaded_comments"
        " viewer_has_liked is_restricted_pending __typename"
    ),
)
