"""Two counties and five enterprises of a province whose rules ask for the yearly report, told through the services.

410101 东湖区: 甲 (served all year), 乙 (served until June, then another), 丙 (appointed in September)
410102 西山区: 丁 (served all year), 戊 (left the year before: owes nothing)
"""

from dataclasses import dataclass
from datetime import date
from itertools import count

from cqo_portal.accounts.models import Role, User
from cqo_portal.parties.models import Office, Organisation, Person
from cqo_portal.workflow.engine import perform
from registry.models import Officer
from registry.reports import draft, services
from registry.reports.draft import form_of
from registry.reports.models import AnnualReport
from registry.reports.sections import key_of
from registry.reports.workflow import RECEIVE, SUBMIT
from tests.cast import user

YEAR = 2026
IN_TIME, CUT_OFF, AFTER = date(2026, 12, 10), date(2026, 12, 31), date(2027, 1, 8)
_serial = count(1)


def office(code: str, area: str, level: str, parent: Office | None, jurisdiction: str) -> Office:
    return Office.objects.create(
        code=code,
        name=f"{area}市场监督管理局",
        area=area,
        level=level,
        jurisdiction=jurisdiction,
        parent=parent,
    )


def enterprise(county: Office, name: str) -> Organisation:
    code = f"91410100MA{next(_serial):08}"
    return Organisation.objects.create(
        credit_code=code, name=name, office=county, industry="33", size="small"
    )


def post(organisation: Organisation, name: str, appointed_on: date, ended_on: date | None = None) -> Officer:
    person = Person.objects.create(
        name=name, identity_kind="passport", identity_number=f"E77{next(_serial):06}"
    )
    return Officer.objects.create(
        name=name,
        person=person,
        organisation=organisation,
        office=organisation.office,
        post="质量总监",
        education="bachelor",
        title="intermediate",
        appointed_on=appointed_on,
        term_ends=date(appointed_on.year + 5, appointed_on.month, appointed_on.day),
        ended_on=ended_on,
    )


@dataclass(frozen=True)
class World:
    province: Office
    city: Office
    east: Office
    west: Office
    firms: dict[str, Organisation]
    clerks: dict[str, User]  # by the enterprise's key
    chen: User  # 东湖区
    xu: User  # 西山区
    gao: User  # the city
    lin: User  # the province

    def report(
        self, key: str, *, until: str = "received", on: date = IN_TIME, year: int = YEAR, **said: str
    ) -> AnnualReport:
        """The report of an enterprise, brought as far as `until`; `duty__goals="…"` replaces one answer."""
        firm, clerk = self.firms[key], self.clerks[key]
        report = services.open_report(firm, year, by=clerk, today=on)
        draft.save(report, report.draft | typed(report, on=on, **said), version=None, by=clerk)
        report.refresh_from_db()
        if until != "draft":
            report = perform(SUBMIT, report, by=clerk, today=on)
        if until == "received":
            report = perform(RECEIVE, report, by=self.clerk_of(report), today=on)
        return AnnualReport.objects.get(pk=report.pk)

    def clerk_of(self, report: AnnualReport) -> User:
        return self.chen if report.office_id == self.east.pk else self.xu


def typed(report: AnnualReport, *, on: date, hours: str = "50", decision: str = "renewed", **changes: str):
    """A complete form as a browser sends it, for whatever the rules ask of those who served."""
    said = {
        "officers-agreed": "yes",
        "duty-goals": "出厂合格率 99.5%",
        "duty-reached": "all",
        "duty-vetoes": "0",
        "duty-trainings": "4",
        "duty-trained": "120",
        "duty-projects": "2",
        "incidents-had": "no",
    }
    for name in form_of(report, today=on).sections[2].fields:
        said[f"hours-{name}"] = "证 1 号" if name.endswith("_proof") else hours
    for one in form_of(report, today=on).posts:
        said[f"appraisal-{key_of(one)}_decision"] = decision
    for name, value in changes.items():
        section, _, field = name.partition("__")
        said[f"{section}-{field}"] = value
    return {name: [value] for name, value in said.items()}


def world(*, jurisdiction: str = "hubei") -> World:
    province = office("410000", "甲省", "province", None, jurisdiction)
    city = office("410100", "江城市", "city", province, jurisdiction)
    east = office("410101", "东湖区", "county", city, jurisdiction)
    west = office("410102", "西山区", "county", city, jurisdiction)
    firms = {
        "jia": enterprise(east, "甲机械有限公司"),
        "yi": enterprise(east, "乙食品有限公司"),
        "bing": enterprise(east, "丙电器有限公司"),
        "ding": enterprise(west, "丁阀门有限公司"),
        "wu": enterprise(west, "戊纸业有限公司"),
    }
    post(firms["jia"], "赵一", date(2023, 3, 1))
    post(firms["yi"], "钱二", date(2022, 5, 1), date(2026, 6, 30))
    post(firms["yi"], "孙三", date(2026, 7, 1))
    post(firms["bing"], "李四", date(2026, 9, 1))
    post(firms["ding"], "周五", date(2024, 1, 1))
    post(firms["wu"], "吴六", date(2022, 1, 1), date(2025, 12, 31))
    return World(
        province,
        city,
        east,
        west,
        firms,
        {key: user(f"clerk-{key}", Role.ENTERPRISE, organisation=firm) for key, firm in firms.items()},
        chen=user("chen", Role.COUNTY, office=east),
        xu=user("xu", Role.COUNTY, office=west),
        gao=user("gao", Role.CITY, office=city),
        lin=user("lin", Role.PROVINCE, office=province),
    )
