"""Fetching a mail where a provider keeps it, from its own address and with our key."""

from collections.abc import Mapping
from urllib.parse import urlsplit

import httpx2
from django.conf import settings

from apps.channels.types import MOST_BYTES
from apps.core.errors import Refused, Unavailable
from apps.core.transport import GuardedTransport

SECONDS = 30.0


class ProviderSilent(Unavailable):
    """The provider posts its news again later."""

    message = "{host} does not hand the mail over: {cause}."


class MailElsewhere(Refused):
    """Nothing is fetched in the clear."""

    message = "{host} is no place to fetch a mail from: its address must begin with https://."


def fetched(address: str, headers: Mapping[str, str]) -> bytes:
    """What lies at an address. Raises ProviderSilent, MailElsewhere, ForbiddenAddress."""
    parts = urlsplit(address)
    host = parts.hostname or "Nothing"
    if parts.scheme != "https" and host not in settings.SUPPORTCOORD_ALLOW_PRIVATE_HOSTS:
        raise MailElsewhere(host=host)
    transport = GuardedTransport(SECONDS)
    plain = {"Accept-Encoding": "identity", **headers}
    try:
        with (
            httpx2.Client(transport=transport, timeout=SECONDS, trust_env=False) as client,
            client.stream("GET", address, headers=plain) as response,
        ):
            if response.status_code != 200:
                raise ProviderSilent(host=host, cause=f"it answers {response.status_code}")
            return all_of(response, host)
    except (httpx2.TransportError, httpx2.InvalidURL) as error:
        raise ProviderSilent(host=host, cause=type(error).__name__) from None


def all_of(response: httpx2.Response, host: str) -> bytes:
    """The body, which is no larger than the largest mail and what coding adds to it."""
    body = bytearray()
    for chunk in response.iter_raw(65_536):
        body += chunk
        if len(body) > 2 * MOST_BYTES:
            raise ProviderSilent(host=host, cause="it is larger than a mail may be")
    return bytes(body)
