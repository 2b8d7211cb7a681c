"""What holds for every address of the interface, whoever wrote it."""

import pytest
from django.urls import URLPattern, get_resolver

from apps.accounts.api.permissions import HasScope

# A CRM signs what it sends, and each delivery has a number of its own.
SIGNED = {"crm/<str:connection>/webhook/"}
METHODS = ("get", "post", "put", "patch", "delete")


def views(patterns, prefix=""):
    """Every view under these patterns, with its address."""
    for pattern in patterns:
        address = f"{prefix}{pattern.pattern}"
        if isinstance(pattern, URLPattern):
            yield address, pattern.callback.view_class
        else:
            yield from views(pattern.url_patterns, address)


def handlers():
    """Every method of every view of the interface."""
    (api,) = [p for p in get_resolver().url_patterns if str(p.pattern) == "api/"]
    (v1,) = [p for p in api.url_patterns if str(p.pattern) == "v1/"]
    for address, view in views(v1.url_patterns):
        if address in SIGNED:
            continue
        for method in METHODS:
            if hasattr(view, method):
                yield pytest.param(view, method, id=f"{method.upper()} {address}")


@pytest.mark.parametrize(("view", "method"), list(handlers()))
def test_every_operation_names_its_scope(view, method):
    assert method.upper() in view.required_scopes
    assert view.permission_classes == [HasScope]


@pytest.mark.parametrize(
    ("view", "method"), [handler for handler in handlers() if handler.values[1] == "post"]
)
def test_every_post_can_be_repeated_with_its_key(view, method):
    assert getattr(view.post, "takes_in_once", False)
