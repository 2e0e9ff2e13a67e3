"""Every kind: the day it is said for the first time, to whom, by which clause, and what settles it."""

from datetime import date, timedelta

import pytest
import time_machine
from django.db import transaction
from django.db.models import DateField, Value
from django.template.loader import get_template
from django.utils import timezone
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from certificates.reminders import LONGEST, end_of_year
from cqo_portal.jurisdictions.calendar import Years
from cqo_portal.notifications.models import Message
from cqo_portal.parties.models import Office
from cqo_portal.reminders.catalogue import all_reminders, reminder
from cqo_portal.reminders.scan import due, scan
from cqo_portal.workflow.engine import perform
from evaluation.models import Application
from registry import services
from registry.workflow import RETURN
from tests.cast import TODAY, institution, user
from tests.certificates import rows
from tests.duties import rows as duties
from tests.evaluation import rows as evaluation
from tests.reports.world import office, world
from tests.supervision import test_suggestions as suggestions
from tests.talent.rows import himself
from tests.training.rows import commission, identity, provider

pytestmark = pytest.mark.django_db

# Kind, its stages in days before (-) or after (+) the day itself, and for how long the last of them is worth saying.
TABLE = {
    "term-ends": ("-90 -30 -7 +1", 30),
    "change-to-report": ("-7 -1 +1", 30),
    "return-unanswered": ("+7 +21", 30),
    "annual-report-opens": ("-60", 30),
    "annual-report-due": ("-30 -7 +1", 60),
    "suggestion-unanswered": ("-3 +1", 30),
    "hours-short": ("-92 -31", 31),
    "invitation-unanswered": ("-1 +1", 30),
    "sheet-unsigned": ("-3 -1 +1", 30),
    "application-to-complete": ("-3 -1 +1", 30),
    "application-to-review": ("-1 +1", 30),
    "certificate-window-opens": ("+0", 60),
    "certificate-to-be-renewed": ("-30 +0 +1", 55),
    "certificate-ends": ("-30 -7 +1", 60),
    "certificate-learning": ("-90 -30", 30),
    "provider-report-owed": ("+1 +31 +62", 60),
}


def test_the_table_is_the_catalogue():
    found = {
        each.code: (" ".join(s.code for s in each.stages), each.stages.lasts) for each in all_reminders()
    }
    assert found == TABLE


@pytest.mark.parametrize("year", [2026, 2027, 2028])
def test_hours_are_said_at_the_end_of_september_and_of_november(year):
    september, november = reminder("hours-short").stages
    last = date(year, 12, 31)
    assert (september.reached_on(last), november.reached_on(last)) == (date(year, 9, 30), date(year, 11, 30))


def test_every_kind_has_its_words_and_says_its_clause():
    for each in all_reminders():
        assert get_template(f"mail/{each.code}/subject.txt") and get_template(f"mail/{each.code}/body.txt")
        assert each.clause and each.label


def said(kind: str) -> list[tuple]:
    told = Message.objects.filter(kind=kind, channel="inbox").order_by("id")
    return list(told.values_list("recipient__username", "stage", "due_on", "state"))


def first_day(kind: str) -> timedelta:
    return timedelta(days=next(iter(reminder(kind).stages)).offset)


