"""The judge of the mail drill notices each offence: a drill is as honest as its judge."""

import pytest

from tests.drill.mail.facts import Facts
from tests.drill.mail.judge import judge
from tests.drill.mail.letters import IMAP, LMTP, SALES, Kind, Letter, letters

SENT, DOUBTED, FAILED = "<1.1.s@drill.example>", "<2.2.s@drill.example>", "<3.3.s@drill.example>"


def letter(key, kind=Kind.QUESTION, doors=(LMTP,), **more):
    sender = f"{key}@home.example"
    return Letter(key=key, kind=kind, sender=sender, doors=doors, raw=b"", **more)


def mail(number, key, outcome="ticket", **more):
    filed = number if outcome == "ticket" else None
    return {
        "id": number,
        "message_id_header": f"<{key}@mail-drill.example>",
        "outcome": outcome,
        "source": "lmtp",
        "origin": None,
        "recipient": SALES,
        "duplicate_of_id": None,
        "ticket_id": filed,
        "message_id": filed,
    } | more


def incoming(number, key):
    row = {"id": number, "ticket_id": number, "kind": "incoming", "text": "?", "delivery": ""}
    return row | {"message_id_header": f"<{key}@mail-drill.example>"}


def reply(number, name, delivery):
    row = {"id": number, "ticket_id": 1, "kind": "outgoing", "text": f"Answer to r{number}."}
    return row | {"message_id_header": name, "delivery": delivery}


def yes(key, number):
    said = {"kind": "answered", "key": key, "to": SALES, "code": 250, "mail_id": number}
    return [{"kind": "handing", "key": key, "to": [SALES]}, said]


def wrote(number, key):
    told = {"kind": "wrote", "key": key, "to": ["ada@home.example"], "message_id": number}
    return told | {"ticket": 1}


def taken(name, to="ada@home.example"):
    return {"kind": "taken", "message_id": name, "to": to}


def pressed(number, button, said="done"):
    return {"kind": "pressed", "message_id": number, "button": button, "said": said}


@pytest.fixture
def facts() -> Facts:
    """A day at the desk that went well: a mail by each door, one of them twice; three replies."""
    imap = {"source": IMAP, "origin": "imap:1:INBOX:77:4", "recipient": ""}
    return Facts(
        letters=[letter("a", answered=True), letter("b", Kind.TWICE, (LMTP, IMAP))],
        post=[
            *({"kind": "begun", "key": key, "door": "x"} for key in ("a/1", "b/1", "b/2")),
            *yes("a/1", 1),
            *yes("b/1", 2),
            {"kind": "placed", "key": "b/2", "place": "77:4"},
        ],
        agents=[wrote(11, "a"), wrote(12, "x"), wrote(13, "y"), pressed(12, "arrived")],
        office=[taken(SENT), taken(DOUBTED)],
        flags={4: {"\\Seen"}},
        mails=[mail(1, "a"), mail(2, "b"), mail(3, "b", "duplicate", duplicate_of_id=2) | imap],
        messages=[
            incoming(1, "a"),
            incoming(2, "b"),
            reply(11, SENT, "sent"),
            reply(12, DOUBTED, "sent"),
            reply(13, FAILED, "failed"),
        ],
    )


def said(facts):
    return [finding.said for finding in judge(facts)]


def test_a_day_that_went_well_breaks_no_promise(facts):
    assert judge(facts) == []


def test_a_mail_that_was_acknowledged_and_is_gone_is_lost(facts):
    facts.mails[0]["id"] = 9

    assert said(facts) == ["Mail a was told to be mail 1, and is not."]


def test_a_number_that_belongs_to_another_mail_is_noticed(facts):
    facts.post[4]["mail_id"] = 2

    assert said(facts) == [
        "Mail 2 is <b@mail-drill.example> and not <a@mail-drill.example>.",
    ]


def test_a_mail_that_stays_in_the_mailbox_is_lost(facts):
    del facts.mails[2]

    assert said(facts) == ["Mail b lies in the mailbox and was never taken."]


def test_a_mail_of_the_mailbox_that_is_taken_twice_is_noticed(facts):
    facts.mails.append(facts.mails[2] | {"id": 4})

    assert said(facts) == [
        "<b@mail-drill.example> came 2 times and is stored 3 times.",
        "Mail 77:4 of the mailbox was taken 2 times.",
    ]


