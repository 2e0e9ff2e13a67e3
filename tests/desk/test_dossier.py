"""The dossier: every act with its author and edition, a masked number, and a list of who looked."""

import re
from datetime import date

import pytest
import time_machine
from django.urls import reverse

from cqo_portal.accounts.models import Role
from cqo_portal.audit.models import Event, Exported
from cqo_portal.workflow.engine import perform
from registry import services
from registry.entries import correct, enter
from registry.models import Officer
from registry.talent import services as talent
from registry.workflow import FILE, RECALL, SEND_UP
from tests.cast import IDENTITY, TODAY, browser, user
from tests.desk.rows import NOON, officer
from tests.registry.test_same_person import filed_by
from tests.talent.rows import brought, himself, small

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def noon():
    with time_machine.travel(NOON, tick=False):
        yield


def page(client, who, post) -> str:
    client.force_login(who)
    return client.get(f"/desk/officers/{post.pk}/").content.decode()


def test_every_act_stands_with_who_when_as_what_and_by_which_edition(client, people):
    post = people.filing(until="filed").officer
    client.force_login(people.meng)
    acts = client.get(f"/desk/officers/{post.pk}/").context["timeline"]
    assert [(act.said, act.event.actor_name) for act in acts] == [
        ("准予备案", "meng"),
        ("上报市局", "wang"),
        ("提交备案", "liu"),
        ("开始填写", "liu"),
    ]
    text = page(client, people.meng, post)
    assert "泊头市市场监督管理局 · 县级预审岗" in text
    assert '<a class="quiet" href="/rules/cangzhou/?edition=cangzhou-2023">' in text


class TestTalent:
    @pytest.fixture
    def paired(self, people):
        """An officer with a published case, a stay in the pool and a pairing."""
        post = people.filing(until="filed").officer
        case = brought(people, until="published", officers=(post,))
        said = {"learner": small(people), "goal": "三个月。", "size_reason": ""}
        said |= {"begins_on": TODAY, "ends_on": date(2027, 2, 20)}
        talent.pair(post, said, case=case, entry=None, by=people.meng)
        talent.admit(
            post.person,
            officer=post,
            city=people.offices["130900"],
            fields=["spc"],
            entered_on=TODAY,
            reason="经验丰富。",
            consent_name=post.name,
            by=people.meng,
            today=TODAY,
        )
        return post

    STORY = (
        "进入人才库",
        "提出结对",
        "典型经验公布",
        "典型经验选为标杆",
        "典型经验报送市局",
        "同意公布典型经验",
    )

    def told(self, client, who, post) -> list[str]:
        client.force_login(who)
        timeline = client.get(f"/desk/officers/{post.pk}/").context["timeline"]
        return [act.said for act in timeline if act.about]

    def test_pool_pairing_and_case_are_part_of_the_story(self, client, people, paired):
        assert self.told(client, people.meng, paired) == list(self.STORY)
        text = page(client, people.meng, paired)
        assert f'<a class="quiet" href="/talent/cases/{paired.cases.get().pk}/">' in text

    def test_whoever_may_not_see_the_pool_does_not_read_of_it_here(self, client, people, paired):
        assert self.told(client, people.liu, paired) == list(self.STORY[1:])

    def test_the_officer_reads_all_of_it(self, client, people, paired):
        assert self.told(client, himself(paired), paired) == list(self.STORY)


def test_a_written_decision_on_a_clause_is_part_of_the_story(client, people):
    sent = people.filing(until="at_county", papers=())
    services.determine(sent, clause="training", reason="原件已核对。", by=people.wang)
    post = _filed(people, sent)
    text = page(client, people.meng, post)
    assert "认定“任职培训”视为符合" in text
    assert "原件已核对。" in text


def _filed(people, sent):
    sent = perform(SEND_UP, sent, by=people.wang)
    return perform(FILE, sent, by=people.meng).officer


