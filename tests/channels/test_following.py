"""Who does not follow a ticket: those from whom the desk was hidden, and whom a forger names."""

import pytest

from apps.channels.parsing.headers import Headers
from apps.channels.parsing.vouching import disowned_by
from apps.coordination.models import Event
from apps.tickets.models import Ticket
from tests.make.letters import reply_to
from tests.make.mails import arrived, inbox, mail

pytestmark = pytest.mark.django_db

MX = "mx.desk.example"
FAILED = f"{MX}; dmarc=fail header.from=example.org; spf=fail smtp.mailfrom=evil.example"
UNSEEN = (
    "No address of ours stands in its To or Cc, as with a Bcc: "
    "nobody else whom it went to follows the ticket."
)
UNBELIEVED = f"{MX} does not believe that example.org sent it."


@pytest.fixture(autouse=True)
def desk(settings):
    settings.TRUSTED_MAIL_SERVERS = frozenset({MX})
    inbox()


def followers(outcome) -> list[str]:
    ticket = Ticket.objects.get(pk=outcome.ticket_id)
    return list(ticket.followers.values_list("address", flat=True))


def why() -> str:
    return Event.objects.filter(type="MessageReceived").latest("id").why


def says(*values: str, domain: str = "example.org") -> tuple[str, ...]:
    return disowned_by(Headers([("authentication-results", value) for value in values]), domain)


def test_who_got_a_mail_that_we_got_by_bcc_learns_nothing_of_it():
    raw = mail(to="rival@corp.example", cc="boss@corp.example")

    outcome = arrived(raw, recipient="help@desk.example")

    assert followers(outcome) == []
    assert why() == UNSEEN


def test_a_mail_to_nobody_else_is_not_worth_a_word():
    arrived(mail(to="undisclosed-recipients:;"), recipient="help@desk.example")
    arrived(mail(to="ada@example.org"), recipient="help@desk.example")
    arrived(mail(to="info@shop.example"), recipient="help@desk.example")

    assert not Event.objects.filter(type="MessageReceived").exclude(why="").exists()


@pytest.mark.parametrize("name", ["help+x@desk.example", "Team@desk.example", reply_to(1)])
@pytest.mark.parametrize("field", ["to", "cc"])
def test_any_address_of_ours_among_the_others_lets_them_follow(name, field):
    inbox("sales@desk.example", reply_from="team@desk.example")
    other = {"to": "cc", "cc": "to"}[field]

    outcome = arrived(mail(**{field: name, other: "eve@e.example"}))

    assert (followers(outcome), why()) == (["eve@e.example"], "")


def test_the_name_that_our_mail_server_was_told_is_one_of_ours():
    raw = mail(to="Info@shop.example", cc="eve@e.example")

    outcome = arrived(raw, recipient="info@Shop.example")

    assert followers(outcome) == ["eve@e.example"]


def test_a_name_that_only_the_mail_says_it_was_delivered_to_is_not():
    raw = mail(to="rival@corp.example", cc="eve@e.example", delivered_to="rival@corp.example")

    assert followers(arrived(raw, recipient="help@desk.example")) == []


def test_nobody_whom_a_forger_names_follows():
    outcome = arrived(mail(cc="ada@example-org.evil", authentication_results=FAILED))

    assert followers(outcome) == []
    assert why() == f"{UNBELIEVED} So nobody else whom it went to follows the ticket."


def test_a_forged_answer_says_so_too():
    first = arrived()

    arrived(mail("Send it there.", to=reply_to(first.ticket_id), authentication_results=FAILED))

    assert why() == UNBELIEVED


@pytest.mark.parametrize(
    "words", ["", FAILED.replace(MX, "mx.evil.example"), FAILED.replace("fail", "none")]
)
def test_without_a_word_of_our_own_server_everybody_follows(words):
    outcome = arrived(mail(cc="bob@example.org", authentication_results=words))

    assert (followers(outcome), why()) == (["bob@example.org"], "")


@pytest.mark.parametrize(
    "value",
    [
        f"{MX}; dmarc=fail (p=none) header.from=example.org",
        f"{MX.upper()} 1; DMARC=Fail",
        f"{MX}; dmarc=fail; dkim=pass header.d=example.org",
        f"{MX}; spf=fail smtp.mailfrom=ada@example.org",
        f"{MX}; dmarc=none; spf=softfail smtp.mailfrom=example.org",
        f"{MX}; dkim=fail header.d=example.org; spf=pass smtp.mailfrom=evil.example",
        f"{MX}; dkim=fail (a ( b ) header.d=evil.example",
        f"{MX};" + "dkim=pass header.d=evil.example;" * 60 + "dmarc=fail",
        f"{MX}; x=pass y={'z' * 5000}; dmarc=fail",
    ],
)
def test_a_server_speaks_against_a_sender_or_cannot_be_read(value):
    assert says(value) == (MX,)


@pytest.mark.parametrize(
    "value",
    [
        "",
        MX,
        f"{MX}; none",
        "; dmarc=fail",
        f"{MX}; dmarc=pass header.from=example.org; spf=fail smtp.mailfrom=example.org",
        f"{MX}; dkim=pass header.d=example.org; spf=fail smtp.mailfrom=example.org",
        f"{MX}; spf=fail smtp.mailfrom=list.example; dkim=fail header.d=list.example",
        f"{MX}; dkim=neutral header.d=example.org; spf=temperror smtp.mailfrom=example.org",
        f"{MX}; spf=pass (dmarc=fail) smtp.mailfrom=list.example",
    ],
)
def test_what_says_nothing_of_the_sender_speaks_against_nobody(value):
    assert says(value) == ()


def test_a_server_may_say_it_in_any_of_its_fields():
    assert says(f"{MX}; spf=none", f"{MX}; dmarc=fail", "x.example; dmarc=fail") == (
        MX,
        "x.example",
    )
