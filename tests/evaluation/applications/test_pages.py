"""The pages of an application as browsers of those concerned see them: the draft, signing, papers, review, lists."""

import html
import re

import pytest
import time_machine
from django.urls import reverse

from cqo_portal.accounts.models import Role
from cqo_portal.audit.models import Event
from cqo_portal.notifications.models import Message
from cqo_portal.workflow.engine import perform
from evaluation.applications import draft, services
from evaluation.applications.elsewhere import evaluations_elsewhere
from evaluation.applications.steps import WITHDRAW, refuse_on
from evaluation.models import Application, CoSignature, Evaluation, Proof, ReturnItem
from registry.models import Officer
from registry.same_person import _of_officer
from tests.bodies import rows as bodies
from tests.cast import browser, picture, user
from tests.evaluation.applications.world import typed
from tests.evaluation.rows import NUMBERS, brought_to, moved, person, seated
from tests.incidents.rows import on_record

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def noon():
    with time_machine.travel("2026-11-20T12:00:00+08:00", tick=False):
        yield


def at(name: str, made: Application | Proof, **more) -> str:
    return reverse(f"evaluation:{name}", kwargs={"pk": made.pk} | more)


def page(who, address: str, *, status: int = 200) -> str:
    answer = browser(who).get(address)
    assert answer.status_code == status, answer.content[:3000].decode()
    return html.unescape(answer.content.decode())


def posted(who, address: str, said=None, *, status: int = 302, **extra) -> str:
    answer = browser(who).post(address, said or {}, **extra)
    assert answer.status_code == status, answer.content[:3000].decode()
    return html.unescape(answer.content.decode())


def told(who, address: str, said=None) -> str:
    """What the page says to which a form leads."""
    return html.unescape(browser(who).post(address, said or {}, follow=True).content.decode())


@pytest.mark.parametrize(
    "state", ["draft", "signed", "submitted", "returned", "accepted", "refused", "withdrawn"]
)
def test_every_page_is_shown_in_every_state(world, state):
    made = world.written()
    world.paper(made)
    brought = {
        "draft": lambda: made,
        "signed": lambda: world.signed(made),
        "submitted": lambda: world.submitted(made),
        "returned": lambda: world.returned(made=world.submitted(made)),
        "accepted": lambda: world.accepted(world.submitted(made)),
        "refused": lambda: perform(
            refuse_on(ground="js-8-2-a", finding="有处分决定。"), world.submitted(made), by=world.shen
        ),
        "withdrawn": lambda: perform(WITHDRAW, world.submitted(made), by=world.wangxs, note="不申请了"),
    }
    brought[state]()
    for who in (world.liu, world.wangxs, *([world.shen] if state not in ("draft", "signed") else [])):
        page(who, at("application", made))
        page(who, reverse("evaluation:applications") + "?tab=all")
    if state in ("draft", "signed", "returned"):
        page(world.liu, at("application-edit", made))
        page(world.wangxs, at("application-check", made))


