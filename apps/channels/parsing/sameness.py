"""Whether two mails that call themselves the same say the same: subject, visible text, files."""

import hashlib

from apps.channels.parsing.parsed import ParsedMail

FOOTER_WORDS = 120
"""So many words a mailing list may put above or below what somebody wrote."""


def words_of(mail: ParsedMail) -> str:
    """A hash of what its reader sees, however its lines are broken."""
    told = "\0".join([_plain(mail.subject), _plain(mail.visible), *sorted(_files(mail))])
    return hashlib.sha256(told.encode("utf-8", "replace")).hexdigest()


def says_nothing_new(mail: ParsedMail, before: ParsedMail) -> bool:
    """Whether all that a mail says was in the one before; a list may have added its own words."""
    if not _files(mail) <= _files(before):
        return False
    pairs = [
        (_plain(mail.subject), _plain(before.subject)),
        (_plain(mail.visible), _plain(before.visible)),
    ]
    if all(one == other for one, other in pairs):
        return True
    is_of_list = "bulk" in (mail.auto_kind, before.auto_kind)
    return is_of_list and all(_stands_in(*sorted(pair, key=len)) for pair in pairs)


def _plain(text: str) -> str:
    return " ".join(text.split())


def _files(mail: ParsedMail) -> set[str]:
    """The files by their content; servers on the way may write the ends of lines anew."""
    plain = (file.data.replace(b"\r\n", b"\n").strip() for file in mail.attachments)
    return {hashlib.sha256(data).hexdigest() for data in plain}


def _stands_in(less: str, more: str) -> bool:
    """Whether the shorter text is the longer one but for a title or footer."""
    added = len(more.split()) - len(less.split())
    return less == more or (bool(less) and added <= FOOTER_WORDS and f" {less} " in f" {more} ")
