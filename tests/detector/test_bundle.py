import io
import json
import os
import re
import sys
from dataclasses import replace
from types import SimpleNamespace

import numpy as np
import polars as pl
import pytest

from accounts.errors import NoUsableModel, WrongUsage
from detector.bundle import Bundle, build, load, save, starter_path, try_in_child, verify
from detector.decision import HEADS
from detector.folder import CREATED
from detector.heads import Scorer
from detector.manifest import FILES, FORMAT, MANIFEST, WEIGHTED, Manifest, created_bytes, sha256
from detector.model_store import ModelStore
from detector.signals import SIGNALS
from detector.tails import Tails
from features.catalogue import CATALOGUE

ALL = (MANIFEST, CREATED, *FILES)


@pytest.fixture
def saved(bundle, tmp_path):
    save(bundle, tmp_path / "bundle")
    return tmp_path / "bundle"


def parts(bundle, crowd):
    return {
        "signal_models": bundle.signal_models,
        "amounts": bundle.amounts,
        "levels": bundle.levels,
        "peers": bundle.peers,
        "novelty": bundle.novelty,
        "comments": bundle.comments,
        "golden": crowd.features.iloc[:12],
        "golden_levels": crowd.levels[:12],
        "golden_platforms": crowd.platforms[:12],
    }


def forged(bundle, **changed):
    """The bundle with some files replaced, and a manifest whose digests agree: what hashing cannot catch."""
    files = {**bundle.files, **{name.replace("_", "."): content for name, content in changed.items()}}
    manifest = replace(bundle.manifest, files={name: sha256(files[name]) for name in FILES})
    return files | {MANIFEST: manifest.to_bytes()}


def rewritten(bundle, change):
    """Its files, with the manifest's JSON changed by ``change``; an older format dates itself."""
    plain, files = json.loads(bundle.files[MANIFEST]), dict(bundle.files)
    change(plain)
    if plain["format"] < FORMAT:
        plain["facts"] |= json.loads(files.pop(CREATED))
    return {**files, MANIFEST: json.dumps(plain).encode()}


def test_saved_and_loaded_are_the_same(bundle, saved, more_crowd):
    loaded = load(saved)
    assert loaded.files == bundle.files
    assert loaded.manifest == bundle.manifest
    assert loaded.sha256 == bundle.sha256 == sha256((saved / MANIFEST).read_bytes())
    before, after = (one.predict_proba(*more_crowd[:3]) for one in (bundle, loaded))
    for name in ("signal_probabilities", "p_values", "probabilities", "suspicion"):
        assert np.array_equal(getattr(before, name), getattr(after, name), equal_nan=True), name
    assert loaded.unfamiliar_blocks(*more_crowd[:2]) == bundle.unfamiliar_blocks(*more_crowd[:2])
    assert dict(loaded.levels.rows) == dict(bundle.levels.rows)


def test_the_same_parts_give_the_same_bytes(bundle, crowd):
    assert build(bundle.facts, **parts(bundle, crowd)).files == bundle.files


def test_a_file_for_each_signal_and_each_table(bundle):
    assert {f"{signal.name}.txt" for signal in SIGNALS} < set(FILES)
    assert set(bundle.files) == set(ALL)
    assert set(bundle.scorers) == {signal.name for signal in SIGNALS}


def test_golden_accounts_remember_platform_suspicion_and_probabilities(bundle, crowd):
    scores = bundle.predict_proba(*crowd[:3])
    suspicions = [None if np.isnan(value) else value for value in scores.suspicion[:12].tolist()]
    golden = bundle.manifest.golden
    assert [one.suspicion for one in golden] == suspicions
    assert [one.platform for one in golden] == crowd.platforms[:12]
    assert [[one.probabilities[head] for head in HEADS] for one in golden] == (
        scores.probabilities[:12].tolist()
    )
    assert None in suspicions and len(set(crowd.platforms[:12])) > 1


def test_verify_tells_what_is_in_it(bundle, saved):
    manifest = verify(saved)
    assert manifest == bundle.manifest
    assert manifest.facts.training == {"seed": 1, "heads": {"trees": 20}}
    assert list(manifest.features.items()) == [(one.name, one.version) for one in CATALOGUE]


