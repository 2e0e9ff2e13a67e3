"""From two signatures to an accepted application: each guard once refused and once passed."""

from datetime import date, timedelta

import pytest
import time_machine
from django.core.exceptions import PermissionDenied
from django.db import transaction

from cqo_portal.accounts.models import Assignment, Role
from cqo_portal.audit.models import Event
from cqo_portal.digests import sha256
from cqo_portal.notifications.models import Message
from cqo_portal.workflow.engine import Refused, open_to, perform
from evaluation.applications import draft, services
from evaluation.applications.content import content_of
from evaluation.applications.steps import ACCEPT, BUTTONS, RETURN, SUBMIT, WITHDRAW, refuse_on, undetermined
from evaluation.bodies.models import BodyRecord
from evaluation.models import Application, CoSignature, Evaluation
from registry.incidents.services import withdraw
from registry.models import Officer
from tests.bodies import rows as bodies
from tests.bodies.rows import step as body_step
from tests.cast import user
from tests.evaluation.applications.world import TODAY, World
from tests.evaluation.rows import NUMBERS, brought_to, person, seated
from tests.incidents.rows import on_record
from tests.talent.rows import himself, post, small

pytestmark = pytest.mark.django_db

REFUSE = refuse_on(ground="js-8-2-b", finding="事故调查报告〔2026〕3号认定其负有责任。")


@pytest.fixture(autouse=True)
def noon():
    with time_machine.travel("2026-11-20T12:00:00+08:00", tick=False):
        yield


def refused(step, made, *, by, because: str, note: str = "") -> None:
    with pytest.raises(Refused) as found, transaction.atomic():
        perform(step, made, by=by, today=TODAY, note=note)
    assert because in str(found.value)


def changed(made: Application, *, by, **said: str) -> Application:
    """Typed over, as from another tab."""
    now = Application.objects.get(pk=made.pk)
    typed = now.draft | {name.replace("__", "-"): [value] for name, value in said.items()}
    return draft.save(now, typed, version=None, by=by)


def test_an_application_goes_from_the_draft_to_a_panel(world):
    made = world.submitted()
    assert (made.number, made.state, made.round) == ("PJ-2026-0001", "submitted", 1)
    assert (made.rule_edition, made.body, made.submitted_on) == ("jiangsu-2023-draft", world.body, TODAY)
    assert made.due_on == date(2026, 11, 27)  # five working days
    handed_in = made.submissions.get()
    said = handed_in.content
    assert said["recommendation"] == "该同志履职三年，同意推荐。"
    assert said["self_assessment"]["7.4.4"] == {"band": 4, "coefficient": "0.7", "text": "学习能力的做法。"}
    assert said["body"]["name"] == "江苏质量评价中心"
    assert handed_in.digest == sha256(said)

    made = world.accepted(made)
    run = Evaluation.objects.get()
    assert (made.state, made.due_on) == ("accepted", None)
    assert (run.number, run.run, run.state, run.aggregation) == (made.number, 1, "convening", "consensus")
    assert (run.submission, run.due_on) == (handed_in, date(2026, 12, 4))  # ten working days


# Every state × every person: the steps that are open (refusing and the panel's own are asked elsewhere).
RIGHTS = """
draft      liu    discard submit
draft      wangxs discard submit
draft      shen   -
draft      dan    -
submitted  liu    withdraw
submitted  wangxs withdraw
submitted  shen   return accept
submitted  fan    return accept
submitted  other  -
submitted  dan    -
submitted  meng   -
returned   liu    submit withdraw
returned   shen   -
accepted   wangxs withdraw
accepted   shen   -
refused    liu    -
refused    shen   -
withdrawn  liu    -
withdrawn  shen   -
discarded  liu    -
"""


def test_who_may_take_which_step(world):
    cast = {name: getattr(world, name) for name in ("liu", "wangxs", "shen", "fan")}
    cast |= {
        "dan": world.people.dan,
        "meng": world.people.meng,
        "other": bodies.body("别的机构", username="oth"),
    }
    made = world.submitted()
    for line in RIGHTS.strip().splitlines():
        state, who, *steps = line.split()
        made.state = state
        found = [step.name for step in open_to(cast[who], made, steps=BUTTONS.values())]
        assert found == ([] if steps == ["-"] else steps), line


