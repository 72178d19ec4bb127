"""One configuration for two editions, and a build that fails as a whole."""

from pathlib import Path

import pytest
import yaml

from booktools import build
from booktools.build import SettingsError, korean_settings
from booktools.notebook_format import ROOT


def settings(name: str):
    return yaml.safe_load((ROOT / name).read_text(encoding="utf-8"))


def korean(changes=None, root: Path = ROOT):
    changes = settings("_config.ko.yml") if changes is None else changes
    return korean_settings(settings("_config.yml"), settings("_toc.yml"), changes, root)


def test_shared_settings_are_taken_over_and_others_replaced():
    config, english = korean()[0], settings("_config.yml")
    assert config["launch_buttons"] == english["launch_buttons"]
    assert config["repository"] == english["repository"]
    assert config["title"] != english["title"]
    assert config["sphinx"]["config"]["language"] == "ko"
    assert config["sphinx"]["config"]["myst_heading_anchors"] == 3
    assert "parts" not in config


def test_the_korean_configuration_repeats_nothing():
    def same(base, changes):
        for key, value in changes.items():
            if isinstance(value, dict) and isinstance(base.get(key), dict):
                yield from same(base[key], value)
            elif key in base and base[key] == value:
                yield key

    changes = {key: value for key, value in settings("_config.ko.yml").items() if key != "parts"}
    assert list(same(settings("_config.yml"), changes)) == []


def test_extensions_are_found_from_any_folder(tmp_path):
    extensions = korean(root=tmp_path)[0]["sphinx"]["local_extensions"]
    assert extensions and set(extensions.values()) == {str(tmp_path / "code")}
    assert set(extensions) == set(settings("_config.yml")["sphinx"]["local_extensions"])


def test_the_table_of_contents_is_derived():
    toc, english = korean()[1], settings("_toc.yml")
    assert toc["root"] == "chapters/ko/index"
    for part, original in zip(toc["parts"], english["parts"], strict=True):
        assert part["caption"] != original["caption"]
        assert [chapter["file"].replace("/ko/", "/en/") for chapter in part["chapters"]] == [
            chapter["file"] for chapter in original["chapters"]
        ]
        assert part.get("numbered") == original.get("numbered")


@pytest.mark.parametrize(
    "edit", [lambda parts: parts.pop("Appendix"), lambda parts: parts.update(Extra="더")]
)
def test_a_part_without_a_title_and_a_title_without_a_part_are_errors(edit):
    changes = settings("_config.ko.yml")
    edit(changes["parts"])
    with pytest.raises(SettingsError, match=r"_config.ko.yml: parts: .*(Appendix|Extra)"):
        korean(changes)


def test_an_error_in_the_settings_is_one_line(monkeypatch, capsys):
    monkeypatch.setattr(
        build,
        "write_korean_settings",
        lambda folder: (_ for _ in ()).throw(SettingsError("_config.ko.yml: x")),
    )
    assert build.main([]) == 1
    assert capsys.readouterr().err == "error: _config.ko.yml: x\n"
