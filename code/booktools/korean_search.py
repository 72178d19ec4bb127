"""Sphinx extension: search in Korean, which Sphinx does not have.

A Korean word carries its particle (함수는, 함수를, 함수에서) and compounds are written together or apart. So the index
holds, for each run of Hangul, the run and its parts of two or more syllables; and a query loses its particle.
"""

import re
from typing import Any

from sphinx.search import SearchLanguage

HANGUL_OR_OTHER = re.compile(r"[가-힣]+|[^\W가-힣]+")
LONGEST_PART = 3  # syllables; searchtools.js finds longer parts itself, as parts of indexed words

# Longer ones first: the first that fits is taken off.
PARTICLES = [
    *("에서는", "으로는", "이라는", "에서", "에게", "에는", "으로", "까지"),
    *("부터", "처럼", "보다", "마다", "이나"),
    *"은는이가을를의에와과로도만",
]
NO_PARTICLE = ("정확도", "난이도", "전문가")  # nouns whose last syllable looks like one

SPLIT_QUERY = """
function splitQuery(query) {
  const ends = /[^\\p{Letter}\\p{Number}_]+|(?<=[가-힣])(?=[^가-힣])|(?<=[^가-힣])(?=[가-힣])/u;
  const words = query.split(ends).filter((word) => word);
  const telling = words.filter((word) => word.length > 1 || !/[가-힣]/.test(word));
  return telling.length ? telling : words;  // of ReLU는, ReLU
}
"""
STEMMER = """
class Stemmer {
  stemWord(word) {
    if (%(kept)s.includes(word)) return word;
    const particle = %(particles)s.find((end) => word.endsWith(end) && word.length >= end.length + 2);
    return particle && /[가-힣]/.test(word) ? word.slice(0, -particle.length) : word;
  }
}
"""


class SearchKorean(SearchLanguage):
    """Korean for Sphinx's search: words of the index, and what the page does with a query."""

    lang = "ko"
    language_name = "Korean"
    js_splitter_code = SPLIT_QUERY
    js_stemmer_code = STEMMER % {"kept": list(NO_PARTICLE), "particles": PARTICLES}

    def split(self, input: str) -> list[str]:
        """The words of a text, and of Korean ones each part of two syllables or more.

        >>> SearchKorean({}).split("ReLU는 함수다")
        ['ReLU', '는', '함수다', '함수', '수다']
        """
        return [term for word in HANGUL_OR_OTHER.findall(input) for term in self._terms(word)]

    @staticmethod
    def _terms(word: str) -> list[str]:
        if not "가" <= word[0] <= "힣":
            return [word]
        parts = [
            word[start : start + length]
            for length in range(2, min(LONGEST_PART, len(word) - 1) + 1)
            for start in range(len(word) - length + 1)
        ]
        return [word, *parts]


def setup(app: Any) -> dict[str, bool]:
    """Register the language with Sphinx, which takes it for a book whose ``language`` is ``ko``."""
    app.add_search_language(SearchKorean)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
