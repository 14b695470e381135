import polars as pl
import pytest

from accounts.errors import BadInput
from training.datasets.base import PublicSet
from training.datasets.cells import COUNT, FLAG, NUMBER, TEXT, converted, one_of, one_row_each, raw_numbers

SET = PublicSet(name="made up", files={}, label_meaning="", licence="", source="")
KINDS = {"name": TEXT, "count": COUNT, "rate": NUMBER, "flag": FLAG, "label": one_of(("bot", "human"))}
GOOD = {"name": "a", "count": "3.0", "rate": "-0.5", "flag": "True", "label": "bot"}


def read(*rows, may_be_empty=()):
    frame = pl.DataFrame([GOOD | row for row in rows], schema=dict.fromkeys(GOOD, pl.String))
    return converted(SET, "made.csv", frame, KINDS, may_be_empty)


def test_cells_in_their_own_types():
    assert read({}, {"flag": "False"}).rows() == [("a", 3, -0.5, True, "bot"), ("a", 3, -0.5, False, "bot")]


def test_an_empty_cell_is_null_where_it_may_be():
    assert read({"count": None}, may_be_empty=("count",))["count"].to_list() == [None]


@pytest.mark.parametrize(
    ("row", "message"),
    [
        ({"count": "-1"}, 'count must be a whole number >= 0. Got "-1".'),
        ({"count": "2.5"}, 'count must be a whole number >= 0. Got "2.5".'),
        ({"rate": "nan"}, 'rate must be a number. Got "nan".'),
        ({"flag": "1"}, 'flag must be True or False. Got "1".'),
        ({"label": "cyborg"}, 'label must be one of bot, human. Got "cyborg".'),
        ({"label": None}, "label must not be empty."),
    ],
)
def test_the_first_cell_that_breaks_its_rule_is_named(row, message):
    with pytest.raises(BadInput) as refusal:
        read({}, row)
    assert str(refusal.value) == f"made.csv row 2: {message}"


def test_an_account_of_two_labels_is_nobody_s_evidence():
    rows = [("a", "bot", 1), ("b", "bot", 2), ("b", "human", 3), ("a", "bot", 4), ("c", "human", 5)]
    frame = pl.DataFrame(rows, schema=["name", "label", "at"], orient="row")
    assert one_row_each(frame, "name", "label")["at"].to_list() == [1, 5]


def test_own_columns_as_numbers():
    frame = pl.DataFrame({"account_id": ["a", "b"], "flag": [True, None], "count": [3, 4]})
    raw = raw_numbers(frame, ["flag", "count"])
    assert raw.loc["a"].to_list() == [1.0, 3.0]
    assert raw["flag"].isna().to_list() == [False, True]
