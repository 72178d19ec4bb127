"""The explorer in a browser: by pointer, touch and keyboard, in both languages, from a server and from a file."""

import pytest
from accessibility import COLOURS, violations
from layout_shifts import SHIFTS
from serving import SHOW_ALL, SITE

import relubook
from relubook import ACTIVATIONS

PAGES = ("chapters/en/try-it.html", "ko/chapters/ko/try-it.html")
FRONT = ("chapters/en/index.html", "ko/chapters/ko/index.html")
EMBEDDED = {  # chapter: the functions of each explorer in it
    "08-leaky-and-prelu": [["relu", "leaky_relu"]],
    "09-elu-and-selu": [["elu", "celu"]],
    "10-smooth-relatives": [["silu", "gelu", "mish"], ["relu", "swish"]],
}
PHONE = {"width": 390, "height": 844}
FIRST = ["relu", "elu", "silu"]

LOOKS = """(lines) => lines.map((line) => {
  const {stroke, strokeDasharray} = getComputedStyle(line);
  return [stroke, strokeDasharray];
})"""


@pytest.fixture(params=PAGES, ids=["en", "ko"])
def page(request, open_page, address):
    return ready(open_page(address + request.param))


def ready(page):
    page.wait_for_selector(".explorer-card")
    return page


def value(page, which: str, name: str) -> str:
    return page.locator(f'[data-value="{which} {name}"]').inner_text()


def shown_x(page) -> float:
    return float(page.locator(".explorer-where .explorer-number").first.inner_text().replace("−", "-"))


def line(page, graph: int, number: int) -> str:
    return page.locator(".explorer-graph").nth(graph).locator(".explorer-line").nth(number).get_attribute("d")


def names(page) -> list[str]:
    return page.locator(".explorer-name code").all_inner_texts()


def note(page) -> str:
    return page.locator(".explorer-note").text_content()


def is_pinned(page) -> bool:
    return page.locator(".explorer-pin").get_attribute("aria-pressed") == "true"


def place(graph, share: float) -> tuple[float, float]:
    """Where on the screen x has gone that share of its way."""
    left, right, y = graph.evaluate("""(graph) => {
        const {left, right, top, height} = graph.querySelector("svg").getBoundingClientRect();
        return [left, right, top + height / 2];
    }""")
    return left + share * (right - left), y


def wait_for_address(page, text: str) -> None:
    page.wait_for_function("(text) => location.hash === text", arg=text)


def test_functions_are_chosen_and_their_lines_drawn(page):
    assert page.locator(".explorer-graph").first.locator(".explorer-line").count() == 3
    page.get_by_label("mish", exact=True).check()
    assert page.locator(".explorer-card").count() == 4
    stroke = page.locator(".explorer-line").last.evaluate("(e) => getComputedStyle(e).stroke")
    assert stroke not in ("none", "rgb(0, 0, 0)")
    for name in (*FIRST, "mish"):
        page.get_by_label(name, exact=True).uncheck()
    assert page.locator(".explorer-card, .explorer-line").count() == 0
    assert page.problems == []


def test_the_keyboard_moves_the_point_and_a_parameter(page):
    page.locator("#explorer-x").focus()
    for _ in range(20):
        page.keyboard.press("ArrowLeft")
    assert value(page, "f", "relu") == "= 0.8000"
    assert "relu f = 0.80, f′ = 1.00" in page.locator("#explorer-x").get_attribute("aria-valuetext")
    before = line(page, 0, 1), line(page, 1, 1)
    page.locator("#explorer-elu-alpha").focus()
    page.keyboard.press("ArrowRight")
    assert line(page, 0, 1) != before[0] and line(page, 1, 1) != before[1]
    assert page.locator("#explorer-elu-alpha").get_attribute("aria-valuetext") == "1.01: f = 0.80, f′ = 1.00"
    wait_for_address(page, "#relu,elu;alpha=1.01,silu,x=0.8")