def test_the_number_is_masked_until_a_reason_is_given_and_then_the_look_is_listed(client, people):
    post = people.filing(until="filed").officer
    assert IDENTITY not in page(client, people.meng, post)
    assert "还没有人查看过遮盖的内容或者材料，也没有导出过" in page(client, people.meng, post)
    asked = client.get(f"/desk/officers/{post.pk}/reveal/")
    assert IDENTITY not in asked.content.decode()
    shown = client.post(f"/desk/officers/{post.pk}/reveal/", {"why": "与原件核对"})
    assert IDENTITY in shown.content.decode()
    text = page(client, people.meng, post)
    assert IDENTITY not in text
    assert "看了证件号码：与原件核对" in text


def test_without_a_reason_nothing_is_shown_and_nothing_is_noted(client, people):
    post = people.filing(until="filed").officer
    client.force_login(people.meng)
    response = client.post(f"/desk/officers/{post.pk}/reveal/", {"why": " "})
    assert response.status_code == 422
    assert IDENTITY not in response.content.decode()
    assert not Event.objects.looks().exists()


def test_a_look_at_the_filing_counts_as_a_look_at_the_person(client, people):
    filed = people.filing(until="filed")
    client.force_login(people.wang)
    client.post(f"/filings/{filed.pk}/reveal/officer.phone/", {"why": "电话核实"})
    assert "看了联系电话：电话核实" in page(client, people.meng, filed.officer)


def test_other_posts_of_the_same_person_are_shown_as_far_as_one_may_see_them(client, people):
    first = officer(people.offices["130981"], 1, by=people.liu)
    second = officer(people.offices["130922"], 2, by=people.liu)
    type(second).objects.filter(pk=second.pk).update(person=first.person)
    assert f"/desk/officers/{second.pk}/" in page(client, people.meng, first)
    assert f"/desk/officers/{second.pk}/" not in page(client, people.wang, first)


@pytest.mark.parametrize("who", ["dan", "qing"])
def test_a_stranger_finds_no_such_dossier(client, people, who):
    post = people.filing(until="filed").officer
    client.force_login(getattr(people, who))
    assert client.get(f"/desk/officers/{post.pk}/").status_code == 404
    assert client.get(f"/desk/officers/{post.pk}/reveal/").status_code == 404
    assert client.post(f"/desk/officers/{post.pk}/reveal/", {"why": "好奇"}).status_code == 404
    assert not Event.objects.looks().exists()


def test_the_officer_reads_the_own_dossier_and_meets_no_dead_link(client, people):
    post = people.filing(until="filed").officer
    text = page(client, user("xuesong", Role.OFFICER, person=post.person), post)
    assert "谁看过" in text
    assert f"/filings/{post.filing_id}/" not in text


def test_who_looked_because_of_another_post_is_for_the_person_to_know(client, people):
    """The reason names a case of another county: neither the enterprise nor its county learns of it."""
    post = people.filing(until="filed").officer
    elsewhere = filed_by(people.dan, office="130922")
    browser(people.qing).get(elsewhere.get_absolute_url())
    browser(people.wang).post(f"/desk/officers/{post.pk}/reveal/", {"why": "核对本人证件"})
    for who in (people.liu, people.wang, people.meng):
        text = page(client, who, post)
        assert elsewhere.receipt_number not in text and "青县市场监督管理局" not in text
        assert "核对本人证件" in text  # the control: what was looked at here stands there
    text = page(client, user("xuesong", Role.OFFICER, person=post.person), post)
    assert elsewhere.receipt_number in text and "核对本人证件" in text


# ── exports ───────────────────────────────────────────────────────────────────────────────────
def exports(who, query: str = "", *, purpose: str = "报省局年度统计") -> None:
    said = {"format": "csv", "purpose": purpose}
    b"".join(browser(who).post(f"/desk/register/export/?{query}", said).streaming_content)


