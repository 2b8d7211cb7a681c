"""What surrounds every answer: a trace, a log line, and headers that keep strangers out."""

import logging
import re
import subprocess
import sys
from pathlib import Path

import pytest
from django.http import HttpResponse

from apps.coordination import events
from apps.core.tracing import trace_id
from supportcoord.middleware import Trace

ROOT = Path(__file__).parents[2]
pytestmark = pytest.mark.django_db


def answered(client, path: str = "/accounts/login/", **headers: str):
    return client.get(path, headers=headers)


def test_every_answer_names_its_trace(client):
    trace = answered(client)["X-Request-ID"]

    assert re.fullmatch(r"[0-9a-f]{32}", trace)
    assert trace_id() == ""


def test_a_trace_of_the_caller_is_taken_up(client):
    assert answered(client, **{"x-request-id": "proxy-4711.a"})["X-Request-ID"] == "proxy-4711.a"


@pytest.mark.parametrize(
    "offered", ["short", "x" * 33, "a b c d e f", "line\x0bbreak", 'q"uoted-it']
)
def test_a_trace_that_could_forge_a_log_line_is_not(client, offered):
    assert answered(client, **{"x-request-id": offered})["X-Request-ID"] != offered


def test_what_happens_in_a_request_carries_its_trace(rf):
    seen = []

    def view(request):
        seen.append((trace_id(), events.current.get().trace_id))
        return HttpResponse()

    Trace(view)(rf.get("/", headers={"x-request-id": "abcdefgh"}))

    assert seen == [("abcdefgh", "abcdefgh")]


def test_a_request_is_one_log_line_without_what_was_searched(client, caplog):
    caplog.set_level(logging.INFO, "supportcoord")

    answered(client, "/accounts/login/?next=/tickets/%3Fq=credit+card")

    (record,) = [r for r in caplog.records if r.name == "supportcoord.middleware"]
    assert record.getMessage() == "GET answered"
    assert (record.path, record.status) == ("/accounts/login/", 200)


def test_pages_load_nothing_from_anywhere_else(client, settings):
    policy = answered(client)["Content-Security-Policy"]
    directives = dict(part.strip().split(" ", 1) for part in policy.split(";"))

    assert directives["default-src"] == "'self'"
    assert directives["connect-src"] == f"'self' {settings.STREAM_URL}"
    assert directives["frame-ancestors"] == "'none'"
    assert directives["object-src"] == "'none'"
    assert "unsafe" not in policy
    assert "*" not in policy


def test_answers_are_not_framed_guessed_or_told_to_others(client):
    response = answered(client)

    assert response["X-Frame-Options"] == "DENY"
    assert response["X-Content-Type-Options"] == "nosniff"
    assert response["Referrer-Policy"] == "same-origin"
    assert response["Cross-Origin-Opener-Policy"] == "same-origin"


SHOWN = (
    "SECURE_SSL_REDIRECT",
    "SECURE_HSTS_SECONDS",
    "SESSION_COOKIE_SECURE",
    "CSRF_COOKIE_SECURE",
    "SECURE_PROXY_SSL_HEADER",
)


def settings_for(site: str, tmp_path: Path) -> list[str]:
    show = f"from supportcoord import settings as s; [print(getattr(s, n)) for n in {SHOWN}]"
    process = subprocess.run(
        [sys.executable, "-c", show],
        cwd=ROOT,
        env={"ENV_FILE": "", "SITE_URL": site, "SUPPORTCOORD_VAR": str(tmp_path)},
        capture_output=True,
        text=True,
        check=True,
    )
    return process.stdout.splitlines()


def test_an_https_site_switches_on_what_https_allows(tmp_path):
    assert settings_for("https://desk.example", tmp_path) == [
        "True",
        "31536000",
        "True",
        "True",
        "('HTTP_X_FORWARDED_PROTO', 'https')",
    ]


def test_a_plain_site_can_be_signed_in_to_and_believes_no_forwarded_header(tmp_path):
    assert settings_for("http://127.0.0.1:8000", tmp_path) == [
        "False",
        "0",
        "False",
        "False",
        "None",
    ]
