"""Rows for the lists: filings and officers of many enterprises, without the whole journey."""

from datetime import date, timedelta

from django.utils import timezone

from cqo_portal.parties.models import Office, Organisation, Person
from registry.models import Filing, Officer

TODAY = date(2026, 11, 20)
NOON = f"{TODAY.isoformat()}T12:00:00+08:00"
NAMES = ("欧阳慕青", "阿依古丽·买买提明", "王𬭎", "司马晓彤", "丁鹏举", "陈㛃")
LONG = "沧州海岳管道装备制造股份有限公司青县分公司第二生产基地（筹）"


def enterprise(office: Office, number: int) -> Organisation:
    name = LONG if number == 1 else f"泊头第{number}管件有限公司"
    return Organisation.objects.create(name=name, credit_code=f"9113098100000000{number:02}", office=office)


def filing(
    office: Office, number: int, *, by, state: str = "at_county", days: int = 0, turn: int = 1
) -> Filing:
    row = Filing.objects.create(
        name=NAMES[number % len(NAMES)],
        organisation=enterprise(office, number),
        office=office,
        created_by=by,
        state=state,
        round=turn,
        receipt_number=f"SL-{office.pk}-2026-{number:04}",
        submitted_on=TODAY,
        rule_edition="cangzhou-2023",
        tally={"met": 3, "unmet": 1, "discretion": 3},
        filing_number=f"BA-{number:05}" if state == "filed" else None,
        filed_on=TODAY if state == "filed" else None,
    )
    Filing.objects.filter(pk=row.pk).update(moved_at=timezone.now() - timedelta(days=days))
    return row


def officer(
    office: Office, number: int, *, by, appointed_on: date = TODAY, term_ends: date | None = None, **more
) -> Officer:
    name = more.pop("name", NAMES[number % len(NAMES)])
    held = filing(office, number, by=by, state="filed")
    person = Person.objects.create(
        name=name, identity_kind="passport", identity_number=more.pop("identity", f"E1234{number:04}")
    )
    return Officer.objects.create(
        name=name,
        person=person,
        organisation=held.organisation,
        office=office,
        filing=held,
        appointed_on=appointed_on,
        term_ends=term_ends or date(appointed_on.year + 3, 11, 19),
        filing_number=held.filing_number,
        filed_on=TODAY,
        **more,
    )
