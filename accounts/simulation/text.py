"""Texts in made-up languages: usernames, captions, and comments by fans, vendors, spammers and models."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from typing import NamedTuple

import numpy as np

from accounts.simulation.parameters import Floats, Ints
from accounts.simulation.word_lists import (
    ADJECTIVES,
    COMMON,
    EFFECTS,
    EMOJI,
    FLUENT,
    GENERIC,
    NOUNS,
    PATTERNS,
    SPAM,
    SYLLABLES,
    TEMPLATES,
    VERBS,
)

__all__ = [
    "STYLES",
    "Language",
    "TextSupply",
    "captions",
    "fan_texts",
    "fluent_texts",
    "language",
    "phrase_texts",
    "repeat_lines",
    "spam_texts",
    "template_texts",
    "usernames",
]

STYLES = ("plain", "praise", "emoji", "mention", "question", "long")
VOCABULARY_SIZE = 1600
ZIPF_CELLS = 1 << 15  # cells of the table that approximates Zipf's law


class TextSupply(NamedTuple):
    """The source of a vendor's texts: its seed, the regime's phrases, and whether it writes English only.

    Other vendors write in the customer's language.
    """

    seed: int
    phrase_set: str
    english: bool = True


@dataclass(frozen=True)
class Language:
    """A made-up language.

    Attributes
    ----------
    words
        Its words, the most frequent first.
    table
        Positions in ``words``; a uniform draw from it follows Zipf's law.
    praise
        Stock phrases of praise.
    joint
        The separator of words.
    prose
        About 3,000 words of text.
    """

    words: tuple[str, ...]
    table: Ints
    praise: tuple[str, ...]
    joint: str
    prose: str


@cache
def language(name: str, vocabulary: int) -> Language:
    """Build a language; ``vocabulary`` seeds the made-up words, so that regimes differ.

    >>> language("es", 1).words[:3], len(language("ja", 1).words)
    (('que', 'de', 'la'), 1600)
    """
    script, common, praise = COMMON[name]
    rng = np.random.default_rng((vocabulary, list(COMMON).index(name)))
    syllables = SYLLABLES[script]
    words = dict.fromkeys(common)
    while len(words) < VOCABULARY_SIZE:
        parts = rng.integers(0, len(syllables), 2 + int(rng.integers(0, 3)))
        words["".join(syllables[part] for part in parts)] = None
    weights = 1.0 / (np.arange(1, VOCABULARY_SIZE + 1) + 2.7) ** 1.05
    table = np.searchsorted(np.cumsum(weights / weights.sum()), (np.arange(ZIPF_CELLS) + 0.5) / ZIPF_CELLS)
    joint, listed = "" if script == "kana" else " ", list(words)
    prose = joint.join(listed[at] for at in table[rng.integers(0, ZIPF_CELLS, 3000)].tolist())
    return Language(tuple(listed), table, praise, joint, prose)


def _draw_sentences(rng: np.random.Generator, speech: Language, lengths: Ints, topic: Ints) -> list[str]:
    """Draw word sequences of given lengths; one word in six is one of the topic's."""
    draws = rng.integers(0, 6 * ZIPF_CELLS, int(lengths.sum()))
    positions = np.where(draws < ZIPF_CELLS, topic[draws % len(topic)], speech.table[draws % ZIPF_CELLS])
    words = [speech.words[word] for word in positions.tolist()]
    ends = np.cumsum(lengths).tolist()
    join = speech.joint.join
    return [join(words[begin:end]) for begin, end in zip([0, *ends], ends, strict=False)]


@cache
def topic_words(topic: int) -> Ints:
    """Positions of the forty words that a topic favours.

    >>> len(topic_words(7))
    40
    """
    return np.asarray(30 + (topic * 97 + np.arange(40) * 31) % (VOCABULARY_SIZE - 30))


@cache
def _name_stock() -> list[str]:
    """A stock of usernames of three or four syllables, some with a separator."""
    rng, syllables = np.random.default_rng(14), SYLLABLES["latin"][:40]
    parts, joints = rng.integers(0, 40, (ZIPF_CELLS, 4)).tolist(), rng.integers(0, 6, ZIPF_CELLS).tolist()
    return [
        syllables[a]
        + syllables[b]
        + {1: "_", 2: "."}.get(joint, "")
        + syllables[c]
        + (syllables[d] if joint > 1 else "")
        for (a, b, c, d), joint in zip(parts, joints, strict=True)
    ]