def test_the_pointer_reads_values_where_it_is_and_leaves_the_point(page):
    graph = page.locator(".explorer-graph").first
    graph.scroll_into_view_if_needed()
    page.mouse.move(*place(graph, 0.3))  # x = −5 + 10 · 0.3
    assert value(page, "f", "relu") == "= 0.0000"
    assert value(page, "f", "elu") == "= −0.8647"
    assert value(page, "grad", "elu") == "= 0.1353"
    page.mouse.move(5, 5)
    assert value(page, "f", "elu") == "= 1.0000"
    assert not is_pinned(page)


def test_relu6_is_seen_beyond_its_cap(page):
    page.get_by_label("relu6", exact=True).check()
    page.locator("#explorer-x").fill("7")
    assert value(page, "f", "relu6") == "= 6.0000" and value(page, "grad", "relu6") == "= 0.0000"
    assert value(page, "f", "relu") == "= 7.0000"
    ticks = page.locator(".explorer-graph").first.locator("text").all_text_contents()
    assert "8" in ticks
    page.locator("#explorer-view").select_option("10")
    assert page.locator("#explorer-x").get_attribute("max") == "10"
    wait_for_address(page, "#relu,elu,silu,relu6,x=7,view=10")


# --- Pinning ----------------------------------------------------------------------------------------------------------


def test_a_click_pins_the_point_and_a_click_on_it_lets_it_go(page):
    graph = page.locator(".explorer-graph").first
    graph.scroll_into_view_if_needed()
    page.mouse.click(*place(graph, 0.3))
    assert is_pinned(page) and shown_x(page) == -2
    page.mouse.move(*place(graph, 0.7))
    page.mouse.move(5, 5)
    assert value(page, "f", "elu") == "= −0.8647"
    assert graph.locator(".explorer-head").count() == 1
    wait_for_address(page, "#relu,elu,silu,x=-2")

    page.mouse.click(*place(graph, 0.7))  # elsewhere: it goes there
    assert is_pinned(page) and shown_x(page) == 2
    page.mouse.click(*place(graph, 0.7))
    assert not is_pinned(page) and graph.locator(".explorer-head").count() == 0
    page.mouse.move(*place(graph, 0.3))
    assert shown_x(page) == -2
    wait_for_address(page, "#relu,elu,silu")


def test_a_drag_pins_the_point_even_beyond_the_graph(page):
    graph = page.locator(".explorer-graph").first
    graph.scroll_into_view_if_needed()
    page.mouse.move(*place(graph, 0.3))
    page.mouse.down()
    page.mouse.move(*place(graph, 0.6), steps=4)
    assert shown_x(page) == 1
    page.mouse.move(2, place(graph, 0.6)[1], steps=4)
    assert shown_x(page) == -5
    page.mouse.up()
    page.mouse.move(*place(graph, 0.6))
    assert shown_x(page) == -5 and is_pinned(page)


def test_the_keyboard_pins_the_point_and_lets_it_go(page):
    button = page.locator(".explorer-pin")
    button.focus()
    page.keyboard.press("Enter")
    assert is_pinned(page)
    wait_for_address(page, "#relu,elu,silu,x=1")
    page.keyboard.press("Enter")
    assert not is_pinned(page)
    page.locator("#explorer-x").focus()
    page.keyboard.press("ArrowLeft")
    assert is_pinned(page)
    page.keyboard.press("Escape")
    assert not is_pinned(page) and shown_x(page) == 0.99
    wait_for_address(page, "#relu,elu,silu")


def test_a_finger_pins_the_point_and_the_graphs_stay_in_sight_on_a_phone(open_page, address):
    page = ready(open_page(address + PAGES[1], **PHONE, has_touch=True))
    page.locator("#explorer-elu-alpha").scroll_into_view_if_needed()
    graph = page.locator(".explorer-graph").first
    box = graph.bounding_box()
    assert box["y"] >= 0 and box["y"] + box["height"] < 844 / 2
    page.touchscreen.tap(*place(graph, 0.5))
    assert abs(shown_x(page)) < 0.1 and is_pinned(page)
    page.touchscreen.tap(*place(graph, 0.5))
    assert not is_pinned(page)


