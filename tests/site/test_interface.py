"""What readers do with a page: switch theme and language, search, open menus, with the keyboard alone or offline."""

import re

import pytest
from serving import SITE, pages

CHAPTER = "chapters/en/06-gradient-flow.html"


def focused(page) -> str:
    """Class, id and text of the element that has the focus."""
    return page.evaluate(
        "(() => { const e = document.activeElement; return `${e.className} ${e.id} ${e.textContent.trim()}`; })()"
    )


def tabs_to(page, what: str, most: int = 80) -> None:
    """Press Tab until an element has the focus."""
    for _ in range(most):
        page.keyboard.press("Tab")
        if what in focused(page):
            return
    raise AssertionError(f"{most} tabs do not reach {what}")


def test_the_keyboard_reaches_the_text_search_menus_language_and_theme(open_page, address):
    page = open_page(address + CHAPTER)
    page.keyboard.press("Tab")
    assert "Skip to main content" in focused(page)
    for what in ("search-button", "dropdown-toggle", "btn-language-button", "theme-switch-button"):
        tabs_to(page, what)
    theme = page.locator("html").get_attribute("data-mode")
    page.keyboard.press("Enter")
    assert page.locator("html").get_attribute("data-mode") != theme


def test_the_search_field_opens_and_searches_by_keyboard(open_page, address):
    page = open_page(address + CHAPTER)
    page.keyboard.press("Control+k")
    page.wait_for_selector("#search-input:focus")
    assert page.locator(".bd-search .search-button__kbd-shortcut:visible").count()
    page.keyboard.type("sparsity")
    assert not page.locator(".bd-search .search-button__kbd-shortcut:visible").count()
    page.keyboard.press("Enter")
    page.wait_for_url("**/search.html?q=sparsity*")


def test_the_launch_menu_opens_by_keyboard(open_page, address):
    page = open_page(address + CHAPTER)
    button = page.locator(".dropdown-launch-buttons > button")
    button.focus()
    page.keyboard.press("Enter")
    page.wait_for_selector(".dropdown-launch-buttons .dropdown-menu.show")
    page.keyboard.press("ArrowDown")
    assert "Binder" in focused(page)


def test_the_chosen_theme_holds_on_the_next_page(open_page, address):
    page = open_page(address + CHAPTER, color_scheme="light")
    for _ in range(3):
        if page.locator("html").get_attribute("data-theme") == "dark":
            break
        page.locator(".theme-switch-button").first.click()
    page.goto(address + "ko/chapters/ko/01-definition.html")
    assert page.locator("html").get_attribute("data-theme") == "dark"


def test_the_language_button_leads_there_and_back(open_page, address):
    page = open_page(address + CHAPTER)
    page.locator(".btn-language-button").click()
    page.wait_for_url("**/ko/chapters/ko/06-gradient-flow.html")
    page.locator(".btn-language-button").click()
    page.wait_for_url(f"**/{CHAPTER}")


@pytest.mark.parametrize("name", ["what-we-measured", "exercise-2"])
def test_the_other_language_opens_at_the_same_place(open_page, address, name):
    page = open_page(address + "chapters/en/05-cost.html")
    for folder in ("ko/chapters/ko", "chapters/en"):
        page.wait_for_selector("form[role=search]", state="attached")  # the scripts have run
        page.evaluate("(name) => document.getElementById(name).scrollIntoView({behavior: 'instant'})", name)
        page.locator(".btn-language-button").evaluate("(button) => button.click()")  # without scrolling to it
        page.wait_for_url(f"**/{folder}/05-cost.html#{name}")
        page.wait_for_function(
            "(name) => Math.abs(document.getElementById(name).getBoundingClientRect().top) < innerHeight / 3",
            arg=name,
        )


def test_the_other_language_keeps_the_address_of_the_explorer(open_page, address):
    page = open_page(address + "chapters/en/try-it.html#relu,elu;alpha=2,x=-0.5")
    page.wait_for_selector("form[role=search]", state="attached")
    page.locator(".btn-language-button").click()
    page.wait_for_url("**/ko/chapters/ko/try-it.html#relu,elu;alpha=2,x=-0.5")


def test_on_a_phone_the_menu_opens_and_closes(open_page, address):
    page = open_page(address + CHAPTER, width=390, height=844)
    page.locator(".primary-toggle").click()
    page.locator(".bd-sidebar-primary a", has_text="1. What is ReLU?").wait_for(state="visible")
    page.mouse.click(380, 400)
    page.locator(".bd-sidebar-primary a", has_text="1. What is ReLU?").wait_for(state="hidden")