@pytest.mark.parametrize(
    ("outcome", "told"),
    [
        ("received", ["Mail a (a question) became received.", "Mail 1 was never decided."]),
        ("ignored", ["Mail a (a question) became ignored."]),
    ],
)
def test_a_mail_without_its_outcome_is_noticed(facts, outcome, told):
    facts.mails[0]["outcome"] = outcome

    assert said(facts) == told


def test_a_mail_with_two_outcomes_is_noticed(facts):
    facts.mails[2] |= {"outcome": "ignored", "duplicate_of_id": None}

    assert said(facts) == ["<b@mail-drill.example> has 2 outcomes: ['ticket', 'ignored']."]


def test_a_copy_of_another_mail_is_noticed(facts):
    facts.mails[2]["duplicate_of_id"] = 1

    assert said(facts) == ["Mail 3 is a copy of 1, which it is not."]


def test_a_mail_that_nobody_sent_is_noticed(facts):
    facts.mails.append(mail(4, "c", "ignored"))

    assert said(facts) == ["Nobody sent <c@mail-drill.example>."]


def test_a_message_that_no_mail_brought_is_noticed(facts):
    facts.messages.append(incoming(5, "a"))

    assert said(facts) == [
        "Message 5 stands on a ticket, and no mail brought it.",
        "<a@mail-drill.example> stands on tickets 2 times.",
    ]


def test_a_filed_mail_without_its_message_is_noticed(facts):
    del facts.messages[0]

    assert said(facts) == ["Mail 1 is filed as message 1, which is not there."]


@pytest.mark.parametrize(
    ("flags", "told"),
    [
        ({}, "Mail 4 is gone from the mailbox, and nobody said to delete any."),
        ({4: set()}, "Mail 4 of the mailbox was never marked as seen."),
    ],
)
def test_a_mailbox_that_is_not_as_it_should_be_is_noticed(facts, flags, told):
    facts.flags = flags

    assert said(facts) == [told]


def test_a_reply_that_is_gone_is_lost(facts):
    facts.agents[0]["message_id"] = 99

    assert said(facts) == ["The answer to a was acknowledged and is not there."]


def test_a_mail_that_could_not_be_answered_is_noticed(facts):
    del facts.agents[0]

    assert said(facts) == ["Nobody could answer a."]


@pytest.mark.parametrize("state", ["queued", "sending", "in_doubt"])
def test_a_reply_that_was_left_on_its_way_is_noticed(facts, state):
    facts.messages[2]["delivery"] = state

    assert said(facts) == [f"Reply 11 was left {state}."]


def test_a_reply_that_is_there_twice_is_noticed(facts):
    facts.messages.append(facts.messages[4] | {"id": 14})

    assert said(facts) == ["Reply 'Answer to r13.' is there 2 times."]


def test_a_second_copy_is_noticed_unless_somebody_asked_for_it(facts):
    facts.office.append(taken(SENT))

    told = f"ada@home.example got {SENT} 2 times; sent again: 0 times."
    assert said(facts) == [told]
    facts.agents.append(pressed(11, "again", "refused: there is nothing to decide"))
    assert said(facts) == [told]
    facts.agents.append(pressed(11, "again"))
    assert said(facts) == []


def test_a_mail_that_is_no_reply_of_ours_is_noticed(facts):
    facts.office.append(taken("<9.9.s@drill.example>"))

    assert said(facts) == [
        "The mail server took <9.9.s@drill.example>, which is no reply of ours."
    ]


def test_a_reply_that_was_never_seen_does_not_count_as_sent(facts):
    del facts.office[0]

    assert said(facts) == ["Reply 11 counts as sent; ['ada@home.example'] never got it."]


def test_a_reply_that_arrived_does_not_count_as_failed(facts):
    facts.office.append(taken(FAILED))

    assert said(facts) == ["Reply 13 counts as failed; ['ada@home.example'] got it."]


def test_a_run_that_does_not_move_is_noticed(facts):
    run = {"id": 5, "flow": "take in", "state": "dead", "error_code": "bug"}
    facts.runs.append(run)

    assert said(facts) == ["Run 5 (take in) is dead bug"]


def test_a_mail_that_was_never_brought_is_noticed(facts):
    facts.letters.append(letter("c"))

    assert "Mail c was brought 0 times, and was to be 1 times." in said(facts)


def test_a_seed_makes_the_same_mails_half_for_each_door():
    drawn = list(letters("7", 400))

    assert drawn == list(letters("7", 400))
    assert sum(letter.doors[0] == IMAP for letter in drawn) == 200
    assert {letter.kind for letter in drawn} == set(Kind)
