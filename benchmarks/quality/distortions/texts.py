"""Texts that are none: placeholders, deleted comments, broken encodings, cut ones."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import partial
from types import MappingProxyType
from typing import Final

import polars as pl

from accounts.tables import Tables
from benchmarks.quality.distortions.distortion import Distortion, chosen_text, some_of, with_columns

__all__ = ["TEXTS"]

NOTHING: Final = {"nan": (0.1, 0.33, 1.0), "None": (0.33,), "n/a": (0.33,), "[no caption]": (0.33,)}
REMOVED: Final = (
    "[deleted]", "This comment was removed by its author", "Comentario eliminado", "Commentaire supprimé",
    "Kommentar gelöscht.", "Комментарий удалён", "コメントは削除されました", "تم حذف التعليق",
)  # fmt: skip
REMOVED_ELSEWHERE: Final = (
    "[removed by moderator]", "Este comentario ha sido eliminado", "Bu yorum kaldırıldı",
    "Reactie verwijderd",
    "Komentarz usunięty", "Kommentaren har tagits bort", "Bình luận đã bị xóa", "ความคิดเห็นถูกลบ",
    "Il commento è stato rimosso", "Kommentaari poistettu", "comment unavailable", "Комментарий скрыт",
)  # fmt: skip
GONE: Final[Mapping[str, Sequence[str]]] = MappingProxyType({
    "deleted": REMOVED, "deleted, in other words": REMOVED_ELSEWHERE, "nan": ("nan",),
})  # fmt: skip
_COLUMN: Final = {"posts": "caption", "comments": "text"}


def written_as(tables: Tables, table: str, texts: Sequence[str], share: float) -> Tables:
    """A share of the texts replaced by what stands for none, one wording for an account."""
    column = _COLUMN[table]
    some = pl.lit(some_of(tables[table], share))
    return with_columns(tables, table, **{column: pl.when(some).then(chosen_text(texts)).otherwise(column)})


def broken(tables: Tables, codec: str) -> Tables:
    """Captions and comments whose UTF-8 was read in another encoding."""

    def read(text: str) -> str:
        return text.encode().decode(codec, "replace")

    for table, column in _COLUMN.items():
        known = pl.col(column).map_elements(read, pl.String, skip_nulls=True)
        tables = with_columns(tables, table, **{column: known})
    return tables


def cut_at(tables: Tables, table: str, characters: int, mark: str = "") -> Tables:
    """Texts longer than that cut there, and marked."""
    text = pl.col(_COLUMN[table])
    short = pl.concat_str(text.str.head(characters - len(mark)), pl.lit(mark))
    longer = text.str.len_chars() > characters
    return with_columns(tables, table, **{_COLUMN[table]: pl.when(longer).then(short).otherwise(text)})


TEXTS: Final = (
    *(
        Distortion(f'captions: "{text}" on {share:.0%}'.replace("%", " %"),
                   partial(written_as, table="posts", texts=[text], share=share))
        for text, shares in NOTHING.items()
        for share in shares
    ),
    *(
        Distortion(f"comments: {share:.0%} {how}".replace("%", " %"),
                   partial(written_as, table="comments", texts=texts, share=share))
        for how, texts in GONE.items()
        for share in (0.15, 0.5)
    ),
    Distortion("texts: UTF-8 read as Latin-1", partial(broken, codec="latin-1")),
    Distortion("texts: UTF-8 read as Windows-1252", partial(broken, codec="cp1252")),
    Distortion("captions: cut at 40 characters", partial(cut_at, table="posts", characters=40)),
    Distortion("captions: cut at 27 characters, with three points",
               partial(cut_at, table="posts", characters=27, mark="...")),
    Distortion("comments: cut at 20 characters", partial(cut_at, table="comments", characters=20)),
)  # fmt: skip
