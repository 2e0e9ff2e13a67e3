"""Writes that are no transitions: who may make them, what they leave behind, and what they never touch."""

from datetime import date

import pytest
from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, transaction

from cqo_portal.audit.models import Event
from cqo_portal.parties.models import Organisation, Person
from cqo_portal.workflow.engine import Refused, perform
from registry import draft, same_person, services
from registry.models import Filing, Officer
from registry.workflow import DISCARD, FILE, SEND_UP, SUBMIT
from tests.cast import CODES, IDENTITY, TODAY, organisation, picture, typed, user

pytestmark = pytest.mark.django_db
OTHER = "110105194912310046"


def officer_of(organisation) -> Officer:
    """An officer the register knows without a filing of ours, as an import brings them."""
    person = Person.objects.create(name="钱平", identity_kind="passport", identity_number="E77770001")
    return Officer.objects.create(
        name="钱平",
        person=person,
        organisation=organisation,
        office=organisation.office,
        appointed_on=date(2026, 1, 1),
        term_ends=date(2028, 12, 31),
    )


def replace(people, **changes) -> Filing:
    """Another person takes over the post; brought to its end."""
    filing = services.open_filing(people.hengtong, by=people.liu, today=TODAY, kind="replacement")
    said = {"predecessor__last_day": "2026-10-31", "appointment__appointed_on": "2026-11-01"}
    draft.save(filing, typed(**said | changes), version=None, by=people.liu)
    services.attach_proof(filing, picture(), kind="training", by=people.liu)
    for step, by in ((SUBMIT, people.liu), (SEND_UP, people.wang), (FILE, people.meng)):
        filing = perform(step, filing, by=by, today=TODAY)
    return filing


class TestTheRegister:
    def test_a_predecessor_leaves_on_the_day_that_was_said_not_on_the_day_before_the_successor(self, people):
        people.filing(until="filed")
        replace(
            people, officer__name="赵丽", officer__identity_number=OTHER, predecessor__last_day="2026-10-20"
        )
        before, after = Officer.objects.order_by("appointed_on")
        assert (before.name, before.ended_on) == ("王雪松", date(2026, 10, 20))
        assert (after.name, after.appointed_on, after.ended_on) == ("赵丽", date(2026, 11, 1), None)

    def test_an_appointment_is_not_opened_where_somebody_serves(self, people):
        people.filing(until="filed")
        with pytest.raises(services.NotNow, match="王雪松正在任.*变更备案"):
            services.open_filing(people.hengtong, by=people.liu, today=TODAY)

    def test_an_appointment_opened_before_somebody_took_the_post_is_not_filed_over_them(self, people):
        filing = people.filing(until="at_city")
        held = officer_of(people.hengtong)
        with pytest.raises(Refused, match=f"{held.name}正在任，不能再报任职"):
            perform(FILE, filing, by=people.meng, today=TODAY)

    def test_the_same_person_does_not_take_over_from_themselves(self, people):
        people.filing(until="filed")
        with pytest.raises(Refused, match="还有 1 处没有填好"):
            replace(people)  # the identity number of the cast, once more

    def test_one_number_is_one_person_in_two_enterprises(self, people):
        people.filing(until="filed")
        firm = organisation(people.offices["130981"], code=CODES[2], name="泊头另一家管件厂")
        clerk = user("clerk", "enterprise", organisation=firm)
        filing = services.open_filing(firm, by=clerk, today=TODAY)
        said = typed(
            enterprise__credit_code=CODES[2], enterprise__name=firm.name, officer__phone="13900139000"
        )
        draft.save(filing, said, version=None, by=clerk)
        services.attach_proof(filing, picture(), kind="training", by=clerk)
        filing = perform(SUBMIT, filing, by=clerk, today=TODAY)
        beside = same_person.compared(filing).keys
        same_person.decide(
            filing, posts=beside, verdict="concurrent", reason="两家均出具同意", by=people.wang
        )
        for step, by in ((SEND_UP, people.wang), (FILE, people.meng)):
            filing = perform(step, filing, by=by, today=TODAY)
        assert Person.objects.count() == 1
        assert Person.objects.get().phone == "13900139000"
        assert Officer.objects.in_office().count() == 2

    def test_the_enterprise_is_brought_up_to_date_by_what_was_accepted_only(self, people):
        filing = people.filing(
            until="at_city", enterprise__name="沧州恒通管业有限公司", enterprise__persons="20"
        )
        assert Organisation.objects.get(pk=people.hengtong.pk).name == "泊头恒通管件有限公司"
        perform(FILE, filing, by=people.meng, today=TODAY)
        now = Organisation.objects.get(pk=people.hengtong.pk)
        assert (now.name, now.persons, now.size_year) == ("沧州恒通管业有限公司", 20, 2025)

    def test_another_enterprises_code_cannot_be_taken_over(self, people):
        with pytest.raises(Refused, match="登记在另一家企业名下"):
            people.filing(until="at_county", enterprise__credit_code=CODES[1])

    def test_birth_and_sex_come_from_the_number(self, people):
        people.filing(until="filed")
        person = Person.objects.get()
        assert (person.born_on, person.sex) == (date(1949, 12, 31), "2")
        assert person.identity_number == IDENTITY


