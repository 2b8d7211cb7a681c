"""Every error is a problem document that says what to do; bad input is never a 5xx."""

import json

import pytest
from django.db import DataError, IntegrityError, connection
from django.test import Client

from apps.accounts.api import throttling
from apps.core.errors import Unavailable
from supportcoord.api_errors import answer_for
from tests.api.client import Caller
from tests.make.tickets import customer, person, ticket

pytestmark = pytest.mark.django_db


class ShopAway(Unavailable):
    message = "{shop} does not answer."


def is_problem(answer, status, code):
    assert answer.status_code == status, answer.content
    assert answer["Content-Type"] == "application/problem+json"
    body = answer.json()
    assert (body["status"], body["code"], body["type"]) == (status, code, "about:blank")
    return body


def test_an_unknown_address_is_a_problem_and_not_a_page(caller):
    is_problem(caller.get("nothing/here/"), 404, "not_found")
    is_problem(caller.ask("DELETE", "nothing/here/"), 404, "not_found")


def test_a_missing_slash_is_pointed_out(caller):
    body = is_problem(caller.get("tickets"), 404, "not_found")

    assert body["detail"] == "There is nothing at this address; /api/v1/tickets/ is one."


def test_an_unknown_ticket_is_named(caller):
    body = is_problem(caller.get("tickets/4711/"), 404, "not_found")

    assert body["detail"] == "There is no ticket 4711."
    assert body["facts"] == {"thing": "ticket", "key": 4711}


def test_a_method_nobody_serves_is_405(caller, stranger):
    answer = caller.ask("DELETE", "tickets/")

    is_problem(answer, 405, "method_not_allowed")
    assert "GET" in answer["Allow"]
    is_problem(stranger.ask("PUT", "tickets/1/"), 405, "method_not_allowed")


def test_who_accepts_no_json_is_told_so(caller):
    is_problem(caller.get("tickets/", Accept="text/html"), 406, "not_acceptable")


def test_a_body_of_another_type_is_told_so(caller):
    answer = caller.client.post(
        "/api/v1/tickets/", {"a": "b"}, headers={"Authorization": f"Bearer {caller.text}"}
    )

    is_problem(answer, 415, "unsupported_media_type")


@pytest.mark.parametrize(
    "body",
    [
        b"{",
        b"{'a': 1}",
        b"\xff\xfe{}",
        b'{"subject": NaN}',
        b'{"subject": 1e999}',
        b'{"subject": ' + b"9" * 5000 + b"}",
        b"[" * 100_000,
    ],
)
def test_what_is_not_json_cannot_be_parsed(caller, body):
    is_problem(caller.post("tickets/", body), 400, "parse_error")


@pytest.mark.parametrize("body", [b"[]", b'"text"', b"7", b"null", b"true"])
def test_a_document_of_another_shape_is_invalid(caller, body):
    is_problem(caller.post("tickets/", body), 400, "invalid")


@pytest.mark.parametrize("text", [r'"a\u0000b"', r'"\ud800"', r'"\udfff tail"'])
def test_a_character_that_no_database_keeps_is_pointed_at(caller, text):
    body = f'{{"customer": {{"name": {text}}}, "tags": ["ok", {text}]}}'.encode()

    problem = is_problem(caller.post("tickets/", body), 400, "invalid")

    pointers = {error["pointer"] for error in problem["errors"]}
    assert pointers == {"#/customer/name", "#/tags/1"}


def test_each_wrong_value_is_pointed_at(caller):
    asked = {
        "customer": {"email": "nobody"},
        "subject": "",
        "text": "Hello",
        "priority": "yesterday",
        "attachments": [{"name": "a", "content": "aGk="}, {"name": "b", "content": "%"}],
    }

    problem = is_problem(caller.post("tickets/", asked), 400, "invalid")

    assert {(error["in"], error["pointer"]) for error in problem["errors"]} == {
        ("body", "#/customer/email"),
        ("body", "#/subject"),
        ("body", "#/priority"),
        ("body", "#/attachments/1/content"),
    }


@pytest.mark.parametrize(
    ("query", "name"),
    [
        ("status=asleep", "status"),
        ("team=x", "team"),
        ("team=99999999999999999999999", "team"),
        ("owner=-1", "owner"),
        ("updated_since=yesterday", "updated_since"),
        ("q=%00", "q"),
        ("page_size=0", "page_size"),
        ("page_size=101", "page_size"),
        ("page_size=%D9%A1", "page_size"),
        ("sort=subject", "sort"),
        ("cursor=x", "cursor"),
        ("cursor=%00%ff", "cursor"),
    ],
)
def test_a_wrong_parameter_is_pointed_at(caller, query, name):
    problem = is_problem(caller.get(f"tickets/?{query}"), 400, "invalid")

    assert [(e["in"], e["pointer"]) for e in problem["errors"]] == [("query", f"#/{name}")]