class TestTheDraft:
    def test_an_application_begins_with_one_click_and_a_second_finds_it(self, world):
        who, new = browser(world.liu), reverse("evaluation:application-new")
        first, second = (who.post(new, {"officer": world.officer.pk}) for _ in range(2))
        assert first.headers["Location"] == second.headers["Location"]
        assert Application.objects.count() == 1

    def test_somebody_elses_officer_is_no_choice(self, world):
        body = posted(
            world.people.dan, reverse("evaluation:application-new"), {"officer": world.officer.pk}, status=422
        )
        assert "请选择为哪一位申请" in body
        assert not Application.objects.exists()

    def test_points_totals_and_coverage_follow_while_one_types(self, world):
        made = world.opened()
        said = {k: v[0] for k, v in typed(world.body).items()} | {"version": "1"}
        world.paper(made, "7.3")
        body = posted(world.liu, at("application-autosave", made), said, status=200)
        assert 'id="pts-i7_2"' in body and "<b>42.0</b> / 60 分" in body
        assert "自评 700.0 / 1 000 分" in body.replace("\xa0", " ")
        assert "15 项中已评 15 项，1 项有材料" in body
        assert "AAAA" not in body  # no grade is promised
        assert 'data-saved-at="12:00:00"' in body

    def test_a_group_below_its_minimum_says_so_and_one_above_does_not(self, world):
        made = world.written()
        assert '<span class="due-late">' in page(
            world.liu, at("application-edit", made)
        )  # integrity: 42 of 60
        typed_over = Application.objects.get().draft | {"i7_2-band": ["5"], "i7_2-coefficient": ["1.0"]}
        draft.save(Application.objects.get(), typed_over, version=None, by=world.liu)
        assert '<span class="due-late">' not in page(world.liu, at("application-edit", made))

    def test_a_coefficient_of_another_band_counts_for_nothing(self, world):
        made = world.written(i7_3__coefficient="0.9")
        body = page(world.liu, at("application-edit", made))
        assert "请在“满足 70%–85%”这一档内选系数：0.7、0.85。" in body
        assert re.search(r'id="pts-i7_3"><b class="faint">–</b>', body)

    def test_two_tabs_conflict_visibly_and_nothing_typed_is_lost(self, world):
        made = world.written()
        old = {"version": "1", "report-text": "另一窗口里写的。"}
        body = posted(world.wangxs, at("application-autosave", made), old, status=200)
        assert "data-stale" in body and "liu 在另一个窗口于 12:00:00 改过这份草稿" in body
        body = posted(world.wangxs, at("application-edit", made), old, status=409)
        assert "另一窗口里写的。" in body
        assert Application.objects.get().draft["report-text"] == ["任职以来主持质量管理体系建设。"]
        fresh = old | {"version": str(Application.objects.get().draft_version)}
        posted(world.wangxs, at("application-edit", made), fresh)  # the control: on the version that stands
        assert Application.objects.get().draft["report-text"] == ["另一窗口里写的。"]

    def test_what_was_handed_in_is_not_saved_over(self, world):
        made = world.submitted()
        body = posted(world.liu, at("application-autosave", made), {"report-text": "改"}, status=200)
        assert "data-closed" in body
        assert Application.objects.get().draft["report-text"] == ["任职以来主持质量管理体系建设。"]

    def test_a_return_unlocks_what_was_pinned_and_nothing_else(self, world):
        made = world.returned("7.4.4")
        said = {
            "i7_4_4-band": "3",
            "i7_4_4-coefficient": "0.5",
            "i7_4_4-text": "写明了。",
            "report-text": "偷换的报告。",
        }
        posted(world.liu, at("application-edit", made), said | {"version": str(made.draft_version)})
        kept = Application.objects.get().draft
        assert kept["i7_4_4-text"] == ["写明了。"]
        assert kept["report-text"] == ["任职以来主持质量管理体系建设。"]

    @pytest.mark.parametrize("code", ["\x00", "9" * 30, "nobody", "💥", ""])
    @pytest.mark.parametrize(
        "name", ["body-body", "i7_3-band", "i7_3-coefficient", "basic-faults", "version"]
    )
    def test_nonsense_is_told_beside_the_field_and_never_an_error(self, world, name, code):
        made = world.written()
        said = {k: v[0] for k, v in typed(world.body).items()} | {
            "version": "2",
            name: code,
            "action": "check",
        }
        answer = browser(world.liu).post(at("application-edit", made), said)
        assert answer.status_code in (302, 422)

    def test_percentages_stand_beside_what_is_done_and_not_beside_results(self, world):
        """Table B.2 has none."""
        body = page(world.liu, at("application-edit", world.written()))
        done, results = body.partition('id="paper-7.5.1"')[::2]
        assert "<b>满足 70%–85%</b>" in done.partition('id="paper-7.1.1"')[2]
        results = results.partition('id="s-papers"')[0]
        assert "<b>4 档</b>" in results and "满足 70%" not in results
        assert "25%–30% 归入 1 档" in body