def test_code_can_be_copied(open_page, address):
    page = open_page(address + CHAPTER, permissions=["clipboard-read", "clipboard-write"])
    page.locator("div.highlight").first.hover()
    page.locator("button.copybtn").first.click()
    assert "import" in page.evaluate("navigator.clipboard.readText()")


# What the focus changes: the outline or the shadow of the element that has it.
RING = """(() => {
  const e = document.activeElement, style = () => {
    const s = getComputedStyle(e);
    return [s.outlineStyle === "none" || !parseFloat(s.outlineWidth) ? "" : s.outline, s.boxShadow].join();
  };
  const focused = style();
  e.blur();
  const rested = style();
  e.focus({ focusVisible: true });
  return [e.outerHTML.slice(0, 100), focused !== rested];
})()"""


def test_the_focus_is_seen_wherever_the_keyboard_leads(open_page, address):
    page = open_page(address + CHAPTER, reduced_motion="reduce")
    unseen, seen = [], 0
    while True:
        page.keyboard.press("Tab")
        element, visible = page.evaluate(RING)
        if page.evaluate("document.activeElement.closest('article') !== null"):
            break
        seen += 1
        if not visible:
            unseen.append(element)
    assert unseen == []
    assert seen > 30

    page.locator(".dropdown-download-buttons > button").focus()
    page.keyboard.press("Enter")
    page.keyboard.press("ArrowDown")
    assert page.evaluate(RING)[1]


def test_on_a_phone_the_contents_make_room_for_what_they_lead_to(open_page, address):
    page = open_page(address + CHAPTER, width=390, height=844)
    page.locator(".secondary-toggle").click()
    page.locator(".bd-sidebar-secondary a", has_text="What we measured").click()
    page.locator(".bd-sidebar-secondary").wait_for(state="hidden")
    page.wait_for_url("**#what-we-measured")


CURRENT_IS_SEEN = """(() => {
  const bar = document.querySelector(".bd-sidebar-primary").getBoundingClientRect();
  const link = document.querySelector(".bd-links a.current").getBoundingClientRect();
  return link.top >= bar.top && link.bottom <= bar.bottom && link.bottom <= innerHeight;
})()"""


def test_on_a_phone_the_book_opens_at_the_current_chapter(open_page, address):
    page = open_page(address + "chapters/en/16-unbounded-outputs.html", width=390, height=844)
    page.locator(".primary-toggle").click()
    page.wait_for_function("document.activeElement.matches('.bd-links a.current')")
    page.wait_for_function(CURRENT_IS_SEEN)


def test_the_side_bar_shows_the_current_chapter_wherever_one_comes_from(open_page, address):
    page = open_page(address + "chapters/en/01-definition.html", height=500)
    for name in ("16-unbounded-outputs", "references", "02-numpy"):
        page.goto(f"{address}chapters/en/{name}.html")
        page.wait_for_selector("form[role=search]", state="attached")  # the scripts have run
        assert page.evaluate(CURRENT_IS_SEEN), name


def test_code_can_be_copied_by_touch(open_page, address):
    page = open_page(address + CHAPTER, width=390, height=844, has_touch=True, is_mobile=True)
    button = page.locator("button.copybtn").first
    button.wait_for(state="attached")
    page.wait_for_function("(e) => getComputedStyle(e).opacity === '1'", arg=button.element_handle())


@pytest.mark.parametrize("width", [390, 768, 1280])
def test_the_link_of_a_heading_adds_no_line_to_it(open_page, address, width):
    page = open_page(address + CHAPTER, width=width)
    heights = "[...document.querySelectorAll('article :is(h1, h2, h3)')].map((e) => e.offsetHeight)"
    with_links = page.evaluate(heights)
    page.add_style_tag(content=".headerlink { display: none }")
    assert page.evaluate(heights) == with_links


@pytest.mark.parametrize(
    "name", [CHAPTER, "chapters/en/index.html", "ko/chapters/ko/cheatsheet.html", "search.html?q=relu"]
)
def test_letters_of_double_size_fit_a_phone(open_page, address, name):
    page = open_page(address + name, width=390, height=844)
    if "search" in name:
        page.wait_for_selector("#search-results .context")
    page.add_style_tag(content="html { font-size: 200% }")
    page.wait_for_function("getComputedStyle(document.body).fontSize === '32px'")
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    cut = page.locator(".prev-next-area *").evaluate_all(
        "(all) => all.filter((e) => e.getBoundingClientRect().right > 390 || e.scrollWidth > e.offsetWidth + 1).length"
    )
    assert cut == 0
    toggle = page.locator(".secondary-toggle")
    if toggle.count():  # the last button of the bar is on the screen
        box = toggle.bounding_box()
        assert box["x"] + box["width"] <= 390


