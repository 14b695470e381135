"""What is refused of a file of features, and how it is named."""

from importlib.metadata import EntryPoint

import pytest

from accounts.errors import AssayError
from features import outside
from features.catalogue import CATALOGUE
from features.outside import drop_features, files_in_use, use_features
from features.page import render_features

GOOD = '''
from features.declaration import INFLATED, feature
from features.views import {view}
FAMILY = "{family}"

@feature({view}, unit="count", speaks_to=INFLATED, sentence="it has {{value}}", source="ours", {more})
def {name}():
    """Something."""
    return None
'''


def source(name="own_number", family="engagement", view="posts", more=""):
    return GOOD.format(name=name, family=family, view=view, more=more)


REFUSED = {
    "a fault": (f"{source()}\n1 / 0", "own.py does not run: ZeroDivisionError in line 11: division by zero."),
    "no Python": ("def (", "own.py does not run: SyntaxError in line 1"),
    "nothing": ("x = 1", "own.py declares no feature"),
    "another's": ("from features.profile import followers_size", "own.py declares no feature"),
    "no family": (source(family="mine"), 'FAMILY = "..." with one of profile, engagement, comments'),
    "a name that is taken": (
        source(name="likes_gini"),
        "declares likes_gini, a name that another feature has",
    ),
    "a block that is none": (
        source(more='blocks=("account",)'),
        "must say what it needs: blocks=(...) with some of profile, posts, comments, history, audience.",
    ),
    "too many blocks": (
        source(more='blocks=("posts", "comments", "history")'),
        "needs posts, comments, history: beside profile and posts a feature may need comments or history",
    ),
}


@pytest.mark.parametrize(("text", "sentence"), REFUSED.values(), ids=REFUSED)
def test_a_wrong_file_is_refused_in_one_sentence_and_leaves_nothing(text, sentence, tmp_path):
    file = tmp_path / "own.py"
    file.write_text(text)
    before = CATALOGUE.features
    with pytest.raises(AssayError) as refusal:
        use_features([file])
    assert sentence in str(refusal.value) and "\n" not in str(refusal.value)
    assert CATALOGUE.features == before and not files_in_use()


@pytest.mark.parametrize("given", ["own", "none/own.py"])
def test_what_is_not_there_is_refused(given):
    with pytest.raises(AssayError, match=r"entry point of the group assay\.features|cannot be read"):
        use_features([given])


def test_a_file_runs_once_and_a_changed_one_asks_for_a_new_process(tmp_path):
    file, runs = tmp_path / "own.py", tmp_path / "runs"
    count = f"with open({str(runs)!r}, 'a') as runs:\n    runs.write('.')\n"
    file.write_text(f"{source()}\n{count}")
    used = use_features([file])
    try:
        assert use_features([str(file)]) == used == files_in_use()
        assert runs.read_text() == "."
        assert CATALOGUE[-1] is CATALOGUE.by_name["own_number"] is used[0].features[0]
        file.write_text(source())
        with pytest.raises(AssayError, match="was changed since this process ran it"):
            use_features([file])
    finally:
        drop_features(used)
    assert not files_in_use() and CATALOGUE.features == CATALOGUE.own


def test_a_file_used_again_is_dropped_whichever_use_is_named(tmp_path):
    file = tmp_path / "own.py"
    file.write_text(source())
    first = use_features([file])
    drop_features(first)
    use_features([file])
    drop_features(first)
    assert not files_in_use() and CATALOGUE.features == CATALOGUE.own


def test_an_entry_point_is_run_only_when_it_is_named(tmp_path, monkeypatch):
    (tmp_path / "own_package_features.py").write_text(source())
    monkeypatch.syspath_prepend(tmp_path)
    points = [EntryPoint("ours", "own_package_features", outside.ENTRY_POINTS)]
    monkeypatch.setattr(outside, "entry_points", lambda group: points)
    assert not files_in_use()
    used = use_features(["ours"])
    try:
        assert [one.name for one in used[0].features] == ["own_number"]
        page = render_features("ours", used[0].features)
        assert "| `own_number` | engagement | Something<br>*it has …*" in page and "### `posts`" in page
    finally:
        drop_features(used)