def refusal(check, *arguments, **named):
    with pytest.raises(NoUsableModel) as caught:
        check(*arguments, **named)
    sentence = str(caught.value)
    assert re.fullmatch(r"[A-Z].*\.", sentence), sentence
    return sentence


@pytest.mark.parametrize("check", [verify, load])
def test_a_missing_folder(check, tmp_path):
    assert "There is no bundle at" in refusal(check, tmp_path / "nowhere")


@pytest.mark.parametrize("check", [verify, load])
@pytest.mark.parametrize("name", ALL)
def test_a_missing_file(check, name, saved):
    (saved / name).unlink()
    assert name in refusal(check, saved)


def linked(path, tmp_path):
    elsewhere = tmp_path / "elsewhere"
    path.rename(elsewhere)
    path.symlink_to(elsewhere)


def dangling(path, tmp_path):
    path.unlink()
    path.symlink_to(tmp_path / "nowhere")


def piped(path, _):
    path.unlink()
    os.mkfifo(path)


def foldered(path, _):
    path.unlink()
    path.mkdir()


@pytest.mark.parametrize("check", [verify, load])
@pytest.mark.parametrize("name", [MANIFEST, "likes.txt"])
@pytest.mark.parametrize("change", [linked, dangling, piped, foldered])
def test_what_is_no_plain_file(check, name, change, saved, tmp_path):
    change(saved / name, tmp_path)
    assert refusal(check, saved) == f"The bundle at {saved} holds {name}, which is no plain file."


def test_a_bundle_may_be_reached_through_a_link(bundle, saved, tmp_path):
    (tmp_path / "current").symlink_to(saved)
    assert load(tmp_path / "current").sha256 == bundle.sha256


@pytest.mark.parametrize("check", [verify, load])
@pytest.mark.parametrize("name", FILES)
@pytest.mark.parametrize("place", [0.0, 0.3, 0.999])
def test_a_flipped_bit(check, name, place, saved):
    content = bytearray((saved / name).read_bytes())
    content[int(place * len(content))] ^= 1
    (saved / name).write_bytes(content)
    assert f"{name} was changed" in refusal(check, saved)


@pytest.mark.parametrize("check", [verify, load])
@pytest.mark.parametrize("name", FILES)
@pytest.mark.parametrize("kept_share", [0, 0.5, 0.99])
def test_a_truncated_file(check, name, kept_share, saved):
    content = (saved / name).read_bytes()
    (saved / name).write_bytes(content[: int(kept_share * len(content))])
    assert f"{name} was changed" in refusal(check, saved)


@pytest.mark.parametrize("kept_share", [0, 0.5, 0.99])
def test_a_truncated_manifest(kept_share, saved):
    content = (saved / MANIFEST).read_bytes()
    (saved / MANIFEST).write_bytes(content[: int(kept_share * len(content))])
    assert "manifest.json is damaged" in refusal(verify, saved)


def test_a_flipped_bit_in_the_manifest_changes_the_name_or_is_refused(bundle, saved):
    """Nothing signs the manifest, but whoever knows the bundle's sha256 cannot be given another."""
    content = bytearray(bundle.files[MANIFEST])
    random = np.random.default_rng(2)
    for place in random.integers(0, len(content), 40):
        flipped = bytearray(content)
        flipped[place] ^= 1
        (saved / MANIFEST).write_bytes(flipped)
        assert "is not the one with sha256" in refusal(load, saved, expected=bundle.sha256)


def test_a_file_that_is_not_listed(saved):
    (saved / "extra.pkl").write_bytes(b"")
    assert "extra.pkl" in refusal(verify, saved)


def test_a_folder_inside(saved):
    (saved / "inner").mkdir()
    assert "no plain file" in refusal(verify, saved)


def test_another_format(bundle):
    other = rewritten(bundle, lambda plain: plain.update(format=1))
    assert "format 1; this Assay reads formats 2, 3, 4, 5, 6" in refusal(Bundle.from_files, other)


@pytest.mark.parametrize(
    "weights", [{"likes": 1.0}, {signal.name: 0.0 for signal in SIGNALS}, None], ids=["few", "zero", "none"]
)
def test_weights_that_do_not_fit_the_signals_or_the_format(bundle, weights):
    other = rewritten(bundle, lambda plain: plain.update(format=WEIGHTED, weights=weights))
    assert "does not weigh its signals as its format does" in refusal(Bundle.from_files, other)


