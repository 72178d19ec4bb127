"""Sphinx extension: what a page says in its own language beside its text, and where it stands in the other one.

The page ``chapters/en/X`` of the English book is ``ko/chapters/ko/X`` of the Korean one, and a page without an edition
in its name (the search) has the same name in both. Each page gets a button to the other language, and ``hreflang``
links to both.
"""

import gettext
from typing import Any

from sphinx import locale

KOREAN_FOLDER = "ko"
NAMES = {"en": "English", "ko": "한국어"}
SEARCH_DESCRIPTION = {
    "en": "Search ReLU, Measured: an executable book on the ReLU activation function and its family.",
    "ko": "측정으로 배우는 ReLU에서 찾기: ReLU 활성화 함수와 그 변형 함수를 다루는, 직접 실행할 수 있는 책.",
}

# What Sphinx and the themes leave in English, by message catalogue.
MESSAGES = {
    "sphinx": {
        "© Copyright %(copyright)s.": "© %(copyright)s.",
        "Back to top": "맨 위로",
        "Please activate JavaScript to enable the search functionality.": "검색하려면 JavaScript를 켜십시오.",
        "Skip to main content": "본문으로 건너뛰기",
        "On this page": "이 페이지의 내용",
        "Site navigation": "사이트 탐색",
        "Section Navigation": "단원 탐색",
        "Breadcrumb": "현재 위치",
        "Version warning": "버전 안내",
        "Home": "처음으로",
        "Book": "책",
        "light/dark": "밝게/어둡게",
        "next page": "다음 페이지",
        "previous page": "이전 페이지",
    },
    "booktheme": {
        "Launch on": "실행:",
        "Launch interactive content": "코드 실행하기",
        "Open issue": "이슈 열기",
        "Repository": "저장소",
        "Search": "검색",
        "Show source": "소스 보기",
        "Source repositories": "소스 저장소",
        "Suggest edit": "편집 제안",
        "logo": "로고",
    },
}


# What the theme's templates write in English without asking a catalogue; booktools.site replaces it.
INTERFACE = {
    'title="Toggle primary sidebar"': 'title="책 차례 열고 닫기"',
    'title="Toggle secondary sidebar"': 'title="이 페이지의 내용 열고 닫기"',
    'aria-label="Main"': 'aria-label="책 차례"',
    'aria-label="Page"': 'aria-label="이 페이지의 내용"',
    'title="Link to this heading"': 'title="이 제목의 링크"',
    'title="Link to this image"': 'title="이 그림의 링크"',
    'title="전체 화면으로보기"': 'title="전체 화면으로 보기"',
    'title="실행: Binder"': 'title="Binder에서 실행"',
    'title="실행: Colab"': 'title="Colab에서 실행"',
    # Heads of the tables that relubook prints.
    '<th class="head"><p>name</p></th>': '<th class="head"><p>이름</p></th>',
    '<th class="head"><p>function</p></th>': '<th class="head"><p>함수</p></th>',
    '<th class="head"><p>derivative</p></th>': '<th class="head"><p>도함수</p></th>',
    '<th class="head"><p>range</p></th>': '<th class="head"><p>치역</p></th>',
    '<th class="head"><p>parameters and defaults</p></th>': '<th class="head"><p>매개변수와 기본값</p></th>',
}


class KoreanMessages(gettext.NullTranslations):
    """Messages of one catalogue, as gettext finds them."""

    def __init__(self, messages: dict[str, str]) -> None:
        super().__init__()
        self.messages = messages

    def gettext(self, message: str) -> str:
        """The Korean message; the English one where there is none."""
        return self.messages.get(message, message)


def translate_interface(app: Any) -> None:
    """Let the catalogues of Sphinx and the theme fall back to our messages."""
    if app.config.language != "ko":
        return
    for catalog, messages in MESSAGES.items():
        locale.translators["general", catalog].add_fallback(KoreanMessages(messages))


def addresses(pagename: str, language: str) -> dict[str, str]:
    """The page in each language, by language, from the root of the site.

    >>> addresses("chapters/en/05-cost", "en")
    {'en': 'chapters/en/05-cost.html', 'ko': 'ko/chapters/ko/05-cost.html'}
    """
    folder = f"chapters/{language}/"
    in_edition = {
        code: pagename.replace(folder, f"chapters/{code}/", 1) if pagename.startswith(folder) else pagename
        for code in NAMES
    }
    return {"en": f"{in_edition['en']}.html", "ko": f"{KOREAN_FOLDER}/{in_edition['ko']}.html"}


def relative_addresses(pagename: str, language: str) -> dict[str, str]:
    """The same, relative to the page.

    >>> relative_addresses("chapters/ko/05-cost", "ko")["en"]
    '../../../chapters/en/05-cost.html'
    """
    own = addresses(pagename, language)
    root = "../" * own[language].count("/") or "./"
    return {code: root + address for code, address in own.items()}


def add_languages(app: Any, pagename: str, templatename: str, context: dict[str, Any], doctree: Any) -> None:
    """Give a page its button and its ``hreflang`` links."""
    language = app.config.language
    links = addresses(pagename, language)
    base = app.config.html_baseurl.removesuffix(f"{KOREAN_FOLDER}/")
    if not base:
        links = relative_addresses(pagename, language)
    tags = [
        f'<link rel="alternate" hreflang="{code}" href="{base}{links[target]}">'
        for code, target in [*zip(NAMES, NAMES, strict=True), ("x-default", "en")]
    ]
    if pagename == "search":
        tags.append(f'<meta name="description" content="{SEARCH_DESCRIPTION[language]}">')
    context["metatags"] = context.get("metatags", "") + "\n    " + "\n    ".join(tags)

    (other,) = set(NAMES) - {language}
    address = relative_addresses(pagename, language)[other]
    context["other_edition"] = {"language": other, "name": NAMES[other], "address": address}


def setup(app: Any) -> dict[str, bool]:
    """Register the extension with Sphinx."""
    app.connect("builder-inited", translate_interface)
    app.add_css_file("languages.css")
    app.connect("html-page-context", add_languages)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
