"""Values as other programs write them: counts, times, flags, texts, names of accounts and platforms.

Each reader takes what came and gives the document's own value, None where the source says that there is
none, and raises :class:`Unreadable` where it says something that cannot be placed: nothing is guessed.
"""

from accounts.importing.values.absence import Unreadable, is_absent
from accounts.importing.values.counts import count
from accounts.importing.values.plain import flag, identifier, length, mended, platform, presence, text
from accounts.importing.values.times import day, day_alone, moment, moment_or_day

__all__ = [
    "Unreadable", "count", "day", "day_alone", "flag", "identifier", "is_absent", "length", "mended",
    "moment", "moment_or_day", "platform", "presence", "text",
]  # fmt: skip
