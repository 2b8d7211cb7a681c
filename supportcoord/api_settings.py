"""Settings of the REST API that no environment changes."""

from supportcoord.api_components import COMPONENTS

REST_FRAMEWORK = {
    "DEFAULT_AUTHENTICATION_CLASSES": [
        "apps.accounts.api.authentication.KeyAuthentication",
        "rest_framework.authentication.SessionAuthentication",
    ],
    "DEFAULT_PERMISSION_CLASSES": ["apps.accounts.api.permissions.HasScope"],
    "DEFAULT_THROTTLE_CLASSES": ["apps.accounts.api.throttling.CallerThrottle"],
    "DEFAULT_PARSER_CLASSES": ["apps.core.api.parsing.StrictJSONParser"],
    "DEFAULT_RENDERER_CLASSES": ["rest_framework.renderers.JSONRenderer"],
    "DEFAULT_PAGINATION_CLASS": "apps.core.api.paging.KeysetPagination",
    "DEFAULT_FILTER_BACKENDS": ["django_filters.rest_framework.DjangoFilterBackend"],
    "DEFAULT_SCHEMA_CLASS": "supportcoord.api_schema.ApiSchema",
    "DEFAULT_METADATA_CLASS": None,
    "EXCEPTION_HANDLER": "supportcoord.api_errors.answer_for",
}
SPECTACULAR_SETTINGS = {
    "TITLE": "supportcoord",
    "VERSION": "1",
    "DESCRIPTION": "Tickets, customers, orders and the runs that coordinate them.",
    "OAS_VERSION": "3.1.1",
    "SCHEMA_PATH_PREFIX": "/api/v1",
    "SERVE_INCLUDE_SCHEMA": False,
    "SERVE_PERMISSIONS": ["rest_framework.permissions.AllowAny"],
    "SERVE_AUTHENTICATION": [],
    "APPEND_COMPONENTS": COMPONENTS,
    # One name for each list of words; two fields called `status` would otherwise collide.
    "ENUM_NAME_OVERRIDES": {
        "ReviewStatus": "apps.review.states.ReviewStatus",
        "TicketStatus": "apps.tickets.states.TicketStatus",
        "OrderStatus": "apps.orders.states.OrderStatus",
        "RunState": "apps.coordination.states.RunState",
        "StepState": "apps.coordination.states.StepState",
        "StepKind": "apps.coordination.states.StepKind",
        "MessageKind": "apps.tickets.states.MessageKind",
        "IdentityKind": "apps.customers.states.IdentityKind",
    },
    "SWAGGER_UI_DIST": "SIDECAR",
    "SWAGGER_UI_FAVICON_HREF": "SIDECAR",
    "SWAGGER_UI_SETTINGS": {"deepLinking": True, "persistAuthorization": False},
}
