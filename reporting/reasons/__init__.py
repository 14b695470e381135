"""Reasons as sentences: the numbers that a person knows, from the account's own rows."""

from reporting.reasons.reading import ReasonText, reason_texts

__all__ = ["ReasonText", "reason_texts"]