def test_whoever_has_a_part_in_the_case_reviews_nothing(world):
    """The control is above: her colleague may."""
    made = world.submitted()
    world.shen.assignments.create(user=world.shen, role="officer", person=world.officer.person)
    with pytest.raises(PermissionDenied):
        services.pin(made, key="report", reason="请补充。", cites="", by=world.shen)
    with pytest.raises(PermissionDenied):
        perform(ACCEPT, made, by=world.shen, today=TODAY)


class TestSubmitting:
    def test_everything_must_be_filled_in(self, world):
        made = world.signed()
        changed(made, by=world.liu, report__text="")
        refused(SUBMIT, made, by=world.liu, because="还有 1 处没有填好")

    @pytest.mark.parametrize(
        ("said", "because"),
        [
            ({"i7_3__coefficient": "0.9"}, "1 处"),  # of another band
            ({"i7_3__coefficient": "0.75"}, "1 处"),  # of none
            ({"i7_3__band": ""}, "1 处"),
            ({"i7_3__text": ""}, "1 处"),
            ({"body__body": "nobody"}, "1 处"),
            ({"basic__no_faults": ""}, "1 处"),
            ({"basic__faults": "js-8-2-a"}, "1 处"),  # and yet none
        ],
    )
    def test_what_does_not_fit_is_not_filled_in(self, world, said, because):
        made = world.signed()
        changed(made, by=world.liu, **said)
        refused(SUBMIT, made, by=world.liu, because=because)

    def test_below_ten_per_cent_there_is_nothing_to_choose(self, world):
        made = world.written(i7_3__band="0", i7_3__coefficient=None)
        assert content_of(made, today=TODAY)["self_assessment"]["7.3"]["coefficient"] == "0"
        assert world.submitted(made).state == "submitted"

    def test_both_sides_must_have_signed(self, world):
        made = world.written()
        refused(SUBMIT, made, by=world.liu, because="还要签写：所在组织推荐、本人申请")
        world.sign(made, world.liu)
        refused(SUBMIT, made, by=world.liu, because="还要签写：本人申请。")
        world.sign(made, world.wangxs)
        assert perform(SUBMIT, made, by=world.wangxs, today=TODAY).state == "submitted"

    def test_a_word_changed_after_signing_must_be_signed_again_by_both(self, world):
        made = world.signed()
        made = changed(made, by=world.liu, recommendation__text="另一句推荐。")
        refused(SUBMIT, made, by=world.liu, because="所在组织推荐（内容在签写以后改过）、本人申请（内容在")
        assert world.submitted(made).state == "submitted"
        assert CoSignature.objects.count() == 4  # what was signed before stays on record

    def test_put_back_as_it_was_it_is_what_was_signed(self, world):
        made = world.signed()
        changed(made, by=world.liu, recommendation__text="另一句推荐。")
        changed(made, by=world.liu, recommendation__text="该同志履职三年，同意推荐。")
        assert perform(SUBMIT, made, by=world.liu, today=TODAY).state == "submitted"

    def test_a_paper_added_or_reassigned_after_signing_must_be_signed_too(self, world):
        made = world.signed()
        paper = world.paper(made, "7.4.4")
        refused(SUBMIT, made, by=world.liu, because="内容在签写以后改过")
        world.signed(made)
        services.reassign(paper, supports=["7.4.4", "7.3"], by=world.wangxs)
        refused(SUBMIT, made, by=world.liu, because="内容在签写以后改过")
        assert world.submitted(made).state == "submitted"

    def test_the_body_must_be_on_record(self, world):
        made = world.signed()
        body_step("suspend", world.record, by=world.people.meng)
        refused(SUBMIT, made, by=world.liu, because="的登记自2026年11月20日起暂停，不能受理评价申请")
        body_step("resume", BodyRecord.objects.get(), by=world.people.meng)
        assert perform(SUBMIT, made, by=world.liu, today=TODAY).state == "submitted"

    def test_the_post_must_stand(self, world):
        made = world.signed()
        Officer.objects.update(ended_on=TODAY)
        refused(SUBMIT, made, by=world.liu, because="王雪松已经离任")
        Officer.objects.update(ended_on=None)
        assert perform(SUBMIT, made, by=world.liu, today=TODAY).state == "submitted"

    def test_nobody_else_evaluates_the_same_person_meanwhile(self, world):
        first = world.accepted()
        second = world.written()
        world.signed(second)
        refused(SUBMIT, second, by=world.liu, because="王雪松另有一次评价正在进行")
        perform(WITHDRAW, first, by=world.wangxs, today=TODAY, note="另行申请")
        assert perform(SUBMIT, second, by=world.liu, today=TODAY).number == "PJ-2026-0002"

    def test_what_is_unmet_must_be_explained(self, world):
        Officer.objects.update(title="junior")
        made = world.written()
        refused(
            SUBMIT, made, by=world.liu, because="“中级及以上职称”（5.1 a)）不符合：仍要申请的，请写明理由"
        )
        made = changed(made, by=world.liu, basic__plea="职称评审已经通过，证书年底颁发。")
        made = world.submitted(made)
        assert made.tally == {"unmet": 1, "unknown": 3, "met": 3}

    def test_a_second_round_keeps_number_edition_and_body(self, world):
        made = world.returned("7.4.4")
        made = world.submitted(changed(made, by=world.liu, i7_4_4__text="写明了数据来源。"))
        assert (made.number, made.round, made.rule_edition) == ("PJ-2026-0001", 2, "jiangsu-2023-draft")
        assert [each.content["self_assessment"]["7.4.4"]["text"] for each in made.submissions.all()] == [
            "学习能力的做法。",
            "写明了数据来源。",
        ]


