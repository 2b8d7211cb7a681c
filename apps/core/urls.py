"""Which addresses people may send us to: http and https on the public net, and no other."""

import re
import socket
from ipaddress import IPv4Address, IPv6Address, ip_address, ip_network
from urllib.parse import urlsplit

from django.conf import settings
from django.core.exceptions import ValidationError

from apps.core.errors import Refused, Unavailable

Address = IPv4Address | IPv6Address

NAT64 = ip_network("64:ff9b::/96")
PLAIN_URL = re.compile(r"[!-~]{1,500}")


class ForbiddenAddress(Refused):
    """The address leads where no stranger may send us: this machine, its network, its cloud."""

    message = (
        "{host} leads to {address}, which is not on the public net. If that is meant, "
        "name the host in SUPPORTCOORD_ALLOW_PRIVATE_HOSTS."
    )


class NameUnknown(Unavailable):
    """The host's name could not be resolved."""

    message = "The name {host} cannot be resolved."


def web_address(text: str) -> str:
    """The text, when it is an http or https address that a browser may open; else nothing."""
    clean = text.strip()
    if not PLAIN_URL.fullmatch(clean):
        return ""
    try:
        parts = urlsplit(clean)
        named = bool(parts.hostname) and parts.port != 0
    except ValueError:
        return ""
    return clean if named and parts.scheme in ("http", "https") and "@" not in parts.netloc else ""


def check_base_url(text: str) -> None:
    """Raise ValidationError unless we may ask this address; names are resolved when asked."""
    if not text or web_address(text) != text:
        raise ValidationError(
            "Write an address such as https://shop.example/api, without a login."
        )
    parts = urlsplit(text)
    if parts.query or parts.fragment:
        raise ValidationError("The address ends before any ? or #.")
    host = parts.hostname or ""
    try:
        check_address(host, ip_address(host))
    except ForbiddenAddress as error:
        raise ValidationError(str(error)) from None
    except ValueError:
        return


def check_address(host: str, address: Address) -> None:
    """Raise ForbiddenAddress unless the address is public or its host is allowed by name."""
    allowed = settings.SUPPORTCOORD_ALLOW_PRIVATE_HOSTS
    if not is_public(address) and host.casefold() not in allowed and "*" not in allowed:
        raise ForbiddenAddress(host=host, address=str(address))


def is_public(address: Address) -> bool:
    """Tell whether an address is on the public net, even when it is IPv4 wrapped in IPv6."""
    if isinstance(address, IPv6Address):
        inner = address.ipv4_mapped or address.sixtofour
        if address in NAT64:
            inner = IPv4Address(int(address) & 0xFFFFFFFF)
        if inner is not None:
            return is_public(inner)
        if address.teredo:
            return False
    return address.is_global and not address.is_multicast


def addresses_of(host: str, port: int) -> list[str]:
    """Resolve a host once, and return its addresses if we may connect to all of them.

    The caller connects to one of these, so that a name cannot point elsewhere a moment later.
    """
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError):
        raise NameUnknown(host=host) from None
    addresses = list(dict.fromkeys(str(sockaddr[0]) for *_, sockaddr in found))
    for address in addresses:
        check_address(host, ip_address(address.partition("%")[0]))
    return addresses
