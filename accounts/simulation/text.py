"""Texts: words by Zipf's law in several scripts, emoji fans, spun templates, fluent machines.

The words are made up from the syllables of a script, with a few common real ones in front, so
that no text of a person stands in here and language cannot become a signal.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

import numpy as np

from accounts.simulation.parameters import Floats, Ints

__all__ = [
    "EMOJI",
    "STYLES",
    "Language",
    "captions",
    "fan_texts",
    "fluent_texts",
    "handles",
    "language",
    "template_texts",
]

STYLES = ("plain", "praise", "emoji", "mention", "question", "long")
WORDS = 1600
DRAWS = 1 << 15  # cells of the table that stands for Zipf's law
EMOJI = tuple("😍🔥👏😂🙌💯✨🥰😭💖👍🙏😊💪🤩😎🎉💕🤣😘🌟💙👌🥳🫶💀👀❤🧡💛💚💜🖤🤍🌸🌈⚡🎶🏆🍀")

SYLLABLES = {
    "latin": "ka lo ti re na mi sa do ve ru pe li to ma ne ri sha bel con dar fen gra hol jus kin lor mos nal por quin"
    " ros ster tal und vor wil yes zan ber cha del esta fora guer idan juk mente ning ción ação lar tir",
    "cyrillic": "ка ло ти ре на ми са до ве ру пе ли то ма не ри шо бел кон дар фен гра хол юс кин лор мос нал пор рос стер тал",
    "arabic": "كا لو تي ري نا مي سا دو في رو بي لي تو ما ني شا بل كن دار فن حول سور مد قال هذا",
    "devanagari": "का लो ती रे ना मी सा दो वे रु पे ली तो मा ने शा बेल कोन दार है में गर",
    "kana": "か ろ ち れ な み さ ど べ る ぺ り と ま ね し べる こん だ ふん ぐら ほ 日 本 人 大 見 今 時",
}

COMMON = {
    "en": ("latin", "the you so this is my your love it i a to and of in how we with me can just that for what now one",
           "love this|so good|amazing|beautiful|wow|perfect|great post|nice|so cool|stunning|yes|goals|well done"),
    "es": ("latin", "que de la el no me tu es en lo un por con mi una muy te ya como para",
           "que lindo|hermosa|me encanta|increible|guapa|genial|bravo|qué bonito|te amo|excelente"),
    "pt": ("latin", "que de o a não eu você é em um com meu uma muito te já como para isso",
           "que lindo|maravilhosa|amei|perfeita|top|incrível|parabéns|linda demais|show"),
    "id": ("latin", "yang di aku kamu ini itu dan ada tidak bisa sama juga lagi banget dong kak",
           "keren|bagus banget|cantik|mantap|suka|semangat kak|lucu|gokil"),
    "hi": ("devanagari", "है में का और यह मैं तुम से को नहीं बहुत भी क्या", "बहुत अच्छा|सुंदर|वाह|जय हो|शानदार|nice bhai"),
    "ar": ("arabic", "في من على هذا ما انا انت الله يا مع كل هو كان لا", "ما شاء الله|جميل|روعة|رائع|حبيبي|الله يبارك"),
    "ru": ("cyrillic", "и в не на я что это ты с как мне все так но у за", "красиво|супер|класс|огонь|очень круто|молодец|люблю"),
    "fr": ("latin", "de la le et je tu que pas un une est en trop pour avec ce mon", "magnifique|trop beau|j'adore|bravo|sublime|génial"),
    "tr": ("latin", "bir bu ve çok ben sen ne da de için mi ama gibi", "çok güzel|harika|süper|bayıldım|helal|muhteşem"),
    "de": ("latin", "und die der das ich du ist so nicht ein eine mit auch sehr", "sehr schön|toll|wow|mega|klasse|super|hammer"),
    "ja": ("kana", "の は が を に で と も です ます ね よ", "かわいい|すごい|最高|素敵|好き|きれい"),
}  # fmt: skip

# Two vendors' worth of wording, one per regime.
TEMPLATES = {
    "a": (
        "{adj} {noun} {emo}|wow {adj} {noun}|this is {adj} {emo}{emo}|{adj}|love your {noun} {emo}|keep it up {emo}"
        "|{adj} {noun} keep going|so {adj}|your {noun} is {adj}|great {noun} {emo}|the {noun} is so {adj} {emo}|{emo}{emo}{emo}"
        "|nice {noun} dear"
    ).split("|"),
    "b": (
        "just {adj}|{emo} {adj} {emo}|I like this {noun}|{adj} as always {emo}|what a {noun}|you are {adj} {emo}|{noun} of the day"
        "|more {noun} please {emo}|simply {adj} {noun}|{emo}|that {noun} though {emo}|totally {adj} bro|omg {adj}"
    ).split("|"),
}
ADJECTIVES = "nice amazing awesome great beautiful cool lovely perfect fantastic super good wonderful incredible gorgeous".split()
NOUNS = "pic photo post shot page feed content video style profile work vibe".split()

FLUENT = {
    "a": (
        "I really appreciate how you {verb} {topic} here, it {effect}.|The way you {verb} {topic} is {adj}, thank you for sharing."
        "|What a {adj} take on {topic}; it {effect}.|This is such a {adj} reminder about {topic}."
        "|Your perspective on {topic} {effect}, keep inspiring us!|It's {adj} to see {topic} shown with so much care."
        "|I never thought about {topic} like that, and it {effect}.|Every time you {verb} {topic}, it {effect}."
        "|Honestly, {topic} has never looked more {adj}.|Such {adj} energy, especially when you {verb} {topic}!"
    ).split("|"),
    "b": (
        "There is something {adj} about {topic} in this one.|You always {verb} {topic} with such honesty, and it {effect}."
        "|As someone who cares about {topic}, I find this {adj}.|{topic} deserves more posts like this, it {effect}."
        "|The detail on {topic} {effect}, well done.|Thanks for daring to {verb} {topic} so openly!"
        "|A {adj} glimpse of {topic}, and the mood {effect}.|Can we talk about how {adj} {topic} looks here?"
        "|This post on {topic} {effect} in the best way.|So {adj}! You {verb} {topic} like nobody else."
    ).split("|"),
}
VERBS = "capture explain present approach share explore describe highlight frame bring out talk about".split()
EFFECTS = (
    "truly resonates with me|made my day|is so inspiring|really stands out|gave me a new perspective|speaks volumes"
    "|brightens my feed|shows real dedication"
).split("|")


@dataclass(frozen=True)
class Language:
    """A word list; positions in it by Zipf's law; stock praise; what joins words; a page of prose."""

    words: tuple[str, ...]
    table: Ints
    praise: tuple[str, ...]
    joint: str
    prose: str


