"""Python in the page, in a browser: it runs, stops, fails and recovers, with the CDN's files and without a network."""

import re

import pytest
from accessibility import COLOURS, violations
from serving import BASE, SHOW_ALL, SITE

DEFINITION = "chapters/en/01-definition.html"
KOREAN = "ko/chapters/ko/01-definition.html"
LIVE = "chapters/en/03-nonlinearity.html"
HOST = "cdn.jsdelivr.net"
TYPES = {"js": "text/javascript", "wasm": "application/wasm"}


class Chapter:
    """A page, its cells, and what it loads from elsewhere: ``sizes``, by file."""

    def __init__(self, page, folder):
        self.page, self.folder, self.sizes, self.blocked, self.changed = page, folder, {}, False, False
        page.context.route(lambda url: url.startswith("https://"), self.answer)

    def answer(self, route):
        name = route.request.url.rpartition("/")[2]
        if self.blocked:
            route.abort()
            return
        content = (self.folder / name).read_bytes()
        self.sizes[name] = len(content)
        route.fulfill(
            body=content[:-1] + b"x" if self.changed else content,
            headers={
                "Access-Control-Allow-Origin": "*",
                "Content-Type": TYPES.get(name.rpartition(".")[2], ""),
            },
        )

    def start(self):
        self.page.wait_for_selector("form[role=search]", state="attached")  # the last script adds the role
        self.page.locator(".run-page button").click()
        self.page.wait_for_selector(".run-status:not(:empty)")
        return self

    def cell(self, number):
        return self.page.locator("div.cell:has(.run-bar)").nth(number - 1)

    def write(self, number, code):
        self.cell(number).locator("textarea").fill(code)

    def run(self, number, code=None):
        """Run a cell, and return what it then says and prints."""
        if code is not None:
            self.write(number, code)
        self.cell(number).get_by_role("button", name=re.compile("^(Run cell|.*실행$)")).click()
        return self.result(number)

    def result(self, number):
        self.page.wait_for_function(
            """(number) => {
              const state = document.querySelectorAll(".run-bar > span")[number - 1].textContent;
              const idle = document.querySelectorAll(".run-page button")[1].disabled;
              return idle && state && !/^(waiting|running|대기|실행 중)/.test(state);
            }""",
            arg=number,
        )
        state = self.cell(number).locator(".run-bar > span").inner_text()
        output = self.cell(number).locator(".cell_output .output pre")
        return state, output.all_inner_texts()

    def status(self):
        return self.page.locator(".run-status").inner_text()

    def wait_for_status(self, text):
        self.page.wait_for_function(
            "(text) => document.querySelector('.run-status').textContent.includes(text)", arg=text
        )

    def stop(self):
        self.page.get_by_role("button", name="Stop", exact=True).first.click()


@pytest.fixture
def open_chapter(open_page, address, pyodide):
    """A function that opens a page, and puts the pinned files in the place of the CDN."""

    def open_chapter(path=DEFINITION, **settings):
        return Chapter(open_page(path if "://" in path else address + path, **settings), pyodide)

    return open_chapter


@pytest.mark.parametrize("name", [DEFINITION, KOREAN])
def test_before_the_click_a_button_is_all_there_is(open_page, address, name):
    page = open_page(address + name)
    page.wait_for_timeout(500)
    assert not [url for url in page.requests if re.search(r"/(run|python|shell|figures\.py)|pyodide", url)]
    markup = page.locator(".run-page").evaluate("(element) => element.outerHTML")
    script = (SITE.parents[1] / "code" / "booktools" / "static" / "run-button.js").read_bytes()
    assert len(markup.encode()) + len(script) <= 1500 and len(markup.encode()) <= 1000


def test_cells_run_are_changed_and_reset_and_what_differs_is_said(open_chapter):
    chapter = open_chapter().start()
    assert chapter.run(1) == (chapter.cell(1).locator(".run-bar > span").inner_text(), ["0 3"])
    assert chapter.result(1)[0].startswith("as printed")
    assert sum(chapter.sizes.values()) <= 16e6

    state, printed = chapter.run(1, "def relu(x):\n    return max(0, x)\n\nprint(relu(7))")
    assert state.startswith("done") and printed[0] == "7"
    assert chapter.cell(1).locator("details.run-printed pre").text_content().strip() == "0 3"
    state, printed = chapter.run(2)
    assert state.startswith("as printed") and printed == ["0 3"]
    chapter.cell(1).get_by_role("button", name="Reset cell 1").click()
    assert chapter.cell(1).locator("textarea").input_value().startswith("def relu(x):\n    if x > 0:")
    assert chapter.cell(1).locator(".cell_output pre").all_inner_texts() == ["0 3\n"]
    assert not chapter.cell(1).locator("details.run-printed").count()

    state, printed = chapter.run(3, "from relubook import relu\nprint(relu(-2), relu(3))")
    assert printed[0] == "0 3", printed
    assert sum(chapter.sizes.values()) <= 20e6 and not any("scipy" in name for name in chapter.sizes)
    assert chapter.page.problems == []


