"""A panel is built: who is offered in which order and why, what stands against whom, who leads, who is asked."""

from datetime import date, timedelta

import pytest
import time_machine
from django.core.exceptions import PermissionDenied
from django.db import connection
from django.test.utils import CaptureQueriesContext

from cqo_portal.accounts.models import Assignment, Role
from cqo_portal.audit.models import Event
from cqo_portal.audit.record import record
from cqo_portal.notifications.models import Message
from cqo_portal.workflow.engine import Refused, perform
from evaluation.bodies.models import Clocks
from evaluation.experts.models import Expert
from evaluation.experts.workflow import END
from evaluation.models import CalibrationCase, Evaluation, Panellist, Sheet
from evaluation.panels import services
from evaluation.panels.offers import fields_of_the_case, offers
from evaluation.panels.workflow import BUTTONS
from tests.cast import browser
from tests.evaluation.panels import rows
from tests.evaluation.rows import EDITION, TODAY

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def noon():
    with time_machine.travel("2026-11-20T12:00:00+08:00", tick=False):
        yield


def names(found) -> list[str]:
    return [offer.expert.name for offer in found]


class TestOffers:
    def test_who_knows_the_field_comes_first_and_the_reasons_are_said(self, people):
        made = rows.case(people, experts=3)
        Expert.objects.filter(pk=made.experts[2].pk).update(fields=["metal", "spc"])
        assert fields_of_the_case(made.evaluation) == ["metal"]  # industry 33
        found = offers(made.evaluation, today=TODAY, wanted=["metal"])
        assert names(found) == ["陈守仁", "安一鸣", "白若兰"]
        assert found[0].reasons == (
            "专业对口：冶金与金属制品。",
            "近 12 个月没有参加评价。",
            "还没有参加过评价。",
        )

    def test_who_serves_elsewhere_waits_and_it_is_said_why(self, people):
        made = rows.serving(rows.case(people), 3)
        found = offers(rows.another(people, made), today=TODAY)
        assert names(found)[0] == "邓可欣"
        reasons = {offer.expert.name: offer.reasons for offer in found}
        assert reasons["安一鸣"] == (
            "近 12 个月和正在进行的评价 1 个。",
            "上次参加评价在 2026-11-20。",
        )

    @pytest.mark.parametrize(
        ("change", "said"),
        [
            (
                lambda made: made.users[0].assignments.update(active=False),
                "还没有账号，收不到邀请；请先开设账号。",
            ),
            (
                lambda made: type(made.users[0]).objects.filter(pk=made.users[0].pk).update(email=""),
                "账号没有登记电子邮箱，收不到签署用的验证码。",
            ),
            (
                lambda made: Expert.objects.filter(pk=made.experts[0].pk).update(
                    busy_until=date(2026, 12, 1)
                ),
                "本人写明2026年12月1日以前不承担评价。",
            ),
            (
                lambda made: Assignment.objects.create(
                    user=made.users[0], role=Role.BODY, institution=made.evaluation.body
                ),
                "同时为本评价机构办事，不能又评分又作决定。",
            ),
        ],
        ids=["no account", "no address", "busy", "staff of the body"],
    )
    def test_who_cannot_be_asked_is_not_named_and_it_is_said_why(self, people, change, said):
        made = rows.case(people)
        change(made)
        assert {o.expert.name: o.obstacles for o in offers(made.evaluation, today=TODAY)} == {
            "安一鸣": (said,),
            "白若兰": (),
            "陈守仁": (),
            "邓可欣": (),
        }
        with pytest.raises(Refused, match=said):
            services.propose(made.evaluation, made.experts[0], leads=False, by=made.staff, today=TODAY)
        services.propose(made.evaluation, made.experts[1], leads=False, by=made.staff, today=TODAY)

    def test_as_many_questions_for_seven_experts_as_for_one(self, people):
        made = rows.case(people, experts=1)

        def asked() -> int:
            with CaptureQueriesContext(connection) as questions:
                offers(made.evaluation, today=TODAY, wanted=["metal"])
            return len(questions)

        asked()
        one = asked()
        for number in range(1, 7):
            rows.account(rows.engage(made.staff, number).person, f"engaged-{number}")
        assert (one, asked()) == (15, 15)

    def test_the_page_says_them_all(self, people):
        made = rows.case(people)
        Assignment.objects.create(user=made.users[3], role=Role.ENTERPRISE, organisation=people.hengtong)
        page = browser(made.staff).get(f"/evaluations/{made.evaluation.pk}/panel/").content.decode()
        assert "还没有人。" in page and "安一鸣" in page
        assert "在本平台以泊头恒通管件有限公司经办人的身份办事。" in page
        assert f'value="{made.experts[0].pk}"' in page
        assert f'value="{made.experts[3].pk}"' not in page  # the control: whoever is open has a button


