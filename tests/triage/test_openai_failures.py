"""A hosted model over real HTTP: every way it can fail, and how long that may take."""

import json
import socket
import time

import pytest
from pytest_httpserver import HTTPServer
from werkzeug import Request, Response

from apps.triage.adapters.openai import FAILURES, OpenAIClassifier
from apps.triage.ports import ModelUnavailable
from tests.make import triage as make
from tests.make.hosted import PATH

LABELS = (make.label("refund"), make.label("invoice"))
TEXT = "I want my money back.\nThe vase was broken."


@pytest.fixture
def slow_server():
    """A server of its own, so that what it still has to do reaches no other test."""
    with HTTPServer(threaded=True) as server:
        yield server


@pytest.mark.parametrize("status", [401, 403, 404, 429, 500, 503])
def test_a_server_that_says_no_is_unavailable_and_is_asked_once(httpserver, classifier, status):
    httpserver.expect_request(PATH).respond_with_json({"error": {"message": "no"}}, status)

    with pytest.raises(ModelUnavailable, match="The model m does not answer"):
        classifier.classify(TEXT, LABELS)

    assert len(httpserver.log) == 1


def test_a_server_that_is_not_there_is_unavailable():
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        nobody = f"http://127.0.0.1:{free.getsockname()[1]}/v1"

    with pytest.raises(ModelUnavailable, match="APIConnectionError"):
        OpenAIClassifier(api_key="k", model="m", base_url=nobody).classify(TEXT, LABELS)


def test_a_server_that_hangs_is_left_in_time(slow_server):
    slow_server.expect_request(PATH).respond_with_handler(lambda _: time.sleep(1.5) or Response())
    url = slow_server.url_for("/v1")
    started = time.monotonic()

    with pytest.raises(ModelUnavailable, match="APITimeoutError"):
        OpenAIClassifier(api_key="k", model="m", base_url=url, timeout=0.3).classify(TEXT, LABELS)

    assert time.monotonic() - started < 1.2


def test_a_server_that_drips_or_floods_is_left_in_time(slow_server):
    def drip():
        for _ in range(40):
            time.sleep(0.05)
            yield b" " * 60_000

    slow_server.expect_request(PATH).respond_with_handler(
        lambda _: Response(drip(), content_type="application/json")
    )
    url = slow_server.url_for("/v1")
    started = time.monotonic()

    with pytest.raises(ModelUnavailable):
        OpenAIClassifier(api_key="k", model="m", base_url=url, timeout=0.4).classify(TEXT, LABELS)

    assert time.monotonic() - started < 1.5


@pytest.mark.parametrize("status", [400, 422, 500])
def test_a_server_without_schemas_is_asked_in_the_form_it_knows(
    httpserver, hosted, classifier, status
):
    turned_away = []

    def old_server(request: Request) -> Response:
        wanted = request.get_json().get("response_format", {})
        if wanted.get("type") == "json_schema":
            turned_away.append(wanted)
            problem = {"error": {"message": "response_format.type: 'text' or 'json_object'"}}
            return Response(json.dumps(problem), status, content_type="application/json")
        return hosted.handle(request)

    httpserver.clear()
    httpserver.expect_request(PATH).respond_with_handler(old_server)

    first, second = classifier.classify(TEXT, LABELS), classifier.classify(TEXT, LABELS)

    assert (first.label, second.label) == ("refund", "refund")
    assert [asked["response_format"]["type"] for asked in hosted.asked] == ["json_object"] * 2
    assert len(turned_away) == 1


def test_a_server_that_knows_no_form_at_all_is_asked_plainly(httpserver, hosted, classifier):
    def plain_server(request: Request) -> Response:
        if "response_format" in request.get_json():
            return Response('{"error": {"message": "unknown field"}}', 400)
        return hosted.handle(request)

    httpserver.clear()
    httpserver.expect_request(PATH).respond_with_handler(plain_server)

    assert classifier.classify(TEXT, LABELS).label == "refund"


def test_a_server_that_refuses_every_form_is_asked_in_the_strictest_one_again(
    httpserver, hosted, classifier
):
    httpserver.clear()
    for _ in range(4):
        httpserver.expect_ordered_request(PATH).respond_with_json({"error": {}}, 400)
    httpserver.expect_ordered_request(PATH).respond_with_handler(hosted.handle)

    with pytest.raises(ModelUnavailable):
        classifier.classify(TEXT, LABELS)
    answer = classifier.classify(TEXT, LABELS)

    assert answer.label == "refund"
    assert hosted.asked[0]["response_format"]["type"] == "json_schema"


def test_after_five_failures_the_model_is_left_alone_for_a_while(httpserver, classifier):
    httpserver.expect_request(PATH).respond_with_json({"error": {"message": "no"}}, 500)
    for _ in range(FAILURES):
        with pytest.raises(ModelUnavailable):
            classifier.classify(TEXT, LABELS)

    with pytest.raises(ModelUnavailable, match="failed too often"):
        classifier.classify(TEXT, LABELS)

    assert len(httpserver.log) == FAILURES


def test_one_success_forgets_the_failures_before(httpserver, hosted, classifier):
    httpserver.clear()
    for _ in range(2):
        for _ in range(FAILURES - 1):
            httpserver.expect_ordered_request(PATH).respond_with_json({"error": {}}, 500)
        httpserver.expect_ordered_request(PATH).respond_with_handler(hosted.handle)
    answers = []

    for _ in range(2 * FAILURES):
        try:
            answers.append(classifier.classify(TEXT, LABELS).label)
        except ModelUnavailable:
            answers.append("away")

    assert answers == (["away"] * (FAILURES - 1) + ["refund"]) * 2
