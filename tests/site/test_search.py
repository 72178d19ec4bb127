"""Search finds the section that a reader wants, in both languages: by subject, words, code, or another name."""

import json
import re
from pathlib import Path

import pytest
from serving import SITE

from booktools.notebook_format import CHAPTERS, read_notebook

# What readers type, and the pages that answer it.
QUERIES = json.loads(Path(__file__).with_name("search_queries.json").read_text(encoding="utf-8"))
FOLDERS = {"en": "", "ko": "ko/"}

ANSWERS = """
(queries) => {
  const field = document.querySelector(".bd-search-container [name=q]");
  return queries.map((query) => {
    field.value = query;
    field.dispatchEvent(new Event("input"));
    return [...document.querySelectorAll("#search-results ol.search > li")]
      .map((page) => page.querySelector("a").pathname.match(/([^/]+)\\.html$/)[1]);
  });
}
"""


def open_search(open_page, address: str, edition: str, query: str = "", **settings):
    """The search page of an edition, when it has listed what it found; the index comes with the first query."""
    page = open_page(f"{address}{FOLDERS[edition]}search.html?q={query or 'relu'}", **settings)
    page.wait_for_selector("#search-results p.search-summary", state="attached")
    return page


def found(page, query: str) -> list[str]:
    """The pages that the search lists, best first."""
    return page.evaluate(ANSWERS, [query])[0]


def containing(word: str, edition: str) -> set[str]:
    """The pages whose source has a word, in prose or code."""
    names = set()
    for path in sorted((CHAPTERS / edition).iterdir()):
        if path.suffix == ".ipynb":
            text = "\n".join(
                cell.source for cell in read_notebook(path).cells if cell.cell_type == "markdown"
            )
        elif path.suffix == ".md":
            text = path.read_text(encoding="utf-8")
        else:
            continue
        whole = rf"\b{word}\b" if word.isascii() else word  # Korean words carry particles
        if re.search(whole, re.sub(r"\]\([^)]*\)", "]", text), re.IGNORECASE | re.ASCII):
            names.add(path.stem)
    return names


@pytest.mark.parametrize("edition", FOLDERS)
def test_the_page_that_answers_a_query_comes_first_or_nearly(open_page, address, edition):
    page = open_search(open_page, address, edition)
    queries = QUERIES[edition]
    answers = dict(zip(queries, page.evaluate(ANSWERS, list(queries)), strict=True))
    wanted = {query: set(pages.split()) for query, pages in queries.items()}
    late = {q: pages[:4] for q, pages in answers.items() if not wanted[q] & set(pages[:3])}
    hint = "enter the subject in code/booktools/search_subjects.json, or a synonym in code/booktools/search_words.py"
    assert not late, f"not among the first three: {late}; {hint}"
    second = {q: pages[:2] for q, pages in answers.items() if pages[0] not in wanted[q]}
    assert len(second) <= 0.1 * len(queries), f"not first: {second}; {hint}"
    assert page.problems == []


@pytest.mark.parametrize(
    ("edition", "word"),
    [
        *(("ko", word) for word in ("함수", "기울기", "죽은", "가중치", "정규화", "희소성", "배치 정규화")),
        *(("en", word) for word in ("gradient", "sparsity", "ReLU")),
    ],
)
def test_a_word_is_found_on_all_pages_that_contain_it(open_page, address, edition, word):
    page = open_search(open_page, address, edition)
    assert len(containing(word, edition)) > 3
    assert containing(word, edition) <= set(found(page, word))


@pytest.mark.parametrize(
    ("query", "other"),
    [
        ("함수는", "함수"),
        ("기울기가", "기울기"),
        ("가중치에서", "가중치"),
        ("ReLU는", "ReLU"),
        ("활성화함수를", "활성화 함수"),
        ("리키렐루", "Leaky ReLU"),
        ("스위시", "SiLU"),
        ("카이밍 초기화", "He 초기화"),
        ("ReLU란", "ReLU"),
        ("SwiGLU가 뭔가요", "SwiGLU"),
        ("기울기 소실 문제를 해결하는 방법", "기울기 소실 해결"),
    ],
)
def test_particles_spaces_and_synonyms_change_nothing(open_page, address, query, other):
    page = open_search(open_page, address, "ko")
    assert found(page, query)[0] == found(page, other)[0]


@pytest.mark.parametrize(
    ("edition", "query", "page"),
    [
        ("en", "vanising gradient", "06-gradient-flow"),
        ("en", "backpropogation", "04-network-in-numpy"),
        ("en", "superpostion", "20-superposition"),
        ("ko", "kaming 초기화", "06-gradient-flow"),
        ("en", "why do relus die", "14-dying-relu"),
        ("ko", "렐루가 왜 죽나요?", "14-dying-relu"),
        ("ko", "소프트멕스", "12-pytorch"),
        ("ko", "양자회", "16-unbounded-outputs"),
        ("ko", "ㅎ디ㅕ", "10-smooth-relatives"),  # gelu, on a Korean keyboard
        ("ko", "케라스 ㄱ디ㅕ", "11-keras"),
    ],
)
def test_a_slip_of_the_pen_is_forgiven(open_page, address, edition, query, page):
    assert found(open_search(open_page, address, edition), query)[0] == page


