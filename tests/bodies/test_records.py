"""The life of a record, and on which days a body is on record."""

from datetime import date, timedelta

import pytest
from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, InternalError, transaction

from cqo_portal.accounts.models import Assignment, Role
from cqo_portal.audit.models import Event
from cqo_portal.notifications.models import Message
from cqo_portal.parties.models import Institution
from cqo_portal.workflow.engine import Refused, open_to, perform
from evaluation.bodies import services
from evaluation.bodies.models import BodyRecord, Clocks, Submission, Suspension
from evaluation.bodies.standing import record_of, why_not
from evaluation.bodies.workflow import RECORD_LIFE, recording
from tests.bodies import rows
from tests.bodies.rows import FILED, step
from tests.cast import CODES, TODAY

pytestmark = pytest.mark.django_db

ONE = timedelta(days=1)
STATES = ("draft", "submitted", "returned", "in_force", "suspended", "ended")
# Every state × every person: the steps that are open.
RIGHTS = """
draft      shen  submit
draft      meng  -
draft      hao   -
draft      wang  -
draft      other -
submitted  shen  -
submitted  meng  record return
submitted  hao   -
submitted  wang  -
submitted  other -
returned   shen  submit
returned   meng  -
returned   hao   -
returned   wang  -
returned   other -
in_force   shen  -
in_force   meng  end suspend
in_force   hao   -
in_force   wang  -
in_force   other -
suspended  shen  -
suspended  meng  end resume
suspended  hao   -
suspended  wang  -
suspended  other -
ended      shen  -
ended      meng  -
ended      hao   -
ended      wang  -
ended      other -
"""


@pytest.fixture
def shen(people):
    return rows.body()


def brought(until: str, shen, people) -> BodyRecord:
    record = rows.draft(shen, people.offices["130900"])
    if until == "draft":
        return record
    record = step("submit", record, by=shen)
    if until == "returned":
        return step("return", record, by=people.meng)
    if until != "submitted":
        record = services.file_it(record, FILED, by=people.meng, today=TODAY)
    if until == "suspended":
        record = step("suspend", record, by=people.meng)
    return step("end", record, by=people.meng) if until == "ended" else record


