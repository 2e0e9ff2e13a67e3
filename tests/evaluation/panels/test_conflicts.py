"""Conflicts: every relation the record knows, at every phase of a case; declared, found later, and found too late."""

import re
from datetime import date

import pytest
import time_machine
from django.core.exceptions import PermissionDenied
from django.db import DatabaseError, transaction

from cqo_portal.accounts.models import Assignment, Role
from cqo_portal.audit.models import Event
from cqo_portal.audit.record import record
from cqo_portal.digests import sha256
from cqo_portal.notifications.models import Message
from cqo_portal.workflow.engine import Refused, perform
from evaluation import conflicts
from evaluation.bodies.models import BodyRecord
from evaluation.experts.models import Employment, Interest
from evaluation.models import Conflict, Evaluation, Outcome, Panellist, Proof, Sheet
from evaluation.panels import facts, services
from evaluation.panels.offers import offers
from evaluation.panels.workflow import BUTTONS
from registry.models import Officer
from tests.cast import browser
from tests.evaluation import rows as core
from tests.evaluation.panels import rows
from tests.evaluation.rows import TODAY
from tests.talent.rows import post
from tests.training import rows as training

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def noon():
    with time_machine.travel("2026-11-20T12:00:00+08:00", tick=False):
        yield


# ── relations ─────────────────────────────────────────────────────────────────────────────────
def worked_there(people, made, person) -> None:
    Employment.objects.create(
        person=person,
        name=people.hengtong.name,
        code=people.hengtong.credit_code,
        begins=date(2015, 1, 1),
        ends=date(2018, 12, 31),
        by=made.users[0],
    )


def is_kin(people, made, person) -> None:
    candidate = made.evaluation.application.name
    Interest.objects.create(person=person, kind="kinship", name=candidate, by=made.users[0])


def trades_with_the_enterprise(people, made, person) -> None:
    Interest.objects.create(
        person=person,
        kind="business",
        organisation=people.hengtong.name,
        code=people.hengtong.credit_code,
        institution=made.evaluation.body,
        by=made.staff,
    )


def is_its_clerk(people, made, person) -> None:
    account = made.users[0]
    Assignment.objects.create(user=account, role=Role.ENTERPRISE, organisation=people.hengtong)


def was_its_officer(people, made, person) -> None:
    Officer.objects.create(
        name=person.name,
        person=person,
        organisation=people.hengtong,
        office=people.hengtong.office,
        appointed_on=date(2019, 1, 1),
        term_ends=date(2022, 1, 1),
        ended_on=date(2021, 6, 30),
    )


def taught(people, made, number: int):
    """A session the candidate has hours of, whose trainer has the name of the expert with that number."""
    by = training.provider(username="tan")
    training.commission(by.acting.institution, people.offices["130900"], by=people.meng)
    held = training.session(by, trainer=made.experts[number].name, day=date(2026, 10, 17))
    training.came(held, made.evaluation.application.person)
    return training.posted(held, by=by)


RELATIONS = {
    worked_there: "都任职过泊头恒通管件有限公司",
    was_its_officer: "都任职过泊头恒通管件有限公司",
    is_kin: "与王雪松有亲属关系（本人申报）：与被评价人姓名相同",
    trades_with_the_enterprise: "与泊头恒通管件有限公司有经济往来（评价机构补充）：被评价人在该组织任职",
    is_its_clerk: "以泊头恒通管件有限公司经办人的身份办事",
}
pairs = pytest.mark.parametrize(("relate", "said"), RELATIONS.items(), ids=[f.__name__ for f in RELATIONS])