class TestOpening:
    def test_a_second_click_finds_the_same_draft(self, world):
        assert world.opened() == world.opened(by=world.wangxs)

    def test_one_application_of_a_person_is_under_way_at_a_time(self, world):
        elsewhere = post(small(world.people))
        himself_there = world.wangxs
        world.opened()
        with pytest.raises(services.UnderWay, match="王雪松另有一份评价申请正在办理") as found:
            services.open_application(elsewhere, by=himself_there, today=TODAY)
        assert found.value.standing is not None  # his own: he may see it
        # The control: once the first is thrown away, the other may begin.
        perform(BUTTONS["discard"], Application.objects.get(), by=world.liu, today=TODAY)
        assert (
            services.open_application(elsewhere, by=himself_there, today=TODAY).organisation.name
            == "青县小微包装厂"
        )

    def test_a_stranger_opens_none(self, world):
        with pytest.raises(PermissionDenied):
            world.opened(by=world.people.dan)
        somebody = himself(post(small(world.people), name="李四", number=NUMBERS[0]), "lisi")
        with pytest.raises(PermissionDenied):
            world.opened(by=somebody)

    def test_nobody_applies_for_whoever_left(self, world):
        world.officer.ended_on = TODAY
        with pytest.raises(Refused, match="已经离任"):
            world.opened()

    def test_what_was_written_last_time_is_there_again_and_is_declared_anew(self, world):
        perform(WITHDRAW, world.submitted(), by=world.liu, today=TODAY, note="下次再来")
        again = world.opened()
        assert again.draft["report-text"] == ["任职以来主持质量管理体系建设。"]
        assert "basic-no_faults" not in again.draft


class TestSigning:
    def test_just_the_words_that_lay_on_the_page_are_signed(self, world):
        made = world.written()
        seen = sha256(content_of(made, today=TODAY))
        changed(made, by=world.wangxs, report__text="改过的报告。")
        with pytest.raises(services.Changed):
            services.sign(made, name="liu", digest=seen, by=world.liu, today=TODAY)
        assert not CoSignature.objects.exists()

    def test_what_is_not_complete_is_not_signed(self, world):
        made = world.written(report__text="")
        with pytest.raises(Refused, match="还有 1 处没有填好"):
            world.sign(made, world.liu)

    def test_a_second_click_signs_once(self, world):
        made = world.written()
        world.sign(made, world.liu)
        world.sign(made, world.liu)
        assert CoSignature.objects.count() == 1
        assert Event.objects.about(made).filter(action="sign").count() == 1

    def test_what_was_handed_in_is_not_signed_any_more(self, world):
        made = world.submitted()
        with pytest.raises(Refused, match="已经提交"):
            world.sign(made, world.liu)

    def test_nobody_recommends_himself_in_the_name_of_the_enterprise(self, world):
        """One account in two roles would sign both sides; a role that was given up since counts too."""
        made = world.written()
        also = Assignment.objects.create(
            user=world.liu, role=Role.OFFICER, person=world.officer.person, active=False
        )
        with pytest.raises(Refused, match="不能由被推荐的本人代签"):
            world.sign(made, world.liu)
        also.delete()
        world.sign(made, world.liu)  # the control
        world.sign(made, world.wangxs)
        assert CoSignature.objects.count() == 2

    def test_nobody_else_signs(self, world):
        made = world.written()
        for stranger in (world.people.dan, world.shen):
            with pytest.raises(PermissionDenied):
                world.sign(made, stranger)


