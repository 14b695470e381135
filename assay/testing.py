"""Test features of your own: what every feature of the catalogue must hold, and one made-up account.

>>> from assay.testing import check_feature, derive_one
>>> derive_one("likes_variation", likes=[100, 101, 99, 100, 100])
0.007071068
"""

from features.check import check_feature, sample_accounts
from features.example import column_of, derive_one
from features.outside import drop_features, use_features

__all__ = ["check_feature", "column_of", "derive_one", "drop_features", "sample_accounts", "use_features"]