def test_an_error_is_printed_as_python_does_and_keeps_the_cells_below_from_running(open_chapter):
    chapter = open_chapter().start()
    chapter.write(1, "def broken():\n    return 1 / 0\n\n\nbroken()")
    chapter.cell(3).locator("textarea").press("Shift+Enter")
    chapter.wait_for_status("Cell 1 ended with an error")
    state, printed = chapter.result(1)
    assert state.startswith("error")
    assert printed[0].startswith(
        'Traceback (most recent call last):\n  File "<cell 1>", line 5, in <module>\n'
    )
    assert printed[0].endswith("\nZeroDivisionError: division by zero") and "shell.py" not in printed[0]
    assert chapter.cell(3).locator(".run-bar > span").inner_text().startswith("Cell 1 ended with an error")
    assert "SyntaxError" in chapter.run(1, "def relu(x)\n    return x")[1][0]
    chapter.run(1, "print('mended')")
    chapter.cell(3).locator("textarea").press("Shift+Enter")  # and first those above it
    assert chapter.result(3)[0].startswith("as printed")
    assert chapter.result(2)[0].startswith("as printed")
    assert chapter.page.problems == []


def test_what_never_ends_is_stopped_and_what_is_too_much_is_cut(open_chapter):
    chapter = open_chapter().start()
    chapter.run(1, "held = 1\nprint(held)")
    chapter.write(2, "print('before')\nwhile True:\n    pass")
    chapter.cell(2).get_by_role("button", name="Run cell 2").click()
    chapter.wait_for_status("Running cell 2")
    assert chapter.cell(2).get_by_role("button", name="Stop cell 2").inner_text() == "Stop"
    chapter.stop()
    assert chapter.status().startswith("Stopped. All variables are gone")
    assert chapter.cell(2).locator(".run-bar > span").inner_text() == "stopped"

    state, printed = chapter.run(2, "print(held)\nfor number in range(1_000_000):\n    print(number)")
    assert state.startswith("done")
    assert printed[0].startswith("1\n0\n1\n2\n") and printed[1].endswith("\n999999")
    assert sum(map(len, printed)) < 110_000
    assert re.fullmatch(
        r"… 9\d\d,\d\d\d lines left out …", chapter.cell(2).locator(".run-left-out").inner_text()
    )

    state, printed = chapter.run(2, "hoard = [bytearray(10**9) for _ in range(100)]")
    assert printed[0].endswith("MemoryError")
    assert "no memory left" in chapter.cell(2).locator(".run-memory").inner_text()
    chapter.page.get_by_role("button", name="Reset everything").click()
    assert chapter.run(2)[0].startswith("as printed")
    assert chapter.page.problems == []


def test_figures_are_the_books_in_both_themes_and_languages(open_chapter):
    chapter = open_chapter(KOREAN, color_scheme="dark").start()
    number = 5
    chapter.cell(number).locator("textarea").press("Shift+Enter")
    chapter.result(number)
    image = chapter.cell(number).locator("figure img")
    svg = chapter.page.evaluate(
        "async (address) => (await fetch(address)).text()", image.get_attribute("src")
    )
    assert image.get_attribute("src").startswith("blob:") and "DejaVu Sans" in svg and "#ffffff" not in svg
    assert (
        image.get_attribute("alt") and chapter.cell(number).locator("figcaption .caption-number").count() == 1
    )
    assert "invert" in image.evaluate("(image) => getComputedStyle(image).filter")
    assert image.evaluate("(image) => image.naturalWidth") > 300
    assert sum(chapter.sizes.values()) <= 50e6

    code = "import matplotlib.pyplot as plt\n_ = plt.plot([1, 2])\n_ = plt.xlabel('learning rate')"
    chapter.run(number, code)
    svg = chapter.page.evaluate(
        "async (address) => (await fetch(address)).text()", image.get_attribute("src")
    )
    assert ">학습률<" in svg
    assert image.get_attribute("alt") == "고친 셀이 그린 그림"
    image.click()
    assert chapter.page.locator("dialog.figure-window img").get_attribute("src") == image.get_attribute("src")
    assert chapter.page.problems == []


