"""Delivery reports say which mail did not arrive, at whom, and why."""

import pytest

from apps.channels.parsing import Report, ReportedRecipient, parse_mail
from tests.make.mails import mail, mixed

ORIGINAL = (
    b"From: help@desk.example\r\nTo: bob@b.example\r\nSubject: Your parcel\r\n"
    b"Message-ID: <7.8.abcdefghijklmnop@desk.example>\r\n\r\nIt is on its way.\r\n"
)
OURS = "<7.8.abcdefghijklmnop@desk.example>"
QUOTED = ORIGINAL.decode()
STATUS = (
    b"Reporting-MTA: dns; mx.b.example\r\nArrival-Date: Mon, 2 Nov 2026 09:15:00 +0100\r\n\r\n"
    b"Final-Recipient: rfc822; bob@b.example\r\nAction: failed\r\nStatus: 5.1.1\r\n"
    b"Diagnostic-Code: smtp; 550 5.1.1 <bob@b.example>:\r\n No such person here\r\n"
)


def report_mail(status: bytes, *more: bytes, **headers: str) -> bytes:
    return mixed(
        b"Content-Type: text/plain\r\n\r\nYour message could not be delivered.",
        b"Content-Type: message/delivery-status\r\n\r\n" + status,
        *more,
        kind="report; report-type=delivery-status",
        **{"from": "MAILER-DAEMON@mx.b.example"} | headers,
    )


def bounce(text: str, **headers: str) -> Report | None:
    sender = {"from": "MAILER-DAEMON@mx.b.example"}
    return parse_mail(mail(text.replace("\n", "\r\n"), **sender | headers)).report


@pytest.mark.parametrize(
    "original",
    [
        b"Content-Type: message/rfc822\r\n\r\n" + ORIGINAL,
        b"Content-Type: text/rfc822-headers\r\n\r\n" + ORIGINAL.partition(b"\r\n\r\n")[0],
    ],
)
def test_a_report_in_form_names_recipient_reason_and_mail(original):
    parsed = parse_mail(report_mail(STATUS, original))

    assert parsed.auto_kind == "bounce"
    assert parsed.report == Report(
        action="failed",
        recipients=(
            ReportedRecipient(
                address="bob@b.example",
                action="failed",
                status="5.1.1",
                diagnostic="550 5.1.1 <bob@b.example>: No such person here",
            ),
        ),
        original_message_id=OURS,
    )


@pytest.mark.parametrize("action", ["delayed", "delivered", "relayed", "expanded"])
def test_a_report_need_not_be_bad_news(action):
    status = STATUS.replace(b"failed", action.encode())

    report = parse_mail(report_mail(status)).report

    assert report is not None
    assert report.action == action


def test_the_gravest_news_of_several_recipients_counts():
    good = b"\r\nFinal-Recipient: rfc822; Eve@e.example\r\nAction: relayed\r\nStatus: 2.1.5\r\n"

    report = parse_mail(report_mail(STATUS + good)).report

    assert report is not None
    assert report.action == "failed"
    assert [(one.address, one.action, one.status) for one in report.recipients] == [
        ("bob@b.example", "failed", "5.1.1"),
        ("eve@e.example", "relayed", "2.1.5"),
    ]


def test_the_recipient_is_named_as_we_wrote_him():
    status = STATUS.replace(b"Final-", b"Original-Recipient: rfc822;b@list.example\r\nFinal-")

    report = parse_mail(report_mail(status)).report

    assert report is not None
    assert report.recipients[0].address == "b@list.example"


def test_without_an_action_the_status_tells():
    status = STATUS.replace(b"Action: failed\r\n", b"").replace(b"Status: 5", b"Status: 4")

    report = parse_mail(report_mail(status)).report

    assert report is not None
    assert report.action == "delayed"


def test_without_the_original_the_answered_mail_is_meant():
    report = parse_mail(report_mail(STATUS, in_reply_to=OURS)).report

    assert report is not None
    assert report.original_message_id == OURS


QMAIL = f"""Hi. This is the qmail-send program at mx.b.example.
I'm afraid I wasn't able to deliver your message to the following addresses.
This is a permanent error; I've given up. Sorry it didn't work out.

<bob@b.example>:
Sorry, no mailbox here by that name. (#5.1.1)

--- Below this line is a copy of the message.

Return-Path: <help@desk.example>
{QUOTED}"""
EXIM = f"""This message was created automatically by mail delivery software.

A message that you sent could not be delivered to one or more of its
recipients. The following address(es) failed:

  bob@b.example
    SMTP error from remote mail server after RCPT TO:
    550 5.1.1 Unrouteable address

------ This is a copy of the message, including all the headers. ------

{QUOTED}"""
POSTFIX = f"""This is the mail system at host mx.b.example.

I'm sorry to have to inform you that your message could not
be delivered to one or more recipients.

                   The mail system

<bob@b.example>: host mx2.b.example said: 550 5.1.1 User
    unknown in virtual mailbox table

{QUOTED}"""
EXCHANGE = f"""Your message did not reach some or all of the intended recipients.

The following recipient(s) could not be reached:

      'bob@b.example' on 02/11/2026 09:15
            The e-mail account does not exist. <mx.b.example #5.1.1>

-----Original Message-----
{QUOTED}"""


@pytest.mark.parametrize(
    ("text", "headers", "diagnostic"),
    [
        (QMAIL, {}, "Sorry, no mailbox here by that name. (#5.1.1)"),
        (
            EXIM,
            {"from": "Mail <exim@mx.example>", "x_failed_recipients": "bob@b.example"},
            "SMTP error from remote mail server after RCPT TO: 550 5.1.1 Unrouteable address",
        ),
        (
            POSTFIX,
            {},
            "host mx2.b.example said: 550 5.1.1 User unknown in virtual mailbox table",
        ),
        (
            EXCHANGE,
            {"from": "postmaster@b.example"},
            "on 02/11/2026 09:15 The e-mail account does not exist. <mx.b.example #5.1.1>",
        ),
    ],
)
def test_a_report_in_words_is_read_as_well(text, headers, diagnostic):
    assert bounce(text, **headers) == Report(
        action="failed",
        recipients=(
            ReportedRecipient(
                address="bob@b.example", action="failed", status="5.1.1", diagnostic=diagnostic
            ),
        ),
        original_message_id=OURS,
    )


def test_a_warning_in_words_is_a_delay():
    text = f"<bob@b.example>: connection refused\n\nIt will be retried.\n\n{QUOTED}"

    report = bounce(text, subject="Warning: delivery delayed")

    assert report is not None
    assert (report.action, report.recipients[0].action) == ("delayed", "delayed")


def test_a_report_that_names_nothing_is_none():
    assert bounce("Something went wrong.") is None


def test_what_a_person_or_a_read_receipt_says_is_no_report():
    receipt = report_mail(STATUS).replace(
        b"report-type=delivery-status", b"report-type=disposition-notification"
    )

    assert parse_mail(mail(QMAIL)).report is None
    assert parse_mail(receipt).report is None