def swipe(page, start: tuple[float, float], *, across: float = 0, up: float = 0) -> None:
    """A finger that goes from a place to another one, as the browser sees it."""
    touches = page.context.new_cdp_session(page)
    x, y = start
    for kind, share in (("touchStart", 0), *(("touchMove", i / 10) for i in range(1, 11)), ("touchEnd", 1)):
        points = [] if kind == "touchEnd" else [{"x": x + share * across, "y": y - share * up}]
        touches.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": points})


def test_a_finger_that_scrolls_leaves_the_point_and_one_that_goes_along_drags_it(open_page, address):
    page = ready(open_page(address + PAGES[0], **PHONE, has_touch=True, is_mobile=True))
    graph = page.locator(".explorer-graph").first
    graph.evaluate("(graph) => graph.scrollIntoView({block: 'center', behavior: 'instant'})")
    before = page.evaluate("scrollY")
    swipe(page, place(graph, 0.3), up=200)
    page.wait_for_function("(before) => scrollY > before + 50", arg=before)
    assert shown_x(page) == 1 and not is_pinned(page)
    graph.evaluate("(graph) => graph.scrollIntoView({block: 'center', behavior: 'instant'})")
    start, end = place(graph, 0.3), place(graph, 0.7)
    swipe(page, start, across=end[0] - start[0])
    assert shown_x(page) == pytest.approx(2, abs=0.1) and is_pinned(page)


# --- The address ------------------------------------------------------------------------------------------------------


def test_an_address_brings_back_a_choice(open_page, address):
    page = ready(open_page(address + PAGES[0] + "#celu;alpha=0.5,gelu;approximate=true,x=-1.5,view=2"))
    assert names(page) == ["celu", "gelu"]
    assert page.locator("#explorer-celu-alpha").input_value() == "0.5"
    assert page.locator("#explorer-gelu-approximate").is_checked()
    assert shown_x(page) == -1.5 and is_pinned(page)
    assert page.locator("#explorer-view").input_value() == "2"
    assert page.locator("#explorer").bounding_box()["y"] < 200  # whoever follows such a link comes for this
    page.locator(".explorer-reset").click()
    assert names(page) == FIRST and not is_pinned(page)
    assert "#" not in page.url
    page.go_back()
    page.wait_for_function("document.querySelectorAll('.explorer-card').length === 2")
    assert names(page) == ["celu", "gelu"] and shown_x(page) == -1.5
    assert page.problems == []


@pytest.mark.parametrize(
    ("state", "shown", "named"),
    [
        ("%E0%A4%A", FIRST, "%E0%A4%A"),
        ("__proto__", FIRST, "__proto__"),
        ("constructor;alpha=1", FIRST, "constructor;alpha=1"),
        ("rellu,elu", ["elu"], "rellu"),
        ("elu;alpha=99", ["elu"], "alpha=99 → 3"),
        ("elu;__proto__=1", ["elu"], "__proto__=1"),
        ("relu,x=1e9", ["relu"], "x=1e9 → 5"),
        ("<img src=x onerror=alert(1)>", FIRST, "<img src=x onerror=alert(1)>"),
        ("relu," + "x" * 5000, ["relu"], "x" * 300),
    ],
)
def test_a_bad_address_empties_nothing_and_is_named(open_page, address, state, shown, named):
    page = ready(open_page(address + PAGES[len(state) % 2] + "#" + state))
    page.wait_for_selector("form[role=search]", state="attached")  # all scripts have run
    assert names(page) == shown
    assert note(page).endswith(": " + named)
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    page.evaluate("location.hash = '#%E0%A4%A'")  # what is chosen stays
    page.wait_for_function("document.querySelector('.explorer-note').textContent.endsWith(': %E0%A4%A')")
    assert names(page) == shown
    page.wait_for_timeout(100)  # what follows a place waits so long
    assert page.problems == []


