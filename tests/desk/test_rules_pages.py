"""The rules pages: public, complete, without a query, without a script of their own."""

import re
from html.parser import HTMLParser

import pytest

from cqo_portal.desk import rulebook
from cqo_portal.jurisdictions import all_packs, jurisdictions

pytestmark = pytest.mark.django_db


class Ids(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.ids: list[str] = []
        self.fragments: set[str] = set()

    def handle_starttag(self, tag, attrs) -> None:
        said = dict(attrs)
        self.ids += [said["id"]] if said.get("id") else []
        if tag == "a" and said.get("href", "").startswith("#") and len(said["href"]) > 1:
            self.fragments.add(said["href"][1:])
        assert "style" not in said


def parsed(response) -> Ids:
    page = Ids()
    page.feed(response.content.decode())
    return page


@pytest.mark.parametrize("pack", all_packs(), ids=lambda pack: pack.edition)
def test_a_stranger_reads_every_edition(client, pack):
    response = client.get(f"/rules/{pack.jurisdiction}/?edition={pack.edition}")
    assert response.status_code == 200
    text = response.content.decode()
    assert f"<h1>{pack.title}</h1>" in text
    assert pack.title in text


@pytest.mark.parametrize("pack", all_packs(), ids=lambda pack: pack.edition)
def test_every_line_can_be_addressed_and_every_address_exists(client, pack):
    page = parsed(client.get(f"/rules/{pack.jurisdiction}/?edition={pack.edition}"))
    anchors = {line.anchor for s in rulebook.read(pack).sections for line in s.flat() if line.anchor}
    assert anchors <= set(page.ids)
    assert page.fragments <= set(page.ids)
    assert len(page.ids) == len(set(page.ids))


@pytest.mark.parametrize("pack", all_packs(), ids=lambda pack: pack.edition)
def test_every_reading_stands_on_the_page_with_its_reason(client, pack):
    text = client.get(f"/rules/{pack.jurisdiction}/?edition={pack.edition}").content.decode()
    for adopted in rulebook.read(pack).adopted:
        assert adopted.reading.text in text
        assert adopted.reading.reason in text


def test_without_an_edition_the_one_of_today_is_shown(client):
    assert client.get("/rules/hubei/").context["pack"].edition == "hubei-2022"


def test_the_newer_edition_shows_what_it_changed(client):
    text = client.get("/rules/hubei/?edition=hubei-2022").content.decode()
    assert "与前一版相比改了什么" in text
    assert "质量管理经历，质量管理满 5 年" in text
    assert "与前一版相比改了什么" not in client.get("/rules/hubei/?edition=hubei-2021-draft").content.decode()


def test_hangzhou_shows_the_known_part_of_its_points(client):
    text = client.get("/rules/hangzhou/").content.decode()
    assert re.search(
        r'其中已知部分（第 1、2、3 项，条文写到每一小项的分值）</th><td class="num">75</td>', text
    )


def test_the_shelf_names_every_jurisdiction_and_edition(client):
    text = client.get("/rules/").content.decode()
    for pack in all_packs():
        assert f"/rules/{pack.jurisdiction}/?edition={pack.edition}" in text
    assert f"<h1>{len(jurisdictions())} 地的规则" in text


@pytest.mark.parametrize("path", ["/rules/", "/rules/cangzhou/", "/rules/jiangsu/"])
def test_a_stranger_costs_no_query(client, path, django_assert_num_queries):
    with django_assert_num_queries(0):
        client.get(path)


def test_an_unknown_jurisdiction_is_not_found(client):
    assert client.get("/rules/atlantis/").status_code == 404


def test_no_template_of_the_rules_holds_a_number_of_the_law(settings):
    """Digits in the templates belong to markup: classes, columns, headings."""
    for path in (settings.BASE_DIR / "templates" / "rules").glob("*.html"):
        words = re.sub(r"{#.*?#}|{%.*?%}|{{.*?}}|<[^>]*>", " ", path.read_text(encoding="utf-8"), flags=re.S)
        assert not re.search(r"\d", words), path.name
