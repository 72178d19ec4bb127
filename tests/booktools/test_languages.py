"""Where a page stands in the other language, and what the interface says in Korean."""

import pytest

from booktools.languages import KoreanMessages, addresses, relative_addresses


@pytest.mark.parametrize("language", ["en", "ko"])
def test_both_editions_name_the_same_pair_of_pages(language):
    assert addresses(f"chapters/{language}/05-cost", language) == {
        "en": "chapters/en/05-cost.html",
        "ko": "ko/chapters/ko/05-cost.html",
    }
    assert addresses("search", language) == {"en": "search.html", "ko": "ko/search.html"}


def test_a_page_leads_to_the_other_one_from_where_it_stands():
    assert relative_addresses("chapters/en/05-cost", "en")["ko"] == "../../ko/chapters/ko/05-cost.html"
    assert relative_addresses("chapters/ko/05-cost", "ko")["en"] == "../../../chapters/en/05-cost.html"
    assert relative_addresses("search", "en") == {"en": "./search.html", "ko": "./ko/search.html"}


def test_a_message_without_a_translation_stays_as_it_is():
    messages = KoreanMessages({"next page": "다음 페이지"})
    assert [messages.gettext(text) for text in ("next page", "Binder")] == ["다음 페이지", "Binder"]
