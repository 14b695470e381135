"""Environment variables that look like a setting of Assay and are none."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from difflib import get_close_matches
from typing import Final

__all__ = ["misspelt_variables"]

PREFIX: Final = "ASSAY_"

OTHERS: Final = frozenset({
    "ASSAY_CONFIG", "ASSAY_DATA", "ASSAY_FEATURES", "ASSAY_HOME", "ASSAY_KEY", "ASSAY_REPORT_KEY",
    "ASSAY_URL",
})  # fmt: skip
"""Variables that are no settings of the service, or are read by every command."""

NEAR: Final = 0.85
"""How alike a name must be to be taken for a slip: others are somebody else's business."""


def misspelt_variables(names: Iterable[str]) -> Iterator[str]:
    """A sentence for each variable whose name is nearly that of a setting, which it therefore does not set.

    >>> list(misspelt_variables(["ASSAY_HOEM", "ASSAY_HOME", "ASSAY_DEPLOYED_BY"]))
    ['ASSAY_HOEM is no setting of Assay; did you mean ASSAY_HOME?']
    """
    given = [name for name in names if name.startswith(PREFIX) and name not in OTHERS]
    if not given:
        return
    known = OTHERS | _settings()
    for name in given:
        near = [] if name in known else get_close_matches(name, known, n=1, cutoff=NEAR)
        if near:
            yield f"{name} is no setting of Assay; did you mean {near[0]}?"


def _settings() -> frozenset[str]:
    try:
        from serving.settings import Settings  # here: most commands need none of it
    except ModuleNotFoundError:  # without the extra `serve` there is no service to set
        return frozenset()
    return frozenset(f"{PREFIX}{name.upper()}" for name in Settings.model_fields)
