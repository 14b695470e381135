"""Ordinary comments in twelve languages and eight scripts, written by hand for measuring: none is a person's.

What people write under videos and pictures: jokes, questions, names of friends, times, numbers, thanks, talk
about channels and prices. None advertises anything. Nothing is trained on them, and nothing may be: Korean,
Thai, Chinese and Greek are in no training text at all.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

__all__ = ["ORDINARY_COMMENTS"]


def _lines(text: str) -> tuple[str, ...]:
    return tuple(line.strip() for line in text.strip().splitlines())


ORDINARY_COMMENTS: Final[Mapping[str, tuple[str, ...]]] = MappingProxyType({
    "English": _lines("""
        3:42 I was not ready for that 😂😂
        lol my dad does exactly this every Christmas
        Been here since 12k subs and look at you now
        okay but who left the oven on
        the way she looked at him at the end... I'm crying
        What's the name of the track at 1:15?
        I paid $40 for the same thing at the station, never again
        @maria_lop this is so you hahaha
        Can't believe it's been ten years already
        anyone else here because of the documentary?
        First time I actually understood fractions, thank you!!
        that cat owns the house, they just live there
        Bro really said "trust me" and then fell off 💀
        Mine came out dry, do you cover it with foil?
        you can see the camera guy in the mirror lmao
        Greetings from Leeds, still raining
        I disagree with the second point but it's well argued
        this made my Monday a bit less Monday
        HOW IS SHE SO TALL
        My physics teacher showed us this in class
        the blue one looks better on you, sorry not sorry
        please do a follow-up on what happened to the dog
        we had that same couch, the orange one with the burn mark
        Just finished episode 8. No words.
        goosebumps at 2:07 every single time
        Does it fit size 11 feet or should I go up?
        my grandma's recipe uses two eggs instead of three
        He missed an open goal and still got man of the match, okay
        Rest in peace to the guy who edited this
        not me watching this at 4 am with an exam at 9
        The ferry was $12 last summer, is it more now?
        Love from Kenya, we had no power for two days but saved this for later
        that bass line though
        I moved there in 2016 and the bakery is still open
        Wait, is that the guy from the insurance advert?
        Your channel got me through my first year of nursing school
        ok the plot twist with the brother was too obvious
        my 6 year old asks for the penguin one every night
        👏👏 about time somebody said it
        I checked, and the book says 1843, not 1834
    """),
    "Spanish": _lines("""
        jajaja mi abuela hace lo mismo con las llaves
        alguien más llegó por el documental?
        El minuto 2:30 me rompió 😭
        yo pagué 300 pesos por eso y ni servía
        qué envidia, aquí lleva lloviendo una semana
        @luciaperez mira, somos nosotras en la boda
        Profe, por fin entendí las derivadas, gracias!!
        el perro juzgando a todos desde el sillón 😂
        saludos desde Rosario, acá con mate
        No me convence el final, muy apurado
        a qué temperatura va el horno?
        mi hijo de 5 años baila esta canción todo el día
        ese gol lo grité como si fuera la final
        primera vez que veo a alguien explicarlo tan claro
        la camiseta roja te queda mejor
        Cómo se llama la canción del principio?
        llevo viendo el canal desde que grababas con el celular
        no puede ser que ya pasaron diez años
        se ve el camarógrafo en el espejo jajaj
        le falta sal, confíen en mí
        Mañana tengo examen y aquí estoy
        Esa calle queda a dos cuadras de mi casa
        el de la guitarra se merece un premio
        y el gato? qué pasó con el gato??
        vi el capítulo 8 y quedé sin palabras
        Mi papá tenía un coche igual, del 87
        entonces por qué no lo dijeron antes
        la voz de ella en vivo es otra cosa
        ustedes creen que vuelva para el próximo mundial?
        cuando dijo "tranquilos" ya sabía que se caía 💀
        Hoy lo cociné y se me quemó la mitad, pero rico
        No sé por qué lloro si ni los conozco
        que alguien le dé agua a ese señor
        el precio del bus subió a 2,50 otra vez
        feliz cumple atrasado para tu hermana!
        en mi pueblo eso se come con miel
        Se te olvidó poner el enlace de la receta anterior
        me acordé de la escuela, qué tiempos
        nadie habla de lo bien que actúa la señora
        3 veces lo vi y todavía no encuentro el error
    """),
    "Indonesian": _lines("""
        wkwkwk emak gue banget ini
        menit 3:20 bikin merinding
        bang itu kucingnya kok galak banget sih
        semoga cepat sembuh ya pak, sehat selalu
        aku yang di Medan cuma bisa ngiler lihat ini
        ini lagunya judulnya apa ya?
        kemarin aku coba resepnya, kurang asin dikit tapi enak
        anak gue umur 4 tahun joget terus nonton ini
        harga cabai di pasar udah 90 ribu, nangis
        @rina_dwi ini kamu banget pas telat hahaha
        baru nonton sekarang, ketinggalan 2 tahun
        pas dia jatuh gue ikut kaget sumpah
        Terima kasih pak guru, akhirnya paham pecahan
        rumah nenek saya dekat situ, sekarang sudah jadi ruko
        kok beda sama yang dibilang kemarin?
        hadir dari Makassar, hujan deras di sini
        yang pegang kamera kelihatan di kaca wkwk
        bagian akhir sedih banget, jadi ingat almarhum bapak
        besok ujian malah nonton beginian
        bola udah di depan gawang masih aja meleset
        kalau pakai santan bisa nggak kak?
        dari jaman subscriber 5 ribu udah nonton, sekarang sejuta
        cowok yang baju biru namanya siapa?
        mau ketawa takut dosa
        itu motor tahun berapa ya, mirip punya om saya
        episode 8 bikin emosi, pengen lempar sandal
        suaranya live lebih bagus daripada rekaman
        Pemandangannya indah, sayang sampahnya banyak
        kasihan anjingnya kehujanan
        gua kira bakal menang, ternyata kalah 3-0
        tiap lebaran pasti diputar lagi film ini
        kenapa nggak lewat tol aja biar cepat
        gaji 2 juta mana cukup beli begituan
        dia ngomong santai padahal panik itu
        tetangga gue juga begini, berisik tiap malam
        akhirnya upload juga setelah sebulan
        semangat terus kuliahnya dek
        ini di Bandung sebelah mana ya?
        lucu banget pas ayamnya lari
        warna hijau lebih cocok buat kamu
    """),
    "Turkish": _lines("""
        annem de aynısını yapıyor yaa 😂
        3:15'te tüylerim diken diken oldu
        bu şarkının adı ne bilen var mı
        geçen yaz gittik, deniz buz gibiydi
        @elif.nur tam sen ya ahahah
        yarın sınavım var ben burada ne yapıyorum
        Hocam kesirleri sonunda anladım, sağ olun
        kedi herkesi yargılıyor resmen
        bizim köyde bunu pekmezle yerler
        simit 15 lira olmuş inanamıyorum
        o kırmızı kazak sana daha çok yakışmış
        fırın kaç derecede olacak?
        Ankara'dan selamlar, burada kar var
        son sahnede ağladım yalan yok
        aynada kameraman görünüyor dikkat edin
        abi düşerken yüzündeki ifade 💀
        babamın da böyle bir arabası vardı 87 model
        kanalı 5 bin aboneyken izliyordum, nereden nereye
        8. bölümü izledim konuşamıyorum
        tuzu az olmuş gibi geldi bana
        hakem maçı resmen katletti
        oğlum bunu izlemeden uyumuyor
        Keşke biraz daha uzun olsaydı
        köpeğe ne oldu peki??
        katılmıyorum ama güzel anlatmış
        mavi olanın fiyatı neydi acaba, mağazada 900 dü
        on yıl geçmiş mi gerçekten
        dün denedim, yarısı yandı ama tadı iyiydi
        kadının oyunculuğundan kimse bahsetmiyor
        yağmur sesiyle dinleyince başka
        O sokak bizim evin iki arka sokağı
        gitaristin hakkını verelim
        gece dörtte bunu izleyen tek ben miyim
        dedem anlatırdı bu olayı
        bence ikinci versiyon daha iyiydi
        otobüs yine zamlanmış, yürüyorum artık
        kaleci uyuyor mu kardeşim
        çocukluğum gözümün önünden geçti
        tarih yanlış, 1843 olacaktı
        bu havada dondurma yenir mi ya
    """),
    "Russian": _lines("""
        ахаха у меня бабушка так же ключи ищет
        на 3:20 мурашки каждый раз
        как называется песня в начале?
        мы были там в августе, вода ледяная
        @nastya_k это же ты на свадьбе
        завтра экзамен, а я тут сижу
        Наконец-то поняла дроби, спасибо вам!
        кот смотрит на всех с осуждением 😂
        у нас в деревне это едят с мёдом
        хлеб уже 70 рублей, куда дальше
        красный свитер тебе больше идёт
        а при какой температуре печь?
        Привет из Томска, у нас минус тридцать
        в конце расплакался, не стыдно
        в зеркале видно оператора
        он сказал «спокойно» и упал 💀
        у отца была такая же машина, 87 года
        смотрю канал с пяти тысяч подписчиков, вы молодцы
        посмотрел восьмую серию, слов нет
        по-моему, соли маловато
        судья просто убил матч
        дочка без этого мультика не засыпает
        А что стало с собакой??
        не согласен, но аргументы хорошие
        синий был дешевле, вчера видел за 900
        неужели уже десять лет прошло
        вчера приготовила, половина сгорела, но вкусно
        про актрису никто не пишет, а зря
        под дождь слушать самое то
        эта улица в двух кварталах от моего дома
        гитаристу отдельный респект
        кто ещё в четыре утра это смотрит
        дед рассказывал эту историю по-другому
        первая версия была лучше
        автобус опять подорожал, хожу пешком
        вратарь спит что ли
        как будто в детство вернулся
        в книге написано 1843, а не 1834
        купил такой iPhone в прошлом году, батарея слабая
        вы заметили, что часы идут назад?
    """),
    "Arabic": _lines("""
        ههههه جدتي تعمل نفس الشي مع المفاتيح
        الدقيقة 3:20 قشعريرة كل مرة
        شو اسم الاغنية بالبداية؟
        رحنا هناك الصيف الماضي والبحر كان بارد
        @sara_m هذي انتي في العرس
        بكرة عندي امتحان وانا جالس هنا
        اخيرا فهمت الكسور شكرا يا استاذ
        القط يطالع الكل باستغراب 😂
        عندنا في القرية نأكلها مع العسل
        الخبز صار بعشرة والله غالي
        الاحمر احلى عليك
        كم درجة حرارة الفرن؟
        تحياتي من طنجة الجو ممطر
        بكيت في النهاية ما استحي
        المصور طالع في المراية
        قال اهدوا وبعدها طاح 💀
        ابوي كان عنده نفس السيارة موديل ٨٧
        اتابع القناة من ايام خمسة الاف مشترك
        شفت الحلقة الثامنة ومافي كلام
        احسها ناقصة ملح
        الحكم ذبح المباراة
        بنتي ما تنام بدون هذا الكرتون
        طيب والكلب شو صار له؟؟
        لا اوافق لكن كلامه مرتب
        الازرق كان ارخص امس شفته ب ٩٠٠
        معقول مرت عشر سنين
        جربتها امس واحترق نصها بس طيبة
        محد يتكلم عن تمثيل الام
        مع صوت المطر غير
        هذا الشارع قريب من بيتنا
        عازف العود يستاهل جائزة
        مين معي الساعة اربعة الفجر
        جدي كان يحكي القصة بطريقة ثانية
        النسخة الاولى كانت افضل
        الباص غلي مرة ثانية صرت امشي
        الحارس نايم ولا ايش
        رجعت لايام الطفولة
        الكتاب يقول 1843 وليس 1834
        الله يرحمه كان صوته مميز
        ليش الساعة ورا تمشي بالعكس؟
    """),
    "Hindi": _lines("""
        हाहाहा मेरी दादी भी चाबी ऐसे ही ढूंढती हैं
        3:20 पर हर बार रोंगटे खड़े हो जाते हैं
        शुरू वाले गाने का नाम क्या है?
        पिछली गर्मी में गए थे, पानी बहुत ठंडा था
        @neha_s ये तो शादी में तुम हो
        कल पेपर है और मैं यहां बैठा हूं
        आखिरकार भिन्न समझ आ गए, धन्यवाद सर
        बिल्ली सबको घूर रही है 😂
        हमारे गांव में इसे शहद के साथ खाते हैं
        टमाटर 80 रुपये किलो हो गया भाई
        लाल वाला तुम पर ज्यादा जंचता है
        ओवन कितने तापमान पर रखना है?
        पटना से नमस्ते, यहां बारिश हो रही है
        अंत में रो पड़ा, शर्म नहीं
        शीशे में कैमरामैन दिख रहा है
        बोला आराम से और गिर गया 💀
        पापा के पास भी ऐसी ही गाड़ी थी
        पांच हजार सब्सक्राइबर थे तब से चैनल देख रहा हूं
        आठवां एपिसोड देखा, शब्द नहीं हैं
        मुझे नमक कम लगा
        अंपायर ने मैच खराब कर दिया
        मेरी बेटी इसके बिना सोती नहीं
        और कुत्ते का क्या हुआ??
        सहमत नहीं हूं पर बात अच्छी कही
        नीला वाला सस्ता था, कल 900 में देखा
        सच में दस साल हो गए?
        कल बनाया, आधा जल गया पर स्वाद अच्छा था
        मां के अभिनय की कोई बात नहीं करता
        बारिश में सुनो तो अलग ही मजा है
        यह गली मेरे घर के पास है
        तबले वाले भैया को सलाम
        सुबह चार बजे और कौन देख रहा है
        दादाजी यह किस्सा अलग सुनाते थे
        पहला वाला ज्यादा अच्छा था
        बस का किराया फिर बढ़ गया
        गोलकीपर सो रहा है क्या
        बचपन याद आ गया
        किताब में 1843 लिखा है, 1834 नहीं
        घड़ी उल्टी क्यों चल रही है?
        yaar ye scene to dil tod deta hai
    """),
    "Japanese": _lines("""
        うちの祖母も鍵を同じように探してるw
        3:20で毎回鳥肌
        最初の曲の名前わかる人いますか?
        去年の夏行ったけど水が冷たかった
        @yuki_n これ結婚式のときのあなたじゃん
        明日試験なのに何してるんだろ
        やっと分数がわかりました、先生ありがとう
        猫の目が冷たすぎるwww
        うちの田舎では蜂蜜をかけて食べます
        卵が1パック300円ってほんと?
        赤いほうが似合うと思う
        オーブンは何度ですか
        札幌から見てます、雪です
        最後泣いた
        鏡にカメラさん映ってるよ
        「大丈夫」って言った直後に転ぶの草
        父が同じ車に乗ってた、87年式
        登録者5000人の頃から見てるから感慨深い
        8話見た、言葉が出ない
        ちょっと塩が足りないかも
        審判ひどすぎ
        娘がこれ見ないと寝ません
        犬はどうなったの??
        賛成はできないけど説明は上手
        青いのは昨日900円だった
        もう10年も経つのか
        作ったら半分焦げたけど美味しかった
        お母さん役の演技もっと話題になるべき
        雨の日に聴くと最高に沁みる
        この通り、家から二分だわ
        ギターの人すごい
        朝4時に見てるの私だけ?
        おじいちゃんは違うふうに話してた
        前のバージョンのほうが好き
        バスまた値上げか、歩こう
        キーパー寝てるの?
        子どもの頃に戻った気分
        本には1843年って書いてあるよ
        時計が逆に動いてない?
        次は京都にも来てほしいなあ
    """),
    "Korean": _lines("""
        ㅋㅋㅋㅋ 우리 할머니도 열쇠 저렇게 찾으심
        3:20 볼 때마다 소름
        처음에 나오는 노래 제목이 뭐예요?
        작년 여름에 갔는데 물이 너무 차가웠어요
        @minji_k 이거 결혼식 때 너잖아
        내일 시험인데 뭐 하고 있는 거지
        드디어 분수를 이해했어요 선생님 감사합니다
        고양이 눈빛 봐 ㅋㅋㅋ
        우리 시골에서는 꿀 찍어 먹어요
        계란 한 판에 만 원이라니
        빨간 게 더 잘 어울려요
        오븐은 몇 도로 해요?
        부산에서 보고 있어요 비 와요
        마지막에 울었다
        거울에 카메라맨 보여요
        괜찮다고 하자마자 넘어짐 💀
        아버지가 타시던 차랑 똑같네요 87년식
        구독자 5천 명 때부터 봤는데 뿌듯하다
        8화 보고 말을 잃었다
        소금이 좀 부족한 듯
        심판 진짜 너무하네
        딸이 이거 안 보면 안 자요
        강아지는 어떻게 됐어요??
        동의는 못 하지만 설명은 좋네요
        파란 건 어제 900원이었는데
        벌써 십 년이 지났다고?
        만들어 봤는데 반은 탔지만 맛있었어요
        어머니 역 연기 얘기는 왜 아무도 안 하지
        비 오는 날 들으면 더 좋음
        저 골목 우리 집 근처인데
        기타 치시는 분 상 줘야 함
        새벽 네 시에 보는 사람 나만 있나
        할아버지는 다르게 얘기하셨는데
        예전 버전이 더 나았어
        버스비 또 올랐네 걸어야지
        골키퍼 자는 거 아니야?
        어릴 때로 돌아간 기분
        책에는 1843년이라고 나와요
        시계가 거꾸로 가는데?
        다음에는 대구에도 와 주세요
    """),
    "Thai": _lines("""
        5555 ยายผมก็หากุญแจแบบนี้
        นาที 3:20 ขนลุกทุกครั้ง
        เพลงตอนต้นชื่ออะไรครับ
        ปีที่แล้วไปมา น้ำเย็นมาก
        @ploy_n นี่แกตอนงานแต่งชัดๆ
        พรุ่งนี้สอบแต่ยังนั่งดูอยู่
        เข้าใจเศษส่วนสักที ขอบคุณครูค่ะ
        แมวมองแรงมาก
        บ้านเราเขากินกับน้ำผึ้ง
        ไข่แผงละ 150 แล้วเหรอ
        สีแดงเหมาะกับเธอกว่านะ
        ใช้ไฟกี่องศาคะ
        ดูอยู่เชียงใหม่ ฝนตกหนัก
        ตอนจบร้องไห้เลย
        เห็นตากล้องในกระจกด้วย
        บอกว่าไม่เป็นไรแล้วก็ล้ม 💀
        พ่อเคยมีรถแบบนี้ รุ่นปี 87
        ดูช่องนี้ตั้งแต่คนตามห้าพัน
        ดูตอนที่ 8 แล้วพูดไม่ออก
        รู้สึกว่าเค็มไปหน่อย
        กรรมการตัดสินแย่มาก
        ลูกสาวไม่ดูเรื่องนี้ไม่ยอมนอน
        แล้วหมาเป็นยังไงบ้าง??
        ไม่เห็นด้วยแต่อธิบายดี
        สีฟ้าเมื่อวานเห็น 900 เอง
        ผ่านมาสิบปีแล้วจริงดิ
        ลองทำแล้ว ไหม้ครึ่งนึงแต่อร่อย
        ไม่มีใครพูดถึงบทแม่เลย
        ฟังตอนฝนตกยิ่งเพราะ
        ซอยนี้ใกล้บ้านเราเลย
        คนเล่นกีตาร์เก่งจัง
        มีใครดูตอนตีสี่เหมือนกันไหม
        ปู่เล่าไม่เหมือนแบบนี้
        เวอร์ชันเก่าดีกว่า
        ค่ารถเมล์ขึ้นอีกแล้ว เดินดีกว่า
        ผู้รักษาประตูหลับอยู่หรือเปล่า
        เหมือนได้กลับไปเป็นเด็ก
        ในหนังสือเขียนว่า 1843 นะ
        นาฬิกาเดินถอยหลังหรือเปล่า
        คราวหน้ามาขอนแก่นบ้างนะ
    """),
    "Chinese": _lines("""
        哈哈哈我奶奶找钥匙也这样
        3:20每次都起鸡皮疙瘩
        开头那首歌叫什么名字?
        去年夏天去过,水特别凉
        @小雨 这不就是婚礼上的你吗
        明天考试我还在这儿看
        终于弄懂分数了,谢谢老师
        猫的眼神太嫌弃了
        我们老家都蘸蜂蜜吃
        鸡蛋都涨到八块了
        红色那件更适合你
        烤箱要多少度啊
        在成都看的,外面下雨
        结尾看哭了
        镜子里能看到摄影师
        刚说没事就摔了💀
        我爸以前开过同款,87年的
        五千粉的时候就在看,一路走来不容易
        看完第八集说不出话
        感觉盐少了一点
        裁判太离谱了
        女儿不看这个不睡觉
        那狗后来怎么样了??
        不太同意,但讲得挺清楚
        蓝色的昨天看才900
        都过去十年了吗
        做了一次,糊了一半,还挺好吃
        妈妈那个角色演得真好,没人说吗
        下雨天听特别有感觉
        这条街离我家两分钟
        弹吉他的那位太强了
        凌晨四点还有谁在看
        爷爷讲的版本不一样
        还是老版本好
        公交又涨价了,走路吧
        守门员睡着了吧
        一下子回到小时候
        书上写的是1843年
        你们发现钟是倒着走的吗
        下次来武汉吧
    """),
    "Greek": _lines("""
        χαχαχα η γιαγιά μου έτσι ψάχνει τα κλειδιά
        στο 3:20 ανατριχιάζω κάθε φορά
        πώς λέγεται το τραγούδι στην αρχή;
        πήγαμε πέρσι το καλοκαίρι, παγωμένο το νερό
        @eleni_p εσύ στον γάμο ακριβώς
        αύριο δίνω εξετάσεις και είμαι εδώ
        Επιτέλους κατάλαβα τα κλάσματα, ευχαριστώ
        η γάτα τους κρίνει όλους 😂
        στο χωριό μας το τρώνε με μέλι
        το ψωμί πήγε 1,50 ευρώ
        το κόκκινο σου πάει πιο πολύ
        σε πόσους βαθμούς ο φούρνος;
        χαιρετίσματα από Βόλο, βρέχει
        έκλαψα στο τέλος, δεν ντρέπομαι
        φαίνεται ο κάμεραμαν στον καθρέφτη
        είπε «ήρεμα» και έπεσε 💀
        ο πατέρας μου είχε το ίδιο αμάξι, του 87
        βλέπω το κανάλι από τότε που είχε πέντε χιλιάδες
        είδα το όγδοο επεισόδιο, δεν έχω λόγια
        λίγο αλάτι θέλει ακόμα
        ο διαιτητής χάλασε τον αγώνα
        η κόρη μου δεν κοιμάται χωρίς αυτό
        και ο σκύλος τι απέγινε;;
        διαφωνώ αλλά τα λέει ωραία
        το μπλε χθες το είδα 900
        πέρασαν κιόλας δέκα χρόνια;
        το έφτιαξα, κάηκε το μισό αλλά νόστιμο
        κανείς δεν μιλάει για την ηθοποιό
        με τη βροχή ακούγεται αλλιώς
        αυτός ο δρόμος είναι δίπλα στο σπίτι μου
        ο κιθαρίστας θέλει βραβείο
        ποιος άλλος το βλέπει στις τέσσερις το πρωί
        ο παππούς το έλεγε διαφορετικά
        η παλιά εκδοχή ήταν καλύτερη
        ακρίβυνε πάλι το λεωφορείο, πάω με τα πόδια
        κοιμάται ο τερματοφύλακας;
        γύρισα στα παιδικά μου χρόνια
        το βιβλίο γράφει 1843, όχι 1834
        το ρολόι πάει ανάποδα;
        την άλλη φορά ελάτε και στη Λάρισα
    """),
})  # fmt: skip
