"""Korean words in the search index."""

import pytest

from booktools.korean_search import PARTICLES, SearchKorean


@pytest.mark.parametrize(
    ("text", "terms"),
    [
        ("함수", {"함수"}),
        ("함수를", {"함수를", "함수", "수를"}),
        ("ReLU는 0", {"ReLU", "는", "0"}),
        ("np.maximum(x)", {"np", "maximum", "x"}),
        ("활성화함수", {"활성화함수", "활성", "성화", "화함", "함수", "활성화", "성화함", "화함수"}),
        ("", set()),
        ("…!", set()),
    ],
)
def test_a_text_is_split_into_words_and_parts(text, terms):
    assert set(SearchKorean({}).split(text)) == terms


def test_longer_particles_come_before_those_they_end_with():
    for number, particle in enumerate(PARTICLES):
        assert not [
            later for later in PARTICLES[number + 1 :] if later != particle and later.endswith(particle)
        ]
