"""One advertisement, spelt by hand in the ways in which it is hidden from filters."""

from __future__ import annotations

from typing import Final

__all__ = ["SPELLINGS"]

SPELLINGS: Final = (
    "Awesome pic!!! Why not check out my profile?",
    "awesome pic why not check out my profile",
    "AWESOME PIC!!! WHY NOT CHECK OUT MY PROFILE?",
    "4w3s0m3 p1c!!! Why n0t ch3ck 0ut my pr0f1l3?",
    "Aw3some p1c! why not check 0ut my profi1e",
    "A w e s o m e  p i c ! ! !  W h y  n o t  c h e c k  o u t  m y  p r o f i l e ?",
    "A.w.e.s.o.m.e p.i.c!!! W.h.y n.o.t c.h.e.c.k o.u.t m.y p.r.o.f.i.l.e?",
    "Awesome_pic!!! Why_not_check_out_my_profile?",
    "Awesomepic!!!Whynotcheckoutmyprofile?",
    "Аwеsоmе рiс!!! Whу nоt сhесk оut mу рrоfilе?",
    "𝓐𝔀𝓮𝓼𝓸𝓶𝓮 𝓹𝓲𝓬!!! 𝓦𝓱𝔂 𝓷𝓸𝓽 𝓬𝓱𝓮𝓬𝓴 𝓸𝓾𝓽 𝓶𝔂 𝓹𝓻𝓸𝓯𝓲𝓵𝓮?",
    "Ａｗｅｓｏｍｅ ｐｉｃ!!! Ｗｈｙ ｎｏｔ ｃｈｅｃｋ ｏｕｔ ｍｙ ｐｒｏｆｉｌｅ?",
    "ᴀᴡᴇꜱᴏᴍᴇ ᴘɪᴄ!!! ᴡʜʏ ɴᴏᴛ ᴄʜᴇᴄᴋ ᴏᴜᴛ ᴍʏ ᴘʀᴏꜰɪʟᴇ?",
    "Ⓐⓦⓔⓢⓞⓜⓔ ⓟⓘⓒ!!! Ⓦⓗⓨ ⓝⓞⓣ ⓒⓗⓔⓒⓚ ⓞⓤⓣ ⓜⓨ ⓟⓡⓞⓕⓘⓛⓔ?",
    "Awesooooome piiiic!!!! Whyyy not checkkkk out myyy profileee??",
    "Awes\u200bome p\u200bic!!! Why n\u200bot che\u200bck out m\u200by pro\u200bfile?",
    "A̶w̶e̶s̶o̶m̶e̶ p̶i̶c̶!!! W̶h̶y̶ n̶o̶t̶ c̶h̶e̶c̶k̶ o̶u̶t̶ m̶y̶ p̶r̶o̶f̶i̶l̶e̶?",
    "Áwésömé píc!!! Why nöt chéck öut mý prófílé?",
)
