"""Changes of a filed officer: what each kind asks, what stands in the register after it, and what is refused."""

from datetime import date
from threading import Barrier, Thread

import pytest
import time_machine
from django.db import connection
from django.test.utils import CaptureQueriesContext

from cqo_portal.notifications.models import Message
from cqo_portal.reference.load import load_working_days
from cqo_portal.workflow.engine import Refused, perform
from registry import content, draft, facts, services
from registry.duties.asking import certificates_of_elsewhere
from registry.models import Entry, Filing, Officer
from registry.pages.form import form_page
from registry.sections import SECTIONS_OF
from registry.workflow import DISCARD, FILE, RETURN, RETURN_FROM_CITY, SEND_UP, SUBMIT
from tests.cast import CODES, TODAY, browser, organisation
from tests.desk.rows import NOON, officer
from tests.desk.rows import filing as lying
from tests.registry.changes import change, draft_of, said_of

CHANGES = ("replacement", "data", "renewal", "departure")
pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def noon():
    with time_machine.travel(NOON, tick=False):
        yield


def entries(**of) -> list[tuple[str, str, str]]:
    """(fact, text, effective day) as entered, in order; sealed ones in clear."""
    rows = Entry.objects.filter(**of).order_by("pk")
    return [(row.name, row.sealed or row.value, str(row.effective_on)) for row in rows]


def faults(filing) -> dict[str, str]:
    form = draft.form_of(Filing.objects.get(pk=filing.pk), today=TODAY)
    return {target.removeprefix("id_"): said for target, _, said in form.faults()}


class TestAnAppointmentEntersTheRegister:
    def test_with_every_fact_from_its_day(self, people):
        filing = people.filing(until="filed")
        assert set(entries(post=filing.officer)) == {
            ("in_office", "yes", "2026-09-21"),
            ("name", "王雪松", "2026-09-21"),
            ("post", "副总经理", "2026-09-21"),
            ("education", "bachelor", "2026-09-21"),
            ("title", "intermediate", "2026-09-21"),
            ("in_decision_layer", "yes", "2026-09-21"),
            ("is_top_manager", "no", "2026-09-21"),
            ("is_safety_director", "no", "2026-09-21"),
            ("term_ends", "2029-09-20", "2026-09-21"),
            ("phone", "13800138000", "2026-09-21"),
            ("quality_since", "2019-03-01", "2026-09-21"),  # one unbroken period of quality management
        }
        assert set(entries(post=None)) == {
            ("name", "泊头恒通管件有限公司", "2026-09-21"),
            ("credit_code", "91130981MAYG58BR3P", "2026-09-21"),
            ("office", "130981", "2026-09-21"),
            ("industry", "33", "2026-09-21"),
            ("persons", "350", "2026-09-21"),
            ("revenue", "8000", "2026-09-21"),
            ("assets", "", "2026-09-21"),
            ("size", "medium", "2026-09-21"),
            ("size_year", "2025", "2026-09-21"),
            ("sector", "secondary", "2026-09-21"),
        }

    @pytest.mark.parametrize(
        ("number", "entered"),
        [("冀质培 2019-7", [("training_certificate", "冀质培 2019-7", "2026-09-21")]), ("", [])],
    )
    def test_with_the_certificate_that_the_office_accepted(self, people, number, entered):
        filing = people.filing(until="filed", officer__training_certificate=number)
        assert entries(post=filing.officer, name="training_certificate") == entered
        shown = {fact.value for fact in certificates_of_elsewhere().filter(post=filing.officer)}
        assert shown == {value for _, value, _ in entered}

    def test_the_phone_lies_sealed(self, people):
        people.filing(until="filed")
        assert Entry.objects.get(name="phone").value == ""