def log(client, who, post) -> list[tuple[str, str]]:
    client.force_login(who)
    told = client.get(f"/desk/officers/{post.pk}/").context["looks"].lines
    return [(look.event.actor_name, look.said) for look in told]


class TestExports:
    def test_an_export_is_told_to_whoever_was_in_it_with_who_what_and_why(self, client, people):
        post = people.filing(until="filed").officer
        officer(people.offices["130922"], 4, by=people.liu)
        exports(people.meng)
        himself_told = log(client, user("xuesong", Role.OFFICER, person=post.person), post)
        assert himself_told == [("meng", "导出名录（全部，共 2 行，含本人）：报省局年度统计")]
        assert log(client, people.liu, post) == himself_told

    def test_whoever_was_filtered_out_is_told_nothing(self, client, people):
        post = people.filing(until="filed").officer
        other = officer(people.offices["130922"], 4, by=people.liu, name="司马晓彤")
        exports(people.meng, "q=司马")
        assert log(client, people.meng, other) == [
            ("meng", "导出名录（查“司马”，共 1 行，含本人）：报省局年度统计")
        ]
        assert log(client, people.meng, post) == []

    def test_whoever_came_into_the_register_later_was_not_in_it(self, client, people):
        officer(people.offices["130922"], 4, by=people.liu)
        exports(people.meng)
        later = officer(people.offices["130922"], 5, by=people.liu)
        assert log(client, people.meng, later) == []

    def test_a_vacancy_names_who_left(self, client, people):
        left = people.filing(until="filed").officer
        Officer.objects.filter(pk=left.pk).update(ended_on=TODAY)
        exports(people.meng, "standing=vacant")
        assert log(client, people.meng, left) == [
            ("meng", "导出空缺企业名录（企业空缺，共 1 行，含本人）：报省局年度统计")
        ]

    def test_the_keys_lie_in_short_rows_and_all_are_there(self, people, monkeypatch):
        made = [officer(people.offices["130922"], number, by=people.liu) for number in (1, 2, 3)]
        monkeypatch.setattr(Exported, "KEYS_A_ROW", 2)
        exports(people.meng)
        kept = list(Exported.objects.order_by("id").values_list("keys", flat=True))
        assert [len(keys) for keys in kept] == [2, 1]
        assert {key for keys in kept for key in keys} == {post.pk for post in made}


