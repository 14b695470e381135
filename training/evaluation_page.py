"""An evaluation as one HTML page that needs nothing else: no script, no address, all text escaped."""

from __future__ import annotations

from typing import Final

from jinja2 import Environment, PackageLoader, StrictUndefined

from training.labelled_evaluation import LabelledEvaluation
from training.metrics import Rate

__all__ = ["evaluation_page"]


def evaluation_page(found: LabelledEvaluation, version: str, sentence: str) -> str:
    """The page.

    Parameters
    ----------
    found
        The figures.
    version
        Of the model.
    sentence
        On which accounts it was measured.
    """
    return _PAGES.get_template("evaluation.html").render(found=found, version=version, sentence=sentence)


def per_cent(value: float | None) -> str:
    """A share in per cent with one digit.

    >>> per_cent(0.013), per_cent(None)
    ('1.3 %', '-')
    """
    return "-" if value is None else f"{100 * value:.1f} %"


def interval(rate: Rate) -> str:
    """The exact 95 % interval of a rate.

    >>> interval(Rate(0, 100))
    '0.0 to 3.6 %'
    """
    facts = rate.as_dict()
    return f"{100 * facts['low']:.1f} to {100 * facts['high']:.1f} %"


_PAGES: Final = Environment(
    loader=PackageLoader("training"),
    autoescape=True,
    undefined=StrictUndefined,
    trim_blocks=True,
    lstrip_blocks=True,
)
_PAGES.filters |= {"per_cent": per_cent, "interval": interval}
