"""Predictions, what waits for them, and solutions, on the first pages of the book that have them."""

import re

import pytest
from accessibility import COLOURS, violations
from layout_shifts import SHIFTS
from serving import SITE, pages

CHOICE = '<fieldset class="prediction"[^>]*>(?:(?!</fieldset>).)*type="radio"'
FREE = '<fieldset class="prediction"[^>]*>(?:(?!</fieldset>).)*type="text"'
SOLUTION = '<details class="solution"'
PLOT = "<summary>(?:Show the plotting code|그림 코드 보기)</summary>"

SHOWN = "(e) => e.checkVisibility()"


def page_with(pattern: str, edition: str = "en") -> tuple[str, str]:
    """The first page of an edition in which a pattern matches, and the id of the element around the match."""
    for name in pages():
        if name.startswith("ko/") == (edition == "ko"):
            text = (SITE / name).read_text(encoding="utf-8")
            if match := re.search(pattern, text, re.DOTALL):
                return name, re.search(r'\bid="([^"]*)"', match[0] + text[match.end() :])[1]
    raise AssertionError(f"no page of the edition {edition!r} has {pattern}; see CONTRIBUTING.md on chapters")


def opened(open_page, address: str, pattern: str, edition: str = "en", **settings):
    """A page with a question of a kind, its scripts run, the question and the parts that wait for it."""
    name, number = page_with(pattern, edition)
    page = open_page(address + name, **settings)
    return ready(page, number)


def ready(page, number: str):
    """The same for a page that has been loaded: the script says when it is there by what it writes."""
    page.wait_for_function("document.querySelector('.answer > .guess > span').textContent !== ''")
    question = page.locator(f"#{number}")
    return page, question, page.locator(f".answer[data-key='{question.get_attribute('data-key')}']")


def shown(parts) -> list[bool]:
    """Whether each of the elements is seen."""
    return parts.evaluate_all(f"(all) => all.map({SHOWN})")


def contents_shown(parts) -> set[bool]:
    """Whether what is in each of the elements is seen."""
    return set(parts.evaluate_all(f"(all) => all.map((e) => ({SHOWN})(e.lastElementChild))"))


def test_a_choice_is_asked_before_the_output_is_shown_beside_it(open_page, address):
    page, question, parts = opened(open_page, address, CHOICE)
    assert contents_shown(parts) == {False}
    assert page.locator(f"#{question.get_attribute('id')}-answer").evaluate(
        f"(e) => ({SHOWN})(e.closest('.cell').querySelector('.cell_input, .cell-fold'))"
    )
    label = question.locator("label").filter(has=page.locator("input[type=radio]")).nth(1)
    label.click()
    question.get_by_role("button").click()
    assert contents_shown(parts) == {True}
    guess = page.locator(f"#{question.get_attribute('id')}-answer > .guess")
    assert guess.evaluate("(e) => e === document.activeElement")
    assert guess.locator("span").first.inner_html() == label.locator("> span").inner_html()
    assert page.problems == []


def test_a_number_is_typed_and_sent_with_enter(open_page, address):
    page, question, parts = opened(open_page, address, FREE)
    assert contents_shown(parts) == {False}
    question.get_by_label("Your guess").fill("17 <b>%")
    page.keyboard.press("Enter")
    assert contents_shown(parts) == {True}
    assert (
        page.locator(f"#{question.get_attribute('id')}-answer > .guess").inner_text() == "Your guess: 17 <b>%"
    )
    question.get_by_role("button", name="Predict again").click()
    assert contents_shown(parts) == {False}
    assert question.get_by_label("Your guess").evaluate("(e) => e === document.activeElement")


@pytest.mark.parametrize("pattern", [CHOICE, FREE], ids=["choice", "free"])
def test_the_output_is_shown_without_a_guess_too(open_page, address, pattern):
    page, question, parts = opened(open_page, address, pattern)
    question.get_by_role("button", name="Show what came out").click()
    assert contents_shown(parts) == {True}
    assert (
        page.locator(f"#{question.get_attribute('id')}-answer > .guess").inner_text()
        == "Your guess: no guess"
    )
    assert page.locator(".guesses").inner_text() == ""
    page.reload()
    _, _, parts = ready(page, question.get_attribute("id"))
    assert contents_shown(parts) == {True}


