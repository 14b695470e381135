"""YouTube Studio's table in the languages that people have it in, and its row of totals."""

import pytest

from accounts.importing.catalogue import SOURCES

TABLES = {
    "de": ("Vid\u00adeos,Videotitel,Veröffentlichungszeitpunkt des Videos,Dauer,Auf\u00adrufe,"
           'Wiedergabezeit (Stunden),"""Mag ich""-Bewertungen",Kommentare hinzugefügt,Geteilte Inhalte',
           "Gesamt"),
    "fr": ("Contenu,Titre de la vidéo,Heure de publication de la vidéo,Durée,Vues,"
           "Durée de visionnage (heures),J'aime,Commentaires ajoutés,Partages", "Total"),
    "es": ("Contenido,Título del vídeo,Hora de publicación del vídeo,Duración,Visualizaciones,"
           "Tiempo de visualización (horas),Me gusta,Comentarios añadidos,Veces compartido", "Total"),
    "pt": ("Conteúdo,Título do vídeo,Horário de publicação do vídeo,Duração,Visualizações,"
           "Tempo de exibição (horas),Marcações Gostei,Comentários adicionados,Compartilhamentos", "Total"),
    "it": ("Contenuti,Titolo video,Ora di pubblicazione del video,Durata,Visualizzazioni,"
           "Tempo di visualizzazione (ore),Mi piace,Commenti aggiunti,Condivisioni", "Totale"),
    "nl": ("Content,Videotitel,Publicatietijd van video,Duur,Weergaven,Weergavetijd (uur),"
           "Vind-ik-leuks,Toegevoegde reacties,Keer gedeeld", "Totaal"),
    "pl": ("Materiały,Tytuł filmu,Czas publikacji filmu,Czas trwania,Wyświetlenia,"
           "Czas oglądania (godziny),Polubienia,Dodane komentarze,Udostępnienia", "Łącznie"),
    "tr": ("İçerik,Video başlığı,Video yayınlanma zamanı,Süre,Görüntüleme,İzlenme süresi (saat),"
           "Beğeniler,Eklenen yorumlar,Paylaşımlar", "Toplam"),
    "ja": ("コンテンツ,動画のタイトル,動画公開時刻,長さ,視聴回数,総再生時間（単位: 時間）,"
           "高評価数,コメント追加回数,共有数", "合計"),
    "ko": ("콘텐츠,동영상 제목,동영상 게시 시간,길이,조회수,시청 시간(단위: 시간),"
           "좋아요,추가된 댓글 수,공유", "합계"),
    "ru": ("Контент,Название видео,Время публикации видео,Продолжительность,Просмотры,Время просмотра (часы),"
           '"Отметки ""Нравится""",Добавленные комментарии,Поделились', "Итоговое значение"),
    "hi": ("कॉन्टेंट,वीडियो का टाइटल,वीडियो पब्लिश करने का समय,अवधि,देखे जाने की संख्या,देखने का समय (घंटे),"
           "पसंद,जोड़ी गई टिप्पणियां,शेयर", "कुल"),
    "ar": ("المحتوى,عنوان الفيديو,وقت نشر الفيديو,المدة,المشاهدات,وقت المشاهدة (ساعات),"
           "الإعجابات,التعليقات المضافة,المشاركات", "المجموع"),
    "unknown": ("Klumpo,Nimo,Tempo,Daŭro,Views,Horoj,Likes,Comments,Shares", "Sumo"),
}  # fmt: skip
ROWS = """
TOTAL,,,,9400,312.5,165,6,9
aaaaaaaaaa1,Rye,"Oct 20, 2026",197,5300,200.1,120,4,7
aaaaaaaaaa2,Oat,DAY,47,4100,112.4,45,2,2
"""


