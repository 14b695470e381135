"""Who derives for training: one process or several, with the features that this one knows."""

import os

import pytest

from accounts.simulation import simulate
from cli.work.training_workers import PoolWorkers, training_workers
from cli.worker_pool import WorkerPool
from features.catalogue import CATALOGUE
from features.outside import drop_features, use_features
from training.workers import IN_PROCESS

OUTSIDE = '''
import polars as pl

from features.declaration import INFLATED, feature
from features.views import account

FAMILY = "profile"


@feature(
    account, unit="accounts", speaks_to=INFLATED, sentence="{value}", source="ours", blocks=("profile",)
)
def contacts() -> pl.Expr:
    """Followers and followed accounts."""
    return pl.col("followers") + pl.col("following")
'''


def view_of_worker(piece, word):
    """What a worker sees of a piece."""
    return piece.labels["account_id"].to_list(), "contacts" in CATALOGUE.by_name, word, os.getpid()


@pytest.fixture
def outside(tmp_path):
    file = tmp_path / "mine.py"
    file.write_text(OUTSIDE)
    used = use_features([file])
    yield
    drop_features(used)


def test_a_pool_takes_in_the_features_from_outside_and_keeps_the_order(outside):
    some = simulate(5, seed=1)
    with WorkerPool(2, ["features.catalogue"]) as pool:
        found = list(PoolWorkers(pool).map(view_of_worker, some.pieces(2), "so"))
    assert [ids for ids, *_ in found] == [piece.labels["account_id"].to_list() for piece in some.pieces(2)]
    assert {(known, word) for _, known, word, _ in found} == {(True, "so")}
    assert os.getpid() not in {process for *_, process in found}


def test_few_accounts_are_worked_on_in_this_process():
    with training_workers(6_000) as workers:
        assert workers is IN_PROCESS