def test_the_switch_shows_all_outputs_here_and_on_other_pages(open_page, address):
    page, question, parts = opened(open_page, address, CHOICE)
    page.get_by_role("switch", name="Show all outputs at once").check()
    assert contents_shown(page.locator(".answer")) == {True}
    assert not question.get_by_role("button").is_visible()
    assert question.locator("li").first.is_visible()

    name, number = page_with(FREE, "ko")
    page.goto(address + name)
    page, question, parts = ready(page, number)
    assert contents_shown(page.locator(".answer")) == {True}
    page.get_by_role("switch", name="출력을 모두 바로 보기").uncheck()
    assert contents_shown(parts) == {False}
    assert question.get_by_role("button", name="결과 보기").is_visible()


def test_guesses_return_where_the_chapter_says_what_it_measured(open_page, address):
    page, question, _ = opened(open_page, address, FREE)
    assert page.locator(".guesses").inner_text() == ""
    question.get_by_label("Your guess").fill("my own guess")
    question.get_by_role("button").click()

    def check():
        box = page.locator("#what-we-measured > .guesses")
        assert box.locator("h3").inner_text() == "Your predictions"
        assert box.locator("li").count() == page.locator(".prediction").count()
        row = box.locator("li").filter(has_text="my own guess")
        assert row.count() == 1
        asked = question.locator("p").first.inner_text().removeprefix("Predict.").strip()
        assert row.locator(".question").inner_text().strip()[:20] == asked[:20]
        output = page.locator(f"#{question.get_attribute('id')}-answer")
        if output.locator("pre").count():
            first = output.locator("pre").first.inner_text().splitlines()[0]
            assert row.locator("pre").inner_text().splitlines()[0] == first
        else:
            target = row.locator("dd a").get_attribute("href")
            assert page.locator(target).count() == 1
        return box

    check()
    page.reload()
    page, question, _ = ready(page, question.get_attribute("id"))
    box = check()
    assert question.get_by_label("Your guess").input_value() == "my own guess"
    box.get_by_role("button", name="Forget these predictions").click()
    assert box.inner_text() == ""
    assert contents_shown(page.locator(".answer")) == {False}
    page.reload()
    page, question, parts = ready(page, question.get_attribute("id"))
    assert contents_shown(parts) == {False}
    assert question.get_by_label("Your guess").input_value() == ""


def test_what_is_not_predicted_yet_is_not_told_at_the_end(open_page, address):
    page, question, _ = opened(open_page, address, CHOICE)
    question.locator("input[type=radio]").first.check()
    question.get_by_role("button").click()
    others = page.locator(".guesses li").filter(has_text="not predicted yet")
    assert others.count() == page.locator(".prediction").count() - 1
    assert others.locator("pre").count() == 0


@pytest.fixture
def open_without_scripts(browser, address):
    """A function that opens a page of the site in a browser that runs no script."""
    context = browser.new_context(java_script_enabled=False)

    def open_page(name: str):
        page = context.new_page()
        page.goto(address + name)
        return page

    yield open_page
    context.close()


@pytest.mark.parametrize("pattern", [CHOICE, FREE], ids=["choice", "free"])
def test_without_scripts_everything_stands_there(open_without_scripts, pattern):
    name, number = page_with(pattern)
    page = open_without_scripts(name)
    assert page.locator(f"#{number}-question").is_visible()
    assert page.locator(f"#{number}-answer .cell_output").is_visible()
    assert all(part.is_visible() for part in page.locator(".answer > :last-child").all())
    assert page.locator(".prediction :is(input, button):visible, .guess:visible").count() == 0


def test_without_scripts_a_solution_opens(open_without_scripts):
    name, number = page_with(SOLUTION)
    page = open_without_scripts(name)
    assert page.locator(f"#{number} > :last-child").is_hidden()
    page.locator(f"#{number} > summary").click()
    assert page.locator(f"#{number} > :last-child").is_visible()


def test_without_storage_a_guess_holds_as_long_as_the_page(open_page, address):
    name, number = page_with(FREE)
    page = open_page(f"{address}{name}?sandbox")
    assert page.evaluate("self.origin") == "null"
    page, question, parts = ready(page, number)
    question.get_by_label("Your guess").fill("3")
    page.keyboard.press("Enter")
    assert contents_shown(parts) == {True}
    page.get_by_role("switch").check()
    assert contents_shown(page.locator(".answer")) == {True}
    assert page.problems == []


def test_a_full_storage_stops_nothing(open_page, address):
    page, question, parts = opened(open_page, address, FREE)
    page.evaluate(
        "() => { Storage.prototype.setItem = () => { throw new DOMException('', 'QuotaExceededError'); }; }"
    )
    question.get_by_role("button").click()
    assert contents_shown(parts) == {True}
    assert page.problems == []


