"""Mail over HTTP: check the input, store it, tell its outcome."""

from typing import ClassVar

from django.db import transaction
from django.utils import timezone
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.serializers import ValidationError
from rest_framework.views import APIView

from apps.accounts.states import Scope
from apps.channels.services.receiving import InboxUnknown, MailTooLarge, store_mail
from apps.channels.services.settling import take_in_now
from apps.channels.states import Source
from apps.coordination.api.idempotency import fingerprint, key_of, source_of
from apps.coordination.services.taking_in import remember_answer, take_in
from apps.flows.api.parsing import MailTooLarge as TooLarge
from apps.flows.api.parsing import OctetStreamParser, RawMailParser, raw_mail
from apps.flows.api.serializers import InboundMailIn, InboundMailOut


class InboundMail(APIView):
    required_scopes: ClassVar = {"POST": Scope.MAIL_WRITE}
    parser_classes = (RawMailParser, OctetStreamParser)

    @extend_schema(
        parameters=[InboundMailIn],
        request=dict.fromkeys(
            [RawMailParser.media_type, OctetStreamParser.media_type], OpenApiTypes.BINARY
        ),
        responses={201: InboundMailOut},
    )
    def post(self, request: Request) -> Response:
        """Hand in a raw mail (RFC 5322), as a mail server would.

        A 201 means that it is stored and cannot be lost; the outcome is what became of it.
        """
        mail_id, is_new = stored_once(request)
        outcome = take_in_now(mail_id=mail_id)
        headers = {} if is_new else {"Idempotency-Replayed": "true"}
        return Response(InboundMailOut(outcome).data, status=201, headers=headers)

    post.takes_in_once = True  # type: ignore[attr-defined]


def stored_once(request: Request) -> tuple[int, bool]:
    """Store the mail, or find the one that was stored under the caller's key.

    Only this commits with the key: a mail is safe before anybody decides about it.
    """
    raw, key = raw_mail(request.data), key_of(request)
    if key is None:
        return stored(request, raw), True
    source = source_of(request)
    with transaction.atomic():
        earlier = take_in(source=source, external_id=key, request=fingerprint(request))
        if earlier:
            return int(earlier.body["mail_id"]), False
        mail_id = stored(request, raw)
        remember_answer(source=source, external_id=key, status=201, body={"mail_id": mail_id})
    return mail_id, True


def stored(request: Request, raw: bytes) -> int:
    """Store the mail for the inbox that was named. Raises ValidationError."""
    given = InboundMailIn(data=request.query_params)
    given.is_valid(raise_exception=True)
    try:
        mail = store_mail(
            raw=raw,
            inbox_address=given.validated_data.get("inbox", ""),
            source=Source.API,
            at=timezone.now(),
        )
    except MailTooLarge as error:
        raise TooLarge(str(error)) from error
    except InboxUnknown as error:
        raise ValidationError({"inbox": [str(error)]}) from error
    return mail.pk
