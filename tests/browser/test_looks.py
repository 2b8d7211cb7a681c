"""How pages look and behave: every size, both schemes, nothing foreign loaded."""

import pytest
from playwright.sync_api import Page, expect

from tests.make.browser import DESKTOP, PHONE

pytestmark = [pytest.mark.browser, pytest.mark.timeout(400)]

LONG = "Donaudampfschifffahrtselektrizitätenhauptbetriebswerkbauunterbeamtengesellschaft" * 2
HTML = (
    "<p>Hello</p><script>parent.document.title = 'stolen'</script>"
    "<img src='https://spy.example/pixel.png'><a href='https://spy.example/'>a link</a>"
)


def overflow(page: Page) -> int:
    return page.evaluate("document.documentElement.scrollWidth - innerWidth")


@pytest.mark.parametrize("viewport", [DESKTOP, PHONE, {"width": 768, "height": 1024}])
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_nothing_sticks_out_however_long_the_words_are(sit, post, viewport, scheme):
    number = post(subject=LONG, text=f"{LONG}\nhttps://shop.example/{'a' * 400}")
    page = sit(viewport=viewport, color_scheme=scheme)

    for address in ("/", "/?q=nothing-like-this", f"/tickets/{number}/"):
        page.goto(address)
        assert overflow(page) <= 0, address


def test_the_colours_that_were_chosen_stay(sit):
    page = sit(color_scheme="light")
    ground = "getComputedStyle(document.body.parentElement).backgroundColor"
    light = page.evaluate(ground)

    page.locator(".rail-foot summary").click()
    page.get_by_role("button", name="Dark").click()
    dark = page.evaluate(ground)
    page.reload()

    assert dark != light
    assert page.evaluate(ground) == dark


def test_dense_rows_stay_dense(sit):
    page = sit()
    tall = page.locator(".row").first.bounding_box()["height"]

    page.get_by_role("button", name="Dense rows").click()
    page.reload()

    assert page.locator(".row").first.bounding_box()["height"] < tall * 0.75


def test_hostile_html_is_caged(sit, post):
    number = post(subject="Look at this", text=HTML, Content_Type="text/html; charset=utf-8")
    page = sit()
    asked = []
    page.context.on("request", lambda request: asked.append(request.url))
    page.goto(f"/tickets/{number}/")

    with page.context.expect_page() as opened:
        page.get_by_role("link", name="Original mail").first.click()
    original = opened.value
    frame = original.frame_locator("iframe").frame_locator("iframe")
    expect(frame.get_by_text("Hello")).to_be_visible()

    assert "stolen" not in original.title()
    assert not [url for url in asked if "spy.example" in url]


def test_pages_do_not_move_while_they_load(sit, post):
    number, page = post(subject="Hold still"), sit()
    page.route("**/stream/", lambda route: route.abort())  # news may move things, loading may not
    page.add_init_script(
        "window.moved = []; new PerformanceObserver((list) => { for (const e of list.getEntries())"
        " if (!e.hadRecentInput) window.moved.push([e.value, ...e.sources.map("
        "(s) => `${s.node?.className || s.node?.nodeName} ${s.previousRect.y} ${s.currentRect.y}`"
        ")]) }).observe({type: 'layout-shift', buffered: true})"
    )

    for address in ("/", f"/tickets/{number}/"):
        page.goto(address)
        page.wait_for_timeout(600)
        moved = page.evaluate("window.moved")
        assert sum(each[0] for each in moved) < 0.01, (address, moved)
