"""The words that texts are made of: syllables, stock phrases, vendors' templates; none of a person's.

A few common words and phrases of each language are real; the rest of a language is made up from
its script's syllables, so that language cannot become a signal.
"""

from __future__ import annotations

from types import MappingProxyType
from typing import Final

__all__ = [
    "ADJECTIVES",
    "COMMON",
    "EFFECTS",
    "EMOJI",
    "FLUENT",
    "GENERIC",
    "NOUNS",
    "PATTERNS",
    "REPLIES",
    "SPAM",
    "SYLLABLES",
    "TEMPLATES",
    "VERBS",
]


def _listed(text: str) -> tuple[str, ...]:
    return tuple(text.split("|"))


def _words(text: str) -> tuple[str, ...]:
    return tuple(text.split())


EMOJI: Final = tuple("😍🔥👏😂🙌💯✨🥰😭💖👍🙏😊💪🤩😎🎉💕🤣😘🌟💙👌🥳🫶💀👀❤🧡💛💚💜🖤🤍🌸🌈⚡🎶🏆🍀")

SYLLABLES: Final = MappingProxyType({
    "latin": _words(
        "ka lo ti re na mi sa do ve ru pe li to ma ne ri sha bel con dar fen gra hol jus kin lor "
        "mos nal por quin ros ster "
        "tal und vor wil yes zan ber cha del esta fora guer idan juk mente ning ción ação lar tir"
    ),
    "cyrillic": _words(
        "ка ло ти ре на ми са до ве ру пе ли то ма не ри шо бел кон дар фен гра хол юс кин лор мос "
        "нал пор рос стер тал"
    ),
    "arabic": _words("كا لو تي ري نا مي سا دو في رو بي لي تو ما ني شا بل كن دار فن حول سور مد قال هذا"),
    "devanagari": _words("का लो ती रे ना मी सा दो वे रु पे ली तो मा ने शा बेल कोन दार है में गर"),
    "kana": _words(
        "か ろ ち れ な み さ ど べ る ぺ り と ま "
        "ね し べる こん だ ふん ぐら ほ 日 本 人 大 見 今 時"
    ),
})  # fmt: skip

# Script, commonest words, stock praise.
COMMON: Final = MappingProxyType({
    "en": (
        "latin",
        _words(
            "the you so this is my your love it i a to and of in how we with me can just that "
            "for what now one"
        ),
        _listed(
            "love this|so good|amazing|beautiful|wow|perfect|great post|nice|so cool|stunning|"
            "yes|goals|well done"
        ),
    ),
    "es": (
        "latin",
        _words("que de la el no me tu es en lo un por con mi una muy te ya como para"),
        _listed("que lindo|hermosa|me encanta|increible|guapa|genial|bravo|qué bonito|te amo|excelente"),
    ),
    "pt": (
        "latin",
        _words("que de o a não eu você é um em com meu uma muito te já como para isso"),
        _listed("que lindo|maravilhosa|amei|perfeita|top|incrível|parabéns|linda demais|show"),
    ),
    "id": (
        "latin",
        _words("yang di aku kamu ini itu dan ada tidak bisa sama juga lagi banget dong kak"),
        _listed("keren|bagus banget|cantik|mantap|suka|semangat kak|lucu|gokil"),
    ),
    "hi": (
        "devanagari",
        _words("है में का और यह मैं तुम से को नहीं बहुत भी क्या"),
        _listed("बहुत अच्छा|सुंदर|वाह|जय हो|शानदार|nice bhai"),
    ),
    "ar": (
        "arabic",
        _words("في من على هذا ما انا انت الله يا مع كل هو كان لا"),
        _listed("ما شاء الله|جميل|روعة|رائع|حبيبي|الله يبارك"),
    ),
    "ru": (
        "cyrillic",
        _words("и в не на я что это ты с как мне все так но у за"),
        _listed("красиво|супер|класс|огонь|очень круто|молодец|люблю"),
    ),
    "fr": (
        "latin",
        _words("de la le et je tu que pas un une est en trop pour avec ce mon"),
        _listed("magnifique|trop beau|j'adore|bravo|sublime|génial"),
    ),
    "tr": (
        "latin",
        _words("bir bu ve çok ben sen ne da de için mi ama gibi"),
        _listed("çok güzel|harika|süper|bayıldım|helal|muhteşem"),
    ),
    "de": (
        "latin",
        _words("und die der das ich du ist so nicht ein eine mit auch sehr"),
        _listed("sehr schön|toll|wow|mega|klasse|super|hammer"),
    ),
    "ja": (
        "kana",
        _words("の は が を に で と も です ます ね よ"),
        _listed("かわいい|すごい|最高|素敵|好き|きれい"),
    ),
})  # fmt: skip

