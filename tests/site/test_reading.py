"""How a page reads: on a phone, in large letters, on paper, without scripts; its lines, its tables, its focus."""

import base64
import io
import re

import pytest
from accessibility import violations
from fontTools.ttLib import TTFont
from lxml import html
from serving import SHOW_ALL, SITE, pages

from booktools.build import BUILD, raw_pages

ENGLISH, KOREAN = "chapters/en/", "ko/chapters/ko/"
CHAPTERS = [
    f"{folder}{name}.html"
    for folder in (ENGLISH, KOREAN)
    for name in ("05-cost", "14-dying-relu", "20-superposition")
]
WITH_TABLES = [
    f"{folder}{name}.html"
    for folder in (ENGLISH, KOREAN)
    for name in ("index", "11-keras", "21-choosing", "cheatsheet", "try-it")
]
both = pytest.mark.parametrize("name", CHAPTERS)
LOADED = "form[role=search]"  # the last script adds the role


def test_names_punctuation_and_blanks_have_the_colour_of_code_in_the_theme():
    css = (raw_pages(BUILD, "en") / "_static" / "pygments.css").read_text(encoding="utf-8")
    for theme in ("light", "dark"):
        rules = re.findall(rf'html\[data-theme="{theme}"\] \.highlight( \.[npw])? \{{(.*?)\}}', css)
        looks = {re.sub(r"background: *#\w+;", "", rule).strip() for _, rule in rules}
        assert len(rules) == 4 and len(looks) == 1, (
            "these have a look of their own now: see IN_THE_COLOUR_OF_CODE in booktools/typesetting.py"
        )


@pytest.fixture
def open_read(open_page, address):
    """A function that opens a page whose scripts have run, all outputs shown."""

    def open_read(name: str, **settings):
        page = open_page(address + name, reduced_motion="reduce", **settings)
        page.evaluate(SHOW_ALL)
        page.reload()
        page.wait_for_selector(LOADED, state="attached")
        page.evaluate("document.fonts.ready")
        return page

    return open_read


# --- tables -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", WITH_TABLES)
def test_on_a_phone_a_table_is_a_list_of_cards_that_say_their_columns(open_read, name):
    page = open_read(name, width=390, height=844)
    tables = page.locator("article table").evaluate_all("""(tables) => tables.map((table) => {
        const heads = [...table.tHead.rows[0].cells].map((cell) => cell.textContent.trim());
        const label = (cell) => getComputedStyle(cell, "::before").content.replace(/^"|"$/g, "");
        const rows = [...table.tBodies[0].rows].map((row) => [...row.cells].map(label));
        return [heads, rows, table.parentElement.scrollWidth - table.parentElement.clientWidth];
    })""")
    assert tables
    for heads, rows, hidden in tables:
        assert hidden <= 0
        said = (
            ["none", *heads[1:]] if len(heads) > 2 else ["none", "none"]
        )  # what is in two columns explains itself
        assert all(row == said for row in rows)


def test_on_a_wide_screen_a_table_is_a_table(open_read):
    page = open_read(WITH_TABLES[0])
    assert page.locator("article thead").first.is_visible()
    row = page.locator("article tbody tr").first
    tops = row.locator("td").evaluate_all("(cells) => cells.map((cell) => cell.getBoundingClientRect().top)")
    assert len(set(tops)) == 1


@both
def test_columns_of_an_output_keep_their_lines_and_the_keyboard_reaches_what_is_hidden(open_read, name):
    page = open_read(name, width=390, height=844)
    page.wait_for_function("document.querySelector('.columns[tabindex=\"0\"]')")
    boxes = page.locator("article .columns:visible").evaluate_all("""(boxes) => boxes.map((box) => {
        const line = box.querySelector(".code-line"), wide = box.scrollWidth > box.clientWidth;
        const {fontSize, lineHeight} = getComputedStyle(box);
        return [wide, box.tabIndex, box.getAttribute("role"), box.getAttribute("aria-label"), parseFloat(fontSize),
          line.offsetHeight / parseFloat(lineHeight)];
    })""")
    assert any(box[0] for box in boxes)
    label = "출력" if name.startswith(KOREAN) else "Output"
    for wide, tab, role, said, size, lines in boxes:
        assert size >= 11 and lines < 1.5
        if wide:
            assert (tab, role, said) == (0, "group", label)
        else:
            assert role is None


# --- lines ------------------------------------------------------------------------------------------------------------

# Where a formula or code and what stands at it, without a space, are in two lines.
TORN = r"""[...document.querySelectorAll("article :is(span.math, code.literal)")].flatMap((part) => {
  const boxes = [...(part.querySelector(".katex-html") ?? part).getClientRects()];
  if (!part.checkVisibility() || !boxes.length) return [];
  const beside = (side) => {
    let node = part;
    while (!node[side] && getComputedStyle(node.parentElement).display === "inline") node = node.parentElement;
    return node[side]?.nodeType === Node.TEXT_NODE ? node[side] : null;
  };
  const box = (text, place) => {
    const range = document.createRange();
    range.setStart(text, place);
    range.setEnd(text, place + 1);
    return range.getBoundingClientRect();
  };
  const next = beside("nextSibling"), last = beside("previousSibling"), torn = [];
  if (next && /^[^\s\u2013\u2014-]/.test(next.data) && box(next, 0).top >= boxes.at(-1).bottom - 2) {
    torn.push(next.data);
  }
  if (last && /[(\[“‘]$/.test(last.data) && box(last, last.length - 1).bottom <= boxes[0].top + 2) {
    torn.push(last.data);
  }
  return torn;
})"""


