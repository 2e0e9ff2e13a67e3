"""Static files are collected when one changed, and only then."""

import json
import os
from pathlib import Path

import pytest

from cqo_portal.machine import static


@pytest.fixture
def sheet(tmp_path, settings) -> Path:
    """A project of one style sheet, collected as in production."""
    source = tmp_path / "source" / "page.css"
    source.parent.mkdir()
    source.write_text("a { color: red }")
    settings.STATICFILES_DIRS = [source.parent]
    settings.STATICFILES_FINDERS = ["django.contrib.staticfiles.finders.FileSystemFinder"]
    settings.STATIC_ROOT = tmp_path / "collected"
    settings.STORAGES = settings.STORAGES | {
        "staticfiles": {"BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"}
    }
    return source


def name_of(settings) -> str:
    manifest = json.loads((settings.STATIC_ROOT / "staticfiles.json").read_text())
    return manifest["paths"]["page.css"]


def test_what_did_not_change_is_not_collected_again(sheet, settings, capsys):
    static.collect(settings.STATIC_ROOT)
    assert "准备样式与脚本" in capsys.readouterr().out
    static.collect(settings.STATIC_ROOT)
    assert capsys.readouterr().out == ""


def test_a_changed_file_gets_another_name(sheet, settings):
    static.collect(settings.STATIC_ROOT)
    before = name_of(settings)
    sheet.write_text("a { color: blue }")
    os.utime(sheet, ns=(0, 0))
    static.collect(settings.STATIC_ROOT)
    assert name_of(settings) != before
    assert name_of(settings).startswith("page.")


def test_a_removed_file_is_gone(sheet, settings):
    extra = sheet.with_name("old.css")
    extra.write_text("a {}")
    static.collect(settings.STATIC_ROOT)
    extra.unlink()
    static.collect(settings.STATIC_ROOT)
    assert not (settings.STATIC_ROOT / "old.css").exists()