def test_a_bundle_of_format_3_names_no_weights(bundle):
    assert bundle.signal_models.weights is None
    assert b"weights" not in bundle.files[MANIFEST]
    weights = {one.name: 1.0 for one in SIGNALS}
    weighted = rewritten(bundle, lambda plain: plain.update(format=3, weights=weights))
    assert "does not weigh its signals as its format does" in refusal(Bundle.from_files, weighted)


def test_equal_weights_change_no_answer(bundle, more_crowd):
    weighted = rewritten(
        bundle, lambda plain: plain.update(format=WEIGHTED, weights={one.name: 2.0 for one in SIGNALS})
    )
    before, after = (one.predict_proba(*more_crowd[:3]) for one in (bundle, Bundle.from_files(weighted)))
    assert after.suspicion == pytest.approx(before.suspicion, nan_ok=True)


def test_the_time_is_no_part_of_the_digest(bundle, tmp_path):
    """The same training on another day is the same model, and a store keeps it as it was made first."""
    later = Bundle.from_files({**bundle.files, CREATED: created_bytes("2031-01-01T00:00:00Z")})
    assert (later.sha256, later.facts.created_at) == (bundle.sha256, "2031-01-01T00:00:00Z")
    assert bundle.facts.created_at == "2026-11-01T00:00:00Z"
    store = ModelStore(tmp_path)
    assert store.add(bundle) == store.add(later)
    assert load(store.add(later), expected=later.sha256).facts == bundle.facts


def test_when_it_was_made_stands_where_its_format_says(bundle):
    files = dict(bundle.files)
    refused = {
        "lacks created.json": {name: files[name] for name in files if name != CREATED},
        "may not hold created.json": rewritten(bundle, lambda plain: plain.update(format=3))
        | {CREATED: b"{}"},
        "created.json is damaged: created_at": {**files, CREATED: b'{"created_at": "noon"}'},
        "does not date itself": rewritten(
            bundle, lambda plain: plain["facts"].update(created_at="2026-11-01T00:00:00Z")
        ),
    }
    for sentence, these in refused.items():
        assert sentence in refusal(Bundle.from_files, these)


def before_versions(catalogue="2.0"):
    """Makes a manifest one of format 2: features by name alone, in one version of the catalogue."""
    return lambda plain: (
        plain.update(format=2, features=list(plain["features"])),
        plain["facts"].update(catalogue=catalogue),
    )


def test_a_bundle_of_format_2_reads_version_1_of_all_and_is_refused_by_name(bundle):
    sentence = refusal(Bundle.from_files, rewritten(bundle, before_versions()))
    assert sentence.startswith("The bundle reads version 1 of the feature engagement_rate, but this Assay")


def test_a_bundle_of_format_2_whose_features_had_other_meanings(bundle):
    sentence = refusal(Bundle.from_files, rewritten(bundle, before_versions("1.0")))
    assert sentence == "The bundle reads catalogue 1.0, whose features had other meanings than those of 2.0."


def test_features_are_named_as_the_format_does(bundle):
    named = rewritten(bundle, lambda plain: plain.update(features=list(plain["features"])))
    assert "does not name its features" in refusal(Bundle.from_files, named)
    versioned = rewritten(bundle, lambda plain: plain.update(format=2))
    assert "does not name its features" in refusal(Bundle.from_files, versioned)


def with_features(change):
    def changed(plain):
        plain["features"] = change(plain["features"])

    return changed


def test_a_feature_of_another_version_is_refused_by_name(bundle):
    old = rewritten(bundle, with_features(lambda own: own | {"likes_gini": 7}))
    assert refusal(Bundle.from_files, old) == (
        "The bundle reads version 7 of the feature likes_gini, but this Assay derives version 1."
    )


def test_a_feature_that_is_gone_is_refused_by_name(bundle):
    names = with_features(
        lambda own: {"no_such_feature" if n == "likes_gini" else n: v for n, v in own.items()}
    )
    assert refusal(Bundle.from_files, rewritten(bundle, names)) == (
        "The bundle reads the feature no_such_feature, which this Assay does not derive."
    )


def test_it_takes_its_own_columns_in_its_own_order(bundle, more_crowd):
    features = more_crowd.features
    more = features.iloc[:, ::-1].assign(another=1.0)
    assert bundle.columns_read(features) is features
    assert bundle.columns_read(more).equals(features)
    with pytest.raises(NoUsableModel, match="reads likes_gini, which was not given"):
        bundle.columns_read(more.drop(columns="likes_gini"))


