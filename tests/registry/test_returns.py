"""A return and its answer: pins at fields and pages, what changed, what was asked again, and how often."""

import io
import re
from html import unescape

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from django.utils.http import urlencode
from PIL import Image

from cqo_portal.audit.models import Event
from cqo_portal.workflow.engine import perform
from registry import draft, returns, services
from registry.models import Filing, ItemCheck, ReturnItem
from registry.pages.case import case_page
from registry.pages.form import form_page
from registry.pages.returns import last_return
from registry.workflow import RETURN, RETURN_FROM_CITY, SEND_UP, SUBMIT, WITHDRAW
from tests.cast import TODAY, browser, picture, typed

pytestmark = pytest.mark.django_db


def sheets(*shades: int) -> SimpleUploadedFile:
    """A scan of several pages."""
    pages = [Image.new("L", (60, 80), shade) for shade in shades]
    out = io.BytesIO()
    pages[0].save(out, format="PDF", save_all=True, append_images=pages[1:])
    return SimpleUploadedFile("任命书.pdf", out.getvalue(), "application/pdf")


@pytest.fixture
def filing(people) -> Filing:
    """At the county, with an appointment of two pages."""
    made = people.filing()
    services.attach_proof(made, sheets(10, 20), kind="appointment", by=people.liu)
    return perform(SUBMIT, made, by=people.liu, today=TODAY)


def paper_of(filing: Filing, kind: str = "appointment"):
    return filing.proofs.filter(kind=kind).latest("uploaded_at")


def posted(people, filing: Filing, who: str = "wang", **said):
    return browser(getattr(people, who)).post(reverse("registry:pin", args=[filing.pk]), said)


def on_page(filing: Filing, number: int, **said) -> dict:
    paper = paper_of(filing)
    return {
        "key": "proof.appointment",
        "viewed": str(paper.pk),
        "viewed_page": number,
        "on_page": "on",
    } | said


def answered(people, filing: Filing, **changes) -> Filing:
    draft.save(filing, filing.draft | typed(**changes), version=None, by=people.liu)
    return perform(SUBMIT, Filing.objects.get(pk=filing.pk), by=people.liu, today=TODAY)


def returned(people, filing: Filing) -> Filing:
    return perform(RETURN, Filing.objects.get(pk=filing.pk), by=people.wang, today=TODAY)


class TestFromAList:
    LIST = {"from": "filings?turn=mine", "at": "x"}

    def test_looking_and_pinning_keep_the_place_in_the_list(self, people):
        filing = people.filing(until="at_county", papers=("appointment",))
        address = f"{filing.get_absolute_url()}?{urlencode(self.LIST)}"
        page = browser(people.wang).get(address).content.decode()
        links = [unescape(href) for href in re.findall(r'href="(\?[^"]*(?:pin|proof)=[^"]*)"', page)]
        assert links
        assert all(urlencode(self.LIST) in href for href in links)
        path = reverse("registry:pin", args=[filing.pk])
        said = {"key": "officer.post", "reason": "与任命书不一致"}
        answer = browser(people.wang).post(path, said, headers={"referer": f"http://testserver{address}"})
        assert answer.headers["Location"] == f"{address}#composer"
        bare = browser(people.wang).post(path, said)  # the control: nobody came from a list
        assert bare.headers["Location"] == f"{filing.get_absolute_url()}#composer"