class TestEveryRelationAtEveryPhase:
    """Of four experts the first is related; the others are the control."""

    @pairs
    def test_before_inviting_it_is_shown_and_he_cannot_be_named(self, people, relate, said):
        made = rows.case(people)
        relate(people, made, made.experts[0].person)
        against = {
            offer.expert.name: "".join(offer.obstacles) for offer in offers(made.evaluation, today=TODAY)
        }
        assert said in against.pop("安一鸣")
        assert set(against.values()) == {""}
        with pytest.raises(Refused, match=said):
            services.propose(made.evaluation, made.experts[0], leads=True, by=made.staff, today=TODAY)

    @pairs
    def test_named_he_cannot_be_asked(self, people, relate, said):
        made = rows.named(rows.case(people))
        relate(people, made, made.experts[0].person)
        with pytest.raises(Refused, match=said):
            services.invite(made.evaluation, by=made.staff, today=TODAY)

    @pairs
    def test_asked_he_cannot_declare_to_be_impartial(self, people, relate, said):
        made = rows.invited(rows.case(people))
        relate(people, made, made.experts[0].person)
        with pytest.raises(Refused, match=said):
            rows.declared(made, 0)
        assert rows.declared(made, 1).state == "serving"

    @pairs
    def test_declared_the_panel_cannot_begin_with_him(self, people, relate, said):
        made = rows.serving(rows.case(people))
        relate(people, made, made.experts[0].person)
        with pytest.raises(Refused, match=said):
            perform(BUTTONS["begin"], made.evaluation, by=made.staff, today=TODAY)

    @pairs
    def test_after_signing_the_body_records_what_the_comparison_found(self, people, relate, said):
        made = rows.begun(rows.case(people))
        sign(made, 0)
        relate(people, made, made.experts[0].person)
        page = browser(made.staff).get(f"/evaluations/panellists/{made.seat(0).pk}/recuse/").content.decode()
        assert said in page
        found = facts.detected(made.now(), [made.experts[0].person], day=TODAY)[made.experts[0].person_id]
        gone = services.report_a_conflict(
            made.seat(0),
            kind="employment",
            said=found[0].sentence,
            evidence="",
            found=found,
            by=made.staff,
            today=TODAY,
        )
        assert (gone.state, Sheet.objects.get(panellist=gone).state) == ("recused", "set_aside")
        assert Conflict.objects.get(panellist=gone).source == "detected"

    @pairs
    def test_after_the_decision_it_is_too_late_for_this_panel(self, people, relate, said):
        made = rows.begun(rows.case(people))
        relate(people, made, made.experts[0].person)
        core.brought_to(made.now(), "decided")
        with pytest.raises(Refused, match="已经作出评价决定"):
            services.declare_a_conflict(
                made.seat(0), kind="other", said="现在才知道。", by=made.users[0], today=TODAY
            )


def sign(made, number: int) -> None:
    """As signing leaves a sheet; the step itself is another part's."""
    sheet = Sheet.objects.get(panellist=made.seat(number))
    record("sign", sheet, by=made.users[number], before="open", after="signed")
    Sheet.objects.filter(pk=sheet.pk).update(state="signed")


def concluded(made) -> Outcome:
    """As concluding leaves a case; the step itself is another part's."""
    said = {"frozen": {}, "result": {}}
    record("conclude-content", made.now(), by=made.users[0], data={"digest": sha256(said)})
    return Outcome.objects.create(
        evaluation=made.now(),
        rule_edition=core.EDITION,
        grade="AAAA",
        total=600,
        digest=sha256(said),
        by=made.users[0],
        **said,
    )


@pytest.mark.parametrize("kind", [value for value, _ in Interest.KINDS])
def test_whatever_tie_can_be_declared_is_compared(people, kind):
    made = rows.case(people)
    Interest.objects.create(
        person=made.experts[0].person, kind=kind, name=made.evaluation.application.name, by=made.users[0]
    )
    (one,) = facts.detected(made.evaluation, [made.experts[0].person], day=TODAY)[made.experts[0].person_id]
    assert one.relation.value == kind
    page = browser(made.staff).get(f"/evaluations/{made.evaluation.pk}/panel/")
    assert one.sentence in page.content.decode()


def test_a_course_is_told_with_its_number_its_house_and_how_it_is_known(people):
    made = rows.case(people)
    held = taught(people, made, 0)
    (one,) = facts.detected(made.evaluation, [made.experts[0].person], day=TODAY)[made.experts[0].person_id]
    assert one.sentence == (
        f"2026-10-17 给被评价人讲授过“首席质量官任职培训（{held.number}）”（沧州质量培训学校，按姓名相符）。"
    )


@pytest.mark.parametrize(
    ("relate", "kind"),
    [
        (worked_there, "employment"),
        (is_kin, "kinship"),
        (trades_with_the_enterprise, "business"),
        (lambda people, made, person: taught(people, made, 0), "taught"),
    ],
    ids=["worked there", "is kin", "trades", "taught"],
)
def test_the_kind_that_was_found_is_proposed_to_whoever_records_it(people, relate, kind):
    made = rows.begun(rows.case(people))
    relate(people, made, made.experts[0].person)
    page = browser(made.staff).get(f"/evaluations/panellists/{made.seat(0).pk}/recuse/").content.decode()
    assert re.findall(r'name="kind" value="(\w+)"[^>]* checked', page) == [kind]


