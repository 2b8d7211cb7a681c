"""What an operator decides about dead letters: one, some, or all of them."""

import threading

import pytest
from django.db import connection, transaction
from django.test import Client

from apps.coordination.models import Event, Run, Step
from apps.ops.admin.letters import LetterDesk
from apps.ops.services.deciding import decide_letters
from apps.ops.types import Letter, Verdict
from tests.make.accounts import person
from tests.make.engine import drain
from tests.make.parked import asked, parked
from tests.make.stories import close, courier

pytestmark = pytest.mark.django_db

DESK = "/admin/coordination/run/dead-letters/"
DECIDE = f"{DESK}decide/"
BATCH = LetterDesk.batch


@pytest.fixture(autouse=True)
def fresh_courier():
    courier.keys.clear()
    courier.problems.clear()


def token(run: Run) -> str:
    return f"{run.pk}.{run.fence}"


def decide(client, verdict, *runs, **words):
    data = {"verdict": verdict, "letter": [token(run) for run in runs]} | words
    answer = client.post(DECIDE, data, follow=True)
    assert answer.status_code == 200
    return answer


def states(**fields) -> set[str]:
    return set(Run.objects.filter(**fields).values_list("state", flat=True))


def said(answer) -> list[str]:
    return [str(message) for message in answer.context["messages"]]


def test_one_runs_again_at_once_and_who_is_kept(admin_client, admin_user):
    (run,) = parked()

    answer = decide(admin_client, "again", run)
    drain()

    assert said(answer) == ["1 run runs again."]
    assert states() == {"done"}
    event = Event.objects.get(type="RunTriedAgain")
    assert (event.actor, event.why) == (f"user:{admin_user.pk}", "")


@pytest.mark.parametrize("verdict", ["done", "give_up"])
def test_what_ends_or_settles_a_run_asks_for_a_reason_first(admin_client, verdict):
    (run,) = parked()
    asked(run)

    asking = decide(admin_client, verdict, run, why=" \r\n ")
    assert states() == {"dead"}
    assert 'name="why"' in asking.content.decode()
    assert " required" in asking.content.decode()
    decide(admin_client, verdict, run, why="They told\r\nme so.")

    assert states() == {"ready"}
    assert Run.objects.get().undoing == (verdict == "give_up")
    (event,) = Event.objects.filter(type__in=("RunSettledOutside", "RunGivenUp"))
    assert event.why == "They told me so."


def test_without_a_reason_nothing_is_given_up_whatever_a_form_leaves_out(admin_client):
    (run,) = parked()

    decide(admin_client, "give_up", run, sure="yes")

    assert states() == {"dead"}


def test_where_nothing_was_asked_nothing_can_have_been_done_outside(admin_client):
    (run,) = parked()

    answer = decide(admin_client, "done", run, why="I know it.")

    assert said(answer) == [
        f"post a parcel run {run.pk} has no open call to the outside; run it again, or give it up."
    ]
    assert states() == {"dead"}


def test_the_second_press_hears_who_was_quicker_and_changes_nothing(admin_client, client):
    (run,) = parked()
    ada = person(first_name="Ada", last_name="Byron", role="lead", is_staff=True)
    client.force_login(ada)
    decide(client, "give_up", run, why="The house is gone.")

    answer = decide(admin_client, "again", run)

    assert said(answer) == [
        f"post a parcel run {run.pk}: Ada Byron gave it up (“The house is gone.”)."
    ]
    assert Run.objects.get().undoing
    assert Event.objects.filter(type__startswith="Run").count() == 1


@pytest.mark.django_db(transaction=True)
def test_ten_who_press_at_the_same_moment_decide_once():
    (run,), ready = parked(), threading.Barrier(10)
    people = [person(role="lead", is_staff=True) for _ in range(10)]
    letters, refused = [Letter(run_id=run.pk, fence=run.fence)], []

    def press(somebody):
        ready.wait(timeout=30)
        outcome = decide_letters(
            verdict=Verdict.GIVE_UP, letters=letters, by=somebody, why="Enough."
        )
        refused.extend(outcome.refused)
        close()

    threads = [threading.Thread(target=press, args=[somebody]) for somebody in people]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=60)

    (event,) = Event.objects.filter(type="RunGivenUp")
    assert len(refused) == 9
    winner = next(somebody for somebody in people if event.actor == f"user:{somebody.pk}")
    assert all(f"{winner} gave it up" in sentence for sentence in refused)


def test_a_letter_that_stopped_anew_since_it_was_seen_is_looked_at_first(admin_client):
    (run,) = parked()
    Run.objects.filter(pk=run.pk).update(fence=7)

    answer = decide(admin_client, "give_up", run, why="Enough.")

    assert said(answer) == [
        f"post a parcel run {run.pk} went on and stopped anew meanwhile: "
        "look at it before you decide."
    ]
    assert states() == {"dead"}


