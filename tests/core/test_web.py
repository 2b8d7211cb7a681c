"""Asking other systems: what each answer, and each lack of one, means."""

import gzip
import json
from decimal import Decimal
from time import monotonic, sleep

import pytest
from werkzeug import Response

from apps.core.errors import OutcomeUnknown
from apps.core.secrets import Secret
from apps.core.urls import ForbiddenAddress, NameUnknown
from apps.core.web import AnswerUnreadable, CannotAsk, System, SystemDown, SystemRefuses
from tests.make.servers import closed_port, dripping

TOKEN = "tok-4711-very-secret"


@pytest.fixture(autouse=True)
def _our_own_machine(settings):
    settings.SUPPORTCOORD_ALLOW_PRIVATE_HOSTS = ["127.0.0.1", "localhost"]


def system(address: str, **fields) -> System:
    return System(name="The shop", base_url=address, token=Secret.of(TOKEN), **fields)


def read(server, path="/orders/1", seconds=5.0):
    return system(server.url_for("")).read(path, seconds=seconds)


def write(server, seconds=5.0):
    return system(server.url_for("")).write("/notes", {"a": 1}, key="7:note", seconds=seconds)


def test_a_good_answer_comes_back_with_exact_numbers(httpserver):
    httpserver.expect_request("/orders/1").respond_with_data(
        '{"total": 0.1, "count": 3}', content_type="application/json"
    )

    assert read(httpserver) == {"total": Decimal("0.1"), "count": 3}


def test_a_request_carries_the_token_and_says_who_asks(httpserver):
    httpserver.expect_request("/orders/1").respond_with_json({})

    read(httpserver)

    asked, _ = httpserver.log[0]
    assert asked.headers["Authorization"] == f"Bearer {TOKEN}"
    assert asked.headers["User-Agent"] == "supportcoord"


def test_the_token_goes_under_the_name_that_the_system_wants(httpserver):
    httpserver.expect_request("/orders/1").respond_with_json({})
    other = system(httpserver.url_for(""), auth_header="X-Token", auth_prefix="")

    other.read("/orders/1", seconds=5)

    asked, _ = httpserver.log[0]
    assert asked.headers["X-Token"] == TOKEN
    assert "Authorization" not in asked.headers


def test_a_write_carries_its_key(httpserver):
    httpserver.expect_request("/notes", method="POST").respond_with_json({"id": 5})

    assert write(httpserver) == {"id": 5}

    asked, _ = httpserver.log[0]
    assert asked.headers["Idempotency-Key"] == "7:note"
    assert asked.json == {"a": 1}


@pytest.mark.parametrize("status", [404, 410])
def test_nothing_there_is_none(httpserver, status):
    httpserver.expect_request("/orders/1").respond_with_data("no", status=status)

    assert read(httpserver) is None


@pytest.mark.parametrize("status", [408, 425, 429, 500, 502, 503, 504])
def test_trouble_of_the_other_side_may_pass(httpserver, status):
    httpserver.expect_request("/orders/1").respond_with_data("oh", status=status)

    with pytest.raises(SystemDown, match=f"The shop is not available: it answered {status}."):
        read(httpserver)


@pytest.mark.parametrize("status", [408, 409, 500, 503])
def test_after_trouble_with_a_write_nobody_knows_whether_it_was_done(httpserver, status):
    httpserver.expect_request("/notes").respond_with_data("oh", status=status)

    with pytest.raises(OutcomeUnknown, match=f"it answered {status}."):
        write(httpserver)


def test_a_write_that_came_too_soon_was_surely_not_done(httpserver):
    httpserver.expect_request("/notes").respond_with_data("slow down", status=429)

    with pytest.raises(SystemDown):
        write(httpserver)


def test_a_refusal_is_repeated_without_our_token(httpserver):
    said = f"bad token:\n {TOKEN}\x00 " + "x" * 500
    httpserver.expect_request("/orders/1").respond_with_data(said, status=401)

    with pytest.raises(SystemRefuses) as refusal:
        read(httpserver)

    assert str(refusal.value).startswith("The shop refuses: it answered 401. bad token: ••• xxx")
    assert len(str(refusal.value)) < 250


