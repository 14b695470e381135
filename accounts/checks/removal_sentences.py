"""Sentences that sites put where a comment, a post or an account is gone, in some thirty languages."""

from __future__ import annotations

from typing import Final

__all__ = ["GONE_SENTENCE"]

_BY: Final = r"[^.,!?\n]{2,25}"
"""Whoever removed it, in a few words."""

_SENTENCES: Final = (
    # English
    r"(?:(?:this|the|deleted|removed) )?(?:comment|message|post|reply|tweet|video|content|account|user"
    r"|profile)"
    r"(?: (?:was|is|has been|is no longer|is not|isn't))? (?:deleted|removed|hidden|unavailable|suspended"
    r"|banned"
    r"|disabled|withheld|terminated|not available|no longer available|no longer exists|does not exist"
    r"|doesn't exist|(?:deleted|removed) by (?:the |its |their |an? )?(?:author|user|owner|creator|poster"
    r"|uploader"
    r"|channel|moderators?|mods?|admins?|administrators?|system|staff))",
    r"(?:deleted|removed) by (?:the |its |their |an? )?(?:author|user|owner|creator|poster|uploader"
    r"|moderators?)",
    r"(?:deleted|removed|suspended) (?:comment|message|post|reply|tweet|video|account|user)",
    # German
    r"(?:(?:dieser|diese|dieses|der|die|das) )?(?:kommentar|beitrag|nachricht|antwort|inhalt|video|konto"
    r"|account"
    rf"|nutzer|benutzer|profil)(?: (?:wurde|ist))?(?: (?:vom|von|durch) {_BY})? (?:gelöscht|entfernt"
    rf"|gesperrt"
    r"|ausgeblendet|verborgen|nicht (?:mehr )?verfügbar)",
    r"gelöschte[rs]? (?:kommentar|beitrag|nachricht|antwort|nutzer|benutzer|konto|account)",
    # French
    r"(?:(?:ce|cet|cette|le|la) )?(?:commentaire|message|publication|réponse|contenu|vidéo|compte"
    r"|utilisateur)"
    r"(?: (?:a été|est))? (?:supprimée?|retirée?|effacée?|masquée?|suspendue?|désactivée?|indisponible"
    rf"|n'est (?:plus|pas) disponible|n’est (?:plus|pas) disponible)(?: par {_BY})?",
    # Spanish
    r"(?:(?:este|esta|el|la) )?(?:comentario|mensaje|publicación|respuesta|contenido|video|vídeo|cuenta"
    r"|usuario)"
    r"(?: (?:fue|ha sido|está))? (?:eliminad[oa]|borrad[oa]|suspendid[oa]|ocult[oa]|ocultad[oa]|retirad[oa]"
    rf"|desactivad[oa]|no disponible|no está disponible|ya no está disponible)(?: por {_BY})?",
    # Portuguese
    r"(?:(?:este|esta|esse|essa|o|a) )?(?:comentário|mensagem|publicação|resposta|conteúdo|vídeo|conta"
    r"|usuário"
    r"|utilizador)(?: (?:foi|está))? (?:excluíd[oa]|removid[oa]|apagad[oa]|eliminad[oa]|suspens[oa]"
    r"|ocult[oa]"
    rf"|ocultad[oa]|desativad[oa]|indisponível|não disponível"
    rf"|não está (?:mais )?disponível)(?: (?:pel[oa]|por) {_BY})?",
    # Italian
    r"(?:(?:questo|questa|il|la) )?(?:commento|messaggio|post|risposta|contenuto|video|account|utente"
    r"|profilo)"
    r"(?: (?:è stat[oa]|è))? (?:eliminat[oa]|rimoss[oa]|cancellat[oa]|nascost[oa]|sospes[oa]|disattivat[oa]"
    rf"|non (?:è )?(?:più )?disponibile)(?: da(?:l|lla|ll'|ll’)? ?{_BY})?",
    # Dutch
    r"(?:(?:deze|dit|de|het) )?(?:reactie|opmerking|bericht|antwoord|inhoud|video|account|gebruiker)"
    rf"(?: (?:is|werd))?(?: door {_BY})? (?:verwijderd|verborgen|geschorst|geblokkeerd|opgeschort"
    rf"|niet (?:meer )?beschikbaar)(?: door {_BY})?",
    r"verwijderde? (?:reactie|opmerking|bericht|account|gebruiker)",
    # Polish
    r"(?:(?:ten|ta|to) )?(?:komentarz|wiadomość|post|odpowiedź|treść|film|konto|użytkownik)"
    r"(?: (?:został[ao]?|jest))? (?:usunięt[yae]|skasowan[yae]|ukryt[yae]|zawieszon[yae]|zablokowan[yae]"
    rf"|niedostępn[yae])(?: przez {_BY})?",
    r"usunięt[yae] (?:komentarz|wiadomość|post|konto|użytkownik)",
    # Russian, Ukrainian
    r"(?:(?:этот|эта|это|данный|данное) )?(?:комментарий|сообщение|пост|запись|ответ|видео|контент"
    r"|аккаунт|профиль"
    r"|пользователь)(?: был[ао]?)? (?:удал[её]н[ао]?|скрыт[ао]?|заблокирован[ао]?|недоступ(?:ен|на|но))"
    r"(?: (?:автором|пользователем|модератором|администратором|администрацией|владельцем|создателем))?",
    r"удал[её]нн(?:ый|ое|ая) (?:комментарий|сообщение|пост|запись|аккаунт|пользователь)",
    r"(?:(?:цей|це) )?(?:коментар|повідомлення|допис|акаунт|обліковий запис)(?: (?:було"
    r"|був))? (?:видалено|видалений"
    r"|приховано|заблоковано|недоступний)(?: автором| користувачем| модератором)?",
    # Turkish
    r"(?:bu )?(?:yorum|mesaj|gönderi|yanıt|içerik|video|hesap|kullanıcı)"
    rf"(?: {_BY} tarafından)? (?:silindi|silinmiş|kaldırıldı|gizlendi|askıya alındı|kullanılamıyor"
    rf"|mevcut değil)",
    r"silinmiş (?:yorum|mesaj|gönderi|hesap|kullanıcı)",
    # Indonesian, Malay, Vietnamese, Thai
    r"(?:komentar|komen|pesan|postingan|balasan|konten|video|akun|pengguna)(?: ini)?(?: (?:telah|sudah))?"
    rf" (?:dihapus|dipadam|disembunyikan|ditangguhkan|dinonaktifkan|tidak tersedia)(?: oleh {_BY})?",
    r"(?:bình luận|tin nhắn|bài viết|tài khoản|video)(?: này)?(?: đã)?(?: bị)?"
    rf" (?:xóa|xoá|gỡ|gỡ bỏ|ẩn|khóa|đình chỉ)(?: bởi {_BY})?",
    rf"(?:ความคิดเห็น|ข้อความ|โพสต์|บัญชี)(?:นี้)?ถูก(?:ลบ|ซ่อน|ระงับ)(?:แล้ว|ไปแล้ว|โดย ?{_BY})?",
    # Japanese, Korean, Chinese
    r"(?:この|当該)?(?:コメント|メッセージ|投稿|返信|動画|コンテンツ|アカウント|ユーザー|ツイート)[はが]?"
    r"(?:.{1,10}(?:によって|により))?(?:削除|非表示に|凍結|停止)"
    r"(?:されました|されています|されている|済み|済みです|なっています|なりました|しました)",
    r"削除(?:された|済みの?)(?:コメント|メッセージ|投稿|返信|動画|アカウント|ユーザー)(?:です)?",
    r"(?:이 |해당 )?(?:댓글|메시지|게시물|답글|동영상|콘텐츠|계정|사용자)[은는이가]?"
    r"(?: ?(?:작성자|사용자|관리자)(?:에 의해|가|에 의하여))? ?(?:삭제되었습니다|삭제됐습니다|삭제됨"
    r"|삭제했습니다"
    r"|숨겨졌습니다|정지되었습니다|정지됨|사용할 수 없습니다|볼 수 없습니다)",
    r"(?:(?:작성자|사용자|관리자)에 의해 )?삭제된 (?:댓글|메시지|게시물|답글|동영상|계정"
    r"|사용자)(?:입니다)?",
    r"(?:[该此该該本]|这条|這則|這條)?(?:评论|評論|留言|消息|訊息|内容|內容|帖子|贴文|貼文|视频|影片|账号"
    r"|帳號|账户"
    r"|帳戶|用户|用戶)(?:已经|已經|已)?被?(?:原?作者|用户|用戶|管理员|管理員|系统|系統|发布者|發布者|博主"
    r"|楼主)?"
    r"(?:自行)?(?:删除|刪除|移除|隐藏|隱藏|封禁|停用|停權|注销)",
    r"已(?:删除|刪除)的?(?:评论|評論|留言|消息|訊息|帖子|貼文|账号|帳號|用户|用戶)",
    # Arabic, Persian, Hebrew
    r"(?:لقد )?تم (?:حذف|إزالة|إخفاء|تعليق|إيقاف) (?:هذا |هذه )?(?:ال)?(?:تعليق|رسالة|منشور|رد|محتوى"
    r"|فيديو|حساب"
    rf"|مستخدم)(?: (?:من قبل|بواسطة|من طرف) {_BY})?",
    r"(?:هذا |هذه )?(?:ال)?(?:تعليق|رسالة|منشور|رد|محتوى|فيديو|حساب|مستخدم) (?:محذوفة?|مخفية?|موقوفة?"
    r"|محظورة?"
    r"|غير متاحة?)",
    r"(?:این )?(?:نظر|پیام|پست|کامنت|حساب)(?: کاربری)? (?:حذف|پاک|مسدود) شد(?:ه است|ه)?",
    r"ה?(?:תגובה|הודעה)(?: זו| הזו| הזאת)? (?:נמחקה|הוסרה|הוסתרה)",
    # Hindi
    r"(?:यह |इस )?(?:टिप्पणी|संदेश|पोस्ट|कमेंट|खाता|अकाउंट|वीडियो)(?: को)?(?: लेखक (?:ने|द्वारा))?"
    r" (?:हटा (?:दी|दिया) (?:गई|गया)(?: है)?|हटाई गई(?: है)?|हटाया गया(?: है)?|डिलीट (?:कर )?(?:दी"
    r"|दिया)(?: गया| गई)?(?: है)?"
    r"|निलंबित(?: है)?|उपलब्ध नहीं है)",
    # Swedish, Norwegian, Danish, Finnish
    r"(?:kommentar(?:en)?|meddelandet?|melding(?:en)?|besked(?:en)?|inlägget|innlegget|indlægget|svaret"
    r"|konto(?:et|en)?"
    r"|kontot)(?: (?:har|är|er|blev|ble|har blitt|er blevet))? (?:tagits bort|borttagen|borttaget"
    r"|raderats|raderad"
    rf"|dolts|slettet|fjernet|skjult|stängts av|suspendert|suspenderet)(?: av {_BY})?",
    r"(?:kommentti|viesti|julkaisu|tili)(?: on)? (?:poistettu|piilotettu|jäädytetty)",
    # Hungarian, Czech, Romanian, Greek
    r"(?:a |ez a |ezt a )?(?:hozzászólás|megjegyzés|üzenet|bejegyzés)t? (?:törölték|törölve|eltávolítva"
    r"|eltávolították)",
    r"(?:tento |tato )?(?:komentář|zpráva|příspěvek|účet)(?: byl[ao]?)? (?:smazán[ao]?|odstraněn[ao]?"
    r"|skryt[ao]?"
    r"|pozastaven)",
    r"(?:acest |această )?(?:comentariul?|mesajul?|postarea|contul)(?: a fost)? (?:șters[ăa]?|eliminat[ăa]?"
    r"|suspendat[ăa]?)",
    r"(?:το |αυτό το )?(?:σχόλιο|μήνυμα) (?:διαγράφηκε|αφαιρέθηκε|έχει διαγραφεί)",
)

_BRACKETS: Final = r"[\s.()\[\]<>{}\"'*_\-—–]*"
"""What stands around such a sentence; no question mark, and nothing by which people say what they think."""

GONE_SENTENCE: Final = rf"(?i)^{_BRACKETS}(?:{'|'.join(_SENTENCES)}){_BRACKETS}$"
"""A text that is wholly such a sentence. What merely has its words, or goes on, is somebody's own."""
