"""Accounts made by hand, from published figures: outside the simulator, whose parameters they do not share."""

from benchmarks.quality.handmade.creator import AS_OF, Creator, Document, creator
from benchmarks.quality.handmade.evidence import EVIDENCE, shown

__all__ = ["AS_OF", "EVIDENCE", "Creator", "Document", "creator", "shown"]