class TestAReplacement:
    def test_ends_the_one_and_begins_the_other(self, people):
        first = people.filing(until="filed").officer
        filing = change(people, "replacement", predecessor__last_day="2026-10-20")
        before, after = Officer.objects.get(pk=first.pk), filing.officer
        assert (before.ended_on, after.name) == (date(2026, 10, 20), "赵丽")
        assert (after.appointed_on, after.term_ends) == (date(2026, 11, 1), date(2029, 10, 31))
        assert entries(post=before, filing=filing) == [("in_office", "no", "2026-10-21")]
        assert ("in_office", "yes", "2026-11-01") in entries(post=after)
        assert (filing.filing_number, after.filing_number) == ("BA-130900-2026-00002",) * 2
        assert (filing.effective_on, filing.due_on) == (date(2026, 10, 20), date(2026, 11, 20))

    def test_says_only_what_is_new_of_the_enterprise(self, people):
        people.filing(until="filed")
        filing = change(people, "replacement", enterprise__persons="360")
        assert entries(post=None, filing=filing) == [("persons", "360", "2026-11-01")]

    def test_is_judged_by_every_clause(self, people):
        people.filing(until="filed")
        filing = draft_of(people, "replacement", experience__0__begins="2025-01")
        judgement = facts.judge_draft(filing, today=TODAY)
        assert [c.key for c in judgement.unmet] == ["experience"]
        with pytest.raises(Refused, match="质量管理经历.*请写明理由"):
            perform(SUBMIT, filing, by=people.liu, today=TODAY)

    @pytest.mark.parametrize(
        ("said", "where", "words"),
        [
            ({"predecessor__last_day": "2026-11-21"}, "predecessor-last_day", "在今天之后"),
            ({"predecessor__last_day": "2026-09-20"}, "predecessor-last_day", "早于任职日期 2026-09-21"),
            ({"predecessor__last_day": ""}, "predecessor-last_day", "请填写"),
            ({"predecessor__last_day": "2026-11-01"}, "appointment-appointed_on", "前任任职到 2026-11-01"),
            (
                {"appointment__appointed_on": "2026-10-31"},
                "appointment-appointed_on",
                "前任任职到 2026-10-31",
            ),
            ({"officer__identity_number": "11010519491231002X"}, "officer-identity_number", "任期续聘"),
        ],
        ids=["future", "before-the-post", "none", "same-day", "overlap", "same-person"],
    )
    def test_with_days_or_a_person_that_cannot_be_is_not_submitted(self, people, said, where, words):
        people.filing(until="filed")
        filing = draft_of(people, "replacement", **said)
        assert words in faults(filing)[where]
        with pytest.raises(Refused, match="没有填好"):
            perform(SUBMIT, filing, by=people.liu, today=TODAY)

    def test_as_it_should_be_has_no_fault(self, people):
        """The control of the above."""
        people.filing(until="filed")
        assert faults(draft_of(people, "replacement")) == {}


