"""An appraisal from the first point to the officer's remark: nothing filled in silently, what was decided stays."""

from decimal import Decimal

import pytest
import time_machine
from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, InternalError, connection, transaction
from django.db.models import Model

from cqo_portal.accounts.models import Assignment, Role
from cqo_portal.audit.append_only import Unsayable
from cqo_portal.audit.models import Event
from cqo_portal.notifications.models import Message
from cqo_portal.workflow.drafts import Stale
from cqo_portal.workflow.engine import Refused, perform
from evaluation.appraisal import content, draft, services
from evaluation.appraisal.invariants import CHECKS
from evaluation.appraisal.models import Appraisal, Decision, Remark
from evaluation.appraisal.workflow import CORRECT, DECIDE, KEEP
from tests.appraisal.rows import REASON, TODAY, YEAR, typed, world
from tests.duties.rows import learned
from training import ledger
from training.models import Entry

pytestmark = pytest.mark.django_db


def faults(appraisal, on=TODAY, **said) -> dict[str, str]:
    """{input id: sentence} of a form with these answers."""
    form = draft.form_of(appraisal, today=on, typed=typed(appraisal, on=on, **said))
    return {where: sentence for where, _, sentence in form.faults()}


@pytest.fixture
def here():
    return world()


@pytest.fixture
def begun(here):
    return services.begin(here.post, YEAR, by=here.fang, today=TODAY)


# ── beginning ─────────────────────────────────────────────────────────────────────────────────
class TestBeginning:
    def test_one_a_post_and_year_by_the_edition_of_the_year(self, here, begun):
        assert services.begin(here.post, YEAR, by=here.fang, today=TODAY) == begun
        assert (begun.state, begun.rule_edition, begun.draft) == ("draft", "hangzhou-2021-draft", {})
        with pytest.raises(IntegrityError, match="appraisal_once_a_year"), transaction.atomic():
            Appraisal.objects.create(post=here.post, year=YEAR, rule_edition="x", created_by=here.fang)

    def test_where_the_text_has_no_table_there_is_none(self):
        elsewhere = world(jurisdiction="hubei")
        with pytest.raises(Refused, match="没有要求企业评价"):
            services.begin(elsewhere.post, YEAR, by=elsewhere.fang, today=TODAY)

    def test_of_a_year_in_which_nobody_served_there_is_none(self, here):
        with pytest.raises(Refused, match="2021 年没有任职"):
            services.begin(here.post, 2021, by=here.fang, today=TODAY)

    def test_nobody_appraises_himself(self, here):
        Assignment.objects.create(user=here.fang, role=Role.OFFICER, person=here.post.person)
        with pytest.raises(PermissionDenied):
            services.begin(here.post, YEAR, by=here.fang, today=TODAY)

    def test_nor_decides_what_he_began_before_he_was_the_officer(self, here, begun):
        draft.save(begun, typed(begun), version=None, by=here.fang)
        Assignment.objects.create(user=here.fang, role=Role.OFFICER, person=here.post.person)
        with pytest.raises(PermissionDenied):
            perform(DECIDE, begun, by=here.fang, today=TODAY)


