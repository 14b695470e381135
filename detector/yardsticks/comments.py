"""Yardsticks on comments: one text by many, and the same people under every post."""

from __future__ import annotations

import numpy as np

from detector.yardsticks.declaration import NOBODY, YardstickInput, YardstickValues, yardstick

__all__: list[str] = []

_PODS = "Weerasinghe et al., WWW 2020: the same 20 to 200 accounts under every post"


@yardstick(
    signal="comments",
    reads=("shared_text_share",),
    unit="share",
    usual="up to 10 %",
    far="two fifths or more",
    sentence="{value} of its comments repeat, word for word, a phrase of three words or more that somebody "
    "else wrote too; usual is {usual}",
    source="Kim & Han 2020: spun templates; HypeAuditor: suspicious comments; range assumed",
)
def one_text_by_many(n: YardstickInput) -> YardstickValues:
    """Share of comments with a phrase that several authors wrote, in any language."""
    return YardstickValues(n["shared_text_share"], high=0.1, far_high=0.4)


@yardstick(
    signal="comments",
    reads=("generic_praise_share", "first_hour_share", "text_diversity"),
    unit="share",
    usual="up to 30 %",
    far="three fifths or more, where four fifths came in the first hour and one pair in twenty is the same",
    sentence="{value} of its comments are nothing but stock phrases of praise; usual is {usual}",
    source="HypeAuditor: suspicious comments; 27 % at most on simulated creators; range assumed",
)
def praise_for_anything(n: YardstickInput) -> YardstickValues:
    """Share of comments of generic praise alone, in the languages of the word list.

    Friends praise as well, when they get to it, and each in their own way.
    """
    delivered = (n["first_hour_share"] >= 0.8) & (n["text_diversity"] <= 0.95)
    return YardstickValues(n["generic_praise_share"], high=0.3, far_high=np.where(delivered, 0.6, NOBODY))


@yardstick(
    signal="comments",
    reads=("core_author_share", "first_hour_share"),
    unit="share",
    usual="up to 50 %",
    far="four fifths or more, and as many within an hour of the post",
    sentence="{value} of its comments are by people who write under at least half of its posts; usual is "
    "{usual}",
    source=_PODS + ", in the first hour (CreatorScore); range assumed",
)
def same_people(n: YardstickInput) -> YardstickValues:
    """Share of comments by a core of authors. A close community has one too, but not all at once."""
    prompt = n["first_hour_share"] >= 0.8
    return YardstickValues(n["core_author_share"], high=0.5, far_high=np.where(prompt, 0.8, NOBODY))


@yardstick(
    signal="comments",
    reads=("same_first_share", "same_order", "returning_early_share"),
    unit="share",
    usual="up to 50 %",
    far="nine in ten posts or more, in an order that repeats itself",
    sentence="under {value} of its posts the same people write first; usual is {usual}",
    source=_PODS + "; range assumed",
)
def same_people_first(n: YardstickInput) -> YardstickValues:
    """Share of posts whose first three commenters are the account's usual first ones.

    One devoted fan may be first under everything; three in one order under nine in ten posts are
    far out only where their order repeats itself as well (a correlation of .8).
    """
    ordered = n["same_order"] >= 0.8
    return YardstickValues(n["same_first_share"], high=0.5, far_high=np.where(ordered, 0.9, NOBODY))
