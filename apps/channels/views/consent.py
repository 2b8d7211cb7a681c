"""The way to a provider's page of consent and back, for who may set mailboxes up."""

from collections.abc import Callable
from secrets import compare_digest, token_urlsafe

from django.conf import settings
from django.contrib import messages
from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET

from apps.channels.models import Mailbox
from apps.channels.services.consenting import accept_consent, consent_address
from apps.channels.services.trying import try_mailbox
from apps.core.errors import DomainError
from apps.core.text import one_line

KEPT = "mailbox_consent"


def for_admins(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """Let in who may change mailboxes in the admin, and nobody else."""

    @never_cache
    @require_GET
    def guarded(request: HttpRequest, *args: int) -> HttpResponse:
        user = request.user
        if not user.is_authenticated:
            return redirect_to_login(request.get_full_path())
        if not (user.is_staff and user.has_perm("channels.change_mailbox")):
            raise PermissionDenied
        return view(request, *args)

    return guarded


@for_admins
def connect(request: HttpRequest, mailbox_id: int) -> HttpResponse:
    """Send the admin to where the mailbox's owner agrees."""
    state, verifier = token_urlsafe(32), token_urlsafe(48)
    try:
        address = consent_address(
            mailbox_id=mailbox_id, back=back(), state=state, verifier=verifier
        )
    except DomainError as error:
        messages.error(request, str(error))
        return redirect(page_of(mailbox_id))
    request.session[KEPT] = [mailbox_id, state, verifier]
    return redirect(address)


@for_admins
def connected(request: HttpRequest) -> HttpResponse:
    """Take the answer, which counts only in the session that asked, and once."""
    mailbox_id, state, verifier = request.session.pop(KEPT, (0, "", ""))
    given = request.GET.get("state", "")
    if not state or not compare_digest(state.encode(), given.encode()):
        messages.error(request, "This answer belongs to no question from here: connect again.")
        return redirect("admin:index")
    try:
        messages.success(request, agreed(request, mailbox_id, verifier))
    except DomainError as error:
        messages.error(request, str(error))
    return redirect(page_of(mailbox_id))


def page_of(mailbox_id: int) -> str:
    """Where a mailbox is set up: on the page of its inbox."""
    mailbox = Mailbox.objects.filter(pk=mailbox_id).first()
    if mailbox is None:
        return reverse("admin:channels_inbox_changelist")
    return (
        f"{reverse('admin:channels_inbox_change', args=[mailbox.inbox_id])}#mailbox-{mailbox_id}"
    )


def agreed(request: HttpRequest, mailbox_id: int, verifier: str) -> str:
    """What came of it, in a sentence."""
    code = request.GET.get("code", "")
    if not code:
        said = request.GET.get("error_description") or request.GET.get("error", "no answer")
        return f"The mailbox is not connected: {one_line(said, 200).rstrip('.')}."
    accept_consent(mailbox_id=mailbox_id, code=code, back=back(), verifier=verifier)
    return f"The mailbox is connected. {try_mailbox(mailbox_id=mailbox_id)}"


def back() -> str:
    """Where the provider sends people to; it must be registered there, letter by letter."""
    return f"{settings.SITE_URL}{reverse('mailbox_connected')}"
