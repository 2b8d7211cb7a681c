"""Mail that machines wrote is recognised, and mail that people wrote is not."""

import pytest

from apps.channels.parsing import parse_mail
from tests.make.mails import mail


@pytest.mark.parametrize(
    ("headers", "kind"),
    [
        ({}, ""),
        ({"auto_submitted": "no"}, ""),
        ({"auto_submitted": "auto-replied"}, "auto_reply"),
        ({"auto_submitted": "auto-generated (failure)"}, "auto_reply"),
        ({"x_autoreply": "yes"}, "auto_reply"),
        ({"x_auto_response_suppress": "All"}, "auto_reply"),
        ({"x_auto_response_suppress": "None"}, ""),
        ({"precedence": "auto_reply"}, "auto_reply"),
        ({"precedence": "Bulk"}, "bulk"),
        ({"precedence": "list"}, "bulk"),
        ({"precedence": "first-class"}, ""),
        ({"list_id": "<shoppers.example.org>"}, "bulk"),
        ({"return_path": "<>"}, "bounce"),
        ({"return_path": "<ada@example.org>"}, ""),
        ({"from": "MAILER-DAEMON@mx.example"}, "bounce"),
        ({"x_failed_recipients": "bob@example.org"}, "bounce"),
        ({"content_type": "multipart/report; report-type=delivery-status"}, "bounce"),
        (
            {"content_type": "multipart/report; report-type=disposition-notification"},
            "auto_reply",
        ),
    ],
)
def test_the_headers_say_who_wrote(headers, kind):
    assert parse_mail(mail(**headers)).auto_kind == kind