@cache
def _emoji_stock() -> list[str]:
    """A stock of runs of one to five emoji, often one emoji repeated, a few far more frequent than others."""
    rng = np.random.default_rng(15)
    which = np.minimum(rng.geometric(0.12, (4096, 2)) - 1, len(EMOJI) - 1).tolist()
    runs = np.minimum(rng.geometric(0.45, (4096, 2)), 5).tolist()
    return [
        EMOJI[a] * n + (EMOJI[b] * m if m > 2 else "") for (a, b), (n, m) in zip(which, runs, strict=True)
    ]


def usernames(
    rng: np.random.Generator,
    count: int,
    digits: Floats | float = 0.25,
    run: Floats | float = 4.5,
    numbered: Floats | None = None,
) -> list[str]:
    """Draw usernames; ``digits`` is the probability to end in a number, of at most ``run`` digits.

    If ``numbered`` is not 0 the name is "user" and a number.

    >>> usernames(np.random.default_rng(0), 1, 0.0)[0].isalnum()
    True
    """
    names, draws = _name_stock(), rng.random((3, count))
    tails = np.where(draws[1] < digits, 10 ** (0.5 + (run - 0.5) * draws[2]), 0.0).astype(int).tolist()
    positions = (draws[0] * ZIPF_CELLS).astype(int).tolist()
    handles = [
        names[at] + str(tail) if tail else names[at] for at, tail in zip(positions, tails, strict=True)
    ]
    if numbered is not None:
        for at in np.flatnonzero(numbered).tolist():
            handles[at] = f"user{tails[at]}"
    return handles


def _draw_emoji(rng: np.random.Generator, count: int) -> list[str]:
    stock = _emoji_stock()
    return [stock[at] for at in (rng.random(count) * len(stock)).astype(int).tolist()]


def fan_texts(
    rng: np.random.Generator, speech: Language, count: int, styles: Floats, topic: int
) -> list[str]:
    """Draw honest comments: mostly words of the language, some stock praise, emoji and mentions.

    ``styles`` are the odds of :data:`STYLES`.

    >>> odds = np.array([0.0, 1.0, 0.0, 0.0, 0.0, 0.0])
    >>> texts = fan_texts(np.random.default_rng(0), language("de", 1), 3, odds, topic=0)
    >>> all(text.startswith(language("de", 1).praise) for text in texts)
    True
    """
    style = np.searchsorted(np.cumsum(styles / styles.sum())[:-1], rng.random(count))
    own = np.array([5.0, 0.0, 0.0, 0.8, 6.0, 20.0])[style]
    lengths = np.where((style == 1) | (style == 2), 0, 1 + rng.poisson(own * rng.gamma(3.0, 0.33, count)))
    texts = _draw_sentences(rng, speech, lengths, topic_words(topic))
    decorated = (rng.random(count) < 0.25) & (style != 2)
    emoji = _draw_emoji(rng, int((decorated | (style == 2)).sum()))
    friends = usernames(rng, int((style == 3).sum()))
    praise = rng.integers(0, len(speech.praise), int((style == 1).sum())).tolist()
    for at in np.flatnonzero((style > 0) & (style < 5)).tolist():
        sort = style[at]
        if sort == 1:
            texts[at] = speech.praise[praise.pop()]
        elif sort == 2:
            texts[at] = emoji.pop()
        elif sort == 3:
            texts[at] = f"@{friends.pop()} {texts[at]}" if lengths[at] > 1 else f"@{friends.pop()}"
        else:
            texts[at] += "?"
    for at in np.flatnonzero(decorated).tolist():
        texts[at] += f" {emoji.pop()}"
    return texts


def _sample_lines(vendor: np.random.Generator, stock: Sequence[str], least: int) -> list[str]:
    """Draw the lines of a stock that one vendor uses, at least ``least``."""
    order = vendor.permutation(len(stock))[: int(vendor.integers(least, len(stock)))]
    return [stock[line] for line in order]


def template_texts(rng: np.random.Generator, speech: Language, count: int, supply: TextSupply) -> list[str]:
    """Draw comments from a vendor's templates: few sentences with interchangeable words.

    >>> english = language("en", 1)
    >>> len(set(template_texts(np.random.default_rng(0), english, 300, TextSupply(3, "a")))) < 250
    True
    """
    vendor = np.random.default_rng((supply.seed, 5))
    lines = _sample_lines(vendor, (TEMPLATES if supply.english else PATTERNS)[supply.phrase_set], 4)
    reach, first = int(vendor.integers(3, len(NOUNS))), int(vendor.integers(20, 300))
    praise, nouns = ADJECTIVES[:reach], NOUNS[:reach]
    if not supply.english:
        lines = [line.replace(" ", speech.joint) for line in lines]
        praise, nouns = speech.praise[:reach], speech.words[first : first + reach]
    return [
        lines[a % len(lines)].format(adj=praise[b % len(praise)], noun=nouns[c % reach], emo=EMOJI[d % reach])
        for a, b, c, d in rng.integers(0, 1 << 20, (count, 4)).tolist()
    ]


