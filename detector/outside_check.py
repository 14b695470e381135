"""The checks of a file of features from outside, before anything is trained on them."""

from __future__ import annotations

from accounts.errors import BadInput, Fault
from detector.signals import SIGNALS
from features.check import check_feature
from features.declaration import Feature
from features.outside import OutsideFile

__all__ = ["check_file", "readers_of"]


def readers_of(one: Feature) -> tuple[str, ...]:
    """The signals that read a feature.

    >>> from features.catalogue import by_name
    >>> readers_of(by_name("audience_postless_share"))
    ('audience',)
    """
    return tuple(signal.name for signal in SIGNALS if signal.reads(one))


def check_file(file: OutsideFile) -> None:
    """Check the features of a file as those of the catalogue are, and that a signal reads each.

    It takes a few seconds a feature, so it is done before training and not at each screening: a bundle names
    the file by the sha256 that it had when it was checked.

    Raises
    ------
    BadInput
        For the first check that fails; the sentence names the feature and what to do.
    """
    twins = {twin.name for one in file.features for twin in one.twins}
    for one in file.features:
        if not readers_of(one):
            heads = " and ".join(one.speaks_to)
            rule = f"declares {one.name}, which no signal reads: none listens to {one.family} for {heads}."
            raise BadInput(Fault("", file.path.name, rule))
        if one.name not in twins:
            _checked(one, file)


def _checked(one: Feature, file: OutsideFile) -> None:
    try:
        check_feature(one)
    except AssertionError as error:
        rule = f"breaks a rule of features: {' '.join(str(error).split())}"
        raise BadInput(Fault("", file.path.name, rule)) from error