class TestTheLife:
    def table(self, state: str) -> dict[str, str]:
        lines = (line.split(maxsplit=2) for line in RIGHTS.strip().splitlines())
        return {who: steps for where, who, steps in lines if where == state}

    @pytest.mark.parametrize("state", STATES)
    def test_each_person_finds_exactly_these_steps_and_no_other_is_taken(self, people, shen, state):
        others = {"shen": shen, "other": rows.body("泊头质量评价所", username="other")}
        record = brought(state, shen, people)
        found = {}
        for who in self.table(state):
            person = others.get(who) or getattr(people, who)
            names = sorted(each.name for each in open_to(person, record, steps=RECORD_LIFE.values()))
            found[who] = " ".join(names) or "-"
            for name in set(RECORD_LIFE) - set(names):
                with pytest.raises((PermissionDenied, Refused)), transaction.atomic():
                    perform(RECORD_LIFE[name], record, by=person, note="试", today=TODAY)
        assert found == self.table(state)
        assert BodyRecord.objects.get().state == state

    def test_every_step_is_on_record_and_announced(self, people, shen):
        record = brought("returned", shen, people)
        record = step("submit", record, by=shen)
        record = services.file_it(record, FILED, by=people.meng, today=TODAY)
        for name in ("suspend", "resume", "end"):
            record = step(name, record, by=people.meng)
        acts = Event.objects.about(record).exclude(after="").order_by("id")
        assert [(act.action, act.actor_name, act.after) for act in acts] == [
            ("draft", "shen", "draft"),
            ("submit", "shen", "submitted"),
            ("return", "meng", "returned"),
            ("submit", "shen", "submitted"),
            ("record", "meng", "in_force"),
            ("suspend", "meng", "suspended"),
            ("resume", "meng", "in_force"),
            ("end", "meng", "ended"),
        ]
        told = Message.objects.order_by("id").values_list("kind", "recipient__username")
        assert list(told) == [
            ("body-submitted", "meng"),
            ("body-returned", "shen"),
            ("body-submitted", "meng"),
            ("body-recorded", "shen"),
            ("body-suspended", "shen"),
            ("body-resumed", "shen"),
            ("body-ended", "shen"),
        ]

    @pytest.mark.parametrize("name", ["return", "suspend", "resume", "end"])
    def test_an_office_gives_its_reason(self, people, shen, name):
        state = {"return": "submitted", "resume": "suspended"}.get(name, "in_force")
        with pytest.raises(Refused, match="请写明理由"):
            step(name, brought(state, shen, people), by=people.meng, note=" ")

    @pytest.mark.parametrize(
        ("kinds", "missing"),
        [
            ((), "登记证书、评价管理制度、场所、设备和资源"),
            (("rules", "legal", "supervision"), "场所、设备和资源"),
            (("resources", "legal"), "评价管理制度"),
            (("rules", "resources"), "登记证书"),
            (("legal", "rules", "resources"), ""),
        ],
    )
    def test_without_its_papers_nothing_is_submitted(self, people, shen, kinds, missing):
        record = rows.draft(shen, people.offices["130900"], papers=False)
        for shade, kind in enumerate(kinds):
            services.attach(record, rows.picture(shade=shade), kind=kind, by=shen)
        if missing:
            with pytest.raises(Refused, match=f"还缺材料：{missing}（第6章）。"):
                step("submit", record, by=shen)
        else:
            assert step("submit", record, by=shen).state == "submitted"

    def test_one_is_asked_for_at_a_time(self, people, shen):
        first = rows.submitted(shen, people.offices["130900"])
        with pytest.raises(Refused, match="已有一份登记没有办完"):
            rows.draft(shen, people.offices["130900"])
        services.file_it(first, FILED, by=people.meng, today=TODAY)
        assert rows.draft(shen, people.offices["130900"]).state == "draft"  # a renewal may be asked for

    def test_what_was_said_with_each_submission_is_kept(self, people, shen):
        record = brought("returned", shen, people)
        seen = services.version_of(record)
        words = rows.said(people.offices["130900"], authority="沧州市科学技术局")
        services.rewrite(record, words, seen=seen, by=shen)
        step("submit", record, by=shen)
        second, first = Submission.objects.all()
        assert (first.said["authority"], second.said["authority"]) == ("沧州市民政局", "沧州市科学技术局")
        assert [kind for kind, _, _ in first.papers] == ["legal", "rules", "resources"]
        assert first.said["office_id"] == "130900"

    def test_two_who_write_hear_of_each_other(self, people, shen):
        record = rows.draft(shen, people.offices["130900"])
        seen = services.version_of(record)
        services.rewrite(record, rows.said(people.offices["130900"], authority="甲局"), seen=seen, by=shen)
        with pytest.raises(Refused, match="被同事改过"):
            services.rewrite(
                record, rows.said(people.offices["130900"], authority="乙局"), seen=seen, by=shen
            )


class TestOwnCause:
    @pytest.mark.parametrize("role", [Role.BODY, Role.PROVIDER])
    def test_who_also_works_for_the_institution_decides_nothing_about_it(self, people, shen, role):
        record = rows.submitted(shen, people.offices["130900"])
        Assignment.objects.create(user=people.meng, role=role, institution=shen.acting.institution)
        for name in ("return", "record"):
            with pytest.raises(PermissionDenied):
                step(name, record, by=people.meng)
        Assignment.objects.filter(user=people.meng, role=role).update(active=False)
        with pytest.raises(PermissionDenied):  # nor after the role was given up
            step("return", record, by=people.meng)
        Assignment.objects.filter(user=people.meng, role=role).delete()
        assert step("return", record, by=people.meng).state == "returned"  # the control


class TestTheLegalPerson:
    def test_its_code_is_on_record_once_the_office_took_it_on_record(self, people, shen):
        record = rows.submitted(shen, people.offices["130900"])
        institution = Institution.objects.get(pk=shen.acting.institution_id)
        assert institution.credit_code is None
        services.file_it(record, FILED, by=people.meng, today=TODAY)
        institution.refresh_from_db()
        assert institution.credit_code == CODES[2]
        assert Institution.objects.matching(CODES[2]).exists()
        assert Event.objects.get(action="enter-code").data == {"credit_code": CODES[2]}

    def test_a_code_that_came_to_another_meanwhile_is_not_taken(self, people, shen):
        record = rows.submitted(shen, people.offices["130900"])
        other = Institution.objects.create(name="别的机构", credit_code=CODES[2])
        with pytest.raises(Refused, match="已经登记在另一家机构名下"):
            services.file_it(record, FILED, by=people.meng, today=TODAY)
        other.credit_code = CODES[1]
        other.save()
        assert services.file_it(record, FILED, by=people.meng, today=TODAY).state == "in_force"

    def test_a_code_corrected_meanwhile_is_compared(self, people, shen):
        record = rows.submitted(shen, people.offices["130900"])
        Institution.objects.filter(pk=record.institution_id).update(credit_code=CODES[1])
        with pytest.raises(Refused, match=f"在案的统一社会信用代码是 {CODES[1]}"):
            services.file_it(record, FILED, by=people.meng, today=TODAY)