def test_of_a_kind_that_is_none_of_them_nothing_is_proposed(people):
    earlier = rows.begun(rows.case(people))
    perform(BUTTONS["close"], earlier.now(), by=earlier.staff, note="重新申请。", today=TODAY)
    made = rows.case(people)
    Panellist.objects.create(evaluation=made.evaluation, person=made.experts[0].person, answer_by=TODAY)
    page = browser(made.staff).get(f"/evaluations/panellists/{made.seat(0).pk}/recuse/").content.decode()
    assert f"在 {earlier.evaluation.number} 中评价过被评价人。" in page
    assert re.findall(r'name="kind" value="(\w+)"[^>]* checked', page) == []


class TestWhatTheRuleDoesNotKnow:
    def test_the_employers_filed_as_experience_count(self, people):
        """王雪松 filed experience at hengtong from 2019; the expert worked for a firm of another name then."""
        filing = people.filing(until="filed", experience__0__employer="青县盛禾包装有限公司")
        made = rows.case(people)
        Employment.objects.create(
            person=made.experts[0].person,
            name="青县盛禾包装有限公司",
            begins=date(2020, 1, 1),
            by=made.users[0],
        )
        assert made.evaluation.application.person == filing.officer.person
        found = {
            offer.expert.name: "".join(offer.obstacles) for offer in offers(made.evaluation, today=TODAY)
        }
        assert found["安一鸣"] == (
            "与被评价人同在青县盛禾包装有限公司（按名称相符）：专家 2020-01-01 至今（本人申报），"
            "被评价人 2019-03-01 至今。"
        )
        assert found["白若兰"] == ""

    def test_a_post_and_the_experience_filed_with_it_are_one_stay(self, people):
        people.filing(until="filed")  # at hengtong since 2019-03, its officer since 2026-09-21
        made = rows.case(people)
        worked_there(people, made, made.experts[0].person)
        found = {
            offer.expert.name: "".join(offer.obstacles) for offer in offers(made.evaluation, today=TODAY)
        }
        assert found["安一鸣"] == (
            "与被评价人都任职过泊头恒通管件有限公司：专家 2015-01-01 至 2018-12-31（本人申报），"
            "被评价人 2019-03-01 至今，"
            "没有同事的时间。"
        )

    def test_the_members_of_an_earlier_run_cannot_judge_again(self, people):
        made = rows.begun(rows.case(people))
        core.brought_to(made.now(), "published")
        again = Evaluation.objects.create(
            application=made.evaluation.application,
            submission=made.evaluation.submission,
            run=2,
            number=f"{made.evaluation.number}-2",
            body=made.evaluation.body,
            rule_edition=core.EDITION,
            created_by=made.staff,
        )
        found = {offer.expert.name: offer.obstacles for offer in offers(again, today=TODAY)}
        number = made.evaluation.number
        assert found == {
            "安一鸣": (f"在 {number} 中评价过被评价人。",),
            "白若兰": (f"在 {number} 中评价过被评价人。",),
            "陈守仁": (f"在 {number} 中评价过被评价人。",),
            "邓可欣": (),
        }

    def test_even_who_was_let_into_the_file_and_scored_nothing(self, people):
        made = rows.serving(rows.case(people))
        perform(BUTTONS["close"], made.evaluation, by=made.staff, note="申请人撤回。", today=TODAY)
        again = Evaluation.objects.create(
            application=made.evaluation.application,
            submission=made.evaluation.submission,
            run=2,
            number=f"{made.evaluation.number}-2",
            body=made.evaluation.body,
            rule_edition=core.EDITION,
            created_by=made.staff,
        )
        assert [o.expert.name for o in offers(again, today=TODAY) if o.is_open] == ["邓可欣"]

    def test_a_recusal_in_an_earlier_case_of_the_same_officer_is_remembered(self, people):
        made = rows.invited(rows.case(people))
        services.declare_a_conflict(
            made.seat(0), kind="kinship", said="是我的表弟。", by=made.users[0], today=TODAY
        )
        perform(BUTTONS["close"], made.evaluation, by=made.staff, note="重新申请。", today=TODAY)
        later = rows.case(people)
        found = {offer.expert.name: offer.obstacles for offer in offers(later.evaluation, today=TODAY)}
        assert found["安一鸣"] == (f"在 {made.evaluation.number} 中已因“是我的表弟”回避。",)
        assert found["白若兰"] == ()

    def test_whoever_sat_on_a_panel_with_the_candidate(self, people):
        candidate = post(people.hengtong).person
        earlier = rows.case(people)
        rows.another(people, earlier)
        other = Evaluation.objects.get(number="PJ-2026-0900")
        for person in (candidate, earlier.experts[0].person):
            core.seated(other, person, answer_by=TODAY)
        found = {offer.expert.name: offer.obstacles for offer in offers(earlier.evaluation, today=TODAY)}
        assert found["安一鸣"] == ("在 PJ-2026-0900 中与被评价人同为评价组成员。",)
        assert found["白若兰"] == ()

    def test_the_database_itself_lets_nobody_judge_himself(self, people):
        made = rows.case(people)
        seat = {"evaluation": made.evaluation, "state": "proposed"}
        with pytest.raises(DatabaseError, match="nobody judges himself"), transaction.atomic():
            Panellist.objects.create(person=made.evaluation.application.person, **seat)
        Panellist.objects.create(person=made.experts[0].person, **seat)  # the control

    def test_the_control_with_the_rule_of_employers_off_nothing_is_found(self, people, monkeypatch):
        made = rows.case(people)
        worked_there(people, made, made.experts[0].person)
        monkeypatch.setattr(conflicts, "_organisations", lambda *_: iter(()))
        assert all(offer.is_open for offer in offers(made.evaluation, today=TODAY))


