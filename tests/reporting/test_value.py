import json
import re
from decimal import Decimal

import pytest

from accounts.errors import WrongUsage
from accounts.examples import creators_path
from accounts.reading import read_document
from detector.labels import Explain
from detector.locate import open_detector
from reporting.presentation import present
from reporting.value import contract_costs, read_fee


@pytest.fixture(scope="module")
def present_example(tmp_path_factory):
    document = json.loads(creators_path().read_text().splitlines()[0])
    tables = read_document(document)
    (verdict,) = open_detector(None, tmp_path_factory.mktemp("home")).screen(tables, explain=Explain.ALL)
    return lambda locale="en_GB", tables=tables: present(verdict.to_dict(), tables, locale)


def test_what_one_costs_is_the_fee_over_how_many_there_are(present_example):
    page = present_example()
    costs = {one.name: one for one in contract_costs(page, Decimal(3000), "EUR", posts=3)}
    followers, engagements = page.number("real_followers"), page.number("real_engagements")
    assert costs["real_followers"].amount == pytest.approx(3000 / followers.amount)
    assert costs["real_engagements"].amount == pytest.approx(1000 / engagements.amount)
    assert costs["views"].amount == pytest.approx(1_000_000 / page.number("views").amount)


def test_intervals_turn_round(present_example):
    page = present_example()
    for one in contract_costs(page, Decimal(3000), "USD"):
        assert one.low < one.amount < one.high
    low = contract_costs(page, Decimal(3000), "USD")[0].low
    assert low == pytest.approx(3000 / page.number("real_followers").high)


def test_twice_the_fee_is_twice_the_cost(present_example):
    once, twice = (contract_costs(present_example(), Decimal(fee), "EUR") for fee in (500, 1000))
    assert [2 * one.amount for one in once] == pytest.approx([one.amount for one in twice])


def test_what_is_not_known_is_absent_and_never_free(tmp_path):
    bare = {"account_id": "a", "platform": "x", "as_of": "2026-11-01T00:00:00Z", "profile": {"followers": 9}}
    tables = read_document(bare)
    (verdict,) = open_detector(None, tmp_path).screen(tables, explain=Explain.ALL)
    assert contract_costs(present(verdict.to_dict(), tables), Decimal(500), "EUR") == ()


@pytest.mark.parametrize(("fee", "decimals"), [(500_000, {2}), (500, {2, 3, 4, 5, 6})])
def test_money_has_two_decimals_unless_it_is_less_than_a_tenth(present_example, fee, decimals):
    for one in contract_costs(present_example(), Decimal(fee), "EUR"):
        written = re.findall(r"[\d,]+\.\d+", one.text)
        assert len(written) == 3
        for text, value in zip(written, (one.amount, one.low, one.high), strict=True):
            after = len(text.partition(".")[2])
            assert after in decimals
            assert after == 2 or value < 0.1
            assert float(text.replace(",", "")) == pytest.approx(value, rel=0.06)


def test_it_is_written_as_the_reader_writes(present_example):
    german = contract_costs(present_example("de"), Decimal(500_000), "EUR")[0].text
    assert "," in german
    assert "€" in german


@pytest.mark.parametrize(
    ("written", "fee"),
    [
        ("1,500", "1500"), ("1.500", "1500"), ("1 500", "1500"), ("1'500.50", "1500.50"),
        ("1500,5", "1500.5"),
        ("1.234.500,75", "1234500.75"), ("1,234,500", "1234500"), (".5", "0.5"), ("12,50", "12.50"),
    ],
)  # fmt: skip
def test_a_fee_is_read_as_people_of_any_country_write_it(written, fee):
    assert read_fee(written) == Decimal(fee)


@pytest.mark.parametrize(
    "fee",
    ["", "0", "-5", "free", "nan", "inf", "1e20", "<script>", "1.5.5", "1,50,000", "1,500,", ",", "1.5,500"],
)
def test_a_fee_is_an_amount(fee):
    with pytest.raises(WrongUsage, match="above 0"):
        read_fee(fee)


@pytest.mark.parametrize(("currency", "posts"), [("XXX", 1), ("EUR", 0), ("EUR", 5000)])
def test_a_contract_has_a_currency_and_posts(present_example, currency, posts):
    with pytest.raises(WrongUsage):
        contract_costs(present_example(), Decimal(5), currency, posts)