class TestSigningPage:
    def test_the_name_must_be_ones_own_and_the_words_those_of_the_page(self, world):
        made = world.written()
        check = at("application-check", made)
        digest = re.search(r'name="digest" value="(\w{64})"', page(world.wangxs, check))[1]
        said = {"name": "李四", "truthful": "on", "digest": digest}
        body = posted(world.wangxs, check, said, status=422)
        assert "请签写您本人的姓名“王雪松”。" in body and 'value="李四"' in body
        assert "请确认内容和材料真实" in posted(
            world.wangxs, check, said | {"name": "王雪松", "truthful": ""}, status=422
        )
        world.paper(made)
        body = posted(world.wangxs, check, said | {"name": "王雪松"}, status=409)
        assert "内容刚刚改过，没有签写" in body
        assert not CoSignature.objects.exists()
        digest = re.search(r'name="digest" value="(\w{64})"', page(world.wangxs, check))[1]
        posted(world.wangxs, check, said | {"name": "王雪松", "digest": digest})
        assert CoSignature.objects.get().side == "officer"

    def test_the_form_says_whose_signature_is_missing_or_does_not_cover_any_more(self, world):
        made = world.written()
        assert page(world.liu, at("application-edit", made)).count("还没有签写") == 2
        world.signed(made)
        assert page(world.liu, at("application-edit", made)).count("已签写") == 2
        world.paper(made)
        assert page(world.liu, at("application-edit", made)).count("须重新签写") == 2

    def test_an_incomplete_form_leads_back_and_says_why(self, world):
        made = world.written(report__text="")
        liu = browser(world.liu)
        form = at("application-edit", made)
        assert liu.get(at("application-check", made)).headers["Location"] == form
        assert "还没有填好，所以还不能签写" in liu.get(form).content.decode()

    def test_what_was_asked_and_not_touched_is_said_before_it_is_handed_in_again(self, world):
        made = world.returned("7.4.4", "report")
        now = Application.objects.get()
        draft.save(now, now.draft | {"report-text": ["改过的报告。"]}, version=None, by=world.liu)
        body = page(world.liu, at("application-check", made))
        assert "还有 1 处没有改动" in body
        assert '<span class="diff-new">改过的报告。' in body


class TestPapers:
    def test_one_paper_supports_several_and_is_reassigned(self, world):
        made = world.written()
        paper = world.paper(made, "7.4.4")
        assert world.paper(made, "7.5.1") == paper  # the same sheet dropped on another indicator
        posted(world.liu, at("proof-supports", paper), {"supports": ["7.3", "5.1"]})
        paper.refresh_from_db()
        assert paper.supports == ["5.1", "7.3"]
        assert "每份材料至少支持一项" in told(world.liu, at("proof-supports", paper), {})
        paper.refresh_from_db()
        assert paper.supports == ["5.1", "7.3"]

    def test_a_paper_dropped_twice_on_the_same_place_says_so(self, world):
        made = world.written()
        world.paper(made, "7.4.4")
        said = {"kind": "7.4.4", "file": picture(shade=200)}
        assert "这份材料已经传过了" in told(world.liu, at("application-attach", made), said)

    @pytest.mark.parametrize("kind", ["", "9.9", "recommendation"])
    def test_a_paper_for_nothing_is_refused(self, world, kind):
        made = world.written()
        said = {"kind": kind, "file": picture()}
        assert "它支持哪一项" in told(world.liu, at("application-attach", made), said)
        assert not Proof.objects.exists()

    def test_a_return_opens_the_papers_of_what_was_pinned(self, world):
        made = world.written()
        pinned, other = world.paper(made, "7.4.4", shade=1), world.paper(made, "7.3", shade=2)
        made = world.submitted(made)
        services.pin(
            made, key="proof.7.4.4", reason="看不清。", cites="", by=world.shen, proof=pinned, page=1
        )
        made = world.returned("7.4.4", made=made)
        assert "不在退回补充的范围内" in told(world.liu, at("proof-remove", other))
        assert "不在退回补充的范围内" in told(
            world.liu, at("application-attach", made), {"kind": "7.3", "file": picture()}
        )
        posted(world.liu, at("proof-remove", pinned))
        posted(world.liu, at("application-attach", made), {"kind": "7.4.4", "file": picture(shade=9)})
        assert sorted(paper.supports for paper in made.proofs.current()) == [["7.3"], ["7.4.4"]]
        made = world.submitted(made)
        body = page(world.shen, at("application", made))
        assert (
            '<span class="diff-old">质量月报.png</span>' in body
        )  # what was removed stands beside what came
        # And what lay there in the first round may still be opened.
        assert browser(world.shen).get(at("proof", pinned)).status_code == 200

    def test_papers_are_seen_by_those_concerned_only_and_each_look_is_on_record(self, world):
        made = world.written()
        paper = world.paper(made)
        addresses = (at("proof", paper), at("proof-page", paper, number=1))
        stranger = bodies.body("别的机构", username="stranger")
        expert = user("expert-0", Role.EXPERT, person=person("专家甲", NUMBERS[0]))

        def opened(who) -> list[int]:
            return [browser(who).get(address).status_code for address in addresses]

        assert opened(world.shen) == [404, 404]  # a draft is nobody else's business
        made = world.accepted(world.submitted(made))
        assert opened(world.liu) == opened(world.wangxs) == opened(world.shen) == [200, 200]
        for nobody in (
            stranger,
            world.people.dan,
            world.people.wang,
            world.people.meng,
            world.people.hao,
            expert,
        ):
            assert opened(nobody) == [404, 404], nobody
        run = Evaluation.objects.get()
        seat = seated(run, expert.acting.person, state="invited")
        assert opened(expert) == [404, 404]  # not before the statement
        moved(seat, "serving")
        assert opened(expert) == [200, 200]
        moved(seat, "recused")
        assert opened(expert) == [404, 404]
        looks = Event.objects.about(made).filter(action=Event.PAPER)
        assert sorted(each.actor.username for each in looks) == ["expert-0", "shen"]