# ── what happens then ─────────────────────────────────────────────────────────────────────────
class TestSightIsGone:
    @pytest.mark.parametrize("state", ["scoring", "consensus", "reporting", "at_body"])
    @pytest.mark.parametrize("by_himself", [True, False], ids=["declared", "found by the body"])
    def test_at_once_with_the_sheet_frozen(self, people, state, by_himself):
        made = rows.begun(rows.case(people, experts=5), 5)
        core.brought_to(made.now(), state)
        me = made.users[1]
        assert Evaluation.objects.visible_to(me).exists()
        if by_himself:
            services.declare_a_conflict(made.seat(1), kind="kinship", said="是我的表弟。", by=me, today=TODAY)
        else:
            services.report_a_conflict(
                made.seat(1),
                kind="kinship",
                said="是其表弟。",
                evidence="户籍证明。",
                by=made.staff,
                today=TODAY,
            )
        seen = [Evaluation, Proof, Sheet, Outcome]
        assert [model.objects.visible_to(me).exists() for model in seen] == [False] * 4
        assert Sheet.objects.get(panellist=made.seat(1)).state == "set_aside"
        answer = browser(me).get(made.evaluation.get_absolute_url())
        assert (answer.status_code, answer["Location"]) == (302, made.seat(1).get_absolute_url())
        assert Evaluation.objects.visible_to(made.users[2]).exists()  # the control

    def test_body_leader_and_expert_are_told_and_nobody_else(self, people):
        made = rows.begun(rows.case(people))
        services.declare_a_conflict(
            made.seat(1), kind="kinship", said="是我的表弟。", by=made.users[1], today=TODAY
        )
        letters = Message.objects.filter(kind="panel-recused", channel="inbox")
        assert {letter.recipient for letter in letters} == {made.staff, made.users[0], made.users[1]}
        assert "表弟" not in "".join(letter.body for letter in letters)
        leader = browser(made.users[0]).get(letters[0].url)
        assert (leader.status_code, leader["Location"]) == (302, made.evaluation.get_absolute_url())
        body = browser(made.staff).get(letters[0].url)
        assert body["Location"] == f"/evaluations/{made.evaluation.pk}/panel/"

    def test_a_panel_that_is_short_says_so_and_goes_back(self, people):
        made = rows.begun(rows.case(people))
        with pytest.raises(Refused, match="不用补充成员"):
            perform(BUTTONS["reconvene"], made.evaluation, by=made.staff, today=TODAY)
        services.declare_a_conflict(
            made.seat(1), kind="kinship", said="是我的表弟。", by=made.users[1], today=TODAY
        )
        page = browser(made.staff).get(made.evaluation.get_absolute_url()).content.decode()
        assert "评价组连组长至少 3 人（8.3，推定），现在 2 人。请补充成员" in page
        perform(BUTTONS["reconvene"], made.evaluation, by=made.staff, today=TODAY)
        assert made.now().due_on == date(2026, 12, 4)  # ten working days to convene
        with pytest.raises(Refused, match="不再邀请"):
            services.propose(made.evaluation, made.experts[1], leads=False, by=made.staff, today=TODAY)

    def test_who_signed_keeps_the_sheet_closed_until_the_new_member_signed(self, people):
        made = rows.begun(rows.case(people))
        for number in range(3):
            sign(made, number)
        core.brought_to(made.now(), "consensus")
        assert Sheet.objects.visible_to(made.users[0]).count() == 3
        services.declare_a_conflict(
            made.seat(1), kind="kinship", said="是我的表弟。", by=made.users[1], today=TODAY
        )
        perform(BUTTONS["reconvene"], made.evaluation, by=made.staff, today=TODAY)
        services.propose(made.evaluation, made.experts[3], leads=False, by=made.staff, today=TODAY)
        services.invite(made.evaluation, by=made.staff, today=TODAY)
        rows.declared(made, 3)
        perform(BUTTONS["begin"], made.evaluation, by=made.staff, today=TODAY)
        mine = {u: Sheet.objects.visible_to(u) for u in (made.users[0], made.users[3])}
        assert [sheets.count() for sheets in mine.values()] == [1, 1]
        assert mine[made.users[3]].get().state == "open"
        assert mine[made.users[0]].get().state == "signed"
        sign(made, 3)
        core.brought_to(made.now(), "consensus")
        assert Sheet.objects.visible_to(made.users[3]).counted().count() == 3

    def test_a_new_member_does_not_see_the_result_before(self, people):
        made = rows.begun(rows.case(people))
        core.brought_to(made.now(), "reporting")
        concluded(made)
        assert Outcome.objects.visible_to(made.users[0]).exists()  # the control
        services.declare_a_conflict(
            made.seat(1), kind="kinship", said="是我的表弟。", by=made.users[1], today=TODAY
        )
        perform(BUTTONS["reconvene"], made.evaluation, by=made.staff, today=TODAY)
        services.propose(made.evaluation, made.experts[3], leads=False, by=made.staff, today=TODAY)
        services.invite(made.evaluation, by=made.staff, today=TODAY)
        rows.declared(made, 3)
        assert not Outcome.objects.visible_to(made.users[3]).exists()
        perform(BUTTONS["begin"], made.evaluation, by=made.staff, today=TODAY)
        assert not Outcome.objects.visible_to(made.users[3]).exists()