@pytest.mark.parametrize(
    ("query", "page"),
    [("np.where(x > 0, x, 0)", "02-numpy 05-cost"), ("tf.nn.relu6", "11-keras 16-unbounded-outputs")],
)
def test_code_is_found_as_it_is_written_and_by_the_name_at_its_end(open_page, address, query, page):
    assert found(open_search(open_page, address, "en"), query)[0] in page.split()


@pytest.mark.parametrize(
    ("edition", "query"), [("ko", "하마"), ("en", "zebra"), ("en", "hasOwnProperty"), ("ko", "__proto__")]
)
def test_a_word_that_is_nowhere_finds_nothing(open_page, address, edition, query):
    page = open_search(open_page, address, edition)
    assert found(page, query) == []
    assert page.locator("#search-results p.search-summary").text_content()
    assert page.problems == []


@pytest.mark.parametrize(("edition", "query"), [("en", "relu vs"), ("ko", "기울ㄱ")])
def test_a_query_that_is_not_complete_finds_what_it_has(open_page, address, edition, query):
    assert found(open_search(open_page, address, edition), query)


def test_a_result_shows_its_words_in_the_text_of_the_section(open_page, address):
    page = open_search(open_page, address, "en", "branch predictor")
    context = page.locator("#search-results .context").first
    assert context.locator(".highlighted").all_text_contents()[0].lower().startswith("branch")
    assert not re.search("Binder|Colab|\\.ipynb|copy", context.text_content())


@pytest.mark.parametrize(
    ("edition", "query", "word"),
    [("en", "np.where", "np.where"), ("ko", "보편 근사", "보편"), ("en", "solution", "solution")],
)
@pytest.mark.parametrize("width", [1280, 390])
def test_a_result_opens_at_its_match_and_back_returns_to_its_place(
    open_page, address, edition, query, word, width
):
    page = open_search(open_page, address, edition, query, width=width, height=500)
    link = page.locator("#search-results a[href*='highlight'][href*='#']").last
    link.scroll_into_view_if_needed()
    before = page.evaluate("scrollY")
    link.click()
    page.wait_for_selector("form[role=search]", state="attached")  # the scripts have run
    section = page.evaluate("decodeURIComponent(location.hash.slice(1))")
    mark = page.locator(f"[id='{section}'] .highlighted").first
    mark.wait_for()
    marked = mark.text_content().lower()
    assert word in marked or marked in word or marked in query.lower()
    page.wait_for_function(  # the page goes there once the word is marked
        "(e) => { const { top } = e.getBoundingClientRect(); return 0 <= top && top <= 500; }",
        arg=mark.element_handle(),
    )
    page.go_back()
    page.wait_for_selector("#search-results ol.search", state="attached")
    page.wait_for_function("(y) => Math.abs(scrollY - y) < 100", arg=before)


def test_an_excerpt_does_not_end_at_a_name(open_page, address):
    page = open_search(open_page, address, "en", "He initialisation Kaiming")
    shown = page.locator("#search-results .context").all_text_contents()
    assert len(shown) > 5 and not [text for text in shown if text.endswith("et al.")]


def test_enter_changes_nothing_and_back_leaves_the_search(open_page, address):
    page = open_page(f"{address}chapters/en/index.html")
    page.goto(f"{address}search.html?q=relu")
    page.wait_for_selector("#search-results p.search-summary", state="attached")
    field = page.locator(".bd-search-container [name=q]")
    for word in ("softplus", "mish"):
        field.fill(word)
        page.wait_for_url(f"**/search.html?q={word}")
        field.press("Enter")
    assert "10-smooth-relatives" in page.locator("#search-results a").first.get_attribute("href")
    assert page.url.endswith("?q=mish")
    page.go_back()
    page.wait_for_url("**/index.html")


def test_the_index_comes_with_the_first_word(open_page, address):
    page = open_page(address + "search.html")
    page.wait_for_selector("form[role=search]", state="attached")  # the scripts have run
    page.wait_for_function("typeof bookSearch === 'function'")
    assert not [url for url in page.requests if "search-data" in url]
    page.locator(".bd-search-container [name=q]").press_sequentially("dying")
    page.wait_for_selector("#search-results ol.search")
    assert "14-dying-relu" in page.locator("#search-results a").first.get_attribute("href")
    assert len([url for url in page.requests if "search-data" in url]) == 1


def test_search_works_from_a_file(open_page):
    page = open_page((SITE / "ko" / "search.html").as_uri() + "?q=함수")
    page.wait_for_selector("#search-results ol.search")
    assert len(found(page, "함수")) > 15
    assert page.problems == []
