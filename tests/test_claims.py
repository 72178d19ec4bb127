"""The list of claims: each can be looked up, and its numbers are computed from the tables that it names."""

import re

import pytest

from booktools.editions import to_translate
from booktools.notebook_format import CHAPTERS, ROOT, read_notebook
from relubook.claims import CLAIMS, Claim, report
from relubook.surveys import SURVEYS

PAGES = {edition: read_notebook(CHAPTERS / edition / "claims.ipynb") for edition in ("en", "ko")}
NUMBER = re.compile(r"(?<![\w.])\d+(?:,\d{3})*(?:\.\d+)?(?:e[-+]?\d+)?")


def numbers(text: str) -> set[str]:
    """The numbers of a text, without signs; not those in links, code, formulas and years."""
    plain = re.sub(r"\[[^\]]*\]\([^)]*\)|`[^`]*`|\$[^$]*\$|\b20[12]\d\b", " ", text)
    return set(NUMBER.findall(plain.replace("−", "-")))


def settings(name: str) -> set[str]:
    """The numbers that the declarations of a claim's surveys name: what was run, not what came out."""
    surveys = [SURVEYS[survey] for survey in CLAIMS[name].surveys]
    parts = [part for s in surveys for part in (s.compared, s.crossed, s.varied, s.drawn)]
    values = [value for part in parts for axis in part.values() for value in axis]
    values += [value for s in surveys for value in s.base.values()]
    values += [len(seeds) for s in surveys for seeds in (s.seeds, s.draw_seeds)] + [s.draws for s in surveys]
    return {number for value in values for number in re.findall(r"\d+(?:\.\d+)?", str(value))}


@pytest.mark.parametrize("edition", PAGES)
def test_the_page_has_every_claim_in_the_order_of_the_list(edition):
    cells = PAGES[edition].cells[3:]
    names = [cell.id for cell in cells if cell.cell_type == "markdown"]
    assert names == list(CLAIMS), (
        f"chapters/{edition}/claims.ipynb: each claim has a Markdown cell with its name as id, and below it a cell with"
        f" report; write, or move, or delete {sorted(set(names) ^ set(CLAIMS)) or 'what is out of order'}"
    )
    assert [cell.source for cell in cells if cell.cell_type == "code"] == [f'report("{n}")' for n in CLAIMS]


@pytest.mark.parametrize("edition", PAGES)
@pytest.mark.parametrize("name", CLAIMS)
def test_every_number_of_a_claim_is_computed_from_its_tables(edition, name):
    cell = next(cell for cell in PAGES[edition].cells if cell.id == name)
    if name in to_translate(CHAPTERS / edition / "claims.ipynb"):
        pytest.skip(f"the Korean text of {name} is not there yet; `booktools.editions --check` asks for it")
    assert f"]({CLAIMS[name].chapter}.ipynb" in cell.source, "the claim links to its chapter"
    printed = " ".join(f"{said}: {value}" for said, value in CLAIMS[name].numbers().items())
    known = numbers(printed)
    missing = sorted(numbers(cell.source) - known - settings(name) - {"0"})
    assert not missing, (
        f"chapters/{edition}/claims.ipynb, cell {name}: states {missing}, which the tables do not give; `report` prints"
        f" {sorted(known)}"
    )


@pytest.mark.parametrize("edition", PAGES)
def test_the_front_page_shows_ten_claims_with_their_numbers(edition):
    page = CHAPTERS / edition / "index.md"
    if to_translate(page):
        pytest.skip(f"{page.name} is not translated; `booktools.editions --check` asks for it")
    headings = {cell.source.partition("\n")[0].removeprefix("## "): cell.id for cell in PAGES[edition].cells}
    rows = re.findall(r"^\| \[(.+?)\]\(claims.ipynb#.+?\) \| (.+) \|$", page.read_text("utf-8"), re.MULTILINE)
    assert len({heading for heading, _ in rows}) == 10
    for heading, said in rows:
        name = headings[heading]
        printed = " ".join(f"{line}: {value}" for line, value in CLAIMS[name].numbers().items())
        missing = numbers(said) - numbers(printed) - settings(name)
        assert not missing, f"chapters/{edition}/index.md states {missing}, which {name} does not give"


@pytest.mark.parametrize("edition", PAGES)
def test_advantages_and_drawbacks_have_the_numbers_of_the_claims_they_name(edition):
    page = CHAPTERS / edition / "advantages-and-drawbacks.md"
    if to_translate(page):
        pytest.skip(f"{page.name} is not translated; `booktools.editions --check` asks for it")
    headings = {cell.source.partition("\n")[0].removeprefix("## "): cell.id for cell in PAGES[edition].cells}
    sections = page.read_text("utf-8").partition("\n<!--")[0].split("\n### ")[1:]
    assert len(sections) == 12
    for section in sections:
        title, _, text = section.partition("\n")
        names = [headings[heading] for heading in re.findall(r"\[([^\]]+)\]\(claims.ipynb#", text)]
        assert names and re.search(r"\]\(\d\d-.+?\.ipynb\)", text), (
            f"{title}: links to no claim, or to no chapter"
        )
        known = set().union(*(settings(name) for name in names))
        known |= numbers(" ".join(f"{s}: {v}" for name in names for s, v in CLAIMS[name].numbers().items()))
        missing = numbers(text) - known - {"0", "1"}
        assert not missing, f"{page.name}, {title}: states {sorted(missing)}, which {names} do not give"


@pytest.mark.parametrize("name", CLAIMS)
def test_a_claim_leads_to_its_chapter_and_tables(name):
    claim = CLAIMS[name]
    assert (ROOT / "chapters" / "en" / f"{claim.chapter}.ipynb").exists()
    assert set(claim.surveys) <= set(SURVEYS)


@pytest.mark.parametrize("name", CLAIMS)
def test_the_numbers_come_from_the_tables_that_the_claim_names(name, monkeypatch):
    """And from no other: `surveys` lists what is read."""
    from relubook.surveys import survey

    asked = set()
    original = survey._parts
    monkeypatch.setattr(survey, "_parts", lambda path: asked.add(path.stem) or original(path))
    numbers = CLAIMS[name].numbers()
    assert asked == set(CLAIMS[name].surveys)
    assert numbers and all(re.search(r"\d", value) for value in numbers.values())


def test_a_wrong_name_is_answered_with_the_right_ones():
    with pytest.raises(
        ValueError, match="unknown claim 'nobody'; known are a-bend-is-nonlinear-enough, depth-makes"
    ):
        report("nobody")


@pytest.mark.parametrize(("name", "surveys"), [("Two words", ("zeros",)), ("", ("zeros",)), ("fine", ())])
def test_a_claim_without_name_or_table_is_refused(name, surveys):
    with pytest.raises(ValueError, match=r"^(name|surveys) "):
        Claim(name=name, chapter="04-network-in-numpy", surveys=surveys, numbers=dict)
