"""What an operator does with dead letters, on the real product."""

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests.make.browser import DESKTOP, PHONE
from tests.make.client import within
from tests.make.shell import Shell

pytestmark = [pytest.mark.browser, pytest.mark.timeout(400)]

DESK = "/admin/coordination/run/dead-letters/"
LONG = "Donaudampfschifffahrtselektrizitätenhauptbetriebswerkbauunterbeamtengesellschaft" * 2
HOSTILE = "<script>document.title = 'stolen'</script>\u202e"
PARK = """
from django.db.models.functions import Now
from apps.coordination.models import Run
from tests.make.parked import asked
told = Run.objects.filter(flow="leave a note", state="done").latest("pk")
made = Run.objects.bulk_create(
    Run(flow=told.flow, version=told.version, serial_key=f"ticket:{{900 + n}}",
        key_seq=told.key_seq, input=told.input | {more!r}, state="dead", fence=1, due_at=None,
        lane="crm", parked_at=Now(), error_code={cause!r}, error={error!r}, trace={error!r})
    for n in range({number})
)
for run in made[:30]:
    asked(run, destination={destination!r}, request={more!r}, error={error!r})
print(" ".join(str(run.pk) for run in made))
"""
STOP = """
from apps.coordination.models import Run
from tests.make.parked import stopped_like
told = Run.objects.filter(flow="leave a note", state="done").latest("pk")
print(stopped_like(told, error_code="no_such_contact", error="The CRM said no.").pk)
"""
Park = Callable[..., list[int]]


@pytest.fixture
def park(shell) -> Park:
    """Runs of the product's own lie there with a cause."""

    def lay(number: int = 1, cause: str = "no_such_contact", **words: object) -> list[int]:
        known = {"error": "The CRM said no.", "destination": "crm", "more": {}} | words
        code = PARK.format(number=number, cause=cause, **known)
        return [int(word) for word in shell.run(code).split()]

    return lay


def state(shell: Shell, run: int) -> str:
    code = f"from apps.coordination.models import Run; print(Run.objects.get(pk={run}).state)"
    return shell.run(code)


def row(page: Page, run: int):
    return page.locator(f"#run-{run}")


@pytest.mark.parametrize("java_script_enabled", [True, False])
def test_one_is_understood_and_run_again(sit, shell, java_script_enabled):
    run = int(shell.run(STOP))
    page = sit(java_script_enabled=java_script_enabled)

    page.goto("/admin/")
    page.get_by_role("link", name=re.compile("Dead letters .* wait")).click()
    row(page, run).locator("summary").first.click()
    expect(row(page, run)).to_contain_text("was told")
    expect(row(page, run).get_by_role("link", name=f"Run {run}")).to_be_visible()
    row(page, run).get_by_label("Why").fill("The contact is there now.")
    row(page, run).get_by_role("button", name="Run again").click()

    expect(page.locator(".messagelist")).to_contain_text("1 run runs again.")
    expect(row(page, run)).to_have_count(0)
    page.goto(f"/admin/coordination/run/{run}/change/")
    expect(page.locator(".op-marks")).to_contain_text("Katrin Vogel let it run again")
    expect(page.locator(".op-marks")).to_contain_text("The contact is there now.")
    within(20, lambda: state(shell, run) == "done")


def test_all_of_one_cause_are_given_up_with_a_reason_however_many(sit, park):
    runs, (other,), page = park(270, cause="gone_for_good"), park(), sit()
    page.goto(DESK)

    page.get_by_label("Cause").select_option(label="gone for good (270)")
    expect(page).to_have_url(re.compile(r"\?cause=gone_for_good$"))
    page.locator("summary", has_text="All 270 that match").click()
    page.get_by_role("button", name="Give all up").click()
    expect(page.get_by_role("heading", name="Give these 270 runs up?")).to_be_visible()
    page.get_by_role("button", name="Give 270 runs up").click()
    expect(page.get_by_label("Why")).to_be_focused()
    page.get_by_label("Why").fill("These customers left.")
    page.get_by_role("button", name="Give 270 runs up").click()

    expect(page.locator(".messagelist")).to_contain_text("270 runs were given up.", timeout=60_000)
    expect(page.get_by_text("Nothing here matches.")).to_be_visible()
    page.get_by_role("link", name="see all of them").click()
    expect(row(page, other)).to_be_visible()
    page.goto(f"/admin/coordination/run/{runs[-1]}/change/")
    expect(page.locator(".op-marks")).to_contain_text("These customers left.")


def test_the_chosen_ones_are_counted_while_one_chooses(sit, park):
    runs, page = park(3, cause="chosen"), sit()
    page.goto(f"{DESK}?cause=chosen")

    row(page, runs[0]).get_by_role("checkbox").check()
    expect(page.locator("[data-chosen]")).to_have_text("1 chosen")
    page.locator("[data-every]").check()
    expect(page.locator("[data-chosen]")).to_have_text("3 chosen")
    page.locator(".op-bar").get_by_role("button", name="Run again").click()

    expect(page.get_by_role("heading", name="Run these 3 runs again?")).to_be_visible()
    page.get_by_role("link", name="Back").click()
    expect(page).to_have_url(re.compile(r"\?cause=chosen$"))


@pytest.mark.parametrize("viewport", [DESKTOP, PHONE])
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_nothing_sticks_out_and_nothing_stored_comes_alive(sit, park, viewport, scheme):
    evil = LONG + HOSTILE
    (run,) = park(cause=LONG[:60], error=evil, destination=LONG[:80], more={LONG: evil})
    page = sit(viewport=viewport, color_scheme=scheme)

    for address in (
        DESK,
        f"/admin/coordination/run/{run}/change/",
        "/admin/coordination/breaker/",
    ):
        page.goto(address)
        for closed in page.locator("details.op-letter > summary, .op-fold > summary").all():
            if closed.is_visible():
                closed.click()
        assert page.evaluate("document.documentElement.scrollWidth - innerWidth") <= 0, address
        assert "stolen" not in page.title()


def test_times_are_those_of_the_readers_own_zone(sit, park):
    (run,), page = park(), sit(timezone_id="Asia/Tokyo")

    page.goto(f"/admin/coordination/run/{run}/change/")

    begun = page.locator("time[data-clock]").first
    shown = begun.evaluate(
        "(time) => new Date(time.dateTime).toLocaleTimeString('en-GB', {timeZone: 'Asia/Tokyo'})"
    )
    expect(begun).to_contain_text(shown)