# ── points ────────────────────────────────────────────────────────────────────────────────────
class TestPoints:
    def test_nothing_is_filled_in(self, here, begun):
        assert draft.form_of(begun, today=TODAY).points == {}
        with pytest.raises(Refused, match="还有 25 处没有填好"):  # 23 items, outcome, reason
            perform(DECIDE, begun, by=here.fang, today=TODAY)

    def test_a_proposal_is_agreed_to_or_overruled_with_a_reason(self, begun):
        assert faults(begun) == {}
        assert faults(begun, p1_1_by="own") == {
            "id_g1-1_1": "请填另行给的分。",
            "id_g1-1_1_why": "请写明为什么不按记录给分。",
        }
        assert faults(begun, p1_1_by="own", p1_1="2") == {"id_g1-1_1_why": "请写明为什么不按记录给分。"}
        assert faults(begun, p1_1_by="own", p1_1="3", p1_1_why="是") == {
            "id_g1-1_1": "与按记录算出的分相同，请选认可，或者改分。"
        }
        assert faults(begun, p1_1_by="own", p1_1="2.5", p1_1_why="有半年是兼职。") == {}

    def test_faults_come_in_the_order_of_the_page(self, begun):
        found = faults(begun, p1_1_by="own", p1_1="2", p1_2_by=None, p2_1="9")
        assert list(found) == ["id_g1-1_1_why", "id_g1-1_2_by_0", "id_g2-2_1"]

    @pytest.mark.parametrize(
        ("typed_in", "sentence"),
        [
            ("5.5", "这一项是 0 至 5 分，请核对。"),
            ("4.3", "按半分打分，例如 3 或 3.5。"),
            ("-1", "请填数字，最多两位小数，例如 3 或 3.5。"),
            ("五", "请填数字，最多两位小数，例如 3 或 3.5。"),
            ("", "请打分；没有做到的填 0。"),
        ],
    )
    def test_what_cannot_be_is_said_beside_the_field(self, begun, typed_in, sentence):
        assert faults(begun, p3_1=typed_in) == {"id_g3-3_1": sentence}

    def test_full_width_digits_are_digits(self, begun):
        said = typed(begun, p3_1="４．５")
        assert draft.form_of(begun, today=TODAY, typed=said).points["3.1"] == Decimal("4.5")

    def test_a_record_that_changed_after_it_was_agreed_to_is_asked_anew(self, here, begun):
        learned(here.post.person, "40", on=TODAY.replace(month=9), by=here.lu)
        said = typed(begun)
        assert said["g4-4_2_by"] == ["agree-3"]
        draft.save(begun, said, version=None, by=here.fang)
        ledger.reverse(Entry.objects.get(), reason="未到场", by=here.lu)
        form = draft.form_of(Appraisal.objects.get(), today=TODAY)
        assert [said for _, _, said in form.faults()] == ["请打分；没有做到的填 0。"]
        with pytest.raises(Refused, match="记录有变动"):
            perform(DECIDE, begun, by=here.fang, today=TODAY)

    def test_an_agreement_to_other_points_than_are_proposed_now_is_no_answer(self, begun):
        assert faults(begun, p1_1_by="agree-0") == {
            "id_g1-1_1_by_0": "记录后来有变动，按记录算出的分不同了，请重新核对。"
        }


# ── the decision ──────────────────────────────────────────────────────────────────────────────
class TestDecision:
    def test_it_says_points_arithmetic_source_and_outcome_by_themselves(self, here):
        made = here.appraisal(p1_1_by="own", p1_1="2.5", p1_1_why="有半年是兼职。", p5_1="0")
        said = made.decisions.get().content
        assert (said["total"], said["known"], said["of"]) == ("94.5", "74.5", {"total": "100", "known": "75"})
        assert [group["points"] for group in said["groups"]] == ["18.5", "16", "40", "5", "15"]
        assert [bool(group["assumed"]) for group in said["groups"]] == [False, False, False, True, True]
        first = said["groups"][0]["rows"][0]
        assert (first["proposed"], first["points"], first["overruled"]) == ("3", "2.5", "有半年是兼职。")
        assert first["source"] == "名录登记（只有任职以来的）"
        assert (said["outcome"], said["reason"]) == ("续聘", REASON)

    def test_the_officer_is_told(self, here):
        here.appraisal()
        told = Message.objects.get(recipient=here.wei, channel="inbox")
        assert told.title == "2026 年度评价已作出决定"

    def test_digest_and_sums_stand_and_a_changed_word_would_not(self, here):
        decision = here.appraisal().decisions.get()
        assert content.stands(decision)
        decision.content = decision.content | {"reason": "另一个理由"}
        assert not content.stands(decision)
        decision.content = decision.content | {"total": "100.5"}
        decision.digest = content.digest_of(
            decision.content, appraisal=decision.appraisal, number=1, edition=decision.rule_edition
        )
        assert not content.stands(decision)  # the digest is of those words, and the sum is wrong

    def test_a_correction_is_another_decision_with_its_reason(self, here):
        made = here.appraisal(until="reopened")
        draft.save(made, typed(made, p3_1="4"), version=None, by=here.fang)
        perform(DECIDE, made, by=here.fang, today=TODAY)
        first, second = Decision.objects.all()
        assert (first.content["total"], second.content["total"]) == ("100", "99")
        assert (first.reason, second.reason) == ("", "学时记错了")

    def test_a_correction_asks_why(self, here):
        made = here.appraisal()
        with pytest.raises(Refused, match="请写明理由"):
            perform(CORRECT, made, by=here.fang, today=TODAY)

    def test_a_correction_given_up_leaves_what_was_decided(self, here):
        made = here.appraisal(until="reopened")
        draft.save(made, typed(made, p3_1="0"), version=None, by=here.fang)
        kept = perform(KEEP, made, by=here.fang, today=TODAY)
        assert kept.draft == Decision.objects.get().content["typed"]
        assert (kept.state, kept.round) == ("decided", 1)

    def test_a_stranger_takes_no_step(self, here):
        made = here.appraisal()
        for other in (here.wei, here.lu):
            with pytest.raises(PermissionDenied):
                perform(CORRECT, made, by=other, note="x", today=TODAY)


