"""Machines that answer machines come to rest by themselves, whatever they say they are."""

import re
from email import message_from_bytes, policy

import pytest

from apps.channels.models import ReceivedMail
from tests.make.desks import OwnDesk, Robot, exchange, other_desk
from tests.make.mails import inbox, mail

pytestmark = pytest.mark.django_db
WORDS = "We have it as number {number}."
HERE, THERE = "help@one.example", "help@two.example"
TELLING = ("Auto-Submitted", "X-Supportcoord", "X-Auto-Response-Suppress", "Reply-To")
THREADING = ("In-Reply-To", "References", "Message-ID")


@pytest.fixture
def desk(settings, tmp_path) -> OwnDesk:
    """This desk, which acknowledges what it gets."""
    settings.EMAIL_BACKEND = "apps.channels.adapters.outbox.OutboxBackend"
    settings.EMAIL_FILE_PATH = tmp_path / "own"
    inbox(HERE, acknowledgement=WORDS)
    return OwnDesk(tmp_path / "own")


def whole(raw: bytes) -> bytes:
    """A way on which nothing happens to a mail."""
    return raw


def stripped(raw: bytes) -> bytes:
    """A way on which a mail loses all that says what it is and what it answers."""
    carried = message_from_bytes(raw, policy=policy.default)
    subject = re.sub(r"\[#\d+\]", "", carried["Subject"])
    for name in (*TELLING, *THREADING, "Subject"):
        del carried[name]
    carried["Subject"] = subject
    return carried.as_bytes()


def answer(sender: str = THERE, **headers: str):
    """A robot's answer: each to what its mail came from, with these headers."""

    def write(letter, number: int) -> bytes:
        known = {"was": letter["Subject"], "identifier": letter["Message-ID"], "number": number}
        said = {name: value.format(**known) for name, value in headers.items()}
        to = letter["Reply-To"] if "in_reply_to" in said else letter["From"]
        named = {"from": sender.format(**known), "to": str(to), "subject": "Your case"}
        return mail(f"We got this as our number {number}.", date="", **named | said)

    return Robot(write)


def first(sender: str = THERE) -> bytes:
    """What begins it: somebody there wrote to us, or it was forged."""
    return mail("Hello?", date="", **{"from": sender, "to": HERE, "subject": "A case"})


ROBOTS = {
    "a polite one, that says it is one": (answer(auto_submitted="auto-replied"), 1),
    "one that is out of office": (
        answer(
            in_reply_to="{identifier}",
            subject="Automatic reply: {was}",
            x_auto_response_suppress="All",
        ),
        1,
    ),
    "one that answers like a person": (
        answer(in_reply_to="{identifier}", subject="Re: {was}"),
        1,
    ),
    "one that begins anew each time": (answer(subject="Your case {number}"), 2),
    "one with another address each time": (
        answer("case-{number}@two.example", subject="Re: {was}"),
        1,
    ),
}


@pytest.mark.parametrize("kind", ROBOTS)
def test_a_robot_that_answers_each_mail_at_once_gets_few(desk, kind):
    robot, most = ROBOTS[kind]

    sent = exchange(desk, robot, first(), whole)

    assert sent.count(desk) == most
    assert ReceivedMail.objects.filter(outcome="received").count() == 0


def test_a_robot_that_answers_though_nobody_wrote_is_braked(desk):
    outcomes = []
    for number in range(25):
        desk.take(mail(f"Again, {number}", date="", **{"from": THERE, "to": HERE}))
        outcomes.append(ReceivedMail.objects.latest("pk").outcome)

    assert outcomes == ["ticket"] * 20 + ["quarantined"] * 5
    assert len(list(desk.outbox.glob("*.eml"))) == 2


@pytest.mark.stack
def test_two_desks_that_acknowledge_each_other_stop_within_five_mails(desk, tmp_path):
    with other_desk(tmp_path / "other", THERE, "rude@two.example") as other:
        polite = exchange(desk, other, first(), whole)
        rude = exchange(desk, other, first("rude@two.example"), stripped)

    assert polite == [desk]
    assert rude == [desk, other, desk, other]