def test_predictions_work_from_a_file(open_page):
    name, number = page_with(CHOICE)
    page, question, parts = ready(open_page((SITE / name).as_uri()), number)
    assert contents_shown(parts) == {False}
    question.locator("input[type=radio]").first.check()
    question.get_by_role("button").click()
    assert contents_shown(parts) == {True}
    page.reload()
    _, _, parts = ready(page, number)
    assert contents_shown(parts) == {True}
    assert page.problems == []


def test_the_keyboard_alone_answers_and_goes_on_below(open_page, address):
    page, question, parts = opened(open_page, address, CHOICE)
    focused = "(e) => e === document.activeElement"
    choices = question.locator("input[type=radio]")
    choices.first.evaluate("(e) => { e.closest('fieldset').tabIndex = -1; e.closest('fieldset').focus(); }")
    for _ in range(5):  # links of the question may come first
        page.keyboard.press("Tab")
        if choices.first.evaluate(focused):
            break
    page.keyboard.press("Space")
    page.keyboard.press("ArrowDown")
    assert choices.nth(1).evaluate("(e) => e.checked")
    page.keyboard.press("Tab")
    assert question.get_by_role("button").evaluate(focused)
    page.keyboard.press("Enter")
    assert contents_shown(parts) == {True}
    guess = page.locator(f"#{question.get_attribute('id')}-answer > .guess")
    assert guess.evaluate(focused)
    assert guess.evaluate(
        "(e) => { const r = e.getBoundingClientRect(); return r.top > 0 && r.bottom < innerHeight; }"
    )
    page.keyboard.press("Tab")
    assert guess.evaluate("(e) => Boolean(e.compareDocumentPosition(document.activeElement) & 4)")


def test_on_paper_there_is_everything_and_nothing_to_press(open_page, address):
    page, question, _ = opened(open_page, address, CHOICE)
    page.emulate_media(media="print")
    assert contents_shown(page.locator(".answer")) == {True}
    assert contents_shown(page.locator("details.solution, details.cell-fold")) <= {True}
    assert page.locator(".prediction :is(input, button):visible, .guess:visible").count() == 0
    page.emulate_media(media="screen")
    question.locator("input[type=radio]").first.check()
    question.get_by_role("button").click()
    page.emulate_media(media="print")
    assert page.locator(".guess:visible").count() == 1
    assert page.locator(".guesses li").first.is_visible()
    assert page.locator(".guesses button").is_hidden()

    name, number = page_with(SOLUTION)
    page = open_page(address + name)
    page.emulate_media(media="print")
    assert page.locator(f"#{number} > :last-child").is_visible()


# The waiting part of a question is found by a link to an element in it, as by a link to a figure or a heading.
TARGET = """(part) => {
  part.lastElementChild.id = "somewhere";
  const link = document.createElement("a");
  link.href = "#somewhere";
  link.textContent = "there";
  document.querySelector("article h1").after(link);
}"""


def test_a_link_opens_what_waits_and_the_question_knows(open_page, address):
    page, question, parts = opened(open_page, address, CHOICE)
    parts.last.evaluate(TARGET)
    page.get_by_role("link", name="there", exact=True).click()
    page.wait_for_function("!document.getElementById('somewhere').closest('.answer').hidden")
    assert contents_shown(parts) == {True}
    question.get_by_role("button", name="Predict again").click()
    assert contents_shown(parts) == {False}


def test_a_page_opens_at_what_waits(open_page, address):
    name, number = page_with(CHOICE)
    page, _, parts = ready(open_page(f"{address}{name}#{number}-answer"), number)
    assert contents_shown(parts) == {True}
    page.wait_for_function(  # the way there is an animation
        "(e) => { const { top } = e.getBoundingClientRect(); return top >= 0 && top < innerHeight / 2; }",
        arg=page.locator(f"#{number}-answer").element_handle(),
    )


def test_a_link_opens_a_solution(open_page, address):
    name, number = page_with(SOLUTION)
    page = open_page(address + name)
    solution = page.locator(f"#{number}")
    assert not solution.evaluate("(e) => e.open")
    page.evaluate(f"location.hash = '{number}'")
    page.wait_for_function(f"document.getElementById('{number}').open")


