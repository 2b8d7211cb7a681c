"""A mail server between desks: takes mail by SMTP, hands it over by LMTP, knows who answers."""

import queue
import smtplib
import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from email import message_from_bytes, policy
from email.message import EmailMessage
from typing import Self

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session

from tests.make.servers import closed_port

MARKS = ("Auto-Submitted", "X-Auto-Response-Suppress", "X-Supportcoord")


@dataclass
class Relay:
    """Carries each mail to the desk of its domain, or to whoever answers at an address.

    ``desks`` says where a domain's LMTP door is. ``strips`` takes the headers away by which a
    machine says that it is one, and our own mark with them, as the worst of gateways do.
    """

    desks: Mapping[str, int]
    answering: Mapping[str, Callable[[EmailMessage], EmailMessage]] = field(default_factory=dict)
    strips: bool = False
    carried: list[tuple[str, EmailMessage]] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.port = closed_port()
        self.waiting: queue.Queue[tuple[str, str, EmailMessage] | None] = queue.Queue()
        self.controller = Controller(self, hostname="127.0.0.1", port=self.port)
        self.carrier = threading.Thread(target=self.carry, daemon=True)

    def __enter__(self) -> Self:
        self.controller.start()
        self.carrier.start()
        return self

    def __exit__(self, *error: object) -> None:
        self.controller.stop()
        self.waiting.put(None)
        self.carrier.join(10)

    @property
    def is_idle(self) -> bool:
        """Whether everything that was taken has been handed over."""
        return not self.waiting.unfinished_tasks

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:  # noqa: N802
        """Take a mail, for each of its recipients."""
        mail = message_from_bytes(bytes(envelope.content or b""), policy=policy.SMTP)
        for to in envelope.rcpt_tos:
            self.send(mail, sender=envelope.mail_from or "", to=to)
        return "250 taken"

    def send(self, mail: EmailMessage, *, sender: str, to: str) -> None:
        """Put a mail on its way."""
        self.carried.append((to, mail))
        self.waiting.put((sender, to, mail))

    def carry(self) -> None:
        """Hand over one mail after the other."""
        while one := self.waiting.get():
            sender, to, mail = one
            if self.strips:
                for name in MARKS:
                    del mail[name]
            if answer := self.answering.get(to):
                self.send(answer(mail), sender=to, to=str(mail["From"].addresses[0].addr_spec))
            elif port := self.desks.get(to.rpartition("@")[2]):
                with smtplib.LMTP("127.0.0.1", port, timeout=30) as client:
                    client.sendmail(sender, [to], mail.as_bytes())
            self.waiting.task_done()
