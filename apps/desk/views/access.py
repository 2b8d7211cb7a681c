"""Who may see the desk, and how every answer of it is sent."""

import re
from collections.abc import Callable
from functools import wraps
from typing import Concatenate, ParamSpec, cast

from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.urls import reverse
from django.utils.cache import patch_cache_control, patch_vary_headers
from django.utils.http import urlencode

from apps.core.errors import NotFound

P = ParamSpec("P")
FORMS = r"\A(/tickets/[0-9]+/)(?:write|change|followers|messages/[0-9]+/(?:undo|arrived|again))/"
View = Callable[Concatenate[HttpRequest, P], HttpResponseBase]


def desk_page(view: View[P]) -> View[P]:
    """Let in whoever may use the desk, and nobody else; send what is not there as 404."""

    @wraps(view)
    def guarded(request: HttpRequest, *args: P.args, **kwargs: P.kwargs) -> HttpResponseBase:
        if not request.user.is_authenticated:
            return sign_in_first(request)
        if not request.user.has_perm("accounts.use_desk"):
            raise PermissionDenied
        try:
            response = view(request, *args, **kwargs)
        except NotFound as error:
            raise Http404(str(error)) from error
        patch_cache_control(response, private=True, no_cache=True)
        patch_vary_headers(response, ["Cookie", "HX-Request", "HX-Target"])
        return response

    return cast("View[P]", guarded)


def sign_in_first(request: HttpRequest) -> HttpResponseBase:
    """Send a page to the sign-in form; a part of a page takes its whole page there."""
    if not is_part(request):
        return redirect_to_login(page_behind(request.get_full_path()))
    back = page_behind(local(request.headers.get("HX-Current-URL", "/")))
    target = f"{reverse('account_login')}?{urlencode({'next': back})}"
    return HttpResponse(status=204, headers={"HX-Redirect": target})


def page_behind(url: str) -> str:
    """The page of an address; a form of a ticket, which nobody can open, belongs to the ticket."""
    return re.sub(FORMS, r"\1", url)


def local(url: str) -> str:
    """An address without its host."""
    return "/" + url.partition("//")[2].partition("/")[2]


def is_part(request: HttpRequest) -> bool:
    """Whether a script asked for a part of a page, and not for its history."""
    restoring = request.headers.get("HX-History-Restore-Request") == "true"
    return request.headers.get("HX-Request") == "true" and not restoring


def aimed_at(request: HttpRequest, part: str) -> bool:
    """Whether a script asked for just this part of the page."""
    return is_part(request) and request.headers.get("HX-Target", "").endswith(f"#{part}")