class TestNaming:
    def test_one_leads_and_another_may_take_over(self, people):
        made = rows.named(rows.case(people))
        services.lead(made.seat(1), by=made.staff)
        assert [made.seat(n).is_leader for n in range(3)] == [False, True, False]
        assert [e.action for e in Event.objects.about(made.seat(1))] == ["propose", "lead"]

    def test_naming_another_leader_makes_the_first_a_member(self, people):
        made = rows.named(rows.case(people))
        services.propose(made.evaluation, made.experts[3], leads=True, by=made.staff, today=TODAY)
        assert (
            Panellist.objects.get(evaluation=made.evaluation, is_leader=True).person == made.experts[3].person
        )

    def test_nobody_is_named_twice(self, people):
        made = rows.named(rows.case(people))
        with pytest.raises(Refused, match="已在评价组里"):
            services.propose(made.evaluation, made.experts[0], leads=False, by=made.staff, today=TODAY)

    def test_a_name_that_was_never_asked_goes_without_a_letter(self, people):
        made = rows.named(rows.case(people))
        services.release(made.seat(0), note="", by=made.staff, today=TODAY)
        assert not Message.objects.filter(kind="panel-released").exists()
        assert browser(made.users[0]).get(made.seat(0).get_absolute_url()).status_code == 404

    def test_whoever_was_asked_goes_with_a_reason_and_a_letter(self, people):
        made = rows.invited(rows.case(people))
        with pytest.raises(Refused, match="请写明理由"):
            services.release(made.seat(0), note="", by=made.staff, today=TODAY)
        services.release(made.seat(0), note="时间冲突", by=made.staff, today=TODAY)
        letters = Message.objects.filter(kind="panel-released", channel="inbox")
        assert [letter.recipient for letter in letters] == [made.users[0]]

    def test_neither_a_stranger_nor_an_expert_of_the_panel_builds_it(self, people):
        made = rows.named(rows.case(people))
        others = [people.liu, people.meng, made.users[0]]
        for other in others:
            with pytest.raises(PermissionDenied):
                services.propose(made.evaluation, made.experts[3], leads=False, by=other, today=TODAY)

    def test_nobody_names_himself(self, people):
        made = rows.case(people)
        Assignment.objects.create(user=made.staff, role=Role.EXPERT, person=made.experts[0].person)
        with pytest.raises(Refused, match="不能把您本人请进评价组"):
            services.propose(made.evaluation, made.experts[0], leads=False, by=made.staff, today=TODAY)


