"""How mail programs write: what each adds, how it quotes, which parts and charsets it sends."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from email import message_from_string
from email.message import EmailMessage
from html import escape


@dataclass(frozen=True, kw_only=True)
class Quoted:
    """The message that an answer repeats below itself."""

    text: str
    at: datetime


Client = Callable[[EmailMessage, str, Quoted | None, str], None]
SHOP = "Juniper & Pine"
ADDRESS = "support@juniper-pine.example"
RULE = "border:none;border-top:solid #E1E1E1 1.0pt;padding:3.0pt 0cm 0cm 0cm"
REPORT = """Content-Type: message/delivery-status

Reporting-MTA: dns; mx.stantons.example

Final-Recipient: rfc822; g.stanton@stantons.example
Action: delayed
Status: 4.2.2
"""


def attribution(quoted: Quoted, language: str) -> str:
    """The line above a quotation."""
    if language == "de":
        return f"Am {quoted.at:%d.%m.%y} um {quoted.at:%H:%M} schrieb {SHOP} <{ADDRESS}>:"
    return f"On {quoted.at:%a, %d %b %Y} at {quoted.at:%H:%M}, {SHOP} <{ADDRESS}> wrote:"


def below(quoted: Quoted | None, language: str) -> str:
    """A quotation with `>` before each line, or nothing."""
    if quoted is None:
        return ""
    lines = "\n".join(f"> {line}".rstrip() for line in quoted.text.splitlines())
    return f"\n\n{attribution(quoted, language)}\n{lines}"


def paragraphs(text: str, tag: str, more: str = "") -> str:
    """Text as HTML, one element a line."""
    lines = (escape(line) or "<br>" for line in text.splitlines())
    return "\n".join(f"<{tag}{more}>{line}</{tag}>" for line in lines)


def plain(mail: EmailMessage, text: str, quoted: Quoted | None, language: str) -> None:
    """Send bare text, as programs and terse people do."""
    mail.set_content(text + below(quoted, language), cte="8bit")


def thunderbird(mail: EmailMessage, text: str, quoted: Quoted | None, language: str) -> None:
    """Send flowed text; a German one attributes quotations in German."""
    mail["User-Agent"] = "Mozilla Thunderbird"
    mail["Content-Language"] = language
    mail.set_content(
        text + below(quoted, language), cte="quoted-printable", params={"format": "flowed"}
    )


def iphone(mail: EmailMessage, text: str, quoted: Quoted | None, language: str) -> None:
    """Send bare text with the telephone's own signature."""
    mail["X-Mailer"] = "iPhone Mail (23B85)"
    signature = "Von meinem iPhone gesendet" if language == "de" else "Sent from my iPhone"
    body = f"{text}\n\n{signature}{below(quoted, language)}"
    mail.set_content(body, cte="quoted-printable")


def apple(mail: EmailMessage, text: str, quoted: Quoted | None, language: str) -> None:
    """Send text and simple HTML, the quotation in a blockquote of type cite."""
    mail["X-Mailer"] = "Apple Mail (2.3826.200.121)"
    mail.set_content(text + below(quoted, language), cte="quoted-printable")
    html = paragraphs(text, "div")
    if quoted:
        inner = paragraphs(quoted.text, "div")
        line = escape(attribution(quoted, language))
        html += f'<div><br><blockquote type="cite"><div>{line}</div><br>{inner}</blockquote></div>'
    style = "overflow-wrap: break-word; -webkit-nbsp-mode: space;"
    mail.add_alternative(
        f'<html><body style="{style}">{html}</body></html>', subtype="html", cte="quoted-printable"
    )


def gmail(mail: EmailMessage, text: str, quoted: Quoted | None, language: str) -> None:
    """Send text and HTML, the quotation in a `gmail_quote`."""
    mail.set_content(text + below(quoted, language), cte="base64")
    html = f'<div dir="ltr">{paragraphs(text, "div")}</div>'
    if quoted:
        style = "margin:0px 0px 0px 0.8ex;border-left:1px solid rgb(204,204,204);padding-left:1ex"
        line = escape(attribution(quoted, language))
        html += (
            '<br><div class="gmail_quote gmail_quote_container">'
            f'<div dir="ltr" class="gmail_attr">{line}<br></div>'
            f'<blockquote class="gmail_quote" style="{style}">'
            f"{paragraphs(quoted.text, 'div')}</blockquote></div>"
        )
    mail.add_alternative(html, subtype="html", cte="quoted-printable")


