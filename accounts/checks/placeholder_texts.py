"""Words that stand where there is no text: "nan", "None", "[deleted]" and their like."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Final

import polars as pl

from accounts.checks.finding import (
    ROW,
    Change,
    Evidence,
    Finding,
    Outcome,
    Suspects,
    check,
    findings_by_account,
)
from accounts.checks.removal_sentences import GONE_SENTENCE

__all__ = [
    "PLACEHOLDERS",
    "placeholder_bio",
    "placeholder_captions",
    "placeholder_comments",
    "placeholder_name",
    "spellings",
]

PLACEHOLDERS: Final = frozenset({
    "nan", "none", "null", "n/a", "na", "#n/a", "nil", "undefined", "unknown", "nonetype", "<na>",
    "no caption", "no text", "no description", "no title", "empty", "missing", "not available",
    "deleted", "removed",
    "unavailable", "hidden", "deleted comment", "removed comment", "comment deleted", "comment removed",
    "deleted by user", "removed by moderator", "removed by reddit", "this comment was deleted",
    "this comment has been deleted", "this comment was removed", "this comment has been removed",
    "this comment is unavailable", "this message was deleted", "this post was deleted", "private video",
    "deleted video", "comentario eliminado", "este comentario fue eliminado", "comentário removido",
    "comentário excluído", "este comentário foi excluído", "commentaire supprimé",
    "ce commentaire a été supprimé",
    "kommentar gelöscht", "kommentar entfernt", "dieser kommentar wurde gelöscht", "commento eliminato",
    "commento rimosso", "комментарий удалён", "комментарий удален", "yorum silindi", "komentar dihapus",
    "komentar telah dihapus", "コメントは削除されました", "削除されました", "삭제된 댓글입니다",
    "该评论已删除", "评论已删除",
    "已删除", "تم حذف التعليق", "टिप्पणी हटा दी गई",
    "\\n", "#value!", "#ref!", "#name?", "not provided", "not specified", "no caption available",
    "caption not available", "no_caption", "no_text", "untitled", "n.a", "void",
    "sin descripción", "sin texto", "sin título", "sem descrição", "sem legenda", "sem título", "sem texto",
    "sans description", "sans légende", "sans titre", "keine beschreibung", "kein text", "ohne titel",
    "senza descrizione", "senza titolo", "nessuna descrizione", "без описания", "без названия",
    "нет описания", "açıklama yok", "başlıksız", "tanpa judul", "tanpa keterangan", "brak opisu",
    "geen beschrijving", "ingen beskrivning", "なし", "無題", "无", "无标题", "无描述", "없음", "제목 없음",
    "بدون عنوان", "لا يوجد",
    "media omitted", "image omitted", "video omitted", "sticker omitted", "gif omitted", "sticker", "gif",
    "image", "photo", "video", "audio",
})  # fmt: skip
"""In lower case, without brackets, points or spaces around them."""

LONGEST: Final = 90
"""Bytes of the longest text that is looked up."""

_REMOVED: Final = (
    r"^this (comment|message|post|reply|tweet|video) (was|is|has been)"
    r" (deleted|removed|unavailable|hidden)( by .{1,30})?$"
)
"""Sentences in which a site says that there is no text any more."""


_THING: Final = (
    "comment", "coment", "komment", "коммент", "комент", "yorum", "komentar", "reactie", "reply", "message",
    "mensaje", "mensagem", "messaggio", "nachricht", "сообщение", "mesaj", "pesan", "bericht", "wiadomość",
    "メッセージ", "메시지", "消息", "رسالة", "account", "media", "médi", "medien", "mídia", "медиа", "medya",
    "メディア", "미디어", "媒体", "媒體",
    "コメント", "댓글", "评论", "評論", "留言", "تعليق", "टिप्पणी", "bình luận",
    "ความคิดเห็น", "σχόλιο", "תגובה",
)  # fmt: skip
_GONE: Final = (
    "delet", "remov", "unavailable", "not available", "hidden", "elimin", "exclu", "apagad", "borrad",
    "oculto", "supprim", "retiré", "gelöscht", "entfernt", "rimoss", "cancellat", "удал", "скрыт", "видал",
    "silin", "kaldırıl", "dihapus", "dipadam", "usuni", "verwijder", "tagits bort", "borttag", "raderat",
    "fjernet", "slettet", "poistettu", "törölt", "smazán", "odstraněn", "șters", "削除", "삭제", "删除",
    "刪除", "移除", "حذف", "हटा",
    "xóa", "gỡ", "ลบ", "διαγράφηκε", "נמחק", "הוסר", "no longer exist", "omitid", " omis", " omess",
    "ausgeschlossen", "weggel", "dahil edil", "без ", "省略", "含まれ", "제외",
    "no disponible", "no longer available", "indispon", "não disponível", "non disponib", "nicht verfügbar",
    "недоступ", "niedostępn", "niet beschikbaar", "inte tillgänglig", "tidak tersedia", "kullanılam",
    "利用できません", "表示できません", "不可用", "无法查看", "볼 수 없", "غير متاح",
)  # fmt: skip
"""Words, and beginnings of words, with which sites say in their languages that a comment, or a picture, is
gone."""

_NO: Final = (
    r"no|without|missing|empty|sin|sem|sans|pas de|pas d'|aucune?|ohne|keine?|senza|nessuna?|без|нет|немає"
    r"|bez|brak|geen|zonder|ingen|intet|inget|uten|uden|utan|ei|tanpa|tiada|tidak ada|không có|ไม่มี"
)
_WORDS: Final = (
    r"captions?|descriptions?|titles?|texts?|descripci[oó]n|leyenda|t[ií]tulo|texto|descri[cç][aã]o|legenda"
    r"|légende|legende|titre|texte|beschreibung|bildunterschrift|beschriftung|titel|didascalia|descrizione"
    r"|titolo|testo|описани[яе]|подпис[иь]|названи[яе]|опису|підпису|opisu|tytułu|podpisu|popisku"
    r"|beschrijving|bijschrift|beskrivning|bildtext|tekst|kuvatekstiä|keterangan|judul|deskripsi"
    r"|chú thích|mô tả|คำบรรยาย|คำอธิบาย"
)
_NO_WORDS: Final = (
    rf"(?i)^\W*(?:(?:{_NO})\s*(?:{_WORDS})(?: \w+)?"
    r"|(?:açıklama|başlık) yok|(?:説明|キャプション|タイトル)(?:なし|はありません)"
    r"|(?:캡션|설명|제목)\s*(?:없음|이 없습니다)|(?:没有|沒有|无|無)(?:标题|標題|描述|说明|說明|文字)"
    r"|(?:photo|image|picture|video|reel|post) (?:shared )?by \S.{0,60}"
    r"|(?:view|see|watch) (?:this|the) (?:post|photo|video|reel|profile) on \w+"
    r"|(?:attachment|attached|media|datei|anhang|adjunto|anexo|вложение): ?\w+"
    r"|(?:ver (?:esta )?publica(?:ción|ção)(?: en| no)?|diesen beitrag auf|voir cette publication sur)"
    r" .{3,30})\W*$"
)
"""No words, said in words: "no caption found", "ไม่มีคำบรรยาย"; or what a page writes in their place."""
_MANY: Final = 3


def spellings(words: Iterable[str]) -> list[str]:
    """Placeholders as they are mostly spelt: looking texts up is several times as fast as stripping them all.

    >>> spellings(["none"])[:5]
    ['"NONE"', '"None"', '"none"', '(NONE)', '(None)']
    """
    return sorted({
        around.format(spelt)
        for word in words
        for spelt in (word, word.upper(), word.capitalize(), word.title())
        for around in ("{}", "[{}]", "({})", "<{}>", "{}.", '"{}"', "*{}*", "{{{}}}")
    })  # fmt: skip


_SPELLINGS: Final = spellings([*PLACEHOLDERS, "-", "--", "—", "–", "NaN", "NoneType"])
_GONE_WORDS: Final = "|".join(
    sorted(
        {
            word if word[0].isascii() else spelt
            for word in (*_GONE, "已删除")
            for spelt in (word, word.capitalize())
        }
    )
)
_SAYS_GONE: Final = f"(?i-u:{_GONE_WORDS})"
"""One of these words, letters of ASCII in either case: of few texts made in half the time of
``contains_any``, of many as fast."""


def _says_gone(column: str) -> pl.Expr:
    """Whether a text stands there several times, word for word, and says that a comment is gone."""
    text = pl.col(column).str.to_lowercase()
    found = pl.all_horizontal(text.str.contains_any(list(words)) for words in (_THING, _GONE))
    return found & (pl.len().over("account_id", column) >= _MANY)


_AROUND: Final = " \t\r\n.!()[]<>{}\"'*_-—–"
"""What may stand around a placeholder."""
_CANDIDATE: Final = (
    f"(?i)^[{re.escape(_AROUND)}]*(?:this |(?:{'|'.join(map(re.escape, sorted(PLACEHOLDERS)))})"
    f"[{re.escape(_AROUND)}]*$)|^\\s*[-—–]+\\s*$"
)


def _bare(text: pl.Expr) -> pl.Expr:
    """In lower case, without what may stand around it; nothing of dashes alone."""
    return text.str.strip_chars(_AROUND).str.to_lowercase()


def _may_be_placeholder(column: str) -> pl.Expr:
    """True of every placeholder; a fifteenth of the time of :func:`_is_placeholder`.

    Most texts are ruled out by their first letters; those that are left are looked at closely.
    """
    return pl.col(column).str.contains(_CANDIDATE)


def _is_placeholder(column: str) -> pl.Expr:
    text = pl.col(column)
    bare = _bare(text)
    short = text.str.len_bytes() <= LONGEST
    dashes = text.str.strip_chars().is_in(["-", "--", "—", "–"])
    return short & (bare.is_in(list(PLACEHOLDERS)) | bare.str.contains(_REMOVED) | dashes)


def _is_gone(column: str) -> pl.Expr:
    """Whether a text is wholly a sentence in which a site says that a comment or an account is gone."""
    return pl.col(column).str.contains(GONE_SENTENCE)


def _any(column: str) -> Suspects:
    """Accounts with a row in which a derived flag is set."""
    return lambda rows: rows.any(rows.floats(column) == 1)


def _says_no_words(column: str) -> pl.Expr:
    """Whether a short text says that there is none, and stands there several times."""
    short = pl.col(column).str.len_bytes() <= LONGEST
    return short & pl.col(column).str.contains(_NO_WORDS)


@check(
    "posts",
    _any("caption_may_be_none"),
    derived={
        "caption_may_be_none": _may_be_placeholder("caption")
        | _says_no_words("caption")
        | _is_gone("caption")
    },
)
def placeholder_captions(evidence: Evidence) -> Outcome:
    """Captions that are a placeholder are no captions, nor are those that say in words that there is none.

    The latter stand there three times or more, word for word; not so where a site says that a post is gone.
    """
    again = pl.len().over("account_id", "caption") >= _MANY
    none = _is_placeholder("caption") | _is_gone("caption") | (_says_no_words("caption") & again)
    return _absent("placeholder_captions", evidence, "posts", "caption", none)


@check(
    "comments",
    _any("text_may_be_none"),
    derived={
        "text_may_be_none": pl.col("text").is_in(pl.Series([_SPELLINGS], dtype=pl.List(pl.String)))
        | pl.col("text").str.contains(_SAYS_GONE)
        | _is_gone("text")
    },
)
def placeholder_comments(evidence: Evidence) -> Outcome:
    """Comments whose text is a placeholder, as of deleted ones, have none.

    Such are whole sentences in which a site says in one of some thirty languages that a comment or its
    author's account is gone, and any of at most 90 bytes with words for it that stand there three times or
    more.

    >>> from accounts.tables import Tables
    >>> rows = [{"account_id": "a", "text": "[deleted]"}, {"account_id": "a", "text": "nice"}]
    >>> one = Evidence(Tables.of(accounts=[{"account_id": "a", "platform": "x"}], comments=rows))
    >>> placeholder_comments.examine(one).changes[0].rows.to_list()
    [0]
    """
    return _absent("placeholder_comments", evidence, "comments", "text", _gone_or_placeholder("text"))


@check("accounts", _any("bio_may_be_none"), derived={"bio_may_be_none": _may_be_placeholder("bio")})
def placeholder_bio(evidence: Evidence) -> Outcome:
    """A description that is a placeholder is absent."""
    return _absent("placeholder_bio", evidence, "accounts", "bio")


@check("accounts", _any("name_may_be_none"), derived={"name_may_be_none": _may_be_placeholder("full_name")})
def placeholder_name(evidence: Evidence) -> Outcome:
    """A displayed name that is a placeholder is absent."""
    return _absent("placeholder_name", evidence, "accounts", "full_name")


def _gone_or_placeholder(column: str) -> pl.Expr:
    short = pl.col(column).str.len_bytes() <= LONGEST
    return _is_placeholder(column) | _is_gone(column) | (short & _says_gone(column))


def _absent(name: str, evidence: Evidence, table: str, column: str, which: pl.Expr | None = None) -> Outcome:
    texts = evidence.columns(table, "account_id", column)
    wrong = texts.filter(_is_placeholder(column) if which is None else which)
    field = f"{'profile' if table == 'accounts' else table}.{column}"
    findings = tuple(
        Finding(
            account_id, name, field, part.height,
            f"{field} says {part[column].mode().sort()[0][:40]!r} {part.height} times, which is no"
            " text: taken as absent.", (field,),
        )
        for account_id, part in findings_by_account(wrong)
    )  # fmt: skip
    return Outcome((Change(table, wrong[ROW], (column,)),), findings)