def test_back_leads_from_a_comparison_to_what_was_there_before(page):
    page.get_by_label("mish", exact=True).check()
    page.locator("#explorer-x").fill("-1")
    preset = page.locator("a.explorer-state").first
    preset.click()
    assert names(page) == ["relu", "leaky_relu", "prelu"] and shown_x(page) == -2
    assert note(page) == page.locator("li", has=preset).first.text_content()
    assert page.evaluate("document.activeElement.className") == "explorer-note"
    assert page.locator("#explorer").bounding_box()["y"] < 200
    wait_for_address(page, "#relu,leaky_relu;negative_slope=0.1,prelu,x=-2")
    page.go_back()
    page.wait_for_function("document.querySelectorAll('.explorer-card').length === 4")
    assert names(page) == [*FIRST, "mish"] and shown_x(page) == -1
    page.go_forward()
    page.wait_for_function("document.querySelectorAll('.explorer-card').length === 3")
    assert names(page) == ["relu", "leaky_relu", "prelu"]


def test_a_heading_is_no_choice(page):
    page.locator("a.explorer-state").nth(3).click()
    chosen = names(page)
    assert chosen == ["gelu", "silu", "mish"]
    page.locator(".bd-sidebar-secondary .nav-link").last.click()
    page.wait_for_function("document.getElementById(decodeURIComponent(location.hash.slice(1)))")
    heading = page.evaluate("location.hash")
    assert names(page) == chosen and shown_x(page) == -1 and note(page)
    page.reload()
    ready(page)
    assert page.evaluate("location.hash") == heading
    assert names(page) == chosen and shown_x(page) == -1
    page.go_back()
    wait_for_address(page, "#gelu,silu,mish,x=-1")
    assert names(page) == chosen
    assert page.problems == []


def test_the_other_language_opens_with_the_same_choice(page):
    page.get_by_label("relu6", exact=True).check()
    page.locator("#explorer-elu-alpha").fill("2")
    page.locator("#explorer-x").fill("7")
    wait_for_address(page, "#relu,elu;alpha=2,silu,relu6,x=7")
    before = page.url
    page.wait_for_selector("form[role=search]", state="attached")
    page.locator(".btn-language-button").click()
    page.wait_for_function("(before) => location.href !== before", arg=before)
    ready(page)
    assert names(page) == [*FIRST, "relu6"] and shown_x(page) == 7
    assert page.locator("#explorer-elu-alpha").input_value() == "2"


def test_more_than_seven_lines_have_each_its_own_look_and_name(page):
    for name in ("mish", "tanh", "sigmoid", "gelu", "softplus"):
        page.get_by_label(name, exact=True).check()
    looks, swatches = (
        page.locator(f"{place} .explorer-line").evaluate_all(LOOKS)
        for place in (".explorer-graph:first-child", ".explorer-swatch")
    )
    assert len(looks) == 8 and swatches == looks
    assert len({colour for colour, _ in looks}) == len({dashes for _, dashes in looks}) == 8
    assert page.get_by_label("selu", exact=True).is_disabled() and "8" in note(page)
    labelled = set(page.locator(".explorer-label").all_text_contents())
    assert labelled >= {
        "elu",
        "silu",
        "mish",
        "tanh",
        "sigmoid",
        "gelu",
        "softplus",
    }  # relu is nowhere clear of them
    page.get_by_label("tanh", exact=True).uncheck()
    assert page.get_by_label("selu", exact=True).is_enabled() and note(page) == ""


# --- In the chapters --------------------------------------------------------------------------------------------------


def chapter(open_page, address, name: str, language: str = "en", **settings):
    folder = "chapters/en/" if language == "en" else "ko/chapters/ko/"
    page = open_page(address + folder + name + ".html", **settings)
    page.evaluate(SHOW_ALL)
    page.reload()
    page.wait_for_selector("form[role=search]", state="attached")
    return page


def in_sight(explorer):
    explorer.evaluate("(explorer) => explorer.scrollIntoView({behavior: 'instant'})")
    explorer.locator(".explorer-card").first.wait_for()
    return explorer


