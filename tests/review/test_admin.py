"""Reviewers work in the admin: a list with bulk accept, and a workbench of plain forms."""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from apps.review.models import Review
from apps.review.services import claim_review, decide_review
from tests.make.review import CHOICES, review, reviewer
from tests.make.tickets import person, ticket

pytestmark = pytest.mark.django_db

QUEUE = "/admin/review/review/queue/"


@pytest.fixture
def ada(client):
    """Somebody who may decide, signed in."""
    somebody = reviewer(first_name="Ada")
    client.force_login(somebody)
    return somebody


def look(asked: Review) -> str:
    return f"{QUEUE}{asked.pk}/"


def text_of(answer) -> str:
    assert answer.status_code == 200
    return answer.content.decode()


def test_the_workbench_shows_what_is_needed_to_decide(client, ada):
    asked = review(
        "It came broken.",
        reasons=("Two labels are close.",),
        suggested_by="local 3",
        ticket=ticket("It came broken.", subject="My vase"),
    )

    text = text_of(client.get(look(asked)))

    for shown in (
        "My vase",
        "It came broken.",
        "<strong>Refund</strong> 41%",
        "by local 3",
        "Where is my order 38%",
        "Two labels are close.",
        asked.ticket.customer.email,
        'value="accept_next" data-key="Y"',
        'name="label" value="delivery" data-key="1"',
        'name="label" value="other" data-key="2"',
    ):
        assert shown in text


def test_customer_text_is_never_markup(client, ada):
    asked = review(
        "<script>alert(1)</script>",
        ticket=ticket("<script>alert(1)</script>", subject="<img src=x>"),
    )

    for url in (
        look(asked),
        QUEUE,
        "/admin/review/review/",
        f"/admin/review/review/{asked.pk}/change/",
    ):
        text = text_of(client.get(url))
        assert "<script>alert(1)" not in text
        assert "<img src=x>" not in text


def test_accepting_leads_back_to_the_queue(client, ada):
    asked = review()

    answer = client.post(look(asked), {"verdict": "accept", "why": "Clear."}, follow=True)

    asked.refresh_from_db()
    assert (asked.status, asked.decided_by, asked.why) == ("approved", ada, "Clear.")
    assert answer.redirect_chain == [(QUEUE, 302)]
    assert f"{asked} was accepted: Refund." in text_of(answer)


def test_accept_and_next_claims_the_next_one(client, ada):
    asked, following = review(risk=0.9), review(risk=0.1)

    answer = client.post(look(asked), {"verdict": "accept_next"})

    following.refresh_from_db()
    assert answer.url == look(following)
    assert following.holder(timezone.now()) == ada


@pytest.mark.parametrize(
    ("fields", "status", "label"),
    [
        ({"label": "delivery"}, "corrected", "delivery"),
        ({"verdict": "correct", "other": "other"}, "corrected", "other"),
        ({"verdict": "reject", "other": "other"}, "rejected", ""),
    ],
)
def test_a_button_corrects_or_rejects(client, ada, fields, status, label):
    asked = review()

    client.post(look(asked), fields)

    asked.refresh_from_db()
    assert (asked.status, asked.decided_label) == (status, label)


@pytest.mark.parametrize("fields", [{}, {"label": "bogus"}, {"verdict": "correct", "other": ""}])
def test_without_a_known_label_nothing_is_decided(client, ada, fields):
    asked = review()

    answer = client.post(look(asked), fields, follow=True)

    assert "choose one of refund, delivery, other" in text_of(answer)
    assert Review.objects.get().status == "open"


def test_more_labels_than_digits_are_in_a_list(client, ada):
    many = [*CHOICES, *((f"more-{n}", f"More {n}") for n in range(9))]
    asked = review(choices=many)

    text = text_of(client.get(look(asked)))

    assert text.count('name="label"') == 9
    assert '<option value="more-8">More 8</option>' in text


def test_the_second_reviewer_is_told(client, ada):
    asked = review()
    decide_review(
        review_id=asked.pk, label="refund", by=reviewer(), why="Sure.", at=timezone.now()
    )

    answer = client.post(look(asked), {"verdict": "accept"}, follow=True)

    text = text_of(answer)
    assert f"{asked} cannot move from approved to decided." in text
    assert "Sure." in text
    assert 'value="accept"' not in text


def test_what_somebody_else_reads_has_no_buttons(client, ada):
    asked, grace = review(), reviewer(first_name="Grace")
    claim_review(review_id=asked.pk, by=grace, at=timezone.now())

    text = text_of(client.get(look(asked)))

    assert "Grace is looking at this one." in text
    assert 'value="accept"' not in text


