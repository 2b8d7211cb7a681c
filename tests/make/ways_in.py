"""Every way into the product, as a client goes it: send, and send again until it is answered."""

import hashlib
import io
import sys
from types import SimpleNamespace

import pytest
from django.core.cache import cache
from django.core.management import CommandError, call_command
from django.test import Client

from apps.channels.models import ReceivedMail
from apps.coordination.models import Event, Inbox, Run
from apps.tickets.models import Message, Ticket
from tests.api.client import Caller
from tests.make.accounts import key
from tests.make.crm import connection, deliver
from tests.make.mails import inbox, mail
from tests.make.tickets import customer, ticket


def runs(flow: str, keys: list[str]) -> int:
    """How many runs of a flow these streams have."""
    return Run.objects.filter(flow=flow, serial_key__in=keys).count()


class NewTicket:
    """A program opens a ticket over the REST interface."""

    def __init__(self) -> None:
        self.caller, self.asker = Caller(), customer().pk

    def send(self, name: str) -> bool:
        asked = {"customer": {"id": self.asker}, "subject": name, "text": "Where is it?"}
        return self.caller.post("tickets/", asked, Idempotency_Key=name).status_code == 201

    def there(self, name: str) -> dict[str, int]:
        tickets = list(Ticket.objects.filter(subject=name))
        return {
            "inbox rows": Inbox.objects.filter(external_id=name).count(),
            "tickets": len(tickets),
            "messages": Message.objects.filter(ticket__in=tickets).count(),
            "runs": runs("intake", [ticket.stream for ticket in tickets]),
        }


class NewReply:
    """A program answers a ticket; the reply is to leave as mail."""

    def __init__(self) -> None:
        self.caller, self.asked = Caller(), ticket().pk

    def send(self, name: str) -> bool:
        reply = {"kind": "reply", "text": name}
        path = f"tickets/{self.asked}/messages/"
        return self.caller.post(path, reply, Idempotency_Key=name).status_code == 201

    def there(self, name: str) -> dict[str, int]:
        replies = list(Message.objects.filter(text=name).values_list("pk", flat=True))
        return {
            "inbox rows": Inbox.objects.filter(external_id=name).count(),
            "messages": len(replies),
            "runs": Run.objects.filter(flow="send reply", input__message_id__in=replies).count(),
        }


class MailByHttp:
    """A program hands in a raw mail."""

    def __init__(self) -> None:
        cache.clear()
        inbox()
        self.key, self.mails = key("mail:write")[1], {}

    def raw(self, name: str) -> bytes:
        return self.mails.setdefault(name, mail(subject=name))

    def send(self, name: str) -> bool:
        headers = {"Authorization": f"Bearer {self.key}", "Idempotency-Key": name}
        path, kind = "/api/v1/inbound/mail/", "message/rfc822"
        answer = Client().generic("POST", path, self.raw(name), content_type=kind, headers=headers)
        return answer.status_code == 201

    def kept(self, name: str) -> list[ReceivedMail]:
        sha256 = hashlib.sha256(self.raw(name)).hexdigest()
        return list(ReceivedMail.objects.filter(sha256=sha256))

    def there(self, name: str) -> dict[str, int]:
        mails = self.kept(name)
        return {
            "inbox rows": Inbox.objects.filter(external_id=name).count(),
            "mails": len(mails),
            "runs": runs("take in", [f"mail:{kept.pk}" for kept in mails]),
        }


class MailByCommand(MailByHttp):
    """A mail server hands a mail over. It has no key: what it sends again is seen to be a copy."""

    def send(self, name: str) -> bool:
        stdin = SimpleNamespace(buffer=io.BytesIO(self.raw(name)))
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(sys, "stdin", stdin)
            try:
                call_command("receive_mail", stdout=io.StringIO())
            except CommandError:
                return False
        return True

    def there(self, name: str) -> dict[str, int]:
        mails = self.kept(name)
        copies = [kept for kept in mails if kept.outcome == "duplicate"]
        return {
            "mails": len(mails) - len(copies),
            "runs": runs("take in", [f"mail:{kept.pk}" for kept in mails]) - len(copies),
        }


class Webhook:
    """A CRM tells of a contact."""

    def __init__(self) -> None:
        connection("hub")
        self.asker = customer("ada@home.example")

    def send(self, name: str) -> bool:
        contact = {"id": name, "email": "ada@home.example", "name": name}
        return deliver(contact, delivery=name).status_code == 200

    def there(self, name: str) -> dict[str, int]:
        told = Event.objects.filter(type="ContactChanged", payload__external_id=name)
        return {
            "inbox rows": Inbox.objects.filter(external_id=name).count(),
            "events": told.count(),
        }


WAYS_IN = (NewTicket, NewReply, MailByHttp, MailByCommand, Webhook)