def test_several_are_asked_for_by_number_before_they_run_again(admin_client):
    runs = parked(3)

    asking = decide(admin_client, "again", *runs)
    assert "Run these 3 runs again?" in asking.content.decode()
    assert states() == {"dead"}
    answer = decide(admin_client, "again", *runs, sure="yes")

    assert said(answer) == ["3 runs run again."]
    assert states() == {"ready"}


def test_all_that_match_means_those_that_were_counted(admin_client):
    chosen = parked(30, flow="push")
    parked(2, flow="send")
    asking = admin_client.post(DECIDE, {"verdict_all": "give_up", "flow": "push"})
    assert "Give these 30 runs up?" in asking.content.decode()
    parked(1, flow="push", serial_key="street:late")

    form = {"letters": asking.context["order"].tokens, "sure": "yes", "why": "Gone."}
    answer = admin_client.post(DECIDE, form | {"verdict": "give_up", "flow": "push"}, follow=True)

    assert said(answer) == ["30 runs were given up."]
    assert answer.redirect_chain == [(f"{DESK}?flow=push", 302)]
    assert set(Run.objects.filter(undoing=True)) == set(chosen)
    assert states(flow="send") == states(serial_key="street:late") == {"dead"}


def test_many_are_decided_in_batches_and_the_sums_agree(admin_client):
    runs = parked(BATCH + 30)
    Run.objects.filter(pk__in=[run.pk for run in runs[:2]]).update(fence=9)

    first = decide(admin_client, "give_up", *runs, sure="yes", why="Gone.")
    order = first.context["order"]
    assert (order.decided, order.unmoved, len(order.things)) == (BATCH - 2, 2, 30)
    form = {"verdict": "give_up", "letters": order.tokens, "sure": "yes", "why": order.why}
    sums = {"decided": order.decided, "unmoved": order.unmoved}
    reasons = {"reasons": first.context["reasons"]}
    answer = admin_client.post(DECIDE, form | sums | reasons, follow=True)

    assert said(answer)[0] == f"{BATCH + 28} runs were given up."
    assert len(said(answer)) == 3
    assert Run.objects.filter(undoing=True).count() == BATCH + 28


@pytest.mark.parametrize(
    "form",
    [
        {},
        {"verdict": "again"},
        {"verdict": "explode", "letter": "1.1"},
        {"verdict": "again", "letter": ["x", "1", "1.x", "-1.2", "9" * 30 + ".1"]},
    ],
)
def test_a_form_that_says_nothing_changes_nothing(admin_client, form):
    parked()

    answer = admin_client.post(DECIDE, form, follow=True)

    assert said(answer) == ["Choose at least one run first."]
    assert states() == {"dead"}


def test_a_run_that_is_gone_is_told_and_stops_no_other(admin_client):
    (run,) = parked()

    form = {"verdict": "again", "letter": ["4711.1", token(run)], "sure": "yes"}
    answer = admin_client.post(DECIDE, form, follow=True)

    assert said(answer) == ["1 run runs again.", "There is no run 4711."]


def test_a_run_that_would_go_on_is_ended_from_its_page_with_a_reason(admin_client):
    (run,) = parked(state="waiting")
    end = f"/admin/coordination/run/{run.pk}/end/"

    admin_client.post(end, {"why": " "})
    assert states() == {"waiting"}
    admin_client.post(end, {"why": "The customer left."})

    assert Event.objects.get(type="RunGivenUp").why == "The customer left."


def test_only_who_may_operate_decides(client):
    (run,) = parked()
    client.force_login(person(role="reviewer", is_staff=True))

    for url in (DECIDE, f"/admin/coordination/run/{run.pk}/end/"):
        assert client.post(url, {"verdict": "again", "letter": token(run)}).status_code == 403
    assert Client().post(DECIDE).status_code == 302
    assert states() == {"dead"}
    assert not Step.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_a_run_that_somebody_holds_is_left_and_stops_no_other():
    held, free = parked(2)
    letters = [Letter(run_id=run.pk, fence=run.fence) for run in (held, free)]
    somebody = person(role="lead")
    locked, over = threading.Event(), threading.Event()

    def hold():
        with transaction.atomic():
            Run.objects.select_for_update().get(pk=held.pk)
            locked.set()
            over.wait(timeout=60)
        close()

    holder = threading.Thread(target=hold)
    holder.start()
    locked.wait(timeout=30)
    with connection.cursor() as cursor:
        cursor.execute("SET lock_timeout = '100ms'")
    outcome = decide_letters(verdict=Verdict.AGAIN, letters=letters, by=somebody, why="")
    over.set()
    holder.join(timeout=60)
    connection.close()

    assert outcome.decided == 1
    assert outcome.refused == (
        f"Run {held.pk} is held by somebody else just now; decide again in a moment.",
    )
    assert states(pk=free.pk) == {"ready"}