class TestReviewing:
    def test_a_return_says_what_is_missing(self, world):
        made = world.submitted()
        refused(RETURN, made, by=world.shen, because="请至少指出一处")
        services.pin(made, key="7.4.4", reason="请写明数据来源。", cites="7.4.4", by=world.shen)
        made = perform(RETURN, made, by=world.shen, today=TODAY)
        assert (made.state, made.due_on) == ("returned", date(2026, 12, 11))  # fifteen working days
        assert made.return_items.get().sent_at

    def test_nothing_that_was_noted_is_lost_by_accepting_or_refusing(self, world):
        made = world.determined(world.submitted())
        item = services.pin(made, key="report", reason="请补充。", cites="", by=world.shen)
        refused(ACCEPT, made, by=world.shen, because="还有没发出的补充项")
        refused(REFUSE, made, by=world.shen, because="还有没发出的补充项")
        services.unpin(made, item_pk=item.pk, by=world.fan)  # a colleague takes over
        assert perform(ACCEPT, made, by=world.fan, today=TODAY).state == "accepted"

    def test_every_open_clause_is_determined_in_writing(self, world):
        made = world.submitted()
        assert [clause.key for clause in undetermined(made)] == [
            "education",
            "title",
            "experience",
            "training",
        ]
        refused(ACCEPT, made, by=world.shen, because="“大专及以上学历”（5.1 a)）")
        for clause in undetermined(made)[1:]:
            services.determine(made, clause=clause.key, reason="看过原件。", by=world.shen)
        refused(ACCEPT, made, by=world.shen, because="“大专及以上学历”（5.1 a)）尚未符合")
        services.determine(made, clause="education", reason="看过毕业证。", by=world.shen)
        assert perform(ACCEPT, made, by=world.shen, today=TODAY).state == "accepted"

    def test_an_established_ground_of_8_2_cannot_be_determined_away(self, world):
        """And the control in the same case: once the finding is cancelled, nothing bars any more."""
        fact = on_record(by=world.people.wang, accident_level="major")
        made = world.submitted()
        assert "js-8-2-b" not in [clause.key for clause in undetermined(made)]
        world.determined(made)
        services.determine(made, clause="js-8-2-b", reason="视为符合。", by=world.shen)  # past the page
        because = "“本人负有重大质量事故责任”（8.2 b)）已经查明，不能认定为符合：请不予受理。"
        refused(ACCEPT, made, by=world.shen, because=because)
        withdraw(fact, reason="认定文书已撤销。", by=world.people.wang)
        assert perform(ACCEPT, made, by=world.shen, today=TODAY).state == "accepted"

    def test_a_ground_of_8_2_that_cannot_be_told_is_for_the_body_to_determine(self, world):
        on_record(by=world.people.wang, accident_level="major", responsible=None)
        made = world.submitted()
        assert "js-8-2-b" in [clause.key for clause in undetermined(made)]
        refused(ACCEPT, made, by=world.shen, because="“本人负有重大质量事故责任”（8.2 b)）尚未符合")
        assert perform(ACCEPT, world.determined(made), by=world.shen, today=TODAY).state == "accepted"

    def test_an_unmet_basic_requirement_may_be_determined(self, world):
        """5.1 is for the body to judge, by our reading; only 8.2 is not."""
        Officer.objects.update(title="junior")
        made = world.submitted(world.written(basic__plea="职称评审已经通过，证书年底颁发。"))
        assert "title" in [clause.key for clause in undetermined(made)]
        assert perform(ACCEPT, world.determined(made), by=world.shen, today=TODAY).state == "accepted"

    def test_a_determination_holds_for_its_round(self, world):
        made = world.determined(world.submitted())
        made = world.submitted(world.returned("report", made=made))
        refused(ACCEPT, made, by=world.shen, because="尚未符合")

    def test_a_body_off_record_accepts_nothing(self, world):
        made = world.determined(world.submitted())
        body_step("suspend", world.record, by=world.people.meng)
        refused(ACCEPT, made, by=world.shen, because="不能受理评价申请")
        body_step("resume", BodyRecord.objects.get(), by=world.people.meng)
        assert perform(ACCEPT, made, by=world.shen, today=TODAY).state == "accepted"

    def test_a_refusal_names_its_ground_and_finding(self, world):
        made = perform(REFUSE, world.submitted(), by=world.shen, today=TODAY)
        assert (made.state, made.refusal.ground, made.refusal.cites) == ("refused", "js-8-2-b", "8.2 b)")
        assert made.refusal.finding == "事故调查报告〔2026〕3号认定其负有责任。"
        assert not Evaluation.objects.exists()

    def test_nothing_is_noted_once_it_was_decided(self, world):
        made = world.accepted()
        with pytest.raises(Refused, match="现在的状态是“已受理”"):
            services.pin(made, key="report", reason="请补充。", cites="", by=world.shen)
        with pytest.raises(PermissionDenied):  # whoever may not review is told nothing of the state
            services.pin(made, key="report", reason="请补充。", cites="", by=world.liu)
        with pytest.raises(Refused, match="现在的状态是“已受理”"):
            services.determine(made, clause="education", reason="看过。", by=world.shen)


