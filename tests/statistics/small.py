"""A city of two counties, six enterprises and six officers, each fact with its two dates; worked out by hand in the tests.

东湖区: 甲 large, industry above scale, award of 2020 · 赵一 since 2023
        乙 small, industry above scale · 钱二 until 2026-06-30, then 孙三
        丙 small, services above scale · 李四 since 2026-09-01
        丁 micro, of agriculture · nobody
西山区: 戊 medium, industry above scale · 周五 until 2025-12-31
        己 small, of retail, award of 2024 · 吴六 since 2024
"""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from itertools import count

from cqo_portal.accounts.models import Role, User
from cqo_portal.parties.models import Office, Organisation, Person
from registry.history import HERE
from registry.lists.models import AboveScale, Award
from registry.models import Entry, Officer
from tests.cast import user
from tests.reports.world import office

_serial = count(1)
ENTERED = date(2022, 1, 1)  # the day everything became known, where nothing else is said


def noon(day: date) -> datetime:
    return datetime(day.year, day.month, day.day, 12, tzinfo=HERE)


def said(
    firm: Organisation, of: Officer | None = None, /, *, on: date, known: date = ENTERED, **facts: str
) -> list[Entry]:
    """Facts from a day on, as they were written down on another."""
    return [
        Entry.objects.create(
            organisation=firm, post=of, name=name, value=value, effective_on=on, recorded_at=noon(known)
        )
        for name, value in facts.items()
    ]


def firm(county: Office, name: str, *, size: str, industry: str, sector: str) -> Organisation:
    code = f"91420100MA{next(_serial):08}"
    made = Organisation.objects.create(
        name=name, credit_code=code, office=county, size=size, industry=industry, sector=sector
    )
    facts = {"office": county.pk, "name": name, "credit_code": code, "size": size, "industry": industry}
    said(made, on=ENTERED, **facts, sector=sector)
    return made


def officer(
    of: Organisation,
    name: str,
    *,
    since: date,
    until: date | None = None,
    known: date | None = None,
    born_on: date | None = None,
    **facts: str,
) -> Officer:
    """A post with its entries; `known`: the day it was entered, else the day it began."""
    who = Person.objects.create(
        name=name, identity_kind="passport", identity_number=f"E88{next(_serial):06}", born_on=born_on
    )
    made = Officer.objects.create(
        name=name, person=who, organisation=of, office=of.office, appointed_on=since,
        term_ends=date(since.year + 5, since.month, since.day), ended_on=until,
        filing_number=f"BA-{next(_serial):06}", filed_on=known or since,
    )  # fmt: skip
    entered = known or since
    facts = {"name": name, "education": "bachelor", "title": "intermediate", "post": "质量总监"} | facts
    said(of, made, on=since, known=entered, in_office="yes", term_ends=made.term_ends.isoformat(), **facts)
    if until:
        said(of, made, on=until + timedelta(days=1), known=until, in_office="no")
    return made


@dataclass(frozen=True)
class Small:
    province: Office
    city: Office
    east: Office
    west: Office
    firms: dict[str, Organisation]
    posts: dict[str, Officer]
    chen: User  # 东湖区
    xu: User  # 西山区
    gao: User  # the city
    lin: User  # the province


def small(jurisdiction: str = "hubei") -> Small:
    province = office("420000", "甲省", "province", None, jurisdiction)
    city = office("420100", "江城市", "city", province, jurisdiction)
    east = office("420101", "东湖区", "county", city, jurisdiction)
    west = office("420102", "西山区", "county", city, jurisdiction)
    firms = {
        "jia": firm(east, "甲机械有限公司", size="large", industry="C33", sector="secondary"),
        "yi": firm(east, "乙食品有限公司", size="small", industry="C13", sector="secondary"),
        "bing": firm(east, "丙软件有限公司", size="small", industry="I65", sector="tertiary"),
        "ding": firm(east, "丁种植合作社", size="micro", industry="A01", sector="primary"),
        "wu": firm(west, "戊纸业有限公司", size="medium", industry="C22", sector="secondary"),
        "ji": firm(west, "己商贸有限公司", size="small", industry="F52", sector="tertiary"),
    }
    posts = {
        "zhao": officer(firms["jia"], "赵一", since=date(2023, 3, 1), born_on=date(1980, 6, 1), in_decision_layer="yes"),
        "qian": officer(firms["yi"], "钱二", since=date(2022, 5, 1), until=date(2026, 6, 30)),
        "sun": officer(
            firms["yi"], "孙三", since=date(2026, 7, 1), born_on=date(1995, 1, 1),
            education="master", title="senior", is_top_manager="yes",
        ),
        "li": officer(firms["bing"], "李四", since=date(2026, 9, 1), education="college", title="none"),
        "zhou": officer(firms["wu"], "周五", since=date(2022, 1, 1), until=date(2025, 12, 31)),
        "wu": officer(firms["ji"], "吴六", since=date(2024, 1, 1), born_on=date(1968, 3, 3)),
    }  # fmt: skip
    made = Small(
        province, city, east, west, firms, posts,
        chen=user("chen", Role.COUNTY, office=east),
        xu=user("xu", Role.COUNTY, office=west),
        gao=user("gao", Role.CITY, office=city),
        lin=user("lin", Role.PROVINCE, office=province),
    )  # fmt: skip
    for key, kind in (("jia", "industry"), ("yi", "industry"), ("bing", "services"), ("wu", "industry")):
        listed(made, key, kind)
    for key, year in (("jia", 2020), ("ji", 2024)):
        Award.objects.create(
            organisation=firms[key],
            year=year,
            name="省长质量奖",
            level="province",
            by=made.gao,
            at=noon(ENTERED),
        )
    return made


def listed(of: Small, key: str, kind: str, *, year: int = 2026, known: date = date(2026, 4, 1)) -> AboveScale:
    return AboveScale.objects.create(
        organisation=of.firms[key], year=year, kind=kind, by=of.gao, at=noon(known)
    )


def moment(day: date, hour: int = 12) -> str:
    """For time_machine."""
    return f"{day}T{hour:02}:00:00+08:00"
