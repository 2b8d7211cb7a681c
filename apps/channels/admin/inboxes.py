"""Inboxes in the admin: one page with all of an inbox, how it stands, and trying it at once."""

from typing import Any

from django.contrib import admin
from django.forms import ModelChoiceField
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils import timezone

from apps.accounts.http import person
from apps.channels.admin.forms import InboxForm
from apps.channels.admin.mailboxes import MailboxInline
from apps.channels.models import Inbox
from apps.channels.queries.inboxes import inbox_state, mailbox_state
from apps.channels.services.trying import Tried, try_in_time, try_outgoing
from apps.core.moments import moment

KEPT = "tried"
NEW, OUTGOING = "new", "outgoing"


class TryNext(HttpResponseRedirect):
    """It is saved; next, outside of the transaction, something of it is tried."""

    def __init__(self, inbox: Inbox, mailbox_id: int | None) -> None:
        self.inbox_id, self.mailbox_id = inbox.pk, mailbox_id
        place = f"mailbox-{mailbox_id}" if mailbox_id else OUTGOING
        super().__init__(f"{reverse('admin:channels_inbox_change', args=[inbox.pk])}#{place}")


def point_at_fault(form: Any) -> None:
    """Mark the field that a failed try was about; the page's script moves there."""
    works, _, name = form.tried or (True, "", "")
    if not works and name:
        form.fields[name].widget.attrs["data-at-fault"] = ""


@admin.register(Inbox)
class InboxAdmin(admin.ModelAdmin):
    """For administrators: who may change inboxes may also try them."""

    form = InboxForm
    inlines = (MailboxInline,)
    change_form_template = "admin/channels/inbox/change_form.html"
    list_display = ("address", "name", "team", "is_active", "is_default")
    list_filter = ("is_active",)
    list_select_related = ("team",)
    fieldsets = (
        (
            "Address and team",
            {"fields": [("address", "name"), "team", ("is_active", "is_default")]},
        ),
        (
            "Replies",
            {"fields": [("from_name", "reply_from"), "signature", "acknowledgement"]},
        ),
        ("Spam and size", {"fields": ["spam", "most_megabytes", "takes_lists"]}),
        ("Web form", {"fields": ["form_slug"]}),
    )

    def formfield_for_dbfield(self, *args: Any, **values: Any) -> Any:
        """Teams are made and changed on pages of their own."""
        field = super().formfield_for_dbfield(*args, **values)
        if isinstance(field, ModelChoiceField):
            for way in ("add", "change", "delete", "view"):
                setattr(field.widget, f"can_{way}_related", False)
        return field

    def changeform_view(
        self,
        request: HttpRequest,
        object_id: str | None = None,
        form_url: str = "",
        extra_context: dict[str, Any] | None = None,
    ) -> HttpResponse:
        """Save; then, once that is committed, try what was asked for, and keep the answer."""
        answer = super().changeform_view(request, object_id, form_url, extra_context)
        if isinstance(answer, TryNext):
            tried = self.tried(request, answer)
            kept = request.session.get(KEPT, {})
            place = str(answer.mailbox_id or f"{OUTGOING}-{answer.inbox_id}")
            request.session[KEPT] = kept | {place: [tried.works, tried.says, tried.field]}
        return answer

    def tried(self, request: HttpRequest, asked: TryNext) -> Tried:
        """Ask the mailbox, or the way out, which takes seconds at most."""
        if asked.mailbox_id:
            return try_in_time(mailbox_id=asked.mailbox_id)
        to, at = person(request).email, timezone.now()
        return try_outgoing(inbox_id=asked.inbox_id, to=to, at=at)

    def response_change(self, request: HttpRequest, obj: Inbox) -> HttpResponse:
        """After saving, on to the try that was asked for."""
        return self.next_try(request, obj) or super().response_change(request, obj)

    def response_add(
        self, request: HttpRequest, obj: Inbox, post_url_continue: str | None = None
    ) -> HttpResponse:
        """The same for a new one."""
        return self.next_try(request, obj) or super().response_add(request, obj, post_url_continue)

    def next_try(self, request: HttpRequest, inbox: Inbox) -> TryNext | None:
        """What the pressed button asks to try; nothing for the usual ones."""
        word = request.POST.get("_try", "")
        if word == OUTGOING and person(request).email:
            return TryNext(inbox, None)
        mailboxes = inbox.mailboxes.order_by("-pk")
        if word.isascii() and word.isdecimal() and len(word) < 19:
            mailboxes = mailboxes.filter(pk=int(word))
        elif word != NEW:
            return None
        found = mailboxes.first()
        return TryNext(inbox, found.pk) if found else None

    def render_change_form(
        self, request: HttpRequest, context: dict[str, Any], *args: Any, **values: Any
    ) -> HttpResponse:
        """Show beside the fields how everything stands, and what the last try said."""
        inbox: Inbox | None = values.get("obj")
        kept = request.session.pop(KEPT, {}) if request.method == "GET" and inbox else {}
        context |= {"is_nav_sidebar_enabled": False, "to": person(request).email}
        context |= {"title": str(inbox) if inbox else "New inbox", "subtitle": None}
        if inbox:
            at, state = timezone.now(), inbox_state(inbox)
            context |= {
                "state": state,
                "last": moment(state.last.received_at, at=at) if state.last else None,
                "outgoing": kept.get(f"{OUTGOING}-{inbox.pk}"),
            }
            for formset in context["inline_admin_formsets"]:
                for form in formset.forms:
                    if form.instance.pk:
                        form.state = mailbox_state(form.instance, at=at)
                        form.tried = kept.get(str(form.instance.pk))
                        point_at_fault(form)
        return super().render_change_form(request, context, *args, **values)