class TestWhatIsOnRecord:
    def test_the_register_is_asked_and_what_it_does_not_know_cannot_be_told(self, world):
        Officer.objects.update(education="bachelor", title="junior")
        made = world.written()
        body = page(world.wangxs, at("application-edit", made))
        assert "职称为初级，要求中级及以上。" in body
        assert "没有提供质量管理经历，无法判定" in body
        assert "1 条不符合" in body

    def test_what_stands_against_the_officer_is_seen_by_him_and_the_body_and_not_by_the_enterprise(
        self, world
    ):
        on_record(by=world.people.wang, accident_level="major")
        made = world.submitted()
        against = "已登记的事实"
        assert against in page(world.shen, at("application", made))
        assert against in page(world.wangxs, at("application", made))
        body = page(world.liu, at("application", made))
        assert against not in body
        assert "不符合" not in body.partition('id="clauses"')[2].partition("</ul>")[0]

    def test_what_weighs_less_than_the_text_asks_bars_nobody(self, world):
        """The control: a larger accident is no major one."""
        on_record(by=world.people.wang, accident_level="larger")
        assert "已登记的事实" not in page(world.shen, at("application", world.submitted()))

    def test_a_decision_about_what_the_enterprise_does_not_see_is_not_shown_to_it_either(self, world):
        on_record(
            by=world.people.wang, accident_level="major", responsible=None
        )  # open: for the body to decide
        made = world.determined(world.submitted())
        assert made.determinations.count() == 5
        assert page(world.shen, at("application", made)).count("看过原件，视为符合。") == 5
        assert page(world.liu, at("application", made)).count("看过原件，视为符合。") == 4

    def test_an_established_ground_offers_no_form_to_determine_it(self, world):
        """The control: a clause of 5.1 beside it does."""
        on_record(by=world.people.wang, accident_level="major")
        made = world.submitted()
        body = page(world.shen, at("application", made))
        assert 'name="clause" value="education"' in body
        assert 'name="clause" value="js-8-2-b"' not in body
        assert "已经查明，不能认定为符合：请不予受理。" in body
        told(world.shen, at("application-determine", made), {"clause": "js-8-2-b", "reason": "查过。"})
        assert not made.determinations.exists()

    def test_the_way_around_5_1_is_told_as_our_reading_and_not_for_8_2(self, world):
        body = page(world.liu, at("application-edit", world.written()))
        said = "5.1 有不符合的，也可以写明理由申请，由评价机构书面认定是否视为符合；8.2 的情形已经查明的，不能这样认定。"
        assert f'<span class="tag tag-assumed">推定</span> {said}' in body


