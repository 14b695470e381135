"""Models by their hash and one pointer, whoever writes at the same time and whenever it is killed."""

import json
import os
import shutil
import signal
import subprocess
import sys
import time
from dataclasses import replace
from threading import Thread

import pytest

from accounts.errors import NoUsableModel
from detector import folder as folder_module
from detector import model_store as module
from detector.bundle import Bundle, load, save
from detector.locate import open_detector
from detector.manifest import MANIFEST
from detector.model_store import Champion, ModelStore


def called(bundle, version):
    """The same bundle under another version, and so with another sha256."""
    manifest = replace(bundle.manifest, facts=replace(bundle.facts, version=version))
    return Bundle.from_files({**bundle.files, MANIFEST: manifest.to_bytes()})


@pytest.fixture
def models(tmp_path):
    return ModelStore(tmp_path / "home")


@pytest.fixture
def second_bundle(bundle):
    return called(bundle, "another")


def names(folder):
    return sorted(os.listdir(folder))


def crown(models, bundle):
    models.make_champion(models.add(bundle).name)


def test_a_model_is_one_folder_however_often_it_is_added(models, bundle):
    inode = models.add(bundle).stat().st_ino
    assert models.add(bundle).stat().st_ino == inode
    assert names(models.path) == [bundle.sha256]
    assert load(models.find(bundle.sha256)).files == bundle.files


def test_a_model_that_was_changed_is_not_found_and_can_be_added_again(models, bundle):
    (models.add(bundle) / MANIFEST).write_text("{}")
    assert models.find(bundle.sha256) is None
    models.add(bundle)
    assert load(models.find(bundle.sha256)).sha256 == bundle.sha256
    assert names(models.path) == [bundle.sha256]


def test_the_pointer_names_the_champion_and_the_one_before(models, bundle, second_bundle):
    assert models.champion() is models.champion_folder() is None and not models.has_champion
    crown(models, bundle)
    assert models.champion() == Champion(bundle.sha256)
    for _ in range(2):  # once more is no change
        crown(models, second_bundle)
        assert models.champion() == Champion(second_bundle.sha256, bundle.sha256)
    models.make_champion(bundle.sha256)
    assert json.loads(models.pointer.read_text()) == {
        "sha256": bundle.sha256,
        "previous": second_bundle.sha256,
    }
    assert names(models.home) == ["champion.json", "models"] and models.has_champion


@pytest.mark.parametrize(
    "content",
    ["", "[]", "{}", '{"sha256": 7}', '{"sha256": "../x"}', json.dumps({"sha256": "0" * 64, "by": "Jo"})],
)
def test_a_damaged_pointer_is_refused_until_a_model_is_promoted(models, bundle, content):
    models.home.mkdir()
    models.pointer.write_text(content)
    with pytest.raises(NoUsableModel, match=r"^champion\.json is damaged: .*\.$"):
        models.champion()
    with pytest.raises(NoUsableModel, match="damaged"):
        open_detector(None, models.home)
    crown(models, bundle)
    assert models.champion() == Champion(bundle.sha256)


def test_a_pointer_to_a_model_that_is_gone_says_which(models, bundle):
    crown(models, bundle)
    shutil.rmtree(models.folder_of(bundle.sha256))
    with pytest.raises(NoUsableModel, match=f"names the model {bundle.sha256}, which is not in "):
        models.champion_folder()


@pytest.fixture
def old(models, bundle, second_bundle):
    """The home of an older Assay: two bundles by name."""
    save(bundle, models.home / "champion")
    save(second_bundle, models.home / "champion-before")
    return models


def is_taken_over(models, bundle, second_bundle):
    return (
        models.champion() == Champion(bundle.sha256, second_bundle.sha256)
        and names(models.home) == ["champion.json", "models"]
        and names(models.path) == sorted([bundle.sha256, second_bundle.sha256])
    )


def test_an_old_home_is_taken_over_by_the_first_reader(old, bundle, second_bundle):
    assert old.has_champion
    assert open_detector(None, old.home).bundle.sha256 == bundle.sha256
    assert is_taken_over(old, bundle, second_bundle)


def test_an_old_home_is_taken_over_before_a_replay_and_a_promotion(old, bundle, second_bundle):
    assert load(old.find(second_bundle.sha256)).sha256 == second_bundle.sha256
    assert is_taken_over(old, bundle, second_bundle)


def test_a_promotion_into_an_old_home_keeps_what_was_there(old, bundle):
    third = called(bundle, "third")
    crown(old, third)
    assert old.champion() == Champion(third.sha256, bundle.sha256)
    assert len(names(old.path)) == 3


def test_an_old_home_without_a_champion_before(models, bundle):
    save(bundle, models.home / "champion")
    assert models.champion() == Champion(bundle.sha256)