@cache
def language(name: str, vocabulary: int) -> Language:
    """A language's word list; ``vocabulary`` seeds the made-up ones, so that regimes differ.

    >>> language("es", 1).words[:3], len(language("ja", 1).words)
    (('que', 'de', 'la'), 1600)
    """
    script, common, praise = COMMON[name]
    rng = np.random.default_rng((vocabulary, list(COMMON).index(name)))
    syllables = SYLLABLES[script].split()
    words = dict.fromkeys(common.split())
    while len(words) < WORDS:
        parts = rng.integers(0, len(syllables), 2 + int(rng.integers(0, 3)))
        words["".join(syllables[part] for part in parts)] = None
    weights = 1.0 / (np.arange(1, WORDS + 1) + 2.7) ** 1.05
    table = np.searchsorted(np.cumsum(weights / weights.sum()), (np.arange(DRAWS) + 0.5) / DRAWS)
    joint, listed = "" if script == "kana" else " ", list(words)
    prose = joint.join(listed[at] for at in table[rng.integers(0, DRAWS, 3000)].tolist())
    return Language(tuple(listed), table, tuple(praise.split("|")), joint, prose)


def _sentences(rng: np.random.Generator, speech: Language, lengths: Ints, topic: Ints) -> list[str]:
    """Word sequences of given lengths; one word in six is one of the topic's."""
    draws = rng.integers(0, 6 * DRAWS, int(lengths.sum()))
    picked = np.where(draws < DRAWS, topic[draws % len(topic)], speech.table[draws % DRAWS])
    words = [speech.words[word] for word in picked.tolist()]
    ends = np.cumsum(lengths).tolist()
    join = speech.joint.join
    return [join(words[begin:end]) for begin, end in zip([0, *ends], ends, strict=False)]


@cache
def topic_words(topic: int) -> Ints:
    """Forty words that a subject uses more than others do."""
    return np.asarray(30 + (topic * 97 + np.arange(40) * 31) % (WORDS - 30))