@pytest.mark.parametrize("language", ["en", "ko"])
@pytest.mark.parametrize("name", EMBEDDED)
def test_a_chapter_s_explorers_start_when_the_reader_comes_near(open_page, address, name, language):
    page = chapter(open_page, address, name, language)
    explorers = page.locator(".explorer-embed")
    assert explorers.count() == len(EMBEDDED[name])
    assert explorers.locator("input").count() == 0
    assert explorers.locator(".explorer-graph").count() == 2 * explorers.count()
    for explorer, functions in zip(explorers.all(), EMBEDDED[name], strict=True):
        before = explorer.bounding_box()["height"]
        in_sight(explorer)
        assert explorer.locator(".explorer-name code").all_inner_texts() == functions
        assert explorer.bounding_box()["height"] == pytest.approx(before, abs=1), "the text below it moves"
    assert page.problems == []


@pytest.mark.parametrize("language", ["en", "ko"])
@pytest.mark.parametrize("name", EMBEDDED)
def test_an_explorer_fits_a_phone_and_its_letters_are_legible(open_page, address, name, language):
    page = chapter(open_page, address, name, language, **PHONE, has_touch=True, is_mobile=True)
    for explorer in page.locator(".explorer-embed").all():
        before = explorer.bounding_box()["height"]
        in_sight(explorer)
        box = explorer.bounding_box()
        assert box["x"] >= 0 and box["x"] + box["width"] <= 390
        assert box["height"] == pytest.approx(before, abs=1) and box["height"] < 844 - 56
        sizes = explorer.locator("svg text").evaluate_all(
            "(texts) => texts.map((t) => parseFloat(getComputedStyle(t).fontSize) * t.getScreenCTM().a)"
        )
        assert min(sizes) >= 9
        assert explorer.evaluate("(e) => e.scrollWidth <= e.clientWidth")
    assert page.evaluate("document.documentElement.scrollWidth") <= 390


def test_two_explorers_of_a_chapter_do_not_know_of_each_other(open_page, address):
    page = chapter(open_page, address, "10-smooth-relatives")
    first, second = (in_sight(explorer) for explorer in page.locator(".explorer-embed").all())
    ids = page.locator("[id]").evaluate_all("(elements) => elements.map((e) => e.id)")
    assert len(ids) == len(set(ids))
    before = first.inner_text()
    second.locator("#explorer-2-swish-beta").focus()
    for _ in range(20):
        page.keyboard.press("ArrowRight")
    spoken = second.locator("#explorer-2-swish-beta").get_attribute("aria-valuetext")
    f, slope = relubook.swish(-2.0, beta=1.2), relubook.swish_grad(-2.0, beta=1.2)
    assert spoken.replace("−", "-") == f"1.20: f = {f:.2f}, f′ = {slope:.2f}"
    second.locator("#explorer-2-x").fill("2")
    assert "x = 2.00; relu f = 2.00, f′ = 1.00" in second.locator("#explorer-2-x").get_attribute(
        "aria-valuetext"
    )
    assert first.inner_text() == before
    link = second.locator(".explorer-caption a")
    page.wait_for_function("(link) => link.hash === '#relu,swish;beta=1.2,x=2'", arg=link.element_handle())
    assert "#" not in page.url
    link.click()  # the whole explorer opens with what was chosen here
    ready(page)
    assert names(page) == ["relu", "swish"] and shown_x(page) == 2
    assert page.locator("#explorer-swish-beta").input_value() == "1.2"


def test_in_a_chapter_the_point_is_pinned_and_let_go(open_page, address):
    page = chapter(open_page, address, "08-leaky-and-prelu")
    explorer = in_sight(page.locator(".explorer-embed"))
    graph = explorer.locator(".explorer-graph").last
    assert shown_x(page) == -2 and not is_pinned(page)
    page.mouse.move(*place(graph, 0.7))
    assert shown_x(page) == 2
    page.mouse.click(*place(graph, 0.6))
    page.mouse.move(5, 5)
    assert shown_x(page) == 1 and is_pinned(page)
    page.mouse.click(*place(graph, 0.6))
    assert not is_pinned(page)