# ── papers ────────────────────────────────────────────────────────────────────────────────────
class TestPapers:
    @pytest.fixture
    def sent(self, people):
        return people.filing(until="at_county", papers=("training", "education", "appointment"))

    def opens(self, who, filing, *, name: str = "proof-page", kinds=("education", "appointment")) -> None:
        for kind in kinds:
            paper = filing.proofs.get(kind=kind)
            args = [paper.pk, 1] if name == "proof-page" else [paper.pk]
            answer = browser(who).get(reverse(f"registry:{name}", args=args))
            assert answer.status_code == 200
            assert answer.content if not answer.streaming else b"".join(answer.streaming_content)

    def test_papers_an_office_opened_are_one_line_a_day(self, client, people, sent):
        for _ in range(3):
            self.opens(people.wang, sent)
        self.opens(people.wang, sent, name="proof")
        assert Event.objects.filter(action=Event.PAPER).count() == 2
        post = _filed(people, sent)
        assert log(client, people.meng, post) == [("wang", "查看材料：任命书、学历证书")]
        with time_machine.travel(NOON, tick=False) as clock:
            clock.shift(86_400)
            self.opens(people.wang, sent, kinds=("education",))
            assert log(client, people.meng, post) == [
                ("wang", "查看材料：学历证书"),
                ("wang", "查看材料：任命书、学历证书"),
            ]

    def test_a_download_counts_as_opening(self, people, sent):
        self.opens(people.wang, sent, name="proof", kinds=("education",))
        event = Event.objects.get(action=Event.PAPER)
        assert (event.note, event.data["what"], event.data["at"]) == ("", "proof.education", "130981")
        assert (event.subject_type, event.subject_id) == ("registry.filing", str(sent.pk))

    def test_the_enterprise_opens_its_own_papers_without_a_note(self, people, sent):
        self.opens(people.liu, sent)
        assert not Event.objects.filter(action=Event.PAPER).exists()

    def test_the_officer_reads_it_too(self, client, people, sent):
        self.opens(people.wang, sent)
        post = _filed(people, sent)
        client.force_login(user("xuesong", Role.OFFICER, person=post.person))
        assert "查看材料：任命书、学历证书" in client.get("/").content.decode()

    def test_a_page_already_noted_today_takes_no_lock_and_writes_nothing(
        self, client, people, sent, django_assert_num_queries
    ):
        client.force_login(people.wang)
        path = reverse("registry:proof-page", args=[sent.proofs.get(kind="education").pk, 1])
        with django_assert_num_queries(13) as first:
            client.get(path)
        with django_assert_num_queries(5) as again:
            client.get(path)
        assert [sum("pg_advisory" in each["sql"] for each in done) for done in (first, again)] == [2, 0]

    def test_a_paper_that_cannot_be_shown_is_no_look(self, people, sent):
        paper = sent.proofs.get(kind="education")
        assert browser(people.wang).get(reverse("registry:proof-page", args=[paper.pk, 9])).status_code == 404
        assert not Event.objects.filter(action=Event.PAPER).exists()

    def test_a_paper_the_city_opened_does_not_keep_the_county_from_taking_it_back(self, people, sent):
        sent = perform(SEND_UP, sent, by=people.wang)
        self.opens(people.meng, sent)
        assert perform(RECALL, sent, by=people.wang, note="更正。").state == "at_county"


def test_one_other_post_costs_what_three_cost(client, people, django_assert_num_queries):
    county = people.offices["130981"]
    first = officer(county, 1, by=people.liu)
    client.force_login(people.meng)
    for number in (2, 3, 4):
        more = officer(county, number, by=people.liu)
        type(more).objects.filter(pk=more.pk).update(person=first.person)
        if number in (2, 4):
            with django_assert_num_queries(18):
                client.get(f"/desk/officers/{first.pk}/")


# ── entries, corrections, posts without a filing ──────────────────────────────────────────────
def test_what_a_step_entered_stands_below_it_and_a_correction_is_an_act(client, people):
    post = people.filing(until="filed").officer
    entry = post.entries.get(name="education")
    correct(entry, value="master", by=people.meng, reason="证书为硕士。", document="沧市监质〔2026〕12号")
    client.force_login(people.meng)
    acts = client.get(f"/desk/officers/{post.pk}/").context["timeline"]
    told = [(act.said, [(line.kind.label, line.value) for line in act.entered][:1]) for act in acts[:2]]
    assert told[0] == ("更正登记", [("最高学历", "硕士")])
    assert told[1][0] == "准予备案"
    assert ("最高学历", "本科") in [(line.kind.label, line.value) for line in acts[1].entered]
    text = page(client, people.meng, post)
    assert "沧市监质〔2026〕12号" in text
    assert "13800138000" not in text


def test_both_levels_are_marked(client, people):
    post = people.filing(until="filed").officer
    text = page(client, people.meng, post)
    assert re.search(r"市级已备案 2026-11-20", text)


def test_an_imported_officer_has_a_dossier_too(client, people):
    post = officer(people.offices["130981"], 1, by=people.liu)
    Officer.objects.filter(pk=post.pk).update(filing=None, filing_number=None, filed_on=None)
    post.refresh_from_db()
    facts = {"in_office": "yes"}
    enter(post.organisation, facts, effective_on=post.appointed_on, post=post, by=people.meng, reason="导入")
    text = page(client, people.meng, post)
    assert "没有备案号" in text
    assert "导入" in text
    assert "看备案材料" not in text
