"""The rest of the demonstration's year: notice, changes, lists, reports, cases, facts, suggestions, offices.

Everything goes through the services a person's click would call, in the name of whoever would click.
"""

from datetime import date, timedelta
from decimal import Decimal

from cqo_portal.accounts.models import Assignment, User
from cqo_portal.desk.models import SavedQueue
from cqo_portal.offices import moves, registration
from cqo_portal.parties.models import Office, Organisation
from cqo_portal.reference.files import read
from cqo_portal.workflow.engine import perform
from registry import draft, services
from registry.incidents import services as incidents
from registry.lists import services as lists
from registry.lists.models import AboveScale, Award
from registry.models import Officer
from registry.notices import services as notices
from registry.notices.forms import first_words
from registry.reports import draft as report_draft
from registry.reports import services as reports
from registry.reports.draft import form_of
from registry.reports.sections import key_of
from registry.reports.workflow import RECEIVE
from registry.reports.workflow import SUBMIT as HAND_IN
from registry.supervision import services as suggestions
from registry.supervision.workflow import SUGGESTION
from registry.talent import services as talent
from registry.talent.workflow import CASE
from registry.workflow import FILE, SEND_UP, SUBMIT


def acting(assignment: Assignment) -> User:
    return assignment.user.acting_as(assignment)


