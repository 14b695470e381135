"""Sentences that the comment model is trained on beside public sets; none is a person's.

The same number of advertisements and of ordinary comments in each language, written for this, so that no
language, nor its script, speaks for either. ``{name}``, ``{site}`` and ``{sum}`` are filled at random.
Korean, Thai, Chinese and Greek are left out on purpose: what is measured there was never trained on.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

__all__ = ["ORDINARY", "PROMOTIONS", "SPUN", "SPUN_WORDS"]


def _lines(text: str) -> tuple[str, ...]:
    return tuple(line.strip() for line in text.strip().splitlines())


PROMOTIONS: Final[Mapping[str, tuple[str, ...]]] = MappingProxyType(
    {
        "en": _lines("""
        Nice photo! Why not have a look at my profile?
        check out my page please
        Visit my profile, you will love it
        Follow me and I follow back
        please subscribe to my channel, new video every day
        Great shot, come see my feed too
        sub to me and I sub to you
        get 1000 followers for {sum} at {site}
        DM us to be featured @{name}
        Send this to @{name}
        I earned {sum} in a week thanks to @{name}
        write to me on WhatsApp for investment help {sum}
        free gift cards at {site} hurry up
        my new song is out, listen on {site}
        I make videos too, give me a chance
        Hot singles near you, link in my bio
        play at {site} today, bonus {sum}, jackpot guaranteed
        Want to grow your account? Message me
        cheap likes and views, order at {site}
        casino slots on {site} pay every day, {sum} won so far
        my first vlog is up on my channel, tell me what you think
    """),
        "es": _lines("""
        Linda foto! Por qué no miras mi perfil?
        entra a mi página por favor
        Sígueme y te sigo
        suscríbete a mi canal, subo videos cada semana
        consigue 1000 seguidores por {sum} en {site}
        Escríbeme por privado @{name}
        gané {sum} en una semana gracias a @{name}
        escríbeme al WhatsApp para invertir {sum}
        tarjetas de regalo gratis en {site}
        mi nueva canción ya salió, escúchala en {site}
        juega hoy en {site}, bono de {sum}
        chicas calientes en mi perfil, enlace en la bio
        Quieres crecer en redes? mándame mensaje
        yo también hago videos, dame una oportunidad
        likes y vistas baratos, pide en {site}
        los slots de {site} pagan cada día, ya gané {sum}
        mi primer vlog ya está en mi canal, pásate
    """),
        "pt": _lines("""
        Foto linda! Por que não dá uma olhada no meu perfil?
        visita minha página por favor
        segue de volta, sigo todos
        se inscreve no meu canal, vídeo novo toda semana
        ganhe 1000 seguidores por {sum} em {site}
        me chama no direct @{name}
        ganhei {sum} em uma semana graças a @{name}
        chama no WhatsApp para investir {sum}
        vale presente grátis em {site}
        minha música nova saiu, ouve em {site}
        jogue hoje em {site}, bônus de {sum}
        fotos quentes no meu perfil, link na bio
        quer crescer no Instagram? manda mensagem
        também faço vídeos, me dá uma chance
        curtidas e visualizações baratas, peça em {site}
        os slots do {site} pagam todo dia, já ganhei {sum}
        meu primeiro vlog já está no meu canal, passa lá
    """),
        "id": _lines("""
        Fotonya bagus! Kenapa tidak lihat profil saya?
        mampir ke akun aku ya kak
        follow aku nanti aku follow balik
        jangan lupa subscribe channel saya, video baru tiap hari
        tambah 1000 followers cuma {sum} di {site}
        chat aku di @{name}
        saya dapat {sum} seminggu berkat @{name}
        hubungi WhatsApp untuk investasi {sum}
        voucher gratis di {site} buruan
        lagu baru saya sudah rilis, dengar di {site}
        main di {site} hari ini, bonus {sum} pasti menang
        cewek cantik di profil aku, link di bio
        mau akunmu ramai? kirim pesan ke saya
        aku juga bikin video, kasih kesempatan dong
        like dan views murah, pesan di {site}
        slot di {site} cair tiap hari, sudah menang {sum}
        vlog pertama aku sudah ada di channel aku, mampir ya
    """),
        "tr": _lines("""
        Güzel foto! Neden profilime bakmıyorsun?
        sayfama da bekleriz lütfen
        takip edeni takip ederim
        kanalıma abone olun, her hafta yeni video
        {site} sitesinde 1000 takipçi {sum}
        bana DM at @{name}
        @{name} sayesinde bir haftada {sum} kazandım
        yatırım için WhatsApp'tan yaz {sum}
        {site} üzerinde bedava hediye kartı
        yeni şarkım çıktı, {site} üzerinden dinle
        bugün {site} oyna, {sum} bonus
        sıcak kızlar profilimde, link bioda
        hesabını büyütmek ister misin? mesaj at
        ben de video çekiyorum, bir şans ver
        ucuz beğeni ve izlenme, {site} üzerinden sipariş ver
        {site} slotları her gün ödüyor, {sum} kazandım
        ilk vlogum kanalımda, bakmadan geçme
    """),
        "ru": _lines("""
        Классное фото! Почему бы не заглянуть в мой профиль?
        зайди на мою страницу пожалуйста
        подпишись на меня, я подпишусь в ответ
        подписывайтесь на мой канал, новое видео каждую неделю
        1000 подписчиков за {sum} на {site}
        пиши мне в личку @{name}
        заработал {sum} за неделю благодаря @{name}
        пишите в WhatsApp по инвестициям {sum}
        бесплатные подарочные карты на {site}
        вышла моя новая песня, слушай на {site}
        играй сегодня на {site}, бонус {sum}
        горячие девушки в моём профиле, ссылка в био
        хочешь раскрутить аккаунт? напиши мне
        я тоже снимаю видео, дайте шанс
        лайки и просмотры дёшево, заказывай на {site}
        слоты на {site} платят каждый день, выиграл {sum}
        мой первый влог уже на моём канале, загляни
    """),
        "ar": _lines("""
        صورة جميلة! لماذا لا تزور صفحتي؟
        ادخل صفحتي من فضلك
        تابعني واتابعك
        اشتركوا في قناتي فيديو جديد كل اسبوع
        الف متابع مقابل {sum} على {site}
        راسلني على الخاص @{name}
        ربحت {sum} في اسبوع بفضل @{name}
        تواصل واتساب للاستثمار {sum}
        بطاقات هدايا مجانية على {site}
        اغنيتي الجديدة نزلت اسمعها على {site}
        العب اليوم على {site} مكافأة {sum}
        بنات في صفحتي الرابط في البايو
        تريد زيادة متابعينك؟ ارسل رسالة
        انا ايضا اصور فيديوهات اعطني فرصة
        لايكات ومشاهدات رخيصة اطلب من {site}
        سلوتس {site} تدفع كل يوم ربحت {sum}
        اول فلوق لي موجود في قناتي تعال شوفه
    """),
        "hi": _lines("""
        सुंदर फोटो! मेरी प्रोफाइल क्यों नहीं देखते?
        मेरे पेज पर आइए प्लीज
        मुझे फॉलो करो मैं भी फॉलो करूंगा
        मेरे चैनल को सब्सक्राइब करें, हर हफ्ते नया वीडियो
        {site} पर 1000 फॉलोअर्स सिर्फ {sum}
        मुझे मैसेज करो @{name}
        @{name} की वजह से एक हफ्ते में {sum} कमाए
        निवेश के लिए व्हाट्सएप करें {sum}
        {site} पर मुफ्त गिफ्ट कार्ड
        मेरा नया गाना आ गया, {site} पर सुनिए
        आज {site} पर खेलो, {sum} बोनस
        हॉट लड़कियां मेरी प्रोफाइल में, लिंक बायो में
        अकाउंट बढ़ाना है? मैसेज करो
        मैं भी वीडियो बनाता हूं, एक मौका दो
        सस्ते लाइक और व्यूज, {site} पर ऑर्डर करें
        {site} के स्लॉट रोज पैसे देते हैं, {sum} जीते
        मेरा पहला व्लॉग मेरे चैनल पर है, जरूर देखो
    """),
        "ja": _lines("""
        素敵な写真!私のプロフィールも見てください
        私のページに遊びに来てね
        フォローしてくれたらフォロバします
        チャンネル登録お願いします、毎週新しい動画
        {site}で1000フォロワーが{sum}
        DMください @{name}
        @{name}のおかげで一週間で{sum}稼ぎました
        投資の相談はLINEまで {sum}
        {site}で無料ギフトカード
        新曲出ました、{site}で聴いてね
        今日{site}で遊ぼう、ボーナス{sum}
        可愛い子はプロフィールのリンクから
        フォロワーを増やしたい人はメッセージください
        私も動画作ってます、ぜひ見てください
        いいねと再生数が安い、注文は{site}
        {site}のスロットは毎日出る、{sum}勝ちました
        初めてのVlogを私のチャンネルに上げました、見に来てね
    """),
        "fr": _lines("""
        Belle photo ! Pourquoi ne pas visiter mon profil ?
        passe sur ma page s'il te plaît
        abonne-toi et je m'abonne en retour
        abonnez-vous à ma chaîne, une vidéo par semaine
        1000 abonnés pour {sum} sur {site}
        écris-moi en privé @{name}
        j'ai gagné {sum} en une semaine grâce à @{name}
        contactez-moi sur WhatsApp pour investir {sum}
        cartes cadeaux gratuites sur {site}
        mon nouveau titre est sorti, à écouter sur {site}
        joue aujourd'hui sur {site}, bonus {sum}
        filles chaudes sur mon profil, lien en bio
        tu veux faire grandir ton compte ? envoie un message
        je fais aussi des vidéos, donnez-moi une chance
        likes et vues pas chers, commandez sur {site}
        les machines à sous de {site} paient chaque jour, {sum} gagnés
        mon premier vlog est sur ma chaîne, passez le voir
    """),
        "de": _lines("""
        Schönes Bild! Schau doch mal auf mein Profil
        besuch bitte meine Seite
        folge mir und ich folge zurück
        abonniert meinen Kanal, jede Woche ein neues Video
        1000 Follower für {sum} auf {site}
        schreib mir privat @{name}
        dank @{name} habe ich in einer Woche {sum} verdient
        meldet euch auf WhatsApp zum Investieren {sum}
        Gutscheine gratis auf {site}
        mein neues Lied ist da, hört es auf {site}
        spiel heute auf {site}, Bonus {sum}
        heiße Frauen auf meinem Profil, Link in der Bio
        willst du dein Konto wachsen lassen? schreib mir
        ich mache auch Videos, gebt mir eine Chance
        günstige Likes und Views, bestellt auf {site}
        die Slots auf {site} zahlen jeden Tag, {sum} gewonnen
        mein erster Vlog ist auf meinem Kanal, schaut vorbei
    """),
    }
)

ORDINARY: Final[Mapping[str, tuple[str, ...]]] = MappingProxyType(
    {
        "en": _lines("""
        where did you buy that jacket?
        my sister has the same dog and he snores all night
        the second part is the best, I laughed so hard
        we went there last year and it rained every day
        can you show how you cut the onions
        I think the light comes from the left here
        happy birthday to your mum!
        this song takes me back to school
        what camera did you use for the night shots
        I don't agree, the old version was funnier
        has anyone tried this with almond milk?
        see you on Saturday at the market
        the bike must have cost 900 euros or more
        my channel on the tv froze in the middle of the match
        I checked the profile of the mountain on a map first
        please play the third verse again
        who else watches this before an exam
        that goalkeeper deserves a raise
        congrats on a million subscribers, you earned it
        I subscribed years ago and never missed a video
        my brother showed me this channel and now I open it every morning
    """),
        "es": _lines("""
        dónde compraste esa chaqueta?
        mi hermana tiene el mismo perro y ronca toda la noche
        la segunda parte es la mejor, cómo me reí
        fuimos el año pasado y llovió todos los días
        puedes enseñar cómo cortas la cebolla
        feliz cumpleaños a tu mamá!
        esta canción me recuerda al colegio
        con qué cámara grabaste de noche
        no estoy de acuerdo, la versión vieja era más graciosa
        alguien lo probó con leche de almendras?
        nos vemos el sábado en el mercado
        el canal de la tele se cortó en pleno partido
        quién más lo ve antes de un examen
        ese portero merece un aumento
        felicidades por el millón de suscriptores, te lo ganaste
        te sigo desde hace años y este perfil nunca aburre
        mi hermano me enseñó este canal y ahora lo abro cada mañana
    """),
        "pt": _lines("""
        onde você comprou essa jaqueta?
        minha irmã tem o mesmo cachorro e ele ronca a noite toda
        a segunda parte é a melhor, ri demais
        fomos lá ano passado e choveu todo dia
        mostra como você corta a cebola
        feliz aniversário para sua mãe!
        essa música me lembra a escola
        qual câmera você usou de noite
        não concordo, a versão antiga era mais engraçada
        alguém já fez com leite de amêndoas?
        até sábado na feira
        o canal da tv travou no meio do jogo
        quem mais assiste antes da prova
        esse goleiro merece um aumento
        parabéns pelo milhão de inscritos, você merece
        sigo o canal há anos e nunca perdi um vídeo
        meu irmão me mostrou este canal e agora abro toda manhã
    """),
        "id": _lines("""
        beli jaketnya di mana kak?
        kakakku punya anjing yang sama, ngorok tiap malam
        bagian kedua paling lucu, ketawa terus
        tahun lalu kami ke sana dan hujan tiap hari
        tolong tunjukkan cara potong bawangnya
        selamat ulang tahun buat ibunya!
        lagu ini bikin ingat masa sekolah
        pakai kamera apa buat malam hari
        aku nggak setuju, versi lama lebih lucu
        ada yang sudah coba pakai susu almond?
        sampai ketemu hari sabtu di pasar
        siaran tv macet pas lagi seru mainnya
        siapa lagi yang nonton sebelum ujian
        kipernya pantas naik gaji
        selamat ya sudah sejuta subscriber, pantas banget
        sudah lama follow dan nggak pernah bosan sama videonya
        kakak saya yang kasih tahu channel ini, sekarang tiap pagi saya buka
    """),
        "tr": _lines("""
        o ceketi nereden aldın?
        ablamda da aynı köpek var, bütün gece horluyor
        ikinci bölüm en iyisi, çok güldüm
        geçen yıl gittik, her gün yağmur yağdı
        soğanı nasıl doğradığını gösterir misin
        annene mutlu yıllar!
        bu şarkı beni okula götürüyor
        gece çekimlerinde hangi kamerayı kullandın
        katılmıyorum, eski hali daha komikti
        badem sütüyle deneyen var mı?
        cumartesi pazarda görüşürüz
        maçın ortasında kanal dondu
        sınavdan önce izleyen başka kim var
        o kaleci zammı hak ediyor
        bir milyon abone için tebrikler, hak ettin
        yıllardır takip ediyorum, hiçbir videoyu kaçırmadım
        bu kanalı kardeşim gösterdi, şimdi her sabah açıyorum
    """),
        "ru": _lines("""
        где ты купила эту куртку?
        у сестры такая же собака, храпит всю ночь
        вторая часть самая лучшая, так смеялся
        были там в прошлом году, каждый день шёл дождь
        покажи как ты режешь лук
        с днём рождения твою маму!
        эта песня возвращает меня в школу
        на какую камеру снимали ночью
        не согласен, старая версия была смешнее
        кто пробовал с миндальным молоком?
        увидимся в субботу на рынке
        канал завис посреди матча
        кто ещё смотрит перед экзаменом
        этот вратарь заслужил прибавку
        поздравляю с миллионом подписчиков, заслужили
        подписан много лет и ни одного видео не пропустил
        этот канал мне показал брат, теперь включаю каждое утро
    """),
        "ar": _lines("""
        من اين اشتريت هذه السترة؟
        اختي عندها نفس الكلب ويشخر طول الليل
        الجزء الثاني هو الافضل ضحكت كثيرا
        ذهبنا هناك السنة الماضية ونزل المطر كل يوم
        ممكن تورينا كيف تقطع البصل
        عيد ميلاد سعيد لوالدتك!
        هذه الاغنية ترجعني الى المدرسة
        باي كاميرا صورت في الليل
        لا اتفق النسخة القديمة كانت اضحك
        هل جربها احد مع حليب اللوز؟
        نلتقي يوم السبت في السوق
        القناة توقفت في منتصف المباراة
        من يشاهد هذا قبل الامتحان
        هذا الحارس يستحق زيادة
        مبروك المليون مشترك تستحق
        متابعك من سنين وما فاتني ولا فيديو
        اخي دلني على هذه القناة والان افتحها كل صباح
    """),
        "hi": _lines("""
        यह जैकेट कहां से ली?
        मेरी बहन के पास भी यही कुत्ता है, रात भर खर्राटे लेता है
        दूसरा हिस्सा सबसे अच्छा है, बहुत हंसी आई
        हम पिछले साल वहां गए थे और रोज बारिश हुई
        प्याज कैसे काटते हैं दिखाइए
        आपकी मां को जन्मदिन मुबारक!
        यह गाना मुझे स्कूल की याद दिलाता है
        रात में कौन सा कैमरा इस्तेमाल किया
        मैं सहमत नहीं, पुराना वाला ज्यादा मजेदार था
        किसी ने बादाम दूध के साथ बनाया?
        शनिवार को बाजार में मिलते हैं
        मैच के बीच में चैनल रुक गया
        परीक्षा से पहले और कौन देख रहा है
        इस गोलकीपर की तनख्वाह बढ़नी चाहिए
        दस लाख सब्सक्राइबर की बधाई, आप हकदार हैं
        सालों से फॉलो कर रहा हूं, एक भी वीडियो नहीं छोड़ा
        भाई ने यह चैनल दिखाया था, अब रोज सुबह खोलता हूं
    """),
        "ja": _lines("""
        そのジャケットどこで買ったの?
        姉も同じ犬を飼ってて一晩中いびきをかいてる
        後半が一番好き、めっちゃ笑った
        去年行ったけど毎日雨だった
        玉ねぎの切り方を見せてほしい
        お母さんお誕生日おめでとう!
        この曲を聴くと学校を思い出す
        夜の撮影はどのカメラですか
        前の方が面白かったと思う
        アーモンドミルクで作った人いる?
        土曜日に市場でね
        試合の途中でチャンネルが止まった
        試験の前に見てる人いる?
        あのキーパーは給料上げるべき
        登録者百万人おめでとう、当然だよね
        何年もフォローしてるけど一本も見逃してない
        兄にこのチャンネルを教わって今は毎朝見てる
    """),
        "fr": _lines("""
        où as-tu acheté cette veste ?
        ma sœur a le même chien et il ronfle toute la nuit
        la deuxième partie est la meilleure, j'ai trop ri
        on y est allés l'an dernier et il a plu tous les jours
        tu peux montrer comment tu coupes les oignons
        joyeux anniversaire à ta maman !
        cette chanson me ramène à l'école
        quel appareil pour les photos de nuit
        pas d'accord, l'ancienne version était plus drôle
        quelqu'un a essayé avec du lait d'amande ?
        à samedi au marché
        la chaîne a coupé en plein match
        qui regarde ça avant un examen
        ce gardien mérite une augmentation
        bravo pour le million d'abonnés, tu le mérites
        je suis la chaîne depuis des années, jamais raté une vidéo
        mon frère m'a montré cette chaîne et depuis je l'ouvre chaque matin
    """),
        "de": _lines("""
        wo hast du die Jacke gekauft?
        meine Schwester hat den gleichen Hund, der schnarcht die ganze Nacht
        der zweite Teil ist der beste, so gelacht
        wir waren letztes Jahr dort und es hat jeden Tag geregnet
        zeig mal, wie du die Zwiebeln schneidest
        alles Gute zum Geburtstag an deine Mama!
        das Lied erinnert mich an die Schule
        welche Kamera war das bei Nacht
        sehe ich anders, die alte Fassung war lustiger
        hat das jemand mit Mandelmilch probiert?
        bis Samstag auf dem Markt
        der Kanal hing mitten im Spiel
        wer schaut das noch vor der Prüfung
        der Torwart verdient mehr Geld
        Glückwunsch zur Million Abonnenten, verdient
        ich folge dem Kanal seit Jahren und habe kein Video verpasst
        mein Bruder hat mir den Kanal gezeigt und jetzt läuft er jeden Morgen
    """),
    }
)

# What is spun from stock: praise by its grammar, any thing by name. A vendor's sentences of the sort that
# trackers of bought comments list.
SPUN: Final = _lines("""
    {adj} {noun}!
    Such a {adj} {noun}
    Really {adj} {noun}, keep it up
    {adj}! Loved this {noun}
    Wow, {adj} {noun}!!
    What a {adj} {noun} my friend
    This {noun} is {adj}
    {adj} {noun} as always
    Your {noun} always looks {adj}
    I love this {adj} {noun}
    Hey, {adj} {noun} you have here
    {adj} {adj} {adj}
    Always {adj} to see your {noun}
    Keep up the {adj} work
    Very {adj} {noun}, well done
    Thanks for the {adj} {noun}
""")
SPUN_WORDS: Final[Mapping[str, tuple[str, ...]]] = MappingProxyType({
    "adj": (
        "nice", "amazing", "awesome", "great", "beautiful", "cool", "lovely", "perfect", "fantastic", "super",
        "good", "wonderful", "incredible", "gorgeous", "brilliant", "excellent", "inspiring", "outstanding",
        "cute", "fabulous",
    ),
    "noun": (
        "pic", "picture", "photo", "post", "shot", "page", "feed", "content", "video", "style", "profile",
        "work", "vibe", "gallery", "account", "reel", "clip", "image", "capture", "upload",
    ),
})  # fmt: skip