class TestWithdrawing:
    def test_a_reason_is_asked_for(self, world):
        made = world.submitted()
        refused(WITHDRAW, made, by=world.liu, because="请写明理由")
        assert perform(WITHDRAW, made, by=world.liu, today=TODAY, note="人员变动").state == "withdrawn"

    def test_the_evaluation_ends_with_it_and_the_panel_is_told(self, world):
        made = world.accepted()
        run = Evaluation.objects.get()
        expert = _serving(run)
        brought_to(run, "scoring")
        perform(WITHDRAW, made, by=world.wangxs, today=TODAY, note="家里有事")
        run.refresh_from_db()
        assert run.state == "closed"
        told = Message.objects.filter(recipient=expert, kind="evaluation-closed").get()
        assert "家里有事" not in told.body

    @pytest.mark.parametrize("state", ["decided", "published"])
    def test_after_the_decision_it_is_too_late(self, world, state):
        """The control is above: before it, an evaluation under way is no hindrance."""
        made = world.accepted()
        brought_to(Evaluation.objects.get(), state)
        refused(WITHDRAW, made, by=world.liu, because="已经作出评价决定", note="反悔")
        assert Application.objects.get().state == "accepted"


def _serving(run: Evaluation):
    who = person("专家甲", NUMBERS[0])
    seated(run, who, is_leader=True)
    return user("expert-0", Role.EXPERT, person=who)


def test_whom_it_concerns_is_told_and_nobody_else(world):
    made = world.accepted(world.submitted(world.returned("report")))
    told = {(each.kind, each.recipient.username) for each in Message.objects.select_related("recipient")}
    assert {each for each in told if each[0].startswith("application")} == {
        ("application-submitted", "shen"),
        ("application-submitted", "fan"),
        ("application-returned", "liu"),
        ("application-returned", "wangxs"),
        ("application-accepted", "liu"),
        ("application-accepted", "wangxs"),
    }
    assert made.round == 2


def test_numbers_begin_anew_each_year(world: World):
    world.accepted()
    perform(WITHDRAW, Application.objects.get(), by=world.liu, today=TODAY, note="明年再来")
    later = TODAY + timedelta(days=60)
    with time_machine.travel("2027-01-19T12:00:00+08:00", tick=False):
        made = world.signed()
        assert perform(SUBMIT, made, by=world.liu, today=later).number == "PJ-2027-0001"
