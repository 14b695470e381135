"""The starter's model card, from its manifest, its test report, and the benchmark's stored results."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final

from benchmarks.quality.harness.part import Result
from benchmarks.quality.page.breaches import breaches
from benchmarks.quality.page.markdown import auc_of_suspicion, interval, rate, rate_interval, share, table
from benchmarks.quality.populations.labelled_sets import IN_VIEW
from detector.comments.model import TRAINED_ON
from detector.manifest import Manifest, sha256
from detector.signals import SIGNALS

__all__ = ["card"]

FAIRNESS: Final = ("platform", "tier", "language")
ALL_GROUPS: Final = (*FAIRNESS, "event", "person", "level")
WORST: Final = 8
AT_LEAST: Final = 50
MANY_CLEARED: Final = 0.25

HEAD: Final = """\
# Model card: the starter detector

Generated from the bundle's manifest, `benchmarks/quality/starter.json` and `benchmarks/quality/results/` by
`python -m benchmarks.quality.parts --write-page`; change neither by hand. All figures with their methods:
[quality](quality.md)."""

INTENDED: Final = """\
## Intended use

- Vetting teams screen creators before a contract: the verdict says what to look at, and a person decides.
- Platforms call it for many accounts at once, and data scientists take it as the first champion to beat.
- Before it promises anything about *your* creators, recalibrate it on authentic accounts of yours.

**Not intended**: as the only ground of a decision about a person; as proof of what anyone did or meant;
for accounts of kinds that nobody calibrated on; to compare two people's honesty by their scores. It
reports *signals consistent with* inflated or automated engagement. Whoever is flagged can ask for the
reasons, which name the posts, comments and days they rest on, and contest them; every verdict can be made
again from its document and its model."""

LIMITS: Final = """\
## Limits

- {trained}: what nobody simulated, it has not seen. Bought likes and views alone are hard to see, and
  weak inflation (under 25 %) is often not told from luck.
- The promise holds for each evidence level by itself, for authentic accounts like those calibrated on
  ({calibrated}), and not for whoever screens several subsets of one account.
- A profile alone can speak of automation and never of bought engagement; with little evidence most
  accounts come out `insufficient`, which is not a finding.
- Texts of simulated comments carry repetition, length, timing and authorship, not meaning. Language,
  country and script are never signals.
- `authentic` means no signs of the *simulated* schemes. {cleared}
- Kinds of honest people or events that training did not hold are accused more often than promised, and some
  schemes that it did not hold are cleared: see "Never seen" in [quality](quality.md).
- A flagged account may be a victim: of a bot attack, or of a seller who delivers to others as cover."""

UNKNOWN: Final = """\
## What is not known

- The false-accusation rate on real creators with posts, comments *and* growth of which it is known what
  was bought: nobody publishes such accounts. Real sets cover parts of it, most of them small accounts.
- How well suspicions agree with the truth where labels are themselves suspicions (`starscout`) or a
  collector's judgement (`instafake_*`, `kaggle_instagram`).
- Accounts of over 500,000 followers on real data: 60 that were listed on TikTok, 8 on X and 2 on YouTube are
  all there are, none of them labelled. Of TikTok and Twitch there are organic accounts and no labelled ones;
  of networks other than these and Instagram and GitHub there is nothing.
