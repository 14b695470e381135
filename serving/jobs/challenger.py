"""The challenger on bulk jobs: it judges each finished piece beside the job's model, in the job's process."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from polars.exceptions import PanicException

from accounts.errors import AssayError
from accounts.tables import Tables
from detector.model_store import ChallengerStore
from detector.screening import Detector
from serving.observe.log import log_error, log_event
from serving.screening.model_watcher import load_in_child_first
from serving.screening.shadow import shadows_of
from serving.settings import Settings
from serving.store.shadow_rows import store_shadows
from serving.store.store import Store
from serving.store.verdict_rows import NewVerdict

__all__ = ["JobChallenger"]


@dataclass(frozen=True)
class JobChallenger:
    """The challenger that was named when a run of a job began.

    Attributes
    ----------
    store
        Where both verdicts are stored.
    tenant
        Whose job it is.
    detector
        The challenger.
    """

    store: Store
    tenant: str
    detector: Detector

    @classmethod
    def open(cls, settings: Settings, store: Store, tenant: str, model: str) -> JobChallenger | None:
        """Open the challenger; None where there is none, or it is the job's model or cannot be used."""
        if not settings.shadow_jobs:
            return None
        try:
            models = ChallengerStore(settings.home)
            champion = models.champion()
            if champion is None or champion.sha256 == model:
                return None
            return cls(store, tenant, load_in_child_first(models, champion.sha256))
        except Exception as error:  # a bundle of whatever kind ends no job
            reason = str(error) if isinstance(error, AssayError) else type(error).__name__
            log_event("challenger_refused", reason=reason)
            return None

    def judge(self, tables: Tables, verdicts: Sequence[NewVerdict]) -> None:
        """Judge the accounts of a finished piece, and store both verdicts; an error is logged alone."""
        try:
            if entries := shadows_of(self.detector, self.tenant, tables, verdicts):
                store_shadows(self.store, entries)
        except (Exception, PanicException) as error:
            log_error("shadow_failed", error)
