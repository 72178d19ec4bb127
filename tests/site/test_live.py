"""Live figures in a browser: by keyboard, touch and screen reader, in both languages, and where no script runs."""

import json

import pytest
from accessibility import violations
from layout_shifts import SHIFTS
from serving import SHOW_ALL, SITE

CHAPTERS = (
    *("03-nonlinearity", "06-gradient-flow", "07-sparsity"),
    *("14-dying-relu", "16-unbounded-outputs", "21-choosing"),
)
HINGES = "chapters/en/03-nonlinearity.html"
REMEDIES = "chapters/en/14-dying-relu.html"
KOREAN_HINGES = "ko/chapters/ko/03-nonlinearity.html"
GRAPH = "#fig-hinges-live .live-graph"


@pytest.fixture
def open_live(open_page, address):
    """A function that opens a page of the site and waits for its live figures."""

    def open_live(path: str, **settings):
        page = open_page(address + path, **settings)
        page.evaluate(SHOW_ALL)
        page.reload()
        page.wait_for_selector(".live-graph")
        return page

    return open_live


def data(page, figure: int = 0) -> dict:
    return json.loads(page.locator(".live-data").nth(figure).inner_text())


def line(page, graph: str = GRAPH) -> str:
    return page.locator(f"{graph} .live-line").first.get_attribute("d")


@pytest.mark.parametrize("chapter", CHAPTERS)
@pytest.mark.parametrize("folder", ["chapters/en", "ko/chapters/ko"])
def test_the_first_frame_is_that_of_the_still_picture(open_live, folder, chapter):
    page = open_live(f"{folder}/{chapter}.html")
    for number, figure in enumerate(page.locator(".live").all()):
        stored = data(page, number)
        index = 0
        for control, input_ in zip(stored["controls"], figure.locator("input, select").all(), strict=True):
            assert input_.input_value() == str(control["still"])
            index = index * len(control["values"]) + control["still"]
        assert figure.locator("output").inner_text() == stored["frames"][index]["title"]
        box = figure.locator(".live-graph").bounding_box()
        assert box["width"] > 300 and box["height"] > 120
    assert not any(image.is_visible() for image in page.locator(".live-still").all())
    assert page.problems == []


def test_the_keyboard_moves_the_slider_and_its_value_is_spoken(open_live):
    page = open_live(HINGES)
    slider = page.get_by_role("slider", name="hinges")
    assert slider.get_attribute("aria-valuetext") == "4: largest error 0.12"
    before = line(page)
    slider.focus()
    for _ in range(4):
        page.keyboard.press("ArrowRight")
    assert slider.get_attribute("aria-valuetext") == "8: largest error 0.041"
    assert page.locator("#fig-hinges-live .live-value").inner_text() == "8"
    assert line(page) != before
    assert page.locator(f"{GRAPH} .live-mark").count() == 8 + 2  # the bends and both ends
    finding = page.locator("#fig-hinges-live output")
    assert finding.get_attribute("aria-live") == "polite" and finding.inner_text() == "largest error 0.041"
    page.keyboard.press("End")
    assert page.locator("#fig-hinges-live .live-value").inner_text() == "24"
    assert page.problems == []


def test_in_korean_everything_is_korean(open_live):
    page = open_live(KOREAN_HINGES)
    slider = page.get_by_label("힌지 수")
    slider.press("ArrowRight")
    assert slider.get_attribute("aria-valuetext") == "5: 가장 큰 오차 0.083"
    assert page.locator("#fig-hinges-live .live-legend").inner_text().split() == ["힌지의", "합", "사인"]
    assert "사인 곡선" in page.locator(GRAPH).get_attribute("aria-label")


def test_a_menu_and_a_slider_choose_a_frame_together(open_live):
    page = open_live(REMEDIES)
    figure = page.locator("#fig-remedies-live")
    stored = data(page, 1)
    rates = stored["controls"][0]["values"]
    figure.get_by_label("data").select_option(label="tumours")
    figure.get_by_label("learning rate").press("Home")
    assert figure.locator("output").inner_text() == stored["frames"][1]["title"]
    figure.get_by_label("learning rate").press("End")
    assert figure.locator("output").inner_text() == stored["frames"][2 * len(rates) - 1]["title"]
    assert figure.locator(".live-mark").count() == 2 * 13 + 2  # of the rows and of the legend


def test_a_finger_moves_the_slider_on_a_phone(open_live):
    page = open_live(HINGES, width=390, height=844, has_touch=True, is_mobile=True)
    slider = page.get_by_role("slider", name="hinges")
    slider.scroll_into_view_if_needed()
    box = slider.bounding_box()
    assert box["height"] >= 24 and box["x"] >= 0 and box["x"] + box["width"] <= 390
    page.touchscreen.tap(box["x"] + box["width"] * 0.75, box["y"] + box["height"] / 2)
    assert 15 <= int(page.locator("#fig-hinges-live .live-value").inner_text()) <= 20


