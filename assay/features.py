"""What a file of features of your own is written with: the declaration, the views, and how to divide.

``docs/python.md`` shows such a file; :mod:`assay.testing` tests it. This is also the name of the group of
entry points by which an installed package offers its own.
"""

from features.declaration import AUTOMATED, HIGH, INFLATED, LOW, NEITHER, Feature, Rows, feature
from features.expressions import quotient
from features.views import account, comments, days, followers, months, pairs, posts, weeks

__all__ = [
    "AUTOMATED", "HIGH", "INFLATED", "LOW", "NEITHER", "Feature", "Rows", "account", "comments", "days",
    "feature", "followers", "months", "pairs", "posts", "quotient", "weeks",
]  # fmt: skip
