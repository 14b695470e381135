"""Loads LightGBM without scikit-learn, for commands and workers that only screen.

LightGBM imports scikit-learn wherever it is installed, for classes that screening does not use;
that takes as long as all other imports together. To be imported before the rest of ``detector``, and only in
processes that are Assay's own: LightGBM's classes for scikit-learn do not work in them.
"""

from __future__ import annotations

import sys
from typing import Any

if "lightgbm" not in sys.modules and "sklearn" not in sys.modules:
    modules: dict[str, Any] = sys.modules
    modules["sklearn"] = None  # an import of it fails, as where it is not installed
    try:
        import lightgbm  # noqa: F401
    finally:
        del modules["sklearn"]
