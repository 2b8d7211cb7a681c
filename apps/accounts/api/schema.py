"""How keys stand in the description of the interface."""

from typing import Any

from drf_spectacular.extensions import OpenApiAuthenticationExtension


class KeyScheme(OpenApiAuthenticationExtension):  # type: ignore[no-untyped-call]
    """A bearer token in the ``Authorization`` header."""

    target_class = "apps.accounts.api.authentication.KeyAuthentication"
    name = "key"

    def get_security_definition(self, auto_schema: Any) -> dict[str, str]:
        """One scheme for every operation."""
        said = "A key made in the admin or by `manage.py issue_key`: `sc_<prefix>_<secret>`."
        return {"type": "http", "scheme": "bearer", "description": said}
