"""Tables as texts: their encodings, and what is remembered of the names of their columns."""

import pytest

from accounts.importing import texts, vocabulary
from accounts.importing.row_owner import network_of_columns
from accounts.importing.vocabulary import concept_of


def test_a_table_in_utf_8_is_looked_through_for_no_other_encoding(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(texts, "_national", None)
    assert texts.decoded("имя;подписчики".encode(), "") == "имя;подписчики"


def test_no_more_names_of_columns_are_remembered_than_a_table_has() -> None:
    """A service reads tables of strangers for months."""
    for number in range(vocabulary.MOST_LABELS + 100):
        concept_of(f"column {number}")
    assert vocabulary._plain_name.cache_info().currsize <= vocabulary.MOST_LABELS
    for number in range(100):
        network_of_columns((f"column {number}",))
    assert network_of_columns.cache_info().currsize <= 32