class TestAChangeOfData:
    def test_enters_only_what_changed_from_the_day_it_holds(self, people):
        post = people.filing(until="filed").officer
        filing = change(
            people,
            "data",
            enterprise__name="沧州恒通管业有限公司",
            officer__post="总工程师",
            officer__phone="13900139000",
            appointment__is_safety_director="on",
        )
        assert entries(post=None, filing=filing) == [("name", "沧州恒通管业有限公司", "2026-11-02")]
        assert sorted(entries(post=post, filing=filing)) == [
            ("is_safety_director", "yes", "2026-11-02"),
            ("phone", "13900139000", "2026-11-02"),
            ("post", "总工程师", "2026-11-02"),
        ]
        now = Officer.objects.select_related("person", "organisation").get(pk=post.pk)
        assert (now.post, now.is_safety_director, now.person.phone) == ("总工程师", True, "13900139000")
        assert (now.organisation.name, now.organisation.persons) == ("沧州恒通管业有限公司", 350)
        assert (now.filing_number, filing.filing_number) == ("BA-130900-2026-00001", "BG-130900-2026-00001")
        assert (now.ended_on, now.term_ends) == (None, date(2029, 9, 20))
        assert "沧州恒通" in now.haystack  # the post is found by the new name

    def test_is_filled_in_from_the_record_with_the_phone_masked(self, people):
        people.filing(until="filed")
        filing = services.open_filing(people.hengtong, by=people.liu, today=TODAY, kind="data")
        form = form_page(filing)["form"]
        shown = {bound.html_name: bound.value() for section in form.sections for bound in section}
        assert shown["enterprise-name"] == "泊头恒通管件有限公司"
        assert shown["enterprise-revenue"] == "8000"
        assert shown["officer-post"] == "副总经理"
        assert shown["officer-phone"] == "138****8000"
        assert shown["appointment-in_decision_layer"]
        assert "enterprise-office" not in shown
        assert "officer-identity_number" not in shown

    def test_a_phone_sent_back_as_it_was_shown_stays_what_it_is(self, people):
        people.filing(until="filed")
        filing = services.open_filing(people.hengtong, by=people.liu, today=TODAY, kind="data")
        sent = {"officer-phone": ["138****8000"], "officer-post": ["总工程师"]}
        typed = draft.merged(filing, draft.as_query(filing.draft | sent))
        assert (typed["officer-phone"], typed["officer-post"]) == (["13800138000"], ["总工程师"])

    def test_marks_what_differs_from_the_record(self, people):
        people.filing(until="filed")
        page = form_page(draft_of(people, "data", officer__post="总工程师", enterprise__revenue="8000.00"))
        officer, enterprise = page["form"].officer.fields, page["form"].enterprise.fields
        assert officer["post"].changed == "已改动；名录现为：副总经理"
        assert not officer["name"].changed
        assert not enterprise["revenue"].changed  # 8000.00 is 8000
        assert [(c.label, c.was, c.now) for c in page["changes"]] == [("现任职务", "副总经理", "总工程师")]

    def test_that_changes_nothing_is_not_submitted(self, people):
        people.filing(until="filed")
        filing = draft_of(people, "data")
        assert faults(filing) == {
            "s-enterprise": "没有一项与名录不同：请改动有变化的内容，或者作废这件变更。"
        }

    def test_works_the_size_out_again_where_the_figures_changed(self, people):
        people.filing(until="filed")
        filing = change(people, "data", enterprise__persons="20", enterprise__revenue="200")
        assert {e[:2] for e in entries(post=None, filing=filing)} == {
            ("persons", "20"), ("revenue", "200"), ("size", "micro"),
        }  # fmt: skip

    def test_takes_a_new_credit_code_if_nobody_has_it(self, people):
        people.filing(until="filed")
        with pytest.raises(Refused, match="登记在另一家企业名下"):
            change(people, "data", enterprise__credit_code=CODES[1])
        filing = change(people, "data", enterprise__credit_code=CODES[2])
        people.hengtong.refresh_from_db()
        assert (filing.state, people.hengtong.credit_code) == ("filed", CODES[2])

    def test_a_code_taken_meanwhile_is_refused_with_a_sentence(self, people):
        people.filing(until="filed")
        filing = change(people, "data", until="at_city", enterprise__credit_code=CODES[2])
        organisation(people.offices["130922"], code=CODES[2], name="后来的一家")
        with pytest.raises(Refused, match="登记在另一家企业名下"):
            perform(FILE, filing, by=people.meng, today=TODAY)

    def test_before_what_is_on_record_is_refused(self, people):
        people.filing(until="filed")
        change(people, "data", officer__post="总工程师", change__effective_on="2026-11-10")
        with pytest.raises(Refused, match="自 2026-11-10 起已另有登记"):
            change(people, "data", officer__post="总经理", change__effective_on="2026-11-09")

    def test_an_officer_without_a_phone_on_record_need_not_be_given_one(self, people):
        post = people.filing(until="filed").officer
        post.person.phone = None
        post.person.save()
        assert faults(draft_of(people, "data", officer__post="总工程师")) == {}
        post.person.phone = "13800138000"  # the control: what stands there may not be emptied
        post.person.save()
        assert "officer-phone" in faults(Filing.objects.get(kind="data"))