class TestAfterTheReport:
    """The body has seen the marks: it needs a finding and its evidence, and it is watched."""

    def test_a_finding_without_evidence_is_refused(self, people):
        made = rows.begun(rows.case(people))
        words = {"kind": "kinship", "said": "是其表弟。", "evidence": ""}
        path = f"/evaluations/panellists/{made.seat(1).pk}/recuse/"
        core.brought_to(made.now(), "at_body")
        answer = browser(made.staff).post(path, words)
        assert answer.status_code == 422 and "请填写依据的材料。" in answer.content.decode()
        with pytest.raises(Refused, match="要写明依据"):
            services.report_a_conflict(made.seat(1), **words, by=made.staff, today=TODAY)
        assert made.seat(1).state == "serving"

    def test_before_the_report_none_is_asked_for(self, people):
        made = rows.begun(rows.case(people))
        words = {"kind": "kinship", "said": "是其表弟。", "evidence": ""}
        services.report_a_conflict(made.seat(1), **words, by=made.staff, today=TODAY)
        assert made.seat(1).state == "recused"
        assert not Event.objects.filter(action="recuse-after-report").exists()

    def test_the_office_that_supervises_reads_it_and_the_expert_too(self, people):
        made = rows.begun(rows.case(people))
        supervised(people, made)
        core.brought_to(made.now(), "at_body")
        office = browser(people.meng)
        before = office.get(made.evaluation.get_absolute_url()).content.decode()
        assert "报告提交以后登记的回避" not in before
        words = {"kind": "kinship", "said": "是其表弟。", "evidence": "户籍证明。"}
        services.report_a_conflict(made.seat(1), **words, by=made.staff, today=TODAY)
        after = office.get(made.evaluation.get_absolute_url()).content.decode()
        assert "报告提交以后登记的回避" in after and "依据：户籍证明。" in after
        own = browser(made.users[1]).get(made.seat(1).get_absolute_url()).content.decode()
        assert "是其表弟。" in own

    def test_only_the_body_reports(self, people):
        made = rows.begun(rows.case(people))
        words = {"kind": "kinship", "said": "是其表弟。", "evidence": "户籍证明。"}
        for other in (made.users[0], made.users[1], people.liu, people.meng):
            with pytest.raises(PermissionDenied):
                services.report_a_conflict(made.seat(1), **words, by=other, today=TODAY)


def supervised(people, made) -> BodyRecord:
    """The body is on record at the city of Cangzhou."""
    return BodyRecord.objects.create(
        institution=made.evaluation.body,
        office=people.offices["130900"],
        jurisdiction="jiangsu",
        credit_code="91440101MA5CJQ4N59",
        created_by=made.staff,
        state="in_force",
        document="沧市监质〔2026〕7号",
        first_day=date(2026, 1, 1),
    )
