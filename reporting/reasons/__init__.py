"""Reasons as sentences: the numbers that a person knows, from the account's own rows."""

from reporting.reasons.reading import ReasonText, both_sides, reason_texts

__all__ = ["ReasonText", "both_sides", "reason_texts"]
