"""Schemes that sell or trade comments: templates, stock phrases, language models, pods."""

from __future__ import annotations

import numpy as np

from accounts.simulation.bought_engagement import choose_posts
from accounts.simulation.campaigns import Campaign, round_order
from accounts.simulation.draft import CommenterGroup, Draft

__all__ = ["add_bought_comments", "comments_fluent", "comments_templates", "pod"]

MAX_UNDER_A_POST = 20_000.0


def add_bought_comments(draft: Draft, strength: float, campaign: Campaign, style: str) -> float:
    """Add a vendor's comments of one style under some posts, in half of the campaigns with likes.

    Returns the bought comments over the honest ones.
    """
    posts, which, vendor = draft.posts, choose_posts(draft), campaign.rng()
    if len(which) == 0:
        return 0.0
    basis = max(float(posts.honest_counts["comments"].sum()), float(len(posts)))
    each, counts = min(strength * basis / len(which), MAX_UNDER_A_POST), np.zeros(len(posts))
    if each >= 5 and vendor.random() < 0.5:
        counts[which] = round_order(each)
    else:
        counts[which] = draft.rng.poisson(draft.rng.gamma(2.0, each / 2, len(which)))
    posts.added_counts["comments"] += counts
    low, high = draft.regime.habits["bought_comment_hours"]
    hours = (float(10 ** vendor.uniform(low, high)), float(vendor.uniform(0.15, 0.6)))
    writers = campaign.authors(20, 41 if style == "phrases" else 400)
    draft.commenter_groups.append(CommenterGroup(style, counts, writers, hours, campaign.supply))
    if vendor.random() < 0.5:
        posts.added_counts["likes"][which] += np.round(counts[which] * vendor.uniform(0.2, 5.0))
    return float(counts.sum()) / basis


def comments_templates(draft: Draft, strength: float, campaign: Campaign) -> float:
    """Scheme: comments from a vendor's templates, or stock phrases by 20 to 40 accounts."""
    style = "phrases" if campaign.rng().random(3)[-1] < 0.4 else "templates"
    return add_bought_comments(draft, strength, campaign, style)


def comments_fluent(draft: Draft, strength: float, campaign: Campaign) -> float:
    """Scheme: comments by a language model, each of other words and all of one style."""
    return add_bought_comments(draft, strength, campaign, "fluent")


def pod(draft: Draft, strength: float, campaign: Campaign) -> float:
    """Scheme: a fixed group whose members like and comment on each other's posts soon after they appear."""
    posts, group = draft.posts, campaign.rng()
    members = campaign.authors(*draft.regime.habits["pod_members"])
    joined = int(len(posts) * group.uniform(0.0, 0.6))
    basis = max(float(posts.honest_counts["comments"].sum()), float(len(posts)))
    each = min(max(strength * basis / max(len(posts) - joined, 1), 0.5), 0.95 * len(members))
    counts = np.zeros(len(posts))
    counts[joined:] = draft.rng.binomial(len(members), each / len(members), len(posts) - joined)
    posts.added_counts["comments"] += counts
    likes = draft.rng.binomial(len(members), group.uniform(0.4, 0.95), len(posts))
    posts.added_counts["likes"][joined:] += np.minimum(likes, 3 * counts + 3)[joined:]
    style = "roll_call" if group.random() < 0.6 else "pod"
    draft.commenter_groups.append(
        CommenterGroup(style, counts, members, (draft.draw_log_uniform("pod_hours"), 0.3), campaign.supply)
    )
    return float(counts.sum()) / basis