class Year:
    """What `fixtures/demo_year.json` tells, around the filings of a `desk.demo.Story`."""

    def __init__(self, story) -> None:
        self.story, self.today = story, story.today
        self.told = read("demo_year")

    def firm(self, key: str) -> Organisation:
        return Organisation.objects.get(pk=self.story.organisations[key].pk)

    def ago(self, days: int) -> date:
        return self.today - timedelta(days=days)

    # ── before the filings ────────────────────────────────────────────────────────────────────
    def the_city_asks(self) -> None:
        """A notice whose window is open now: what is filed afterwards answers it."""
        said, city = self.told["notice"], Office.objects.get(pk=self.told["city"])
        words = first_words(city, today=self.today)
        by = self.story.regulator(city)
        opened = {"opens_on": self.ago(said["opened"]), "closes_on": self.ago(-said["closes_in"])}
        notice = notices.open_draft(
            {
                "year": self.today.year,
                "title": words["title"],
                "number": f"沧市监通〔{self.today.year}〕{said['number']}号",
                "text": words["text"],
                "appointments": True,
                "changes": True,
                "counties": [],
                "addressed": "all",
            }
            | opened,
            office=city,
            by=by,
        )
        notices.publish(notice, version=notice.version, by=by, today=self.today)

    # ── after them ────────────────────────────────────────────────────────────────────────────
    def goes_on(self) -> None:
        self._lists()
        for said in self.told["changes"]:
            self._change(said)
        self._reports()
        for said in self.told["cases"]:
            self._case(said)
        self._facts()
        self._suggestion(self.told["suggestion"])
        self._offices()
        city = self.story.regulator(Office.objects.get(pk=self.told["city"]))
        for name, page, address in self.told["queues"]:
            SavedQueue.objects.create(user=city, role=city.acting.role, name=name, page=page, address=address)

    def _lists(self) -> None:
        city = self.story.regulator(Office.objects.get(pk=self.told["city"]))
        source = f"沧统字〔{self.today.year}〕5号"
        for key, kind in self.told["above_scale"]:
            entry = AboveScale(organisation=self.firm(key), year=self.today.year, kind=kind, document=source)
            lists.put_on(entry, by=city)
        for key, name, level, granted_by in self.told["awards"]:
            award = Award(
                organisation=self.firm(key),
                year=self.today.year - 1,
                name=name,
                level=level,
                granted_by=granted_by,
            )
            lists.put_on(award, by=city)

    def _change(self, said: dict) -> None:
        firm = self.firm(said["enterprise"])
        clerk, county = self.story.clerk(firm), self.story.regulator(firm.office)
        filing = services.open_filing(firm, by=clerk, today=self.today, kind=said["kind"])
        days = {name: [self.ago(days).isoformat()] for name, days in said["days_ago"].items()}
        typed = filing.draft | {name: [value] for name, value in said["typed"].items()} | days
        filing = draft.save(filing, typed, version=None, by=clerk)
        filing = perform(SUBMIT, filing, by=clerk, today=self.today)
        if said["until"] == "filed":
            filing = perform(SEND_UP, filing, by=county, today=self.today)
            perform(FILE, filing, by=self.story.regulator(firm.office.parent), today=self.today)

    def _reports(self) -> None:
        """The city asks for last year's reports in its December, and for this year's while it lasts."""
        city = Office.objects.get(pk=self.told["city"])
        by, december = self.story.regulator(city), date(self.today.year - 1, 12, 10)
        reports.open_year(city, december.year, by=by, today=december)
        for said in self.told["reports"]:
            self._report(said, on=december)
        reports.open_year(city, self.today.year, by=by, today=self.today)

    def _report(self, said: dict, *, on: date) -> None:
        firm = self.firm(said["enterprise"])
        clerk = self.story.clerk(firm)
        report = reports.open_report(firm, on.year, by=clerk, today=on)
        typed = {name: [value] for name, value in said["typed"].items()}
        served = form_of(report, today=on).posts
        typed |= {f"appraisal-{key_of(post)}_decision": ["renewed"] for post in served}
        report_draft.save(report, report.draft | typed, version=None, by=clerk)
        report.refresh_from_db()
        report = perform(HAND_IN, report, by=clerk, today=on)
        if said["until"] == "received":
            perform(RECEIVE, report, by=self.story.regulator(firm.office), today=on)

    def _case(self, said: dict) -> None:
        firm = self.firm(said["enterprise"])
        clerk, county = self.story.clerk(firm), self.story.regulator(firm.office)
        city = self.story.regulator(firm.office.parent)
        officer = firm.officers.in_office().get()
        case = talent.write_case(None, said["text"], organisation=firm, by=clerk)
        talent.name_officers(case, [officer], signatures={officer: officer.name}, by=clerk)
        way = (("submit", clerk), ("hand-in", county), ("select", city), ("publish", city))
        for step, by in way[: said["steps"]]:
            case = perform(CASE[step], case, by=by, today=self.today)
        if said["steps"] == len(way):
            self._into_the_pool(officer, city, said["fields"])

    def _into_the_pool(self, officer: Officer, city: User, fields: list[str]) -> None:
        talent.admit(
            officer.person,
            officer=officer,
            city=city.acting.office,
            fields=fields,
            entered_on=self.today,
            reason="典型经验入选，愿意承担诊断任务。",
            consent_name=officer.name,
            by=city,
            today=self.today,
        )

    def _facts(self) -> None:
        for said in self.told["facts"]:
            firm = self.firm(said["enterprise"])
            values = said["values"] | {"organisation": firm}
            values |= {"occurred_on": self.ago(said["occurred"]), "found_on": self.ago(said["found"])}
            incidents.enter(values, by=self.story.regulator(firm.office))

    def _suggestion(self, said: dict) -> None:
        officer = self.firm(said["enterprise"]).officers.in_office().get()
        county = self.story.regulator(officer.office)
        words = {name: said[name] for name in ("grounds", "facts", "evidence")}
        made = suggestions.suggest(
            officer,
            words | {"reply_by": self.ago(-said["reply_in"])},
            issuer=officer.office,
            by=county,
            today=self.today,
        )
        perform(SUGGESTION["deliver"], made, by=county, today=self.today)

    def _offices(self) -> None:
        said = self.told["move"]
        firm = self.firm(said["enterprise"])
        moves.propose(
            firm,
            to=Office.objects.get(pk=said["to"]),
            effective_on=self.today,
            document=said["document"],
            reason=said["reason"],
            by=self.story.regulator(firm.office),
        )
        new = self.told["registration"]
        figures = {name: Decimal(new["enterprise"][name]) for name in ("revenue", "assets")}
        enterprise = new["enterprise"] | figures | {"office": Office.objects.get(pk=new["office"])}
        user = self.story.account(new["clerk"]["username"], new["clerk"]["full_name"])
        made = registration.register(enterprise, new["clerk"], today=self.today, user=user)
        paper = self.story.paper("licence", new["clerk"], made)
        registration.attach_licence(made, paper, by=user)
