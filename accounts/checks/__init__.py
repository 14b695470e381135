"""Checks of the evidence before it is believed: what cannot be evidence is taken out by name."""

from accounts.checks.examine import Examined, examine
from accounts.checks.finding import Finding

__all__ = ["Examined", "Finding", "examine"]
