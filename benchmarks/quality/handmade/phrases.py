"""Texts of ordinary comments, of sold comments, and of captions."""

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
        "haha no",
        "brilliant",
        "same here",
        "what",
        "oh wow, ok",
        "me too",
        "ouch",
        "nope",
        "Gerald!!",
        "yes please",
        "part 2?",
        "🙌🙌",
        "We did this walk in May and the bridge was out, so take the upper path if you have a "
        "pushchair with you",
        "I keep coming back to the bit about the landlord, it is exactly what happened to my "
        "brother in Porto",
        "Could you write down the measurements somewhere? I have paused this about fourteen times by now",
        "Showed this to my class this morning and they have been arguing about it ever since, so "
        "thank you I suppose",
        "The one with the fog should be a print. I would hang it over my desk tomorrow if you sold it",
        "I bought the cheap one after your last video and it broke after a week, my own fault really",
        "Nobody mentions that you have to soak them overnight, mine were like gravel even after two hours",
        "What I like is that you leave the mistakes in. Makes me feel a lot better about my own kitchen",
        "My grandfather worked on that boat for nineteen years, he would have loved to see her "
        "afloat again",
        "Honest question, does the cold not bother you when you film this early? I get tired from "
        "just watching",
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
        "I had the same problem with the second coat, it turned out that the wood was still damp "
        "from the rain. Two days in the shed with a fan fixed it, and now it has held for three "
        "winters. Oil instead of varnish helps too, if you don't mind doing it again every "
        "spring.",
        "Long-time reader, first comment. My mother was born two streets from there and always "
        "told us about the bakery with the green door. We never believed the green door. There it "
        "is at 4:12. I showed her on Sunday and she had to sit down. Thank you for going.",
        "Small correction about the tram: line 7 was closed in 1974, not in the sixties, and the "
        "rails in your picture belong to the harbour railway. Otherwise a great piece, I'd read "
        "one about the depot as well.",
        "Can't agree with the part on sleep. I worked nights for eleven years and nothing of that "
        "list did anything for me, the only thing that helped was dark curtains and the same "
        "breakfast every day.",
    ),
    "es": (
        "Mi abuela lo hacía igual, con un poco de anís",
        "¿En qué barrio es eso?",
        "jajaja el gato al fondo",
        "No me funcionó con harina integral, ¿qué hago mal?",
        "qué ganas de que llegue el verano",
        "te echábamos de menos por aquí",
        "jajaja",
        "qué va",
        "Yo lo hago con menos azúcar y un poco de ralladura de naranja, y aguanta tres días sin problema",
        "Me acuerdo de cuando subías los vídeos desde el piso de tu hermana, cuánto ha cambiado todo",
        "Lo probé tres veces este fin de semana: la primera se me quemó, la segunda quedó cruda "
        "por dentro y la tercera, con el horno a 170 y sin ventilador, salió perfecta. Mis hijos "
        "ya me han pedido otra para el cumpleaños, así que gracias por la paciencia.",
        "¿Cuánto tardaste en hacerlo?",
        "la luz de la tercera foto, increíble",
    ),
    "pt": (
        "onde comprou essa cadeira?",
        "kkkkk",
        "eita",
        "que saudade de Ouro Preto",
        "sim",
        "Fui lá em março e a estrada estava fechada, mas o senhor da venda nos levou por trás",
        "Mostrei para o meu pai e ele jura que conhece o rapaz do barco azul, que mundo pequeno",
        "o final me pegou de surpresa kkkk",
        "faz um vídeo sobre plantas de sombra por favor",
        "eu teria desistido na metade",
        "minha mãe mandou um abraço",
        "não concordo, mas gostei do argumento",
    ),
    "de": (
        "Ist das der Weg hinter dem Bahnhof?",
        "ja!",
        "Ich habe die Schrauben durch Edelstahl ersetzt, seitdem knarzt nichts mehr, auch nicht bei Frost",
        "Bei mir wurde der Teig zu fest, woran liegt das?",
        "Schön, dass du wieder da bist",
        "stimmt",
        "Wir sind die Strecke letzten Herbst mit zwei kleinen Kindern gegangen, und der Abstieg "
        "nach der Hütte ist wirklich steil. Wer unsicher ist, nimmt besser den Forstweg links, "
        "der dauert eine halbe Stunde länger.",
        "das zweite Bild hängt jetzt bei uns in der Küche",
        "Wie lange hält die Farbe draußen?",
    ),
    "fr": (
        "C'est à quel étage, cette vue ?",
        "ma fille veut le même",
        "bravo",
        "Je l'ai fait hier avec des poires à la place des pommes, il faut juste réduire un peu le sucre",
        "la musique est un peu forte mais quel montage",
        "ah oui",
        "On se voit samedi au marché ?",
        "je n'avais jamais remarqué ce détail",
    ),
    "it": (
        "ma quanto è bello questo cortile",
        "io ci metto anche il limone",
        "eh sì",
        "Siamo passati di lì ad agosto ed era tutto chiuso, la prossima volta ci andiamo in settimana",
        "a che ora apre il sabato?",
        "mi hai fatto ridere da sola in treno",
    ),
    "tr": (
        "bu sokağı hemen tanıdım",
        "tarifi yazar mısın",
        "ne kadar sürdü yapması?",
        "köpeğe bayıldım",
        "evet",
    ),
    "id": (
        "ini di jalan mana ya kak",
        "kucingnya lucu banget wkwk",
        "wkwkwk",
        "Minggu lalu saya ke sana sama keluarga, parkirnya susah sekali tapi pemandangannya memang bagus",
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
        "نعم",
        "لا",
        "أكيد",
        "متى؟",
        "جميل",
        "🤍",
        "صح",
        "😂😂",
        "هههه",
        "زرناه الصيف الماضي مع الأولاد وكان الطريق مغلقا فأخذنا الطريق القديم من جهة البحر",
        "أنا أضيف القليل من الليمون قبل النهاية وأتركها ساعة كاملة، الفرق واضح جدا صدقني",
        "عرضت الفيديو على والدي فتذكر أيام المدرسة وبدأ يحكي لنا القصص حتى منتصف الليل",
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
        "नहीं",
        "वाह",
        "कब?",
        "अरे",
        "बढ़िया",
        "🤍",
        "सही",
        "😂😂",
        "हाँ",
        "पिछली गर्मियों में हम बच्चों के साथ गए थे और पुल बंद था, इसलिए ऊपर वाला रास्ता लेना पड़ा",
        "मैं आख़िर में थोड़ा नींबू डालती हूँ और एक घंटे के लिए छोड़ देती हूँ, फ़र्क़ साफ़ दिखता है",
        "पापा को दिखाया तो उन्हें अपने स्कूल के दिन याद आ गए और वे देर रात तक किस्से सुनाते रहे",
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
        "はい",
        "え",
        "いつ?",
        "すごい",
        "なるほど",
        "🤍",
        "ここから近いので今度の休みに歩いて行ってみます、駐車場はありますか",
        "草",
        "😂😂",
        "わかる",
        "去年の夏に子どもたちと行ったら橋が通れなくて、海側の古い道を歩いて帰りました",
        "最後に少しだけレモンを入れて一時間置くと、味がまったく変わるのでおすすめです",
        "父に見せたら学生時代の話が止まらなくなって、結局夜中まで聞かされました",
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
"""The languages of an audience from all over: some 140 comments, as uneven in length as real ones.

The middle half of the lengths spans about once the median, and their coefficient of variation is about 1, as
under three music videos (YouTube spam, UCI; ordinary comments alone).
"""

EMOJI: Final = (
    "😍",
    "🔥🔥",
    "❤️",
    "👏👏👏",
    "😂",
    "😭💜",
    "🥰",
    "💯",
    "🙌",
    "✨",
    "😍😍😍",
    "💜",
    "🔥",
    "❤️❤️",
    "🤩",
)

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