class TestPinning:
    def test_two_pages_of_one_paper_are_two_pins(self, people, filing):
        for number in (1, 2):
            assert (
                posted(people, filing, **on_page(filing, number, reason=f"第 {number} 页看不清")).status_code
                == 302
            )
        items = ReturnItem.objects.order_by("page")
        assert [(i.key, i.proof, i.page, i.reason) for i in items] == [
            ("proof.appointment", paper_of(filing), 1, "第 1 页看不清"),
            ("proof.appointment", paper_of(filing), 2, "第 2 页看不清"),
        ]
        page = (
            browser(people.wang)
            .get(f"{filing.get_absolute_url()}?proof={paper_of(filing).pk}&page=2")
            .content.decode()
        )
        assert "任命书 第 2 页" in page and "2 个补正项" in page
        assert f"/filings/proofs/{paper_of(filing).pk}/pages/2.png" in page

    def test_a_page_said_again_is_written_again_not_twice(self, people, filing):
        for reason in ("一", "二"):
            posted(people, filing, **on_page(filing, 2, reason=reason))
        assert ReturnItem.objects.get().reason == "二"

    def test_a_field_has_one_pin_and_may_show_a_page(self, people, filing):
        said = on_page(filing, 2, key="appointment.appointed_on", reason="任命书写的是 10月8日")
        posted(people, filing, **said)
        item = ReturnItem.objects.get()
        assert (item.key, item.proof, item.page) == ("appointment.appointed_on", paper_of(filing), 2)
        posted(people, filing, **(said | {"on_page": "", "reason": "请核对"}))
        assert ReturnItem.objects.get().page is None

    @pytest.mark.parametrize("number", [0, 3, 9999, 10**9], ids=str)
    def test_a_page_that_is_not_there_is_not_pinned(self, people, filing, number):
        answer = posted(people, filing, **on_page(filing, number, reason="我写的"))
        if number == 0:  # no number at all means the first page
            return
        assert answer.status_code == 422
        assert "我写的" in answer.content.decode()
        assert not ReturnItem.objects.exists()

    def test_a_paper_of_another_case_is_not_pinned(self, people, filing):
        other = services.open_filing(people.dan.acting.organisation, by=people.dan, today=TODAY)
        foreign = services.attach_proof(other, picture(shade=99), kind="appointment", by=people.dan)
        said = on_page(filing, 1, reason="别家的", viewed=str(foreign.pk))
        assert posted(people, filing, **said).status_code == 422
        assert not ReturnItem.objects.exists()

    def test_what_cannot_be_kept_stands_there_again(self, people, filing):
        answer = posted(people, filing, key="officer.post", reason="看不见\u202e的")
        page = answer.content.decode()
        assert answer.status_code == 422
        assert "第 4 个字符看不见" in page and "现任职务：须改正什么" in page

    def test_an_unsent_item_is_said_anew_where_it_is(self, people, filing):
        posted(people, filing, **on_page(filing, 2, reason="一"))
        item = ReturnItem.objects.get()
        page = browser(people.wang).get(f"{filing.get_absolute_url()}?item={item.pk}").content.decode()
        assert "任命书 第 2 页：须改正什么" in page
        posted(people, filing, key="proof.appointment", item=item.pk, reason="二")
        assert (ReturnItem.objects.get().reason, ReturnItem.objects.get().page) == ("二", 2)

    def test_garbage_in_the_address_opens_no_composer(self, people, filing):
        for query in ("item=x", "item=9999999999999999999999", "pin=page&proof=x", "pin=%00", "item=²"):
            assert browser(people.wang).get(f"{filing.get_absolute_url()}?{query}").status_code == 200

    def test_without_a_paper_a_kind_can_be_asked_for(self, people):
        bare = people.filing(until="at_county")
        page = browser(people.wang).get(f"{bare.get_absolute_url()}?pin=proof.title").content.decode()
        assert "职称证书：须改正什么" in page