class TestARenewal:
    @pytest.mark.parametrize(
        ("runs_from", "ends"),
        [("old_end", date(2032, 9, 20)), ("decision", date(2029, 11, 9))],
    )
    def test_moves_the_end_of_the_term(self, people, runs_from, ends):
        post = people.filing(until="filed").officer
        filing = change(people, "renewal", renewal__runs_from=runs_from)
        now = Officer.objects.get(pk=post.pk)
        assert (now.term_ends, now.appointed_on, now.ended_on) == (ends, date(2026, 9, 21), None)
        assert entries(post=post, filing=filing) == [("term_ends", str(ends), "2026-11-10")]
        assert (filing.name, filing.filing_number) == ("王雪松", "BG-130900-2026-00001")

    def test_that_ends_no_later_is_a_mistake(self, people):
        people.filing(until="filed")
        filing = draft_of(people, "renewal", renewal__runs_from="decision", renewal__term_years="2")
        assert "只到 2028-11-09" in faults(filing)["renewal-term_years"]

    def test_is_judged_by_the_appointer_and_by_what_is_on_record(self, people):
        people.filing(until="filed")
        filing = draft_of(people, "renewal", renewal__appointed_by="other")
        judgement = facts.judge_draft(filing, today=TODAY)
        assert [clause.key for clause in judgement.unmet] == ["appointed-by"]
        assert {c.key for c in judgement.clauses} >= {"degree-or-title", "appointed-by"}
        assert {c.key for c in judgement.clauses} & {"experience", "training"} == set()
        with pytest.raises(Refused, match="请写明理由"):
            perform(SUBMIT, filing, by=people.liu, today=TODAY)


class TestADeparture:
    def test_ends_the_post_on_its_last_day(self, people):
        post = people.filing(until="filed").officer
        filing = change(people, "departure")
        assert Officer.objects.get(pk=post.pk).ended_on == date(2026, 10, 31)
        assert entries(post=post, filing=filing) == [("in_office", "no", "2026-11-01")]
        assert (filing.effective_on, filing.due_on) == (date(2026, 10, 31), date(2026, 11, 30))

    def test_may_happen_today_and_not_tomorrow(self, people):
        people.filing(until="filed")
        filing = draft_of(people, "departure", departure__last_day="2026-11-21")
        assert "在今天之后" in faults(filing)["departure-last_day"]
        perform(DISCARD, filing, by=people.liu, today=TODAY)
        assert change(people, "departure", departure__last_day="2026-11-20").state == "filed"

    def test_for_another_reason_says_which(self, people):
        people.filing(until="filed")
        filing = draft_of(people, "departure", departure__reason="other")
        assert faults(filing) == {"departure-words": "离任原因选了“其他”，请写明是什么原因。"}

    def test_of_a_post_without_entries_keeps_its_beginning(self, people):
        """An imported officer, or one from before there were entries."""
        post = people.filing(until="filed").officer
        bare = Officer.objects.create(
            name="钱平",
            person=post.person,
            organisation=people.dan.acting.organisation,
            office=people.offices["130922"],
            appointed_on=date(2026, 1, 5),
            term_ends=date(2029, 1, 4),
        )
        filing = services.open_filing(bare.organisation, by=people.dan, today=TODAY, kind="departure")
        draft.save(filing, said_of("departure"), version=None, by=people.dan)
        for step, by in ((SUBMIT, people.dan), (SEND_UP, people.qing), (FILE, people.meng)):
            filing = perform(step, filing, by=by, today=TODAY)
        now = Officer.objects.get(pk=bare.pk)
        assert (now.appointed_on, now.ended_on) == (date(2026, 1, 5), date(2026, 10, 31))