@pytest.mark.parametrize("pattern", [CHOICE, SOLUTION], ids=["prediction", "solution"])
def test_a_match_of_the_search_is_opened(open_page, address, pattern):
    name, number = page_with(pattern)
    element = f"#{number}-answer pre, #{number}-answer ~ * p, .answer p:not(.guess), .answer pre"
    if pattern is SOLUTION:
        element = f"#{number} :is(p, pre)"
    page = open_page(address + name)
    section, word = page.evaluate(
        """(element) => {
          const before = new Set();
          for (const place of document.querySelectorAll(element)) {
            const section = place.closest("section");
            const walker = document.createTreeWalker(section, NodeFilter.SHOW_TEXT), seen = [];
            while (walker.nextNode() && !place.contains(walker.currentNode)) {
              seen.push(walker.currentNode.data.toLowerCase());
            }
            const texts = document.createTreeWalker(place, NodeFilter.SHOW_TEXT);
            while (texts.nextNode()) {
              for (const word of texts.currentNode.data.toLowerCase().match(/[a-z]{5,}/g) ?? []) {
                if (!seen.join(" ").includes(word)) return [section.id, word];
              }
            }
          }
        }""",
        element,
    )
    page.goto(f"{address}{name}?highlight={word}#{section}")
    page.locator(f"#{section} .highlighted").first.wait_for(state="attached")
    page.wait_for_function(
        f"([id]) => ({SHOWN})(document.getElementById(id).querySelector('.highlighted'))", arg=[section]
    )


def test_code_in_a_fold_can_be_copied(open_page, address):
    name, _ = page_with(PLOT)
    page = open_page(address + name, permissions=["clipboard-read", "clipboard-write"])
    page.locator("button.copybtn").first.wait_for(state="attached")
    if page.get_by_role("switch").count():
        page.get_by_role("switch").check()
    fold = page.locator("details.cell-fold").filter(has_text="Show the plotting code").first
    fold.locator("summary").click()
    fold.locator("div.highlight").hover()
    fold.locator("button.copybtn").click()
    page.wait_for_function("navigator.clipboard.readText()")
    assert page.evaluate("navigator.clipboard.readText()").split()[0] in fold.inner_text()


@pytest.mark.parametrize("width", [390, 1280])
@pytest.mark.parametrize("pattern", [CHOICE, FREE], ids=["choice", "free"])
def test_nothing_moves_when_a_page_comes_or_comes_again(open_page, address, pattern, width):
    page, question, parts = opened(open_page, address, pattern, width=width)
    place = "(e) => scrollTo({ top: e.getBoundingClientRect().top + scrollY - 100, behavior: 'instant' })"
    assert page.evaluate(SHIFTS) <= 0.01
    question.get_by_role("button").click()
    question.evaluate(place)
    page.reload()  # the browser returns to the place
    page, question, parts = ready(page, question.get_attribute("id"))
    assert page.evaluate(SHIFTS) <= 0.01
    assert contents_shown(parts) == {True}


def test_nothing_that_waits_is_drawn_before_the_script_comes(open_page, address):
    name, number = page_with(CHOICE)
    page = open_page("about:blank")
    page.route("**/book.js*", lambda route: route.abort())
    page.goto(address + name)
    assert contents_shown(page.locator(".answer")) == {False}
    assert page.locator(f"#{number} button").is_visible()


def answer(page, question):
    """Answer one question and pass the next."""
    field = question.locator("input:not(.outputs-switch)").last
    if field.get_attribute("type") == "radio":
        field.check()
    else:
        field.fill("12")
    question.get_by_role("button").click()
    for button in page.get_by_role("button", name=re.compile("Show what came out|결과 보기")).all()[:1]:
        button.click()


STATES = {
    "asked": lambda page, question: None,
    "answered": answer,
    "all shown": lambda page, question: page.get_by_role("switch").check(),
    "all open": lambda page, question: page.evaluate(
        "for (const fold of document.querySelectorAll('article details')) fold.open = true"
    ),
}


@pytest.mark.parametrize("state", STATES)
@pytest.mark.parametrize(
    ("pattern", "edition", "width"),
    [(CHOICE, "en", 1280), (FREE, "ko", 390)],
    ids=["choice, en", "free, ko, phone"],
)
def test_everyone_can_use_a_question_in_every_state(open_page, address, pattern, edition, width, state):
    settings = {"width": width, "color_scheme": "light", "reduced_motion": "reduce"}
    page, question, _ = opened(open_page, address, pattern, edition, **settings)
    STATES[state](page, question)
    assert violations(page) == []
    page.emulate_media(color_scheme="dark", reduced_motion="reduce")
    page.wait_for_selector("html[data-theme=dark]", state="attached")
    assert violations(page, COLOURS) == []
    assert page.evaluate("document.documentElement.scrollWidth") <= width