def test_silence_ends_in_time(httpserver):
    httpserver.expect_request("/orders/1").respond_with_handler(lambda _: sleep(2) or Response())
    begun = monotonic()

    with pytest.raises(SystemDown, match="it did not answer within 0 s"):
        read(httpserver, seconds=0.3)

    assert monotonic() - begun < 1.5


def test_silence_after_a_write_leaves_doubt(httpserver):
    httpserver.expect_request("/notes").respond_with_handler(lambda _: sleep(1) or Response())

    with pytest.raises(OutcomeUnknown, match="it did not answer"):
        write(httpserver, seconds=0.3)


@pytest.mark.parametrize(
    "head",
    [
        b"HTTP/1.1 200 OK\r\nX-Slow: ",
        b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 9999\r\n\r\n",
    ],
    ids=["in the headers", "in the body"],
)
def test_an_answer_that_drips_ends_in_time(head):
    begun = monotonic()

    with dripping(head) as address, pytest.raises(SystemDown, match="did not answer within"):
        system(address).read("/", seconds=0.4)

    assert monotonic() - begun < 2


def test_a_closed_port_is_an_outage_even_for_a_write():
    with pytest.raises(SystemDown, match=r"it cannot be reached \(.*refused"):
        system(f"http://127.0.0.1:{closed_port()}").write("/", {}, key="k", seconds=2)


def test_a_name_nobody_has_is_an_outage():
    with pytest.raises(NameUnknown):
        system("http://shop.invalid").read("/", seconds=2)


def test_a_connection_that_breaks_off_is_an_outage():
    with dripping(b"no http at all\r\n\r\n") as address, pytest.raises(SystemDown, match="broke"):
        system(address).read("/", seconds=2)


@pytest.mark.parametrize(
    "body", [b"{", b'{"a": NaN}', b"[" * 100_000, b"\xff\xfe\x00", b'{"n": ' + b"9" * 5000 + b"}"]
)
def test_broken_json_is_refused_with_a_reason(httpserver, body):
    httpserver.expect_request("/orders/1").respond_with_data(body, content_type="application/json")

    with pytest.raises(AnswerUnreadable, match=r"cannot be used: no JSON \(application/json\)"):
        read(httpserver)


def test_a_page_in_place_of_json_may_pass(httpserver):
    httpserver.expect_request("/orders/1").respond_with_data("<h1>Back soon", mimetype="text/html")

    with pytest.raises(SystemDown, match="it answered 200 with no JSON"):
        read(httpserver)


def test_broken_json_after_a_write_leaves_doubt(httpserver):
    httpserver.expect_request("/notes").respond_with_data("{", content_type="application/json")

    with pytest.raises(OutcomeUnknown):
        write(httpserver)


def test_a_huge_answer_is_cut_off_and_refused(httpserver):
    body = json.dumps(["x" * 2_000_000])
    httpserver.expect_request("/orders/1").respond_with_data(body, content_type="application/json")

    with pytest.raises(AnswerUnreadable, match="more than 1,000,000 plain bytes"):
        read(httpserver)


def test_a_packed_answer_is_not_unpacked(httpserver):
    bomb = gzip.compress(b" " * 10_000_000)
    headers = {"Content-Encoding": "gzip", "Content-Type": "application/json"}
    httpserver.expect_request("/orders/1").respond_with_data(bomb, headers=headers)

    with pytest.raises(AnswerUnreadable):
        read(httpserver)


def test_a_redirect_is_not_followed(httpserver):
    httpserver.expect_request("/orders/1").respond_with_data(
        status=302, headers={"Location": "http://169.254.169.254/latest/meta-data/"}
    )

    with pytest.raises(SystemRefuses, match=r"it redirects to http://169\.254\.169\.254/"):
        read(httpserver)

    assert len(httpserver.log) == 1


def test_a_private_address_is_not_asked(httpserver, settings):
    settings.SUPPORTCOORD_ALLOW_PRIVATE_HOSTS = []

    with pytest.raises(ForbiddenAddress, match="SUPPORTCOORD_ALLOW_PRIVATE_HOSTS"):
        read(httpserver)

    assert httpserver.log == []


def test_a_token_that_cannot_be_sent_is_not_shown_either(httpserver):
    broken = System(name="The shop", base_url=httpserver.url_for(""), token=Secret.of("a\nb"))

    with pytest.raises(CannotAsk) as refusal:
        broken.read("/", seconds=2)

    assert "a\nb" not in repr(refusal.value) + repr(broken)
