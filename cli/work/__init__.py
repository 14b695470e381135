"""What the commands do, one module a command; each is imported when its command runs.

This is the only lazy import of the command line: ``work.screen`` imports :mod:`cli.work.screen` at its first
use, so that ``assay --help`` loads neither the models nor the data libraries.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from cli.work import (
        adapt,
        audit,
        compare,
        config,
        derive,
        derive_chunks,
        desk,
        drift,
        drift_inputs,
        evaluate,
        explain,
        features,
        imports,
        jobs,
        keys,
        labels,
        less_evidence,
        model,
        model_versions,
        observe,
        observed,
        outside,
        recalibrate,
        report,
        report_files,
        screen,
        screen_chunks,
        serve,
        shadow,
        simulate,
        store,
        train,
        training_data,
        tune,
    )

__all__ = [
    "adapt", "audit", "compare", "config", "derive", "derive_chunks", "desk", "drift", "drift_inputs",
    "evaluate", "explain", "features", "imports", "jobs", "keys", "labels", "less_evidence", "model",
    "model_versions", "observe", "observed", "outside", "recalibrate", "report", "report_files",
    "screen", "screen_chunks", "serve", "shadow", "simulate", "store", "train", "training_data", "tune",
]  # fmt: skip

if not TYPE_CHECKING:

    def __getattr__(name: str) -> object:
        """Import a command's module when somebody asks for it."""
        if name not in __all__:
            raise AttributeError(f"module {__name__} has no attribute {name}")
        return import_module(f"{__name__}.{name}")
