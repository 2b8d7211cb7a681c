"""Two desks pointed at each other, each with acknowledgements on: they stop by themselves."""

from email import message_from_bytes, policy
from email.message import EmailMessage
from email.utils import make_msgid

import pytest

from tests.make.client import Client, within
from tests.make.letters import letter
from tests.make.relay import Relay
from tests.make.servers import closed_port
from tests.make.stack import RunningStack, gone

pytestmark = [pytest.mark.stack, pytest.mark.timeout(600)]
ONE, TWO, ROBOT = "help@one.example", "help@two.example", "sales@rude.example"
SET_UP = """
from apps.channels.models import Inbox
Inbox.objects.create(address="{address}", name="Help", is_default=True,
                     acknowledgement="Thank you. Your number is {{number}}.")
"""


def robot(asked: EmailMessage) -> EmailMessage:
    """Answers everything, with a subject of its own, and never says that it is a machine."""
    mail = EmailMessage()
    mail["From"], mail["To"], mail["Subject"] = ROBOT, asked["From"], "Thank you for your mail"
    mail["Message-ID"] = make_msgid(domain="rude.example")
    mail.set_content("We have received your mail and will look into it.")
    return mail


class Desk:
    """One installation, with servers, keys and an address of its own."""

    def __init__(self, folder, address: str, lmtp: int, relay: Relay) -> None:
        self.stack = RunningStack(
            folder / "var",
            "--empty",
            EMAIL_URL=f"smtp://127.0.0.1:{relay.port}",
            LMTP_LISTEN=f"127.0.0.1:{lmtp}",
        )
        self.address = address

    def open(self) -> None:
        self.stack.until_it_runs()
        self.stack.manage("shell", "-v", "0", "-c", SET_UP.format(address=self.address))
        self.client = Client(self.stack)

    @property
    def rests(self) -> bool:
        return not self.client.get("/runs/", state=["ready", "running"])["results"]


@pytest.fixture(scope="module")
def world(tmp_path_factory):
    """Both desks, and the mail server between them."""
    doors = {"one.example": closed_port(), "two.example": closed_port()}
    with Relay(doors, answering={ROBOT: robot}) as relay:
        desks = [
            Desk(tmp_path_factory.mktemp("desk"), address, doors[address.partition("@")[2]], relay)
            for address in (ONE, TWO)
        ]
        try:
            for desk in desks:
                desk.open()
            yield relay, *desks
        finally:
            for desk in desks:
                desk.stack.stop()
    assert all(gone(desk.stack) for desk in desks)


def exchanged(world) -> list[tuple[str, str]]:
    """Whom each mail went to, and whether it said that a machine wrote it, once all is at rest."""
    relay, *desks = world

    def is_over():
        before = len(relay.carried)
        resting = relay.is_idle and all(desk.rests for desk in desks) and relay.is_idle
        return resting and len(relay.carried) == before

    within(120, is_over)
    found = [(to, mail.get("Auto-Submitted", "")) for to, mail in relay.carried]
    relay.carried.clear()
    return found


def write(relay: Relay, sender: str, to: str, **headers: str) -> None:
    """Somebody writes a mail."""
    raw = letter("When will it be shipped?", sender=sender, to=to, **headers)
    mail = message_from_bytes(raw, policy=policy.SMTP)
    relay.send(mail, sender=sender, to=to)


def test_a_mail_in_the_name_of_the_other_desk_is_acknowledged_and_that_is_all(world):
    relay, *_ = world

    write(relay, TWO, ONE)

    assert exchanged(world) == [(ONE, ""), (TWO, "auto-replied")]


def test_an_answer_to_the_other_desk_names_a_ticket_and_is_not_acknowledged(world):
    _, one, _ = world
    asked = {"customer": {"email": TWO}, "subject": "A delivery", "text": "It is late."}
    ticket = one.client.post("/tickets/", **asked)

    one.client.post(f"/tickets/{ticket['id']}/messages/", kind="reply", text="Where is it?")

    assert exchanged(world) == [(TWO, "")]


def test_they_stop_though_the_way_between_takes_every_mark_away(world):
    relay, *_ = world
    relay.strips = True

    write(relay, TWO, ONE, subject="Without marks")

    mails = exchanged(world)
    relay.strips = False
    assert 2 <= len(mails) <= 5
    assert {mark for _, mark in mails} == {""}


def test_a_robot_that_hides_what_it_is_is_left_alone_soon(world):
    relay, *_ = world

    write(relay, ROBOT, ONE, subject="Thank you for your mail")

    mails = exchanged(world)
    assert len(mails) <= 5
    assert mails[-1] == (ONE, "")
