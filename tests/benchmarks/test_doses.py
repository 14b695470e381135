"""The benchmarks on accounts made by hand say what was found, and find what is there."""

from __future__ import annotations

from types import SimpleNamespace

import pytest

from benchmarks.quality import expert
from benchmarks.quality.handmade.cases import CASES
from benchmarks.quality.handmade.honest_ways import HONEST_WAYS
from benchmarks.quality.handmade.verdict_summary import screen_documents, summarise
from benchmarks.quality.handmade.ways import all_series
from benchmarks.quality.measurements import doses, forty
from benchmarks.quality.parts import doses as doses_part
from benchmarks.quality.parts import forty as forty_part
from detector.labels import Explain, Label

SOME = [one for one in all_series() if one.way.name in {"views", "pod"} and one.platform == "youtube"]


def quiet(doing: str, share: float) -> None:
    """No bar."""


@pytest.fixture(scope="module")
def dose_responses(detector):
    return doses.evaluate(detector, SOME, quiet)


def test_each_series_has_a_suspicion_and_a_label_for_each_dose(dose_responses):
    assert len(dose_responses["series"]) == len(SOME)
    for one, series in zip(dose_responses["series"], SOME, strict=True):
        assert one["way"] == series.way.name
        assert len(one["suspicion"]) == len(one["labels"]) == len(one["doses"]) == len(series.way.doses)


def test_a_series_alone_answers_as_among_others(detector, dose_responses):
    assert doses.evaluate(detector, SOME[-1:], quiet)["series"] == dose_responses["series"][-1:]


@pytest.mark.parametrize(
    ("suspicion", "fell"),
    [([0.1, 0.1, 0.9], 0.0), ([0.5, 0.4, 0.45], 0.1), ([0.2, None], 0.2), ([0.3, 0.29, 0.28, 0.27], 0.03)],
)
def test_a_fall_is_measured_from_the_highest_before(suspicion, fell):
    assert doses.largest_fall(suspicion) == pytest.approx(fell)


def test_the_page_counts_what_falls():
    series = {"way": "views", "platform": "x", "tier": "micro", "evidence": "posts", "doses": [1, 2]}
    stand = {"labels": ["review", "inflated"], "withheld": [False, False]}
    up, down = (stand | {"suspicion": each} for each in ([0.1, 0.9], [0.9, 0.1]))
    tasks = {"accounts made by hand": {"series": [series | up, series | down]}}
    text = doses_part.page({"tasks": tasks, "refused": {"real accounts": "there is no such file."}})
    assert "2 series. In 1 of them" in text
    assert "`real accounts` was not measured: there is no such file." in text
    assert "| views | posts | 2 | 1 | .50 .50 | 2 review | 2 inflated |" in text


def test_the_forty_stand_beside_the_expert(detector, monkeypatch):
    monkeypatch.setattr(forty, "HONEST_WAYS", [*HONEST_WAYS][:2])
    result = forty.evaluate(detector)
    assert [row["account_id"] for row in result["accounts"]] == [case.name for case in CASES]
    text = forty_part.page(result)
    assert "Of 20 honest ones" in text
    assert all(case.says in text for case in CASES)


@pytest.mark.parametrize(
    ("expert_says", "label", "compared"),
    [
        (Label.AUTHENTIC, Label.REVIEW, "holds back"),
        (Label.AUTHENTIC, Label.AUTOMATED, "wrong"),
        (Label.INFLATED, Label.INSUFFICIENT, "holds back"),
        (Label.INFLATED, Label.AUTHENTIC, "wrong"),
        (Label.INSUFFICIENT, Label.AUTHENTIC, "wrong"),
        (Label.AUTOMATED, Label.AUTOMATED, "agrees"),
    ],
)
def test_to_clear_a_fake_and_to_accuse_somebody_honest_is_wrong(expert_says, label, compared):
    assert forty.compare(expert_says, label) == compared


def test_signals_and_yardsticks_are_read_where_a_verdict_has_them(detector):
    verdict = screen_documents(detector, [CASES[0].document], Explain.NONE)[0]
    plain = summarise(verdict)
    assert plain.account_id == CASES[0].name
    assert plain.sentence is None
    verdict_double = SimpleNamespace(
        account_id="a",
        label=Label.INFLATED,
        suspicion=0.9,
        reasons=verdict.reasons,
        signals=(SimpleNamespace(name="likes", over=True), SimpleNamespace(name="views", over=False)),
        yardsticks=(
            SimpleNamespace(name="engagement", outcome="far out"),
            SimpleNamespace(name="equal_likes", outcome="in"),
        ),
    )
    seen = summarise(verdict_double)
    assert (seen.signals, seen.far_out) == (("likes",), ("engagement",))


def test_a_folder_of_cases_is_screened_file_by_file(detector, tmp_path):
    document = '{"account_id": "%s", "platform": "x", "as_of": "2026-11-01T00:00:00Z"}\n'
    (tmp_path / "b.jsonl").write_text(document % "second")
    (tmp_path / "a.jsonl").write_text(document % "first")
    (tmp_path / "c.txt").write_text("no account")
    rows = list(expert.screen_folder(detector, tmp_path))
    assert [(name, seen.account_id, seen.label) for name, seen in rows] == [
        ("a.jsonl", "first", "insufficient"),
        ("b.jsonl", "second", "insufficient"),
    ]