class TestOpening:
    def test_a_discarded_draft_makes_way_for_a_new_one(self, people):
        first = people.filing(papers=())
        perform(DISCARD, first, by=people.liu, today=TODAY)
        second = services.open_filing(people.hengtong, by=people.liu, today=TODAY)
        assert second.pk != first.pk
        assert "officer-name" not in second.draft

    def test_a_second_one_under_way_is_refused_by_the_database_too(self, people):
        people.filing(papers=())
        with pytest.raises(IntegrityError), transaction.atomic():
            Filing.objects.create(
                organisation=people.hengtong, office=people.hengtong.office, created_by=people.liu
            )

    def test_opening_is_on_record(self, people):
        filing = people.filing(papers=())
        assert [e.action for e in Event.objects.about(filing)] == ["open"]


class TestWhoMay:
    @pytest.mark.parametrize("who", ["dan", "wang", "meng", "hao", "qing"])
    def test_a_paper_is_attached_by_the_applicant_alone(self, people, who):
        filing = people.filing(papers=())
        with pytest.raises(PermissionDenied):
            services.attach_proof(filing, picture(), kind="other", by=getattr(people, who))

    @pytest.mark.parametrize(("state", "may"), [("at_county", "wang"), ("at_city", "meng")])
    def test_a_clause_is_decided_by_the_office_whose_turn_it_is(self, people, state, may):
        filing = people.filing(until=state)
        for who in ("liu", "dan", "wang", "meng", "hao", "qing"):
            if who == may:
                continue
            with pytest.raises(PermissionDenied):
                services.determine(filing, clause="training", reason="认可", by=getattr(people, who))
            with pytest.raises(PermissionDenied):
                services.pin(filing, key="officer.post", reason="x", cites="", by=getattr(people, who))
            with pytest.raises(PermissionDenied):
                services.unpin(filing, item_pk=1, by=getattr(people, who))
        assert (
            services.determine(filing, clause="training", reason="认可", by=getattr(people, may)).round == 1
        )

    def test_an_officer_with_a_part_in_it_decides_nothing(self, people):
        filing = people.filing(until="at_county")
        people.wang.assignments.create(role="enterprise", organisation=people.hengtong, active=False)
        with pytest.raises(PermissionDenied):
            services.determine(filing, clause="training", reason="认可", by=people.wang)

    def test_a_determination_is_on_record_with_its_edition_and_reason(self, people):
        filing = people.filing(until="at_county", papers=())
        services.determine(filing, clause="training", reason="已核实", by=people.wang)
        event = Event.objects.get(action="determine")
        assert (event.note, event.data, event.rule_edition) == (
            "已核实",
            {"clause": "training"},
            "cangzhou-2023",
        )


def test_a_term_ends_the_day_before_its_anniversary():
    assert services.term_ends(date(2026, 9, 21), years=3) == date(2029, 9, 20)
    assert services.term_ends(date(2024, 2, 29), years=3) == date(2027, 2, 28)
    assert services.term_ends(date(2024, 2, 29), years=4) == date(2028, 2, 28)
    assert services.term_ends(date(2027, 1, 1), years=1) == date(2027, 12, 31)
