"""The mail drill in small: forty mails, and each part of their way killed once."""

import pytest

from tests.drill.mail.__main__ import MailDrill
from tests.drill.mail.stack import FIRST

pytestmark = [pytest.mark.stack, pytest.mark.timeout(600)]


def test_forty_mails_have_one_outcome_each_while_everything_is_killed(tmp_path):
    drill = MailDrill(
        seed="4711", seconds=0.0, home=tmp_path, count=40, rate=4.0, kinds=FIRST, rounds=1
    )

    assert drill.run() == 0, [finding.said for finding in drill.findings]

    assert {blow.name for blow in drill.blows} == {fault.name for fault in FIRST}
    assert sum(mail["outcome"] == "ticket" for mail in drill.facts.mails) > 20
    assert any(message["delivery"] == "sent" for message in drill.facts.messages)
