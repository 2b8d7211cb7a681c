"""How each operation is described in OpenAPI: scopes, idempotency, versions, every error."""

from typing import Any

from drf_spectacular.openapi import AutoSchema

from apps.accounts.api import schema as _keys  # noqa: F401 - registers itself

ALWAYS = (400, 401, 403, 404, 406, 429, 503)

IDEMPOTENCY_KEY = {
    "name": "Idempotency-Key",
    "in": "header",
    "required": False,
    "description": "With the same key, the same request is done once and answered alike.",
    "schema": {"type": "string", "minLength": 1, "maxLength": 255, "pattern": "^[!-~]+$"},
}
IF_MATCH = {
    "name": "If-Match",
    "in": "header",
    "required": False,
    "description": "The ETag that was read; 412 when the record has changed since.",
    "schema": {"type": "string", "pattern": '^"[0-9]{1,9}"$'},
}
ETAG = {
    "description": "The record's version, for `If-Match`.",
    "schema": {"type": "string"},
}
LOCATION = {"description": "Where the new record is.", "schema": {"type": "string"}}
REPLAYED = {
    "description": "There when this is the answer of an earlier request with the key.",
    "schema": {"type": "string", "enum": ["true"]},
}


class ApiSchema(AutoSchema):
    """Adds to each operation what holds for all of them."""

    def get_operation(self, *args: Any, **kwargs: Any) -> dict[str, Any] | None:
        """The operation, with its headers and every error it may answer."""
        operation: dict[str, Any] | None = super().get_operation(*args, **kwargs)
        if operation is None:
            return None
        headers = [IDEMPOTENCY_KEY] if self.takes_key() else []
        headers += [IF_MATCH] if self.is_versioned() else []
        if headers:
            operation["parameters"] = [*operation.get("parameters", []), *headers]
        self.add_answer_headers(operation["responses"])
        for status in self.problems("requestBody" in operation):
            ref = {"$ref": f"#/components/responses/Problem{status}"}
            operation["responses"].setdefault(str(status), ref)
        return operation

    def add_answer_headers(self, responses: dict[str, Any]) -> None:
        """What a good answer carries beside its body."""
        for status, answer in responses.items():
            if getattr(self.view, "tagged", False):
                answer.setdefault("headers", {})["ETag"] = ETAG
            if self.takes_key():
                answer.setdefault("headers", {})["Idempotency-Replayed"] = REPLAYED
            if status == "201" and getattr(self.view, "located", False):
                answer.setdefault("headers", {})["Location"] = LOCATION

    def problems(self, has_body: bool) -> list[int]:  # noqa: FBT001
        """Which errors this operation may answer."""
        found = list(ALWAYS)
        found += [409] if self.method != "GET" else []
        found += [412] if self.is_versioned() else []
        found += [413, 415] if has_body else []
        found += [422] if self.takes_key() else []
        return sorted(found)

    def takes_key(self) -> bool:
        """Whether the handler takes ``Idempotency-Key``."""
        handler = getattr(self.view, self.method.lower(), None)
        return getattr(handler, "takes_in_once", False)

    def is_versioned(self) -> bool:
        """Whether the view compares versions for this method."""
        return self.method in getattr(self.view, "versioned_methods", ())

    def _get_serializer_name(self, *args: Any, **kwargs: Any) -> str:
        """A shape's public name: ``TicketOut`` is a Ticket to everybody outside."""
        name: str = super()._get_serializer_name(*args, **kwargs)
        return name.removesuffix("Out")

    def get_summary(self) -> str:
        """The first line of the handler's own words."""
        said: str = super().get_description()
        return said.partition("\n")[0].rstrip(".")

    def get_description(self) -> str:  # type: ignore[override]
        """The rest of the handler's own words, and the scope it needs."""
        said: str = super().get_description().partition("\n")[2].strip()
        scope = getattr(self.view, "required_scopes", {}).get(self.method)
        return f"{said}\n\nScope: `{scope.value}`.".strip() if scope else said