def test_an_old_champion_of_another_format_is_kept_as_it_is_and_refused_by_its_own_reason(models, bundle):
    folder = models.home / "champion"
    folder.mkdir(parents=True)
    (folder / MANIFEST).write_text(json.dumps({"format": 1, "files": {}}))
    with pytest.raises(NoUsableModel, match="is of format 1"):
        open_detector(None, models.home)
    crown(models, bundle)
    assert open_detector(None, models.home).bundle.sha256 == bundle.sha256


def test_an_old_champion_that_is_no_bundle_is_refused_and_left(models, bundle):
    (models.home / "champion").mkdir(parents=True)
    (models.home / "champion" / "thesis.txt").write_text("years of work")
    with pytest.raises(NoUsableModel, match=r"has no manifest\.json"):
        open_detector(None, models.home)
    crown(models, bundle)
    assert models.champion() == Champion(bundle.sha256)
    assert names(models.home / "champion") == ["thesis.txt"]


class Killed(BaseException):
    pass


@pytest.fixture
def killing():
    """Ends what runs before its nth change of the disk; the clean-up after it is not prevented."""

    def at(number):
        left = iter(range(number))

        def before(step):
            def wrapped(*arguments, **more):
                if next(left, None) is None:
                    raise Killed
                return step(*arguments, **more)

            return wrapped

        patch = pytest.MonkeyPatch()
        patch.setattr(folder_module, "write_synced", before(folder_module.write_synced))
        patch.setattr(folder_module, "give_name", before(folder_module.give_name))
        patch.setattr(folder_module.os, "replace", before(os.replace))
        patch.setattr(folder_module.os, "link", before(os.link))
        patch.setattr(module.shutil, "rmtree", before(shutil.rmtree))
        return patch

    return at


def test_a_take_over_that_is_ended_at_any_step_is_done_by_the_next(
    old, bundle, second_bundle, killing, tmp_path
):
    """Every step of it, until none is left."""
    for number in range(200):
        home = ModelStore(tmp_path / f"copy{number}")
        shutil.copytree(old.home, home.home)
        patch = killing(number)
        try:
            home.take_over()
        except Killed:
            patch.undo()
            assert open_detector(None, home.home).bundle.sha256 == bundle.sha256
            assert home.champion() == Champion(bundle.sha256, second_bundle.sha256)
            continue
        finally:
            patch.undo()
        assert is_taken_over(home, bundle, second_bundle)
        assert number > 2 * len(bundle.files)
        return
    pytest.fail("it never ended")


PROMOTING = """
import sys
from pathlib import Path
from detector.bundle import load
from detector.model_store import ModelStore

bundle, models = load(sys.argv[2]), ModelStore(Path(sys.argv[1]))
print("ready", flush=True)
sys.stdin.readline()
for _ in range(int(sys.argv[3])):
    models.make_champion(models.add(bundle).name)
"""


def promoting(home, folder, times):
    """A process that promotes a bundle so many times once it gets a line."""
    command = [sys.executable, "-P", "-c", PROMOTING, str(home), str(folder), str(times)]
    process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    assert process.stdout.readline() == "ready\n"
    return process


def test_processes_that_promote_at_once_leave_one_whole_champion(models, bundle, second_bundle, tmp_path):
    for name, one in (("one", bundle), ("other", second_bundle)):
        save(one, tmp_path / name)
    processes = [promoting(models.home, tmp_path / name, 50) for name in ("one", "other", "one")]
    for process in processes:
        process.stdin.write("go\n")
        process.stdin.flush()
    seen = set()
    while any(process.poll() is None for process in processes):
        if models.pointer.exists():
            seen.add(load(models.champion_folder()).sha256)
    for process in processes:
        process.communicate()
        assert process.returncode == 0
    assert seen <= {bundle.sha256, second_bundle.sha256}
    assert load(models.champion_folder()).sha256 == models.champion().sha256
    assert names(models.path) == sorted([bundle.sha256, second_bundle.sha256])
    assert names(models.home) == ["champion.json", "models"]


def test_a_process_that_is_killed_leaves_a_usable_home(models, bundle, second_bundle, tmp_path):
    crown(models, bundle)
    save(second_bundle, tmp_path / "other")
    for number in (0, 3, 9):
        shutil.rmtree(models.folder_of(second_bundle.sha256), ignore_errors=True)
        models.make_champion(bundle.sha256)
        process = promoting(models.home, tmp_path / "other", 1)
        process.stdin.write("go\n")
        process.stdin.flush()
        time.sleep(0.002 * number)
        process.send_signal(signal.SIGKILL)
        process.communicate()
        assert load(models.champion_folder()).sha256 == models.champion().sha256
    crown(models, second_bundle)
    assert load(models.champion_folder()).sha256 == second_bundle.sha256


def test_two_that_take_over_at_once_agree(old, bundle, second_bundle):
    threads = [Thread(target=old.champion) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert is_taken_over(old, bundle, second_bundle)