def test_a_prediction_is_answered_by_running_its_cell_and_by_nothing_else(open_chapter):
    chapter = open_chapter()
    number = chapter.page.evaluate("""() => {
      const cells = [...document.querySelectorAll("div.cell")].filter((cell) => cell.querySelector(".cell_input pre"));
      return 1 + cells.findIndex((cell) => cell.querySelector(".answer .cell_output"));
    }""")
    chapter.start()
    answer = chapter.cell(number).locator(".answer")
    chapter.page.evaluate(
        "document.querySelectorAll('.answer').forEach((part) => { part.hidden = 'until-found'; })"
    )
    assert answer.get_attribute("hidden") == "until-found"
    chapter.page.get_by_role("button", name="Run all cells").click()
    assert chapter.result(number)[0].endswith("the output waits for your guess")
    assert answer.get_attribute("hidden") == "until-found"
    assert not chapter.page.locator("details.solution[open]").count()
    chapter.run(number)
    assert answer.get_attribute("hidden") is None
    chapter.page.evaluate(
        "document.querySelectorAll('.answer').forEach((part) => { part.hidden = 'until-found'; })"
    )
    chapter.write(number, "1 / 0")
    chapter.page.get_by_role("button", name="Run all cells").click()
    assert chapter.result(number)[0].startswith("error") and answer.get_attribute("hidden") is None


def test_a_live_figure_stays_until_its_code_is_changed(open_chapter):
    chapter = open_chapter(LIVE)
    chapter.page.evaluate(SHOW_ALL)
    chapter.page.reload()
    chapter.start()
    number = chapter.page.evaluate("""() => {
      const cells = [...document.querySelectorAll("div.cell")].filter((cell) => cell.querySelector(".cell_input pre"));
      return 1 + cells.findIndex((cell) => cell.querySelector(".live"));
    }""")
    cell = chapter.cell(number)
    chapter.page.evaluate("document.querySelectorAll('details').forEach((fold) => { fold.open = true; })")
    cell.get_by_role("slider").press("End")
    moved = cell.locator("output").first.inner_text()
    cell.locator("textarea").press("Shift+Enter")
    assert not chapter.result(number)[0].startswith(("error", "not"))
    assert cell.locator("output").first.inner_text() == moved
    cell.locator("textarea").press("Control+End")
    cell.locator("textarea").press_sequentially("  # changed")
    assert cell.locator(".run-bar > span").inner_text() == ""  # what was said was said of other code
    cell.locator("textarea").press("Shift+Enter")
    assert chapter.result(number)[0].startswith("done") and not cell.get_by_role("slider").count()
    cell.get_by_role("button", name=f"Reset cell {number}").click()
    assert cell.get_by_role("slider").is_visible()
    assert chapter.page.problems == []


def test_a_network_that_answers_late_is_waited_for(open_chapter):
    chapter = open_chapter()
    late = []
    chapter.page.route("**/python.json*", lambda route: late.append(route))
    chapter.start()
    chapter.wait_for_status(" s")
    late.pop().continue_()
    assert chapter.run(1)[0].startswith("as printed")
    assert chapter.page.problems == []


def test_the_keyboard_indents_undoes_and_leaves(open_chapter):
    chapter = open_chapter().start()
    area = chapter.cell(1).locator("textarea")
    area.fill("")
    area.press_sequentially("for x in range(2):\nprint(x)")
    assert area.input_value() == "for x in range(2):\n    print(x)"
    area.press("Control+a")
    area.press("Tab")
    assert area.input_value() == "    for x in range(2):\n        print(x)"
    area.press("Shift+Tab")
    assert area.input_value() == "for x in range(2):\n    print(x)"
    area.press("Control+z")
    area.press("Control+z")
    assert area.input_value() == "for x in range(2):\n    print(x)"
    area.press("Control+End")
    area.press_sequentially("\nreturn")
    area.press("Enter")
    area.press("Tab")
    area.press("Backspace")
    assert area.input_value() == "for x in range(2):\n    print(x)\n    return\n"
    area.press("Escape")
    area.press("Tab")
    assert chapter.page.evaluate("document.activeElement.tagName") == "BUTTON"
    chapter.page.keyboard.press("Shift+Tab")
    assert area.evaluate("(area) => area === document.activeElement")
    assert area.get_attribute("aria-label") == "Code of cell 1"
    assert (
        "Escape, then Tab" in chapter.page.locator(f"#{area.get_attribute('aria-describedby')}").inner_text()
    )


