"""Keys of programs, as administrators issue and revoke them."""

from typing import Any

from django.contrib import admin, messages
from django.db.models import ForeignKey, QuerySet
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.utils import timezone

from apps.accounts.admin.forms import KeyForm
from apps.accounts.models import ApiKey, User
from apps.accounts.services.keys import issue_key, revoke_key
from apps.accounts.states import Role
from apps.core.admin import Kept
from apps.core.errors import DomainError


@admin.register(ApiKey)
class KeyAdmin(Kept, admin.ModelAdmin):
    """A key's text is shown once, when it is made; later it can only be revoked."""

    form = KeyForm
    list_display = ["name", "prefix", "user", "expires_at", "last_used_at", "revoked_at"]
    list_select_related = ["user"]
    list_filter = ["revoked_at", "user"]
    search_fields = ["name", "=prefix", "user__username"]
    ordering = ["-pk"]
    actions = ["revoke"]

    def add_view(
        self,
        request: HttpRequest,
        form_url: str = "",
        extra_context: dict[str, Any] | None = None,
    ) -> HttpResponse:
        """One button: the page that follows shows the key."""
        alone = {"show_save_and_continue": False, "show_save_and_add_another": False}
        return super().add_view(request, form_url, {**(extra_context or {}), **alone})

    def get_fields(self, request: HttpRequest, obj: Any = None) -> list[Any]:
        """What is asked of a new key, and what is known of an old one."""
        known = ["prefix", "created_at", "last_used_at", "revoked_at"] if obj else []
        return ["name", "user", "scopes", "expires_at", *known]

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """A key stays what it was; the list offers to revoke it."""
        return obj is None and super().has_change_permission(request, obj)

    def formfield_for_foreignkey(
        self, db_field: ForeignKey, request: HttpRequest, **options: Any
    ) -> Any:
        """Keys act as programs."""
        programs = User.objects.filter(role=Role.SERVICE, is_active=True).order_by("username")
        return super().formfield_for_foreignkey(db_field, request, queryset=programs, **options)

    def save_model(self, request: HttpRequest, obj: ApiKey, form: Any, change: bool) -> None:  # noqa: FBT001
        """Issue the key; its text lives until the answer to this request."""
        key, text = issue_key(
            name=obj.name, user=obj.user, scopes=obj.scopes, expires_at=obj.expires_at
        )
        obj.pk, obj.prefix = key.pk, key.prefix
        request.issued_key = text  # type: ignore[attr-defined]

    def response_add(
        self, request: HttpRequest, obj: ApiKey, post_url_continue: str | None = None
    ) -> HttpResponse:
        """Show the key, once, on a page that no browser keeps."""
        context = {
            **self.admin_site.each_context(request),
            "title": f"The key of {obj.name}",
            "opts": self.opts,
            "key": request.issued_key,  # type: ignore[attr-defined]
        }
        template = "admin/accounts/apikey/issued.html"
        return TemplateResponse(request, template, context)

    @admin.action(description="Revoke")
    def revoke(self, request: HttpRequest, keys: QuerySet[ApiKey]) -> None:
        """Let keys open nothing any more."""
        for key in keys:
            try:
                revoke_key(key_id=key.pk, at=timezone.now())
                self.message_user(request, f"{key} opens nothing any more.")
            except DomainError as error:
                self.message_user(request, str(error), messages.WARNING)
