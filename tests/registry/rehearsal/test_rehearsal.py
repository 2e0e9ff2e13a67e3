"""A rehearsal judges everybody in office by another edition, and changes nothing."""

import re
from datetime import UTC, date, datetime
from io import BytesIO
from uuid import uuid4

import pytest
import time_machine
from django.urls import reverse
from django.utils import timezone
from openpyxl import load_workbook

from cqo_portal.audit.models import Event
from cqo_portal.desk.queries import enterprise_desk, regulator_desk
from cqo_portal.parties.models import Office
from registry import editions
from registry.editions import edition_for, edition_or_none
from registry.findings import Verdict
from registry.incidents import services as incidents
from registry.models import Adoption, Filing
from registry.rehearsal import services
from registry.rehearsal.models import Outcome, Rehearsal
from registry.rehearsal.tasks import go_on
from tests.cast import TODAY, browser, organisation
from tests.desk.rows import filing
from tests.incidents.rows import about_the_enterprise, on_record
from tests.talent.rows import post

pytestmark = pytest.mark.django_db
STRICTER = "hubei-2021-draft"  # five years, a degree and a title: stricter than three years, one of the two


@pytest.fixture
def filed(people):
    """A bachelor with an intermediate title and seven and a half years in quality management."""
    return people.filing(until="filed")


def rehearsed(people, *, edition=STRICTER, on=TODAY) -> Rehearsal:
    run = services.start(people.meng.acting.office, edition=edition, on=on, by=people.meng, today=TODAY)
    go_on()
    run.refresh_from_db()
    return run


def test_who_stays_met_and_who_does_not_is_told_with_the_clause(people, filed):
    run = rehearsed(people)
    outcome = run.outcomes.get()
    assert (run.expected, run.judged, run.against) == (1, 1, "cangzhou-2023")
    assert run.done_at is not None
    assert (outcome.before, outcome.after) == ("met", "unknown")
    assert [line["cites"] for line in outcome.clauses]
    assert all(line["verdict"] == "unknown" for line in outcome.clauses)


def test_the_same_edition_changes_nobody(people, filed):
    run = rehearsed(people, edition="cangzhou-2023")
    assert run.outcomes.matrix() == {("met", "met"): 1}
    assert not run.outcomes.changed().exists()


def test_what_is_on_record_against_the_officer_weighs(people, filed):
    clean = rehearsed(people, edition="hubei-2022").outcomes.get()
    assert clean.after != "unmet"  # the control
    on_record(by=people.wang)
    outcome = rehearsed(people, edition="hubei-2022").outcomes.get()
    assert (outcome.before, outcome.after) == ("met", "unmet")  # only Hubei's text bars for an accident
    assert [line["key"] for line in outcome.clauses] == ["hb-2-2-3"]


def test_what_is_on_record_against_somebody_else_does_not(people, filed):
    on_record(by=people.wang, identity_kind="passport", identity_number="E12345678")
    assert rehearsed(people, edition="hubei-2022").outcomes.get().after != "unmet"


def test_the_day_counts(people):
    """Work began in March 2019: three years are full on 2022-03-01, and not the day before."""
    people.filing(until="filed")
    full = rehearsed(people, edition="cangzhou-2023", on=date(2023, 1, 1))
    assert full.outcomes.get().after == Verdict.MET.value
    five = rehearsed(people, edition="fujian-2014", on=date(2024, 2, 28)).outcomes.get()
    assert "experience" in [line["key"] for line in five.clauses]


def test_a_rehearsal_leaves_the_register_and_the_filings_alone(people, filed):
    before = (filed.tally, filed.rule_edition, filed.state)
    rehearsed(people)
    again = Filing.objects.get(pk=filed.pk)
    assert (again.tally, again.rule_edition, again.state) == before


def test_an_imported_post_is_judged_by_what_is_known_of_it(people, filed):
    officer = filed.officer
    type(officer).objects.filter(pk=officer.pk).update(filing=None)
    outcome = rehearsed(people, edition="cangzhou-2023").outcomes.get()
    assert (outcome.before, outcome.after) == ("unknown", "unknown")


def test_asked_twice_it_runs_once(people, filed):
    office = people.meng.acting.office
    first = services.start(office, edition=STRICTER, on=TODAY, by=people.meng, today=TODAY)
    assert services.start(office, edition=STRICTER, on=TODAY, by=people.meng, today=TODAY) == first


def test_a_worker_that_died_is_taken_over_where_it_stopped(people, filed, monkeypatch):
    monkeypatch.setattr(services, "AT_A_TIME", 1)
    run = services.start(people.meng.acting.office, edition=STRICTER, on=TODAY, by=people.meng, today=TODAY)
    assert services.step(run.pk) is True
    assert Outcome.objects.count() == 1
    go_on()
    run.refresh_from_db()
    assert (run.judged, Outcome.objects.count()) == (1, 1)
    assert run.done_at is not None
    assert services.step(run.pk) is False


