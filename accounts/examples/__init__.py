"""Example creators to screen after installation: simulated accounts, each named after its kind."""

from __future__ import annotations

from pathlib import Path

__all__ = ["creators_path"]


def creators_path() -> Path:
    """The bundled JSON Lines file, one account document a line.

    >>> creators_path().name
    'creators.jsonl'
    """
    return Path(__file__).with_name("creators.jsonl")