def test_an_explorer_waits_behind_a_prediction(open_page, address):
    page = open_page(address + "chapters/en/08-leaky-and-prelu.html")
    page.wait_for_selector("form[role=search]", state="attached")
    explorer = page.locator(".explorer-embed")
    assert explorer.evaluate("(e) => e.closest('.answer').hidden")
    for button in page.locator(".prediction button").all():
        button.click()
    in_sight(explorer)
    assert explorer.locator("#explorer-1-x").is_visible()


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("name", [*EMBEDDED, "index"])
def test_without_scripts_a_still_figure_stands_there(browser, address, name, scheme):
    context = browser.new_context(java_script_enabled=False, color_scheme=scheme)
    page = context.new_page()
    page.goto(f"{address}chapters/en/{name}.html")
    for explorer in page.locator(".explorer-embed").all():
        graphs = explorer.locator(".explorer-graph")
        assert graphs.count() == (1 if name == "index" else 2)
        for graph in graphs.all():
            assert graph.is_visible() and graph.bounding_box()["height"] > 100
            assert graph.get_attribute("aria-label").startswith("Graph of f")
            assert graph.locator(".explorer-line").count() >= 1
        assert not explorer.locator(".explorer-controls").is_visible()
        assert explorer.locator(".explorer-caption a").is_visible()
    context.close()


# --- The front page ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("path", FRONT, ids=["en", "ko"])
def test_on_the_front_page_relu_is_there_at_once_and_nothing_moves(open_page, address, path):
    page = open_page(address + path, **PHONE, has_touch=True, is_mobile=True)
    ready(page)
    box = page.locator(".explorer-front").bounding_box()
    assert box["y"] + box["height"] < 844, "below the fold"
    assert page.evaluate(SHIFTS) < 0.01
    for width in (768, 1280):
        wide = ready(open_page(address + path, width=width))
        box = wide.locator(".explorer-front").bounding_box()
        assert box["y"] + box["height"] < 700
        assert wide.evaluate(SHIFTS) < 0.01
        assert wide.problems == []


@pytest.mark.parametrize("path", FRONT, ids=["en", "ko"])
def test_on_the_front_page_the_point_is_dragged_along_relu(open_page, address, path):
    page = ready(open_page(address + path))
    graph = page.locator(".explorer-front .explorer-graph")
    assert (shown_x(page), value(page, "f", "relu"), value(page, "grad", "relu")) == (
        -1,
        "= 0.0000",
        "= 0.0000",
    )
    page.mouse.move(*place(graph, 0.5))  # a pointer that only passes moves nothing
    assert shown_x(page) == -1
    page.mouse.move(*place(graph, 0.25))
    page.mouse.down()
    page.mouse.move(*place(graph, 0.75), steps=3)
    page.mouse.up()
    assert (shown_x(page), value(page, "f", "relu"), value(page, "grad", "relu")) == (
        1,
        "= 1.0000",
        "= 1.0000",
    )
    across, up = graph.locator(".explorer-tangent").evaluate(
        "(line) => [line.x2.baseVal.value - line.x1.baseVal.value, line.y1.baseVal.value - line.y2.baseVal.value]"
    )
    assert across > 10 and up > 10
    link = page.locator(".explorer-front .explorer-caption a")
    page.wait_for_function("(link) => link.hash === '#relu,x=1,view=2'", arg=link.element_handle())
    page.locator("#explorer-1-x").focus()
    page.keyboard.press("Home")
    assert shown_x(page) == -2 and value(page, "grad", "relu") == "= 0.0000"
    link.focus()
    page.wait_for_function("(link) => link.hash === '#relu,x=-2,view=2'", arg=link.element_handle())
    page.keyboard.press("Enter")
    page.wait_for_url("**/try-it.html#relu,x=-2,view=2")
    ready(page)
    assert names(page) == ["relu"] and shown_x(page) == -2