def scored(plain):
    """The first golden account in which a signal is heard."""
    return next(one for one in plain["golden"] if one["suspicion"] is not None)


CHANGES = {
    "another key": lambda plain: plain.update(surprise=1),
    "a missing part": lambda plain: plain.pop("calibrations"),
    "a missing fact": lambda plain: plain["facts"].pop("alpha"),
    "a number as text": lambda plain: plain["facts"].update(alpha="0.01"),
    "a missing signal": lambda plain: plain["calibrations"].pop("likes"),
    "another signal": lambda plain: plain["calibrations"].update(shares=plain["calibrations"]["likes"]),
    "a missing label": lambda plain: plain["label_calibrations"].pop("inflated"),
    "a falling calibration": lambda plain: plain["calibrations"]["likes"]["pooled"].update(a=-1.0),
    "no number": lambda plain: plain["facts"].update(alpha=float("nan")),
    "a short golden account": lambda plain: plain["golden"][0]["values"].pop(),
    "another file listed": lambda plain: plain["files"].update({"../x": "0"}),
    "a version as text": lambda plain: plain["features"].update(likes_gini="1"),
    "features in another order": lambda plain: plain.update(
        features=dict(reversed(plain["features"].items()))
    ),
    "a golden answer changed": lambda plain: plain["golden"][0]["probabilities"].update(inflated=0.123),
    "a golden account made strange": lambda plain: plain["golden"][0].update(strange=["profile", "posts"]),
    "a golden suspicion changed": lambda plain: scored(plain).update(suspicion=0.123),
    "a golden suspicion taken away": lambda plain: scored(plain).update(suspicion=None),
    "a golden account elsewhere": lambda plain: scored(plain).update(level="none"),
    "labels' calibrations changed": lambda plain: (
        plain["label_calibrations"]["automated"]["pooled"].update(a=9.0),
        plain["label_calibrations"]["automated"].update(by_level={}),
    ),
}


@pytest.mark.parametrize("change", CHANGES.values(), ids=CHANGES)
def test_a_manifest_that_does_not_fit(bundle, change):
    assert "bundle" in refusal(Bundle.from_files, rewritten(bundle, change))


def test_a_manifest_that_is_no_object(bundle):
    refusal(Bundle.from_files, {**bundle.files, MANIFEST: b"[]"})


TABLES = ("tails_parquet", "levels_parquet", "peers_parquet", "strangeness_parquet")


@pytest.mark.parametrize("name", TABLES)
def test_a_table_of_another_shape(bundle, name):
    other = io.BytesIO()
    pl.DataFrame({"level": ["x"]}).write_parquet(other)
    assert "cannot be read" in refusal(Bundle.from_files, forged(bundle, **{name: other.getvalue()}))


@pytest.mark.parametrize("name", TABLES)
def test_a_table_that_is_no_parquet(bundle, name):
    assert "cannot be read" in refusal(Bundle.from_files, forged(bundle, **{name: b"PAR1 nothing PAR1"}))


@pytest.mark.parametrize("content", [b"", b"{", b"[]", b'{"likes": {"heads": [], "widening": 0}}'])
def test_amounts_that_cannot_be_read(bundle, content):
    assert "cannot be read" in refusal(Bundle.from_files, forged(bundle, amounts_json=content))


def test_tails_of_other_accounts_are_noticed(bundle):
    """They fit their place in every way; only the golden accounts tell."""
    others = {
        key: replace(tail, scale=tail.scale * 2) for key, tail in bundle.signal_models.tails.by_cell.items()
    }
    moved = {
        key: replace(tail, quantiles=tuple(1.0 + np.array(tail.quantiles))) for key, tail in others.items()
    }
    forgery = forged(bundle, tails_parquet=Tails(moved).to_bytes())
    assert "golden accounts" in refusal(Bundle.from_files, forgery)


def test_a_model_of_other_features(bundle):
    other = bundle.scorers["likes"].text.replace("likes_gini", "likes_genie")
    assert "likes reads features" in refusal(Bundle.from_files, forged(bundle, likes_txt=other.encode()))


