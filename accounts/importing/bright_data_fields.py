"""What Bright Data calls the fields of profiles, posts and comments, of all networks together."""

from __future__ import annotations

from typing import Any, Final

from accounts.importing.shape import Shape, names
from accounts.importing.values import count, flag, identifier, length, moment, presence, text

__all__ = ["COMMENT", "POST", "PROFILE"]

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
