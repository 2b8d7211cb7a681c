"""Raw mails as customers send them."""

from email.message import EmailMessage
from email.utils import make_msgid

from apps.core.signing import short_signature


def letter(
    text: str,
    *,
    subject: str = "A question",
    sender: str = "Ada <ada@home.example>",
    to: str = "support@juniper-pine.example",
    **headers: str,
) -> bytes:
    """One raw mail with a Message-ID of its own."""
    mail = EmailMessage()
    mail["From"], mail["To"], mail["Subject"] = sender, to, subject
    mail["Message-ID"] = headers.pop("message_id", "") or make_msgid(domain="home.example")
    for name, value in headers.items():
        mail[name.replace("_", "-")] = value
    mail.set_content(text)
    return mail.as_bytes()


def reply_to(number: int, domain: str = "desk.example") -> str:
    """The address that our replies on a ticket name for answers: whoever got one knows it."""
    return f"reply+{number}.{short_signature('channels.reply', str(number))}@{domain}"
