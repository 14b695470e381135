"""Views: the account tables prepared once, so that a feature is one expression.

Joins, order, settled posts, minutes after the post, gaps and resampling happen here and
nowhere else. Every view is sorted by ``account`` (the account's position in the input) and
then by a total key, so that the order of the rows in the input cannot matter, and it holds
only accounts whose block reaches its floor: anything thinner is absent, and absent is null.
"""

from features.views import equal_counts, hits, jumps
from features.views.audience import followers
from features.views.base import FLOORS, View, Views
from features.views.bursts import bursts
from features.views.comments import authors, comments, pairs, texts, wording
from features.views.history import counts, days, months, steps, weeks
from features.views.lags import lags
from features.views.observed import observed
from features.views.people import account, people
from features.views.posts import every_post, posts
from features.views.repeat_commenters import early, firsts, orders
from features.views.timeline import hours, timeline

__all__ = [
    "FLOORS",
    "View",
    "Views",
    "account",
    "authors",
    "bursts",
    "comments",
    "counts",
    "days",
    "early",
    "equal_counts",
    "every_post",
    "firsts",
    "followers",
    "hits",
    "hours",
    "jumps",
    "lags",
    "months",
    "observed",
    "orders",
    "pairs",
    "people",
    "posts",
    "steps",
    "texts",
    "timeline",
    "weeks",
    "wording",
]
