"""The value of a contract: what a fee buys, by the estimated real followers and engagements."""

from __future__ import annotations

import re
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from math import floor, log10
from typing import Final

from babel import Locale
from babel.numbers import format_currency

from accounts.errors import WrongUsage
from reporting.estimates import KeyNumber
from reporting.numbers import Numbers
from reporting.presentation import Presentation

__all__ = ["CURRENCIES", "MAX_FEE", "ContractCost", "contract_costs", "read_fee"]

CURRENCIES: Final = (
    "EUR", "USD", "GBP", "CHF", "SEK", "NOK", "DKK", "PLN", "CZK", "TRY", "CAD", "AUD", "NZD", "JPY", "CNY",
    "KRW", "INR", "IDR", "THB", "SGD", "BRL", "MXN", "ZAR", "AED", "SAR",
)  # fmt: skip
MAX_FEE: Final = Decimal(10) ** 12
_COUNTED: Final = {
    "real_followers": ("per real follower reached", 1.0),
    "real_engagements": ("per real like or comment, over the posts of the contract", 1.0),
    "views": ("per 1,000 views, over the posts of the contract", 1000.0),
}


@dataclass(frozen=True, kw_only=True)
class ContractCost:
    """What one of something costs; the cost is high where the count is low.

    Attributes
    ----------
    name
        real_followers, real_engagements or views.
    title
        What is paid for.
    amount, low, high
        Cost, with the ends of its interval; None where none is known.
    text
        All of it in the reader's locale.
    basis
        What the count rests on.
    """

    name: str
    title: str
    amount: float
    low: float | None
    high: float | None
    text: str
    basis: str


def read_fee(written: str) -> Decimal:
    """A fee as people write it, with commas or points between thousands and before cents.

    One mark with three figures behind it stands between thousands, for nobody writes thousandths of a fee.

    >>> [str(read_fee(one)) for one in ("1,500", "1.500", "1500.50", "1500,5", "1.234.500,75")]
    ['1500', '1500', '1500.50', '1500.5', '1234500.75']

    Raises
    ------
    WrongUsage
        If it is no amount above 0, or one beyond a million millions.
    """
    figures = "".join(written.split()).replace("'", "").replace("\u2019", "")
    marks = [one for one in figures if one in ".,"]
    whole, mark, last = figures.rpartition(marks[-1]) if marks else ("", "", figures)
    is_cents = bool(marks) and mark not in whole and len(last) != 3
    groups = re.split("[.,]", whole if is_cents else figures)
    try:
        fee = Decimal("".join(groups) + (f".{last}" if is_cents else ""))
    except InvalidOperation:
        fee = Decimal(0)
    if any(len(group) != 3 for group in groups[1:]):
        fee = Decimal(0)
    if not fee.is_finite() or not 0 < fee <= MAX_FEE:
        raise WrongUsage("The fee must be an amount above 0 in figures, such as 1500 or 1,500.50.")
    return fee


def contract_costs(
    shown: Presentation, fee: Decimal, currency: str, posts: int = 1
) -> tuple[ContractCost, ...]:
    """What a fee costs per real follower, real engagement and thousand views; what is not known is absent.

    Parameters
    ----------
    shown
        The verdict, presented with its evidence.
    fee
        Of the whole contract.
    currency
        One of :data:`CURRENCIES`.
    posts
        Posts that the contract holds: engagements and views are counted over all of them.

    Raises
    ------
    WrongUsage
        If the currency or the number of posts cannot be.
    """
    if currency not in CURRENCIES:
        raise WrongUsage(f"The currency must be one of {', '.join(CURRENCIES)}.")
    if not 1 <= posts <= 1000:
        raise WrongUsage("The contract must hold 1 to 1,000 posts.")
    known = ((name, shown.number(name)) for name in _COUNTED)
    return tuple(
        _cost(one, float(fee), currency, posts, shown.numbers)
        for name, one in known
        if one is not None and one.amount > 0
    )


def _decimals(amount: float) -> int:
    """Two, as money has; of less than a tenth as many as show two figures.

    >>> _decimals(3.911), _decimals(0.7854), _decimals(0.0312), _decimals(0.00042)
    (2, 2, 3, 5)
    """
    return max(2, 1 - floor(log10(amount))) if amount > 0 else 2


def _cost(one: KeyNumber, fee: float, currency: str, posts: int, numbers: Numbers) -> ContractCost:
    title, unit = _COUNTED[one.name]
    times = unit / (1 if one.name == "real_followers" else posts)
    amount = fee * times / one.amount
    low = fee * times / one.high if one.high else None
    high = fee * times / one.low if one.low else None
    locale = Locale.parse(numbers.locale, sep="-" if "-" in numbers.locale else "_")

    def written(value: float) -> str:
        digits = "#,##0." + "0" * _decimals(value)
        return str(format_currency(value, currency, f"{digits} ¤", locale=locale, currency_digits=False))

    if one.low is None or one.high is None:
        text = f"{written(amount)} (how sure is not known)"
    else:
        upper = written(high) if high is not None else "no upper end"
        text = f"{written(amount)} ({written(low or 0.0)} to {upper})"
    return ContractCost(
        name=one.name, title=title, amount=amount, low=low, high=high, text=text, basis=one.basis
    )