@pytest.mark.parametrize("width", [390, 1280])
@both
def test_no_line_begins_with_what_belongs_to_a_formula_or_code(open_read, name, width):
    page = open_read(name, width=width)
    assert page.locator("article span.math").count() > 3
    assert page.evaluate(TORN) == []


@pytest.mark.parametrize("name", [f"{ENGLISH}claims.html", f"{KOREAN}claims.html"])
def test_a_number_has_its_minus_sign_and_its_spread_on_one_line(name):
    text = " ".join(
        paragraph.text_content() for paragraph in html.parse(str(SITE / name)).xpath("//article//p")
    )
    assert len(re.findall(r"\d\u00a0±\u00a0\d", text)) > 100 and not re.search(r"\d ± \d", text)
    assert len(re.findall(r"\u2212\d", text)) > 20 and not re.search(r"(?<![\w.)\]-])-\d", text)


@both
def test_a_line_has_about_seventy_characters(open_read, name):
    page = open_read(name, width=1500)
    most = page.locator("article section > p").evaluate_all("""(texts) => {
      const pen = document.createElement("canvas").getContext("2d"), letters = texts.map((p) => p.textContent).join("");
      pen.font = getComputedStyle(texts[0]).font;
      return Math.max(...texts.map((p) => p.clientWidth)) / (pen.measureText(letters).width / letters.length);
    }""")
    assert (35 if name.startswith(KOREAN) else 60) < most < 80


@both
def test_what_is_said_of_a_figure_stands_beside_it_where_there_is_room(open_read, name):
    page = open_read(name, width=1500)
    beside = """(captions) => captions.filter((caption) => caption.checkVisibility()).map((caption) => {
      const parts = [...caption.parentElement.children].filter((part) => part !== caption && part.checkVisibility());
      return caption.getBoundingClientRect().left - parts[0].getBoundingClientRect().right;
    })"""
    captions = page.locator("article figcaption")
    assert captions.count() and min(captions.evaluate_all(beside)) >= 0
    page.set_viewport_size({"width": 390, "height": 844})
    assert max(captions.evaluate_all(beside)) < 0


@both
def test_what_a_chapter_asks_for_and_gives_is_in_one_box_below_the_first_words(open_read, name):
    page = open_read(name)
    (box,) = page.locator("article .opening").all()
    assert box.locator("ul").count() == 3
    assert box.bounding_box()["y"] < 700 and box.bounding_box()["height"] < 500


@both
def test_formulas_are_as_large_as_the_text(open_read, name):
    page = open_read(name)
    sizes = page.locator("article p > .math .katex, article p .joined .katex").evaluate_all(
        "(all) => all.map((e) => [e, e.closest('p')].map((one) => parseFloat(getComputedStyle(one).fontSize)))"
    )
    assert sizes and all(1 <= formula / text <= 1.1 for formula, text in sizes)


def test_the_fonts_of_formulas_have_every_letter_of_every_page():
    drawn = {
        ord(letter)
        for name in pages()
        for formula in html.parse(str(SITE / name)).xpath("//*[@class='katex-html']")
        for letter in formula.text_content()
    }
    whole = SITE.parents[1] / "code/booktools/static/katex/fonts"
    assert len(drawn) > 80
    for edition in (SITE, SITE / "ko"):
        files = sorted((edition / "_static/katex/fonts").iterdir())
        fonts = {file.name: file.read_bytes() for file in files}
        css = (edition / "_static/book.css").read_text(encoding="utf-8")
        within = dict(
            re.findall(r'font-family:(KaTeX_Ma\w+);[^}]*?url\("data:font/woff2;base64,([^"]+)"', css)
        )
        fonts |= {
            f"{family}-{style}.woff2": base64.b64decode(within.pop(family))
            for family, style in (("KaTeX_Main", "Regular"), ("KaTeX_Math", "Italic"))
        }
        assert files and not within
        for name, font in fonts.items():
            needed = set(TTFont(whole / name).getBestCmap()) & drawn
            assert needed <= set(TTFont(io.BytesIO(font)).getBestCmap())
            assert len(font) < 10_000


# --- figures ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize(("width", "height"), [(1280, 720), (1920, 1080), (390, 844)])
def test_a_figure_in_its_window_fits_the_screen_or_is_moved_on_a_phone_and_escape_closes_it(
    open_read, width, height, scheme
):
    page = open_read(f"{ENGLISH}14-dying-relu.html", width=width, height=height, color_scheme=scheme)
    page.locator("#fig-one-unit-dies a.figure-file img").click()
    image = page.locator("dialog.figure-window img")
    box = image.bounding_box()
    if width > 390:
        assert box["x"] >= 0 and box["x"] + box["width"] <= width and box["y"] + box["height"] <= height
        assert box["width"] > 0.8 * width or box["height"] > 0.8 * height
    else:
        assert box["width"] > 700
    assert violations(page) == []
    page.keyboard.press("Escape")
    page.locator("dialog.figure-window").wait_for(state="detached")


