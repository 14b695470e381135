import polars as pl
from hypothesis import given
from hypothesis import strategies as st

from training.own_labels.label_file import COLUMNS
from training.own_labels.resolve import resolve


def rows(*given):
    return pl.DataFrame([{"account_id": "a", **one} for one in given], schema=dict(COLUMNS))


def label_of(found):
    return found.labels["label"].to_list()


def test_confidence_decides_before_time():
    older = {"label": "inflated", "confidence": 0.9, "labelled_at": "2026-01-01"}
    newer = {"label": "authentic", "confidence": 0.8, "labelled_at": "2026-11-01"}
    assert label_of(resolve(rows(older, newer))) == ["inflated"]


def test_a_label_without_confidence_is_meant():
    assert label_of(resolve(rows({"label": "inflated", "confidence": 0.9}, {"label": "authentic"}))) == [
        "authentic"
    ]


def test_the_newest_of_equal_ones_counts():
    found = resolve(
        rows(
            {"label": "inflated", "labelled_at": "2026-01-01"},
            {"label": "authentic", "labelled_at": "2026-02-01"},
        )
    )
    assert label_of(found) == ["authentic"]
    assert found.conflicts[0].chosen == "authentic"


def test_equal_ones_count_for_nothing():
    found = resolve(
        rows({"label": "inflated", "labelled_by": "ana"}, {"label": "authentic", "labelled_by": "bo"})
    )
    assert label_of(found) == []
    assert str(found.conflicts[0]) == "a: authentic (bo), inflated (ana); none counts."


def test_labels_that_agree_join_their_counts():
    found = resolve(
        rows({"label": "inflated", "counts": "likes"}, {"label": "inflated", "counts": "followers+likes"})
    )
    assert found.labels["counts"].to_list() == ["followers+likes"]
    assert not found.conflicts


def test_not_sure_contradicts_nobody():
    found = resolve(rows({"label": "not sure"}, {"label": "inflated", "confidence": 0.1}))
    assert label_of(found) == ["inflated"]
    assert not found.conflicts
    assert resolve(rows({"label": "not sure"})).unsure == ("a",)


ROW = st.fixed_dictionaries(
    {
        "account_id": st.sampled_from("ab"),
        "label": st.sampled_from(["authentic", "inflated", "automated", "not sure"]),
        "confidence": st.sampled_from([None, 0.5, 1.0]),
        "labelled_at": st.sampled_from([None, "2026-01-01", "2026-02-01"]),
    }
)


@given(st.lists(ROW).flatmap(lambda given: st.tuples(st.just(given), st.permutations(given))))
def test_the_order_of_the_rows_does_not_matter(both):
    first, second = (resolve(pl.DataFrame(one, schema=dict(COLUMNS))) for one in both)
    assert first.labels.equals(second.labels)
    assert first.conflicts == second.conflicts
