"""Broken promises: verdicts say so where what their model promises was found not to hold for a tenant."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import TypeVar

from detector.screening import FLAGGED
from serving.store.verdict_rows import NewVerdict

__all__ = ["BrokenPromises", "with_caveat"]

Answer = TypeVar("Answer")


class BrokenPromises:
    """Why a promise is broken, by tenant and model; as the daily look at drift found it."""

    def __init__(self) -> None:
        self.sentences: Mapping[tuple[str, str], str] = {}

    def sentence(self, tenant: str, model: str) -> str | None:
        """Why a model's promise is not to be relied on; None while nothing speaks against it."""
        return self.sentences.get((tenant, model))

    def say(self, tenant: str, answers: Sequence[Answer]) -> list[Answer | NewVerdict]:
        """The answers, where verdicts that are held against somebody say that their promise is broken."""
        if not self.sentences:
            return list(answers)
        return [
            with_caveat(one, self.sentence(tenant, one.model_sha256)) if isinstance(one, NewVerdict) else one
            for one in answers
        ]


def with_caveat(verdict: NewVerdict, sentence: str | None) -> NewVerdict:
    """The verdict with one more caveat, if it accuses or asks for a review and there is one."""
    if sentence is None or verdict.label not in FLAGGED:
        return verdict
    document = json.loads(verdict.document)
    document["caveats"].append(sentence)
    return replace(verdict, document=json.dumps(document))