class TestChanges:
    @pytest.fixture
    def departure(self, people):
        people.filing(until="filed")
        with time_machine.travel("2026-11-20T09:00:00+08:00"):
            return services.open_filing(
                people.hengtong,
                kind="departure",
                on=date(2026, 11, 18),
                by=people.liu,
                today=date(2026, 11, 20),
            )

    def test_a_draft_is_known_by_the_day_it_was_begun_with(self, departure):
        departure.refresh_from_db()
        assert (departure.effective_on, departure.due_on) == (date(2026, 11, 18), date(2026, 12, 18))

    def test_it_is_reminded_of_until_it_is_handed_in(self, departure):
        scan(date(2026, 12, 10))
        assert said("change-to-report") == []
        scan(date(2026, 12, 11))
        assert said("change-to-report") == [("liu", "-7", date(2026, 12, 18), "sent")]
        letter = Message.objects.get(kind="change-to-report", channel="inbox")
        assert letter.cites == "《沧州市企业首席质量官管理办法》第十四条第二款"
        assert letter.url == departure.get_absolute_url()
        type(departure).objects.filter(pk=departure.pk).update(due_on=None)
        scan(date(2026, 12, 12))
        assert said("change-to-report") == [("liu", "-7", date(2026, 12, 18), "struck")]

    def test_a_return_nobody_answers_is_reminded_of_after_a_week_and_three(self, people):
        filing = people.filing(until="at_county")
        services.pin(filing, key="officer.post", reason="请改正", cites="", by=people.wang)
        filing = perform(RETURN, filing, by=people.wang, today=TODAY)
        back = timezone.localdate(filing.moved_at)
        scan(back + timedelta(days=6))
        assert said("return-unanswered") == []
        scan(back + timedelta(days=7))
        scan(back + timedelta(days=21))
        assert [each[1] for each in said("return-unanswered")] == ["+7", "+21"]


class TestCertificates:
    """Issued on 20 November 2026 or so: what counts is its own days."""

    @pytest.fixture
    def made(self, people):
        panel, made = rows.issued(people)
        himself(made.decision.evaluation.application.officer, "zhengren")
        return rows.sent(made, by=panel.staff)

    def told(self, kind, day):
        return sorted((each.stage.code, each.due_on) for each in due(day) if each.kind.code == kind)

    def test_holder_and_enterprise_are_told_when_the_window_opens(self, made):
        scan(made.reapply_opens - timedelta(days=1))
        assert said("certificate-window-opens") == []
        scan(made.reapply_opens)
        told = said("certificate-window-opens")
        assert {each[0] for each in told} == {"zhengren", "liu"}
        assert {each[1:3] for each in told} == {("+0", made.reapply_opens)}
        letter = Message.objects.filter(kind="certificate-window-opens", channel="inbox").first()
        assert "9.4" in letter.cites and made.number in letter.title

    def test_an_application_that_was_handed_in_settles_it(self, people, made):
        officer = made.decision.evaluation.application.officer
        assert self.told("certificate-to-be-renewed", made.reapply_by)  # the control
        evaluation.application(people, officer=officer, house=made.body, state="draft")
        assert self.told("certificate-to-be-renewed", made.reapply_by)  # a draft is nothing yet
        draft = Application.objects.get(state="draft")
        with transaction.atomic():
            evaluation.moved(draft, "discarded")
        evaluation.application(people, officer=officer, house=made.body, state="submitted")
        assert not self.told("certificate-to-be-renewed", made.reapply_by)

    @pytest.mark.parametrize(("days", "code"), [(-31, None), (-30, "-30"), (-7, "-7"), (0, "-7"), (1, "+1")])
    def test_its_end_is_said_a_month_and_a_week_before_and_the_day_after(self, made, days, code):
        found = self.told("certificate-ends", made.last_day + timedelta(days=days))
        assert found == ([(code, made.last_day)] * 2 if code else [])

    def test_of_one_that_was_never_sent_nobody_is_told(self, people):
        _, made = rows.issued(people)
        assert not self.told("certificate-ends", made.last_day)

    def test_an_enterprise_the_holder_has_left_is_told_no_more(self, made):
        officer = made.decision.evaluation.application.officer
        type(officer).objects.filter(pk=officer.pk).update(ended_on=TODAY)
        assert len(self.told("certificate-ends", made.last_day)) == 1

    def test_learning_is_missed_at_the_end_of_each_year_of_the_certificate(self, made):
        ends = Years(1).last_day_from(made.first_day)
        assert self.told("certificate-learning", ends - timedelta(days=91)) == []
        assert self.told("certificate-learning", ends - timedelta(days=90)) == [("-90", ends)] * 2
        assert self.told("certificate-learning", ends - timedelta(days=30)) == [("-30", ends)] * 2


@settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))
@given(st.integers(0, 12_000).map(lambda n: date(2010, 1, 1) + timedelta(days=n)), st.integers(1, LONGEST))
@example(date(2024, 2, 29), 1)
@example(date(2024, 3, 1), 4)
@example(date(2023, 3, 1), 1)
@example(date(2024, 2, 29), 4)
def test_the_end_of_a_year_is_the_same_in_sql_and_in_the_arithmetic(people, first, number):
    row = (
        Office.objects.annotate(first_day=Value(first, DateField()))
        .annotate(ends=end_of_year(number))
        .first()
    )
    assert row.ends == Years(number).last_day_from(first)


class TestEvaluations:
    def test_an_unsigned_sheet_is_its_experts_alone(self, people):
        panel = evaluation.panel(people, state="scoring")
        run = panel.evaluation
        type(run).objects.filter(pk=run.pk).update(due_on=TODAY)
        run.refresh_from_db()
        scan(run.due_on - timedelta(days=3))
        experts = {expert.username for expert in panel.experts}
        assert {each[0] for each in said("sheet-unsigned")} == experts
        evaluation.signed(panel.sheet(0), by=panel.experts[0])
        scan(run.due_on - timedelta(days=1))
        later = {each[0] for each in said("sheet-unsigned") if each[1] == "-1"}
        assert later == experts - {panel.experts[0].username}

    def test_an_invitation_is_to_be_answered(self, people):
        panel = evaluation.panel(people, size=0, state="convening")
        who = evaluation.person("何评", identity(77))
        seat = evaluation.seated(panel.evaluation, who, state="proposed")
        user("heping", "expert", person=who)
        type(seat).objects.filter(pk=seat.pk).update(answer_by=TODAY)
        scan(TODAY - timedelta(days=1))
        assert said("invitation-unanswered") == []  # only thought of
        evaluation.moved(seat, "invited")
        scan(TODAY - timedelta(days=2))
        assert said("invitation-unanswered") == []
        scan(TODAY - timedelta(days=1))
        assert said("invitation-unanswered") == [("heping", "-1", TODAY, "sent")]

    def test_an_application_is_to_be_reviewed_by_its_body_and_completed_by_its_two(self, people):
        made = evaluation.application(people, state="submitted")
        user("shen", "body", institution=made.body)
        himself(made.officer, "zhengren")
        type(made).objects.filter(pk=made.pk).update(due_on=TODAY)
        scan(TODAY - timedelta(days=2))
        assert said("application-to-review") == []
        scan(TODAY - timedelta(days=1))
        assert said("application-to-review") == [("shen", "-1", TODAY, "sent")]
        with transaction.atomic():
            evaluation.moved(made, "returned")
        scan(TODAY - timedelta(days=1))
        assert said("application-to-review") == [("shen", "-1", TODAY, "struck")]
        assert {each[:3] for each in said("application-to-complete")} == {
            ("liu", "-1", TODAY),
            ("zhengren", "-1", TODAY),
        }


class TestReports:
    """甲, 乙, 丙 and 丁 owe the report of 2026; 戊 has had no officer that year."""

    @pytest.fixture
    def here(self):
        return world()

    @pytest.mark.parametrize(
        ("day", "kind", "told"),
        [
            ("2026-10-31", "annual-report-opens", set()),
            ("2026-11-01", "annual-report-opens", {"clerk-jia", "clerk-yi", "clerk-bing", "clerk-ding"}),
            ("2026-11-30", "annual-report-due", set()),
            ("2026-12-01", "annual-report-due", {"clerk-jia", "clerk-yi", "clerk-bing", "clerk-ding"}),
        ],
    )
    def test_everybody_who_owes_one_is_told(self, here, day, kind, told):
        with time_machine.travel(f"{day}T09:00:00+08:00"):
            scan(date.fromisoformat(day))
        assert {each[0] for each in said(kind)} == told

    def test_one_that_was_handed_in_is_not_asked_for(self, here):
        with time_machine.travel("2026-12-24T09:00:00+08:00"):
            here.report("jia")
            here.report("yi", until="at_county")
            here.report("bing", until="draft")
            scan(date(2026, 12, 24))
        assert {each[:3] for each in said("annual-report-due")} == {
            ("clerk-bing", "-7", date(2026, 12, 31)),
            ("clerk-ding", "-7", date(2026, 12, 31)),
        }
        letter = Message.objects.filter(kind="annual-report-due").first()
        assert letter.cites.startswith("《") and letter.url == "/reports/"

    def test_where_no_text_asks_nobody_is_told(self):
        world(jurisdiction="jiangsu")
        with time_machine.travel("2026-12-24T09:00:00+08:00"):
            scan(date(2026, 12, 24))
        assert said("annual-report-due") == []