class TestEveryKind:
    def test_has_its_sections(self):
        codes = {kind.value: [section.code for section in sections] for kind, sections in SECTIONS_OF.items()}
        assert codes == {
            "appointment": ["enterprise", "officer", "experience", "appointment"],
            "replacement": ["predecessor", "enterprise", "officer", "experience", "appointment"],
            "data": ["change", "enterprise", "officer", "appointment"],
            "renewal": ["renewal"],
            "departure": ["departure"],
        }

    @pytest.mark.parametrize("kind", ["data", "departure"])
    def test_data_and_departure_are_not_judged(self, people, kind):
        people.filing(until="filed")
        filing = draft_of(people, kind, **({"officer__post": "总工程师"} if kind == "data" else {}))
        judgement = facts.judge_draft(filing, today=TODAY)
        assert (judgement.clauses, judgement.unmet, judgement.open) == ((), [], [])

    def test_what_was_and_what_is_stands_side_by_side(self, people):
        people.filing(until="filed")
        shown = {}
        for kind, said in (("data", {"officer__post": "总工程师"}), ("renewal", {}), ("replacement", {})):
            filing = change(people, kind, until="at_county", **said)
            told = content.changes(kind, facts.content_of(filing))
            shown[kind] = [(c.label, c.was, c.now) for c in told]
            services.pin(filing, key="proof.other", reason="退回", cites="", by=people.wang)
            filing = perform(RETURN, filing, by=people.wang, today=TODAY)
            filing = perform(SUBMIT, filing, by=people.liu, today=TODAY)
            for step, by in ((SEND_UP, people.wang), (FILE, people.meng)):
                if kind == "replacement":
                    break
                filing = perform(step, filing, by=by, today=TODAY)
        assert shown["data"] == [("现任职务", "副总经理", "总工程师")]
        assert shown["renewal"] == [("任期至", "2029-09-20", "2032-09-20（新任期自 2029-09-21 起）")]
        assert shown["replacement"][:3] == [
            ("首席质量官", "王雪松", "赵丽"),
            ("任职", "2026-09-21 至 2026-10-31", "2026-11-01 起，任期至 2029-10-31"),
            ("现任职务", "总工程师", "副总经理"),
        ]

    def test_the_words_side_by_side_stay_once_it_is_filed(self, people):
        people.filing(until="filed")
        filing = change(people, "data", officer__post="总工程师")
        told = content.changes("data", facts.content_of(filing))
        assert [(c.was, c.now) for c in told] == [("副总经理", "总工程师")]

    @pytest.mark.parametrize(
        ("kind", "key", "name", "value"),
        [
            ("replacement", "predecessor.last_day", "predecessor-last_day", "2026-10-30"),
            ("data", "change.effective_on", "change-effective_on", "2026-11-03"),
            ("renewal", "renewal.appointer", "renewal-appointer", "李四"),
            ("departure", "departure.last_day", "departure-last_day", "2026-10-30"),
        ],
    )
    def test_a_return_opens_only_what_it_is_pinned_to(self, people, kind, key, name, value):
        people.filing(until="filed")
        filing = change(
            people, kind, until="at_county", **({"officer__post": "总工"} if kind == "data" else {})
        )
        services.pin(filing, key=key, reason="与文件不一致", cites="", by=people.wang)
        filing = perform(RETURN, filing, by=people.wang, today=TODAY)
        sent = {other: ["偷改"] for other in filing.draft if other != name} | {name: [value]}
        typed = draft.merged(filing, draft.as_query(sent))
        opened = draft.unlocked(filing)
        strayed = [n for n, v in typed.items() if v == ["偷改"] and draft.address_of(n) not in opened]
        assert (typed[name], strayed) == ([value], [])

    def test_a_corrected_day_moves_the_deadline(self, people):
        people.filing(until="filed")
        filing = change(people, "departure", until="at_county")
        services.pin(
            filing, key="departure.last_day", reason="免职文件写的是 9 月 30 日", cites="", by=people.wang
        )
        filing = perform(RETURN, filing, by=people.wang, today=TODAY)
        draft.save(filing, filing.draft | {"departure-last_day": ["2026-09-30"]}, version=None, by=people.liu)
        filing = perform(SUBMIT, filing, by=people.liu, today=TODAY)
        assert (filing.effective_on, filing.due_on) == (date(2026, 9, 30), date(2026, 10, 30))
        assert filing.days_late == 21

    def test_both_levels_bring_their_record_up_to_date(self, people):
        people.filing(until="filed")
        filing = change(people, "departure", until="at_city", today=date(2026, 11, 19))
        assert filing.county_on == date(2026, 11, 19)
        assert Officer.objects.in_office().exists()  # the city's record stands until the city files
        services.pin(filing, key="departure.words", reason="请说明", cites="", by=people.meng)
        assert perform(RETURN_FROM_CITY, filing, by=people.meng, today=TODAY).county_on is None

    def test_a_provisional_deadline_is_settled_once_the_days_off_are_announced(self, people):
        people.filing(until="filed", appointment__appointed_on="2026-03-01")
        filing = change(people, "departure", until="at_county", departure__last_day="2026-09-01")
        assert filing.due_on == date(2026, 10, 1)  # no calendar is loaded yet
        load_working_days()
        assert perform(SEND_UP, filing, by=people.wang, today=TODAY).due_on == date(2026, 10, 8)

    def test_a_late_one_is_marked_and_taken_all_the_same(self, people):
        people.filing(until="filed", appointment__appointed_on="2026-03-01")
        filing = change(people, "departure", departure__last_day="2026-08-31")
        assert (filing.state, filing.due_on, filing.days_late) == ("filed", date(2026, 9, 30), 51)