def in_hubei(people) -> None:
    """The offices are made ones of Hubei, where two editions stand and accidents weigh."""
    Office.objects.update(jurisdiction="hubei")
    for office in people.offices.values():
        office.refresh_from_db()
    people.hengtong.refresh_from_db()


class TestWhatIsOnRecord:
    """A rehearsal weighs what stands against a person as the case does (hb-2-2-3)."""

    @pytest.fixture
    def post_in_hubei(self, people):
        in_hubei(people)
        return people.filing(until="filed", appointment__no_faults="on")

    def verdicts(self, people) -> tuple[str, str]:
        outcome = rehearsed(people, edition="hubei-2021-draft").outcomes.get()
        return outcome.before, outcome.after

    def test_without_an_incident_the_edition_in_force_is_met(self, people, post_in_hubei):
        """The control of those below."""
        assert self.verdicts(people)[0] == "met"

    def test_a_responsible_especially_major_accident_is_not_met_by_either(self, people, post_in_hubei):
        on_record(by=people.qing, accident_level="especially_major", responsible=True)
        assert self.verdicts(people) == ("unmet", "unmet")

    def test_withdrawn_it_weighs_no_more(self, people, post_in_hubei):
        said = on_record(by=people.qing, accident_level="especially_major", responsible=True)
        incidents.withdraw(said, reason="文书已被撤销", by=people.qing)
        assert self.verdicts(people)[0] == "met"

    def test_what_the_enterprise_bore_leaves_his_part_open(self, people, post_in_hubei):
        about_the_enterprise(people.hengtong, by=people.wang, accident_level="especially_major")
        assert self.verdicts(people)[0] == "unknown"

    def test_somebody_elses_accident_is_not_his(self, people, post_in_hubei):
        on_record(by=people.qing, identity_number="130981198104264928", accident_level="especially_major")
        assert self.verdicts(people)[0] == "met"

    @pytest.mark.parametrize("count", [1, 3])
    def test_a_step_costs_the_same_for_one_and_for_three(self, people, count, django_assert_num_queries):
        in_hubei(people)
        for number, holder in enumerate(PASSPORTS[:count]):
            held = organisation(
                people.offices["130981"], code=f"9113098100000000{number:02}", name=f"{number}厂"
            )
            post(held, name=holder, number=holder)
            on_record(by=people.qing, identity_number=holder, accident_level="especially_major")
        run = services.start(
            people.meng.acting.office, edition="hubei-2021-draft", on=TODAY, by=people.meng, today=TODAY
        )
        with django_assert_num_queries(8):
            services.step(run.pk)
        assert run.outcomes.matrix() == {("unmet", "unmet"): count}


PASSPORTS = ("11010519491231002X", "130981198104264928", "130922197503021815")


class TestComingIntoForce:
    """An edition younger than the first one adopted waits until the city opened its rehearsal and adopted it."""

    @pytest.fixture
    def younger(self, people):
        in_hubei(people)
        Adoption.objects.create(office=people.offices["130900"], edition="hubei-2021-draft")
        return "hubei-2022"

    def test_without_adoption_the_earlier_edition_goes_on(self, people, younger):
        assert edition_for(people.offices["130981"], TODAY).edition == "hubei-2021-draft"

    def test_where_nothing_was_ever_adopted_the_calendar_decides(self, people, younger):
        """The control: without the first adoption the later edition applies by its date."""
        county = people.offices["130981"]
        county.parent = None
        assert edition_for(county, TODAY).edition == "hubei-2022"

    def test_until_then_every_page_works_by_the_earlier_edition(self, people, younger, client):
        """A notice would keep the edition for good; the desks name it, and link to its clauses."""
        assert edition_or_none(people.offices["130900"], TODAY).edition == "hubei-2021-draft"
        assert enterprise_desk(people.liu, today=TODAY).rules.edition == "hubei-2021-draft"
        assert regulator_desk(people.wang, today=TODAY).rules.edition == "hubei-2021-draft"
        Adoption.objects.create(office=people.offices["130900"], edition=younger)
        assert edition_or_none(people.offices["130900"], TODAY).edition == "hubei-2022"
        assert enterprise_desk(people.liu, today=TODAY).rules.edition == "hubei-2022"
        assert regulator_desk(people.wang, today=TODAY).rules.edition == "hubei-2022"

    def test_before_it_was_opened_it_cannot_be_adopted(self, people, younger):
        run = rehearsed(people, edition=younger)
        with pytest.raises(services.NotYet, match="先打开预演结果"):
            services.adopt(run, by=people.meng)
        assert edition_for(people.offices["130981"], TODAY).edition == "hubei-2021-draft"

    def test_opened_and_adopted_it_applies(self, people, younger, client):
        run = rehearsed(people, edition=younger)
        client.force_login(people.meng)
        assert "没有人会从符合变为不符合" in client.get(run.get_absolute_url()).content.decode()
        client.post(reverse("rehearsal:adopt", args=[run.pk]))
        assert edition_for(people.offices["130981"], TODAY).edition == "hubei-2022"
        assert [e.action for e in Event.objects.about(run)] == ["rehearse", "open-rehearsal", "adopt"]

    def test_the_provinces_look_does_not_open_it_for_the_city(self, people, younger, client):
        run = rehearsed(people, edition=younger)
        client.force_login(people.hao)
        assert client.get(run.get_absolute_url()).status_code == 200
        run.refresh_from_db()
        assert run.opened_at is None

    def test_rules_from_elsewhere_are_compared_but_never_adopted(self, people, younger):
        run = rehearsed(people, edition="fujian-2014")
        services.open_result(run, by=people.meng)
        with pytest.raises(services.NotYet, match="不能在本地启用"):
            services.adopt(run, by=people.meng)