def test_peers_of_other_features(bundle):
    peers = replace(bundle.peers, features=(*bundle.peers.features[:-1], "other"))
    assert "same features" in refusal(Bundle.from_files, forged(bundle, peers_parquet=peers.to_bytes()))


def test_a_model_with_one_changed_digit(bundle):
    text = bundle.scorers["likes"].text
    start = text.index("leaf_value=") + len("leaf_value=")
    end = text.index("\n", start)
    leaves = " ".join("0.25" for _ in text[start:end].split())
    assert text[start:end] != leaves
    other = text[:start] + leaves + text[end:]
    # LightGBM reads it without a word when its sizes still fit; the golden accounts notice.
    sizes = re.sub(r"tree_sizes=.*\n", "", other)
    assert Scorer(sizes).features == bundle.scorers["likes"].features
    assert "golden accounts" in refusal(Bundle.from_files, forged(bundle, likes_txt=sizes.encode()))


def test_a_child_tells_the_bundle_s_name(bundle, saved):
    name = try_in_child(saved)
    assert name == bundle.sha256
    assert load(saved, expected=name).sha256 == name


def test_a_child_hands_on_the_refusal(saved):
    (saved / "levels.parquet").write_bytes(b"")
    assert refusal(try_in_child, saved) == refusal(load, saved)


def test_a_model_that_ends_the_process_ends_only_the_child(bundle, tmp_path):
    folder = tmp_path / "deadly"
    folder.mkdir()
    for name, content in forged(bundle, likes_txt=bundle.files["likes.txt"][:3_000]).items():
        (folder / name).write_bytes(content)
    verify(folder)
    assert "ended its process" in refusal(try_in_child, folder)


def test_a_child_that_takes_too_long(saved):
    assert "within 0.01 seconds" in refusal(try_in_child, saved, longest_seconds=0.01)


@pytest.mark.skipif(sys.platform == "win32", reason="there is no bound of processor time on Windows")
def test_a_child_that_takes_too_much_processor_time(saved, tmp_path, monkeypatch):
    endless = tmp_path / "endless.py"
    endless.write_text("while True:\n    pass\n")
    monkeypatch.setattr("detector.bundle.files_in_use", lambda: [SimpleNamespace(path=endless)])
    assert "within 1 seconds of processor time" in refusal(try_in_child, saved, processor_seconds=1)


def test_a_bundle_replaces_a_bundle_and_leaves_nothing_beside(bundle, saved):
    renamed = replace(bundle.manifest, facts=replace(bundle.facts, version="2"))
    other = Bundle.from_files({**bundle.files, MANIFEST: renamed.to_bytes()})
    save(other, saved)
    assert verify(saved).facts.version == "2"
    assert os.listdir(saved.parent) == ["bundle"]


def test_a_bundle_of_another_format_is_replaced(bundle, tmp_path):
    """What an older Assay promoted is no obstacle to what a newer one does."""
    folder = tmp_path / "champion"
    folder.mkdir()
    (folder / "inflated.txt").write_text("tree")
    (folder / "manifest.json").write_text(json.dumps({"format": 1, "files": {"inflated.txt": "0" * 64}}))
    save(bundle, folder)
    assert load(folder).sha256 == bundle.sha256 and not (folder / "inflated.txt").exists()


def test_nothing_but_a_bundle_is_replaced(bundle, tmp_path):
    (tmp_path / "thesis.txt").write_text("years of work")
    with pytest.raises(WrongUsage, match="something else"):
        save(bundle, tmp_path)
    (tmp_path / "file").write_text("")
    with pytest.raises(WrongUsage, match="something else"):
        save(bundle, tmp_path / "file")
    assert (tmp_path / "thesis.txt").read_text() == "years of work"


def test_a_failed_write_leaves_the_old_bundle(bundle, saved):
    broken = replace(bundle, files={**bundle.files, "inner/x": b""})
    with pytest.raises(FileNotFoundError):
        save(broken, saved)
    assert load(saved).sha256 == bundle.sha256
    assert os.listdir(saved.parent) == ["bundle"]


def test_a_manifest_reads_back_to_the_same_bits(bundle):
    content = bundle.files[MANIFEST]
    read = Manifest.from_bytes(content).with_created(bundle.files[CREATED])
    assert read == bundle.manifest
    assert Manifest.from_bytes(content).to_bytes() == content


def test_the_starter_s_place_is_inside_the_package():
    assert starter_path().parent.name == "detector"
