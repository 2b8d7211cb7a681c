"""Tickets over HTTP: check the input, call a service or query, shape the output."""

from collections.abc import Mapping
from typing import ClassVar

from django.db.models import QuerySet
from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework.generics import ListAPIView
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from apps.accounts.http import person
from apps.accounts.states import Scope
from apps.coordination.api.idempotency import once
from apps.coordination.models import Event
from apps.core.api.paging import Ordering
from apps.core.api.versions import etag, version_asked
from apps.tickets.api.filters import TicketFilters
from apps.tickets.api.inputs import TicketChange, TicketIn
from apps.tickets.api.serializers import EventOut, TicketOut
from apps.tickets.models import Ticket
from apps.tickets.queries import events_of, ticket_numbered, whole_tickets
from apps.tickets.services.composing import edit_ticket, open_ticket_for
from apps.tickets.types import NewMessage


class TicketList(ListAPIView):
    """Tickets, the latest change first."""

    required_scopes: ClassVar = {"GET": Scope.TICKETS_READ, "POST": Scope.TICKETS_WRITE}
    located = True
    serializer_class = TicketOut
    filterset_class = TicketFilters
    sorts: ClassVar[Mapping[str, Ordering]] = {
        "-updated_at": ("-updated_at", "-id"),
        "updated_at": ("updated_at", "id"),
        "-created_at": ("-id",),
        "created_at": ("id",),
    }

    def get_queryset(self) -> QuerySet[Ticket]:
        """Tickets with what a list shows of them."""
        return whole_tickets()

    @extend_schema(request=TicketIn, responses={201: TicketOut})
    @once
    def post(self, request: Request) -> Response:
        """Open a ticket for a customer; it is triaged and routed like any other message."""
        given = TicketIn(data=request.data)
        given.is_valid(raise_exception=True)
        asked = given.validated_data
        customer = asked["customer"]
        known = customer.get("id")
        team = asked.get("team")
        ticket = open_ticket_for(
            customer_id=known.pk if known else None,
            email=customer.get("email", ""),
            name=customer.get("name", ""),
            subject=asked["subject"],
            message=NewMessage(
                text=asked["text"],
                subject=asked["subject"],
                attachments=tuple(asked.get("attachments", ())),
            ),
            channel="api",
            team_id=team.pk if team else None,
            **{name: asked[name] for name in ("priority", "tags") if name in asked},
            by=person(request),
            at=timezone.now(),
        )
        return shown(ticket.pk, status=201)


class TicketDetail(APIView):
    required_scopes: ClassVar = {"GET": Scope.TICKETS_READ, "PATCH": Scope.TICKETS_WRITE}
    versioned_methods = ("PATCH",)
    tagged = True

    @extend_schema(responses=TicketOut)
    def get(self, request: Request, ticket_id: int) -> Response:
        """Read a ticket; its ETag is what `If-Match` takes."""
        return shown(ticket_id)

    @extend_schema(request=TicketChange, responses=TicketOut)
    def patch(self, request: Request, ticket_id: int) -> Response:
        """Change a ticket: everything that is named, or nothing."""
        change = TicketChange(data=request.data)
        change.is_valid(raise_exception=True)
        edit_ticket(
            ticket_id=ticket_id,
            changes=change.changes(),
            why=change.validated_data.get("why", ""),
            version=version_asked(request),
            by=person(request),
            at=timezone.now(),
        )
        return shown(ticket_id)


class Timeline(ListAPIView):
    """Everything that happened to a ticket, in order, with who and why. It is never changed."""

    required_scopes: ClassVar = {"GET": Scope.TICKETS_READ}
    serializer_class = EventOut
    ordering = ("seq",)
    queryset = Event.objects.none()

    def get_queryset(self) -> QuerySet[Event]:
        """The ticket's story."""
        return events_of(self.kwargs["ticket_id"])


def shown(ticket_id: int, *, status: int = 200) -> Response:
    """A ticket as it is now, with its version."""
    ticket = ticket_numbered(ticket_id)
    headers = {"ETag": etag(ticket.version)}
    if status == 201:
        headers["Location"] = f"/api/v1/tickets/{ticket_id}/"
    return Response(TicketOut(ticket).data, status=status, headers=headers)
