"""Webhooks of CRMs: check the signature, take the delivery in once, say what became of it."""

from django.core.exceptions import RequestDataTooBig
from django.utils import timezone
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework.exceptions import AuthenticationFailed, ValidationError
from rest_framework.permissions import AllowAny
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from apps.core.paths import UnreadableField
from apps.crm.api.serializers import DeliveryIn, DeliveryOut
from apps.crm.services.asking import connection_named
from apps.crm.services.hearing import (
    BadSignature,
    NotReadable,
    check_signature,
    hear_delivery,
)

LARGEST = 256 * 1024


def header(name: str, description: str) -> OpenApiParameter:
    """One header of Standard Webhooks."""
    return OpenApiParameter(
        name, str, OpenApiParameter.HEADER, required=True, description=description
    )


class CrmWebhook(APIView):
    """Where a CRM tells of changed contacts, signed as Standard Webhooks says."""

    authentication_classes = ()
    permission_classes = (AllowAny,)

    @extend_schema(
        parameters=[
            OpenApiParameter("connection", str, OpenApiParameter.PATH),
            header("webhook-id", "The delivery; the same however often it is sent."),
            header("webhook-timestamp", "Seconds since 1970."),
            header("webhook-signature", "`v1,` and the base64 of an HMAC-SHA256."),
        ],
        request=DeliveryIn,
        responses={200: DeliveryOut},
        auth=[],
    )
    def post(self, request: Request, connection: str) -> Response:
        """Hear of a contact's change; the same delivery again is answered and not done again."""
        crm = connection_named(connection)
        body = body_of(request)
        try:
            check_signature(connection=crm, body=body, headers=request.headers)
            answer = hear_delivery(
                connection=crm,
                delivery_id=request.headers["webhook-id"],
                body=body,
                at=timezone.now(),
            )
        except BadSignature as error:
            raise AuthenticationFailed(str(error)) from None
        except (NotReadable, UnreadableField) as error:
            raise ValidationError(str(error)) from None
        return Response(DeliveryOut(answer).data)

    def get_authenticate_header(self, request: Request) -> str:
        """What a 401 asks for."""
        return 'Signature realm="supportcoord"'


def body_of(request: Request) -> bytes:
    """The bytes that were signed. Raises RequestDataTooBig."""
    body: bytes = request.body
    if len(body) > LARGEST:
        raise RequestDataTooBig
    return body
