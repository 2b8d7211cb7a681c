"""From a raw mail to a coordinated ticket, on the running product."""

import email
from email import policy

import pytest

from tests.make.client import within
from tests.make.letters import letter

pytestmark = [pytest.mark.stack, pytest.mark.timeout(400)]

CLEAR = "Could you please tell me the status of my order A-1001? When will it be shipped?"
ODD = "The quick brown fox recites the periodic table to a lighthouse, quietly."


def run_of(client, ticket, flow):
    runs = client.get("/runs/", key=f"ticket:{ticket}")["results"]
    return next((run for run in runs if run["flow"] == flow), None)


def finished(client, ticket, flow):
    run = run_of(client, ticket, flow)
    return run if run and run["state"] == "done" else None


def step_names(client, run):
    steps = client.get(f"/runs/{run['id']}/")["steps"]
    assert {step["state"] for step in steps} == {"done"}
    return [step["name"] for step in steps]


def test_a_mail_that_names_an_order_is_coordinated_within_seconds(client):
    outcome = client.mail(letter(CLEAR, subject="Status of my order A-1001"))
    number = outcome["ticket_number"]

    intake = within(5, lambda: finished(client, number, "intake"))
    noted = within(5, lambda: finished(client, number, "leave a note"))

    ticket = client.get(f"/tickets/{number}/")
    timeline = client.get(f"/tickets/{number}/timeline/")["results"]
    reasons = {event["type"]: event["why"] for event in timeline}
    assert ticket["label"] == "order_status"
    assert "sure" in reasons["LabelChanged"]
    assert any(event["payload"].get("number") == "A-1001" for event in timeline)
    assert ticket["team"] is not None
    assert reasons["TeamChanged"]
    assert step_names(client, intake)[:3] == ["find orders", "classify", "take the verdict"]
    assert "push note" in step_names(client, noted)


def test_an_odd_mail_waits_for_a_person_and_goes_on_within_two_seconds(client):
    number = client.mail(letter(ODD, subject="Hm"))["ticket_number"]

    def its_review():
        found = client.get("/reviews/", status="open")["results"]
        return next((review for review in found if review["ticket"] == number), None)

    review = within(5, its_review)
    assert run_of(client, number, "intake")["state"] == "waiting"

    client.post(f"/reviews/{review['id']}/decision/", label="refund")

    within(2, lambda: finished(client, number, "intake"))
    assert client.get(f"/tickets/{number}/")["label"] == "refund"


def test_a_reply_leaves_as_a_mail_that_threads_and_its_answer_comes_back(client, stack):
    asked = letter(CLEAR, subject="Status, please", message_id="<asked@home.example>")
    number = client.mail(asked)["ticket_number"]

    reply = client.post(f"/tickets/{number}/messages/", kind="reply", text="It left today.")

    def sent():
        message = client.get(f"/tickets/{number}/messages/{reply['id']}/")
        return message if message["delivery"] == "sent" else None

    within(5, sent)
    files = [path.read_bytes() for path in (stack.var / "outbox").glob("*.eml")]
    mails = [email.message_from_bytes(raw, policy=policy.default) for raw in files]
    ours = next(mail for mail in mails if mail["In-Reply-To"] == "<asked@home.example>")
    assert "<asked@home.example>" in ours["References"]
    answer = letter("Thanks!", subject=f"Re: {ours['Subject']}", In_Reply_To=ours["Message-ID"])
    assert client.mail(answer)["ticket_number"] == number
