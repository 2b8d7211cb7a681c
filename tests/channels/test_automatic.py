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
        ({"auto_submitted": "auto-replied; owner-email=ada@example.org"}, "auto_reply"),
        ({"auto_submitted": "auto-generated (cron)"}, "auto_generated"),
        ({"auto_submitted": "auto-notified"}, "auto_generated"),
        ({"auto_submitted": "auto-generated", "in_reply_to": "<a@x>"}, "auto_reply"),
        ({"auto_submitted": "auto-generated", "subject": "Automatic reply: Hi"}, "auto_reply"),
        ({"auto_submitted": "no", "x_autoreply": "yes"}, ""),
        ({"x_autoreply": "yes"}, "auto_reply"),
        ({"x_autoreply": "no"}, ""),
        ({"x_autorespond": "Where is my parcel?"}, "auto_reply"),
        ({"x_cron_env": "<LOGNAME=root>"}, "auto_generated"),
        ({"x_auto_response_suppress": "All"}, ""),
        ({"x_auto_response_suppress": "DR, OOF, AutoReply"}, ""),
        ({"x_auto_response_suppress": "All", "subject": "Abwesenheitsnotiz: Hi"}, "auto_reply"),
        ({"subject": "Automatic reply: is that possible?"}, ""),
        ({"return_path": "<>", "auto_submitted": "auto-replied"}, "auto_reply"),
        ({"list_unsubscribe": "<https://x.example/off>"}, ""),
        ({"list_post": "<mailto:shoppers@example.org>"}, "bulk"),
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
        ({"content_type": "multipart/report; report-type=feedback-report"}, "auto_generated"),
    ],
)
def test_the_headers_say_who_wrote(headers, kind):
    assert parse_mail(mail(**headers)).auto_kind == kind
