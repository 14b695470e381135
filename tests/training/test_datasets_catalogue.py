import pytest

from features.declaration import AUTOMATED, INFLATED
from training.datasets.base import data_folder
from training.datasets.catalogue import LABELLED

REAL = data_folder()
SMALL = ("instafake_fake", "kaggle_instagram", "cresci2015", "gilani2017", "bot_or_not_30", "bot_or_not_31")


def test_every_labelled_set_is_there():
    assert {*SMALL, "instafake_automated", "purba2020", "cresci2017_tweets", "starscout"} == set(LABELLED)


@pytest.mark.parametrize("name", SMALL)
def test_a_real_set_is_called_what_the_catalogue_calls_it(name):
    loader = LABELLED[name]
    if not (REAL / name.removesuffix("_30").removesuffix("_31")).is_dir():
        pytest.skip(f"needs {name} in ASSAY_DATA: see docs/data.md")
    found = loader(REAL)
    assert found.about.name == name
    assert found.head in (AUTOMATED, INFLATED)
    assert all(":" in account for account in found.features.index)
    assert 0 < found.truth.sum() < len(found)
    assert found.raw.index.equals(found.features.index)