def test_a_huge_number_in_an_address_is_just_unknown(caller):
    is_problem(caller.get(f"tickets/{'9' * 40}/"), 404, "not_found")
    is_problem(caller.patch(f"tickets/{'9' * 40}/", {"priority": "low"}), 404, "not_found")
    is_problem(caller.get(f"tickets/{'9' * 5000}/"), 404, "not_found")


def test_a_number_that_no_column_holds_is_unknown_too(caller):
    asked = {"customer": {"id": 10**30}, "subject": "Hello", "text": "Hello"}

    problem = is_problem(caller.post("tickets/", asked), 400, "invalid")

    assert problem["errors"][0]["pointer"] == "#/customer/id"


def test_a_body_that_is_too_large_is_refused_before_it_is_read_whole(caller, settings):
    settings.API_BODY_LIMIT = 2**20

    problem = is_problem(caller.post("tickets/", b" " * (2**20 + 1)), 413, "too_large")

    assert problem["detail"] == "The body is larger than 1 MiB."


def test_who_asks_too_often_is_told_when_to_go_on(caller, settings):
    settings.API_REQUESTS_PER_MINUTE = 2

    first = caller.get("teams/")
    caller.get("teams/")
    answer = caller.get("teams/")

    assert first["RateLimit-Policy"] == '"default";q=2;w=60'
    assert first["RateLimit"].startswith('"default";r=1;t=')
    is_problem(answer, 429, "throttled")
    assert 1 <= int(answer["Retry-After"]) <= 60
    assert Caller().get("teams/").status_code == 200


def test_without_the_cache_nobody_is_turned_away(caller, settings, monkeypatch):
    settings.API_REQUESTS_PER_MINUTE = 1
    monkeypatch.setattr(throttling, "uncounted_until", 0.0)
    away = "redis://127.0.0.1:1/0"
    settings.CACHES = {"default": {**settings.CACHES["default"], "LOCATION": away}}

    answers = [caller.get("teams/") for _ in range(3)]

    assert [answer.status_code for answer in answers] == [200, 200, 200]
    assert "RateLimit" not in answers[0]
    monkeypatch.setattr(throttling, "uncounted_until", 0.0)


@pytest.mark.django_db(transaction=True)
def test_without_the_database_the_answer_says_try_again(caller, monkeypatch):
    made = ticket()
    connection.close()
    with monkeypatch.context() as elsewhere:
        elsewhere.setitem(connection.settings_dict, "HOST", "127.0.0.1")
        elsewhere.setitem(connection.settings_dict, "PORT", "1")
        answer = caller.patch(f"tickets/{made.pk}/", {"priority": "low"})
        connection.close()

    is_problem(answer, 503, "database_unavailable")
    assert answer["Retry-After"] == "10"
    assert caller.get(f"tickets/{made.pk}/").status_code == 200


def test_what_is_away_may_be_asked_again():
    answer = answer_for(ShopAway(shop="eu"), {})

    assert (answer.status_code, answer["Retry-After"]) == (503, "10")
    assert answer.data["facts"] == {"shop": "eu"}


@pytest.mark.parametrize(
    ("error", "status"),
    [
        (DataError("integer out of range"), 400),
        (UnicodeEncodeError("utf-8", "\ud800", 0, 1, "surrogates not allowed"), 400),
        (IntegrityError("violates foreign key"), 409),
    ],
)
def test_what_only_the_database_notices_is_still_no_bug(error, status):
    assert answer_for(error, {}).status_code == status


def test_a_bug_is_a_problem_document_too_and_tells_nothing_of_the_inside(monkeypatch):
    caller = Caller()
    caller.client = Client(raise_request_exception=False)
    monkeypatch.setattr("apps.tickets.api.views.ticket_numbered", lambda number: 1 / 0)

    answer = caller.get("tickets/1/")

    is_problem(answer, 500, "bug")
    assert b"ZeroDivision" not in answer.content


def test_a_stale_write_is_told_the_version_of_now(caller):
    made = ticket()
    caller.patch(f"tickets/{made.pk}/", {"priority": "high"}, If_Match='"1"')

    answer = caller.patch(f"tickets/{made.pk}/", {"priority": "low"}, If_Match='"1"')

    body = is_problem(answer, 412, "stale")
    assert (answer["ETag"], body["facts"]["version"]) == ('"2"', 2)


@pytest.mark.parametrize("tag", ["1", 'W/"1"', '"x"', '"1", "2"', ""])
def test_a_tag_that_was_never_ours_is_refused(caller, tag):
    made = ticket()

    answer = caller.patch(f"tickets/{made.pk}/", {"priority": "low"}, If_Match=tag)

    is_problem(answer, 400, "parse_error")


def test_another_persons_session_cannot_be_used_from_another_site():
    client = Client(enforce_csrf_checks=True)
    client.force_login(person())

    answer = client.post(
        "/api/v1/tickets/",
        json.dumps({"customer": {"id": customer().pk}, "subject": "x", "text": "x"}),
        content_type="application/json",
    )

    is_problem(answer, 403, "permission_denied")