class TestOpening:
    def test_a_change_needs_somebody_in_office(self, people):
        for kind in CHANGES:
            with pytest.raises(services.NotNow, match="没有在任的首席质量官"):
                services.open_filing(people.hengtong, by=people.liu, today=TODAY, kind=kind)

    def test_one_filing_at_a_time_and_it_says_which(self, people):
        people.filing(until="filed")
        first = services.open_filing(people.hengtong, by=people.liu, today=TODAY, kind="data")
        with pytest.raises(services.NotNow, match="变更备案（信息）在办（草稿）") as refused:
            services.open_filing(people.hengtong, by=people.liu, today=TODAY, kind="departure")
        assert refused.value.under_way == first

    def test_the_same_change_opened_twice_is_one_draft(self, people):
        people.filing(until="filed")
        first = services.open_filing(people.hengtong, by=people.liu, today=TODAY, kind="departure")
        assert services.open_filing(people.hengtong, by=people.liu, today=TODAY, kind="departure") == first

    def test_the_day_that_was_said_first_stands_in_the_form(self, people):
        people.filing(until="filed")
        day = date(2026, 10, 31)
        filing = services.open_filing(people.hengtong, by=people.liu, today=TODAY, kind="departure", on=day)
        assert filing.draft == {"departure-last_day": ["2026-10-31"]}

    def test_a_change_of_a_post_that_ended_meanwhile_is_refused(self, people):
        post = people.filing(until="filed").officer
        filing = change(people, "renewal", until="at_city")
        Officer.objects.filter(pk=post.pk).update(ended_on=date(2026, 11, 12))
        with pytest.raises(Refused, match="王雪松已经不在本企业任职"):
            perform(FILE, filing, by=people.meng, today=TODAY)

    def test_a_successor_to_a_vacant_post_begins_after_the_last_day(self, people):
        people.filing(until="filed")
        change(people, "departure")
        filing = services.open_filing(people.hengtong, by=people.liu, today=TODAY)
        typed = said_of("replacement", appointment__appointed_on="2026-10-31", predecessor__last_day=None)
        draft.save(filing, typed, version=None, by=people.liu)
        assert "前任任职到 2026-10-31" in faults(filing)["appointment-appointed_on"]


@pytest.mark.django_db(transaction=True)
def test_two_tabs_opening_the_same_change_give_one_draft(people):
    people.filing(until="filed")
    start, found = Barrier(2), []

    def open_it():
        try:
            start.wait(timeout=20)
            filing = services.open_filing(people.hengtong, by=people.liu, today=TODAY, kind="departure")
            found.append(filing.pk)
        finally:
            connection.close()

    tabs = [Thread(target=open_it) for _ in range(2)]
    for tab in tabs:
        tab.start()
    for tab in tabs:
        tab.join(timeout=30)
    assert len(found) == 2
    assert found[0] == found[1] == Filing.objects.get(kind="departure").pk


