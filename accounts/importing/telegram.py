"""Telegram Desktop's export of a channel, or of everything: ``result.json``."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final

from accounts.importing.drafts import AccountDraft, Drafts
from accounts.importing.files import File
from accounts.importing.rows import of_repost
from accounts.importing.shape import Shape, items, name_of, names
from accounts.importing.source import Source, fields
from accounts.importing.values import Unreadable, count, moment, text

__all__ = ["SOURCE"]


def _joined(value: Any) -> str | None:
    """A text that is one text, or a list of texts and of objects with a text.

    >>> _joined(["Fresh ", {"type": "bold", "text": "rye"}, " today"]), _joined("rye"), _joined([])
    ('Fresh rye today', 'rye', '')
    """
    if not isinstance(value, list):
        return text(value)
    parts = [one.get("text") if isinstance(one, dict) else one for one in value]
    return text("".join(one for one in parts if isinstance(one, str)))


def _reactions(value: Any) -> int | None:
    """How many reactions of all kinds; absent where one of them is not counted.

    >>> _reactions([{"type": "emoji", "count": 12, "emoji": "👍"}, {"type": "paid", "count": 2}])
    14
    """
    if value is None:
        return None
    if not isinstance(value, list) or not all(isinstance(one, dict) for one in value):
        raise Unreadable("reactions are no list of objects")
    counts = [count(one.get("count")) for one in value]
    known = [one for one in counts if one is not None]
    return count(sum(known)) if len(known) == len(counts) else None


PROFILE: Final = Shape("chat", {"full_name": ("name", text)}, ignored=names("type id messages"))
MESSAGE: Final = Shape(
    "messages[]",
    {
        "published_at": ("date_unixtime", moment),
        "caption": ("text", _joined),
        "likes": ("reactions", _reactions),
        "views": ("views", count),
        "shares": ("forwards", count),
    },
    ignored=names(
        "id type date edited edited_unixtime from from_id author forwarded_from forwarded_from_id"
        " saved_from reply_to_message_id reply_to_peer_id via_bot text_entities photo photo_file_size"
        " width height file file_name file_size thumbnail thumbnail_file_size media_type mime_type"
        " duration_seconds sticker_emoji performer title poll location_information place_name address"
        " contact_information contact_vcard live_location_period_seconds self_destruct_period_seconds"
        " inline_bot_buttons media_spoiler game_title game_description game_link invoice_information"
        " giveaway_information paid_stars todo_list"
    ),
)
_CHANNELS: Final = frozenset({"public_channel", "private_channel"})
_MEDIA: Final = {"video_file": "video", "video_message": "video", "animation": "video"}


def recognises(file: File) -> bool:
    """Whether a file is an export of one chat, or of all of them."""
    return any({"messages", "type"} <= chat.keys() for page in file.head for chat in _chats(page))


def read(files: Sequence[File], drafts: Drafts) -> None:
    """Channels and their messages; groups and private chats are nobody's account, and only counted."""
    for file in files:
        for page in file.objects:
            for chat in _chats(page):
                _chat(chat, file, drafts)


def _chats(page: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
    if "messages" in page:
        yield page
    yield from items(page, "chats", "list")
    yield from items(page, "left_chats", "list")


def _chat(chat: Mapping[str, Any], file: File, drafts: Drafts) -> None:
    number = name_of(chat, "id", "chat", drafts.leftovers)
    messages = list(items(chat, "messages"))
    if str(chat.get("type")) not in _CHANNELS or number is None:
        drafts.leftovers.without_home("messages of chats that are no channel", len(messages))
        return
    draft = drafts.account("telegram", number, file)
    draft.describe(PROFILE.read(chat, drafts.leftovers))
    for message in messages:
        _message(message, draft, drafts)


def _message(message: Mapping[str, Any], draft: AccountDraft, drafts: Drafts) -> None:
    number = name_of(message, "id", "messages[]", drafts.leftovers)
    if message.get("type") != "message" or number is None:
        drafts.leftovers.without_home("service messages, and messages without an id")
        return
    found = MESSAGE.read(message, drafts.leftovers) | {"kind": _kind(message)}
    drafts.post(draft, number, of_repost(found) if "forwarded_from" in message else found)


def _kind(message: Mapping[str, Any]) -> str:
    media = message.get("media_type")
    if isinstance(media, str):
        return _MEDIA.get(media, media)
    return next((kind for name, kind in (("photo", "image"), ("poll", "poll")) if name in message), "text")


SOURCE: Final = Source(
    name="telegram",
    title="Telegram export",
    recognises=recognises,
    read=read,
    gives=fields(
        profile="full_name",
        posts="published_at caption likes views shares kind",
    ),
    lacks="subscribers, history and audience; comments, which stand in another chat; counts of what was only"
    " forwarded; times in exports of before 2021, which name no zone",
    obtained="Telegram Desktop, the channel's menu, Export chat history, format JSON: result.json",
    limits="messages without reactions have no count: off and none are the same; an album is several"
    " messages",
    seen="github.com/telegramdesktop/tdesktop export_output_json.cpp; kant2002/TelegramExportProcessor",
)
