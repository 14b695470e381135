"""What people write under posts, what is sold as comments, and what captions are made of."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from types import MappingProxyType
from typing import Final

import numpy as np

__all__ = ["BOUGHT", "EMOJI", "ORDINARY", "WORLD", "texts"]

ORDINARY: Final[Mapping[str, Sequence[str]]] = MappingProxyType({
    "en": (
        "Where is that staircase? I walked past it for years I think",
        "the second photo made me laugh out loud",
        "My dad had this exact radio",
        "did the paint hold up outdoors?",
        "I'd have cut the intro shorter but the rest is great",
        "so that's why mine never rise",
        "anyone else here from the newsletter",
        "you said Thursday 😅",
        "How much was the ferry?",
        "I think you mixed up the captions on 3 and 4",
        "Tried it last night, needs more salt imo",
        "this is the calmest corner of the internet",
        "wait, the dog is called Gerald??",
        "okay this convinced me",
        "Not for me but happy you like it",
        "could you do one about winter tyres",
        "I'm at minute 7 and already took two pages of notes",
        "best of luck with the move!",
        "what lens was that?",
        "the old shop closed, sadly, went there on Saturday",
        "ha, my kids do this too",
        "Sound is a bit low on my phone",
        "finally somebody says it",
        "is it still raining there",
        "that blue 💙",
        "saving this for my sister",
        "I disagree about the ending, but well argued",
        "First time I see this recipe without cream",
        "Do you ever sleep",
        "lovely, greetings from Leeds",
        "lol",
        "same",
        "yesss",
        "😂😂",
        "❤️",
        "👏",
        "true",
        "no way",
        "haha",
        "mood",
        "I had the same problem with the second coat, it turned out that the wood was still damp from the rain. "
        "Two days in the shed with a fan fixed it, and now it has held for three winters. Oil instead of varnish "
        "helps too, if you don't mind doing it again every spring.",
        "Long-time reader, first comment. My mother was born two streets from there and always told us about the "
        "bakery with the green door. We never believed the green door. There it is at 4:12. I showed her on Sunday "
        "and she had to sit down. Thank you for going.",
        "Small correction about the tram: line 7 was closed in 1974, not in the sixties, and the rails in your "
        "picture belong to the harbour railway. Otherwise a great piece, I'd read one about the depot as well.",
        "Can't agree with the part on sleep. I worked nights for eleven years and nothing of that list did anything "
        "for me, the only thing that helped was dark curtains and the same breakfast every day.",
    ),
    "es": (
        "Mi abuela lo hacía igual, con un poco de anís",
        "¿En qué barrio es eso?",
        "jajaja el gato al fondo",
        "No me funcionó con harina integral, ¿qué hago mal?",
        "qué ganas de que llegue el verano",
        "te echábamos de menos por aquí",
        "Lo probé tres veces este fin de semana: la primera se me quemó, la segunda quedó cruda por dentro y la "
        "tercera, con el horno a 170 y sin ventilador, salió perfecta. Mis hijos ya me han pedido otra para el "
        "cumpleaños, así que gracias por la paciencia.",
        "¿Cuánto tardaste en hacerlo?",
        "la luz de la tercera foto, increíble",
    ),
    "pt": (
        "onde comprou essa cadeira?",
        "kkkkk",
        "eita",
        "que saudade de Ouro Preto",
        "o final me pegou de surpresa kkkk",
        "faz um vídeo sobre plantas de sombra por favor",
        "eu teria desistido na metade",
        "minha mãe mandou um abraço",
        "não concordo, mas gostei do argumento",
    ),
    "de": (
        "Ist das der Weg hinter dem Bahnhof?",
        "Bei mir wurde der Teig zu fest, woran liegt das?",
        "Schön, dass du wieder da bist",
        "stimmt",
        "Wir sind die Strecke letzten Herbst mit zwei kleinen Kindern gegangen, und der Abstieg nach der Hütte ist "
        "wirklich steil. Wer unsicher ist, nimmt besser den Forstweg links, der dauert eine halbe Stunde länger.",
        "das zweite Bild hängt jetzt bei uns in der Küche",
        "Wie lange hält die Farbe draußen?",
    ),
    "fr": (
        "C'est à quel étage, cette vue ?",
        "ma fille veut le même",
        "la musique est un peu forte mais quel montage",
        "ah oui",
        "On se voit samedi au marché ?",
        "je n'avais jamais remarqué ce détail",
    ),
    "it": (
        "ma quanto è bello questo cortile",
        "io ci metto anche il limone",
        "a che ora apre il sabato?",
        "mi hai fatto ridere da sola in treno",
    ),
    "tr": ("bu sokağı hemen tanıdım", "tarifi yazar mısın", "ne kadar sürdü yapması?", "köpeğe bayıldım", "evet"),
    "id": (
        "ini di jalan mana ya kak",
        "kucingnya lucu banget wkwk",
        "kemarin coba resepnya, agak keasinan",
        "lanjut bagian dua dong",
        "harganya sekarang berapa?",
    ),
    "ru": ("а где это снято?", "у меня так не получилось, тесто слишком жидкое", "спасибо, как раз искала"),
    "pl": ("u nas wczoraj spadł śnieg", "a bez jajek też wyjdzie?", "pozdrowienia z Gdyni"),
    "ko": ("여기 어디예요?", "강아지 이름이 뭐예요 ㅋㅋ", "지난주에 다녀왔는데 비가 왔어요"),
    "vi": ("chỗ này ở đâu vậy bạn", "hôm qua mình làm thử, hơi mặn", "con mèo phía sau dễ thương quá"),
    "ar": (
        "أين هذا المكان؟",
        "جربتها أمس وطلعت لذيذة",
        "الصورة الثانية أجمل برأيي",
        "كم استغرق العمل؟",
        "أمي تسلم عليك",
        "ضحكت من قلبي ههههه",
        "متى الجزء الثاني",
        "اشتقنا لك",
        "الصوت منخفض قليلا عندي",
        "أنا من عمّان وهذا الشارع أعرفه",
        "بدون سكر هل تنجح؟",
        "لا أتفق لكن كلامك مرتب",
        "القطة في الخلف 😂",
        "حفظتها لأختي",
        "الجو عندنا حار جدا اليوم",
        "أول مرة أعرف هذه المعلومة",
    ),
    "hi": (
        "यह जगह कहाँ है?",
        "कल बनाया, थोड़ा नमक ज़्यादा हो गया",
        "दूसरी फोटो बहुत अच्छी लगी",
        "मेरी दादी भी ऐसे ही बनाती थीं",
        "अगला भाग कब आएगा",
        "हँसते हँसते पेट दुख गया",
        "आवाज़ थोड़ी धीमी है",
        "कितना समय लगा इसमें?",
        "हम तो पिछले साल गए थे, बारिश थी",
        "बिना अंडे के बनेगा क्या",
        "बहन को भेज दिया",
        "मुझे पुराना वाला ज़्यादा पसंद था",
        "कुत्ते का नाम क्या है",
        "लखनऊ से नमस्ते",
        "यह बात पहली बार पता चली",
        "इस पर एक और वीडियो बनाइए",
    ),
    "ja": (
        "ここどこですか?",
        "昨日作ってみたけど少ししょっぱかった",
        "二枚目の写真が好きです",
        "うちの祖母も同じ作り方でした",
        "続きはいつですか",
        "電車の中で笑ってしまった",
        "音が少し小さいかも",
        "どのくらい時間かかりましたか",
        "去年行きました、雨でしたが",
        "卵なしでもできますか",
        "妹に送りました",
        "前のほうが好きだったな",
        "犬の名前は何ですか",
        "札幌からこんにちは",
        "初めて知りました",
        "このレンズは何ですか",
    ),
})  # fmt: skip

WORLD: Final = ("en", "es", "pt", "de", "fr", "it", "tr", "id", "ru", "pl", "ko", "vi")
"""The languages of an audience from all over: some hundred comments, as uneven in length as real ones (CV about 1)."""

EMOJI: Final = ("😍", "🔥🔥", "❤️", "👏👏👏", "😂", "😭💜", "🥰", "💯", "🙌", "✨", "😍😍😍", "💜", "🔥", "❤️❤️", "🤩")

BOUGHT: Final = (
    "Nice", "Wow!", "Amazing 🔥", "Great content", "Love it ❤️", "So cool", "Beautiful", "Keep it up 💪",
    "Awesome", "Perfect!", "Stunning 😍", "Goals",
)  # fmt: skip
"""Generic praise as panels sell it."""


def texts(languages: Sequence[str], count: int, rng: np.random.Generator) -> list[str]:
    """Ordinary comments in a random order; none twice before all were used, then two make one.

    >>> texts(("tr",), 3, np.random.default_rng(0))
    ['ne kadar sürdü yapması?', 'evet', 'köpeğe bayıldım']
    """
    pool = [text for language in languages for text in ORDINARY[language]]
    return [text for text, _ in zip(_endless(pool, rng), range(count), strict=False)]


def _endless(pool: Sequence[str], rng: np.random.Generator) -> Iterator[str]:
    yield from (pool[row] for row in rng.permutation(len(pool)))
    while True:
        first, second = rng.choice(len(pool), 2, replace=False)
        yield f"{pool[first]} {pool[second]}"
