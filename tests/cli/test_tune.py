"""``assay tune``: which accounts judge its trials."""

from accounts.simulation import simulate
from cli.work import tune
from cli.work.training_data import TrainingData
from training.assemble import SIMULATED_ORIGIN, Origin
from training.config import TrainingConfig


def test_accounts_of_one_s_own_judge_even_where_public_sets_are_there(monkeypatch):
    monkeypatch.setattr(tune, "real_accounts", lambda config: ["a public set"])
    own = TrainingData(simulate(2, seed=1), Origin("2 accounts labelled by you", "you"), [], [], None)
    simulated = TrainingData(own.population, SIMULATED_ORIGIN, [], [], None)
    beside = TrainingData(own.population, SIMULATED_ORIGIN, [], ["accounts of one's own"], None)
    found = [tune.judging_accounts(data, TrainingConfig()) for data in (own, simulated, beside)]
    assert found == [[], ["a public set"], ["accounts of one's own"]]
    assert tune.judged(own, []).endswith("with schemes put into copies (2 accounts labelled by you)")
