"""Every check, in the order in which they look: each may rely on what those before it took out."""

from __future__ import annotations

from typing import Final

from accounts.checks.audience_sample import (
    impossible_followers,
    newest_followers,
    numbered_followers,
    uncollected_audience,
)
from accounts.checks.broken_texts import broken_captions, broken_comments, cut_captions, cut_comments
from accounts.checks.capped_likes import capped_likes
from accounts.checks.comment_authors import (
    comments_under_no_post,
    one_author,
    placeholder_authors,
    unmarked_replies,
)
from accounts.checks.comment_clock import (
    comments_before_posts,
    comments_of_other_posts,
    copied_comment_times,
    late_comment_clock,
)
from accounts.checks.contradictions import (
    engagement_far_above_followers,
    engagement_without_followers,
    followers_against_history,
    more_comments_than_counted,
    more_posts_than_published,
)
from accounts.checks.counts import overflowed_counts, overflowed_profile
from accounts.checks.equal_views import equal_views
from accounts.checks.explained_windows import explained_windows
from accounts.checks.finding import Check
from accounts.checks.hidden_likes import hidden_likes, uncollected_likes
from accounts.checks.history_readings import coarse_history, misread_history, zeros_at_ends
from accounts.checks.impossible_times import (
    impossible_comment_times,
    impossible_follower_openings,
    impossible_opening,
    impossible_post_times,
    opened_after_posts,
)
from accounts.checks.mixed_columns import exchanged_columns, one_column_twice
from accounts.checks.mixed_units import history_in_two_units, posts_in_two_units
from accounts.checks.others_posts import co_posts, pinned_posts, reposts
from accounts.checks.placeholder_likes import placeholder_likes
from accounts.checks.placeholder_texts import (
    placeholder_bio,
    placeholder_captions,
    placeholder_comments,
    placeholder_name,
)
from accounts.checks.repeated_rows import repeated_comments, repeated_posts, total_rows
from accounts.checks.rough_times import (
    collection_times,
    posts_at_collection,
    rough_comment_times,
    rough_post_times,
    whole_hours,
)
from accounts.checks.rounded_counts import rounded_counts
from accounts.checks.shifted_posts import shifted_posts
from accounts.checks.stale_counts import stale_counts
from accounts.checks.thousands_among_counts import thousands_among_counts
from accounts.checks.threads import threads
from accounts.checks.uncollected_counts import uncollected_comments, uncollected_counts
from accounts.checks.unmarked_co_posts import unmarked_co_posts
from accounts.checks.unseen_growth import growth_in_a_gap
from accounts.checks.views_below_likes import likes_as_views, views_below_likes
from accounts.checks.views_of_kinds import views_of_kinds
from accounts.checks.views_of_posts import changed_view_counter, split_view_counter, uncounted_views

__all__ = ["CHECKS", "OBSERVATION_CHECKS"]

CHECKS: Final[tuple[Check, ...]] = (
    # Times, and rows that stand twice
    impossible_post_times,
    impossible_comment_times,
    comments_of_other_posts,
    impossible_opening,
    impossible_follower_openings,
    opened_after_posts,
    total_rows,
    pinned_posts,
    collection_times,
    posts_at_collection,
    repeated_posts,
    shifted_posts,
    rough_post_times,
    whole_hours,
    threads,
    rough_comment_times,
    copied_comment_times,
    comments_before_posts,
    late_comment_clock,
    # Counts
    one_column_twice,
    exchanged_columns,
    reposts,
    co_posts,
    overflowed_counts,
    overflowed_profile,
    posts_in_two_units,
    thousands_among_counts,
    rounded_counts,
    capped_likes,
    hidden_likes,
    placeholder_likes,
    uncollected_likes,
    uncollected_counts,
    unmarked_co_posts,
    uncollected_comments,
    uncounted_views,
    equal_views,
    likes_as_views,
    views_below_likes,
    changed_view_counter,
    split_view_counter,
    views_of_kinds,
    # Texts
    broken_captions,
    broken_comments,
    placeholder_captions,
    placeholder_comments,
    placeholder_bio,
    placeholder_name,
    cut_captions,
    cut_comments,
    # Comments, samples, histories
    placeholder_authors,
    repeated_comments,
    unmarked_replies,
    one_author,
    comments_under_no_post,
    uncollected_audience,
    numbered_followers,
    impossible_followers,
    newest_followers,
    zeros_at_ends,
    misread_history,
    history_in_two_units,
    coarse_history,
    stale_counts,
    growth_in_a_gap,
    # What contradicts the rest
    followers_against_history,
    engagement_without_followers,
    engagement_far_above_followers,
    more_posts_than_published,
    more_comments_than_counted,
    # What people explained, after all that reads the history as it is
    explained_windows,
)

OBSERVATION_CHECKS: Final = CHECKS[:-1]
"""The checks of what was observed: the history then still shows what somebody explained."""
