"""Officers of any jurisdiction, their ledgers and self-reports, made directly where the step itself is not the subject."""

from collections.abc import Mapping
from contextlib import contextmanager
from datetime import date, timedelta
from decimal import Decimal
from itertools import count, cycle

from cqo_portal.accounts.models import Role, User
from cqo_portal.papers.accepting import remake
from cqo_portal.parties.models import Institution, Office, Organisation, Person
from registry.models import Entry as Fact
from registry.models import Officer
from tests.cast import picture, user
from tests.reports.world import enterprise, office
from tests.training import rows
from training import reporting, sources
from training.models import Completion, Flag, SelfReport, Settlement, Voiding

_numbers = count(1)
_places = cycle(range(60, 100))  # provinces no other test knows
ENDS = date(2026, 12, 31)


def county(jurisdiction: str) -> Office:
    """A county of a city of a province that works by these rules."""
    number = next(_places)
    province = office(f"{number:02}0000", "甲省", "province", None, jurisdiction)
    city = office(f"{number:02}0100", "江城市", "city", province, jurisdiction)
    return office(f"{number:02}0101", "东湖区", "county", city, jurisdiction)


def post(
    where: Office,
    *,
    who: Person | None = None,
    appointed_on: date = date(2025, 5, 1),
    ended_on: date | None = None,
    at: Organisation | None = None,
) -> Officer:
    who = who or rows.person()
    at = at or enterprise(where, f"东湖第{next(_numbers)}机械有限公司")
    return Officer.objects.create(
        name=who.name,
        person=who,
        organisation=at,
        office=at.office,
        post="质量总监",
        appointed_on=appointed_on,
        term_ends=date(appointed_on.year + 5, 12, 31),
        ended_on=ended_on,
    )


def learned(
    who: Person, hours: str, *, on: date, by: User, course_class: int | None = None, year: int | None = None
):
    """One entry of a session at one's own pace, held by whoever posts it, over enough days to be believed."""
    begun = on - timedelta(days=int(Decimal(hours) // 6))
    held = rows.session(
        by, hours={course_class: hours}, day=on, first_day=begun, year=year or on.year, name="质量经济性"
    )
    rows.came(held, who, course_class=course_class)
    rows.posted(held, by=by, today=date(2100, 1, 1))
    return held.entries.get()


def report(
    who: Person, hours: str = "3", *, to: Office | Institution, by: User, on: date, **said
) -> SelfReport:
    """A report as it was sent, without papers."""
    papers = [(remake(picture(shade=shade).read()), "证明") for shade in said.pop("papers", ())]
    words = {"activity": "training", "title": "读书报告", "held_by": "省质量协会", "year": on.year}
    made = SelfReport(
        person=who,
        **{"office" if isinstance(to, Office) else "institution": to},
        hours=Decimal(hours),
        first_day=said.pop("first_day", on),
        last_day=on,
        created_by=by,
        **words | said,
    )
    return reporting.send(made, papers, by=by)


def himself(who: Person, username: str = "officer1") -> User:
    return user(username, Role.OFFICER, person=who)


def clerk_of(where: Office, username: str = "clerk1") -> User:
    return user(username, Role.COUNTY, office=where)


def flagged(entry, *, counts: bool | None = None, by: User | None = None, said: str = "请核对。") -> Flag:
    """A question about an entry; with an answer where `counts` is given."""
    flag = Flag.objects.create(entry=entry, kind=Flag.Kind.LONG_DAY, said=said)
    if counts is not None:
        Settlement.objects.create(flag=flag, counts=counts, reason="已核实" if counts else "未到场", by=by)
    return flag


def trained(
    who: Person, *, on: date, by: User, void: bool = False, kind: str = "initial", hours: str = "21"
) -> Completion:
    """A certificate of a training of class 1 whose hours stand in no ledger."""
    made = Completion.objects.create(
        number=f"CQPX-{next(_numbers):06}",
        name=who.name,
        person=who,
        session=rows.session(by, hours={1: hours}),
        office=by.acting.office,
        kind=kind,
        hours=[],
        total=0,
        issued_on=on,
        by=by,
    )
    if void:
        Voiding.objects.create(completion=made, reason="印错", on=on, by=by)
    return made


def named(post: Officer, number: str) -> Fact:
    """The number of a certificate as the register knows it from a filing or a roster."""
    return Fact.objects.create(
        organisation=post.organisation,
        post=post,
        name="training_certificate",
        value=number,
        effective_on=post.appointed_on,
    )


@contextmanager
def known(certified: Mapping):
    """Evaluation certificates as another part of the product would know them."""

    def certified_on(people):
        return dict(certified)

    sources.add_certified_on(certified_on)
    try:
        yield
    finally:
        sources._certified.remove(certified_on)