def test_keeping_claims_it(client, ada):
    asked = review()

    client.post(look(asked), {"verdict": "claim"})

    asked.refresh_from_db()
    assert asked.holder(timezone.now()) == ada


def test_the_queue_leads_to_the_first_and_says_when_it_is_empty(client, ada):
    assert "Nothing waits for a decision." in text_of(client.get(QUEUE))
    asked = review()
    assert "1 waits for a decision" in text_of(client.get(QUEUE))

    assert client.post(f"{QUEUE}next/").url == look(asked)

    assert client.get(f"{QUEUE}next/").url == QUEUE
    Review.objects.all().delete()
    assert client.post(f"{QUEUE}next/").url == QUEUE


def test_an_unknown_review_leads_back_to_the_queue(client, ada):
    answer = client.get(f"{QUEUE}999999/", follow=True)

    assert "There is no review 999999." in text_of(answer)


def test_earlier_reviews_of_the_ticket_are_shown(client, ada):
    earlier = review()
    decide_review(review_id=earlier.pk, label="other", by=ada, why="Odd.", at=timezone.now())
    asked = review(ticket=earlier.ticket)

    text = text_of(client.get(look(asked)))

    assert "Earlier on this ticket" in text
    assert "Odd." in text


def test_many_are_accepted_at_once_and_the_late_ones_reported(client, ada):
    fresh, late, unsure, held = review(), review(), review(suggested=""), review()
    decide_review(review_id=late.pk, label="other", by=reviewer(), at=timezone.now())
    claim_review(review_id=held.pk, by=reviewer(first_name="Grace"), at=timezone.now())
    chosen = [one.pk for one in (fresh, late, unsure, held)]

    answer = client.post(
        "/admin/review/review/?status=all",
        {"action": "accept", "_selected_action": chosen},
        follow=True,
    )

    text = text_of(answer)
    assert "1 suggestion was accepted." in text
    assert f"{late} cannot move from corrected to decided." in text
    assert f"{unsure} has no label “”; choose one of" in text
    assert "is being looked at by Grace until" in text
    assert list(Review.objects.filter(status="approved")) == [fresh]


def test_the_list_shows_what_is_open_by_risk_and_finds_by_number_and_words(client, ada):
    mild, risky = review(risk=0.1), review(risk=0.9, ticket=ticket(subject="A broken vase"))
    done = review()
    decide_review(review_id=done.pk, label="refund", by=ada, at=timezone.now())

    def shown(query: str) -> list[Review]:
        return list(client.get(f"/admin/review/review/{query}").context["cl"].result_list)

    assert shown("") == [risky, mild]
    assert shown("?status=approved") == [done]
    assert len(shown("?status=all")) == 3
    assert shown("?suggested=nothing") == []
    assert shown(f"?q={mild.ticket_id}") == [mild]
    assert shown("?q=vase") == [risky]


def test_history_is_read_only_in_the_list(client, ada):
    asked = review()
    decide_review(review_id=asked.pk, label="other", by=ada, why="Odd.", at=timezone.now())
    url = reverse("admin:review_review_change", args=[asked.pk])

    text = text_of(client.get(url))

    assert all(shown in text for shown in ("Something else", "Ada", "Odd.", "Corrected"))
    assert client.post(url, {"status": "open"}).status_code == 403


@pytest.mark.parametrize("role", ["agent", "service"])
def test_who_may_not_review_is_refused(client, role):
    asked = review()
    client.force_login(person(role, is_staff=True))

    for url in (QUEUE, f"{QUEUE}next/", look(asked)):
        assert client.get(url).status_code == 403
        assert client.post(url, {"verdict": "accept"}).status_code == 403
    assert client.get("/admin/review/review/").status_code == 403
    assert Review.objects.get().status == "open"


def test_who_is_not_signed_in_is_asked_to(client):
    assert client.get(QUEUE).url.startswith("/admin/login/")


def test_pages_take_the_same_number_of_queries_however_long_the_queue(
    client, ada, django_assert_num_queries
):
    at = timezone.now() - timedelta(hours=1)
    made = [review(at=at) for _ in range(8)]

    with django_assert_num_queries(6):
        client.get(QUEUE)
    with django_assert_num_queries(11):
        client.get(look(made[0]))
    with django_assert_num_queries(8):
        client.get("/admin/review/review/")
