"""A mail larger than its inbox takes: its sender is told where that can be, else it is kept."""

import pytest
from django.core.cache import cache
from django.core.management import CommandError, call_command
from django.test import Client
from django.utils import timezone

from apps.channels.models import ReceivedMail
from apps.channels.services.deciding import decide_mail
from apps.channels.services.receiving import reprocess_mail
from tests.make import providers
from tests.make.accounts import key
from tests.make.mails import arrived, inbox, mail, stored
from tests.make.providers import basic
from tests.make.tickets import person

pytestmark = pytest.mark.django_db
LARGE = mail("x" * 2**20)
REASON = "It has 1.0 MB, and its inbox takes 1 MB."


@pytest.fixture(autouse=True)
def small():
    """An inbox that takes one megabyte."""
    return inbox(most_megabytes=1)


def test_the_api_refuses_it_and_says_how_much_there_may_be():
    cache.clear()
    answer = Client().generic(
        "POST",
        "/api/v1/inbound/mail/?inbox=help@desk.example",
        LARGE,
        content_type="message/rfc822",
        headers={"Authorization": f"Bearer {key('mail:write')[1]}"},
    )

    assert (answer.status_code, answer.json()["code"]) == (413, "mail_too_large")
    assert answer.json()["detail"].startswith("The mail is larger than 1 MB")
    assert not ReceivedMail.objects.exists()


def test_the_command_refuses_it(monkeypatch, tmp_path):
    letter = tmp_path / "letter"
    letter.write_bytes(LARGE)

    with letter.open() as given, pytest.raises(CommandError, match="larger than 1 MB") as refused:
        monkeypatch.setattr("sys.stdin", given)
        call_command("receive_mail", inbox="help@desk.example")

    assert refused.value.returncode == 65
    assert not ReceivedMail.objects.exists()


def test_where_only_the_mail_says_for_whom_it_is_a_person_decides():
    outcome = arrived(LARGE)

    assert (outcome.outcome, outcome.reason) == ("quarantined", REASON)


def test_a_person_may_have_it_all_the_same():
    row = stored(LARGE)
    arrived_as = arrived_again(row)
    assert arrived_as.outcome == "quarantined"

    reprocess_mail(mail_id=row.pk, by=person(), at=timezone.now())

    assert arrived_again(row).outcome == "ticket"


def arrived_again(row):
    return decide_mail(mail_id=row.pk)


@pytest.mark.urls("tests.channels.webhook_urls")
@pytest.mark.filterwarnings("ignore:django-anymail has dropped official support")
def test_what_a_provider_posts_is_never_lost():
    answer = Client().post(
        "/api/v1/inbound/postmark/",
        providers.postmark(LARGE),
        content_type="application/json",
        headers=basic(),
    )

    row = ReceivedMail.objects.get()
    assert answer.status_code == 200
    assert bytes(row.raw) == LARGE
    assert arrived_again(row).reason == REASON


def test_what_fits_is_filed():
    assert arrived(mail("x" * 900_000)).outcome == "ticket"