@pytest.mark.parametrize("chapter", CHAPTERS)
def test_texts_are_legible_on_a_phone_and_none_lies_on_another(open_live, chapter):
    page = open_live(f"ko/chapters/ko/{chapter}.html", width=390, height=844)
    for figure in page.locator(".live-graph").all():
        figure.scroll_into_view_if_needed()
        boxes = figure.evaluate("""(graph) => {
            const texts = [...graph.querySelectorAll("text")].filter((text) => text.textContent);
            return texts.map((text) => {
                const {left, right, top, bottom} = text.getBoundingClientRect();
                const size = parseFloat(getComputedStyle(text).fontSize);
                return [text.textContent, size, left, right, top + 3, bottom - 3];
            });
        }""")
        assert len(boxes) > 8
        for name, size, left, right, top, bottom in boxes:
            assert size >= 12 and left >= 0 and right <= 390, name
            for other, _, left_2, right_2, top_2, bottom_2 in boxes:
                apart = right <= left_2 or right_2 <= left or bottom <= top_2 or bottom_2 <= top
                assert other == name or apart, f"{chapter}: {name} lies on {other}"


def test_lines_are_told_apart_without_colour(open_live):
    for chapter in CHAPTERS:
        page = open_live(f"chapters/en/{chapter}.html")
        for number in range(page.locator(".live-data").count()):
            artists = data(page, number)["artists"]
            looks = [(a["kind"], a.get("style"), a.get("marker")) for a in artists]
            assert len(set(looks)) == len(looks), f"{chapter}: {looks}"


def test_colours_are_those_of_the_theme(open_live):
    colours = set()
    for scheme in ("light", "dark"):
        page = open_live(HINGES, color_scheme=scheme)
        mark = page.locator(f"{GRAPH} .live-mark").first.evaluate("(e) => getComputedStyle(e).fill")
        text = page.locator(f"{GRAPH} text").first.evaluate("(e) => getComputedStyle(e).fill")
        assert mark != text
        colours |= {mark, text}
    assert len(colours) == 4 and "rgb(0, 0, 0)" not in colours


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("path", [HINGES, REMEDIES])
def test_axe_finds_nothing(open_live, path, scheme):
    page = open_live(path, color_scheme=scheme)
    page.locator(".live input").first.press("ArrowRight")
    assert violations(page) == []


def test_nothing_moves_by_itself(open_live):
    page = open_live(HINGES)
    moving = page.locator(".live").first.evaluate("""(live) => {
        const animated = (element) => parseFloat(getComputedStyle(element).animationDuration) > 0;
        return live.getAnimations({subtree: true}).length + [...live.querySelectorAll("*")].filter(animated).length;
    }""")
    before = line(page)
    page.wait_for_timeout(300)
    assert moving == 0 and line(page) == before


@pytest.mark.parametrize("width", [390, 1280])
def test_the_page_keeps_its_layout_when_the_figures_come(browser, address, width):
    context = browser.new_context(viewport={"width": width, "height": 900})
    page = context.new_page()
    page.goto(f"{address}{REMEDIES}#fig-steps-live")  # the figure is on the screen as it changes
    page.wait_for_selector(".live-graph")
    assert page.evaluate(SHIFTS) <= 0.01
    context.close()


@pytest.mark.parametrize("height_of", ["live-1", "live-2"])
@pytest.mark.parametrize("width", [390, 1280])
def test_a_figure_is_as_high_as_the_place_that_was_kept_for_it(browser, address, width, height_of):
    heights = []
    for scripts in (False, True):
        context = browser.new_context(viewport={"width": width, "height": 900}, java_script_enabled=scripts)
        page = context.new_page()
        page.add_init_script(SHOW_ALL)
        page.goto(address + REMEDIES)
        if scripts:
            page.wait_for_selector(".live-graph")
        else:  # where scripts run, but have not yet
            page.evaluate("document.styleSheets[0].insertRule('.live {display: block !important}')")
        heights.append(page.locator(f".{height_of}").locator("xpath=..").bounding_box()["height"])
        context.close()
    assert abs(heights[0] - heights[1]) < 12


def test_without_scripts_the_still_picture_stands_there(browser, address):
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto(address + HINGES)
    figure = page.locator("#fig-hinges-live")
    assert figure.locator("img").is_visible() and not figure.locator(".live").is_visible()
    context.close()


def test_in_print_the_still_picture_stands_there(open_live):
    page = open_live(HINGES)
    page.get_by_role("slider", name="hinges").press("End")
    page.evaluate("dispatchEvent(new Event('beforeprint'))")
    page.emulate_media(media="print")
    figure = page.locator("#fig-hinges-live")
    assert figure.locator("img").is_visible() and not figure.locator(".live").is_visible()
    figure.locator("img").scroll_into_view_if_needed()
    page.wait_for_function("document.querySelector('#fig-hinges-live img').naturalWidth > 0")


def test_it_works_from_a_file_and_in_a_sandboxed_frame(open_page, address):
    for path in ((SITE / HINGES).as_uri(), f"{address}{HINGES}?sandbox"):
        page = open_page(f"{path}#fig-hinges-live")  # what an address leads to does not wait for a guess
        page.get_by_role("slider", name="hinges").press("ArrowLeft")
        assert page.locator("#fig-hinges-live output").inner_text() == "largest error 0.19"
        assert page.problems == []


def test_a_page_without_a_live_figure_does_not_load_the_script(open_page, address):
    page = open_page(address + "chapters/en/01-definition.html")
    page.wait_for_timeout(300)
    assert not any("live.js" in request for request in page.requests)
