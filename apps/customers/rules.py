"""How a customer's names are written, so that one person is found under each spelling."""

import re

CONTROLS = re.compile(r"[\x00-\x1f\x7f]")


def normal_identity(kind: str, value: str) -> str:
    """The one spelling of a name: addresses in lower case, phone numbers as digits."""
    clean = CONTROLS.sub("", value).strip()
    if kind == "phone":
        return ("+" if clean.startswith("+") else "") + re.sub(r"\D", "", clean)
    return clean.casefold()[:254] if kind == "email" else clean[:254]


def name_from_address(address: str) -> str:
    """A readable name for somebody who gave none: ``ada.lovelace@…`` is Ada Lovelace."""
    local = address.partition("@")[0].partition("+")[0]
    words = re.split(r"[._\-]+", local)
    return " ".join(word.capitalize() for word in words if word)[:120] or address[:120]
