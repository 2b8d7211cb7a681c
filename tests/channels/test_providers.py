"""Sending over a provider's HTTP interface: a server of our own speaks Postmark's."""

import json
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from apps.channels.adapters.smtp import MailServerAway
from apps.channels.services.sending import send_reply
from apps.channels.types import SendOutcome
from apps.core.errors import OutcomeUnknown
from tests.make.replies import INTENT, reply

pytestmark = pytest.mark.django_db

YES = {"ErrorCode": 0, "Message": "OK", "MessageID": "b7bc2f4a", "SubmittedAt": "2026-11-02"}
NO = {"ErrorCode": 300, "Message": "Invalid 'From' address."}


@pytest.fixture
def postmark(settings):
    """Have Postmark answer with a status and body, or hang up; returns what it was asked."""
    asked, answers, servers = [], [], []

    class Postmark(BaseHTTPRequestHandler):
        def do_POST(self):
            body = self.rfile.read(int(self.headers["Content-Length"]))
            asked.append((self.headers["X-Postmark-Server-Token"], json.loads(body)))
            if (code := answers[0][0]) is None:
                return
            said = json.dumps(answers[0][1]).encode()
            self.send_response(code)
            self.send_header("Content-Length", str(len(said)))
            self.end_headers()
            self.wfile.write(said)

        def log_message(self, *_):
            """Stay quiet."""

    def answering(code, body=None):
        answers.append((code, body or {}))
        server = ThreadingHTTPServer(("127.0.0.1", 0), Postmark)
        threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True).start()
        servers.append(server)
        settings.EMAIL_BACKEND = "anymail.backends.postmark.EmailBackend"
        url = f"http://127.0.0.1:{server.server_address[1]}/"
        settings.ANYMAIL = {"POSTMARK_SERVER_TOKEN": "t0ken", "POSTMARK_API_URL": url}
        return asked

    yield answering
    for server in servers:
        server.shutdown()
        server.server_close()


def test_a_reply_reaches_a_provider(postmark):
    asked = postmark(200, YES)

    assert send_reply(INTENT, message_id=reply().pk) == SendOutcome(sent=True)

    ((token, mail),) = asked
    assert (token, mail["To"], mail["TextBody"]) == (
        "t0ken",
        "ada@example.org",
        "It is on its way.\n",
    )
    assert {"Name": "X-PM-KeepID", "Value": "true"} in mail["Headers"]


def test_a_providers_no_is_an_answer(postmark):
    postmark(422, NO)

    outcome = send_reply(INTENT, message_id=reply().pk)

    assert not outcome.sent
    assert outcome.error.startswith("422 ")
    assert "Invalid 'From' address." in outcome.error


@pytest.mark.parametrize("code", [429, 500, 503])
def test_a_provider_that_says_later_is_tried_again(postmark, code):
    postmark(code, NO)

    with pytest.raises(MailServerAway, match=str(code)):
        send_reply(INTENT, message_id=reply().pk)


def test_a_provider_that_hangs_up_after_the_question_leaves_doubt(postmark):
    asked = postmark(None)

    with pytest.raises(OutcomeUnknown, match="the mail provider"):
        send_reply(INTENT, message_id=reply().pk)

    assert len(asked) == 1


def test_a_provider_that_nobody_reaches_is_tried_again(postmark, settings):
    postmark(200, YES)
    settings.ANYMAIL = settings.ANYMAIL | {"POSTMARK_API_URL": "http://127.0.0.1:1/"}

    with pytest.raises(MailServerAway):
        send_reply(INTENT, message_id=reply().pk)
