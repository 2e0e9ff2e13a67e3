"""The roster that goes up with the figures: the officers in office on the cut-off day, as far as we hold the columns."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from functools import cache

from django.db.models import Q

from cqo_portal.jurisdictions.vocabulary import Level, Rank, Size
from cqo_portal.parties.models import Office, Person
from cqo_portal.reference.queries import industry_name
from registry.lists.models import AboveScale, Award
from registry.models import Officer
from registry.reports.sections import key_of

COLUMNS = {
    "organisation": "企业名称",
    "credit_code": "统一社会信用代码",
    "area": "所属县（市、区）",
    "industry": "行业",
    "size": "规模",
    "above_scale": "是否规上",
    "awards": "质量奖情况",
    "name": "首席质量官姓名",
    "sex": "性别",
    "born": "出生年月",
    "education": "学历",
    "title": "职称",
    "position": "现任职务",
    "in_decision_layer": "是否决策层",
    "appointed_on": "聘任日期",
    "term_ends": "任期至",
    "filing_number": "备案号",
    "filed_on": "备案日期",
    "hours": "本年学时",
}


def roster_of(county: Office, *, on: date, hours: Mapping[str, str]) -> list[dict[str, str]]:
    """One row for each post held on that day; `hours` by key of the post, as the reports said."""
    still = Q(ended_on=None) | Q(ended_on__gte=on)
    posts = Officer.objects.filter(still, organisation__office=county, appointed_on__lte=on)
    posts = posts.select_related("organisation__office", "person")
    known = _Known(
        industry=cache(industry_name),  # a county has thousands of enterprises and dozens of industries
        above_scale=frozenset(
            AboveScale.objects.of(on.year).around(county).values_list("organisation", flat=True)
        ),
        awards=_awards(county, on.year),
        hours=hours,
    )
    return [_row(post, known) for post in posts.order_by("organisation__credit_code", "appointed_on", "id")]


@dataclass(frozen=True, kw_only=True)
class _Known:
    """What a roster takes from other tables, looked up once."""

    industry: Callable[[str], str]
    above_scale: frozenset  # by the city's list of the year; without one empty, and then nothing is claimed
    awards: Mapping[object, list[str]]
    hours: Mapping[str, str]

    def scale_of(self, organisation) -> str:
        return "" if not self.above_scale else "是" if organisation.pk in self.above_scale else "否"


def _awards(county: Office, year: int) -> dict[object, list[str]]:
    found: dict[object, list[str]] = {}
    for award in Award.objects.up_to(year).filter(organisation__office=county).order_by("year", "name"):
        found.setdefault(award.organisation_id, []).append(f"{award.name}（{award.year}）")
    return found


def _row(post: Officer, known: _Known) -> dict[str, str]:
    organisation, person = post.organisation, post.person
    return {
        "organisation": organisation.name,
        "credit_code": organisation.credit_code,
        "area": organisation.office.area,
        "industry": known.industry(organisation.industry) if organisation.industry else "",
        "size": Size(organisation.size).label,
        "above_scale": known.scale_of(organisation),
        "awards": "、".join(known.awards.get(organisation.pk, ())),
        "name": post.name,
        "sex": Person.Sex(person.sex).label,
        "born": f"{person.born_on:%Y-%m}" if person.born_on else "",
        "education": Level(post.education).label if post.education else "",
        "title": Rank(post.title).label if post.title else "",
        "position": post.post,
        "in_decision_layer": "是" if post.in_decision_layer else "否",
        "appointed_on": post.appointed_on.isoformat(),
        "term_ends": post.term_ends.isoformat(),
        "filing_number": post.filing_number or "",
        "filed_on": post.filed_on.isoformat() if post.filed_on else "",
        "hours": known.hours.get(key_of(post), ""),
    }


def hours_said(said: Mapping[str, str | None]) -> dict[str, str]:
    """Hours by post, summed over the duties of one report: `{"3f2a…": "44"}`."""
    found: dict[str, Decimal] = {}
    for name, value in said.items():
        post, _, duty = name.partition("_")
        if value and duty != "proof":
            found[post] = found.get(post, Decimal(0)) + Decimal(value)
    return {post: str(total) for post, total in found.items()}