class TestAsAdvised:
    def sized(self, people, *, experts: int = 7):
        """A case of a body that takes five."""
        made = rows.case(people, experts=experts)
        Clocks.objects.create(institution=made.evaluation.body, panel_size=5, by=made.staff)
        return made

    def advised(self, made, wanted=()) -> list[tuple[str, bool]]:
        named = services.propose_as_advised(made.evaluation, wanted=wanted, by=made.staff, today=TODAY)
        return [(seat.person.name, seat.is_leader) for seat in named]

    def test_as_many_as_the_body_set_in_the_order_of_the_page_and_the_first_leads(self, people):
        made = self.sized(people)
        Expert.objects.filter(pk=made.experts[4].pk).update(fields=["metal"])
        order = names(offers(made.evaluation, today=TODAY, wanted=["metal"]))
        named = self.advised(made, ["metal"])
        assert named == [(name, number == 0) for number, name in enumerate(order[:5])]
        assert named[0] == ("方振华", True) and len(named) == 5
        assert not Message.objects.filter(kind="panel-invitation").exists()

    def test_only_as_many_as_are_lacking_and_who_leads_goes_on_leading(self, people):
        made = rows.named(self.sized(people), 3, leader=2)
        assert [leads for _, leads in self.advised(made)] == [False, False]
        with pytest.raises(Refused, match="评价组已有本机构所定的 5 人"):
            self.advised(made)

    def test_whoever_may_not_judge_is_left_out_and_where_nobody_is_left_that_is_said(self, people):
        made = self.sized(people, experts=2)
        Assignment.objects.create(user=made.users[0], role=Role.ENTERPRISE, organisation=people.hengtong)
        assert self.advised(made) == [("白若兰", True)]
        with pytest.raises(Refused, match="没有可以请的专家"):
            self.advised(made)

    def test_by_the_button_of_the_page_with_the_fields_it_shows(self, people):
        made = self.sized(people)
        Expert.objects.filter(pk=made.experts[6].pk).update(fields=["metal"])
        path = f"/evaluations/{made.evaluation.pk}/panel/"
        page = browser(made.staff).get(path).content.decode()
        assert "按建议列出 5 人，首位任组长" in page
        assert '<input type="hidden" name="field" value="metal">' in page
        answer = browser(made.staff).post(f"{path}propose-as-advised/", {"field": "metal"}, follow=True)
        assert "已按建议列出韩雪（组长）、" in answer.content.decode()
        assert "按建议列出" not in browser(made.staff).get(path).content.decode()

    def test_a_panel_below_the_bodys_own_size_is_told_so(self, people):
        made = rows.named(self.sized(people), 3)
        path = f"/evaluations/{made.evaluation.pk}/panel/"
        assert "本机构定为 5 人，现在 3 人。（只是建议）" in browser(made.staff).get(path).content.decode()
        self.advised(made)
        assert "本机构定为" not in browser(made.staff).get(path).content.decode()

    def test_not_once_the_panel_stands(self, people):
        made = rows.begun(rows.case(people))
        with pytest.raises(Refused, match="评价组已经组成"):
            self.advised(made)


class TestAggregation:
    def test_it_is_chosen_before_scoring_and_not_afterwards(self, people):
        made = rows.case(people)
        services.choose_aggregation(made.evaluation, "mean", by=made.staff)
        assert made.now().aggregation == "mean"
        rows.begun(made)
        with pytest.raises(Refused, match="都不能再改"):
            services.choose_aggregation(made.evaluation, "consensus", by=made.staff)

    def test_nor_while_members_are_added_to_a_panel_that_scored(self, people):
        made = rows.begun(rows.case(people))
        recused(made, 2)
        perform(BUTTONS["reconvene"], made.evaluation, by=made.staff, today=TODAY)
        with pytest.raises(Refused, match="已经发过评分表"):
            services.choose_aggregation(made.evaluation, "mean", by=made.staff)

    @pytest.mark.parametrize("typed", ["", "median", "\0"])
    def test_what_the_edition_does_not_know_is_refused(self, people, typed):
        made = rows.case(people)
        with pytest.raises(Refused, match="请选择合议或者平均"):
            services.choose_aggregation(made.evaluation, typed, by=made.staff)


def recused(made, number: int, **more) -> Panellist:
    return services.declare_a_conflict(
        made.seat(number), kind="kinship", said="是我的表弟。", by=made.users[number], today=TODAY, **more
    )


class TestInviting:
    def test_everybody_named_is_asked_by_a_day(self, people):
        made = rows.invited(rows.case(people))
        assert [made.seat(n).state for n in range(3)] == ["invited"] * 3
        assert made.seat(0).answer_by == date(2026, 11, 27)  # five working days from a Friday
        letters = Message.objects.filter(kind="panel-invitation", channel="inbox")
        assert {letter.recipient for letter in letters} == set(made.users[:3])

    def test_not_later_than_the_panel_should_stand(self, people):
        made = rows.named(rows.case(people, due_on=TODAY + timedelta(days=3)))
        services.invite(made.evaluation, by=made.staff, today=TODAY)
        assert made.seat(0).answer_by == date(2026, 11, 23)

    def test_where_one_may_not_be_asked_nobody_is_yet(self, people):
        made = rows.named(rows.case(people))
        Assignment.objects.create(user=made.users[1], role=Role.ENTERPRISE, organisation=people.hengtong)
        with pytest.raises(Refused, match="比对发现白若兰有应当回避的情形"):
            services.invite(made.evaluation, by=made.staff, today=TODAY)
        assert [made.seat(n).state for n in range(3)] == ["proposed"] * 3

    def test_nor_whoever_is_not_engaged_any_more(self, people):
        made = rows.named(rows.case(people))
        perform(END, made.experts[1], by=made.staff, note="到期", today=TODAY)
        with pytest.raises(Refused, match="白若兰已不是贵机构在聘的专家"):
            services.invite(made.evaluation, by=made.staff, today=TODAY)


