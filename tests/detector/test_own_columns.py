"""A detector reads its own columns: whatever else the catalogue holds, and nothing that has changed."""

import os
import subprocess
import sys

import pytest

from accounts.examples import creators_path
from accounts.reading import read
from detector.bundle import load, starter_path
from detector.screening import Detector
from features.catalogue import CATALOGUE

CHANGED = """
import sys
from dataclasses import replace
import polars as pl
from features import engagement
from features.declaration import HIGH, INFLATED, feature
from features.views import posts

def likes_tenth() -> pl.Expr:
    'The least likes but a tenth.'
    return pl.col("likes").quantile(0.1, "linear")

{change}

from accounts.errors import NoUsableModel
from accounts.reading import read
from detector.bundle import load, starter_path
from detector.screening import Detector
from features.catalogue import CATALOGUE

print(len(CATALOGUE))
try:
    detector = Detector(load(starter_path()))
except NoUsableModel as error:
    print(error)
else:
    for chunk in read(sys.argv[1]):
        for verdict in detector.screen(chunk.tables, explain="all"):
            print(verdict.to_json())
"""

# The new one stands first in its family, so that every later feature has another place in the catalogue.
ADDED = """
declare = feature(posts, unit="count", speaks_to=INFLATED, direction=HIGH, sentence="{value}", source="here")
own = dict(vars(engagement))
vars(engagement).clear()
vars(engagement).update({"__name__": own["__name__"], "likes_tenth": declare(likes_tenth)}, **own)
"""
RAISED = "engagement.likes_gini = replace(engagement.likes_gini, version=2)"
REMOVED = "del engagement.likes_gini"


def screened(change, path):
    """The size of the catalogue, and the starter's verdicts, in a process with a changed catalogue."""
    command = [sys.executable, "-c", CHANGED.replace("{change}", change), str(path)]
    done = subprocess.run(
        command, stdout=subprocess.PIPE, text=True, check=True, env={**os.environ, "PYTHONPATH": "."}
    )
    size, *lines = done.stdout.splitlines()
    return int(size), lines


def test_a_feature_that_is_added_leaves_the_starter_s_verdicts_as_they_are():
    detector = Detector(load(starter_path()))
    size, lines = screened(ADDED, creators_path())
    assert size == len(CATALOGUE) + 1
    assert lines == [
        verdict.to_json()
        for chunk in read(creators_path())
        for verdict in detector.screen(chunk.tables, explain="all")
    ]


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        (
            RAISED,
            "The bundle reads version 1 of the feature likes_gini, but this Assay derives version 2.",
        ),
        (REMOVED, "The bundle reads the feature likes_gini, which this Assay does not derive."),
    ],
)
def test_a_feature_that_is_raised_or_removed_is_refused_by_name(change, sentence):
    assert screened(change, creators_path())[1] == [sentence]