def run_of(people, number: int) -> Rehearsal:
    """One that is done."""
    return Rehearsal.objects.create(
        office=people.offices["130900"],
        against="cangzhou-2023",
        edition="hubei-2022",
        on=date(2026, 1, 1 + number),
        asked_by=people.meng,
        expected=0,
        done_at=timezone.now(),
    )


class TestPages:
    def test_the_city_starts_one_and_sees_how_far_it_is(self, people, filed, client):
        client.force_login(people.meng)
        answer = client.post(reverse("rehearsal:index"), {"edition": STRICTER, "on": "2026-12-01"})
        run = Rehearsal.objects.get()
        assert answer.url == run.get_absolute_url()
        if run.done_at is None:
            assert "排队等候" in client.get(answer.url).content.decode()
        go_on()
        text = client.get(answer.url).content.decode()
        assert "湖北" in text
        assert filed.officer.name in text

    def test_a_wrong_day_is_named_beside_the_field(self, people, client):
        client.force_login(people.meng)
        answer = client.post(reverse("rehearsal:index"), {"edition": "", "on": "2026-13-01"})
        assert answer.status_code == 422
        assert "请选择要预演的版本。" in answer.content.decode()

    def test_the_list_is_exported_for_a_purpose_that_is_kept(self, people, filed, client):
        run = rehearsed(people)
        client.force_login(people.meng)
        address = reverse("rehearsal:export", args=[run.pk])
        assert client.post(address, {"purpose": ""}).status_code == 422
        answer = client.post(address, {"purpose": "局务会讨论新办法"})
        rows = list(load_workbook(BytesIO(b"".join(answer.streaming_content))).worksheets[0].values)
        assert rows[0] == (
            "企业名称", "统一社会信用代码", "所属县（市、区）", "首席质量官姓名", "现行判断", "预演判断", "由哪条决定",
        )  # fmt: skip
        assert rows[1][:6] == (
            "泊头恒通管件有限公司", "91130981MAYG58BR3P", "泊头市", "王雪松", "符合", "无法判定",
        )  # fmt: skip
        assert len(rows) == 2
        assert Event.objects.about(run).get(action="export").note == "局务会讨论新办法"

    def test_an_edition_still_to_come_is_rehearsed_on_its_first_day(self, people, client):
        """In spring 2022 the final text of Hubei lies ahead: the draft is what there is to compare with."""
        in_hubei(people)
        Adoption.objects.create(office=people.offices["130900"], edition="hubei-2021-draft")
        with time_machine.travel(datetime(2022, 5, 9, 10, tzinfo=UTC), tick=False):
            client.force_login(people.meng)
            page = client.get(reverse("rehearsal:index"), {"edition": "hubei-2022"}).content.decode()
            assert "须先预演" in page and 'value="2022-10-24"' in page
            client.post(reverse("rehearsal:index"), {"edition": "hubei-2022", "on": "2022-10-24"})
            run = Rehearsal.objects.get()
            assert (run.against, run.on) == ("hubei-2021-draft", date(2022, 10, 24))
            go_on()
            client.get(run.get_absolute_url())
            client.post(reverse("rehearsal:adopt", args=[run.pk]))
            assert "已启用，2022年10月24日起生效" in client.get(reverse("rehearsal:index")).content.decode()
        assert edition_for(people.offices["130981"], date(2022, 10, 23)).edition == "hubei-2021-draft"
        assert edition_for(people.offices["130981"], date(2022, 10, 24)).edition == "hubei-2022"

    def test_a_province_compares_it_with_the_edition_of_today(self, people):
        """It adopts nothing: on the first day of the new text the calendar would compare it with itself."""
        in_hubei(people)
        said = {
            "edition": "hubei-2022",
            "on": date(2022, 10, 24),
            "by": people.hao,
            "today": date(2022, 5, 9),
        }
        assert services.start(people.offices["130000"], **said).against == "hubei-2021-draft"

    def test_no_name_of_an_edition_is_shown_as_the_machine_has_it(self, people, filed, client):
        run = rehearsed(people)
        client.force_login(people.meng)
        for path in (reverse("rehearsal:index"), run.get_absolute_url()):
            shown = re.sub(r"<[^>]+>", " ", client.get(path).content.decode())
            assert not re.search(r"cangzhou-2023|hubei-20", shown)
        assert str(run) == (
            "沧州市：《沧州市企业首席质量官管理办法》 → "
            "《湖北省推进企业首席质量官制度的实施意见》（征求意见稿），按2026年11月20日判断"
        )

    def test_the_clauses_are_counted_once_and_not_by_who_looks(self, people, filed, client):
        run = rehearsed(people)
        [line, *_] = run.outcomes.get().clauses
        assert run.decided_by[line["key"]] == {"label": line["label"], "cites": line["cites"], "count": 1}
        client.force_login(people.meng)
        assert (
            f"{line['label']}（{line['cites']}）1 人" in client.get(run.get_absolute_url()).content.decode()
        )

    def test_the_twenty_first_is_on_the_next_page(self, people, client):
        runs = [run_of(people, number) for number in range(21)]
        client.force_login(people.meng)
        first = client.get(reverse("rehearsal:index"))
        assert runs[0].get_absolute_url() not in first.content.decode()
        after = first.context["page"].after
        assert (
            runs[0].get_absolute_url()
            in client.get(reverse("rehearsal:index"), {"after": after}).content.decode()
        )

    @pytest.mark.parametrize("count", [1, 3])
    def test_the_list_costs_the_same_for_one_and_for_three(
        self, people, client, django_assert_num_queries, count
    ):
        for number in range(count):
            run_of(people, number)
        client.force_login(people.meng)
        client.get(reverse("rehearsal:index"))
        with django_assert_num_queries(7):
            page = client.get(reverse("rehearsal:index"))
        assert page.content.decode().count("data-row") == count

    def test_a_county_has_no_rehearsals(self, people, client):
        client.force_login(people.wang)
        assert client.get(reverse("rehearsal:index")).status_code == 403

    @pytest.mark.parametrize("count", [1, 3])
    def test_the_result_costs_the_same_for_one_and_for_three(
        self, people, filed, client, django_assert_num_queries, count
    ):
        run = rehearsed(people)
        officer, one = filed.officer, run.outcomes.get()
        for number in range(1, count):
            officer.pk, officer.filing, officer.filing_number = None, None, f"X{number}"
            officer.id, officer.ended_on = uuid4(), TODAY
            officer._state.adding = True
            officer.save()
            Outcome.objects.create(
                rehearsal=run, officer=officer, before="met", after="unmet", clauses=one.clauses
            )
        client.force_login(people.meng)
        client.get(run.get_absolute_url())  # opens it
        with django_assert_num_queries(9):
            client.get(run.get_absolute_url())


