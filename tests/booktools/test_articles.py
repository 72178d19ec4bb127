"""Pages without what only a screen can do, and the links between them."""

import shutil
from pathlib import Path

import lxml.html
import pytest

from booktools.articles import ArticleError, articles, text_of

PAGE = """<!doctype html><html><head><link rel="canonical" href="https://example.org/chapters/en/{name}.html"></head>
<body><nav class="bd-links"><a href="index.html">Home</a><p><span class="caption-text">Part</span></p>
<ul><li><a href="one.html">1. One</a></li><li><a href="two.html">2. Two</a></li></ul></nav>
<article class="bd-article"><section id="top"><h1>{name}<a class="headerlink" href="#top">#</a></h1>{body}</section>
</article></body></html>"""
ONE = """
<div class="explorer-embed"><svg><path d="M0 0"></path></svg><div class="explorer-controls"><p>x</p></div>
<p><a class="explorer-state" href="two.html#relu,x=1">try</a></p></div>
<p>See <a href="two.html#there">there</a>, <a href="two.html#nowhere">nowhere</a>, <a href="#top">above</a>,
<a href="../../_sources/one.ipynb">the notebook</a> and <a href="https://example.com/">the web</a>.</p>
<fieldset class="prediction"><p>Which?</p><ul><li><label><input type="radio"> <span>this</span></label></li></ul>
<p class="asked"><button>Show</button></p><p class="outputs-setting">Show all</p></fieldset>
<div class="cell"><div class="cell_input"><pre>print(1)</pre></div>
<div class="answer" hidden><p class="guess">Your guess</p><div class="cell_output"><pre>1</pre></div></div></div>
<div class="cell"><details class="cell-fold"><summary>Show the plotting code</summary>
<div class="cell_input"><pre>plot()</pre></div></details>
<div class="cell_output"><a class="figure-file" href="a.svg"><img src="a.svg" alt="A" loading="lazy"></a>
<script>1</script><div class="live"></div></div></div>
<div class="cell"><details class="cell-fold"><summary>Show the code</summary>
<div class="cell_input"><pre>x = 2</pre></div></details></div>
<div class="cell"><details class="cell-fold"><summary>Show the output</summary>
<div class="cell_output"><pre>2</pre></div></details></div>
<div class="cell"></div>
<section id="exercise-1"><h3>Exercise 1</h3><p>How?</p>
<details class="solution" id="solution-1"><summary>Solution</summary><p>So.</p></details></section>"""
TWO = """<section id="there"><h2>There</h2>
<p>It is <a href="one.html">one</a>, in <a href="one.html#solution-1">this</a>.</p></section>"""


@pytest.fixture
def site(tmp_path: Path) -> Path:
    folder = tmp_path / "chapters" / "en"
    folder.mkdir(parents=True)
    for name, body in (("index", "<p>Welcome</p>"), ("one", ONE), ("two", TWO)):
        (folder / f"{name}.html").write_text(PAGE.format(name=name, body=body), encoding="utf-8")
    return tmp_path


def hrefs(content: lxml.html.HtmlElement) -> list[str]:
    return content.xpath(".//a/@href")


def test_the_pages_come_in_the_order_of_the_book_with_their_parts(site):
    assert [(a.part, a.name, a.title) for a in articles(site, "en")] == [
        (None, "index", "index"),
        ("Part", "one", "one"),
        ("Part", "two", "two"),
    ]


def test_links_lead_to_other_articles_and_else_to_the_published_book(site):
    _, one, two = articles(site, "en")
    assert hrefs(one.content) == [
        *(
            "https://example.org/chapters/en/two.html#relu,x=1",  # the explorer is there alone
            "#two--there",
            "#two",
            "#one--top",
            "https://example.org/_sources/one.ipynb",
            "https://example.com/",
        ),
        "#one--solution-1",
    ]
    assert hrefs(two.content) == ["#one", "#one--solution-1"]


def test_where_the_book_is_not_published_a_link_to_no_page_is_text(site):
    page = site / "chapters" / "en" / "one.html"
    page.write_text(
        page.read_text(encoding="utf-8").replace('rel="canonical"', 'rel="other"'), encoding="utf-8"
    )
    one = articles(site, "en")[1]
    assert "../../_sources/one.ipynb" not in hrefs(one.content) and "the notebook" in text_of(one.content)
    assert hrefs(one.content)[0] == "#two"


def test_nothing_is_left_of_what_only_a_screen_can_do_and_nothing_stays_closed(site):
    one = articles(site, "en")[1]
    text = text_of(one.content)
    for gone in ("Show", "Your guess", "plot()", "#"):
        assert gone not in text
    for kept in ("Which? this", "print(1) 1", "x = 2", " 2 "):
        assert kept in text
    assert not one.content.xpath(
        ".//button | .//input | .//details | .//script | .//*[@hidden] | .//fieldset"
    )
    assert one.content.xpath(".//svg/path") and not one.content.xpath(".//*[@class='explorer-controls']")
    (image,) = one.content.xpath(".//img")
    assert image.get("src") == (site / "chapters" / "en" / "a.svg").as_uri() and image.get("loading") is None
    assert len(one.content.xpath(".//div[@class='cell']")) == 4


def test_solutions_stand_at_the_end_and_link_back(site):
    one, two = articles(site, "en")[1:]
    assert text_of(one.solutions) == "Exercise 1So." and "So." not in text_of(one.content)
    (link,) = one.content.xpath(".//p[@class='to-solution']")
    assert link.get("id") == "one--solution-1-link" and hrefs(link) == ["#one--solution-1"]
    (heading,) = one.solutions.xpath(".//h3[@id='one--solution-1']")
    assert hrefs(heading) == ["#one--solution-1-link"]
    assert two.solutions is None


def test_no_id_stands_twice(site):
    contents = [c for a in articles(site, "en") for c in (a.content, a.solutions) if c is not None]
    ids = [i for c in contents for i in c.xpath("descendant-or-self::*/@id")]
    assert len(set(ids)) == len(ids)


def test_a_site_that_is_not_there_and_one_without_chapters_are_named(site):
    with pytest.raises(ArticleError, match="make book"):
        articles(site, "ko")
    for page in (site / "chapters" / "en").glob("*.html"):
        page.write_text(page.read_text(encoding="utf-8").replace("caption-text", "other"), encoding="utf-8")
    with pytest.raises(ArticleError, match="no chapters"):
        articles(site, "en")


def test_a_page_without_an_article_is_named(site):
    shutil.copy(site / "chapters" / "en" / "one.html", site / "chapters" / "en" / "two.html")
    page = site / "chapters" / "en" / "two.html"
    page.write_text(page.read_text(encoding="utf-8").replace("<h1>", "<h2>"), encoding="utf-8")
    with pytest.raises(ArticleError, match=r"two\.html"):
        articles(site, "en")
