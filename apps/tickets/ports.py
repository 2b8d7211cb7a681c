"""What tickets ask of whoever takes mail in for them."""

from collections.abc import Callable, Iterable

OWN_ADDRESSES: list[Callable[[Iterable[str]], set[str]]] = []
"""Say which of some addresses are the desk's own; whoever knows such is added at the start."""


def own_addresses(addresses: Iterable[str]) -> set[str]:
    """Those of these addresses at which mail would come back to the desk."""
    named = list(addresses)
    return {address for known in OWN_ADDRESSES for address in known(named)}
