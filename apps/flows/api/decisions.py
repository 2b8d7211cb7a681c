"""What a person or program decides about a reply of which nobody knows whether it arrived."""

from typing import ClassVar

from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from apps.accounts.http import person
from apps.accounts.states import Scope
from apps.coordination.api.idempotency import once
from apps.flows.api.serializers import WhyIn
from apps.flows.deciding_delivery import confirm_arrival, send_again
from apps.tickets.api.serializers import MessageOut


class ArrivalConfirmation(APIView):
    required_scopes: ClassVar = {"POST": Scope.TICKETS_WRITE}

    @extend_schema(request=WhyIn, responses=MessageOut)
    @once
    def post(self, request: Request, message_id: int) -> Response:
        """Say that a reply in doubt arrived: it counts as sent, and nothing is sent.

        409 for a reply that is not in doubt, or is being sent at this moment.
        """
        given = WhyIn(data=request.data)
        given.is_valid(raise_exception=True)
        why = given.validated_data.get("why", "")
        message = confirm_arrival(
            message_id=message_id, by=person(request), why=why, at=timezone.now()
        )
        return Response(MessageOut(message).data)


class SendingAgain(APIView):
    required_scopes: ClassVar = {"POST": Scope.TICKETS_WRITE}

    @extend_schema(request=WhyIn, responses=MessageOut)
    @once
    def post(self, request: Request, message_id: int) -> Response:
        """Send a reply that failed or is in doubt once more, as the same mail.

        Whoever got it in spite of the doubt may get it twice. 409 for a reply that is neither, or
        is being sent at this moment.
        """
        given = WhyIn(data=request.data)
        given.is_valid(raise_exception=True)
        why = given.validated_data.get("why", "")
        message = send_again(message_id=message_id, by=person(request), why=why, at=timezone.now())
        return Response(MessageOut(message).data)
