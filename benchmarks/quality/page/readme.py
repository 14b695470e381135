"""The figures that README.md quotes, written from the stored results."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from types import MappingProxyType
from typing import Any, Final

from benchmarks.quality.harness.part import Result
from benchmarks.quality.measurements.honest_kinds import FULL
from benchmarks.quality.page.markdown import auc_of_suspicion, number, rate, rate_interval, share, table
from training.metrics import ACCUSING

__all__ = ["BEGINS", "ENDS", "with_figures"]

BEGINS: Final = "<!-- Figures: written by python -m benchmarks.quality.parts --write-page -->"
ENDS: Final = "<!-- End of the figures -->"

ORGANIC: Final[Mapping[str, str]] = MappingProxyType({
    "github_followers_top": "GitHub, most followed",
    "github_stars": "GitHub repositories' stars",
    "github_followers_spain": "GitHub, Spain",
    "vtuber_tw_twitch": "VTubers, Twitch",
    "vtuber_tw_youtube": "VTubers, YouTube",
    "youtube_channels": "YouTube channels",
    "youtube_trending": "YouTube trending",
    "instafake_posts": "small Instagram accounts",
    "influencers_br": "press and politics, Instagram",
    "tiktok_vn": "TikTok, posts",
    "tiktok_profiles": "TikTok, profiles",
    "x_vaccine_posts": "X, posts on vaccines",
    "x_two_presidents": "X, two presidents",
})  # fmt: skip

ADDED: Final = (
    ("followers doubled in 7 days", "followers", 1, 7),
    ("fourfold in 7 days", "followers", 3, 7),
    ("fourfold in 30 days", "followers", 3, 30),
    ("likes +100 %", "likes", 1, 1),
    ("likes +300 %", "likes", 3, 1),
    ("views +300 %", "views", 3, 1),
    ("a package, all +300 % in 3 days", "package", 3, 3),
)

LABELLED: Final[Mapping[str, str]] = MappingProxyType({
    "instafake_fake": "Instagram fake followers (instafake)",
    "kaggle_instagram": "Instagram profiles (Kaggle)",
    "cresci2015": "Twitter bought followers (Cresci 2015)",
    "bot_or_not_30": "X in two days, English (BotOrNot 30)",
    "bot_or_not_31": "X in two days, French (BotOrNot 31)",
    "starscout": "GitHub stars by month (StarScout)",
    "starscout, 500 stars or more": "the same, 500 stars or more",
    "purba2020": "Instagram, four classes (Purba 2020)",
    "instafake_automated": "Instagram automation, means over posts (instafake)",
    "gilani2017": "Twitter bots, aggregates (Gilani 2017)",
    "cresci2017_tweets": "Twitter, one tweet in fifty (Cresci 2017)",
})  # fmt: skip


def with_figures(readme: str, found: Mapping[str, Result | None], report: Mapping[str, Any]) -> str:
    """The text with the figures between its two marks written anew.

    Parameters
    ----------
    readme
        The text; one without marks stays what it is.
    found
        What each part of the benchmark found, by name; a table of a part that is None is left out.
    report
        The starter's evaluation on the test part of the accounts that it was trained with.
    """
    before, begins, rest = readme.partition(BEGINS)
    _, ends, after = rest.partition(ENDS)
    if not (begins and ends):
        return readme
    return "\n\n".join([before + begins, *sections(found, report), ends + after])


def sections(found: Mapping[str, Result | None], report: Mapping[str, Any]) -> Iterator[str]:
    """The sections, each with its heading."""
    if real := found.get("real_injected"):
        yield f"### Real accounts\n\n{organic_section(real)}"
        yield injected_section(real["tasks"])
    if public := found.get("zero_shot"):
        yield f"### Public sets, none of them trained on\n\n{labelled_table(public)}"
    yield f"### Simulated accounts and accounts made by hand\n\n{simulated_list(found, report)}"


def organic_section(result: Mapping[str, Any]) -> str:
    """Untouched organic accounts: how many are accused of all, and by set."""
    whole = {
        part: [one["as_found"]["everything"] for one in result[part].values()] for part in ("tasks", "sealed")
    }
    counts = {
        part: " of ".join(f"{sum(one['accused'][key] for one in every):,}" for key in ("k", "n"))
        for part, every in whole.items()
    }
    rows = []
    for name, title in ORGANIC.items():
        if name in result["tasks"]:
            one, sealed = result["tasks"][name]["as_found"]["everything"], result["sealed"].get(name)
            rows.append((
                title, rate(one["accused"]),
                rate(sealed["as_found"]["everything"]["accused"]) if sealed else "",
                *(share(one[label]["rate"], 0) for label in ("authentic", "review", "insufficient")),
            ))  # fmt: skip
    titles = ("set", "accused", "accused, sealed accounts", "authentic", "review", "insufficient")
    text = (
        "All are organic or presumed so, and every accusation is counted as false: "
        f"{counts['tasks']} are accused"
        + (f", and {counts['sealed']} sealed ones" if whole["sealed"] else "")
    )
    return f"{text}.\n\n{table(titles, rows)}"


def injected_section(tasks: Mapping[str, Any]) -> str:
    """What was added to them: the area under the curve and the share accused, by set."""
    rows = []
    for name, title in ORGANIC.items():
        cells = {
            (one["way"], one["dose"], one["days"]): one for one in tasks.get(name, {}).get("injected", ())
        }
        if cells:
            rows.append((title, *(_seen(cells.get((way, dose, days))) for _, way, dose, days in ADDED)))
    text = (
        "Put into the same accounts: the area under the curve against the untouched ones, and who is accused."
    )
    return f"{text}\n\n{table(('set', *(about for about, *_ in ADDED)), rows)}"


def _seen(cell: Mapping[str, Any] | None) -> str:
    return f"{number(cell['auc']['value'], 2)}, {share(cell['accused']['rate'], 0)}" if cell else ""


def labelled_table(result: Mapping[str, Any]) -> str:
    """Labelled public sets."""
    rows = []
    for name, title in LABELLED.items():
        if name in result["tasks"]:
            one, sealed = result["tasks"][name], result["sealed"].get(name)
            labels = one["labels"]["positives"]
            rows.append((
                title, f"{one['accounts']:,}",
                auc_of_suspicion(one), auc_of_suspicion(sealed) if sealed else "",
                number(one["figures"]["one number auc"]["value"]),
                share(one["far"]["rate"]), share(one["recall"]["rate"], 0),
                share(labels["authentic"] / sum(labels.values()), 0),
            ))  # fmt: skip
    titles = (
        "set", "accounts", "AUC [95 %]", "AUC, sealed accounts", "best single number, chosen with the labels",
        "accused falsely", "fakes accused", "fakes cleared",
    )  # fmt: skip
    return table(titles, rows)


def simulated_list(found: Mapping[str, Result | None], report: Mapping[str, Any]) -> str:
    """A sentence for each population that is simulated or made by hand."""
    recall = report["recall"]
    lines = [
        f"its own test split: {rate(report['false_accusations']['all'])} of the authentic are accused,"
        f" {rate(recall['all'])} of the fakes, with whatever evidence they come, and"
        f" {rate(recall['strength band: over 200 %'])} of those with more than 200 % added"
    ]
    if natural := found.get("natural"):
        for regime, one in natural["regimes"].items():
            lines.append(
                f"{one['accounts']:,} fresh accounts, honest events as rare as on real curves, parameters of"
                f" the {regime} regime: {rate(one['far'])} are accused falsely; of honest ones {FULL}"
                f" {rate_interval(one['labels'][FULL]['authentic'], 0)} are `authentic`"
                f" and {rate_interval(one['labels'][FULL]['review'], 0)} `review`"
            )
    if kinds := found.get("honest_kinds"):
        for regime, one in kinds.items():
            worst = sorted(one.items(), key=lambda item: -(item[1]["full"]["rate"] or 0.0))[:3]
            named = ", ".join(f"`{name}` {share(kind['full']['rate'], 0)}" for name, kind in worst)
            lines.append(f"honest kinds in full number, {regime} regime: the worst are {named}")
    if forty := found.get("forty"):
        honest = list(forty["honest"].values())
        accused = sum(labels.get(name, 0) for labels in honest for name in ACCUSING)
        lines.append(
            f"{len(honest)} kinds of honest creators made by hand: {accused} of"
            f" {sum(sum(labels.values()) for labels in honest):,} are accused"
        )
    return "\n".join(f"- {line[0].upper()}{line[1:]}." for line in lines)
