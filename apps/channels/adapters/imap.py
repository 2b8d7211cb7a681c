"""Reading somebody's mailbox over IMAP, without changing more in it than was asked for."""

import contextlib
import imaplib
import re
import ssl
from collections.abc import Callable, Iterator, Sequence
from typing import Any, Self

from imap_tools import (
    BaseMailBox,
    ImapToolsError,
    MailBox,
    MailboxFolderSelectError,
    MailBoxStartTls,
    MailBoxUnencrypted,
)
from imap_tools.utils import encode_folder

from apps.channels.adapters.away import (
    FolderMissing,
    MailboxAway,
    NothingGiven,
    NotSettled,
    NumbersDoNotLast,
    TokenNotTaken,
)
from apps.channels.adapters.imap_errors import in_words, said_by
from apps.channels.adapters.imap_lines import decoded, has_unread, lasting_numbers, uid_set
from apps.channels.models import Mailbox
from apps.channels.states import Security, SignIn
from apps.core.text import one_line

MOST_NUMBERS = 20_000
"""Mails that one question is about."""
TIMEOUT = 30.0
"""Seconds until a server that says nothing counts as away."""


class Session:
    """One connection to one mailbox: ``with Session(mailbox) as session``.

    Each method raises MailboxAway when the connection breaks.
    """

    def __init__(self, mailbox: Mailbox, *, token: str = "", timeout: float = TIMEOUT) -> None:
        self.mailbox, self.token, self.timeout = mailbox, token, timeout
        self.folder, self.count, self.validity, self.readonly = "", 0, 0, False
        self.box: BaseMailBox

    def __enter__(self) -> Self:
        with in_words(self.mailbox):
            self.box = _connected(self.mailbox, self.timeout)
        try:
            self._sign_in()
        except BaseException:
            self.close()
            raise
        return self

    def __exit__(self, *error: object) -> None:
        self.close()

    def close(self) -> None:
        """Leave politely, or anyhow."""
        with contextlib.suppress(OSError, imaplib.IMAP4.error, ImapToolsError):
            self.box.client.logout()
        with contextlib.suppress(OSError):
            self.box.client.shutdown()

    def revive(self) -> bool:
        """See that the server takes commands, over a new connection if need be; true then.

        The folder is the one that was open. Raises MailboxAway, and what entering raises.
        """
        with contextlib.suppress(OSError, ValueError, imaplib.IMAP4.error):
            if self.box.client.noop()[0] == "OK":
                return False
        folder, validity, readonly = self.folder, self.validity, self.readonly
        self.close()
        try:
            self.__enter__()
        except TokenNotTaken as error:  # it was taken before: whoever connects next has another
            raise MailboxAway(cause=str(error), **self._where) from error
        if folder and self.select(folder, readonly=readonly) != validity:
            raise MailboxAway(cause=f"{folder} became another folder", **self._where)
        return True

    @property
    def _where(self) -> dict[str, Any]:
        return {"host": self.mailbox.host, "port": self.mailbox.port}

    def _sign_in(self) -> None:
        if self.mailbox.sign_in == SignIn.OAUTH:
            return self._show_token()
        username, password = self.mailbox.username, self.mailbox.password.reveal()
        plain = f"{username}{password}".isascii()
        with in_words(self.mailbox):
            sign_in = self.box.login if plain else self.box.login_utf8
            sign_in(username, password, initial_folder=None)
            self._learn()
        return None

    def _show_token(self) -> None:
        """Sign in by XOAUTH2. Raises TokenNotTaken."""
        shown = f"user={self.mailbox.username}\1auth=Bearer {self.token}\1\1".encode()
        # A server that says no says why first, and wants an empty answer to that.
        answers = iter([shown])
        with in_words(self.mailbox):
            try:
                self.box.client.authenticate("XOAUTH2", lambda _: next(answers, b""))
            except imaplib.IMAP4.abort:
                raise
            except imaplib.IMAP4.error as error:
                said = said_by(error, self.mailbox).replace(self.token, "…")
                host, username = self.mailbox.host, self.mailbox.username
                raise TokenNotTaken(host=host, username=username, cause=said) from None
            self._learn()

    def _learn(self) -> None:
        """Servers say more to whom they know, and imap-tools moves mails as they can."""
        self.box.client._get_capabilities()

    @property
    def can_idle(self) -> bool:
        return "IDLE" in self.box.client.capabilities

    def wait(self, seconds: int, *, over: Callable[[], bool]) -> None:
        """Until the server tells of something, it is over, or the time has passed."""
        client, idle = self.box.client, self.box.idle
        with in_words(self.mailbox):
            idle._idle_tag = tag = client._command("IDLE")
            has_news = False
            while client._get_response() is not None:  # None is its word to go on
                if client.tagged_commands.get(tag):
                    raise imaplib.IMAP4.error("it refuses to tell of new mail")
                has_news = True
            has_news = has_news or has_unread(client)
            try:
                for _ in range(seconds):
                    if has_news or over() or idle.poll(timeout=1):
                        return
            finally:
                idle.stop()  # type: ignore[no-untyped-call]

    def folders(self) -> list[str]:
        with in_words(self.mailbox):
            return [folder.name for folder in self.box.folder.list()]

    def select(self, folder: str, *, readonly: bool = False) -> int:
        """Open a folder and return its UIDVALIDITY; one that cannot be written to is read.

        Raises FolderMissing, NumbersDoNotLast.
        """
        self.folder = ""
        with in_words(self.mailbox):
            try:
                self._open(folder, readonly=readonly)
            except MailboxFolderSelectError as error:
                found = [each.name for each in self.box.folder.list()]
                raise FolderMissing.among(folder, found) from error
            validity = lasting_numbers(self.box.client)
            exists = self.box.client.untagged_responses.get("EXISTS") or [b"0"]
            self.count = int(decoded(exists[-1]))
        if not validity:
            raise NumbersDoNotLast(host=self.mailbox.host, folder=folder)
        self.folder, self.validity, self.readonly = folder, validity, readonly
        return validity

    def _open(self, folder: str, *, readonly: bool) -> None:
        try:
            self.box.folder.set(folder, readonly)
        except imaplib.IMAP4.readonly:
            self.box.folder.set(folder, readonly=True)

    def uids(self, first: int, last: int | None = None) -> list[int]:
        """The UIDs of the mails that are there from first to last, in order.

        A folder with hundreds of thousands is asked for piece by piece, the last ones first: no
        line of an answer may be longer than a megabyte. How full a piece is proves nothing, for
        mails may go meanwhile: only one that lies below the first ends the asking.
        """
        found: set[int] = set()
        for end in range(self.count, 0, -MOST_NUMBERS):
            start = max(1, end - MOST_NUMBERS + 1)
            piece = f"{start}:{'*' if end == self.count else end}"
            # «5:*» names the last mail even where its UID is 3.
            some = self._searched(f"{piece} UID {first}:{last or '*'}")
            found |= {uid for uid in some if first <= uid <= (last or uid)}
            if start > 1 and any(uid < first for uid in self._searched(str(start))):
                break
        return sorted(found)

    def _searched(self, criteria: str) -> list[int]:
        with in_words(self.mailbox):
            return [int(uid) for uid in self.box.uids(criteria, charset=None)]

    def sizes(self, uids: Sequence[int]) -> dict[int, int]:
        """How many bytes the server says each mail has."""
        lines = self._fetched(uids, "(UID RFC822.SIZE)")
        found = {}
        for line in lines:
            text = line.decode("ascii", "replace") if isinstance(line, bytes) else ""
            uid = re.search(r"\bUID (\d{1,10})\b", text)
            size = re.search(r"RFC822\.SIZE (\d{1,18})\b", text)
            if uid and size:
                found[int(uid[1])] = int(size[1])
        return found

    def raw(self, uid: int, *, headers_only: bool = False, most: int = 0) -> bytes | None:
        """The mail as it is there, left unseen; None if the server says yes and shows none.

        With ``most`` no more than so many bytes of it. Raises NothingGiven.
        """
        part = "BODY.PEEK[HEADER]" if headers_only else "BODY.PEEK[]"
        lines = self._fetched([uid], f"(UID {part}{f'<0.{most}>' if most else ''})")
        contents = [line[1] for line in lines if isinstance(line, tuple)]
        return bytes(contents[0]) if contents else None

    def gives(self, uid: int) -> bool:
        """Whether it hands over the beginning of a mail. Raises NothingGiven."""
        lines = self._fetched([uid], "(UID BODY.PEEK[]<0.512>)")
        return any(isinstance(line, tuple) for line in lines)

    def _fetched(self, uids: Sequence[int], parts: str) -> list[Any]:
        if not uids:
            return []
        with in_words(self.mailbox):
            try:
                status, lines = self.box.client.uid("FETCH", uid_set(uids), parts)
            except imaplib.IMAP4.abort:
                raise
            except imaplib.IMAP4.error as error:  # it says BAD, and goes on
                status, lines = "BAD", [said_by(error, self.mailbox)]
        if status != "OK":
            said = one_line(decoded(lines), 200).rstrip(".")
            raise NothingGiven(host=self.mailbox.host, folder=self.folder, cause=said)
        return lines

    def mark_seen(self, uids: Sequence[int]) -> None:
        """Mark mails as read. This and what follows here raises NotSettled."""
        with self._settling("marked as seen"):
            self._do("STORE", uids, "+FLAGS", r"(\Seen)")

    def move(self, uids: Sequence[int], folder: str) -> None:
        """Move mails; a server that cannot is told to copy them, and to delete these alone."""
        with self._settling(f"moved to {folder}"):
            if "MOVE" in self.box.client.capabilities:
                return self._do("MOVE", uids, encode_folder(folder))
            self._do("COPY", uids, encode_folder(folder))
        return self.delete(uids)

    def delete(self, uids: Sequence[int]) -> None:
        """Delete these mails alone: what a person has marked there stays marked."""
        with self._settling("deleted"):
            self._do("STORE", uids, "+FLAGS", r"(\Deleted)")
            if "UIDPLUS" in self.box.client.capabilities:
                self._do("EXPUNGE", uids)

    @contextlib.contextmanager
    def _settling(self, done: str) -> Iterator[None]:
        """A server that says no to this still hands over mails; one that is gone does not."""
        with in_words(self.mailbox):
            try:
                yield
            except imaplib.IMAP4.error as error:
                is_gone = isinstance(error, imaplib.IMAP4.abort)
                if is_gone and not isinstance(error, imaplib.IMAP4.readonly):
                    raise
                raise NotSettled(done=done, cause=said_by(error, self.mailbox)) from error

    def _do(self, command: str, uids: Sequence[int], *arguments: Any) -> None:
        if not uids:
            return
        if self.box.client.is_readonly:
            raise imaplib.IMAP4.readonly(f"{self.folder} can only be read")
        status, said = self.box.client.uid(command, uid_set(uids), *arguments)
        if status != "OK":
            raise imaplib.IMAP4.error(decoded(said))


def _connected(mailbox: Mailbox, timeout: float) -> BaseMailBox:
    host, port = mailbox.host, mailbox.port
    if mailbox.security == Security.PLAIN:
        return MailBoxUnencrypted(host, port, timeout)
    context = ssl.create_default_context()
    kinds: dict[str, Callable[..., BaseMailBox]]
    kinds = {Security.TLS: MailBox, Security.STARTTLS: MailBoxStartTls}
    return kinds[mailbox.security](host, port, timeout, ssl_context=context)