class TestReview:
    def test_a_pin_takes_a_field_or_a_page_and_says_what_is_wrong_with_it(self, world):
        made = world.written()
        paper = world.paper(made)
        made, pin = world.submitted(made), at("application-pin", made)
        assert "请写明须补充什么" in posted(world.shen, pin, {"key": "7.4.4", "reason": " "}, status=422)
        assert "没有这一栏" in posted(world.shen, pin, {"key": "body", "reason": "换一家。"}, status=422)
        far = {"key": "page", "reason": "看不清。", "paper": str(paper.pk), "page": "9"}
        body = posted(world.shen, pin, far, status=422)
        assert "没有这一页" in body and "看不清。" in body
        posted(world.shen, pin, far | {"page": "1"})
        posted(world.shen, pin, {"key": "7.4.4", "reason": "请写明数据来源。"})
        posted(
            world.shen, pin, {"key": "7.4.4", "reason": "请写明数据来源和年份。"}
        )  # said anew, where it is
        found = [(item.key, item.page, item.reason) for item in ReturnItem.objects.all()]
        assert found == [("proof.7.4.4", 1, "看不清。"), ("7.4.4", None, "请写明数据来源和年份。")]

    def test_what_was_noted_is_seen_by_a_colleague_and_not_by_those_who_apply(self, world):
        made = world.submitted()
        services.pin(made, key="report", reason="报告太短。", cites="8.1 b)", by=world.shen)
        assert "报告太短。" in page(world.fan, at("application", made))
        assert "报告太短。" not in page(world.liu, at("application", made))

    def test_a_determination_needs_words_and_an_open_clause(self, world):
        made = world.submitted()
        address = at("application-determine", made)
        assert "请填写认定理由" in told(world.shen, address, {"clause": "education", "reason": ""})
        assert "已经认定，或者不用认定" in told(
            world.shen, address, {"clause": "js-8-2-a", "reason": "查过。"}
        )
        assert not made.determinations.exists()
        posted(world.shen, address, {"clause": "education", "reason": "看过毕业证。"})
        assert made.determinations.get().by == world.shen

    def test_a_reason_that_cannot_be_kept_stands_at_its_clause_again(self, world):
        made = world.submitted()
        long = "看过毕业证。" * 400
        body = posted(
            world.shen, at("application-determine", made), {"clause": "education", "reason": long}, status=422
        )
        assert long in body and '<details class="decide" open>' in body and "decide-wrong" in body
        assert not made.determinations.exists()

    def test_whoever_comes_second_gets_the_words_back(self, world):
        made = world.submitted()
        services.determine(made, clause="education", reason="看过原件。", by=world.fan)
        again = told(
            world.shen, at("application-determine", made), {"clause": "education", "reason": "查过学信网。"}
        )
        assert "已经认定" in again and "“查过学信网。”" in again
        perform(WITHDRAW, made, by=world.wangxs, note="不申请了")
        for name, words in (
            ("application-pin", {"key": "7.4.4", "reason": "写明来源。"}),
            ("application-pin", {"key": "nowhere", "reason": "写明来源。"}),
            ("application-determine", {"clause": "title", "reason": "写明来源。"}),
            ("application-refuse", {"ground": "js-8-2-a", "finding": "写明来源。"}),
        ):
            said = told(world.shen, at(name, made), words)
            assert "现在的状态是“已撤回”" in said and "“写明来源。”" in said, name
        assert "现在的状态是“已撤回”" in told(world.shen, at("application-unpin", made, item=1))

    def test_the_page_beside_the_composer_stays_whatever_is_pinned(self, world):
        made = world.written()
        paper = world.paper(made)
        made = world.submitted(made)
        typed = {"key": "7.4.4", "reason": "请写明数据来源。", "paper": str(paper.pk), "page": "5"}
        answer = browser(world.shen).post(at("application-pin", made), typed)
        assert answer.headers["Location"].endswith(f"?paper={paper.pk}&page=5#composer")
        assert ReturnItem.objects.get().page is None

    def test_a_refusal_asks_for_ground_and_finding_and_is_read_by_those_who_applied(self, world):
        made = world.submitted()
        address = at("application-refuse", made)
        body = posted(world.shen, address, {"finding": "写了一半的依据"}, status=422)
        assert "请选择不予受理的情形" in body and "写了一半的依据" in body
        posted(world.shen, address, {"ground": "nothing", "finding": "依据"}, status=422)
        posted(world.shen, address, {"ground": "js-8-2-c", "finding": "〔2026〕7号认定。"})
        body = page(world.wangxs, at("application", made))
        assert "不予受理（8.2 c)" in body and "〔2026〕7号认定。" in body
        assert "这一情形没有年限（推定）；所据认定被撤销、改变的，可以另行申请" in body
        assert "现在的状态是“不予受理”" in told(
            world.shen, address, {"ground": "js-8-2-a", "finding": "再来"}
        )

    def test_why_there_are_three_grounds_only_is_said_where_one_is_chosen(self, world):
        """8.2 says "among others": that we stop at three is a reading, with its reason."""
        body = page(world.shen, at("application-refuse", world.submitted()))
        assert '<span class="tag tag-assumed">推定</span> 只有写明的三种情形可以不予受理。' in body
        assert "8.2 写的是“包括但不限于”" in body

    def test_a_ground_that_time_cures_says_from_when_on(self, world):
        made = world.submitted()
        posted(world.shen, at("application-refuse", made), {"ground": "js-8-2-a", "finding": "失信记录。"})
        assert "自认定之日起满 3 年后，可以另行申请" in page(world.wangxs, at("application", made))

    def test_a_refused_step_says_why_and_keeps_what_was_typed(self, world):
        made = world.accepted()
        brought_to(Evaluation.objects.get(), "decided")
        body = told(world.liu, at("application-step", made, step="withdraw"), {"note": "不申请了，有事"})
        assert "已经作出评价决定，不能再撤回" in body and "不申请了，有事" in body