class TestWhatWasSaidStays:
    def test_neither_decisions_nor_remarks_are_changed(self, here):
        decision = here.appraisal().decisions.get()
        remark = services.remark(decision, "没有意见", by=here.wei)
        for row in (decision, remark):
            with pytest.raises(Unsayable):
                row.save()
            for sql in ("UPDATE {} SET id = id", "DELETE FROM {}"):
                with pytest.raises(InternalError, match="Cannot update or delete"), transaction.atomic():
                    run(sql.format(type(row)._meta.db_table))

    def test_no_state_changes_without_its_record(self, here):
        here.appraisal()
        with pytest.raises(InternalError, match="changed without a record"), transaction.atomic():
            run("UPDATE appraisal_appraisal SET state = 'reopened'")
        with pytest.raises(InternalError, match="without a record|Invalid transition"), transaction.atomic():
            run("UPDATE appraisal_appraisal SET state = 'draft', round = 0")

    def test_nothing_is_decided_without_a_decision(self, begun):
        with pytest.raises(IntegrityError, match="appraisal_decided_said_something"), transaction.atomic():
            run("UPDATE appraisal_appraisal SET round = 1")


def run(sql: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute(sql)


# ── two windows ───────────────────────────────────────────────────────────────────────────────
def test_two_windows_conflict_and_the_second_decides_knowingly(here, begun):
    draft.save(begun, typed(begun, p3_1="4"), version=1, by=here.fang)
    with pytest.raises(Stale) as stale:
        draft.save(begun, typed(begun, p3_1="2"), version=1, by=here.fang)
    assert stale.value.kept.draft["g3-3_1"] == ["4"]
    draft.save(begun, typed(begun, p3_1="2"), version=stale.value.kept.draft_version, by=here.fang)
    assert Appraisal.objects.get().draft["g3-3_1"] == ["2"]


def test_what_is_decided_is_what_was_looked_at(here, begun):
    looked_at = draft.save(begun, typed(begun), version=None, by=here.fang)
    draft.save(looked_at, typed(begun, p3_1="0"), version=None, by=here.fang)
    with pytest.raises(Stale), time_machine.travel(TODAY, tick=False):
        services.decide(looked_at, by=here.fang)
    assert not Decision.objects.exists()


# ── the officer in person ─────────────────────────────────────────────────────────────────────
class TestRemark:
    def test_the_officer_adds_a_remark_and_the_enterprise_is_told(self, here):
        decision = here.appraisal().decisions.get()
        services.remark(decision, "3.2 的分偏低。", by=here.wei)
        services.remark(decision, "补充：有记录。", by=here.wei)
        assert [each.text for each in Remark.objects.all()] == ["3.2 的分偏低。", "补充：有记录。"]
        assert (
            Message.objects.filter(recipient=here.fang, kind="appraisal-remarked", channel="inbox").count()
            == 2
        )
        assert Event.objects.filter(action="remark").first().data == {"number": 1}

    def test_nobody_else_does(self, here):
        decision = here.appraisal().decisions.get()
        for other in (here.fang, here.lu):
            with pytest.raises(PermissionDenied):
                services.remark(decision, "x", by=other)


# ── who sees it ───────────────────────────────────────────────────────────────────────────────
def test_the_enterprise_and_the_officer_see_it_and_offices_do_not(here):
    made = here.appraisal(until="draft")
    seen = {name: Appraisal.objects.visible_to(getattr(here, name)).count() for name in ("fang", "wei", "lu")}
    assert seen == {"fang": 1, "wei": 0, "lu": 0}
    perform(DECIDE, made, by=here.fang, today=TODAY)
    seen = {name: Appraisal.objects.visible_to(getattr(here, name)).count() for name in ("fang", "wei", "lu")}
    assert seen == {"fang": 1, "wei": 1, "lu": 0}


# ── what holds ────────────────────────────────────────────────────────────────────────────────
class TestInvariants:
    """`check_invariants` adds up every decision again, whoever works past the bolts."""

    @pytest.fixture
    def decided(self, here):
        made = here.appraisal()
        assert self.found() == []  # the control
        return made

    def found(self) -> list[str]:
        return [breach.why for check in CHECKS for breach in check.breaches()]

    def change(self, **changes) -> None:
        with connection.cursor() as cursor:
            cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
            cursor.execute("ALTER TABLE appraisal_decision DISABLE TRIGGER USER")
        row = Decision.objects.get()
        for name, value in changes.items():
            setattr(row, name, value)
        Model.save(row, update_fields=list(changes))
        with connection.cursor() as cursor:
            cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
            cursor.execute("ALTER TABLE appraisal_decision ENABLE TRIGGER USER")

    def test_a_digest_or_a_word_that_was_exchanged_is_found(self, decided):
        kept = Decision.objects.get()
        for changes in ({"digest": "0" * 64}, {"content": kept.content | {"reason": "后来改写的。"}}):
            self.change(digest=kept.digest, content=kept.content)
            assert self.found() == []
            self.change(**changes)
            assert self.found() == ["内容与摘要不符，或者得分与重新算出的不同"]

    def test_a_sum_that_does_not_follow_is_found_even_with_a_new_digest(self, decided):
        kept = Decision.objects.get()
        said = kept.content | {"total": "99.5"}
        about = {"appraisal": decided, "number": 1, "edition": kept.rule_edition}
        self.change(content=said, digest=content.digest_of(said, **about))
        assert self.found() == ["内容与摘要不符，或者得分与重新算出的不同"]

    def test_what_cannot_be_read_is_named_and_stops_nothing(self, decided):
        self.change(content={})
        assert "得分不能重新算出" in self.found()[0]

    def test_a_decision_taken_away_is_missed(self, decided):
        with connection.cursor() as cursor:
            cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
            cursor.execute("ALTER TABLE appraisal_decision DISABLE TRIGGER USER")
            cursor.execute("DELETE FROM appraisal_decision")
        assert self.found() == ["作过 1 次决定，留有 0 版"]


# ── the decision and what goes with it ────────────────────────────────────────────────────────
class TestReward:
    @pytest.mark.parametrize(
        ("said", "where", "sentence"),
        [
            ({"outcome": "奖惩"}, "id_decision-reward", "决定是奖惩，请选奖励还是惩处。"),
            ({"decision__reward": "奖励"}, "id_decision-reward_what", "请写明奖励或者惩处的内容。"),
            ({"decision__reward_what": "奖金"}, "id_decision-reward", "写了奖惩的内容，请选奖励还是惩处。"),
        ],
    )
    def test_it_is_said_which_and_what(self, begun, said, where, sentence):
        assert faults(begun) == {}  # the control
        assert faults(begun, **said) == {where: sentence}

    @pytest.mark.parametrize("outcome", ["续聘", "解聘", "奖惩"])
    def test_whoever_is_kept_or_dismissed_may_be_rewarded_or_punished_too(self, here, outcome):
        made = here.appraisal(outcome=outcome, decision__reward="惩处", decision__reward_what="扣发年度奖金")
        said = made.decisions.get().content
        assert (said["outcome"], said["reward"], said["reward_what"]) == (outcome, "惩处", "扣发年度奖金")
        assert content.stands(made.decisions.get())

    def test_without_any_nothing_is_said_of_it(self, here):
        said = here.appraisal().decisions.get().content
        assert (said["outcome"], said["reward"], said["reward_what"]) == ("续聘", "", "")
