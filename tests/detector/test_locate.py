import pytest

from accounts.errors import NoUsableModel
from detector.bundle import load, save, starter_path
from detector.locate import find, locate, open_detector
from detector.model_store import ModelStore


def crown(bundle, home):
    """Make a bundle the champion; its folder."""
    models = ModelStore(home)
    folder = models.add(bundle)
    models.make_champion(folder.name)
    return folder


def test_a_named_bundle_goes_before_the_champion_and_that_before_the_starter(bundle, tmp_path):
    assert locate(None, tmp_path) == starter_path()
    folder = crown(bundle, tmp_path)
    assert locate(None, tmp_path) == folder == tmp_path / "models" / bundle.sha256
    assert locate(tmp_path / "mine", tmp_path) == tmp_path / "mine"


def test_the_starter_speaks_where_nothing_else_is(tmp_path):
    assert open_detector(None, tmp_path).bundle.sha256 == load(starter_path()).sha256


def test_a_champion_that_is_damaged_is_refused_and_never_replaced_by_the_starter(bundle, tmp_path):
    (crown(bundle, tmp_path) / "likes.txt").unlink()
    with pytest.raises(NoUsableModel, match=r"lacks likes\.txt"):
        open_detector(None, tmp_path)


def test_a_named_bundle_is_tried_first(bundle, tmp_path):
    save(bundle, tmp_path / "mine")
    assert open_detector(tmp_path / "mine", tmp_path).bundle.sha256 == bundle.sha256
    (tmp_path / "mine" / "rhythm.txt").write_text("tree\n")
    with pytest.raises(NoUsableModel, match=r"rhythm\.txt was changed"):
        open_detector(tmp_path / "mine", tmp_path)


def test_a_champion_whose_folder_holds_another_model_is_refused(bundle, tmp_path):
    save(load(starter_path()), crown(bundle, tmp_path))
    with pytest.raises(NoUsableModel, match=f"is not the one with sha256 {bundle.sha256}"):
        open_detector(None, tmp_path)


def test_every_model_of_the_home_and_the_starter_is_found(bundle, tmp_path):
    ModelStore(tmp_path).add(bundle)
    assert find(bundle.sha256, tmp_path) == tmp_path / "models" / bundle.sha256
    assert find(load(starter_path()).sha256, tmp_path) == starter_path()