def test_the_dark_theme_prints_in_light_and_comes_back(open_page, address):
    page = open_page(address + CHAPTER, color_scheme="dark")
    page.evaluate(
        "addEventListener('beforeprint', () => { window.printed = document.documentElement.dataset.theme; })"
    )
    page.pdf()
    assert page.evaluate("window.printed") == "light"
    page.wait_for_selector("html[data-theme=dark]", state="attached")


def test_the_icons_are_drawn(open_page, address):
    page = open_page(address + CHAPTER)
    page.evaluate("document.fonts.ready")
    for selector in (".fa-rocket", ".fa-github", ".fa-bars", ".fa-magnifying-glass"):
        icon = page.locator(f"{selector}:visible").first
        family, content = icon.evaluate(
            "(e) => { const s = getComputedStyle(e, '::before'); return [s.fontFamily, s.content]; }"
        )
        assert family.startswith('"Font Awesome') and len(content) == 3
        assert icon.bounding_box()["width"] > 8
    assert page.evaluate("document.fonts.check('900 16px \"Font Awesome 6 Free\"')")


def test_formulas_have_their_fonts_and_text_for_screen_readers(open_page, address):
    page = open_page(address + CHAPTER)
    page.evaluate("document.fonts.ready")
    assert page.evaluate("document.fonts.check('16px KaTeX_Main')")
    assert page.locator(".katex").count() == page.locator(".katex math").count() > 10


@pytest.mark.parametrize("name", [CHAPTER, "ko/chapters/ko/06-gradient-flow.html"])
def test_a_page_works_from_a_file(open_page, name):
    page = open_page((SITE / name).as_uri())
    assert page.problems == []
    assert page.evaluate("document.fonts.check('16px KaTeX_Main')")
    mode = page.locator("html").get_attribute("data-mode")
    page.locator(".theme-switch-button").first.click()
    assert page.locator("html").get_attribute("data-mode") != mode
    assert page.evaluate(
        "[...document.styleSheets].every((sheet) => sheet.href === null || sheet.ownerNode.sheet)"
    )


@pytest.mark.parametrize("name", [CHAPTER, "chapters/en/try-it.html", "ko/search.html?q=ReLU"])
def test_a_page_without_storage_loses_nothing(open_page, address, name):
    # As in a sandboxed frame of another site, which recent browsers do not let a test embed from this machine.
    page = open_page(address + name + ("&" if "?" in name else "?") + "sandbox", color_scheme="dark")
    assert page.evaluate("self.origin") == "null"
    assert page.locator("html[data-theme=dark]").count()
    page.locator(".theme-switch-button").first.click()
    page.locator("html[data-mode=light], html[data-mode=dark]").wait_for()
    if "search" in name:
        page.locator("#search-results .context").first.wait_for()
    assert page.problems == []


def test_motion_is_reduced_where_it_is_asked_for(open_page, address):
    page = open_page(address + CHAPTER, reduced_motion="reduce")
    moving = page.evaluate(
        "[...document.querySelectorAll('*')].some((e) => parseFloat(getComputedStyle(e).transitionDuration) > 0)"
    )
    assert not moving


def test_a_wrong_address_leads_to_the_book(open_page, address):
    page = open_page(address + "chapters/en/no-such-page.html")
    page.get_by_role("link", name="Go to the first page of the book").click()
    page.wait_for_url(f"{address}chapters/en/index.html")


def test_the_root_leads_to_the_first_page(open_page, address):
    page = open_page(address)
    page.wait_for_url("**/chapters/en/index.html")


def glyphs_of_korean_fonts_and_dejavu() -> set[int]:
    """What a machine with DejaVu and any Korean font can draw."""
    from fontTools.ttLib import TTFont
    from matplotlib import get_data_path

    dejavu = TTFont(f"{get_data_path()}/fonts/ttf/DejaVuSans.ttf").getBestCmap()
    return set(dejavu) | set(range(0xAC00, 0xD7A4)) | {0x3001, 0x3002}


def test_every_character_has_a_glyph_on_a_plain_machine():
    drawable = glyphs_of_korean_fonts_and_dejavu()
    for name in pages():
        text = re.sub(
            r"<(script|style).*?</\1>", "", (SITE / name).read_text(encoding="utf-8"), flags=re.DOTALL
        )
        text = re.sub(
            r'<annotation.*?</annotation>|<span class="katex-html".*?(?=</p>|</div>)',
            "",
            text,
            flags=re.DOTALL,
        )
        missing = {char for char in text if ord(char) not in drawable and not char.isspace()}
        assert not missing, f"{name}: {missing}"
