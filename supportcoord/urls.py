"""Every address the product answers at."""

from allauth.account.decorators import secure_admin_login
from django.contrib import admin
from django.urls import include, path

from supportcoord.api_errors import handler400, handler403, handler404, handler500

__all__ = ["handler400", "handler403", "handler404", "handler500", "urlpatterns"]

# One door: the admin's own would not count how often somebody tries it.
admin.site.login = secure_admin_login(admin.site.login)  # type: ignore[method-assign]

urlpatterns = [
    path("", include("apps.desk.urls")),
    path("accounts/", include("allauth.account.urls")),
    path("api/", include("supportcoord.api")),
    path("admin/", admin.site.urls),
]
