"""One thread for each mailbox, so that a dead one holds up no other."""

import logging
import random
import threading
from collections.abc import Callable
from datetime import datetime
from math import ceil
from time import monotonic
from typing import Any

from django.db import DatabaseError, connection

from apps.channels.adapters.away import SignInRefused
from apps.channels.adapters.imap import Session
from apps.channels.models import Mailbox
from apps.channels.services.collecting import collect_batch
from apps.channels.services.comparing import compare_folder
from apps.channels.services.connecting import connected
from apps.channels.services.places import note_failure
from apps.core.db import alone
from apps.core.errors import DomainError, Refused, Unavailable

log = logging.getLogger(__name__)

LOOK = 2.0
"""Seconds until a mailbox that was added, changed or switched off is noticed."""
POLL = 60
"""Seconds between looks where the server does not tell."""
IDLE = 180
"""Seconds that a server is trusted to tell of new mail by itself."""
LONGEST_PAUSE = 300.0
COMPARE = 86_400.0
COMPARE_AGAIN = 3_600.0
"""Seconds until the next look where a folder could not be compared."""


class BrokeOff(Unavailable):
    """Nobody has thought of this one."""

    message = "The reading broke off ({cause}): the log of the collector says where."


class Reader(threading.Thread):
    """Reads one mailbox as it was set up when the thread began, until it is over."""

    def __init__(
        self, mailbox_id: int, setup: dict[str, Any], clock: Callable[[], datetime]
    ) -> None:
        super().__init__(name=f"mailbox {mailbox_id}", daemon=True)
        self.mailbox_id, self.setup, self.clock = mailbox_id, setup, clock
        self.over = threading.Event()
        self.failures, self.compare_from = 0, 0.0

    def run(self) -> None:
        """Of all collectors one reads a mailbox; the others ask again until it lets go."""
        while not self.over.is_set():
            pause = LOOK
            try:
                with alone(f"mailbox:{self.mailbox_id}") as mine:
                    pause = self.attempt() if mine else LOOK
            except DatabaseError as error:
                log.warning("%s waits for PostgreSQL: %s", self.name, type(error).__name__)
            except Exception:
                log.exception("%s is read again later", self.name)
                pause = LONGEST_PAUSE
            finally:
                connection.close()
            self.over.wait(pause)

    def attempt(self) -> float:
        """Read until something breaks; return how long to wait before the next attempt."""
        mailbox = Mailbox.objects.select_related("inbox").get(pk=self.mailbox_id)
        try:
            with connected(mailbox=mailbox) as session:
                self.read(session)
        except DomainError as error:
            self.failures += 1
            self.tell(mailbox, error)
            return self.pause_after(error)
        except DatabaseError:
            raise
        except Exception as error:
            self.tell(mailbox, BrokeOff(cause=type(error).__name__))
            raise
        return 0.0

    def tell(self, mailbox: Mailbox, error: DomainError) -> None:
        """Say of each folder why it is not read."""
        for folder in mailbox.folder_names:
            note_failure(mailbox=mailbox, folder=folder, error=error)
        log.warning("%s: %s", self.name, error)

    def pause_after(self, error: DomainError | None = None) -> float:
        """Longer each time, and never for all mailboxes at once; guessing locks accounts."""
        longest = 2.0 ** min(self.failures, 10)
        longest = LONGEST_PAUSE if isinstance(error, SignInRefused) else longest
        return random.uniform(0.5, 1) * min(longest, LONGEST_PAUSE)  # noqa: S311

    def read(self, session: Session) -> None:
        folders = session.mailbox.folder_names
        while not self.over.is_set():
            is_well = self.empty(session, folders)
            self.failures = 0 if is_well else self.failures + 1
            if self.compares(session, folders):
                continue  # nobody would tell of what came meanwhile
            self.rest(session, folders)

    def rest(self, session: Session, folders: list[str]) -> None:
        """Wait for news; not for long while a folder is in trouble."""
        seconds = IDLE if len(folders) == 1 else POLL
        if self.failures:
            seconds = min(seconds, ceil(self.pause_after()))
        if session.can_idle and session.folder == folders[0]:
            session.wait(seconds, over=self.over.is_set)
        else:
            self.over.wait(min(seconds, POLL))

    def empty(self, session: Session, folders: list[str]) -> bool:
        """Take all that waits, a batch of each folder in turn; false if one may be read later.

        What is wrong with one folder stops no other, unless the server is gone.
        """
        waiting, is_well = folders[::-1], True
        while waiting and not self.over.is_set():
            for folder in waiting.copy():
                try:
                    collected = collect_batch(session=session, folder=folder, at=self.clock())
                except DomainError as error:
                    self.go_on_after(session, folder, error)
                    is_well = is_well and isinstance(error, Refused)
                    waiting.remove(folder)
                    continue
                if collected.stored:
                    self.failures = 0
                if not collected.more:
                    waiting.remove(folder)
        return is_well

    def go_on_after(self, session: Session, folder: str, error: DomainError) -> None:
        """Write down what is wrong with a folder. Raises what `revive` raises."""
        session.folder = ""  # it may be the one that cannot be opened
        session.revive()
        note_failure(mailbox=session.mailbox, folder=folder, error=error)
        log.warning("%s: %s", self.name, error)

    def compares(self, session: Session, folders: list[str]) -> bool:
        """Once a day, look whether all that lies there is here; true if this was the time."""
        if monotonic() < self.compare_from:
            return False
        pause = COMPARE
        for folder in folders:
            try:
                compare_folder(session=session, folder=folder, at=self.clock())
            except DomainError as error:
                pause = pause if isinstance(error, Refused) else COMPARE_AGAIN
                log.warning("%s cannot compare %s: %s", self.name, folder, error)
                session.folder = ""
                session.revive()
        self.compare_from = monotonic() + pause
        return True


class Collector:
    """Keeps a reader for each mailbox that is switched on, as it is set up now."""

    def __init__(self, *, clock: Callable[[], datetime]) -> None:
        self.clock = clock
        self.readers: dict[int, Reader] = {}

    def look(self) -> None:
        """Begin, end and renew readers."""
        wanted = setups()
        for key, reader in list(self.readers.items()):
            if wanted.get(key) != reader.setup or not reader.is_alive():
                reader.over.set()
                del self.readers[key]
        for key in wanted.keys() - self.readers.keys():
            self.readers[key] = Reader(key, wanted[key], self.clock)
            self.readers[key].start()

    def end(self, *, seconds: float) -> None:
        """Let every reader finish what it is at; who hangs is left to the end of the process."""
        for reader in self.readers.values():
            reader.over.set()
        for reader in self.readers.values():
            reader.join(seconds / len(self.readers))


def setups() -> dict[int, dict[str, Any]]:
    """All that matters of each mailbox that is switched on."""
    fields = [field.attname for field in Mailbox._meta.concrete_fields]
    of_inbox = ["inbox__most_megabytes", "inbox__is_active"]
    found = Mailbox.objects.filter(is_active=True).values(*fields, *of_inbox)
    return {each["id"]: dict(each) for each in found}
