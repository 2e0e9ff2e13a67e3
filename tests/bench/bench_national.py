"""`make bench`: the lists at national size, a million posts, enterprises and filings; ratios within one run.

Each line is one list as one role opens it (scope, filter, order, capped count, first page), against the bare SQL that
fetches as many rows of the table by primary key. Twenty thousand names are spelled in Python and multiplied in the
database, so that names repeat as they do in life.
"""

import itertools
from collections.abc import Iterable

import pytest
from django.db import connection, transaction

from cqo_portal.accounts.models import Role
from cqo_portal.desk.lists import work_list
from cqo_portal.desk.public import PublicQuery
from cqo_portal.desk.queries import desk_of
from cqo_portal.parties.models import Office, Organisation
from cqo_portal.parties.search import fold, pinyin_key, spelled, terms_of
from cqo_portal.ui.paging import keyset
from registry.models import Officer
from tests.bench.bench_register import _names, _organisation, median, report
from tests.cast import TODAY, cast, user

SPELLED, TIMES = 20_000, 50  # a million
CITIES, COUNTIES = 300, 9  # of the nation, of each city
TABLES = ("parties_organisation", "parties_person", "registry_filing", "registry_officer", "registry_entry")
FAMILY, GIVEN = (
    "王李张刘陈杨黄赵吴周徐孙马朱胡郭何林高罗",
    ("雪松", "建勋", "国强", "红梅", "晓东", "丽华", "志远", "文博", "海燕", "立新"),
)

MULTIPLIED = (
    "CREATE TEMP TABLE seat ON COMMIT DROP AS SELECT code, row_number() OVER (ORDER BY code) - 1 AS n"
    " FROM parties_office WHERE level = 'county'",
    "CREATE TEMP TABLE spelled ON COMMIT DROP AS SELECT *, row_number() OVER (ORDER BY id) AS n FROM parties_organisation"
    " WHERE credit_code LIKE '0%%'",
    "INSERT INTO parties_organisation (name, pinyin, haystack, search, id, credit_code, office_id, industry, size, sector)"
    " SELECT name, pinyin, haystack, search, gen_random_uuid(), '9' || lpad((s.n * %(times)s + k)::text, 17, '0'), seat.code,"
    " '33', 'medium', 'second' FROM spelled s, generate_series(1, %(times)s) k"
    " JOIN seat ON true WHERE seat.n = (s.n * %(times)s + k) %% %(seats)s",
    "CREATE TEMP TABLE made ON COMMIT DROP AS SELECT o.*, row_number() OVER (ORDER BY credit_code) AS n,"
    " gen_random_uuid() AS person, gen_random_uuid() AS filing, gen_random_uuid() AS post"
    " FROM parties_organisation o WHERE credit_code LIKE '90%%' AND length(industry) > 0 AND revenue IS NULL",
    "INSERT INTO parties_person (name, pinyin, haystack, search, id, identity_kind, identity_number, identity_index, sex)"
    " SELECT p.name, p.pinyin, p.haystack, p.search, m.person, 'passport', 'none', md5(m.n::text), '0'"
    " FROM made m JOIN called p ON p.n = m.n %% 200",
    "INSERT INTO registry_filing (name, pinyin, haystack, search, id, organisation_id, office_id, created_by_id, created_at,"
    " kind, identity_index, state, round, moved_at, draft, draft_version, draft_saved_at, draft_saved_by, plea,"
    " receipt_number, rule_edition, submitted_on, tally, filing_number, filed_on)"
    " SELECT p.name, p.pinyin, m.haystack || ' ' || p.haystack, m.search || p.search, m.filing, m.id, m.office_id, %(by)s,"
    " now() - m.n * interval '10 s', 'appointment', md5(m.n::text), s.state, 1, now() - m.n * interval '10 s', 'none', 1,"
    " now(), '', '', 'r' || m.n, 'cangzhou-2025', %(today)s, '{}', CASE s.state WHEN 'filed' THEN 'f' || m.n END,"
    " CASE s.state WHEN 'filed' THEN %(today)s::date END"
    " FROM made m JOIN called p ON p.n = m.n %% 200 CROSS JOIN LATERAL (SELECT CASE WHEN m.n %% 25 = 0 THEN 'at_county'"
    " WHEN m.n %% 25 = 1 THEN 'at_city' WHEN m.n %% 50 = 2 THEN 'returned' ELSE 'filed' END AS state) s",
    "INSERT INTO registry_officer (name, pinyin, haystack, search, id, person_id, organisation_id, office_id, filing_id,"
    " post, education, title, in_decision_layer, is_top_manager, is_safety_director, appointed_on, term_ends, ended_on,"
    " filing_number, filed_on)"
    " SELECT f.name, f.pinyin, f.haystack, f.search, m.post, m.person, m.id, m.office_id, m.filing, '副总经理',"
    " 'bachelor', 'intermediate', true, false, false, %(today)s::date - 900 - (m.n %% 300)::int,"
    " %(today)s::date + (m.n %% 1000)::int - 50, CASE WHEN m.n %% 20 = 3 THEN %(today)s::date - 30 END,"
    " f.filing_number, f.filed_on FROM made m JOIN registry_filing f ON f.id = m.filing WHERE f.state = 'filed'",
    "INSERT INTO registry_entry (organisation_id, post_id, name, value, effective_on, recorded_at, filing_id, reason, document)"
    " SELECT o.organisation_id, o.id, 'in_office', 'yes', o.appointed_on, o.filed_on, o.filing_id, '', ''"
    " FROM registry_officer o WHERE o.post = '副总经理'",
)


