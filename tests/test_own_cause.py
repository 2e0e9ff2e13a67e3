"""Nobody decides in their own cause: whoever works for the enterprise, or is the person, in any of their roles."""

import pytest
import time_machine
from django.core.exceptions import PermissionDenied

from cqo_portal.accounts.models import Assignment, Role, User
from cqo_portal.digests import sha256
from cqo_portal.workflow.engine import Refused, perform
from evaluation.decisions import appeals
from evaluation.models import Outcome, Sheet, SignedSheet
from evaluation.panels import services as panels
from evaluation.permissions import runs_it
from evaluation.sheets import marks
from registry.incidents import services as incidents
from registry.incidents.models import Incident
from registry.lists import services as lists
from registry.lists.models import AboveScale
from registry.talent import services as talent
from registry.talent.models import PoolEntry
from registry.talent.workflow import CASE, LEAVE
from tests.cast import TODAY, browser
from tests.evaluation import rows as evaluations
from tests.evaluation.decisions import story
from tests.incidents.rows import about_the_enterprise, on_record
from tests.talent.rows import brought, post

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def noon():
    with time_machine.travel("2026-11-20T12:00:00+08:00", tick=False):
        yield


def also_clerk(who, people) -> None:
    Assignment.objects.create(user=who, role=Role.ENTERPRISE, organisation=people.hengtong)


def also_officer(who, person) -> None:
    Assignment.objects.create(user=who, role=Role.OFFICER, person=person)


def admitted(people, officer) -> PoolEntry:
    said = {"fields": ["spc"], "entered_on": TODAY, "reason": "标杆", "consent_name": officer.name}
    return talent.admit(
        officer.person, officer=officer, city=people.offices["130900"], by=people.meng, today=TODAY, **said
    )


class TestFacts:
    def test_a_clerk_of_the_enterprise_withdraws_nothing_that_stands_against_it(self, people):
        made = about_the_enterprise(people.hengtong, by=people.wang)
        also_clerk(people.wang, people)
        with pytest.raises(PermissionDenied):
            incidents.withdraw(made, reason="不严重", by=people.wang)
        answer = browser(people.wang).post(f"/incidents/{made.pk}/withdraw/", {"reason": "不严重"})
        assert answer.status_code == 403
        assert "撤销这条登记" not in browser(people.wang).get(f"/incidents/{made.pk}/").content.decode()
        incidents.withdraw(made, reason="文书撤销", by=people.meng)  # the control: somebody else does

    def test_nor_the_officer_what_stands_against_himself(self, people):
        officer = post(people.hengtong)
        made = on_record(by=people.wang)
        also_officer(people.wang, officer.person)
        with pytest.raises(PermissionDenied):
            incidents.withdraw(made, reason="不严重", by=people.wang)
        assert Incident.objects.counting().get() == made

    def test_about_others_the_same_clerk_goes_on(self, people):
        """The control."""
        made = on_record(by=people.wang)
        also_clerk(people.wang, people)
        incidents.withdraw(made, reason="文书撤销", by=people.wang)
        assert not Incident.objects.counting().exists()


class TestTalent:
    @pytest.mark.parametrize("step", ["hand-in", "return"])
    def test_a_clerk_of_the_enterprise_hands_in_no_case_of_it(self, people, step):
        case = brought(people, until="at_county")
        also_clerk(people.wang, people)
        with pytest.raises(PermissionDenied):
            perform(CASE[step], case, by=people.wang, note="说明", today=TODAY)

    def test_nobody_puts_himself_into_the_pool_or_out_of_it(self, people):
        officer = post(people.hengtong)
        entry = admitted(people, officer)  # the control: somebody else is
        also_officer(people.meng, officer.person)
        with pytest.raises(PermissionDenied):
            perform(LEAVE, entry, by=people.meng, note="说明", today=TODAY)
        other = post(people.dan.acting.organisation, name="靳海燕", number="130981198104264928")
        also_officer(people.meng, other.person)
        with pytest.raises(Refused, match="请由同事办理"):
            admitted(people, other)
        assert PoolEntry.objects.get() == entry


def test_nobody_strikes_or_lists_the_own_enterprise(people):
    entry = lists.put_on(AboveScale(organisation=people.hengtong, year=2026, kind="industry"), by=people.meng)
    also_clerk(people.wang, people)
    with pytest.raises(PermissionDenied):
        lists.take_off(entry, reason="退库", by=people.wang)
    with pytest.raises(PermissionDenied):
        lists.put_on(AboveScale(organisation=people.hengtong, year=2025, kind="industry"), by=people.wang)
    lists.take_off(entry, reason="退库", by=people.meng)


def sign(sheet: Sheet, *, by: User) -> None:
    digest = sha256(marks.content_of(sheet))
    marks.sign(sheet, name=sheet.person.name, digest=digest, seen={}, by=by)


class TestEvaluations:
    """A role that came after the panel had begun counts as much as one that was found before."""

    def test_an_expert_who_works_for_the_enterprise_meanwhile_scores_no_more(self, people):
        panel = evaluations.panel(people)
        for number in (0, 1):
            evaluations.filled(panel.sheet(number))
        also_clerk(panel.experts[1], people)
        with pytest.raises(PermissionDenied):
            sign(panel.sheet(1), by=panel.experts[1])
        address = f"{panel.sheet(1).get_absolute_url()}rows/7.3/"
        answer = browser(panel.experts[1]).post(address, {"band": "5", "coefficient": "1.0", "version": "1"})
        assert answer.status_code == 403
        sign(panel.sheet(0), by=panel.experts[0])  # the control
        assert SignedSheet.objects.get().sheet == panel.sheet(0)

    def test_nor_reads_what_the_others_scored(self, people):
        panel = story.concluded(people)
        officer = panel.evaluation.application.person
        for also in (lambda who: also_clerk(who, people), lambda who: also_officer(who, officer)):
            expert = panel.experts[1]
            assert Sheet.objects.visible_to(expert).count() == 3  # the control
            assert Outcome.objects.visible_to(expert).count() == 1
            also(expert)
            assert list(Sheet.objects.visible_to(expert)) == [panel.sheet(1)]
            assert not Outcome.objects.visible_to(expert).exists()
            expert.assignments.exclude(role=Role.EXPERT).delete()

    @pytest.mark.parametrize("gone", ["recused", "left", "of-an-earlier-run"])
    def test_whoever_was_on_the_panel_decides_nothing_for_the_body_afterwards(self, people, gone):
        if gone == "of-an-earlier-run":
            panel = story.published(people)
            made = appeals.lodge(panel.evaluation, "不符。", by=people.liu, today=TODAY)
            case = appeals.grant(made, "再看。", by=panel.staff, today=TODAY).run
        else:
            panel = evaluations.panel(people, size=4)
            case = panel.evaluation
        seat, expert = panel.panellists[1], panel.experts[1]
        if gone == "recused":
            panels.declare_a_conflict(seat, kind="kin", said="是其表兄。", by=expert, today=TODAY)
        elif gone == "left":
            panels.leave(seat, note="住院。", by=panel.staff, today=TODAY)
        held = Assignment.objects.create(user=expert, role=Role.BODY, institution=case.body)
        assert not runs_it.test(expert.acting_as(held), case)
        assert runs_it.test(panel.staff, case)  # the control
