"""Links of strangers, read as browsers read them: where one leads, and if its text says so."""

import re
import unicodedata
from urllib.parse import unquote, urlsplit

LONGEST_TEXT = 2000
LONGEST_LINK = 2000
NAMED_HOST = re.compile(r"(?:[^\W_][\w-]{0,62}\.)+[^\W\d_]{2,24}")
BLANKS = re.compile(r"[\x00-\x20\x7f-\xa0]+")


def true_address(href: str) -> str:
    """The address a link leads to, in the one spelling all browsers agree on; empty for others.

    Only pages, mail and telephone: a script, a file or a place inside the desk is no link.
    """
    if len(href) > LONGEST_LINK:
        return ""
    plain = BLANKS.sub("", unicodedata.normalize("NFC", href))
    scheme, colon, rest = plain.partition(":")
    if scheme.lower() in ("mailto", "tel") and rest:
        return f"{scheme.lower()}:{rest}"
    if not colon or scheme.lower() not in ("http", "https"):
        return ""
    place = rest.replace("\\", "/").lstrip("/")
    address = f"{scheme.lower()}://{place}"
    return address if host_of(address) else ""


def host_of(address: str) -> str:
    """The host of an address in ASCII, so that nothing looks like another; empty for none.

    Of a mail address it is the part after the ``@``.
    """
    if address.startswith("mailto:"):
        return ascii_host(unquote(address[7:].partition("?")[0]).rpartition("@")[2])
    try:
        return ascii_host(unquote(urlsplit(address).hostname or ""))
    except ValueError:
        return ""


def ascii_host(name: str) -> str:
    """A host as resolvers ask for it; empty when none can."""
    plain = visible(name).strip(".")
    try:
        host = plain.encode("idna").decode() if not plain.isascii() else plain
    except UnicodeError:
        return ""
    return host if re.fullmatch(r"[a-z0-9.:_-]{1,253}", host) else ""


def visible(text: str) -> str:
    """Text as it looks: without signs that nobody sees, and in one spelling."""
    plain = unicodedata.normalize("NFKC", text)
    return "".join(sign for sign in plain if unicodedata.category(sign) != "Cf").lower()


def host_to_name(address: str, text: str) -> str:
    """The host that must be said beside a link, because its text says something else.

    Empty where the text names no other host. Hosts with foreign letters and addresses that hide
    their host behind a name are always said.
    """
    host = host_of(address)
    is_page = address.startswith("http")
    hides = is_page and ("@" in urlsplit(address).netloc or "xn--" in host)
    turned = any(unicodedata.bidirectional(sign) in ("RLO", "LRO") for sign in text)
    named = NAMED_HOST.findall(visible(text[:LONGEST_TEXT]))
    is_other = any(not same_owner(host, ascii_host(name) or name) for name in named)
    return host if hides or turned or is_other else ""


def same_owner(host: str, named: str) -> bool:
    """Whether one is the other, or lies within it."""
    return host == named or host.endswith(f".{named}") or named.endswith(f".{host}")


def is_public(host: str) -> bool:
    """Whether a host looks like one of the public net: a name with a dot, and no number."""
    last = host.rpartition(".")[2]
    inside = ("localhost", "local", "internal", "lan", "home", "corp", "intranet", "arpa")
    return "." in host and ":" not in host and last.isalpha() and last not in inside