@pytest.mark.parametrize("language", TABLES)
def test_a_table_in_any_language_is_read_without_its_total(imported, language):
    header, total = TABLES[language]
    found = imported(
        None, {"Table.csv": header + ROWS.replace("TOTAL", total).replace("DAY", '"Oct 13, 2026"')}
    )
    assert found.sources == {"Table.csv": "youtube-studio"}
    assert found.documents[0]["posts"] == [
        {"post_id": "aaaaaaaaaa1", "caption": "Rye", "published_on": "2026-10-20", "views": 5300,
         "likes": 120, "comments": 4, "shares": 7},
        {"post_id": "aaaaaaaaaa2", "caption": "Oat", "published_on": "2026-10-13", "views": 4100,
         "likes": 45, "comments": 2, "shares": 2},
    ]  # fmt: skip
    assert found.leftovers.homeless == {"rows of totals": 1}
    assert not found.leftovers.unknown
    assert any("left out:" in note for note in found.notes)


@pytest.mark.parametrize("word", ["Gezamenlijk", "Whole_total", "Σ"])
def test_a_total_is_known_by_what_it_is(imported, word):
    """A word of eleven letters is named as videos are: its views are the sum of the others'."""
    header, _ = TABLES["nl"]
    found = imported(
        "youtube-studio", {"a.csv": header + ROWS.replace("TOTAL", word).replace("DAY", "13-10-26")}
    )
    assert [post["post_id"] for post in found.documents[0]["posts"]] == ["aaaaaaaaaa1", "aaaaaaaaaa2"]


def test_a_video_that_lost_its_title_and_time_stays_one(imported):
    header, _ = TABLES["fr"]
    found = imported(
        "youtube-studio", {"a.csv": f"{header}\naaaaaaaaaa3,,,,12,,1,0,0\naaaaaaaaaa4,,,,9,,1,0,0\n"}
    )
    assert len(found.documents[0]["posts"]) == 2


@pytest.mark.parametrize(
    ("written", "day"),
    [("28 sept. 2026", "2026-09-28"), ("13. Okt. 2026", "2026-10-13"), ("13 окт. 2026 г.", "2026-10-13"),
     ("2026/10/13", "2026-10-13"), ("2026年10月13日", "2026-10-13"), ("13/10/2026", None)],
)  # fmt: skip
def test_days_are_read_as_languages_write_them(imported, written, day):
    header, total = TABLES["fr"]
    table = header + ROWS.replace("TOTAL", total).replace("DAY", written)
    assert imported("youtube-studio", {"a.csv": table}).documents[0]["posts"][1].get("published_on") == day


def test_the_channel_is_named_by_a_folder_in_any_language(imported):
    header, total = TABLES["de"]
    name = "Videos 2020-01-01_2026-10-31 Bread Lab/Tabellendaten.csv"
    found = imported(None, {name: header + ROWS.replace("TOTAL", total).replace("DAY", "")})
    assert found.documents[0]["account_id"] == "Bread Lab"


@pytest.mark.parametrize(
    ("chart", "totals"),
    [
        ("Date,Content,Video title,Video publish time,Duration,Views", "Date,Views"),
        ("Datum,Videos,Videotitel,Veröffentlichungszeitpunkt des Videos,Dauer,Aufrufe", "Datum,Aufrufe"),
    ],
)
def test_tables_of_days_beside_it_are_counted_and_change_no_video(imported, chart, totals):
    header, total = TABLES["fr"]
    folder = "Content 2020-01-01_2026-10-31 Bread Lab"
    tables = {
        f"{folder}/Chart data.csv": f'{chart}\n2026-10-20,aaaaaaaaaa1,Rye,"Oct 20, 2026",197,300\n',
        f"{folder}/Table data.csv": header + ROWS.replace("TOTAL", total).replace("DAY", ""),
        f"{folder}/Totals.csv": f"{totals}\n2026-10-20,300\n2026-10-21,50\n",
    }
    found = imported(None, tables)
    (document,) = found.documents
    assert [post["views"] for post in document["posts"]] == [5300, 4100]
    assert found.leftovers.homeless == {"rows of single days": 3, "rows of totals": 1}


def test_a_plain_table_of_videos_is_none_of_studios(imported):
    table = "Video,Titel,Datum,Aufrufe,Kanal\naaaaaaaaaa1,Rye,2026-10-20,5,Bread Lab\n"
    assert imported(None, {"videos.csv": table}).sources == {"videos.csv": SOURCES["spreadsheet"].name}