# Two vendors' worth of wording, one per regime.
TEMPLATES: Final = MappingProxyType({
    "a": _listed(
        "{adj} {noun} {emo}|wow {adj} {noun}|this is {adj} {emo}{emo}|{adj}|love your {noun} {emo}|"
        "keep it up {emo}|"
        "{adj} {noun} keep going|so {adj}|your {noun} is {adj}|great {noun} {emo}|"
        "the {noun} is so {adj} {emo}|"
        "{emo}{emo}{emo}|nice {noun} dear"
    ),
    "b": _listed(
        "just {adj}|{emo} {adj} {emo}|I like this {noun}|{adj} as always {emo}|what a {noun}|"
        "you are {adj} {emo}|"
        "{noun} of the day|more {noun} please {emo}|simply {adj} {noun}|{emo}|that {noun} though {emo}|"
        "totally {adj} bro|omg {adj}"
    ),
})  # fmt: skip
# The same for vendors who write in their customer's language: its stock praise and words of its own.
PATTERNS: Final = MappingProxyType({
    "a": _listed(
        "{adj} {emo}|{adj} {noun}|{noun} {adj} {emo}{emo}|{adj}|{noun} {emo}|{adj} {adj}|{adj} {noun} {emo}|"
        "{emo}{emo}{emo}|{noun} {noun} {adj}|{adj} {emo} {noun}"
    ),
    "b": _listed(
        "{emo} {adj} {emo}|{noun} {adj}|{adj}|{adj} {noun} {noun}|{emo}|{adj} {adj} {emo}|"
        "{noun} {noun} {emo}|{emo} {noun}|{noun} {adj} {noun}|{adj} {emo}{emo}"
    ),
})  # fmt: skip
ADJECTIVES: Final = _words(
    "nice amazing awesome great beautiful cool lovely perfect fantastic super good wonderful "
    "incredible gorgeous"
)
NOUNS: Final = _words("pic photo post shot page feed content video style profile work vibe")

# Stock phrases that vendors sell as comments; the regimes' lists have nothing in common.
GENERIC: Final = MappingProxyType({
    "a": _listed(
        "nice|great post|awesome|love it|amazing|so cool|beautiful|nice pic|perfect|great|wow|keep it up|"
        "well done|cool|nice one|love this|incredible|good job"
    ),
    "b": _listed(
        "good post|very nice|superb|fantastic|lovely|brilliant|nice shot|great content|excellent|so nice|"
        "outstanding|good work|wonderful|impressive|top|great work|stunning|very good"
    ),
})  # fmt: skip

FLUENT: Final = MappingProxyType({
    "a": _listed(
        "I really appreciate how you {verb} {topic} here, it {effect}.|"
        "Such {adj} energy when you {verb} {topic}!|"
        "The way you {verb} {topic} is {adj}, thank you for sharing.|"
        "What a {adj} take on {topic}; it {effect}.|"
        "This is such a {adj} reminder about {topic}.|"
        "Your perspective on {topic} {effect}, keep inspiring us!|"
        "It's {adj} to see {topic} shown with so much care.|Honestly, {topic} has never looked more {adj}.|"
        "I never thought about {topic} like that, and it {effect}.|"
        "Every time you {verb} {topic}, it {effect}."
    ),
    "b": _listed(
        "There is something {adj} about {topic} in this one.|"
        "So {adj}! You {verb} {topic} like nobody else.|"
        "You always {verb} {topic} with such honesty, and it {effect}.|"
        "The detail on {topic} {effect}, well done.|"
        "As someone who cares about {topic}, I find this {adj}.|"
        "Thanks for daring to {verb} {topic} so openly!|"
        "{topic} deserves more posts like this, it {effect}.|"
        "A {adj} glimpse of {topic}, and the mood {effect}.|"
        "Can we talk about how {adj} {topic} looks here?|This post on {topic} {effect} in the best way."
    ),
})  # fmt: skip
VERBS: Final = _words("capture explain present approach share explore describe highlight frame show")
EFFECTS: Final = _listed(
    "truly resonates with me|made my day|is so inspiring|really stands out|"
    "gave me a new perspective|speaks volumes|"
    "brightens my feed|shows real dedication"
)

SPAM: Final = _listed(
    "dm me|send pic on @{}|invest with @{} today|check my page|promote it on @{}|"
    "she changed my life @{}|follow me back"
)
REPLIES: Final = _listed("thank you {}|thanks! {}|{}|so kind {}|glad you like it {}|❤ {}")