# --- narrow, large ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("width", "size"), [(390, "200%"), (320, "100%")])
@pytest.mark.parametrize(
    "name",
    [*CHAPTERS, *WITH_TABLES, f"{KOREAN}16-unbounded-outputs.html", f"{ENGLISH}12-pytorch.html"],
)
def test_nothing_but_wide_boxes_moves_sideways(open_read, name, width, size):
    page = open_read(name, width=width, height=844)
    page.add_style_tag(content=f"html {{ font-size: {size} }}")
    page.wait_for_function(
        "(size) => getComputedStyle(document.documentElement).fontSize === size",
        arg=f"{16 * int(size[:-1]) // 100}px",
    )
    assert page.evaluate("document.documentElement.scrollWidth") <= width


@both
def test_the_code_of_figures_is_folded_and_fits_a_phone_when_opened(open_read, name):
    page = open_read(name, width=390, height=844)
    folds = page.locator("article details.cell-fold")
    assert folds.count() and not any(folds.evaluate_all("(all) => all.map((fold) => fold.open)"))
    assert folds.first.locator("summary").inner_text() == (
        "그림 코드 보기" if name.startswith(KOREAN) else "Show the plotting code"
    )
    folds.evaluate_all("(all) => all.forEach((fold) => { fold.open = true; })")
    assert folds.locator("pre").evaluate_all(
        "(all) => all.every((pre) => pre.scrollWidth <= pre.clientWidth)"
    )
    assert page.evaluate("document.documentElement.scrollWidth") <= 390


# --- paper ------------------------------------------------------------------------------------------------------------

PAPER = 718  # pixels between the margins of A4
CUT = """[...document.querySelectorAll("article :is(pre, img, svg, table, figure, .katex-display)")]
  .filter((e) => e.checkVisibility() && !e.closest("span.math"))
  .filter((e) => e.getBoundingClientRect().right > innerWidth + 1 || e.scrollWidth > e.offsetWidth + 1)
  .map((e) => e.outerHTML.slice(0, 100))"""


@pytest.mark.parametrize("name", [*CHAPTERS, *WITH_TABLES])
def test_on_paper_nothing_is_cut_and_everything_open(open_page, address, name):
    page = open_page(address + name, width=PAPER, height=1000)
    page.wait_for_selector(LOADED, state="attached")
    page.emulate_media(media="print")
    assert page.evaluate(CUT) == []
    seen = "(all) => all.every((e) => e.lastElementChild.checkVisibility({contentVisibilityAuto: true}))"
    assert page.locator("article :is(details, .answer)").evaluate_all(seen)
    assert page.locator("h1:visible").count() == 1
    sizes = page.locator(".columns").evaluate_all(
        "(all) => all.map((e) => parseFloat(getComputedStyle(e).fontSize))"
    )
    assert all(size >= 8 for size in sizes)


# --- without scripts --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("name", [*CHAPTERS[:3], f"{KOREAN}index.html", f"{ENGLISH}try-it.html"])
def test_without_scripts_a_page_can_be_read_in_the_colours_of_the_system(browser, address, name, scheme):
    context = browser.new_context(color_scheme=scheme, java_script_enabled=False)
    page = context.new_page()
    page.goto(address + name)
    red = page.eval_on_selector("body", "(e) => parseInt(getComputedStyle(e).backgroundColor.slice(4))")
    assert red > 250 if scheme == "light" else red < 30
    assert page.locator("article :is(input, button, select):visible").count() == 0
    figures = page.locator("article figure:has(img)")
    assert all(figure.locator("img").first.is_visible() for figure in figures.all())
    context.close()


# --- focus ------------------------------------------------------------------------------------------------------------

UNSEEN = """[...document.querySelectorAll("article :is(a[href], button, input, select, summary, [tabindex='0'])")]
  .filter((e) => e.checkVisibility({ visibilityProperty: true }) && !e.disabled).filter((e) => {
    const look = () => {
      const s = getComputedStyle(e);
      return [s.outlineStyle === "none" || !parseFloat(s.outlineWidth) ? "" : s.outline, s.boxShadow].join();
    };
    e.blur();
    const rested = look();
    e.focus({ focusVisible: true, preventScroll: true });
    return look() === rested;
  }).map((e) => e.outerHTML.slice(0, 100))"""


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("name", [CHAPTERS[0]])
def test_the_focus_is_seen_everywhere_in_the_text(open_page, address, name, scheme):
    page = open_page(address + name, color_scheme=scheme, reduced_motion="reduce", width=390)
    page.wait_for_selector(LOADED, state="attached")
    assert page.locator("article a[href]").count() > 5
    assert page.evaluate(UNSEEN) == []
