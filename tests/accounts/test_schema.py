import polars as pl
import pytest

from accounts.schema import ACCOUNT_KEYS, LISTS, PROFILE, RULES, TABLES, UNIQUE, YEARS, Field, columns


def test_each_table_but_the_first_refers_to_the_accounts():
    assert list(TABLES) == ["accounts", *LISTS]
    assert all(next(iter(part)) == "account_id" for part in TABLES.values())


def test_accounts_hold_the_profile_beside_the_keys():
    assert list(TABLES["accounts"]) == [*ACCOUNT_KEYS, *PROFILE]


def test_only_the_keys_are_required():
    required = {
        (table, name) for table, part in TABLES.items() for name, field in part.items() if field.required
    }
    assert required == {("accounts", name) for name in ("account_id", "platform", "as_of")} | {
        (table, "account_id") for table in LISTS
    } | {("annotations", name) for name in ("kind", "from", "to", "who")}


@pytest.mark.parametrize("kind", RULES)
def test_a_rule_says_whether_null_will_do(kind):
    assert Field(kind, "").rule.removeprefix(Field(kind, "", required=True).rule) in (" or null", ", or null")


def test_everything_dated_lies_in_the_past_except_as_of():
    dated = {
        (table, name): field.past
        for table, part in TABLES.items()
        for name, field in part.items()
        if field.kind in ("time", "date")
    }
    assert [place for place, past in dated.items() if not past] == [
        ("accounts", "as_of"),
        ("annotations", "when"),
    ]


def test_columns_have_the_types_of_their_kinds():
    assert columns("history") == {
        "account_id": pl.String(),
        "date": pl.Date(),
        "followers": pl.Int64(),
        "following": pl.Int64(),
        "posts": pl.Int64(),
        "source": pl.String(),
    }
    assert columns("posts")["published_at"] == pl.Datetime("us", "UTC")


def test_what_names_a_row_is_a_field_of_its_list():
    assert all(name in LISTS[table] for table, name in UNIQUE.items())


def test_times_fit_into_nanoseconds():
    assert 1678 <= YEARS[0] < YEARS[1] <= 2261
