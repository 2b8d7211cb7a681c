"""Any shop that answers JSON, by a mapping an admin edits."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from apps.core.paths import UnreadableField
from apps.core.secrets import Secret
from apps.core.web import AnswerUnreadable, System
from apps.orders.mapping import order_in, request_path
from apps.orders.types import OrderFacts


@dataclass(frozen=True, kw_only=True)
class RestShop:
    """A shop behind a base URL, a token and a mapping."""

    slug: str
    name: str
    base_url: str
    token: Secret
    mapping: Mapping[str, Any]

    def fetch(self, number: str, *, seconds: float) -> OrderFacts | None:
        """Ask the shop for one order."""
        system = System(
            name=f"The shop {self.name}",
            base_url=self.base_url,
            token=self.token,
            auth_header=self.mapping.get("auth_header", "Authorization"),
            auth_prefix=self.mapping.get("auth_prefix", "Bearer "),
        )
        answer = system.read(request_path(self.mapping, number), seconds=seconds)
        try:
            return order_in(answer, self.mapping, shop=self.slug, number=number)
        except UnreadableField as error:
            raise AnswerUnreadable(system=system.name, cause=str(error)) from None
