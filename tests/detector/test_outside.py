"""A bundle that reads features from outside names their file by its hash, and never runs it."""

import pytest

from accounts.errors import BadInput, NoUsableModel
from accounts.examples import creators_path
from accounts.reading import read
from detector.bundle import Bundle, save, try_in_child
from detector.causes import cause_of, grouping
from detector.manifest import FORMAT
from detector.outside_check import check_file
from detector.pyfunc import _load_pyfunc
from detector.screening import Detector
from features.catalogue import CATALOGUE
from features.outside import drop_features, files_in_use, use_features


@pytest.fixture
def in_use(outside_bundle):
    used = use_features([outside_bundle[1]])
    yield used[0]
    drop_features(used)


def test_the_bundle_names_the_file_by_its_hash_and_does_not_carry_it(outside_bundle, in_use):
    bundle, _ = outside_bundle
    assert bundle.manifest.format == FORMAT
    (name, needed), *others = bundle.manifest.outside.items()
    assert (name, needed.sha256, needed.features, others) == (
        "my_features.py", in_use.sha256, ("likes_tenth",), [],
    )  # fmt: skip
    assert bundle.manifest.features["likes_tenth"] == 1
    assert not [content for content in bundle.files.values() if b"quotient(" in content]


def test_without_the_file_it_says_what_to_give_and_runs_nothing(outside_bundle):
    bundle, _ = outside_bundle
    with pytest.raises(NoUsableModel) as refusal:
        Bundle.from_files(bundle.files)
    digest = bundle.manifest.outside["my_features.py"].sha256[:12]
    assert str(refusal.value) == (
        f"The bundle reads likes_tenth from my_features.py (sha256 {digest}...), which a bundle does not"
        " carry: give the file, with --features or ASSAY_FEATURES."
    )
    assert not files_in_use()


def test_mlflow_s_loader_takes_the_files_of_the_environment(outside_bundle, tmp_path, monkeypatch):
    bundle, file = outside_bundle
    save(bundle, tmp_path / "bundle")
    monkeypatch.setenv("ASSAY_FEATURES", f" {file} , ")
    try:
        assert _load_pyfunc(str(tmp_path / "bundle")).detector.bundle.sha256 == bundle.sha256
    finally:
        drop_features(files_in_use())


def test_another_file_of_that_name_is_refused(outside_bundle, tmp_path):
    bundle, file = outside_bundle
    other = tmp_path / file.name
    other.write_text(file.read_text().replace("0.1,", "0.2,").replace("0.75", "1.0"))
    used = use_features([other])
    try:
        with pytest.raises(
            NoUsableModel, match=f"but the my_features.py .* has sha256 {used[0].sha256[:12]}"
        ):
            Bundle.from_files(bundle.files)
    finally:
        drop_features(used)


def test_with_the_file_it_screens_and_a_child_process_loads_it(outside_bundle, in_use, tmp_path):
    bundle, _ = outside_bundle
    loaded = Bundle.from_files(bundle.files)
    (chunk,) = read(creators_path())
    verdicts = Detector(loaded).screen(chunk.tables, explain="all")
    assert len(verdicts) == len(chunk.tables)
    save(bundle, tmp_path / "bundle")
    assert try_in_child(tmp_path / "bundle") == bundle.sha256


def test_the_starter_s_answers_stay_and_its_manifest_names_nothing_from_outside(in_use, bundle):
    assert b"outside" not in bundle.files["manifest.json"]
    assert Bundle.from_files(bundle.files).sha256 == bundle.sha256


def test_it_is_told_with_its_cause(in_use):
    assert cause_of("likes_tenth") == "spread of likes" == cause_of("likes_gini")
    names = ("likes_tenth", "likes_gini", "emoji_only_share")
    groups = grouping(names)
    assert [names[at] for at in groups.order] == ["likes_gini", "likes_tenth", "emoji_only_share"]
    assert groups.first.tolist() == [0, 2]


def test_a_name_declared_anew_with_another_cause_is_grouped_anew(outside_bundle, tmp_path):
    names = ("likes_tenth", "likes_gini", "hashtags_per_post")
    other = tmp_path / "my_features.py"
    other.write_text(outside_bundle[1].read_text().replace('"spread of likes"', '"hashtags"'))
    found = []
    for file in (outside_bundle[1], other):
        used = use_features([file])
        found.append([names[at] for at in grouping(names).order])
        drop_features(used)
    assert found == [
        ["likes_gini", "likes_tenth", "hashtags_per_post"],
        ["hashtags_per_post", "likes_tenth", "likes_gini"],
    ]


def test_a_feature_that_no_signal_reads_is_refused(tmp_path, outside_bundle):
    deaf = tmp_path / "deaf.py"
    deaf.write_text(outside_bundle[1].read_text().replace('FAMILY = "engagement"', 'FAMILY = "audience"'))
    used = use_features([deaf])
    try:
        with pytest.raises(BadInput, match="likes_tenth, which no signal reads: none listens to audience"):
            check_file(used[0])
    finally:
        drop_features(used)
    assert "likes_tenth" not in CATALOGUE.by_name


def test_it_is_checked_as_the_catalogue_s_are(tmp_path, outside_bundle):
    wrong = tmp_path / "wrong.py"
    wrong.write_text(outside_bundle[1].read_text().replace("    0.75", "    0.5"))
    used = use_features([wrong])
    try:
        with pytest.raises(BadInput, match=r"wrong\.py breaks a rule of features: .*Expected"):
            check_file(used[0])
    finally:
        drop_features(used)
