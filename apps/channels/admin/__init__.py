"""Mailboxes and received mail in the admin: what arrived, what became of it, and once more."""

from typing import Any, ClassVar

from django import forms
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.urls import URLPattern, path, reverse
from django.utils import timezone
from django.utils.html import format_html

from apps.accounts.http import person
from apps.channels.models import Inbox, ReceivedMail
from apps.channels.services.receiving import reprocess_mail
from apps.core.admin import ReadOnly, WhyForm, reason
from apps.core.errors import DomainError


class InboxForm(forms.ModelForm):
    def clean_address(self) -> str:
        """Addresses compare in lower case."""
        return str(self.cleaned_data["address"]).lower()


@admin.register(Inbox)
class InboxAdmin(admin.ModelAdmin):
    form = InboxForm
    list_display = ("address", "name", "team", "is_active", "is_default")
    list_filter = ("is_active",)
    list_select_related = ("team",)


@admin.register(ReceivedMail)
class ReceivedMailAdmin(ReadOnly, admin.ModelAdmin):
    list_display = ("id", "received_at", "sender", "subject", "inbox", "outcome", "reason")
    list_filter = ("outcome", "inbox", "source", "received_at")
    search_fields = ("=id", "=sender", "=message_id_header")
    search_help_text = "A number, a sender's address or a Message-ID, each written in full."
    list_select_related = ("inbox",)
    ordering = ("-id",)
    show_full_result_count = False
    actions = ("process_again",)
    action_form = WhyForm
    fields: ClassVar = [
        ("outcome", "reason"),
        ("ticket", "duplicate_of"),
        ("sender", "subject"),
        ("inbox", "source", "received_at", "decided_at", "attempts", "is_insisted"),
        ("message_id_header", "size", "sha256"),
        "problems",
        "original",
    ]
    readonly_fields = ("original",)

    def has_operate_permission(self, request: HttpRequest) -> bool:
        """Who may have a mail processed again."""
        return person(request).has_perm("channels.change_receivedmail")

    @admin.display(description="The mail as it came")
    def original(self, mail: ReceivedMail) -> str:
        """Link to the raw bytes."""
        address = reverse("admin:channels_receivedmail_raw", args=[mail.pk])
        return format_html('<a href="{}">Download mail-{}.eml</a>', address, mail.pk)

    @admin.action(description="Process again", permissions=["operate"])
    def process_again(self, request: HttpRequest, mails: QuerySet[ReceivedMail]) -> None:
        """Have each mail looked at again, and say what came of that."""
        by, why, at = person(request), reason(request), timezone.now()
        for mail in mails.order_by("pk"):
            try:
                reprocess_mail(mail_id=mail.pk, by=by, why=why, at=at)
                self.message_user(request, f"{mail} is processed again.")
            except DomainError as error:
                self.message_user(request, str(error), messages.WARNING)

    def get_urls(self) -> list[URLPattern]:
        """Serve the raw mail beside the usual pages."""
        raw = self.admin_site.admin_view(self.raw)
        own = path("<int:mail_id>/raw/", raw, name="channels_receivedmail_raw")
        return [own, *super().get_urls()]

    def raw(self, request: HttpRequest, mail_id: int) -> HttpResponse:
        """Hand out the bytes as a file; no browser may take them for a page."""
        if not self.has_view_permission(request):
            raise PermissionDenied
        mail: Any = ReceivedMail.objects.filter(pk=mail_id).values("raw").first()
        if mail is None:
            raise Http404
        answer = HttpResponse(bytes(mail["raw"]), content_type="text/plain")
        answer["Content-Disposition"] = f'attachment; filename="mail-{mail_id}.eml"'
        answer["X-Content-Type-Options"] = "nosniff"
        return answer
