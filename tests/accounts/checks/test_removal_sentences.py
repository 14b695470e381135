"""Sentences in which sites say that something is gone: no texts, as what people write with such words is."""

import polars as pl
import pytest

from accounts.checks.examine import examine
from accounts.checks.removal_sentences import GONE_SENTENCE
from accounts.reading import read_documents

GONE = """
Account suspended | This comment was deleted by the author
This comment has been removed by a moderator | This account has been suspended. | [deleted comment]
removed by the author | Video unavailable | This video is no longer available | Post deleted
تعليق محذوف | تم حذف التعليق | الحساب موقوف | تم تعليق الحساب | تم حذف هذا التعليق من قبل صاحبه
هذا التعليق غير متاح | Kommentar gelöscht | Konto gesperrt | Gelöschter Kommentar
Dieser Kommentar wurde vom Autor gelöscht | Commentaire supprimé par son auteur
Ce compte a été suspendu | Ce commentaire n'est plus disponible | Comentario eliminado por el autor
Cuenta suspendida | Este comentario ya no está disponible | Comentário excluído pelo autor
Conta suspensa | Este comentário foi removido | Commento eliminato dall'autore | Account sospeso
Questo commento è stato rimosso | Reactie verwijderd | Deze reactie is door de auteur verwijderd
Komentarz usunięty przez autora | Konto zawieszone | Комментарий удалён | Комментарий удален автором
Это сообщение было удалено | Аккаунт заблокирован | Коментар видалено | Yorum silindi
Bu yorum yazarı tarafından silindi | Hesap askıya alındı | Komentar telah dihapus oleh penulis
Akun ditangguhkan | Bình luận đã bị xóa | ความคิดเห็นนี้ถูกลบแล้ว | コメントは削除されました
このコメントは投稿者によって削除されました | アカウントは凍結されています | 削除されたコメント
삭제된 댓글입니다 | 작성자에 의해 삭제된 댓글입니다 | 댓글이 삭제되었습니다 | 계정이 정지되었습니다
该评论已被作者删除 | 账号已被封禁 | 留言已刪除 | टिप्पणी हटा दी गई
यह टिप्पणी लेखक द्वारा हटा दी गई है | खाता निलंबित | Kommentaren har tagits bort | Kommentar slettet
Kommentti poistettu | Hozzászólás törölve | Komentář byl smazán | Comentariu șters
Το σχόλιο διαγράφηκε | این نظر حذف شده است | התגובה נמחקה
"""
THEIR_OWN = """
Why was my comment deleted? | Comment deleted? | this comment was deleted lol who said that
video deleted!!! | My account was suspended | My account got suspended, message @helper
user banned 😂 | post | comment | account suspended again, third time this month
This video was removed from my heart | hidden gem | This post is available now | deleted scene when
Video unavailable in my country :( | Kommentar gelöscht? Warum? | Mein Kommentar wurde gelöscht
Konto gesperrt, was nun | commentaire supprimé, dommage | Le compte est bon
mi comentario fue eliminado por instagram | El usuario eliminado era mi amigo | Conta comigo
il mio commento è stato eliminato | удалите комментарий пожалуйста | Комментарий удалён, а жаль
Мой комментарий удалили | yorumum silindi | Bu video çok güzel, silinmesin
コメント削除されたんだけど | このコメント好き | 댓글 삭제하지 마세요 | 我的评论被删除了
评论被删除了怎么办 | تم حذف تعليقي | احذف التعليق
"""


def listed(texts):
    return [text.strip() for line in texts.strip().split("\n") for text in line.split("|")]


@pytest.mark.parametrize("text", listed(GONE))
def test_a_whole_sentence_says_that_something_is_gone(text):
    found = pl.Series([text, f"[{text}]", text.capitalize(), f" {text}. "]).str.contains(GONE_SENTENCE)
    assert found.all()


@pytest.mark.parametrize("text", listed(THEIR_OWN))
def test_what_people_write_with_such_words_is_theirs(text):
    assert not pl.Series([text]).str.contains(GONE_SENTENCE).any()


@pytest.mark.parametrize("text", ["Account suspended", "تعليق محذوف", "Комментарий удалён автором"])
def test_one_such_row_has_no_text_and_the_others_keep_theirs(text):
    post = {"post_id": "1", "published_at": "2026-10-20T15:30:00Z"}
    document = {
        "schema": 1, "account_id": "a", "platform": "instagram", "as_of": "2026-11-01T00:00:00Z",
        "posts": [post | {"caption": text}, post | {"post_id": "2", "caption": f"{text}, they said"}],
        "comments": [{"post_id": "1", "text": text}, {"post_id": "1", "text": f"Why {text}"}],
    }  # fmt: skip
    examined = examine(read_documents([document]).tables)
    assert examined.tables.posts["caption"].to_list() == [None, f"{text}, they said"]
    assert examined.tables.comments["text"].to_list() == [None, f"Why {text}"]
    checks = {one.check for one in examined.findings["a"]}
    assert {"placeholder_captions", "placeholder_comments"} <= checks
