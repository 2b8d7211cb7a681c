"""What the ways in and out raise when nothing was handed over, each a sentence for people."""

from collections.abc import Sequence
from typing import Self

from apps.core.errors import Refused, Unavailable


class MailServerAway(Unavailable):
    """Nothing was handed over; later it may be."""

    message = "The mail server takes no mail at the moment: {cause}"


class MailPutOff(MailServerAway):
    """The mail server is there, and wants this one mail later: other mails may go to it."""

    counts, answered = False, True
    message = "The mail server does not take this mail at the moment: {cause}"


class MailboxAway(Unavailable):
    """Later it may be there."""

    message = "{host} does not answer as a mail server on port {port}: {cause}."


class NothingGiven(MailboxAway):
    """It said no to a question, for reasons that may pass: nothing is known of the mails."""

    message = "{host} hands over nothing from {folder} at the moment: {cause}."


class NotSettled(Refused):
    """The mails are stored here; what was to become of them there, the server does not do."""

    message = "The mails cannot be {done}: {cause}. Put it right there or in the mailbox here."


class HostUnknown(Unavailable):
    """A typing error, or a name server that is away."""

    message = "There is no server named {host}: check the name."


class CertificateRefused(Refused):
    """Whoever answers cannot prove to be that server."""

    message = (
        "The certificate of {host} is not trusted: {cause}. "
        "Check the name, or name its authority in SSL_CERT_FILE."
    )


class NoTls(Refused):
    """The port speaks another kind of security than the one that is set."""

    message = "{host} does not speak {security} on port {port}: choose the other kind or port."


class SignInRefused(Refused):
    """Trying again and again would lock the account."""

    message = "{host} does not let {username} in: {cause}. Check the user name and the password."


class TokenNotTaken(SignInRefused):
    """The access token is good for nothing there, or for another account."""

    message = (
        "{host} does not take the access token for {username}: {cause}. Check the user name, "
        "the scope, and that IMAP is switched on for this account."
    )


class NumbersDoNotLast(Refused):
    """Without UIDVALIDITY, or with UIDNOTSTICKY, a UID says nothing of a mail the next time."""

    message = (
        "{host} does not number the mails of {folder} for good (UIDVALIDITY), so none is read, "
        "lest some be lost or come twice: have them delivered by LMTP, or move them to another "
        "server."
    )


class FolderMissing(Refused):
    """A folder was renamed, or is spelt differently there."""

    message = "There is no folder {folder}; there are: {folders}."

    @classmethod
    def among(cls, folder: str, found: Sequence[str]) -> Self:
        """What is there instead; several names on one line are said to be that."""
        names = [f"“{name}”" if "," in name else name for name in found[:20]]
        more = " and more" if len(found) > 20 else ""
        are_several = "," in folder and {part.strip() for part in folder.split(",")} <= set(found)
        hint = ". Write each on a line of its own" if are_several else ""
        return cls(folder=folder, folders=", ".join(names) + more + hint)