def phrase_texts(rng: np.random.Generator, speech: Language, count: int, supply: TextSupply) -> list[str]:
    """Draw comments from a vendor's list of three to twelve stock phrases: "Nice!", "Great post".

    >>> texts = phrase_texts(np.random.default_rng(0), language("en", 1), 200, TextSupply(3, "a"))
    >>> len(set(texts)) <= 12
    True
    """
    vendor = np.random.default_rng((supply.seed, 9))
    praise = GENERIC[supply.phrase_set] if supply.english else speech.praise
    marks = vendor.integers(0, 4, 12).tolist()
    stock = [
        line[0].upper() + line[1:] + ("", "!", "!!", " " + EMOJI[mark])[mark]
        for line, mark in zip(
            _sample_lines(vendor, praise, min(3, len(praise) - 1))[:12], marks, strict=False
        )
    ]
    return [stock[at % len(stock)] for at in rng.integers(0, 1 << 20, count).tolist()]


def fluent_texts(
    rng: np.random.Generator, speech: Language, count: int, supply: TextSupply, topic: int
) -> list[str]:
    """Draw comments as of a language model: whole sentences of even length about the post's topic."""
    vendor, stock = np.random.default_rng((supply.seed, 7)), FLUENT[supply.phrase_set]
    if supply.english:
        lines = _sample_lines(vendor, stock, 5)
    else:
        lines = [_draw_frame(vendor, speech) for _ in range(int(vendor.integers(5, len(stock))))]
    words = [speech.words[word] for word in topic_words(topic)[:24].tolist()]
    return [
        lines[a % len(lines)].format(
            verb=VERBS[b % len(VERBS)],
            topic=speech.joint.join((words[c % 24], words[(c // 24) % 24])),
            effect=EFFECTS[d % len(EFFECTS)],
            adj=ADJECTIVES[e % len(ADJECTIVES)],
            praise=speech.praise[e % len(speech.praise)],
        )
        for a, b, c, d, e in rng.integers(0, 1 << 20, (count, 5)).tolist()
    ]


def _draw_frame(vendor: np.random.Generator, speech: Language) -> str:
    """Draw a vendor's sentence frame: common words with slots for the topic and for praise."""
    common = [
        speech.words[at] for at in speech.table[vendor.integers(0, ZIPF_CELLS, int(vendor.integers(5, 10)))]
    ]
    for slot in ("{topic}", "{praise}"):
        common.insert(int(vendor.integers(0, len(common) + 1)), slot)
    return speech.joint.join(common) + ".!"[int(vendor.integers(0, 2))]


def spam_texts(rng: np.random.Generator, count: int) -> list[str]:
    """Draw spam: advertisements of other accounts, without relation to the post.

    >>> len(spam_texts(np.random.default_rng(0), 3))
    3
    """
    names = usernames(rng, count)
    return [
        SPAM[at].format(name)
        for at, name in zip(rng.integers(0, len(SPAM), count).tolist(), names, strict=True)
    ]


def captions(rng: np.random.Generator, speech: Language, count: int, topic: int, words: float) -> list[str]:
    """Draw captions of about ``words`` words; some are empty."""
    lengths = np.where(rng.random(count) < 0.08, 0, 1 + rng.poisson(words * rng.gamma(1.5, 0.67, count)))
    return _draw_sentences(rng, speech, lengths, topic_words(topic))


def repeat_lines(
    rng: np.random.Generator, written: list[str], stock: Sequence[str], share: float
) -> list[str]:
    """Put lines of a stock in place of a share of the texts: tag lines under posts, chants under a video.

    >>> repeat_lines(np.random.default_rng(0), ["one", "two", "three"], ["again"], 1.0)
    ['again', 'again', 'again']
    """
    repeated = (rng.random(len(written)) < share).tolist()
    which = rng.integers(0, max(len(stock), 1), len(written)).tolist()
    return [
        stock[at] if again and stock else text
        for text, again, at in zip(written, repeated, which, strict=True)
    ]