class TestCorrecting:
    @pytest.fixture
    def asked(self, people, filing) -> Filing:
        services.pin(filing, key="officer.post", reason="与任命书不一致", cites="", by=people.wang)
        paper = paper_of(filing)
        services.pin(
            filing,
            key="proof.appointment",
            reason="看不清",
            cites="第六条",
            proof=paper,
            page=2,
            by=people.wang,
        )
        return returned(people, filing)

    def test_the_enterprise_sees_the_pinned_page_beside_the_upload(self, people, asked):
        page = browser(people.liu).get(reverse("registry:filing-edit", args=[asked.pk])).content.decode()
        beside = page.split('id="paper-appointment"')[1].split("</li>")[0]
        assert f"/filings/proofs/{paper_of(asked).pk}/pages/2.png" in beside
        assert "任命书 第 2 页：看不清" in beside
        assert browser(people.liu).get(f"/filings/proofs/{paper_of(asked).pk}/pages/2.png").status_code == 200

    def test_only_what_was_pinned_unlocks(self, people, asked):
        assert draft.unlocked(asked) == {"officer.post", "proof.appointment"}

    def test_the_answer_is_laid_side_by_side(self, people, asked):
        services.remove_proof(paper_of(asked), by=people.liu)
        services.attach_proof(asked, sheets(11, 21, 31), kind="appointment", by=people.liu)
        now = answered(people, asked)
        post, page = last_return(now)
        assert (post.label, post.changed, post.was, post.now) == ("现任职务", False, "副总经理", "副总经理")
        assert (page.label, page.changed) == ("任命书 第 2 页", True)
        assert [(p.proof.added_in, p.number) for p in (*page.old_pages, *page.new_pages)] == [(1, 2), (2, 2)]
        shown = browser(people.wang).get(now.get_absolute_url()).content.decode()
        for each in (*page.old_pages, *page.new_pages):
            assert f"/filings/proofs/{each.proof.pk}/pages/2.png" in shown
            assert browser(people.wang).get(f"/filings/proofs/{each.proof.pk}/pages/2.png").status_code == 200

    def test_what_was_not_touched_is_named_on_the_last_page_before_submission(self, people, asked):
        clerk, address = browser(people.liu), reverse("registry:filing-check", args=[asked.pk])
        page = clerk.get(address).content.decode()
        assert "退回的 2 项还没有改动" in page and "这几项还没有改动" in page
        assert f'/filings/{asked.pk}/edit/#id_officer-post">去改' in page
        assert f'/filings/{asked.pk}/edit/#paper-appointment">去改' in page
        services.attach_proof(asked, sheets(12), kind="appointment", by=people.liu)
        page = clerk.get(address).content.decode()
        assert "退回的 1 项还没有改动" in page and "任命书 第 2 页" not in page
        draft.save(asked, asked.draft | typed(officer__post="总工程师"), version=None, by=people.liu)
        assert "没有改动" not in clerk.get(address).content.decode()

    def test_untouched_it_is_submitted_only_knowingly_and_the_county_sees_that(self, people, asked):
        clerk, address = browser(people.liu), reverse("registry:filing-check", args=[asked.pk])
        said = {"truthful": "on", "version": str(asked.draft_version)}
        refused = clerk.post(address, said)
        assert refused.status_code == 422
        assert "请先改动上面列出的各项；确实不用改的，勾选这一句再提交。" in refused.content.decode()
        assert Filing.objects.get(pk=asked.pk).state == "returned"
        assert clerk.post(address, said | {"unchanged": "on"}).status_code == 302
        now = Filing.objects.get(pk=asked.pk)
        assert (now.state, now.round) == ("at_county", 2)
        assert browser(people.wang).get(now.get_absolute_url()).content.decode().count("没有改动") == 2

    def test_a_paper_that_was_taken_away_is_a_change(self, people, asked):
        services.remove_proof(paper_of(asked), by=people.liu)
        page = browser(people.liu).get(reverse("registry:filing-check", args=[asked.pk])).content.decode()
        assert "退回的 1 项还没有改动" in page
        (_, page) = last_return(answered(people, asked))
        assert (page.changed, page.new_pages) == (True, ())

    def test_a_companion_that_changed_counts_as_changed(self, people):
        filing = people.filing(until="at_county")
        services.pin(filing, key="officer.trained", reason="写上证书编号", cites="", by=people.wang)
        now = answered(people, returned(people, filing), officer__training_certificate="CZPX-2026-0217")
        (answer,) = last_return(now)
        assert (answer.changed, answer.was, answer.now) == (True, "是", "是")

    def test_withdrawn_and_said_again_it_is_still_held_against_what_was_asked(self, people, asked):
        now = perform(WITHDRAW, answered(people, asked), by=people.liu, today=TODAY)
        assert last_return(now) == []
        now = answered(people, now, officer__post="总工程师")
        assert now.round == 3
        assert [(a.label, a.changed, a.now) for a in last_return(now)] == [
            ("现任职务", True, "总工程师"),
            ("任命书 第 2 页", False, ""),
        ]

    def test_a_sealed_number_that_changed_shows_nothing_in_clear(self, people):
        filing = people.filing(until="at_county")
        services.pin(filing, key="officer.phone", reason="打不通", cites="", by=people.wang)
        now = answered(people, returned(people, filing), officer__phone="13800138001")
        (answer,) = last_return(now)
        assert (answer.changed, answer.was, answer.now) == (True, "138****8000", "138****8001")
        assert "13800138001" not in browser(people.wang).get(now.get_absolute_url()).content.decode()


