"""The addresses of the REST interface, composed from the apps'."""

from typing import Any

from csp.decorators import csp_update
from django.urls import Resolver404, include, path, re_path, resolve
from drf_spectacular.views import SpectacularAPIView, SpectacularSwaggerSplitView
from rest_framework.exceptions import NotFound
from rest_framework.permissions import AllowAny
from rest_framework.request import Request
from rest_framework.views import APIView


class Nothing(APIView):
    """Every other address under /api/: a problem document instead of a page."""

    authentication_classes = ()
    permission_classes = (AllowAny,)
    throttle_classes = ()
    schema = None

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        """Say that there is nothing, whatever was asked."""
        try:
            resolve(f"{request.path}/")
        except Resolver404:
            known = False
        else:
            known = not request.path.endswith("/")
        raise NotFound(
            f"There is nothing at this address; {request.path}/ is one."
            if known
            else "There is nothing at this address; /api/docs/ lists those that are."
        )


# The stylesheet of Swagger UI draws its little pictures from data: addresses.
docs = csp_update({"img-src": ["'self'", "data:"]})(
    SpectacularSwaggerSplitView.as_view(url_name="schema")
)

V1 = (
    "apps.review.api.urls",
    "apps.flows.api.urls",
    "apps.channels.api.urls",
    "apps.tickets.api.urls",
    "apps.customers.api.urls",
    "apps.coordination.api.urls",
    "apps.orders.api.urls",
    "apps.crm.api.urls",
    "apps.accounts.api.urls",
)

urlpatterns = [
    path("schema/", SpectacularAPIView.as_view(), name="schema"),
    path("docs/", docs, name="docs"),
    path("v1/", include([path("", include(urls)) for urls in V1])),
    re_path("", Nothing.as_view()),
]