- How often cheating occurs among an employer's candidates. Without that no verdict is a probability of guilt.
- How sellers will change what they deliver."""


def card(manifest: Manifest, report: Mapping[str, Any], found: Mapping[str, Result | None]) -> str:
    """The card as Markdown.

    Parameters
    ----------
    manifest
        Of the starter.
    report
        Its evaluation on the test part of the accounts that it was trained with.
    found
        What each part of the benchmark found, by name; None where it was not measured.
    """
    facts = manifest.facts
    trained = f"Trained on {training_sets(facts.trained_on)}"
    sections = [
        HEAD, model_facts(manifest), INTENDED,
        LIMITS.format(trained=trained, calibrated=facts.calibrated_on, cleared=positives_cleared(found)),
        figures_on_simulated(report), figures_on_real(found), fairness(report, found),
        UNKNOWN,
    ]  # fmt: skip
    return "\n\n".join(filter(None, sections)) + "\n"


def training_sets(names: Sequence[str]) -> str:
    """The sets that a model was trained on, accounts and comments apart.

    >>> training_sets(["simulated", "github_stars", "scamspot"])
    'accounts (simulated, github_stars) and comments (simulated, scamspot)'
    """
    accounts = [name for name in names if name not in TRAINED_ON]
    comments = ["simulated", *(name for name in names if name in TRAINED_ON)]
    return f"accounts ({', '.join(accounts)}) and comments ({', '.join(comments)})"


def model_facts(manifest: Manifest) -> str:
    """The facts of the model: version, training, promise."""
    facts, training = manifest.facts, manifest.facts.training
    size = f"{training['scorer']['trees']} trees of {training['scorer']['leaves']} leaves"
    names = ", ".join(f"`{signal.name}`" for signal in SIGNALS)
    promise = (
        f"at each evidence level at most {share(facts.alpha, 0)} of authentic accounts are accused, "
        f"with {share(facts.confidence, 0)} confidence"
    )
    reads = f"{len(manifest.features)} features of catalogue {facts.catalogue}"
    rows = [
        ("version", facts.version),
        ("sha256 of its manifest", f"`{sha256(manifest.to_bytes())}`"),
        ("made", f"{facts.created_at[:10]}, `make starter` makes it again"),
        ("signals", f"{names}: a LightGBM head each, {size}, monotone in declared directions"),
        ("reads", reads),
        ("trained on", training_sets(facts.trained_on)),
        ("simulated accounts", f"{training['accounts']:,}, seed {training['seed']}"),
        ("calibrated on", f"{facts.calibrated_on} accounts that neither heads nor calibration saw"),
        ("promise", promise),
        ("answers", "`inflated`, `automated`, `authentic`, `review` or `insufficient`, with reasons"),
        ("licence", "Apache-2.0; no row of a public set is in it"),
    ]  # fmt: skip
    return "## The model\n\n" + table(("", ""), rows)


def figures_on_simulated(report: Mapping[str, Any]) -> str:
    """Figures on simulated accounts of its own test part."""
    rows = [
        (one["head"], one["evidence"], f"{one['accounts']:,}", interval(one["auc"]), interval(one["brier"]))
        for one in report["heads"]
    ]
    everyone, fakes = report["false_accusations"]["all"], report["recall"]["all"]
    text = f"Falsely accused: {rate(everyone)}. Accused among the fakes: {rate(fakes)}."
    heading = "## On simulated accounts that no part of it was fitted on"
    labels = table(("label", "evidence", "accounts", "AUC", "Brier"), rows)
    own = [
        (f"`{one['signal']}`", f"{one['accounts']:,}", f"{one['positives']:,}", interval(one["auc"]))
        for one in report.get("signals", ())
    ]
    signals = table(("signal", "accounts", "of its kind", "AUC, its kind against authentic"), own)
    return "\n\n".join([heading, text, labels, *([signals] if own else [])])


def figures_on_real(found: Mapping[str, Result | None]) -> str:
    """Zero-shot figures on real accounts, the sealed ones where they were opened."""
    result = found.get("zero_shot")
    if not result:
        return ""
    part = "sealed" if result["sealed"] else "tasks"
    about = "Sealed accounts" if result["sealed"] else "Development accounts"
    rows = [
        (
            name, f"`{one['signal']}`", f"{one['accounts']:,}", auc_of_suspicion(one),
            rate(one["far"]), rate(one["recall"]), label_share(one, "positives", "authentic"),
            label_share(one, "authentic", "review"), "no" if name in IN_VIEW else "yes",
        )
        for name, one in result[part].items()
    ]  # fmt: skip
    titles = (
        "set", "signal", "accounts", "AUC", "falsely accused", "recall", "positives cleared",
        "authentic sent to review", "strictly zero-shot",
    )  # fmt: skip
    text = (
        f"{about} at the starter's own thresholds. Sets that were in view while simulator or training "
        "were set up are not strictly zero-shot ([which](quality.md)). Where *no signal is heard*, "
        "what the set holds serves none of the starter's signals: nobody is judged, and nothing was measured."
    )
    parts = [text, table(titles, rows)]
    if broken := breaches(result["tasks"]):
        parts.append(f"Development accounts: {broken}")
    if result["sealed"] and (broken := breaches(result["sealed"])):
        parts.append(f"Sealed accounts: {broken}")
    return "## On real accounts, never trained on\n\n" + "\n\n".join(filter(None, parts))


def label_share(one: Mapping[str, Any], who: str, label: str) -> str:
    """The share of the authentic or of the positives that get a label."""
    counts = one["labels"][who]
    return share(counts[label] / sum(counts.values()), 0)


def positives_cleared(found: Mapping[str, Result | None]) -> str:
    """On which real sets many of the positives are cleared."""
    result = found.get("zero_shot") or {}
    shares = {
        name: one["labels"]["positives"]["authentic"] / sum(one["labels"]["positives"].values())
        for name, one in result.get("tasks", {}).items()
    }
    many = [f"`{name}` {share(value, 0)}" for name, value in shares.items() if value >= MANY_CLEARED]
    return f"Of the bots and fakes of real sets it cleared many: {', '.join(many)}." if many else ""


def fairness(report: Mapping[str, Any], found: Mapping[str, Result | None]) -> str:
    """False accusations by all that is known of accounts, the groups that fare worst first."""
    rates = report["false_accusations"]
    promise = found.get("promise") or {}
    shipped = promise.get("tasks", {}).get("simulated", {}).get("shipped")
    parts = [
        "## Fairness",
        *(fairness_on_fresh_accounts(shipped) if shipped else fairness_on_test_split(rates)),
    ]
    return "\n\n".join(parts)


def fairness_on_fresh_accounts(shipped: Mapping[str, Any]) -> Iterator[str]:
    """Rates among accounts simulated for the benchmark alone, in both regimes of parameters."""
    train, test = shipped["train"], shipped["test"]
    yield (
        f"Freshly simulated accounts, the worst first: {train['accounts']:,} with the parameters trained on, "
        f"{test['accounts']:,} with other parameters of the same generator. All: falsely accused "
        f"{rate(train['all']['false_accusations'])}; with the other parameters "
        f"{rate(test['all']['false_accusations'])}."
    )
    for kind in ALL_GROUPS:
        other = {one["group"]: one for one in test["groups"][kind]}

        def highest(one: Mapping[str, Any], other: Mapping[str, Any] = other) -> float:
            both = (one, other.get(one["group"], one))
            return -max(side["false_accusations"]["rate"] or 0.0 for side in both)

        known = [one for one in train["groups"][kind] if one["false_accusations"]["n"] >= AT_LEAST]
        ranked = sorted(known, key=highest)[: None if kind in FAIRNESS else WORST]
        rows = [
            (
                one["group"], rate(one["false_accusations"]), rate_interval(one["recall"]),
                rate(other[one["group"]]["false_accusations"]) if one["group"] in other else "",
            )
            for one in ranked
        ]  # fmt: skip
        yield table((kind, "falsely accused", "recall", "other parameters: falsely accused"), rows)


def fairness_on_test_split(rates: Mapping[str, Any]) -> Iterator[str]:
    """False accusations among the few accounts of the starter's own test split, by group."""
    yield f"Simulated accounts of the test part, the worst first. All: falsely accused {rate(rates['all'])}."
    for kind in FAIRNESS:
        rows = [(name.partition(": ")[2], one) for name, one in worst_groups(rates, kind)]
        yield table((kind, "falsely accused"), rows) if rows else f"By {kind}: not measured."


def worst_groups(rates: Mapping[str, Any], *kinds: str) -> Iterator[tuple[str, str]]:
    """The groups of some kinds, by their rate and then by how little is known of them."""
    found = [(name, one) for name, one in rates.items() if name.partition(": ")[0] in kinds]
    for name, one in sorted(found, key=lambda item: (-(item[1]["rate"] or 0), -item[1]["high"], item[0])):
        yield name, rate(one)
