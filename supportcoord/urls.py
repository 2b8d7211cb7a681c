"""Every address the product answers at."""

from allauth.account import views as account
from allauth.account.decorators import secure_admin_login
from django.contrib import admin
from django.urls import include, path, re_path

from apps.channels.views.consent import connect, connected
from apps.channels.views.contact import contact, thanks
from supportcoord.api_errors import handler400, handler403, handler404, handler500

__all__ = ["handler400", "handler403", "handler404", "handler500", "urlpatterns"]

# One door: the admin's own would not count how often somebody tries it.
admin.site.login = secure_admin_login(admin.site.login)  # type: ignore[method-assign]

# Only these pages of allauth: people change their passwords themselves, and nothing else.
doors = [
    path("login/", account.login, name="account_login"),
    path("logout/", account.logout, name="account_logout"),
    path("inactive/", account.account_inactive, name="account_inactive"),
    path("password/change/", account.password_change, name="account_change_password"),
    path("password/reset/", account.password_reset, name="account_reset_password"),
    path("password/reset/done/", account.password_reset_done, name="account_reset_password_done"),
    re_path(
        r"^password/reset/key/(?P<uidb36>[0-9A-Za-z]+)-(?P<key>.+)/$",
        account.password_reset_from_key,
        name="account_reset_password_from_key",
    ),
    path(
        "password/reset/key/done/",
        account.password_reset_from_key_done,
        name="account_reset_password_from_key_done",
    ),
]

urlpatterns = [
    path("", include("apps.desk.urls")),
    path("accounts/", include(doors)),
    path("contact/<slug:slug>/", contact, name="contact"),
    re_path(
        r"^contact/(?P<slug>[-\w]+)/thanks/(?P<reference>[0-9A-F]{8})/$",
        thanks,
        name="contact_thanks",
    ),
    path("api/", include("supportcoord.api")),
    re_path(r"^admin/mailboxes/([0-9]{1,18})/connect/$", connect, name="mailbox_connect"),
    path("admin/mailboxes/connected/", connected, name="mailbox_connected"),
    path("admin/", admin.site.urls),
]
