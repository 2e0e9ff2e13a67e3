"""Phrases: shipped with their clause, kept and retired by an office, one click away from the reason."""

import pytest
from django.urls import reverse

from cqo_portal.jurisdictions import all_packs
from cqo_portal.jurisdictions.requirements import leaves
from cqo_portal.reference.files import read
from registry import content, phrases
from registry.models import Phrase, ReturnItem
from registry.review_forms import place_label
from tests.cast import browser

ROWS = read("phrases")["phrases"]


def cited(jurisdiction: str) -> str:
    """Every article the packs of a jurisdiction name where a return may rest on it."""
    found = []
    for rules in all_packs():
        if rules.jurisdiction == jurisdiction:
            grounds = (*leaves(rules.qualification), rules.appointed_by, *rules.disqualifications)
            found += [clause.cites for clause in grounds]
    return "；".join(found)


class TestShipped:
    def test_every_one_can_be_used_and_names_a_clause_that_exists(self):
        sections = {key.partition(".")[0] for key in content.known_keys()}
        for jurisdiction, key, text, cites in ROWS:
            assert key in content.known_keys() | sections, text
            assert bool(jurisdiction) == bool(cites), text
            assert not cites or cites in cited(jurisdiction), text
            assert text.endswith("。") and place_label(key) != key

    def test_there_are_enough_and_none_twice(self):
        assert 20 <= len(ROWS) <= 40
        assert len({(row[0], row[1], row[2]) for row in ROWS}) == len(ROWS)

    @pytest.mark.django_db
    def test_loading_again_adds_nothing(self):
        assert phrases.load_phrases() == len(ROWS)
        assert phrases.load_phrases() == 0


@pytest.mark.django_db
class TestUsing:
    @pytest.fixture(autouse=True)
    def _shipped(self, db):
        phrases.load_phrases()

    def texts(self, people, filing, key: str, who: str = "wang") -> list[str]:
        return [phrase.text for phrase in phrases.offered(filing, key, user=getattr(people, who))]

    def test_what_fits_the_field_comes_before_what_fits_the_section(self, people):
        filing = people.filing(until="at_county")
        found = self.texts(people, filing, "proof.training")
        assert found[0] == "没有任职培训的证明，请补传；尚未培训的，请先参加培训。"
        assert "这一页看不清，请重新扫描或拍照后上传整份材料。" in found
        assert self.texts(people, filing, "officer.is_nothing") == []

    def test_another_jurisdictions_phrases_are_not_offered(self, people):
        filing = people.filing(until="at_county")
        assert self.texts(people, filing, "officer.education") == [
            "最高学历与所附证书不一致，请按证书重填；没有证书的请补传。",
            "学历和职称有一项符合即可，请补充其中一项的证书。",
        ]

    def test_an_office_offers_its_own_first_and_to_nobody_else(self, people):
        filing = people.filing(until="at_county")
        phrases.keep(key="officer.post", text="请写全职务。", by=people.wang)
        assert self.texts(people, filing, "officer.post")[0] == "请写全职务。"
        assert "请写全职务。" not in self.texts(people, filing, "officer.post", "meng")
        assert "请写全职务。" not in self.texts(people, filing, "officer.post", "qing")

    def test_without_a_script_a_phrase_is_chosen_by_a_button_and_nothing_is_kept_yet(self, people):
        filing = people.filing(until="at_county")
        chosen = Phrase.objects.get(key="proof.training")
        said = {"key": "proof.training", "reason": "先写了一句。", "use": chosen.pk}
        answer = browser(people.wang).post(reverse("registry:pin", args=[filing.pk]), said)
        assert answer.status_code == 200
        assert f"先写了一句。\n{chosen.text}</textarea>" in answer.content.decode()
        assert not ReturnItem.objects.exists()

    def test_the_item_takes_the_phrases_clause(self, people):
        filing = people.filing(until="at_county")
        path = reverse("registry:pin", args=[filing.pk])
        chosen = Phrase.objects.get(jurisdiction="cangzhou", key="experience")
        browser(people.wang).post(path, {"key": "experience", "reason": chosen.text, "phrase": chosen.pk})
        assert ReturnItem.objects.get().cites == "第六条"
        foreign = Phrase.objects.filter(jurisdiction="fujian").first()
        browser(people.wang).post(path, {"key": "officer.name", "reason": "一", "phrase": foreign.pk})
        assert ReturnItem.objects.get(key="officer.name").cites == ""

    def test_a_reason_can_be_kept_on_the_way(self, people):
        filing = people.filing(until="at_county")
        said = {"key": "officer.post", "reason": "请写全职务。", "keep": "on"}
        browser(people.wang).post(reverse("registry:pin", args=[filing.pk]), said)
        assert Phrase.objects.get(office=people.wang.acting.office).text == "请写全职务。"
        assert ReturnItem.objects.get().reason == "请写全职务。"

    def test_use_of_garbage_keeps_what_was_typed(self, people):
        filing = people.filing(until="at_county")
        for use in ("x", "", "9" * 40, "\0"):
            said = {"key": "officer.post", "reason": "我写的", "use": use}
            answer = browser(people.wang).post(reverse("registry:pin", args=[filing.pk]), said)
            assert answer.status_code in (200, 422) and "我写的</textarea>" in answer.content.decode()


@pytest.mark.django_db
class TestThePage:
    def test_a_county_keeps_retires_and_takes_back(self, people):
        client = browser(people.wang)
        said = {"key": "officer.post", "text": "请写全职务。", "cites": "第五条"}
        assert client.post("/filings/phrases/", said).status_code == 302
        own = Phrase.objects.get(office=people.wang.acting.office)
        for active, word in (("no", "已停用"), ("yes", "停用")):
            client.post(f"/filings/phrases/{own.pk}/retire/", {"active": active})
            own.refresh_from_db()
            assert own.active == (active == "yes")
            assert word in client.get("/filings/phrases/").content.decode()
        client.post(f"/filings/phrases/{own.pk}/retire/", {"active": "no"})
        client.post("/filings/phrases/", said)  # said again: at hand again, and not twice
        own.refresh_from_db()
        assert own.active and Phrase.objects.filter(office=own.office).count() == 1

    @pytest.mark.parametrize(
        "said",
        [
            {},
            {"key": "officer.post", "text": "短"},
            {"key": "x", "text": "请写全职务。"},
            {"key": "officer.post", "text": "x" * 301},
        ],
        ids=range(4),
    )
    def test_what_is_wrong_is_said(self, people, said):
        assert browser(people.wang).post("/filings/phrases/", said).status_code == 422
        assert not Phrase.objects.exists()

    def test_nobody_retires_anothers_or_a_shipped_one(self, people):
        phrases.load_phrases()
        own = phrases.keep(key="officer.post", text="请写全职务。", by=people.wang)
        shipped = Phrase.objects.filter(office=None).first()
        for who, phrase, status in (
            ("meng", own, 404),
            ("qing", own, 404),
            ("wang", shipped, 404),
            ("liu", own, 403),
            ("hao", own, 403),
        ):
            path = f"/filings/phrases/{phrase.pk}/retire/"
            assert browser(getattr(people, who)).post(path, {"active": "no"}).status_code == status
        assert not Phrase.objects.filter(active=False).exists()

    @pytest.mark.parametrize("rows", [1, 3])
    def test_costs_the_same_however_many(self, people, rows, django_assert_num_queries):
        for number in range(rows):
            phrases.keep(key="officer.post", text=f"请写全职务 {number}。", by=people.wang)
        client = browser(people.wang)
        client.get("/filings/phrases/")
        with django_assert_num_queries(5):
            client.get("/filings/phrases/")