def valid(institution, day) -> bool:
    found = record_of(institution, day)
    assert (why_not(institution, day) is None) is (found is not None)
    assert BodyRecord.objects.valid_on(day).exists() is (found is not None)
    return found is not None


class TestDays:
    def test_it_holds_from_its_first_day_to_its_last(self, people, shen):
        record = rows.filed(shen, people.meng, first_day=date(2026, 12, 1), last_day=date(2027, 11, 30))
        body = record.institution
        days = ((2026, 11, 30), (2026, 12, 1), (2027, 11, 30), (2027, 12, 1))
        assert [valid(body, date(*day)) for day in days] == [False, True, True, False]
        assert (
            why_not(body, date(2026, 11, 30))
            == "沧州质量评价中心自2026年12月1日起才在案，不能受理评价申请（第6章）。"
        )
        assert why_not(body, date(2027, 12, 1)) == (
            "沧州质量评价中心的登记已于2027年11月30日届满，不能受理评价申请（第6章）。"
        )
        standings = [record.standing_on(date(*day)) for day in days]
        assert standings == ["coming", "holding", "holding", "over"]

    def test_without_a_last_day_it_holds_until_it_is_ended(self, people, shen):
        record = rows.filed(shen, people.meng, last_day=None)
        assert valid(record.institution, date(2099, 12, 31))
        record = step("end", record, by=people.meng)
        assert [valid(record.institution, TODAY + n * ONE) for n in (-1, 0, 1)] == [True, False, False]
        assert why_not(record.institution, TODAY) == (
            "沧州质量评价中心的登记已于2026年11月20日终止，不能受理评价申请（第6章）。"
        )
        assert (record.holds_until, record.days_left(TODAY)) == (date(2026, 11, 19), 0)

    def test_of_a_suspension_the_first_day_is_lost_and_the_day_of_resuming_is_not(self, people, shen):
        record = rows.filed(shen, people.meng)
        body = record.institution
        record = step("suspend", record, by=people.meng, today=TODAY)
        assert [valid(body, TODAY + n * ONE) for n in (-1, 0, 9)] == [True, False, False]
        assert why_not(body, TODAY + 9 * ONE) == (
            "沧州质量评价中心的登记自2026年11月20日起暂停，不能受理评价申请（第6章）。"
        )
        step("resume", record, by=people.meng, today=TODAY + 3 * ONE)
        assert [valid(body, TODAY + n * ONE) for n in (-1, 0, 2, 3)] == [True, False, False, True]

    def test_suspended_and_resumed_on_one_day_no_day_is_lost(self, people, shen):
        record = step("suspend", rows.filed(shen, people.meng), by=people.meng)
        step("resume", record, by=people.meng)
        assert valid(record.institution, TODAY)
        assert Suspension.objects.get().last_day == TODAY - ONE

    def test_ended_while_suspended_no_day_comes_back(self, people, shen):
        record = step("suspend", rows.filed(shen, people.meng), by=people.meng)
        step("end", record, by=people.meng, today=TODAY + 5 * ONE)
        assert [valid(record.institution, TODAY + n * ONE) for n in (-1, 0, 4, 5)] == [
            True,
            False,
            False,
            False,
        ]

    @pytest.mark.parametrize("state", ["draft", "submitted", "returned"])
    def test_what_is_only_asked_for_holds_on_no_day(self, people, shen, state):
        institution = shen.acting.institution
        assert why_not(institution, TODAY) == "沧州质量评价中心没有在案，不能受理评价申请（第6章）。"
        brought(state, shen, people)
        assert not valid(institution, TODAY)
        assert why_not(institution, TODAY) == "沧州质量评价中心的登记还在办理，不能受理评价申请（第6章）。"

    @pytest.mark.parametrize("name", ["suspend", "end"])
    def test_what_is_over_is_neither_suspended_nor_ended(self, people, shen, name):
        record = rows.filed(shen, people.meng, last_day=TODAY)
        with pytest.raises(Refused, match="已于2026年11月20日届满"):
            step(name, record, by=people.meng, today=TODAY + ONE)
        step(name, record, by=people.meng, today=TODAY)  # the control: its last day

    def test_what_ended_before_it_began_never_held(self, people, shen):
        record = rows.filed(shen, people.meng, first_day=TODAY + 9 * ONE)
        step("end", record, by=people.meng)
        assert not valid(record.institution, TODAY + 9 * ONE)
        assert "已于2026年11月20日终止" in why_not(record.institution, TODAY)

    @pytest.mark.parametrize(
        ("first", "last", "refused"),
        [
            (date(2028, 12, 31), None, True),
            (date(2029, 1, 1), None, False),
            (date(2025, 1, 1), date(2026, 1, 1), True),
            (date(2025, 1, 1), date(2025, 12, 31), False),
        ],
    )
    def test_a_renewal_begins_the_day_after(self, people, shen, first, last, refused):
        rows.filed(shen, people.meng)
        second = rows.submitted(shen, people.offices["130900"])
        said = {"document": "续〔2028〕1号", "first_day": first, "last_day": last}
        if refused:
            with pytest.raises(Refused, match="日期不能重叠"):
                services.file_it(second, said, by=people.meng, today=TODAY)
        else:
            assert services.file_it(second, said, by=people.meng, today=TODAY).state == "in_force"

    def test_on_the_day_of_an_end_another_record_may_begin(self, people, shen):
        step("end", rows.filed(shen, people.meng), by=people.meng)
        second = rows.filed(shen, people.meng, first_day=TODAY, last_day=None)
        assert record_of(second.institution, TODAY) == second