class TestVerdicts:
    @pytest.fixture
    def answer(self, people, filing) -> Filing:
        services.pin(filing, key="officer.post", reason="与任命书不一致", cites="第五条", by=people.wang)
        paper = paper_of(filing)
        services.pin(
            filing, key="proof.appointment", reason="看不清", cites="", proof=paper, page=2, by=people.wang
        )
        asked = returned(people, filing)
        return answered(people, asked, officer__post="总工程师")

    def says(self, people, filing, number: int, fixed: str, who: str = "wang"):
        item = ReturnItem.objects.exclude(sent_at=None).order_by("id")[number]
        path = reverse("registry:check-item", args=[filing.pk, item.pk])
        return browser(getattr(people, who)).post(path, {"fixed": fixed})

    def test_put_right_is_kept_with_who_said_so(self, people, answer):
        for _ in range(2):  # and a second click
            self.says(people, answer, 0, "yes")
        assert (ItemCheck.objects.get().fixed, ItemCheck.objects.get().by) == (True, people.wang)
        assert [a.verdict for a in last_return(answer)] == ["fixed", ""]
        assert Event.objects.about(answer).filter(action="check").get().data["fixed"] is True

    def test_not_put_right_is_asked_again_in_the_same_words_with_one_click(self, people, answer):
        for _ in range(2):  # and a second click
            self.says(people, answer, 1, "no")
        again = ReturnItem.objects.get(round=2)
        assert (again.reason, again.page, again.repeats.reason) == ("看不清", 2, "看不清")
        assert [a.verdict for a in last_return(answer)] == ["", "unfixed"]
        page = browser(people.wang).get(answer.get_absolute_url()).content.decode()
        assert "第 2 次要求" in page

    def test_changed_ones_mind(self, people, answer):
        self.says(people, answer, 1, "no")
        self.says(people, answer, 1, "yes")
        assert not ReturnItem.objects.filter(round=2).exists()
        assert last_return(answer)[1].verdict == "fixed"
        self.says(people, answer, 1, "no")
        services.unpin(answer, item_pk=ReturnItem.objects.get(round=2).pk, by=people.wang)
        assert last_return(answer)[1].verdict == ""  # taken back: nobody has said yet

    def test_asked_again_where_the_paper_was_exchanged(self, people, filing):
        paper = paper_of(filing)
        for number in (1, 2):
            services.pin(
                filing,
                key="proof.appointment",
                reason=f"{number}",
                cites="",
                proof=paper,
                page=number,
                by=people.wang,
            )
        asked = returned(people, filing)
        services.remove_proof(paper, by=people.liu)
        newer = services.attach_proof(asked, sheets(12), kind="appointment", by=people.liu)
        now = answered(people, asked)
        for number in (0, 1):
            self.says(people, now, number, "no")
        found = ReturnItem.objects.filter(round=2).order_by("id")
        assert [(i.proof, i.page) for i in found] == [(newer, 1), (paper, 2)]  # it has one page only

    def test_the_enterprise_reads_how_often(self, people, answer):
        self.says(people, answer, 1, "no")
        again = returned(people, answer)
        page = browser(people.liu).get(reverse("registry:filing-edit", args=[again.pk])).content.decode()
        assert "（第 2 次要求）" in page
        assert [pin.times for pin in form_page(again)["returned"]] == [2]
        third = answered(people, again)
        returns.ask_again(third, ReturnItem.objects.get(round=2), by=people.wang)
        assert case_page(third, people.wang, {})["pins"][0].times == 3
        assert last_return(third)[0].times == 2

    def test_all_returns_stand_there_to_be_unfolded(self, people, answer):
        self.says(people, answer, 0, "yes")
        self.says(people, answer, 1, "no")
        now = answered(people, returned(people, answer))
        rounds = case_page(now, people.wang, {})["earlier_returns"]
        assert [
            (r.number, [(e.label, e.times, e.asked_again_in, e.fixed) for e in r.items]) for r in rounds
        ] == [
            (2, [("任命书 第 2 页", 2, None, False)]),
            (1, [("现任职务", 1, None, True), ("任命书 第 2 页", 1, 2, False)]),
        ]
        assert "历次退回（2 次）" in browser(people.liu).get(now.get_absolute_url()).content.decode()

    @pytest.mark.parametrize(
        ("who", "status"), [("liu", 403), ("dan", 404), ("qing", 404), ("meng", 403), ("hao", 403)]
    )
    def test_only_the_office_whose_turn_it_is_says_so(self, people, answer, who, status):
        assert self.says(people, answer, 0, "yes", who).status_code == status
        assert self.says(people, answer, 0, "no", who).status_code == status
        assert not ItemCheck.objects.exists()

    def test_what_was_not_sent_or_is_of_another_case_is_not_checked(self, people, answer):
        pinned = services.pin(answer, key="officer.name", reason="一", cites="", by=people.wang)
        for number in (pinned.pk, 10**15):
            path = f"/filings/{answer.pk}/answers/{number}/"
            assert browser(people.wang).post(path, {"fixed": "yes"}).status_code == 404

    def test_the_city_asks_again_too_and_the_count_goes_on(self, people, answer):
        at_city = perform(SEND_UP, answer, by=people.wang, today=TODAY)
        self.says(people, at_city, 1, "no", "meng")
        again = perform(RETURN_FROM_CITY, at_city, by=people.meng, today=TODAY)
        assert [pin.times for pin in form_page(again)["returned"]] == [2]


@pytest.mark.parametrize("rows", [1, 3])
def test_a_case_costs_the_same_however_much_was_asked(people, rows, django_assert_num_queries):
    filing = people.filing(until="at_county")
    for key in ("officer.post", "officer.education", "officer.job_title")[:rows]:
        services.pin(filing, key=key, reason="请核对", cites="", by=people.wang)
    now = answered(people, returned(people, filing))
    client = browser(people.wang)
    client.get(now.get_absolute_url())
    with django_assert_num_queries(38):
        client.get(now.get_absolute_url())
