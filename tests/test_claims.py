"""The list of claims: each can be looked up, and its numbers are computed from the tables that it names."""

import re

import pytest

from booktools.notebook_format import ROOT
from relubook.claims import CLAIMS, Claim, report
from relubook.surveys import SURVEYS


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
    with pytest.raises(ValueError, match="unknown claim 'nobody'; known are backward-bug-shows"):
        report("nobody")


@pytest.mark.parametrize(("name", "surveys"), [("Two words", ("zeros",)), ("", ("zeros",)), ("fine", ())])
def test_a_claim_without_name_or_table_is_refused(name, surveys):
    with pytest.raises(ValueError, match=r"^(name|surveys) "):
        Claim(name=name, chapter="04-network-in-numpy", surveys=surveys, numbers=dict)