@pytest.mark.parametrize("stored", [True, False])
def test_changes_are_kept_until_they_are_reset(open_chapter, stored):
    chapter = open_chapter()
    page = chapter.page
    if not stored:
        page.add_init_script(
            "Object.defineProperty(window, 'localStorage', {get() { throw new Error('no'); }})"
        )
        page.reload()
    chapter.start()
    chapter.write(2, "print('changed')")
    page.wait_for_timeout(100)
    page.reload()
    chapter.start()
    area = chapter.cell(2).locator("textarea")
    assert (area.input_value() == "print('changed')") is stored
    if stored:
        page.get_by_role("button", name="Reset everything").click()
        page.reload()
        chapter.start()
        assert "changed" not in area.input_value()


@pytest.mark.parametrize("why", ["blocked", "offline", "changed"])
def test_where_python_cannot_be_had_the_page_says_so_and_goes_on(open_chapter, why):
    chapter = open_chapter()
    page = chapter.page
    chapter.blocked, chapter.changed = why != "changed", why == "changed"
    if why == "offline":
        page.evaluate("Object.defineProperty(navigator, 'onLine', {get: () => false})")
    chapter.start()
    chapter.wait_for_status("The page reads as before.")
    said = {
        "blocked": f"there is no answer from {HOST}",
        "offline": "there is no network",
        "changed": "are not those that this book was tested with",
    }
    assert said[why] in chapter.status()
    assert page.locator(".run-status a").all_inner_texts() == ["Binder", "Colab"]
    chapter.blocked = chapter.changed = False
    page.get_by_role("button", name="Try again").click()
    assert chapter.run(1)[0].startswith("as printed")


def test_a_package_that_cannot_be_loaded_is_an_error_of_its_cell(open_chapter):
    chapter = open_chapter().start()
    chapter.run(1)
    chapter.blocked = True
    assert "numpy-2.0.2" in chapter.run(2, "import numpy")[1][0]
    chapter.blocked = False
    assert chapter.run(2, "import numpy\nprint(numpy.arange(3))")[1][0] == "[0 1 2]"


@pytest.mark.parametrize("lacking", ["Worker", "WebAssembly"])
def test_an_old_browser_is_told(open_chapter, lacking):
    chapter = open_chapter()
    chapter.page.evaluate(f"delete window.{lacking}")
    chapter.start()
    assert chapter.status().startswith("This browser is too old")
    assert chapter.page.problems == []


def test_a_page_from_a_file_or_in_a_sandbox_says_why(open_chapter):
    chapter = open_chapter((SITE / DEFINITION).as_uri()).start()
    assert chapter.status().startswith("This page was opened from a file")
    assert chapter.page.locator(".run-status a").count() == 2 and not chapter.page.locator("textarea").count()
    assert chapter.page.problems == []
    assert (
        open_chapter(f"{DEFINITION}?sandbox")
        .start()
        .status()
        .startswith("This browser is too old, or too restricted")
    )


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize(("name", "width"), [(DEFINITION, 1280), (KOREAN, 390)])
def test_everyone_can_use_it(open_chapter, name, width, scheme):
    chapter = open_chapter(name, width=width, color_scheme=scheme, reduced_motion="reduce")
    assert violations(chapter.page, COLOURS) == []
    chapter.start()
    chapter.run(1)
    chapter.run(2, "1 / 0")
    assert violations(chapter.page) == []
    assert chapter.page.evaluate("document.documentElement.scrollWidth") <= width
    spoken = chapter.page.locator(".run-page [role=status]").inner_text()
    assert ("2번 셀" if name == KOREAN else "Cell 2") in spoken
    if name == KOREAN:
        words = chapter.page.locator(".run-page, .run-bar").all_inner_texts()
        assert not re.search(
            r"[A-Za-z]{3,}", " ".join(words).replace("Shift+Enter", "").replace("Tab", "").replace("Esc", "")
        )
    assert BASE in chapter.page.url
