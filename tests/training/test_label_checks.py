"""What makes verified accounts look contaminated, and that naming some is blind to how they score."""

import pandas as pd
import pytest

from accounts.tables import Tables
from detector.levels import LevelRow, LevelTable
from training.label_checks import Suspect, contamination, linked_accounts, linking_columns, spot_check

LINE = "what a wonderful picture this is, I come back to it"


def account(name, **profile):
    return {"account_id": name, "platform": "x", "followers": 5000, "following": 7, **profile}


def comments(name, authors=(), texts=(), by_creator=False):
    return [{"account_id": name, "author_id": author, "by_creator": by_creator} for author in authors] + [
        {"account_id": name, "text": text} for text in texts
    ]


def tied(accounts, rows=()):
    tables = Tables.of(accounts=accounts, comments=list(rows))
    assert linked_accounts(linking_columns(tables)) == linked_accounts(tables)
    return linked_accounts(tables)


def test_accounts_that_share_commenters_are_named_with_the_one_they_share_most_with():
    rows = [*comments("a", "uvwx"), *comments("b", "uvw"), *comments("c", "uvwx"), *comments("d", "uv")]
    assert tied(map(account, "abcd"), rows) == [
        Suspect("a", "it shares 4 commenters with c"),
        Suspect("b", "it shares 3 commenters with a"),
        Suspect("c", "it shares 4 commenters with a"),
    ]


@pytest.mark.parametrize(
    "rows",
    [
        [*comments("a", "uv"), *comments("b", "uv")],  # two fans may be anybody's
        [*comments("a", "uvw", by_creator=True), *comments("b", "uvw")],  # a creator who visits
        [*comments("a", "uuu"), *comments("b", "uuu")],  # one fan
        [
            *comments("a", texts=("great!", "love it", "wow")),
            *comments("b", texts=("great!", "love it", "wow")),
        ],
        [*comments("a", texts=(LINE,) * 3), *comments("b", texts=(LINE,) * 3)],
    ],
)
def test_what_chance_brings_about_ties_nobody(rows):
    assert tied([account("a"), account("b")], rows) == []


def test_long_texts_and_whole_profiles_tie():
    rows = [comment for name in "ab" for comment in comments(name, texts=[f"{LINE} {n}" for n in range(3)])]
    assert [doubt.account_id for doubt in tied([account("a"), account("b")], rows)] == ["a", "b"]
    same = {"posts": 12, "username": "ana"}
    assert tied([account("a", **same), account("b", **same), account("c", posts=3)]) == [
        Suspect("a", "its profile is the very one of b"),
        Suspect("b", "its profile is the very one of a"),
    ]
    assert tied([account("a", posts=1, followers=9), account("b", posts=1, followers=9)]) == []


def test_who_is_drawn_depends_on_the_name_alone():
    names = [f"n{number}" for number in range(200)]
    chosen = spot_check(names, {"n3"})
    assert len(chosen) == 20 and "n3" not in chosen
    assert chosen == spot_check(reversed(names), {"n3"})
    assert set(spot_check(names[:100], ())) >= set(spot_check(names, ())) & set(names[:100])


def judged_rows(suspicions):
    return pd.DataFrame({"level": "profile", "platform": None, "natural": True, "suspicion": suspicions})


def test_many_far_out_are_likely_contamination():
    row = LevelRow.fit("profile", [number / 1000 for number in range(1000)], [], [], alpha=0.01)
    table = LevelTable({"profile": row})
    clean = contamination(table, judged_rows([number / 300 for number in range(300)]))
    assert (clean.far_out, clean.of, clean.likely) == (0, 300, False)
    dirty = contamination(table, judged_rows([number / 300 for number in range(300)] + [1.0] * 6))
    assert (dirty.far_out, dirty.of, dirty.likely) == (6, 306, True)


def test_too_few_before_can_tell_nothing():
    row = LevelRow.fit("profile", [number / 300 for number in range(300)], [], [], alpha=0.01)
    assert contamination(LevelTable({"profile": row}), judged_rows([1.0] * 50)).of == 0