class TestBolts:
    """Past Python the database says the same; each attack has its control in the tests above."""

    @pytest.mark.parametrize("state", ["submitted", "in_force", "suspended", "ended"])
    @pytest.mark.parametrize(
        "change",
        [
            {"credit_code": CODES[1]},
            {"office": "130000"},
            {"jurisdiction": "hangzhou"},
            {"rules_title": "别的"},
            {"resources": "别的"},
            {"authority": "别的"},
            {"authority_contact": "别的"},
        ],
        ids=lambda change: next(iter(change)),
    )
    def test_what_was_submitted_stays(self, people, shen, state, change):
        brought(state, shen, people)
        with pytest.raises(InternalError), transaction.atomic():
            BodyRecord.objects.update(**change)

    @pytest.mark.parametrize(
        "change",
        [
            {"document": "别的"},
            {"first_day": date(2020, 1, 1)},
            {"last_day": None},
            {"state": "ended", "ended_on": TODAY},
            {"state": "draft"},
        ],
        ids=lambda change: next(iter(change)),
    )
    def test_what_was_filed_stays(self, people, shen, change):
        brought("in_force", shen, people)
        with pytest.raises(InternalError), transaction.atomic():
            BodyRecord.objects.update(**change)

    def test_no_record_goes_and_none_changes_hands(self, people, shen):
        record = brought("draft", shen, people)
        other = rows.body("泊头质量评价所", username="other").acting.institution
        with pytest.raises(InternalError), transaction.atomic():
            BodyRecord.objects.all()._raw_delete("default")
        with pytest.raises(InternalError), transaction.atomic():
            BodyRecord.objects.update(institution=other)
        assert BodyRecord.objects.filter(pk=record.pk).update(authority="改") == 1  # the control: a draft

    @pytest.mark.parametrize("change", [{"first_day": TODAY - ONE}, {"last_day": TODAY + ONE}])
    def test_a_suspension_is_ended_once(self, people, shen, change):
        step("resume", brought("suspended", shen, people), by=people.meng, today=TODAY + 3 * ONE)
        attacks = (
            lambda: Suspension.objects.update(**change),
            lambda: Suspension.objects.all()._raw_delete("default"),
        )
        for attack in attacks:
            with pytest.raises(InternalError), transaction.atomic():
                attack()

    def test_two_on_one_day_are_refused_by_the_database_too(self, people, shen):
        rows.filed(shen, people.meng)
        second = rows.submitted(shen, people.offices["130900"])
        forced = recording(FILED)
        object.__setattr__(forced, "guards", ())
        with pytest.raises(IntegrityError, match="bodyrecord_one_on_a_day"), transaction.atomic():
            perform(forced, second, by=people.meng, today=TODAY)

    def test_what_was_said_once_is_only_added_to(self, people, shen):
        brought("submitted", shen, people)
        Clocks.objects.create(institution=shen.acting.institution, by=shen)
        for model in (Submission, Clocks):
            for attack in ("UPDATE", "DELETE"):
                table = model._meta.db_table
                said = (
                    f'UPDATE "{table}" SET by_id = by_id' if attack == "UPDATE" else f'DELETE FROM "{table}"'
                )
                with pytest.raises(InternalError), transaction.atomic():
                    transaction.get_connection().cursor().execute(said)
