"""Spam is what a mail server calls spam, in whichever field it says so."""

import pytest

from apps.channels.parsing import parse_mail
from tests.make.mails import mail


@pytest.mark.parametrize(
    ("headers", "said"),
    [
        ({}, ""),
        ({"x_spam_flag": "YES"}, "X-Spam-Flag: YES"),
        ({"x_spam_flag": "NO"}, ""),
        ({"x_spam_status": "Yes, score=7.9"}, "X-Spam-Status: Yes, score=7.9"),
        ({"x_spam_status": "No, score=-0.5 required=5.0"}, ""),
        ({"x_spam": "Yes"}, "X-Spam: Yes"),
        ({"x_rspamd_action": "add header"}, "X-Rspamd-Action: add header"),
        ({"x_rspamd_action": "no action"}, ""),
        ({"x_spamd_result": "default: True [15 / 6]"}, "X-Spamd-Result: default: True [15 / 6]"),
        ({"x_spamd_result": "default: False [1.0 / 6.0]"}, ""),
        ({"x_spam_level": "*******"}, "X-Spam-Level: 7 points"),
        ({"x_spam_level": "****"}, ""),
        ({"x_spam_level": "*******", "x_spam_status": "No, score=7 required=9"}, ""),
        ({"x_ms_exchange_organization_scl": "5"}, "X-Ms-Exchange-Organization-Scl: SCL 5"),
        ({"x_ms_exchange_organization_scl": "-1"}, ""),
        (
            {"x_forefront_antispam_report": "CIP:1.2.3.4;SCL:9;"},
            "X-Forefront-Antispam-Report: SCL 9",
        ),
        ({"x_forefront_antispam_report": "CIP:1.2.3.4;SFV:NSPM;SCL:1;H:x;"}, ""),
        ({"x_ses_spam_verdict": "FAIL"}, "X-Ses-Spam-Verdict: FAIL"),
        ({"subject": "X-Spam-Flag: YES"}, ""),
    ],
)
def test_the_verdict_of_a_server_is_read(headers, said):
    parsed = parse_mail(mail(**headers))

    assert parsed.spam == (f"A mail server calls it spam ({said})." if said else "")


def test_what_the_last_server_says_stands_above_what_came_along():
    raw = b"X-Spam-Flag: NO\r\n" + mail(x_spam_flag="YES")

    assert parse_mail(raw).spam == ""
