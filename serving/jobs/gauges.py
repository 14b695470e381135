"""How many jobs there are, for whoever watches the service: asked in a moment, or not at all."""

from __future__ import annotations

import threading
from typing import Final

from anyio import move_on_after, to_thread

from serving.observe.log import tell_error
from serving.store.access import Door
from serving.store.engine import NoUsableStore
from serving.store.job_rows import Figures, figures

__all__ = ["Counted"]

LONGEST_SECONDS: Final = 1.0


class Counted:
    """Counts jobs beside the event loop; where the database does not answer, nobody waits for it."""

    def __init__(self, door: Door) -> None:
        self.door = door
        self.asking = threading.Lock()

    async def figures(self) -> Figures | None:
        """The figures; None where nothing is kept, or they are not there within a second."""
        if not self.door.settings.store_verdicts:
            return None
        with move_on_after(LONGEST_SECONDS):
            return await to_thread.run_sync(self._asked, abandon_on_cancel=True)
        return None

    def _asked(self) -> Figures | None:
        if not self.asking.acquire(blocking=False):  # one that was given up still waits
            return None
        try:
            with self.door.opened().database.reading() as connection:
                return figures(connection)
        except NoUsableStore:
            return None
        except Exception as error:
            tell_error("jobs_not_counted", error)
            return None
        finally:
            self.asking.release()
