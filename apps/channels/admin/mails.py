"""Received mail in the admin: what arrived, what became of it, and once more."""

from typing import Any, ClassVar

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.urls import URLPattern, path, reverse
from django.utils import timezone
from django.utils.html import format_html

from apps.accounts.http import person
from apps.channels.admin.cells import Cells
from apps.channels.admin.conservation import Conservation
from apps.channels.admin.looking import Looking
from apps.channels.admin.quarantine import Quarantine
from apps.channels.admin.telling import tell_outcomes
from apps.channels.models import ReceivedMail
from apps.channels.queries.sums import lacking
from apps.channels.services.receiving import reprocess_mail
from apps.channels.services.settling import take_in_soon
from apps.core.admin import ReadOnly, WhyForm, reason
from apps.core.errors import DomainError


class Lacking(admin.SimpleListFilter):
    """Mails that the sums miss: nothing stands behind their outcome."""

    title = "what the sums miss"
    parameter_name = "lacking"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        """One choice beside all."""
        return [("yes", "Without one that holds")]

    def queryset(
        self, request: HttpRequest, queryset: QuerySet[ReceivedMail]
    ) -> QuerySet[ReceivedMail]:
        """Only these when asked for."""
        return lacking(queryset) if self.value() else queryset


@admin.register(ReceivedMail)
class ReceivedMailAdmin(ReadOnly, Cells, Quarantine, Looking, Conservation, admin.ModelAdmin):
    """Every mail that came; whoever may see it may read it, and only leads decide about it."""

    change_list_template = "admin/mails/list.html"
    list_display = ("id", "became", "what", "who", "inbox", "came")
    list_display_links = ("id", "what")
    list_filter = ("outcome", Lacking, "inbox", "source", "received_at")
    search_fields = ("=id", "=sender", "=message_id_header")
    search_help_text = "A number, a sender's address or a Message-ID, each written in full."
    list_select_related = ("inbox",)
    ordering = ("-id",)
    show_full_result_count = False
    actions = ("process_again",)
    action_form = WhyForm
    fields: ClassVar = [
        ("outcome", "reason"),
        ("ticket", "duplicate_of", "report_on"),
        ("sender", "subject"),
        ("inbox", "source", "received_at", "decided_at", "attempts", "is_insisted"),
        ("message_id_header", "size", "sha256"),
        "problems",
        "original",
    ]
    readonly_fields = ("original",)

    @admin.display(description="The mail as it came")
    def original(self, mail: ReceivedMail) -> str:
        """Links to the raw bytes, as text on a page and as a file."""
        return format_html(
            '<a href="{}">Look at it</a>, or <a href="{}">download mail-{}.eml</a>',
            reverse("admin:channels_receivedmail_look", args=[mail.pk]),
            reverse("admin:channels_receivedmail_raw", args=[mail.pk]),
            mail.pk,
        )

    @admin.action(description="Process again", permissions=["operate"])
    def process_again(self, request: HttpRequest, mails: QuerySet[ReceivedMail]) -> None:
        """Have each mail looked at again, and say what came of that."""
        by, why, at = person(request), reason(request), timezone.now()
        taken_up: list[int] = []
        for mail in mails.order_by("pk"):
            try:
                taken_up.append(reprocess_mail(mail_id=mail.pk, by=by, why=why, at=at).pk)
            except DomainError as error:
                self.message_user(request, str(error), messages.WARNING)
        take_in_soon(mail_ids=taken_up)
        tell_outcomes(request, taken_up)

    def changelist_view(
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """Call the list what it shows."""
        context = {"title": "Received mails"} | (extra_context or {})
        return super().changelist_view(request, context)

    def get_urls(self) -> list[URLPattern]:
        """Beside the usual pages: quarantine, conservation, each mail as text and as a file."""
        wrap, name = self.admin_site.admin_view, "channels_receivedmail"
        held = "quarantine/"
        return [
            path(held, wrap(self.list_view), name="channels_quarantine"),
            path(f"{held}decide/", wrap(self.decide_view), name="channels_quarantine_decide"),
            path("conservation/", wrap(self.conservation_view), name="channels_conservation"),
            path("<int:mail_id>/look/", wrap(self.look_view), name=f"{name}_look"),
            path("<int:mail_id>/raw/", wrap(self.raw), name=f"{name}_raw"),
            *super().get_urls(),
        ]

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
