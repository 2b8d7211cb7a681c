"""What agents do on a ticket: write, and change properties."""

from uuid import uuid4

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.utils import timezone
from django.views.decorators.http import require_POST

from apps.accounts.http import person
from apps.accounts.models import User
from apps.coordination.models import Event
from apps.core.errors import DomainError, Stale
from apps.desk.changing import Refusal, change_ticket
from apps.desk.forms import KEY, ChangeForm, WriteForm, files_taken_back
from apps.desk.present.composing import Typed
from apps.desk.present.happenings import Names, sentence
from apps.desk.present.tickets import Trouble
from apps.desk.queries.composing import everybody_of
from apps.desk.queries.tickets import names_of_people, teams, ticket_of
from apps.desk.views.access import desk_page, is_part
from apps.desk.views.screens import place_of
from apps.desk.views.ticket import changed_parts, whole_ticket
from apps.desk.writing import news_since, write
from apps.tickets.models import Ticket
from apps.tickets.services.spam import clear_spam, mark_spam

SORTING = {"spam": mark_spam, "not_spam": clear_spam}
REFUSED = 409
INVALID = 422


@require_POST
@desk_page
def write_message(request: HttpRequest, number: int) -> HttpResponse:
    """Send a reply or keep a note. What cannot be taken comes back with what was typed."""
    me = person(request)
    ticket = ticket_of(number, me)
    form = WriteForm(request.POST, request.FILES, ticket=ticket, by=me)
    if request.POST.get("then") == "all":
        return written_again(request, ticket, "", [], status=200)
    if not form.is_valid():
        return written_again(request, ticket, "Not sent:", errors(form), status=INVALID)
    sent = form.cleaned_data
    if news := news_since(ticket, sent, me):
        told = tell(news)
        title = "Not sent yet. While you were writing:"
        return written_again(request, ticket, title, told, status=REFUSED)
    try:
        write(
            ticket=ticket,
            sent=sent,
            by=me,
            at=timezone.now(),
            attachments=form.attachments,
            **form.envelope,
        )
    except DomainError as error:
        return written_again(request, ticket, "Not sent:", [str(error)], status=REFUSED)
    return done(request, number)


def written_again(
    request: HttpRequest, ticket: Ticket, title: str, problems: list[str], *, status: int
) -> HttpResponse:
    """Show the ticket with the text still in its box.

    The files that were chosen are lost without a script: no page can put them back.
    """
    sent, me = request.POST, person(request)
    copies = ", ".join(everybody_of(ticket)) if sent.get("then") == "all" else sent.get("cc")
    kept = [file for file in files_taken_back(ticket, me) if str(file.pk) in sent.getlist("kept")]
    typed = Typed(
        key=kept_key(sent.get("key", "")),
        kind="note" if sent.get("kind") == "note" else "reply",
        text=sent.get("text", ""),
        to=sent.get("to"),
        cc=copies,
        bcc=sent.get("bcc", ""),
        quotes=int(quotes) if (quotes := sent.get("quotes", "")[:18]).isdecimal() else None,
        kept=kept,
        lost_files=[file.name or "file" for file in request.FILES.getlist("chosen")],
        problem_title=title,
        problems=problems,
    )
    return whole_ticket(request, ticket, typed=typed, status=status)


def kept_key(key: str) -> str:
    """The key the text was first sent with, so that it still counts once; a new one for none."""
    return key if KEY.fullmatch(key) else uuid4().hex


@require_POST
@desk_page
def change(request: HttpRequest, number: int) -> HttpResponse:
    """Change properties. What somebody else changed first is told, and nothing is overwritten."""
    me = person(request)
    ticket = ticket_of(number, me)
    form = ChangeForm(request.POST)
    if not form.is_valid():
        return unchanged(request, ticket, "Nothing was changed:", errors(form), status=INVALID)
    if sort := SORTING.get(form.cleaned_data["do"]):
        sort(ticket_id=ticket.pk, by=me, at=timezone.now())
        return done(request, number)
    try:
        refused = change_ticket(
            ticket=ticket,
            posted=meant(form, me),
            tags=form.cleaned_data["tags"] if "tags" in form.data else None,
            seen=form.cleaned_data["seen"],
            by=me,
            at=timezone.now(),
        )
    except Stale:
        problems = ["Somebody changed the ticket in the same moment. Look again, and try again."]
        return unchanged(request, ticket, "Nothing was changed:", problems, status=REFUSED)
    except DomainError as error:
        problems = [str(error)]
        return unchanged(request, ticket, "Nothing was changed:", problems, status=REFUSED)
    if refused:
        return too_late(request, ticket, refused)
    return done(request, number)


def meant(form: ChangeForm, me: User) -> dict[str, object]:
    """The properties that a button or the form asks for."""
    asked = {"take": {"owner": me.pk}, "solve": {"status": "solved"}, "reopen": {"status": "open"}}
    return asked.get(form.cleaned_data["do"], form.posted)  # type: ignore[return-value]


def too_late(request: HttpRequest, ticket: Ticket, refused: Refusal) -> HttpResponse:
    """Say who changed the same thing first."""
    title = "Somebody was faster, so nothing was changed:"
    return unchanged(request, ticket, title, tell(refused.events), status=REFUSED)


def unchanged(
    request: HttpRequest, ticket: Ticket, title: str, problems: list[str], *, status: int
) -> HttpResponse:
    """Show the ticket as it is now, and why nothing was changed."""
    show = changed_parts if is_part(request) else whole_ticket
    fresh = ticket_of(ticket.pk, person(request))
    trouble = Trouble(title=title, problems=problems)
    return show(request, fresh, trouble=trouble, status=status)


def done(request: HttpRequest, number: int) -> HttpResponse:
    """Show what came of it: the fresh parts to a script, the page after a form."""
    place = place_of(request)
    if not is_part(request):
        return HttpResponseRedirect(place.ticket_url(number))
    ticket = ticket_of(number, person(request))
    show = whole_ticket if request.path.endswith("/write/") else changed_parts
    response = show(request, ticket)
    response["HX-Trigger"] = "desk:changed"
    return response


def errors(form: ChangeForm | WriteForm) -> list[str]:
    """What is wrong with a form, as sentences."""
    return [str(error) for problems in form.errors.values() for error in problems]


def tell(events: list[Event]) -> list[str]:
    """What others did, as sentences."""
    names = Names(people=names_of_people(events), teams={team.pk: team.name for team in teams()})
    at = timezone.now()
    return [sentence(event, names, at=at) for event in events]
