"""The web form of an inbox: anybody may write, without signing in."""

from django.core.files.uploadedfile import UploadedFile
from django.db import Error as DatabaseAway
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods

from apps.channels.models import Inbox
from apps.channels.services.contacting import Upload, Written, take_form
from apps.channels.services.receiving import MailTooLarge
from apps.channels.views.forms import (
    ContactForm,
    key_of,
    new_stamp,
    why_braked,
    why_not_files,
)

INVALID, TOO_MANY = 422, 429


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def contact(request: HttpRequest, slug: str) -> HttpResponse:
    """Show the form, or take what was written; anybody may."""
    inbox = inbox_of_form(slug)
    if request.method != "POST":
        return page(request, inbox, ContactForm())
    form, files = ContactForm(request.POST), request.FILES.getlist("files")
    stamp = request.POST.get("stamp", "")
    key, problem = key_of(stamp, slug, timezone.now().timestamp())
    problem = problem or why_not_files(files)
    if not form.is_valid() or problem:
        return page(request, inbox, form, problem, stamp if key else "", status=INVALID)
    if braked := why_braked(request, form.cleaned_data["address"]):
        return page(request, inbox, form, braked, stamp, status=TOO_MANY)
    try:
        take_form(inbox=inbox, written=written(form, files, key), at=timezone.now())
    except MailTooLarge as error:
        return page(request, inbox, form, str(error), stamp, status=INVALID)
    except DatabaseAway:
        away = "It cannot be sent at the moment. Please try again in a minute."
        return page(request, inbox, form, away, stamp, status=503)
    return redirect("contact_thanks", slug=slug, reference=key[:8].upper())


@require_GET
def thanks(request: HttpRequest, slug: str, reference: str) -> HttpResponse:
    """Say that it arrived; anybody may see this."""
    context = {"inbox": inbox_of_form(slug), "reference": reference}
    return render(request, "contact/thanks.html", context)


def inbox_of_form(slug: str) -> Inbox:
    """The active inbox that offers this form. Raises Http404."""
    inbox = Inbox.objects.filter(form_slug=slug, is_active=True).first()
    if inbox is None:
        raise Http404
    return inbox


def page(
    request: HttpRequest,
    inbox: Inbox,
    form: ContactForm,
    problem: str = "",
    stamp: str = "",
    *,
    status: int = 200,
) -> HttpResponse:
    """The form with what was typed, and what is wrong with it."""
    context = {
        "inbox": inbox,
        "form": form,
        "problem": problem,
        "stamp": stamp or new_stamp(str(inbox.form_slug), timezone.now().timestamp()),
    }
    return render(request, "contact/form.html", context, status=status)


def written(form: ContactForm, files: list[UploadedFile], key: str) -> Written:
    """What was typed, as a plain value."""
    typed = form.cleaned_data
    return Written(
        key=key,
        name=typed["name"],
        address=typed["address"],
        subject=typed["subject"],
        text=typed["text"],
        fell_for_trap=bool(typed["website"]),
        files=[
            Upload(
                name=file.name or "file", content_type=file.content_type or "", data=file.read()
            )
            for file in files
        ],
    )
