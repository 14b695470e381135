from concurrent.futures import ProcessPoolExecutor
from functools import partial
from multiprocessing import get_context

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from accounts.errors import BadInput
from training.own_labels.label_file import COLUMNS, read_labels, to_csv
from training.own_labels.label_store import LabelStore


@pytest.fixture
def written(tmp_path):
    """Write a CSV file of labels and return its path."""

    def write(text):
        path = tmp_path / "labels.csv"
        path.write_text(text, encoding="utf-8")
        return path

    return write


def refusals(path):
    with pytest.raises(BadInput) as refused:
        read_labels(path)
    return str(refused.value).splitlines()


def test_every_column_is_read_under_either_name(written):
    rows = read_labels(
        written(
            "account_id,Label,which counts,source,when,confidence,who\n"
            'a,Inflated,"Likes, followers",agency,2026-11-01,.9,ana\n'
            "b,not_sure,,,,,\n"
        )
    )
    assert rows.columns == list(COLUMNS)
    assert rows.rows() == [
        ("a", "inflated", "followers+likes", "agency", "2026-11-01", 0.9, "ana"),
        ("b", "not sure", None, None, None, None, None),
    ]


def test_a_file_of_labels_holds_no_formula_and_is_read_as_it_was(written):
    names = ["=1", " =1", "\u3000＝1", "\t@a", "'=1", "-5", "plain", "'tis"]
    rows = pl.DataFrame({"account_id": names, "label": "authentic", "labelled_by": "+1"})
    text = to_csv(rows)
    cells = pl.read_csv(text.encode(), infer_schema=False)
    assert cells["account_id"].str.starts_with("'").to_list() == [True] * 6 + [False, True]
    assert set(cells["labelled_by"]) == {"'+1"}
    assert read_labels(written(text))["account_id"].to_list() == names


def test_parquet_is_read_as_csv_is(written, tmp_path):
    rows = read_labels(written("account_id,label,confidence\na,authentic,0.5\n"))
    rows.write_parquet(tmp_path / "labels.parquet")
    assert read_labels(tmp_path / "labels.parquet").equals(rows)


@pytest.mark.parametrize(
    ("row", "message"),
    [
        (",authentic,,,", "account_id must name an account. Got null."),
        ("a,fake,,,", 'label must be one of authentic, inflated, automated, not sure. Got "fake".'),
        ("a,,,,", "label must be one of authentic, inflated, automated, not sure. Got null."),
        (
            "a,authentic,likes,,",
            'counts may hold nothing where the label is authentic, not likes. Got "likes".',
        ),
        (
            "a,automated,views,,",
            "counts may hold profile, rhythm where the label is automated, not views. Got",
        ),
        ("a,inflated,,1.5,", 'confidence must be a number from 0 to 1. Got "1.5".'),
        ("a,inflated,,nan,", 'confidence must be a number from 0 to 1. Got "nan".'),
        ("a,inflated,,,1.11.26", "labelled_at must be a date or time such as 2026-11-01"),
    ],
)
def test_a_cell_that_breaks_its_rule_is_named(written, row, message):
    (sentence,) = refusals(written(f"account_id,label,counts,confidence,when\nb,authentic,,,\n{row}\n"))
    assert sentence.startswith("labels.csv row 2: ")
    assert message in sentence


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "labels.csv: is empty."),
        ("account_id\na\n", "labels.csv: label must be a column of a table of labels. It is missing."),
        (
            "account_id,labels\na,b\n",
            "labels.csv: labels is no column of a table of labels; did you mean label?",
        ),
        ("account_id,label,who,labelled_by\n", "labels.csv: labelled_by is there more than once."),
    ],
)
def test_another_table_is_refused(written, text, message):
    assert refusals(written(text)) == [message]


def test_what_is_no_table_is_refused(tmp_path):
    path = tmp_path / "labels.parquet"
    path.write_bytes(b"PAR1 no")
    assert refusals(path) == [
        "labels.parquet: must be a table of labels: CSV in UTF-8 with one width, or Parquet with plain"
        " columns."
    ]
    assert refusals(tmp_path / "none.csv")[0].endswith("none.csv: does not exist.")


def test_twenty_faults_are_named_and_the_rest_counted(written):
    found = refusals(written("account_id,label\n" + "a,fake\n" * 25))
    assert len(found) == 21
    assert found[-1] == "labels.csv: has 5 more such cells."


@given(st.lists(st.text(min_size=1).filter(str.strip), min_size=1, unique=True))
def test_any_account_id_survives_the_store(tmp_path_factory, names):
    store = LabelStore(tmp_path_factory.mktemp("home"))
    names = [name.replace("\0", "0") for name in names]
    rows = pl.DataFrame([{"account_id": name, "label": "authentic"} for name in names], schema=dict(COLUMNS))
    rows = rows.unique(maintain_order=True)
    assert store.add(rows) == rows.height
    assert store.add(rows) == 0
    assert store.rows().equals(rows)
    assert to_csv(store.rows()).startswith("account_id,label,")


def test_labels_are_their_owner_s_alone(tmp_path):
    store = LabelStore(tmp_path)
    store.add(pl.DataFrame([{"account_id": "a", "label": "authentic"}], schema=dict(COLUMNS)))
    assert store.path.stat().st_mode & 0o777 == 0o600


def add_some(home, number):
    rows = [{"account_id": f"{number}-{place}", "label": "authentic"} for place in range(200)]
    return LabelStore(home).add(pl.DataFrame(rows, schema=dict(COLUMNS)))


def test_who_adds_labels_at_once_loses_none(tmp_path):
    with ProcessPoolExecutor(4, mp_context=get_context("spawn")) as pool:
        added = list(pool.map(partial(add_some, tmp_path / "home"), range(12)))
    assert added == [200] * 12 and LabelStore(tmp_path / "home").rows().height == 2_400