class TestHours:
    @pytest.mark.parametrize(
        ("day", "stage"),
        [("2026-09-29", None), ("2026-09-30", "-92"), ("2026-11-29", "-92"), ("2026-11-30", "-31")],
    )
    def test_whoever_is_short_and_his_enterprise_are_told(self, day, stage):
        held = duties.post(duties.county("hubei"))
        duties.himself(held.person)
        user("clerk", "enterprise", organisation=held.organisation)
        with time_machine.travel(f"{day}T09:00:00+08:00"):
            scan(date.fromisoformat(day))
        told = {each[:3] for each in said("hours-short")}
        year = date(2026, 12, 31)
        assert told == ({("officer1", stage, year), ("clerk", stage, year)} if stage else set())

    def test_whoever_has_learned_enough_is_left_alone(self):
        county = duties.county("hubei")
        held, clerk = duties.post(county), duties.clerk_of(county)
        duties.himself(held.person)
        duties.learned(held.person, "21", on=date(2025, 5, 1), by=clerk, course_class=1)
        duties.learned(held.person, "14", on=date(2026, 3, 12), by=clerk, course_class=1)
        with time_machine.travel("2026-09-30T09:00:00+08:00"):
            assert len([each for each in due(date(2026, 9, 30)) if each.kind.code == "hours-short"]) == 1
            duties.learned(held.person, "30", on=date(2026, 6, 12), by=clerk, course_class=2)
            assert [each for each in due(date(2026, 9, 30)) if each.kind.code == "hours-short"] == []


class TestSuggestions:
    def test_the_enterprise_before_its_day_and_whoever_sent_it_after(self, people):
        with time_machine.travel("2026-11-20T12:00:00+08:00"):
            sent = suggestions.delivered(people)
        scan(sent.reply_by - timedelta(days=3))
        assert [each[:2] for each in said("suggestion-unanswered")] == [("liu", "-3")]
        scan(sent.reply_by + timedelta(days=1))
        told = {each[:2] for each in said("suggestion-unanswered")}
        assert told == {("liu", "-3"), ("liu", "+1"), ("wang", "+1")}


class TestProviders:
    def test_a_year_that_has_ended_is_to_be_reported_where_the_text_asks(self, people):
        province = office("350000", "福建省", "province", None, "fujian")
        lin = user("lin", "province", office=province)
        for held_by in (province, people.offices["130900"]):  # 沧州 asks for none
            commission(
                provider().acting.institution if held_by == province else institution("别的学校"),
                held_by,
                by=lin,
            )
        scan(date(2026, 12, 31))
        assert said("provider-report-owed") == []
        scan(date(2027, 1, 1))
        assert said("provider-report-owed") == [("tan", "+1", date(2026, 12, 31), "sent")]
        letter = Message.objects.get(kind="provider-report-owed")
        assert "第十条" in letter.cites and letter.url.endswith("?year=2026")
        scan(date(2027, 3, 3))
        assert {each[:2] for each in said("provider-report-owed")} == {
            ("tan", "+1"),
            ("tan", "+62"),
            ("lin", "+62"),
        }
