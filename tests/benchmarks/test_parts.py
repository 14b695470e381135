"""The runner keeps every task, resumes, refuses by name, and opens sealed accounts once."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from accounts.errors import NoUsableModel, WrongUsage
from benchmarks.quality import parts
from benchmarks.quality.harness.benchmarked_model import benchmarked_detector, model_folder, use_model
from benchmarks.quality.harness.measuring import Reporter, measure_part
from benchmarks.quality.harness.part import WHOLE, Part, Result, Task
from benchmarks.quality.harness.registry import chosen_names, registered_parts
from benchmarks.quality.harness.stored_results import ModelId, StoredResults, as_json, result_key
from detector.bundle import starter_path
from training.datasets.base import PublicSet

MODEL = ModelId("2026", "ab" * 32)
SET = PublicSet("tiny", {"tiny/accounts.csv": "0" * 64}, "made up", "none", "nowhere")


class Counting:
    """A measurement that counts how often it was made."""

    def __init__(self, fails: type[BaseException] | None = None) -> None:
        self.calls, self.fails = 0, fails

    def __call__(self, progress: Callable[[str, float], None]) -> Result:
        self.calls += 1
        progress("measuring", 0.5)
        if self.fails:
            raise self.fails
        return {"auc": 0.9, "calls": self.calls}


def page(result: Result) -> str:
    return f"measured: {', '.join(result['tasks'])}"


def refuse(_: object) -> Result:
    SET.read(Path("nowhere"), "tiny/accounts.csv")
    raise AssertionError


def part_of(**tasks: Task) -> Part:
    return Part("Made up", tasks, page)


def test_an_interrupted_run_resumes_after_the_last_set(tmp_path: Path) -> None:
    first, second = Counting(), Counting(KeyboardInterrupt)
    part = part_of(a=Task(first), b=Task(second))
    with pytest.raises(KeyboardInterrupt):
        measure_part("tiny", part, MODEL, results=tmp_path)
    second.fails = None
    results = measure_part("tiny", part, MODEL, results=tmp_path)
    assert (first.calls, second.calls) == (1, 2)
    assert list(results.content["tasks"]) == ["a", "b"]


def test_again_measures_what_is_kept(tmp_path: Path) -> None:
    one = Counting()
    part = part_of(a=Task(one))
    measure_part("tiny", part, MODEL, results=tmp_path)
    measure_part("tiny", part, MODEL, results=tmp_path, again=True)
    assert one.calls == 2


@pytest.mark.parametrize("change", ["model", "file", "settings", "task"])
def test_what_rests_on_something_else_is_measured_anew(tmp_path: Path, change: str) -> None:
    one = Counting()
    part, model = part_of(a=Task(one, (SET,))), MODEL
    measure_part("tiny", part, model, results=tmp_path)
    if change == "model":
        model = ModelId("2027", "cd" * 32)
    elif change == "file":
        part = part_of(a=Task(one, (replace(SET, files={"tiny/accounts.csv": "1" * 64}),)))
    elif change == "settings":
        part = replace(part, settings={"folds": 5})
    else:
        part = part_of(a=Task(one, (SET,), settings={"repeats": 2}))
    measure_part("tiny", part, model, results=tmp_path)
    assert one.calls == 2


def test_figures_that_are_not_of_the_starter_outlive_it() -> None:
    part = replace(part_of(a=Task(Counting())), uses_starter=False)
    assert result_key(part.tasks["a"], part, MODEL) == result_key(
        part.tasks["a"], part, ModelId("2027", "cd" * 32)
    )


def test_a_set_that_is_missing_is_refused_in_one_sentence_and_the_others_run(tmp_path: Path) -> None:
    heard: list[str] = []
    part = part_of(bad=Task(refuse, (SET,)), good=Task(Counting()))
    results = measure_part("tiny", part, MODEL, results=tmp_path, reporter=Reporter(warn=heard.append))
    wanted = "tiny/accounts.csv: must be in ASSAY_DATA. It is missing; see docs/data.md."
    assert heard == [f"bad is left out: {wanted}"]
    assert results.refused == {"bad": wanted}
    assert list(results.content["tasks"]) == ["good"]


def test_a_set_that_came_is_no_longer_refused(tmp_path: Path) -> None:
    measure_part("tiny", part_of(a=Task(refuse, (SET,))), MODEL, results=tmp_path)
    results = measure_part("tiny", part_of(a=Task(Counting(), (SET,))), MODEL, results=tmp_path)
    assert not results.refused
    assert results.content["tasks"]["a"]["result"]["auc"] == 0.9


def test_sealed_accounts_are_opened_only_when_asked_and_once(tmp_path: Path) -> None:
    look = Counting()
    part = part_of(a=Task(Counting(), measure_hold_out=look))
    measure_part("tiny", part, MODEL, results=tmp_path)
    assert look.calls == 0
    for _ in range(2):
        results = measure_part("tiny", part, MODEL, results=tmp_path, hold_out=True, again=True)
    assert look.calls == 1
    assert [one["task"] for one in results.content["looks"]] == ["a"]


def test_every_look_stays_in_the_log(tmp_path: Path) -> None:
    part = part_of(a=Task(Counting(), measure_hold_out=Counting()))
    measure_part("tiny", part, MODEL, results=tmp_path, hold_out=True)
    results = measure_part("tiny", part, ModelId("2027", "cd" * 32), results=tmp_path, hold_out=True)
    assert [one["model"]["version"] for one in results.content["looks"]] == ["2026", "2027"]


def test_progress_runs_from_nothing_to_all(tmp_path: Path) -> None:
    heard: list[tuple[str, float]] = []
    part = part_of(a=Task(Counting()), b=Task(Counting()))
    measure_part(
        "tiny", part, MODEL, results=tmp_path, reporter=Reporter(lambda *report: heard.append(report))
    )
    shares = [share for _, share in heard]
    assert shares == sorted(shares)
    assert shares == [0.0, 0.25, 0.5, 0.75]
    assert heard[-1][0] == "tiny b: measuring"


def test_a_part_in_one_piece_gives_its_page_its_own_figures(tmp_path: Path) -> None:
    part = part_of(**{WHOLE: Task(Counting())})
    results = measure_part("tiny", part, MODEL, results=tmp_path)
    assert results.for_page(in_one_piece=part.in_one_piece) == {"auc": 0.9, "calls": 1}


def test_tasks_that_are_gone_are_forgotten_and_looks_are_not(tmp_path: Path) -> None:
    measure_part(
        "tiny", part_of(a=Task(Counting(), measure_hold_out=Counting()), b=Task(Counting())), MODEL,
        results=tmp_path, hold_out=True,
    )  # fmt: skip
    results = measure_part("tiny", part_of(b=Task(Counting(), (SET,))), MODEL, results=tmp_path)
    assert list(results.content["tasks"]) == ["b"]
    assert results.content["looks"]


def test_the_file_is_whole_after_every_task(tmp_path: Path) -> None:
    def check(_: object) -> Result:
        return {"seen": list(json.loads((tmp_path / "tiny.json").read_text())["tasks"])}

    results = measure_part("tiny", part_of(a=Task(Counting()), b=Task(check)), MODEL, results=tmp_path)
    assert results.content["tasks"]["b"]["result"] == {"seen": ["a"]}
    assert [path.name for path in tmp_path.iterdir()] == ["tiny.json"]


def test_a_file_that_was_cut_off_is_begun_anew(tmp_path: Path) -> None:
    (tmp_path / "tiny.json").write_text('{"tasks": {"a"')
    assert StoredResults.read(tmp_path / "tiny.json").content["tasks"] == {}


def test_another_model_is_asked_until_the_starter_is_again(tmp_path: Path) -> None:
    use_model(tmp_path)
    with pytest.raises(NoUsableModel, match=r"no manifest\.json"):
        benchmarked_detector()
    use_model(None)
    assert model_folder() == starter_path()


def test_every_module_of_a_part_is_registered() -> None:
    modules = {path.stem for path in Path(parts.__path__[0]).glob("*.py")} - {"__init__", "__main__"}
    assert set(registered_parts()) == modules


def test_no_two_parts_have_one_title() -> None:
    titles = [part.title for part in registered_parts().values()]
    assert len(set(titles)) == len(titles)


def test_what_is_kept_is_json() -> None:
    assert json.loads(json.dumps(as_json({"a": float("inf"), "b": [True, None]}))) == {
        "a": None,
        "b": [True, None],
    }


def test_an_unknown_part_is_named() -> None:
    with pytest.raises(WrongUsage, match=r"^speed is no part of the benchmark. There are: tiny.$"):
        chosen_names(["speed"], {"tiny": part_of()})
