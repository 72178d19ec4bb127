"""The files around the book agree with one another."""

import re
import tomllib

import pytest
import yaml

import relubook
from booktools.editions import to_translate
from booktools.environment import ENVIRONMENT
from booktools.notebook_format import CHAPTERS, ROOT, read_notebook

VARIABLE = re.compile(r"^export ([A-Z_]+) ?:?= ?(.*)$", re.MULTILINE)


def read(name: str) -> str:
    return (ROOT / name).read_text(encoding="utf-8")


@pytest.mark.parametrize("name", ["Makefile", ".binder/start"])
def test_the_environment_is_the_same_everywhere(name):
    exported = dict(VARIABLE.findall(read(name)))
    assert {key: exported.get(key) for key in ENVIRONMENT} == dict(ENVIRONMENT)


def toc_files() -> list[str]:
    toc = yaml.safe_load(read("_toc.yml"))
    return [toc["root"], *(chapter["file"] for part in toc["parts"] for chapter in part["chapters"])]


def test_the_table_of_contents_lists_every_page_once():
    pages = {
        str(path.relative_to(ROOT).with_suffix(""))
        for path in (CHAPTERS / "en").iterdir()
        if path.suffix in (".ipynb", ".md")
    }
    missing, surplus = pages - set(toc_files()), set(toc_files()) - pages
    assert not missing, (
        f"in _toc.yml, add under the chapters of a part: {[f'file: {page}' for page in missing]}"
    )
    assert not surplus, f"_toc.yml lists what is not in chapters/en: {surplus}"
    assert len(toc_files()) == len(pages), "_toc.yml lists a page twice"


@pytest.mark.parametrize("edition", ["en", "ko"])
def test_the_front_page_lists_every_chapter_in_order_by_its_title(edition):
    page = CHAPTERS / edition / "index.md"
    if waiting := to_translate(page):
        pytest.skip(str(waiting[None]))
    chapters = [name.rpartition("/")[2] for name in toc_files() if re.search(r"/\d\d-", name)]
    notebooks = [CHAPTERS / edition / f"{name}.ipynb" for name in chapters]
    titles = [read_notebook(path).cells[0].source.partition("\n")[0] for path in notebooks]
    expected = [
        f"{number}. [{title.removeprefix('# ')}]({path.name})"
        for number, (title, path) in enumerate(zip(titles, notebooks, strict=True), start=1)
    ]
    listed = re.findall(r"^\d+\. \[.+\]\(\d\d-.+\)$", page.read_text(encoding="utf-8"), re.MULTILINE)
    assert listed == expected, f"in {page.relative_to(ROOT)}, list the chapters so:\n" + "\n".join(expected)


def pins() -> dict[str, str]:
    return dict(re.findall(r"^([A-Za-z0-9_.-]+)==([^ ;\n]+)", read("constraints.txt"), re.MULTILINE))


def normalized(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()


@pytest.mark.parametrize("name", ["requirements-book.txt", "requirements.txt", ".binder/requirements.txt"])
def test_every_requirement_is_pinned(name):
    pinned = {normalized(key) for key in pins()}
    lines = [line.split("#")[0].strip() for line in read(name).splitlines()]
    wanted = {
        normalized(re.match(r"[A-Za-z0-9_.-]+", line)[0]) for line in lines if line and line[0].isalnum()
    }
    assert wanted and wanted <= pinned


def test_the_package_asks_for_lower_bounds_and_never_pins():
    project = tomllib.loads(read("pyproject.toml"))["project"]
    assert all(re.fullmatch(r"[a-z-]+>=[\d.]+", requirement) for requirement in project["dependencies"])


def test_the_lowest_versions_tested_are_those_that_the_package_asks_for():
    project = tomllib.loads(read("pyproject.toml"))["project"]
    bounds = dict(requirement.split(">=") for requirement in project["dependencies"])
    tested = dict(re.findall(r"^([a-z-]+)==([\d.]+)$", read("tests/versions/lowest.txt"), re.MULTILINE))
    assert set(tested) == set(bounds)
    for name, version in tested.items():  # 2.0.0 is the lowest of >=2.0
        assert re.fullmatch(rf"{re.escape(bounds[name])}(\.0)*", version), name


def test_the_tools_of_other_versions_are_pinned_as_everywhere():
    tools = dict(re.findall(r"^([a-z-]+)==([\d.]+)$", read("tests/versions/tools.txt"), re.MULTILINE))
    assert tools and tools.items() <= pins().items()


def test_versions_agree():
    assert yaml.safe_load(read("CITATION.cff"))["version"] == relubook.__version__
    assert f"torch=={pins()['torch']}+cpu" in read(".binder/requirements.txt")


def test_one_address_stands_everywhere():
    url = yaml.safe_load(read("_config.yml"))["repository"]["url"]
    account = url.removeprefix("https://github.com/")
    for name in ("README.md", "pyproject.toml", "CITATION.cff"):
        assert account in read(name), name
        others = set(re.findall(r"github\.com/([\w-]+/[\w-]+)", read(name))) - {account}
        assert not others, (name, others)


def test_no_file_names_a_path_of_one_machine(repository_files):
    home = re.compile(r"(?<![\w.])/(?:root|home/\w+|work|opt/wheels|Users/\w+)/")
    for name in repository_files:
        path = ROOT / name
        if path.suffix in {".py", ".md", ".ipynb", ".toml", ".yml", ".txt", ".cff", ""} and path.is_file():
            found = home.search(path.read_text(encoding="utf-8"))
            assert not found, f"{name}: {found[0]}"


def test_every_make_target_says_what_it_does():
    makefile = read("Makefile")
    phony = re.search(r"^\.PHONY: (audit .*)$", makefile, re.MULTILINE)[1].split()
    documented = re.findall(r"^([a-z-]+):.*## .+$", makefile, re.MULTILINE)
    assert set(phony) == {*documented, "clean"} | set(documented)
    for target in (
        "book",
        "install",
        "test",
        "test-portable",
        "execute",
        "editions",
        "serve",
        "bench",
        "audit",
        "help",
    ):
        assert target in documented