class TestThePages:
    PATH = "/filings/changes/new/"

    def text(self, people, path: str, **said) -> tuple[int, str]:
        client = browser(people.liu)
        answer = client.post(path, said) if said else client.get(path)
        return answer.status_code, answer.content.decode().split("<main")[-1]

    def test_the_first_page_asks_what_changed_and_shows_the_clock(self, people):
        people.filing(until="filed")
        status, text = self.text(people, f"{self.PATH}?on=2026-10-28")
        assert status == 200
        for kind in CHANGES:
            assert f'value="{kind}"' in text
        assert "报送期限 2026-11-28（周六），还有 8 天" in text  # no calendar is loaded: provisional
        assert "暂定" in text
        assert "第十四条第二款" in text
        assert '<table class="month">' in text

    @pytest.mark.parametrize(
        ("on", "words"), [("明天", "请填日期"), ("2026-11-21", "在今天之后"), ("2026-02-30", "没有")]
    )
    def test_a_day_that_cannot_be_is_said_beside_the_field_and_kept(self, people, on, words):
        people.filing(until="filed")
        status, text = self.text(people, self.PATH, on=on, kind="departure")
        assert (status, words in text, f'value="{on}"' in text) == (422, True, True)
        assert Filing.objects.count() == 1

    @pytest.mark.parametrize("kind", ["", "appointment", "sabotage"])
    def test_a_kind_nobody_offered_opens_nothing(self, people, kind):
        people.filing(until="filed")
        status, text = self.text(people, self.PATH, kind=kind, on="")
        assert (status, "请先选有什么变化" in text) == (422, True)
        assert Filing.objects.count() == 1

    def test_another_one_under_way_is_named_and_linked(self, people):
        people.filing(until="filed")
        standing = draft_of(people, "data")
        _, text = self.text(people, self.PATH)
        assert "已有一件变更备案（信息）在办" in text
        assert f'href="{standing.get_absolute_url()}"' in text
        client = browser(people.liu)
        assert client.post(self.PATH, {"kind": "departure"}).url == standing.get_absolute_url()

    def test_an_appointment_where_somebody_serves_is_sent_to_the_changes(self, people):
        people.filing(until="filed")
        assert browser(people.liu).post("/filings/new/").url == self.PATH
        assert f'href="{self.PATH}"' in self.text(people, "/filings/new/")[1]

    def test_the_list_tells_the_kind_and_how_late_and_can_be_narrowed(self, people):
        people.filing(until="filed", appointment__appointed_on="2026-03-01")
        change(people, "departure", until="at_county", departure__last_day="2026-08-31")
        client = browser(people.wang)
        text = client.get("/filings/?turn=all&kind=departure").content.decode().split("<tbody")[1]
        assert "变更备案（离任）" in text
        assert "逾期 51 天" in text
        assert client.get("/filings/?turn=all&kind=renewal").context["page"].total == 0
        assert client.get("/filings/?turn=all&kind=x").context["page"].total == 2

    def test_the_list_costs_as_much_with_three_changes_as_with_one(self, people):
        county = people.offices["130981"]
        client = browser(people.wang)
        client.get("/filings/?turn=all")
        counts = []
        for rows in ((1,), (2, 3)):
            for number in rows:
                post = officer(county, number, by=people.liu)
                made = lying(county, 10 + number, by=people.liu)
                late = {"kind": "departure", "post": post, "due_on": date(2026, 10, 30)}
                Filing.objects.filter(pk=made.pk).update(**late)
            with CaptureQueriesContext(connection) as seen:
                assert "逾期 21 天" in client.get("/filings/?turn=all").content.decode()
            counts.append(len(seen))
        assert counts[0] == counts[1]

    def test_the_words_of_a_letter_fit_the_kind(self, people):
        people.filing(until="filed")
        change(people, "departure")
        titles = set(Message.objects.filter(channel="inbox").values_list("title", flat=True))
        assert "泊头恒通管件有限公司提交了首席质量官变更备案（离任）" in titles
        assert "变更备案（离任）已完成，备案号 BG-130900-2026-00001" in titles
        assert "任职备案已完成，备案号 BA-130900-2026-00001" in titles