@pytest.fixture
def nation(db):
    people = cast()
    _offices(people)
    names = itertools.islice(itertools.cycle(_names()), SPELLED)
    rows = (_organisation(n, name, people.offices["130981"]) for n, name in enumerate(names))
    while batch := list(itertools.islice(rows, 5000)):
        Organisation.objects.bulk_create(batch)
    said = {
        "times": TIMES,
        "seats": Office.objects.filter(level="county").count(),
        "by": people.liu.pk,
        "today": TODAY,
    }
    with connection.cursor() as cursor, transaction.atomic():
        cursor.execute("SET LOCAL statement_timeout = 0")
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")  # no index is made while checks are pending
        cursor.execute("SET LOCAL maintenance_work_mem = '1GB'")
        _called(cursor)
        later = without_indexes(cursor, TABLES)
        for statement in (
            *MULTIPLIED,
            *later,
            *(f"ANALYZE {table}" for table in ("parties_office", *TABLES)),
        ):
            cursor.execute(statement, said if "%(" in statement or "%%" in statement else None)
        cursor.execute("SET LOCAL statement_timeout = '15s'")
    return people


def _offices(people) -> None:
    province = people.offices["130000"]
    cities = [_office(f"99{n:04d}", "city", province) for n in range(CITIES)]
    Office.objects.bulk_create(cities)
    Office.objects.bulk_create(
        _office(f"{city.pk}{n:02d}", "county", city) for city in cities for n in range(COUNTIES)
    )


def _office(code: str, level: str, parent: Office) -> Office:
    return Office(code=code, name=f"{code}局", area=code, level=level, jurisdiction="cangzhou", parent=parent)


def _called(cursor) -> None:
    """Two hundred people's names with their spellings."""
    cursor.execute(
        "CREATE TEMP TABLE called (n int, name text, pinyin text, haystack text, search text[]) ON COMMIT DROP"
    )
    for n, (family, given) in enumerate(itertools.product(FAMILY, GIVEN)):
        name = family + given
        sounds = [part for sound in sorted(spelled(name)) for part in sound]
        row = [n, name, pinyin_key(name), " ".join([fold(name), *sounds]), terms_of(name)]
        cursor.execute("INSERT INTO called VALUES (%s, %s, %s, %s, %s)", row)


def without_indexes(cursor, tables: Iterable[str]) -> list[str]:
    """Takes the plain indexes away; returns the statements that make them again, once the rows are there."""
    cursor.execute(
        "SELECT indexname, indexdef FROM pg_indexes WHERE tablename = ANY(%s) AND indexdef NOT LIKE '%%UNIQUE%%'",
        [list(tables)],
    )
    found = cursor.fetchall()
    for name, _ in found:
        cursor.execute(f'DROP INDEX "{name}"')
    return [definition for _, definition in found]


LISTS = (
    ("register", ""),
    ("register", "standing=ending"),
    ("register", "standing=ended"),
    ("register", "standing=vacant"),
    ("register", "q=恒通"),
    ("register", "q=王雪松"),
    ("register", "q=wxs"),
    ("filings", "turn=mine"),
    ("filings", "turn=others"),
    ("filings", "turn=all"),
    ("filings", "turn=all&state=returned"),
    ("filings", "turn=all&kind=replacement"),
    ("filings", "turn=all&q=聚鑫"),
)


def test_bench_national(nation):
    from django.http import QueryDict

    bare = median(lambda: list(Officer.objects.order_by("pk").values("pk")[:50]))
    for who in _people(nation):
        for kind, address in LISTS:
            query = work_list(kind, QueryDict(address), user=who, today=TODAY).query
            ours = _spent(lambda query=query: keyset(query.rows(), {}, order=query.order, per_page=50))
            report(f"{who.acting.role} {kind}?{address}", ours, against="fifty rows by key", theirs=bare)
        report(
            f"{who.acting.role} desk",
            _spent(lambda who=who: _read(desk_of(who, today=TODAY))),
            against="fifty rows by key",
            theirs=bare,
        )
    for text in ("", "恒通"):
        ours = _spent(lambda text=text: PublicQuery({"q": text}, today=TODAY).page)
        report(f"public extract q={text}", ours, against="fifty rows by key", theirs=bare)


def _people(nation):
    city = Office.objects.get(code="990007")
    return (
        user("national-county", Role.COUNTY, office=Office.objects.get(code="99000703")),
        user("national-city", Role.CITY, office=city),
        nation.hao,
    )


def _spent(act) -> float:
    """Once cold, then the median of three: a list that takes seconds is not asked fifteen times."""
    return median(act, times=3)


def _read(desk) -> None:
    assert desk.title