def outlook(mail: EmailMessage, text: str, quoted: Quoted | None, language: str) -> None:
    """Send text and Word's HTML; headers of the old mail stand above it, nothing is marked."""
    mail["X-Mailer"] = "Microsoft Outlook 16.0"
    mail["Thread-Index"] = "Adxq9yJ0m2b8Wc0uT0y3pWlq2k7u5A=="
    head = old_headers(quoted, mail["Subject"], language) if quoted else ""
    old = f"\n\n{head}\n\n{quoted.text}" if quoted else ""
    mail.set_content(text + old, cte="base64")
    html = paragraphs(text, "p", ' class="MsoNormal"')
    if quoted:
        html += (
            f'<div style="{RULE}">{paragraphs(head, "p", " class=MsoNormal")}</div>'
            + paragraphs(quoted.text, "p", ' class="MsoNormal"')
        )
    mail.add_alternative(
        '<html xmlns:o="urn:schemas-microsoft-com:office:office"><head>'
        "<style>p.MsoNormal{margin:0cm;font-size:11.0pt}</style></head>"
        f'<body lang="{language}"><div class="WordSection1">{html}</div></body></html>',
        subtype="html",
        cte="base64",
    )


def old_headers(quoted: Quoted, subject: str, language: str) -> str:
    """The block that Outlook puts above what it repeats."""
    words = ("Von", "Gesendet", "An", "Betreff") if language == "de" else ()
    sender, sent, to, about = words or ("From", "Sent", "To", "Subject")
    bare = subject.partition(": ")[2] or subject
    return (
        f"{sender}: {SHOP} <{ADDRESS}>\n{sent}: {quoted.at:%d %B %Y %H:%M}\n"
        f"{to}: you\n{about}: {bare}"
    )


def webmail_latin1(mail: EmailMessage, text: str, quoted: Quoted | None, language: str) -> None:
    """Send HTML and text in ISO 8859-1, as an old German web mailer does."""
    body = text + below(quoted, language)
    mail.set_content(body, charset="iso-8859-1", cte="quoted-printable")
    mail.add_alternative(
        f'<html><body><div style="font-family:Verdana;font-size:12px;">'
        f"{paragraphs(body, 'div')}</div></body></html>",
        subtype="html",
        charset="iso-8859-1",
        cte="quoted-printable",
    )


def html_only(mail: EmailMessage, text: str, quoted: Quoted | None, language: str) -> None:
    """Send HTML and nothing else."""
    body = paragraphs(text + below(quoted, language), "p", ' style="margin:0"')
    mail.set_content(f"<html><body>{body}</body></html>", subtype="html", cte="quoted-printable")


def newsletter(mail: EmailMessage, text: str, quoted: Quoted | None, language: str) -> None:
    """Send a laid-out page to a thousand people."""
    mail.set_content(text, cte="quoted-printable")
    cells = paragraphs(text, "td", ' align="center"')
    mail.add_alternative(
        f'<html><body><table width="600"><tr>{cells}</tr></table>'
        '<img src="https://trailandsummit.example/open.gif" width="1" height="1"></body></html>',
        subtype="html",
        cte="quoted-printable",
    )


def bounce(mail: EmailMessage, text: str, quoted: Quoted | None, language: str) -> None:
    """Report a delivery as a mail server does: words for people, fields for machines."""
    mail["Return-Path"] = "<>"
    mail.set_content(text, cte="7bit")
    mail.make_mixed()
    mail.attach(message_from_string(REPORT, policy=mail.policy))
    mail.set_type("multipart/report")
    mail.set_param("report-type", "delivery-status")


CLIENTS: dict[str, Client] = {
    "plain": plain,
    "thunderbird": thunderbird,
    "iphone": iphone,
    "apple": apple,
    "gmail": gmail,
    "outlook": outlook,
    "webmail-latin1": webmail_latin1,
    "html": html_only,
    "newsletter": newsletter,
    "bounce": bounce,
}
