"""Comments as numbers: the same alone and together, the same in every spelling, nothing across texts."""

from __future__ import annotations

import numpy as np
import polars as pl
import pytest

from detector.comments.encoding import BUCKETS, NUMBERS, READINGS, encode

TEXTS = ["Nice pic!!", "", "a", "🔥🔥", "что это было", "見た", "check out my page 123", "@ana 3:20 lol"]


def buckets_of(texts: list[str], at: int, reading: str) -> list[int]:
    encoded = encode(pl.Series(texts))
    starts = [*encoded.readings[reading][1].tolist(), len(encoded.readings[reading][0])]
    inside = slice(starts[at], starts[at + 1])
    return [bucket for found in encoded.buckets(reading) for bucket in found[inside].tolist() if bucket]


@pytest.mark.parametrize("reading", READINGS)
@pytest.mark.parametrize("at", range(len(TEXTS)))
def test_a_text_has_the_same_n_grams_alone_and_among_others(reading: str, at: int) -> None:
    assert buckets_of(TEXTS, at, reading) == buckets_of([TEXTS[at]], 0, reading)


@pytest.mark.parametrize("reading", READINGS)
def test_windows_are_counted(reading: str) -> None:
    counted = encode(pl.Series(TEXTS)).windows(reading).tolist()
    assert counted == [len(buckets_of(TEXTS, at, reading)) for at in range(len(TEXTS))]


def test_a_short_text_has_its_windows_and_no_others() -> None:
    # "\nab\n": three windows of two, two of three, one of four.
    assert len(buckets_of(["ab"], 0, "written")) == 6


@pytest.mark.parametrize(
    "spelling", ["ch3ck 0ut", "c h e c k  o u t", "checkkk ouuut", "CHECK-OUT!", "сhесk оut", "𝓬𝓱𝓮𝓬𝓴 𝓸𝓾𝓽"]
)
def test_the_bare_reading_is_the_same_in_every_spelling(spelling: str) -> None:
    assert buckets_of([spelling], 0, "bare") == buckets_of(["check out"], 0, "bare")


def test_a_row_of_marks_has_the_n_grams_of_two() -> None:
    assert buckets_of(["sub to me" + "!" * 50], 0, "written") == buckets_of(["sub to me!!"], 0, "written")


def test_a_word_is_the_same_wherever_it_stands() -> None:
    alone = buckets_of(["check"], 0, "words")
    first, last = (buckets_of([text], 0, "words") for text in ("check, that", "OK... check!"))
    assert alone == first[:1] == last[-1:] != first[1:]


def test_a_word_is_more_than_its_letters() -> None:
    texts = ["stop", "post", "pots", "stops", "st op"]
    assert len({tuple(buckets_of([text], 0, "words")) for text in texts}) == len(texts)


def test_buckets_are_spread_evenly() -> None:
    texts = pl.Series([f"{at * 7919 % 100_003:x}q{at:o}" for at in range(20_000)])
    found = np.concatenate(list(encode(texts).buckets("written")))
    counts = np.bincount(found[found > 0] % 64, minlength=64)
    assert found.max() < BUCKETS
    assert counts.min() > 0.5 * counts.mean()


def test_numbers_are_shares_and_absent_texts_have_none() -> None:
    encoded = encode(pl.Series([*TEXTS, None, "x" * 5_000, "!" * 700]))
    assert encoded.numbers.shape == (len(TEXTS) + 3, len(NUMBERS))
    assert ((encoded.numbers >= 0) & (encoded.numbers <= 1.01)).all()
    assert encoded.numbers[TEXTS.index("")].tolist() == encoded.numbers[len(TEXTS)].tolist()


@pytest.mark.parametrize(
    ("number", "more", "less"),
    [
        ("digits", "win 777 now", "win now"),
        ("capitals", "WIN NOW", "win now"),
        ("emoji", "win 🔥🔥", "win"),
        ("mentions", "see @ana", "see ana"),
        ("money", "earn $500", "earn 500"),
        ("digits_at_letters", "visi4d", "visi 4"),
        ("links", "see www.a.io", "see that"),
        ("disguised", "𝐕𝐈𝐒𝐈", "VISI"),
        ("disguised", "рrоmо", "promo"),
        ("repeats", "sooooo", "so"),
        ("no_letters", "🔥", "a"),
        ("characters", "見見見見", "abcd"),
    ],
)
def test_what_numbers_say(number: str, more: str, less: str) -> None:
    found = encode(pl.Series([more, less])).numbers[:, NUMBERS.index(number)]
    assert found[0] > found[1]


def test_an_ordinary_word_of_another_script_is_no_disguise() -> None:
    found = encode(pl.Series(["спасибо", "ευχαριστώ", "شكرا", "ありがとうＡＢＣ", "धन्यवाद"]))
    assert found.numbers[:, NUMBERS.index("disguised")].tolist() == [0.0] * 5
