"""What is written on a ticket, over HTTP: replies, notes, files."""

from typing import Any, ClassVar

from django.db.models import QuerySet
from django.http import HttpResponseBase
from django.utils import timezone
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema
from rest_framework.generics import ListAPIView
from rest_framework.renderers import BaseRenderer, JSONRenderer
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from apps.accounts.http import person
from apps.accounts.states import Scope
from apps.coordination.api.idempotency import once, row_key
from apps.core.api.versions import version_asked
from apps.core.downloads import download
from apps.core.errors import NotFound
from apps.tickets.api.inputs import MessageIn
from apps.tickets.api.serializers import MessageOut, WholeMessageOut
from apps.tickets.models import Message
from apps.tickets.queries import FileWithheld, attachment_of, messages_of
from apps.tickets.services.composing import answer_ticket
from apps.tickets.services.withdrawing import withdraw_reply
from apps.tickets.states import MessageKind

KINDS = {"reply": MessageKind.OUTGOING, "note": MessageKind.NOTE}


class MessageList(ListAPIView):
    """What was written on a ticket, the oldest first."""

    required_scopes: ClassVar = {"GET": Scope.TICKETS_READ, "POST": Scope.TICKETS_WRITE}
    versioned_methods = ("POST",)
    serializer_class = MessageOut
    ordering = ("created_at", "id")
    queryset = Message.objects.none()

    def get_queryset(self) -> QuerySet[Message]:
        """The ticket's messages."""
        return messages_of(self.kwargs["ticket_id"])

    @extend_schema(request=MessageIn, responses={201: MessageOut})
    @once
    def post(self, request: Request, ticket_id: int) -> Response:
        """Reply to the customer, or write a note among agents.

        A reply is answered before it is sent: `delivery` says how far it got. With `If-Match` it
        is refused when the ticket has changed since, such as by another message. 409 when it
        would go to an address of the desk itself.
        """
        given = MessageIn(data=request.data)
        given.is_valid(raise_exception=True)
        written = answer_ticket(
            ticket_id=ticket_id,
            **given.validated_data | {"kind": KINDS[given.validated_data["kind"]]},
            by=person(request),
            key=row_key(request),
            version=version_asked(request),
            at=timezone.now(),
        )
        return Response(MessageOut(written).data, status=201)


class MessageDetail(APIView):
    required_scopes: ClassVar = {"GET": Scope.TICKETS_READ}

    @extend_schema(responses=WholeMessageOut)
    def get(self, request: Request, ticket_id: int, message_id: int) -> Response:
        """Read a message whole, with its HTML."""
        message = messages_of(ticket_id).filter(pk=message_id).first()
        if message is None:
            raise NotFound(thing="message", key=message_id)
        return Response(WholeMessageOut(message).data)


class MessageWithdrawal(APIView):
    required_scopes: ClassVar = {"POST": Scope.TICKETS_WRITE}

    @extend_schema(request=None, responses=MessageOut)
    @once
    def post(self, request: Request, message_id: int) -> Response:
        """Take a reply back that waits to leave, with what it changed about the ticket.

        409 once its sending began, and for anybody but its author. The second time changes
        nothing.
        """
        taken = withdraw_reply(message_id=message_id, by=person(request), at=timezone.now())
        return Response(MessageOut(taken).data)


class Bytes(BaseRenderer):
    """A file goes out as it is, never as a page."""

    media_type = "application/octet-stream"
    format = "bytes"
    charset = None
    render_style = "binary"

    def render(self, data: Any, *args: Any, **kwargs: Any) -> bytes:
        """Errors are JSON all the same."""
        body: bytes = JSONRenderer().render(data)
        return body


class AttachmentContent(APIView):
    required_scopes: ClassVar = {"GET": Scope.TICKETS_READ}
    renderer_classes = (Bytes,)

    @extend_schema(responses={(200, "application/octet-stream"): OpenApiTypes.BINARY})
    def get(self, request: Request, ticket_id: int, attachment_id: int) -> HttpResponseBase:
        """Download a file. Whatever it claims to be, it comes as bytes to keep, not to show.

        409 while it is being checked for viruses, and for good when one was found in it or files
        of its kind are blocked; `verdict` says which.
        """
        found = attachment_of(ticket_id, attachment_id)
        if found.why_withheld:
            raise FileWithheld(why=found.why_withheld)
        try:
            content = found.file.open("rb")
        except FileNotFoundError:
            raise NotFound(thing="file of attachment", key=attachment_id) from None
        return download(content, name=found.name)