class TestLists:
    def test_the_queue_shows_the_oldest_first_with_its_clock_and_marks_what_is_late(self, world):
        world.submitted()
        body = page(world.shen, reverse("evaluation:applications"))
        assert "待形式审查 1 件" in body and "11月27日（周五），还有 7 天" in body and "due-late" not in body
        with time_machine.travel("2026-11-30T12:00:00+08:00", tick=False):
            body = page(world.shen, reverse("evaluation:applications"))
            assert "已过 3 天" in body and "due-late" in body

    def test_a_draft_is_in_no_body_list_and_every_applicant_sees_the_own(self, world):
        world.opened()
        every = reverse("evaluation:applications") + "?tab=all"
        assert "王雪松" not in page(world.shen, every)
        assert "王雪松" in page(world.liu, every)
        assert "王雪松" in page(world.wangxs, every)
        assert "王雪松" not in page(world.people.dan, every)

    def test_found_by_pinyin_and_number(self, world):
        world.submitted()
        listed = reverse("evaluation:applications")
        for text in ("wxs", "王雪松", "恒通", "PJ-2026-0001"):
            assert "PJ-2026-0001</span>" in page(world.shen, f"{listed}?q={text}"), text
        assert "没有找到" in page(world.shen, f"{listed}?q=李四")

    @pytest.mark.parametrize(
        "address", ["?tab=nothing", "?after=xx", "?before=%00", "?q=%00", "?tab=%00&after=e30"]
    )
    def test_a_crafted_address_is_the_first_page(self, world, address):
        page(world.shen, reverse("evaluation:applications") + address)

    def test_the_desks_say_what_waits(self, world):
        made = world.written()
        assert "无待办" not in page(world.liu, "/")
        assert "王雪松的评价申请" in page(world.liu, "/") and "王雪松的评价申请" in page(world.wangxs, "/")
        world.submitted(made)
        assert (
            "待形式审查</span>" in page(world.liu, "/").partition("王雪松的评价申请")[2]
        )  # theirs no more, and not lost
        assert "无待办" in page(world.liu, "/") and "无待办" in page(world.wangxs, "/")
        assert "评价申请：1 件待形式审查" in page(world.shen, "/")

    def test_what_nobody_completes_is_said_to_the_body_once_it_is_late(self, world):
        """It stays the applicants' move, so nothing else would ever name it."""
        world.returned()
        told_by = Message.objects.get(kind="application-returned", recipient=world.liu).body
        assert "最迟在2026年12月11日（含当日）重新提交" in told_by
        late, listed = "1 件退回后逾期没有补充", reverse("evaluation:applications") + "?tab=completing"
        with time_machine.travel("2026-12-11T12:00:00+08:00", tick=False):
            assert late not in page(world.shen, "/")  # the control: its last day
        with time_machine.travel("2026-12-12T12:00:00+08:00", tick=False):
            assert late in page(world.shen, "/")
            assert "已过 1 天" in page(world.shen, listed)
            assert late not in page(world.liu, "/")


def test_after_acceptance_those_who_applied_read_the_stage_and_nothing_of_the_panel(world):
    made = world.accepted()
    run = Evaluation.objects.get()
    seated(run, person("专家甲", NUMBERS[0]), is_leader=True)
    brought_to(run, "scoring")
    for who in (world.liu, world.wangxs):
        body = page(who, at("application", made))
        assert "独立评分" in body
        assert "专家甲" not in body


def test_evaluations_stand_beside_the_other_posts_of_a_person_without_unpublished_marks(world):
    post = _of_officer(Officer.objects.select_related("organisation", "office", "person").get())
    assert evaluations_elsewhere([post]) == ["没有"]
    world.accepted()
    assert evaluations_elsewhere([post]) == ["PJ-2026-0001（未公布）"]
    brought_to(Evaluation.objects.get(), "decided")
    assert evaluations_elsewhere([post]) == ["PJ-2026-0001（未公布）"]