class TestBeginning:
    def begin(self, made) -> Evaluation:
        return perform(BUTTONS["begin"], made.evaluation, by=made.staff, today=TODAY)

    def test_everybody_gets_a_sheet_and_the_clock_runs(self, people):
        made = rows.serving(rows.case(people))
        begun = self.begin(made)
        assert (begun.state, begun.due_on) == ("scoring", date(2026, 12, 11))  # 15 working days
        assert Sheet.objects.filter(panellist__evaluation=begun, state="open").count() == 3
        letters = Message.objects.filter(kind="scoring-begun", channel="inbox")
        assert {letter.recipient for letter in letters} == set(made.users[:3])

    @pytest.mark.parametrize("count", [1, 2])
    def test_not_with_fewer_than_three(self, people, count):
        made = rows.serving(rows.case(people), count)
        with pytest.raises(
            Refused, match=f"已声明的成员不够：评价组连组长至少 3 人（8.3，推定），现在 {count} 人。"
        ):
            self.begin(made)

    def test_nor_without_a_leader(self, people):
        made = rows.serving(rows.case(people), leader=9)
        with pytest.raises(Refused, match="还没有组长"):
            self.begin(made)
        services.lead(made.seat(2), by=made.staff)
        self.begin(made)

    def test_nor_while_somebody_has_not_answered(self, people):
        made = rows.invited(rows.case(people), 4)
        for number in range(3):
            rows.declared(made, number)
        with pytest.raises(Refused, match="邓可欣还没有答复"):
            self.begin(made)

    def test_nor_with_somebody_who_became_partial_since(self, people):
        made = rows.serving(rows.case(people))
        held = Assignment.objects.create(
            user=made.users[1], role=Role.ENTERPRISE, organisation=people.hengtong
        )
        with pytest.raises(
            Refused, match="比对发现白若兰有应当回避的情形：在本平台以泊头恒通管件有限公司经办人"
        ):
            self.begin(made)
        held.active = False  # a role is not given up for a day
        held.save()
        with pytest.raises(Refused, match="曾在本平台以泊头恒通管件有限公司经办人"):
            self.begin(made)
        Assignment.objects.filter(pk=held.pk).delete()
        self.begin(made)  # the control

    def test_an_even_number_is_advised_against_and_not_refused(self, people):
        made = rows.serving(rows.case(people), 4)
        page = browser(made.staff).get(f"/evaluations/{made.evaluation.pk}/panel/").content.decode()
        assert "评价组宜为单数，现在 4 人。（只是建议）" in page
        self.begin(made)

    def test_before_the_first_panel_the_calibration_case_is_scored(self, people):
        made = rows.serving(rows.case(people))
        case = CalibrationCase.objects.create(
            code="one", name="校准案例", rule_edition=EDITION, content={}, reference={}
        )
        with pytest.raises(Refused, match="安一鸣、白若兰、陈守仁还没有完成校准案例"):
            self.begin(made)
        for expert in made.experts[:2]:
            practised(expert.person, case)
        with pytest.raises(Refused, match="陈守仁还没有完成校准案例"):
            self.begin(made)
        practised(made.experts[2].person, case)
        self.begin(made)

    def test_a_case_of_another_edition_asks_nothing(self, people):
        made = rows.serving(rows.case(people))
        CalibrationCase.objects.create(
            code="two", name="别的", rule_edition="other", content={}, reference={}
        )
        self.begin(made)


def practised(person, case) -> None:
    sheet = Sheet.objects.create(person=person, calibration=case, rule_edition=case.rule_edition)
    record("sign", sheet, before="open", after="signed")
    sheet.state = "signed"
    sheet.save()
