"""What mail servers on the way say about spam, in one sentence.

Servers write their fields above those that came with the mail, so the topmost field of a name
counts: a stranger who writes one of these himself can only accuse himself, and a "No" of his
clears nothing. Read are the fields of SpamAssassin, rspamd (its milter_headers module), Exchange
and Microsoft 365 (spam confidence levels from 5 on, [MS-OXCSPAM]), and of some providers.
"""

import re

from apps.channels.parsing.charsets import clean_line
from apps.channels.parsing.headers import Headers

VALUE = 200
SHOWN = 60
SPAMMY_LEVEL = 5
YES = re.compile(r"\s*(yes|true|spam)\b", re.I)
SAYING = {
    "x-spam-flag": YES,
    "x-spam-status": YES,
    "x-spam": YES,
    "x-rspamd-action": re.compile(r"\s*(reject|add[ _]header|rewrite[ _]subject)", re.I),
    "x-spamd-result": re.compile(r"[^:\[]{0,40}:\s*true\b", re.I),
    "x-forefront-antispam-report": re.compile(
        r"(?:.*;)?\s*(?:SFV:SPM|CAT:(?:H?SPM|H?PHSH|MALW))\s*(?:;|$)", re.I
    ),
    "x-microsoft-antispam-mailbox-delivery": re.compile(r"(?:.*;)?\s*dest:J\b", re.I),
    "x-ses-spam-verdict": re.compile(r"\s*fail\b", re.I),
    "x-barracuda-spam-status": YES,
    "x-mailgun-sflag": YES,
    "x-dspam-result": YES,
    "x-bogosity": YES,
    "x-gnd-status": YES,
}
LEVELS = {
    "x-ms-exchange-organization-scl": re.compile(r"\s*(\d{1,2})\s*$"),
    "x-forefront-antispam-report": re.compile(r"(?:.*;)?\s*SCL:(\d{1,2})\s*(?:;|$)", re.I),
}
STARS = re.compile(r"\s*([*+sx]{1,100})", re.I)


def spam_verdict(headers: Headers) -> str:
    """Say who calls the mail spam and how; empty when nobody does."""
    for name, says in SAYING.items():
        if says.match(value := _value(headers, name)):
            return _sentence(name, value)
    for name, level in LEVELS.items():
        found = level.match(value := _value(headers, name))
        if found and int(found[1]) >= SPAMMY_LEVEL:
            return _sentence(name, f"SCL {found[1]}")
    return _by_stars(headers)


def _by_stars(headers: Headers) -> str:
    """Read a bare level by SpamAssassin's usual threshold, where no verdict goes with it."""
    if "x-spam-status" in headers or "x-spam-flag" in headers:
        return ""
    found = STARS.match(_value(headers, "x-spam-level"))
    is_much = found and len(found[1]) >= SPAMMY_LEVEL
    return _sentence("x-spam-level", f"{len(found[1])} points") if found and is_much else ""


def _value(headers: Headers, name: str) -> str:
    most = VALUE * 10 if name.startswith("x-forefront") else VALUE
    return headers.first(name)[:most].replace("\n", " ")


def _sentence(name: str, value: str) -> str:
    return f"A mail server calls it spam ({name.title()}: {clean_line(value, SHOWN)})."