def test_on_the_front_page_a_finger_drags_the_point(open_page, address):
    page = ready(open_page(address + FRONT[0], **PHONE, has_touch=True, is_mobile=True))
    graph = page.locator(".explorer-front .explorer-graph")
    start, end = place(graph, 0.25), place(graph, 0.75)
    swipe(page, start, across=end[0] - start[0])
    assert shown_x(page) == pytest.approx(1, abs=0.05)


# --- Everyone, everywhere ---------------------------------------------------------------------------------------------


def with_a_note(page):
    page.goto(page.url + "#rellu,elu;alpha=99,x=-1")
    page.reload()
    ready(page)
    assert note(page)


def with_eight(page):
    for name in ("mish", "tanh", "sigmoid", "gelu", "softplus"):
        page.get_by_label(name, exact=True).check()


def with_none(page):
    for name in FIRST:
        page.get_by_label(name, exact=True).uncheck()


def with_a_pinned_point(page):
    page.locator(".explorer-pin").first.click()
    assert is_pinned(page)


def as_it_opens(page):
    assert names(page)


STATES = (as_it_opens, with_a_note, with_eight, with_none, with_a_pinned_point)


@pytest.mark.parametrize("state", STATES, ids=lambda state: state.__name__)
@pytest.mark.parametrize("width", [390, 1280])
def test_the_explorer_is_usable_by_everyone_in_every_state(open_page, address, state, width):
    page = ready(open_page(address + PAGES[0], width=width, color_scheme="light", reduced_motion="reduce"))
    page.wait_for_selector("form[role=search]", state="attached")
    state(page)
    assert violations(page) == []
    page.emulate_media(color_scheme="dark", reduced_motion="reduce")
    page.wait_for_selector("html[data-theme=dark]", state="attached")
    assert violations(page, COLOURS) == []


@pytest.mark.parametrize("name", [*EMBEDDED, "index"])
@pytest.mark.parametrize("width", [390, 1280])
def test_an_embedded_explorer_is_usable_by_everyone(open_page, address, name, width):
    page = chapter(open_page, address, name, "ko", width=width, color_scheme="light", reduced_motion="reduce")
    for explorer in page.locator(".explorer-embed").all():
        in_sight(explorer)
        if name != "index":
            explorer.locator(".explorer-pin").click()
    left_out = [".cell", "article section > p"]  # every page's text is looked at elsewhere
    assert violations(page, leaving_out=left_out) == []
    page.emulate_media(color_scheme="dark", reduced_motion="reduce")
    page.wait_for_selector("html[data-theme=dark]", state="attached")
    assert violations(page, COLOURS, leaving_out=left_out) == []


@pytest.mark.parametrize("path", [PAGES[0], FRONT[0], "ko/chapters/ko/09-elu-and-selu.html"])
def test_it_works_from_a_file(open_page, path):
    page = open_page((SITE / path).as_uri())
    page.evaluate(SHOW_ALL)
    page.reload()
    root = page.locator("#explorer, .explorer-embed").first
    in_sight(root)
    where = root.locator(".explorer-where input").first
    where.fill("1.5")
    assert "1.50" in where.get_attribute("aria-valuetext")
    if path == PAGES[0]:
        page.get_by_label("tanh", exact=True).check()
        assert value(page, "f", "tanh") == "= 0.9051"
        wait_for_address(page, "#relu,elu,silu,tanh,x=1.5")
        page.locator(".explorer-reset").click()
        assert names(page) == FIRST
    assert page.problems == []


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
    assert names(page) == ["elu"]
    assert page.locator(".explorer-choices input").count() == len(ACTIVATIONS) - 1
    context.close()


def test_without_scripts_the_page_shows_the_formulas(browser, address):
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto(address + PAGES[0])
    assert page.locator("#explorer tbody tr").count() == len(ACTIVATIONS)
    assert not page.locator(".explorer-app").is_visible()
    context.close()