def handles(rng: np.random.Generator, count: int, digits: Floats | float = 0.25) -> list[str]:
    """User names of two syllables or three, some with digits or a separator."""
    syllables = SYLLABLES["latin"].split()[:40]
    parts = rng.integers(0, 40, (count, 4)).tolist()
    tails = np.where(rng.random(count) < digits, 10 ** rng.uniform(0.5, 4.5, count), 0.0).astype(int).tolist()
    joints = rng.integers(0, 6, count).tolist()
    return [
        syllables[a] + syllables[b] + ("_" if joint == 1 else "." if joint == 2 else "") + syllables[c]
        + (syllables[d] if joint > 3 else "") + (str(tail) if tail else "")
        for (a, b, c, d), tail, joint in zip(parts, tails, joints, strict=True)
    ]  # fmt: skip


def _emoji(rng: np.random.Generator, count: int) -> list[str]:
    """One to five emoji, often the same one repeated, a few favourites before all others."""
    which = np.minimum(rng.geometric(0.12, (count, 2)) - 1, len(EMOJI) - 1).tolist()
    runs = np.minimum(rng.geometric(0.45, (count, 2)), 5).tolist()
    return [
        EMOJI[a] * n + (EMOJI[b] * m if m > 2 else "") for (a, b), (n, m) in zip(which, runs, strict=True)
    ]


def fan_texts(
    rng: np.random.Generator, speech: Language, count: int, styles: Floats, topic: int
) -> list[str]:
    """What people write: mostly their own words, some stock praise, emoji, names of friends.

    ``styles`` are the odds of :data:`STYLES`.
    """
    style = np.searchsorted(np.cumsum(styles / styles.sum())[:-1], rng.random(count))
    own = np.array([5.0, 0.0, 0.0, 0.8, 6.0, 20.0])[style]
    lengths = np.where((style == 1) | (style == 2), 0, 1 + rng.poisson(own * rng.gamma(3.0, 0.33, count)))
    texts = _sentences(rng, speech, lengths, topic_words(topic))
    decorated = (rng.random(count) < 0.25) & (style != 2)
    emoji = _emoji(rng, int((decorated | (style == 2)).sum()))
    friends = handles(rng, int((style == 3).sum()))
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


def template_texts(
    rng: np.random.Generator, count: int, supply: int, variety: int, wording: str
) -> list[str]:
    """Spun templates: a vendor's few sentences with interchangeable words."""
    vendor = np.random.default_rng((supply, variety))
    stock = TEMPLATES[wording]
    lines = [stock[line] for line in vendor.permutation(len(stock))[:variety]]
    draws = rng.integers(0, 1 << 20, (count, 4)).tolist()
    reach = int(vendor.integers(3, len(ADJECTIVES)))
    return [
        lines[a % len(lines)].format(
            adj=ADJECTIVES[b % reach], noun=NOUNS[c % min(reach, len(NOUNS))], emo=EMOJI[d % reach]
        )
        for a, b, c, d in draws
    ]


def fluent_texts(
    rng: np.random.Generator, speech: Language, count: int, supply: int, topic: int, wording: str
) -> list[str]:
    """Machine-written praise: whole sentences of even length that speak of the post's subject."""
    vendor = np.random.default_rng((supply, 7))
    stock = FLUENT[wording]
    lines = [stock[line] for line in vendor.permutation(len(stock))[: int(vendor.integers(5, len(stock)))]]
    words = [speech.words[word] for word in topic_words(topic)[:24].tolist()]
    draws = rng.integers(0, 1 << 20, (count, 5)).tolist()
    return [
        lines[a % len(lines)].format(
            verb=VERBS[b % len(VERBS)], topic=speech.joint.join((words[c % 24], words[(c // 24) % 24])),
            effect=EFFECTS[d % len(EFFECTS)], adj=ADJECTIVES[e % len(ADJECTIVES)],
        )
        for a, b, c, d, e in draws
    ]  # fmt: skip


def captions(rng: np.random.Generator, speech: Language, count: int, topic: int, words: float) -> list[str]:
    """Captions of about ``words`` words, some of them empty, some with emoji."""
    lengths = np.where(rng.random(count) < 0.08, 0, 1 + rng.poisson(words * rng.gamma(1.5, 0.67, count)))
    return _sentences(rng, speech, lengths, topic_words(topic))
