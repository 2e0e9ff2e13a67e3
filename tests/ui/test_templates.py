"""What no template of ours may do: the browser would block it, or somebody could not read it."""

import re
from pathlib import Path

import pytest
from django.template import engines

ROOT = Path(__file__).parents[2]
TEMPLATES = sorted((ROOT / "templates").rglob("*.html"))
SCRIPTS = sorted((ROOT / "static/js").glob("*.js"))
SHEETS = sorted((ROOT / "static/css").glob("*.css"))
PAGES = [path for path in TEMPLATES if "mail" not in path.parts]


def named(paths):
    return pytest.mark.parametrize("path", paths, ids=lambda path: str(path.relative_to(ROOT)))


@named(PAGES)
def test_no_inline_style_and_no_inline_script(path):
    html = path.read_text(encoding="utf-8")
    assert not re.search(r"\sstyle\s*=", html)
    assert not re.search(r"<style", html)
    assert not re.search(r"\son[a-z]+\s*=\s*[\"']", html)
    assert "javascript:" not in html
    for attributes, body in re.findall(r"<script([^>]*)>(.*?)</script>", html, flags=re.S):
        assert 'type="application/json"' in attributes or ("src=" in attributes and not body.strip())


@named(TEMPLATES + SCRIPTS + SHEETS)
def test_nothing_comes_from_elsewhere(path):
    text = path.read_text(encoding="utf-8")
    assert set(re.findall(r"https?://[^\s\"')]+", text)) <= {"http://www.w3.org/2000/svg"}


@named(TEMPLATES)
def test_a_comment_of_one_line_ends_on_it(path):
    """Django's {# #} does not reach over a line break: the rest would be shown."""
    for line in path.read_text(encoding="utf-8").splitlines():
        assert line.count("{#") == line.count("#}")


@named(TEMPLATES)
def test_every_template_compiles(path):
    engines["django"].get_template(str(path.relative_to(ROOT / "templates")))


def test_every_icon_that_is_asked_for_is_in_the_sprite():
    drawn = set(re.findall(r'id="i-([a-z]+)"', (ROOT / "static/img/icons.svg").read_text(encoding="utf-8")))
    html = "".join(path.read_text(encoding="utf-8") for path in TEMPLATES)
    tags = (ROOT / "cqo_portal/ui/templatetags/ui.py").read_text(encoding="utf-8")
    asked = set(re.findall(r'\{% icon "([a-z]+)"', html)) | set(
        re.findall(r'Look\("[a-z]+", "([a-z]+)"', tags)
    )
    asked |= set(re.findall(r'sign\("([a-z]+)"|, "([a-z]+)", "没有|say\([a-zA-Z\[\]]+, "([a-z]+)"', ""))
    assert asked - drawn == set()
    assert len(asked) > 25


@pytest.mark.parametrize("path", SCRIPTS, ids=lambda path: path.name)
def test_scripts_build_no_code_and_no_styles(path):
    text = path.read_text(encoding="utf-8")
    assert not re.search(
        r"\beval\(|new Function|document\.write|\.style\b|insertAdjacentHTML|outerHTML\s*=", text
    )


@pytest.mark.parametrize("path", SHEETS, ids=lambda path: path.name)
def test_sheets_stay_within_what_old_browsers_know(path):
    text = re.sub(r"/\*.*?\*/", "", path.read_text(encoding="utf-8"), flags=re.S)
    assert not re.search(r":has\(|color-mix\(|light-dark\(|@container|@import", text)


def test_colours_are_written_in_the_tokens_only():
    """Paper stays paper in the dark, and a backdrop has no token; nothing else names a colour."""
    text = re.sub(
        r"/\*.*?\*/", "", (ROOT / "static/css/components.css").read_text(encoding="utf-8"), flags=re.S
    )
    assert sorted(set(re.findall(r"#[0-9a-f]{3,6}\b|rgba?\([^)]*\)", text))) == [
        "#5a5c60",
        "#d9d6cc",
        "#fdfdfb",
        "#fff",
        "rgba(20, 23, 26, .45)",
    ]
