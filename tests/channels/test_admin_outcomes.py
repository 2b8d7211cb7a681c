"""What came of a mail that was processed again is said at once, and the way out is shown first."""

import pytest

from apps.channels.admin.telling import sentence
from apps.channels.queries.quarantine import Became
from tests.channels.test_admin_quarantine import (
    DECIDE,
    level_of,
    look_at,
    outcomes,
    text_of,
    token,
)
from tests.make.held import held
from tests.make.mails import mail

pytestmark = pytest.mark.django_db


def test_one_that_is_held_again_is_said_to_be_in_amber_with_its_reason(admin_client):
    (row,) = held(raw=mail(**{"from": ""}), reason="It names no sender that could be answered.")

    answer = admin_client.post(DECIDE, {"mail": token(row), "verdict": "again"}, follow=True)

    says = "processed again and is held again: it names no sender that could be answered."
    assert f"1 mail was {says}" in text_of(answer)
    assert level_of(answer) == ["warning"]
    row.refresh_from_db()
    assert (row.outcome, row.attempts) == ("quarantined", 2)


def test_where_a_worker_is_not_done_in_time_it_says_that_the_mail_still_waits(
    admin_client, monkeypatch
):
    monkeypatch.setattr("apps.channels.services.settling.PATIENCE_SECONDS", -1.0)
    (row,) = held()

    answer = admin_client.post(DECIDE, {"mail": token(row), "verdict": "again"}, follow=True)

    assert "1 mail still waits to be looked at: reload in a moment." in text_of(answer)
    assert (outcomes(), level_of(answer)) == (["received"], ["info"])


def test_a_reason_that_a_mail_brought_in_stays_words_in_the_answer():
    one = Became(outcome="quarantined", reason="<b>Spam</b>", count=2, tickets=())

    said = sentence(one)

    assert said == "2 mails were processed again and are held again: &lt;b&gt;Spam&lt;/b&gt;."


@pytest.mark.parametrize(("sender", "main"), [("Ada <ada@example.org>", "again"), ("", "ignore")])
def test_the_first_button_is_the_one_that_leads_out_of_quarantine(admin_client, sender, main):
    (row,) = held(raw=mail(**{"from": sender}))

    text = text_of(admin_client.get(look_at(row)))

    first = '<button class="op-button op-button-main" name="verdict" value="{}">'
    assert [word for word in ("again", "ignore") if first.format(word) in text] == [main]
