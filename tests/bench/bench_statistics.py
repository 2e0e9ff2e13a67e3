"""`pytest tests/bench/bench_statistics.py`: tables of 100,000 enterprises and as many officers, each fact an entry with its two
dates, against bare sums over the rows as they stand; and how much memory the roster of all of them takes.
"""

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from pathlib import Path

import pytest
from django.db import connection

from cqo_portal.accounts.models import Role
from cqo_portal.parties.models import Organisation, Person
from cqo_portal.parties.search import pinyin_key
from cqo_portal.statistics import orders
from cqo_portal.statistics.asked import AsOf
from cqo_portal.statistics.catalogue import SUBJECTS
from cqo_portal.statistics.counting import ALL, faults
from cqo_portal.statistics.models import Order
from cqo_portal.statistics.roster import USUAL
from cqo_portal.statistics.subject import tabulate
from cqo_portal.statistics.world import World
from registry.models import Officer
from tests.bench.bench_register import median, report
from tests.cast import user
from tests.reports.world import office

EVERY, FEW = 100_000, 10_000
AT = AsOf(date(2026, 10, 31), date(2026, 11, 15))
BARE = """
    SELECT f.parent_id, o.size, count(*), count(*) FILTER (WHERE EXISTS (
        SELECT 1 FROM registry_officer p WHERE p.organisation_id = o.id AND p.ended_on IS NULL))
    FROM parties_organisation o JOIN parties_office f ON f.code = o.office_id GROUP BY 1, 2
"""
ENTRIES = (
    """INSERT INTO registry_entry (organisation_id, name, value, effective_on, recorded_at, reason, document)
       SELECT o.id, f.name, f.value, '2024-01-01', '2024-01-01 12:00+08', '', '' FROM parties_organisation o
       CROSS JOIN LATERAL (VALUES ('office', o.office_id), ('name', o.name), ('credit_code', o.credit_code),
           ('industry', o.industry), ('size', o.size), ('sector', o.sector)) AS f(name, value)""",
    """INSERT INTO registry_entry (organisation_id, post_id, name, value, effective_on, recorded_at, reason, document)
       SELECT p.organisation_id, p.id, f.name, f.value, p.appointed_on, '2024-01-01 12:00+08', '', ''
       FROM registry_officer p CROSS JOIN LATERAL (VALUES ('in_office', 'yes'), ('name', p.name), ('post', p.post),
           ('education', p.education), ('title', p.title), ('term_ends', p.term_ends::text)) AS f(name, value)""",
)


@pytest.fixture
def province(db):
    """One county of ten thousand, nine of as many."""
    with connection.cursor() as cursor:
        cursor.execute("SET statement_timeout = '300s'; SET CONSTRAINTS ALL IMMEDIATE")
    top = office("420000", "甲省", "province", None, "hubei")
    city = office("420100", "江城市", "city", top, "hubei")
    counties = [office(f"4201{n:02}", f"第{n}区", "county", city, "hubei") for n in range(1, 11)]
    people = Person.objects.bulk_create(map(_person, range(EVERY)), 5000)
    firms = Organisation.objects.bulk_create((_firm(n, counties[n % 10]) for n in range(EVERY)), 5000)
    Officer.objects.bulk_create(map(_officer, people, firms), 5000)
    with connection.cursor() as cursor:
        for entered in ENTRIES:
            cursor.execute(entered)
        cursor.execute("ANALYZE")
    return city, counties[0], user("gao", Role.CITY, office=city)


def _person(number: int) -> Person:
    made = Person(name=f"丁{number}", identity_kind="passport", identity_number=f"E{number:09}")
    made.identity_index = Person.index_of("passport", made.identity_number)
    made.pinyin = pinyin_key(made.name)
    return made


def _firm(number: int, county) -> Organisation:
    made = Organisation(
        name=f"第{number}机械有限公司", credit_code=f"{number:018}", office=county, size="small", industry="C33",
        sector="secondary",
    )  # fmt: skip
    made.pinyin = pinyin_key(made.name)
    return made


def _officer(person: Person, firm: Organisation) -> Officer:
    return Officer(
        name=person.name, person=person, organisation=firm, office=firm.office, post="质量总监", education="bachelor",
        title="intermediate", appointed_on=date(2024, 3, 1), term_ends=date(2029, 2, 28), pinyin=person.pinyin,
        filed_on=date(2024, 3, 1),
    )  # fmt: skip


@contextmanager
def memory() -> Iterator[list[int]]:
    """How much the process held before, and the most it held meanwhile, in MB."""
    seen, over = [_held()], threading.Event()

    def watch() -> None:
        while not over.wait(0.02):
            seen.append(_held())

    watcher = threading.Thread(target=watch)
    watcher.start()
    told: list[int] = []
    try:
        yield told
    finally:
        over.set()
        watcher.join()
        told += [seen[0], max(seen)]


def _held() -> int:
    status = Path("/proc/self/status").read_text()
    return int(status.partition("VmRSS:")[2].split()[0]) // 1024


def test_tables(province):
    city, _, _ = province
    with connection.cursor() as cursor:

        def bare() -> list:
            cursor.execute(BARE)
            return cursor.fetchall()

        theirs = median(bare, times=3)
    for code in ("coverage", "structure"):

        def table(code=code):
            found = tabulate(SUBJECTS[code], World(city, AT))
            assert not faults(found)
            assert found[ALL, found.columns[0].code] == EVERY

        report(
            f"{code} of {EVERY} enterprises at two days, with every record and all checks",
            median(table, times=1),
            against="bare sums over the rows of today",
            theirs=theirs,
        )


def test_rosters(province, settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path
    city, county, gao = province
    for area, rows in ((county, FEW), (city, EVERY)):
        order = orders.order(area, AT, columns=USUAL, as_format="xlsx", purpose="报省局年度统计", by=gao)
        began = time.perf_counter()
        with memory() as held:
            orders.write(order.pk)
        spent = time.perf_counter() - began
        order = Order.objects.get(pk=order.pk)
        assert (order.state, order.done) == ("ready", rows)
        told = {
            "what": f"roster of {rows} rows as a workbook, sealed",
            "s": round(spent),
            "MB_before": held[0],
        }
        print(told | {"MB_most": held[1], "file_MB": round(order.size / 2**20, 1)})
