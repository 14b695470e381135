import pytest

from accounts.errors import NoUsableModel
from detector.bundle import load, save, starter_path
from detector.locate import locate, open_detector


def test_a_named_bundle_goes_before_the_champion_and_that_before_the_starter(tmp_path):
    assert locate(None, tmp_path) == starter_path()
    (tmp_path / "champion").mkdir()
    assert locate(None, tmp_path) == tmp_path / "champion"
    assert locate(tmp_path / "mine", tmp_path) == tmp_path / "mine"


def test_the_starter_speaks_where_nothing_else_is(tmp_path):
    assert open_detector(None, tmp_path).bundle.sha256 == load(starter_path()).sha256


def test_a_champion_that_is_damaged_is_refused_and_never_replaced_by_the_starter(bundle, tmp_path):
    save(bundle, tmp_path / "champion")
    (tmp_path / "champion" / "likes.txt").unlink()
    with pytest.raises(NoUsableModel, match=r"lacks likes\.txt"):
        open_detector(None, tmp_path)


def test_a_named_bundle_is_tried_first(bundle, tmp_path):
    save(bundle, tmp_path / "mine")
    assert open_detector(tmp_path / "mine", tmp_path).bundle.sha256 == bundle.sha256
    (tmp_path / "mine" / "rhythm.txt").write_text("tree\n")
    with pytest.raises(NoUsableModel, match=r"rhythm\.txt was changed"):
        open_detector(tmp_path / "mine", tmp_path)
