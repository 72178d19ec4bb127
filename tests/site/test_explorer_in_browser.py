"""The explorer page in a browser: by pointer, touch and keyboard, in both languages, from a server and from a file."""

import pytest
from serving import SITE

from relubook import ACTIVATIONS

PAGES = ("chapters/en/try-it.html", "ko/chapters/ko/try-it.html")


@pytest.fixture(params=PAGES, ids=["en", "ko"])
def page(request, open_page, address):
    page = open_page(address + request.param)
    page.wait_for_selector(".explorer-card")
    return page


def value(page, which: str, name: str) -> str:
    return page.locator(f'[data-value="{which} {name}"]').inner_text()


def line(page, graph: int, number: int) -> str:
    return page.locator(".explorer-graph").nth(graph).locator(".explorer-line").nth(number).get_attribute("d")


def test_functions_are_chosen_and_their_lines_drawn(page):
    assert page.locator(".explorer-graph").first.locator(".explorer-line").count() == 3
    page.get_by_label("mish", exact=True).check()
    assert page.locator(".explorer-card").count() == 4
    stroke = page.locator(".explorer-line").last.evaluate("(e) => getComputedStyle(e).stroke")
    assert stroke not in ("none", "rgb(0, 0, 0)")
    for name in ("relu", "elu", "silu", "mish"):
        page.get_by_label(name, exact=True).uncheck()
    assert page.locator(".explorer-card, .explorer-line").count() == 0
    assert page.problems == []


def test_the_keyboard_moves_the_point_and_a_parameter(page):
    page.locator("#explorer-x").focus()
    for _ in range(20):
        page.keyboard.press("ArrowLeft")
    assert value(page, "f", "relu") == "= 0.8000"
    before = line(page, 0, 1), line(page, 1, 1)
    page.locator("#explorer-elu-alpha").focus()
    page.keyboard.press("ArrowRight")
    assert line(page, 0, 1) != before[0] and line(page, 1, 1) != before[1]
    assert "elu;alpha=1.01" in page.url
    assert "relu f = 0.80" in page.locator("#explorer-x").get_attribute("aria-valuetext")


def test_the_pointer_reads_values_where_it_is(page):
    graph = page.locator(".explorer-graph").first
    graph.scroll_into_view_if_needed()
    box = graph.bounding_box()
    page.mouse.move(box["x"] + box["width"] * (30 + 302 * 0.3) / 340, box["y"] + 60)  # x = −5 + 10 · 0.3
    assert value(page, "f", "relu") == "= 0.0000"
    assert value(page, "f", "elu") == "= −0.8647"
    assert value(page, "grad", "elu") == "= 0.1353"


def test_an_address_brings_back_a_choice(open_page, address):
    page = open_page(address + PAGES[0] + "#celu;alpha=0.5,gelu;approximate=true,rellu,elu;alpha=99;beta=x")
    page.wait_for_selector(".explorer-card")
    names = page.locator(".explorer-name code").all_inner_texts()
    assert names == ["celu", "gelu", "elu"]
    assert page.locator("#explorer-celu-alpha").input_value() == "0.5"
    assert page.locator("#explorer-gelu-approximate").is_checked()
    assert page.locator("#explorer-elu-alpha").input_value() == "3"
    page.locator(".explorer-where button").click()
    assert page.locator(".explorer-name code").all_inner_texts() == ["relu", "elu", "silu"]
    assert page.problems == []


def test_a_finger_moves_the_point_and_the_graphs_stay_in_sight_on_a_phone(open_page, address):
    page = open_page(address + PAGES[1], width=390, height=844, has_touch=True)
    page.wait_for_selector(".explorer-card")
    page.locator("#explorer-elu-alpha").scroll_into_view_if_needed()
    box = page.locator(".explorer-graph").first.bounding_box()
    assert box["y"] >= 0 and box["y"] + box["height"] < 844 / 2
    wide = min(box["width"], box["height"] * 340 / 260)  # the graph is in the middle of its box
    middle = box["x"] + box["width"] / 2
    page.touchscreen.tap(middle + wide * (30 + 151 - 170) / 340, box["y"] + box["height"] / 2)  # x = 0
    shown = float(page.locator(".explorer-where output").inner_text().replace("−", "-"))
    assert abs(shown) < 0.1


def test_it_works_from_a_file(open_page):
    page = open_page((SITE / PAGES[0]).as_uri())
    page.wait_for_selector(".explorer-card")
    page.get_by_label("tanh", exact=True).check()
    assert value(page, "f", "tanh") == "= 0.7616" and page.problems == []


@pytest.mark.parametrize(
    ("path", "text"),
    [
        (PAGES[0], "In the table, but not drawn here: mish"),
        (PAGES[1], "표에만 있고 여기에는 그리지 않는 함수: mish"),
    ],
)
def test_a_function_without_a_javascript_form_is_named_and_left_out(browser, address, path, text):
    context = browser.new_context()
    context.add_init_script("""
        let family;
        Object.defineProperty(globalThis, "ACTIVATIONS", {
            get: () => family,
            set: ({mish, ...others}) => { family = others; },
        });
    """)
    page = context.new_page()
    page.goto(address + path + "#mish,elu")
    assert page.locator(".explorer-choices p").inner_text() == text
    assert page.locator(".explorer-name code").all_inner_texts() == ["elu"]
    assert page.locator(".explorer-choices input").count() == len(ACTIVATIONS) - 1
    context.close()


def test_without_scripts_the_page_shows_the_formulas(browser, address):
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto(address + PAGES[0])
    assert page.locator("#explorer tbody tr").count() == len(ACTIVATIONS)
    assert not page.locator(".explorer-app").is_visible()
    context.close()
