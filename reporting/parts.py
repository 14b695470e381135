"""Six parts of an account: audience, growth, engagement, comments, posting, profile."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final, Literal, TypeAlias

from detector.decision import signal_suspicion
from detector.labels import YardstickOutcome
from detector.verdict import SignalReading, Verdict
from detector.yardsticks import YardstickReading
from reporting.estimates import Added, KeyNumber, added_of
from reporting.evidence import Evidence
from reporting.figures import Figure, FigureRange, read_figure, read_range
from reporting.numbers import Numbers
from reporting.reasons import ReasonText
from reporting.rows import RowTable, row_table
from reporting.wording import BLOCK_ROWS, SIGNAL_NAMES, as_sentence

__all__ = ["PARTS", "Part", "PartContents", "PartSignal", "PartState", "PartYardstick", "parts_of"]

PartState: TypeAlias = Literal["in", "out", "far out", "not seen"]

PARTS: Final[Mapping[str, tuple[str, str, tuple[str, ...]]]] = MappingProxyType({
    "audience": ("Audience", "audience", ("audience",)),
    "growth": ("Growth", "history", ("followers_flow",)),
    "engagement": ("Engagement", "posts", ("followers_stock", "likes", "views", "inflation")),
    "comments": ("Comments", "comments", ("comments",)),
    "posting": ("Posting", "posts", ("rhythm",)),
    "profile": ("Profile", "profile", ("fake_account",)),
})  # fmt: skip
"""By name of the part its title, the block of evidence that shows it, and its signals."""

STATE_NAMES: Final[Mapping[PartState, str]] = MappingProxyType({
    "in": "as usual", "out": "unusual", "far out": "far from usual", "not seen": "not seen",
})  # fmt: skip

UNUSUAL_PLACE: Final = 40.0
"""On the one scale: about 1 in 20 authentic accounts stands lower by one signal."""

YARDSTICK_TITLES: Final[Mapping[str, str]] = MappingProxyType({
    "engagement": "Engagement rate", "constant_likes": "How much likes differ",
    "equal_likes": "Posts with equal likes",
    "more_likes_than_views": "Posts liked more than seen", "likes_for_views": "Likes for views",
    "constant_views": "How much views differ", "equal_views": "Posts with equal views",
    "posts_in_two_groups": "Posts in two groups",
    "comments_for_likes": "Comments for likes", "sponsored_posts": "Likes of sponsored posts",
    "likes_in_a_block": "Likes that came in a block",
    "jump": "Fastest ten days", "growth_in_a_month": "Fastest month",
    "round_steps": "Gains in whole thousands",
    "loss_at_once": "Largest loss at once", "one_text_by_many": "One text by many",
    "praise_for_anything": "Praise for anything", "same_people": "The same people",
    "same_people_first": "The same people first", "lopsided_audience": "Followers who follow far more",
    "mass_following_audience": "Followers who follow over 1,500",
    "empty_audience": "Followers without a post",
    "made_to_follow": "Follows far more than follow it", "without_pause": "Posts without a pause",
    "by_the_clock": "Posts by the clock",
})  # fmt: skip

POSTING_YARDSTICKS: Final = frozenset({"without_pause", "by_the_clock"})


@dataclass(frozen=True, kw_only=True)
class PartSignal:
    """What one kind of evidence says.

    Attributes
    ----------
    name, title
        The signal.
    place
        Where it alone would put the account on the one scale.
    over
        Whether it is over the line for flagging.
    rarity
        How rare so strong a signal is among authentic accounts, in words.
    probability, p_value
        For whoever wants them.
    """

    name: str
    title: str
    place: float
    over: bool
    rarity: str
    probability: float
    p_value: float


@dataclass(frozen=True, kw_only=True)
class PartYardstick:
    """Where the account lies on one of an expert's yardsticks.

    Attributes
    ----------
    name, title
        The yardstick.
    outcome
        in, out or far out.
    value, usual
        In the reader's locale.
    figure, usual_figures
        The same as numbers, for a chart; None where they could not be read.
    sentence, source
        All of it in words, and who published the figure.
    rows
        The account's own rows that show it.
    """

    name: str
    title: str
    outcome: YardstickOutcome
    value: str
    usual: str
    figure: Figure | None
    usual_figures: FigureRange | None
    sentence: str
    source: str
    rows: RowTable


@dataclass(frozen=True, kw_only=True)
class Part:
    """One part of an account.

    Attributes
    ----------
    name, title
        Which.
    state, state_name
        in, out, far out or not seen; and in words.
    headline
        The part in one sentence: its first reason, its yardstick furthest out, or that nothing is unusual.
    signals, yardsticks
        What the models and what experts' rules say of it.
    reasons, in_favour
        The verdict's reasons that belong to it.
    added
        How much was added to its counts, where that is known.
    numbers
        The numbers about it, also where nothing is wrong.
    seen, missing
        What was seen of it, and what was not; sentences, empty where there is nothing to say.
    """

    name: str
    title: str
    state: PartState
    state_name: str
    headline: str
    signals: tuple[PartSignal, ...]
    yardsticks: tuple[PartYardstick, ...]
    reasons: tuple[ReasonText, ...]
    in_favour: tuple[ReasonText, ...]
    added: tuple[Added, ...]
    numbers: tuple[KeyNumber, ...]
    seen: str
    missing: str


@dataclass(frozen=True, kw_only=True)
class PartContents:
    """Reasons and key numbers of the whole account, which :func:`parts_of` sorts into its parts."""

    reasons: Sequence[ReasonText]
    in_favour: Sequence[ReasonText]
    known: Sequence[KeyNumber]


def parts_of(
    verdict: Verdict, evidence: Evidence | None, contents: PartContents, numbers: Numbers
) -> tuple[Part, ...]:
    """All six parts, in order."""
    signals = _signals(verdict, numbers)
    return tuple(_part(name, verdict, evidence, contents, signals, numbers) for name in PARTS)


def _part(  # noqa: PLR0913, PLR0917 - one row of the table of parts
    name: str,
    verdict: Verdict,
    evidence: Evidence | None,
    contents: PartContents,
    signals: Mapping[str, PartSignal],
    numbers: Numbers,
) -> Part:
    title, block, own = PARTS[name]
    here = tuple(signals[one] for one in own if one in signals)
    yardsticks = tuple(
        _yardstick(one, numbers) for one in verdict.yardsticks if part_of_yardstick(one) == name
    )
    against = tuple(one for one in contents.reasons if one.part == name)
    seen = verdict.evidence.blocks.get(block)
    present = bool(seen and seen.present)
    state = _state(present, here, yardsticks)
    if state == "in" and any(_moved_unusually(one, signals) for one in against):
        state = "out"
    if name == "posting" and (not present or _untimed(evidence)) and not any(one.over for one in here):
        state = "not seen"
    over = [one for one in verdict.signals if one.name in own]
    return Part(
        name=name, title=title, state=state, state_name=STATE_NAMES[state],
        headline=_headline(state, against, yardsticks, title),
        signals=here, yardsticks=yardsticks, reasons=against,
        in_favour=tuple(one for one in contents.in_favour if one.part == name), added=added_of(over, numbers),
        numbers=tuple(one for one in contents.known if one.part == name),
        seen=_seen(block, seen.n, numbers) if seen and present else "",
        missing=_missing(name, block, present, evidence),
    )  # fmt: skip


def part_of_yardstick(one: YardstickReading) -> str:
    """The part that a yardstick belongs to."""
    if one.name in POSTING_YARDSTICKS:
        return "posting"
    return next((name for name, (_, _, own) in PARTS.items() if one.signal in own), "profile")


def _signals(verdict: Verdict, numbers: Numbers) -> dict[str, PartSignal]:
    # Verdicts of before signals had weights do not say how suspicious each was.
    equal = signal_suspicion([[one.p_value for one in verdict.signals]])[0] if verdict.signals else []
    return {
        one.name: _signal(one, 100.0 * (1.0 - (alone if one.suspicion is None else one.suspicion)), numbers)
        for one, alone in zip(verdict.signals, map(float, equal), strict=True)
    }


def _signal(one: SignalReading, place: float, numbers: Numbers) -> PartSignal:
    return PartSignal(
        name=one.name, title=SIGNAL_NAMES.get(one.name, one.name), place=place, over=one.over,
        rarity=f"{numbers.in_how_many(one.p_value)} authentic accounts", probability=one.probability,
        p_value=one.p_value,
    )  # fmt: skip


def _yardstick(one: YardstickReading, numbers: Numbers) -> PartYardstick:
    figure, usual = read_figure(one.value), read_range(one.usual)
    return PartYardstick(
        name=one.name, title=YARDSTICK_TITLES.get(one.name, one.name.replace("_", " ")), outcome=one.outcome,
        value=figure.written(numbers) if figure else one.value,
        usual=usual.written(numbers) if usual else one.usual,
        figure=figure, usual_figures=usual, sentence=as_sentence(one.sentence), source=one.source,
        rows=row_table(one.rows, numbers),
    )  # fmt: skip


def _state(present: bool, signals: Sequence[PartSignal], yardsticks: Sequence[PartYardstick]) -> PartState:
    outcomes = {one.outcome for one in yardsticks}
    if YardstickOutcome.FAR_OUT in outcomes or any(one.over for one in signals):
        return "far out"
    if YardstickOutcome.OUT in outcomes or any(one.place < UNUSUAL_PLACE for one in signals):
        return "out"
    return "in" if present or signals or yardsticks else "not seen"


def _moved_unusually(reason: ReasonText, signals: Mapping[str, PartSignal]) -> bool:
    """Whether a number outside of what is usual moved a signal that is unusual, whichever part that is of."""
    signal = signals.get(reason.signal)
    return reason.outside and signal is not None and (signal.over or signal.place < UNUSUAL_PLACE)


def _headline(
    state: PartState, reasons: Sequence[ReasonText], yardsticks: Sequence[PartYardstick], title: str
) -> str:
    if state == "not seen":
        return "Nothing of it was sent, or too little."
    outside = next((one.sentence for one in reasons if one.outside), None)
    if state == "in":
        return "Nothing unusual." if outside is None else f"As usual on the whole, but for this: {outside}"
    sentences = (
        *(one.sentence for one in reasons if one.outside),
        *(one.sentence for one in yardsticks if one.outcome is not YardstickOutcome.IN),
        *(one.sentence for one in reasons),
    )
    return sentences[0] if sentences else f"{title} stands out by its numbers together, and by none alone."


def _seen(block: str, rows: int, numbers: Numbers) -> str:
    single, several = BLOCK_ROWS[block]
    return f"{numbers.count(rows)} {single if rows == 1 else several}"


def _untimed(evidence: Evidence | None) -> bool:
    """Whether the evidence is at hand, and no post in it has a time of day."""
    return evidence is not None and not any(post.published_at for post in evidence.posts)


def _missing(name: str, block: str, present: bool, evidence: Evidence | None) -> str:
    if not present:
        return f"{BLOCK_ROWS[block][1]} (none, or too few)"
    if block != "posts" or evidence is None:
        return ""
    if name == "posting":
        return "times of day of its posts" if _untimed(evidence) else ""
    absent = [
        name
        for name in ("likes", "comments", "views")
        if all(getattr(p, name) is None for p in evidence.posts)
    ]
    return f"{' and '.join(absent)} of its posts" if absent else ""
