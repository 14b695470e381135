"""What else could explain a signal: said with every accusation and every account sent to a person."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from types import MappingProxyType
from typing import Final

from features.evidence import Level

__all__ = ["caveats_of"]

OTHERWISE: Final[Mapping[str, str]] = MappingProxyType({
    "followers_stock": "Followers who do not answer may also have been sent by somebody else (a bot attack),"
    " or have been won long ago by something the account no longer does.",
    "audience": "A sample shows who follows, and not who brought them: a bot attack, a raffle or a"
    " follow train of others fills an audience too, and a list of the newest followers is no sample of all.",
    "followers_flow": "Followers look the same whoever ordered them: an attack on the creator cannot be told"
    " from a purchase. A giveaway, a mention by press or television, or a post that spread elsewhere in those"
    " days would explain it.",
    "likes": "Paid reach, a repost by a large account or a raffle for likes brings likes too.",
    "views": "Advertised videos, embedded players and a platform's change of its counter bring views without"
    " likes.",
    "comments": "Anybody can comment: spam by third parties, a raffle or a fan club's roll call is not the"
    " creator's doing.",
    "rhythm": "A scheduler that a brand, a newsroom or an agency uses publishes by the clock as well.",
    "fake_account": "New, private and little used accounts of ordinary people can look like this.",
    "inflation": "Several counts are unusual together; each by itself may have an innocent cause.",
})  # fmt: skip
"""By signal; sources: HypeAuditor and Popular Pays on innocent causes of spikes, docs/simulator.md."""

_POSTS_WOULD_TELL: Final = "Posts from those days would tell: growth that no post explains weighs more."


def caveats_of(signals: Sequence[str], level: str, unfamiliar: Collection[str]) -> Iterator[str]:
    """Sentences about what a verdict does not know.

    Parameters
    ----------
    signals
        Names of the signals that the verdict is about.
    level
        Key of the evidence level.
    unfamiliar
        Blocks in which the account is unlike all that was trained on.

    Examples
    --------
    >>> len(list(caveats_of(["followers_flow"], "profile+history90", ())))
    2
    """
    yield from (OTHERWISE[name] for name in signals)
    if "followers_flow" in signals and not Level.of(level).present("posts"):
        yield _POSTS_WOULD_TELL
    if unfamiliar:
        yield (
            f"The account is unlike those that the model knows in its {' and '.join(unfamiliar)}: what is"
            " said of it rests on less."
        )