class TestBeginning:
    """A city begins with the edition of the day; from then on a younger one needs its rehearsal."""

    def test_installing_begins_with_that_of_the_day_and_later_starts_add_none(self, people):
        assert editions.begin(today=TODAY) == 1
        assert Adoption.objects.get().edition == "cangzhou-2023"
        assert editions.begin(today=date(2030, 1, 1)) == 0

    def test_a_city_that_worked_already_is_not_given_an_edition_it_never_rehearsed(self, people):
        """It filed by the draft in 2022; a start after the final text began goes on with the draft."""
        in_hubei(people)
        filing(people.offices["130981"], 1, by=people.liu, state="filed")
        Filing.objects.update(rule_edition="hubei-2021-draft")
        assert editions.begin(today=TODAY) == 1
        assert Adoption.objects.get().edition == "hubei-2021-draft"
        assert edition_for(people.offices["130981"], TODAY).edition == "hubei-2021-draft"

    def test_a_city_where_nothing_was_filed_begins_with_that_of_the_day(self, people):
        """The control of the test above."""
        in_hubei(people)
        editions.begin(today=TODAY)
        assert Adoption.objects.get().edition == "hubei-2022"


def test_asking_for_the_head_alone_opens_no_result(people, filed):
    run = rehearsed(people, edition="cangzhou-2023")
    assert browser(people.meng).head(run.get_absolute_url()).status_code == 200
    run.refresh_from_db()
    assert run.opened_at is None
    with pytest.raises(services.NotYet):
        services.adopt(run, by=people.meng)
    browser(people.meng).get(run.get_absolute_url())  # the control
    run.refresh_from_db()
    assert run.opened_at is not None
