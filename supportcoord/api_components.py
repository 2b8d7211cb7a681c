"""Parts of the OpenAPI document that many operations share: the problem documents."""

from typing import Any

PROBLEMS = {
    400: "The request cannot be read, or a value is wrong; `errors` says which.",
    401: "There is no valid key.",
    403: "The key's scopes, or the person's role, do not allow this.",
    404: "There is no such record.",
    406: "The answer is JSON, which the caller does not accept.",
    409: "The record's state, or another request, does not allow this.",
    412: "The record was changed meanwhile; `facts.version` is its version now.",
    413: "The body is too large.",
    415: "The body has a type that is not read here.",
    422: "The Idempotency-Key was used for another request.",
    429: "Too many requests; `Retry-After` says when to go on.",
    503: "Something needed is away; nothing was done. `Retry-After` says when to try again.",
}
COMPONENTS: dict[str, Any] = {
    "schemas": {
        "Problem": {
            "type": "object",
            "description": "What went wrong (RFC 9457).",
            "required": ["type", "title", "status", "detail", "code"],
            "properties": {
                "type": {"type": "string"},
                "title": {"type": "string"},
                "status": {"type": "integer"},
                "detail": {"type": "string", "description": "For people."},
                "code": {"type": "string", "description": "For programs; it never changes."},
                "facts": {"type": "object", "additionalProperties": True},
                "errors": {
                    "type": "array",
                    "items": {
                        "type": "object",
                        "required": ["in", "pointer", "detail"],
                        "properties": {
                            "in": {"type": "string", "enum": ["body", "query"]},
                            "pointer": {"type": "string"},
                            "detail": {"type": "string"},
                        },
                    },
                },
            },
        }
    },
    "responses": {
        f"Problem{status}": {
            "description": said,
            "content": {
                "application/problem+json": {"schema": {"$ref": "#/components/schemas/Problem"}}
            },
        }
        for status, said in PROBLEMS.items()
    },
}
