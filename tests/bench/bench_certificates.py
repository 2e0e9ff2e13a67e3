"""`make bench`: a million certificates of a province, as each role opens them; ratios within one run.

Each line is one list (first page, deep page, the counts above it, the months ahead), one desk, one look-up or one act of
issuing, against the bare SQL that fetches as many rows by primary key. One certificate is made by the product's own steps,
the others are rows like it in the mixture of life: most are valid, a quarter has expired, some were lost or renewed.
"""

import hashlib
import itertools
from functools import cache
from uuid import UUID

import pytest
from django.db import connection, models, transaction
from django.http import QueryDict
from django.test.utils import CaptureQueriesContext

from certificates.holding import certified_on
from certificates.issuing.ordering import MOST, order
from certificates.issuing.standing import to_issue
from certificates.models import Act, Certificate, Rendering, Signing
from certificates.pages.desk import waits_for
from certificates.pages.issuing import IssuePage
from certificates.pages.lists import CertificateQuery
from certificates.verification.lookup import found_by_code, found_by_name
from cqo_portal.accounts.models import Role, User
from cqo_portal.parties.models import Institution, Office, Organisation, Person
from cqo_portal.parties.search import fold, pinyin_key, spelled, terms_of
from cqo_portal.ui.paging import cursor_of, keyset
from evaluation.bodies.models import BodyRecord
from evaluation.models import Application, Decision, Evaluation, Publication
from registry.models import Officer
from tests.bench.bench_national import FAMILY, GIVEN, without_indexes
from tests.bench.bench_register import _names, median, report
from tests.cast import TODAY, cast, user
from tests.certificates import rows

MANY, FIRMS, TO_ISSUE = 1_000_000, 250_000, 600
CITIES, COUNTIES, BODIES = 20, 8, 40
LARGE, SMALL = "98", "97"  # a province that has nearly all of them, and one that has just begun

# What is one of a hundred: valid and suspended ones, expired, superseded, discontinued, void, given up.
MADE = """
    CREATE TEMP TABLE made ON COMMIT DROP AS
    SELECT *, last_day - 1095 AS first_day, md5('c' || n)::uuid AS id, md5('p' || owner)::uuid AS person,
        md5('o' || firm)::uuid AS organisation, md5('b' || body)::uuid AS house,
        'CQO-B' || body || '-' || extract(year FROM last_day - 1095) || '-' || lpad(n::text, 7, '0') || '-X' AS number
    FROM (
        SELECT n, k, CASE WHEN k BETWEEN 86 AND 95 THEN n - 86 ELSE n END AS owner, h %% %(firms)s AS firm,
            least(h %% %(bodies)s, h / 1000 %% %(bodies)s) AS body, h,
            CASE WHEN k BETWEEN 61 AND 85 THEN %(today)s::date - 1 - h %% 1500
                WHEN k BETWEEN 86 AND 94 THEN %(today)s::date - 1095 + (n - 86) %% 1095 * 7919 %% 1095 + 60
                WHEN k = 95 THEN %(today)s::date - 1095 + (n - 86) %% 1095 * 7919 %% 1095 - 30
                ELSE %(today)s::date + n %% 1095 * 7919 %% 1095 END AS last_day,
            CASE WHEN k = 60 THEN 'suspended' WHEN k BETWEEN 86 AND 95 THEN 'superseded'
                WHEN k IN (96, 97) THEN 'discontinued' WHEN k > 97 THEN 'void' ELSE 'valid' END AS state
        FROM (SELECT n, n %% 100 AS k, hashint4(n) & 2147483647 AS h FROM generate_series(0, %(many)s - 1) AS n) AS _
    ) AS _ ORDER BY last_day
"""
PLACED = """
    CREATE TEMP TABLE placed ON COMMIT DROP AS
    SELECT n, md5('o' || n)::uuid AS id, f.*, CASE WHEN n < 30 THEN %(small)s || '0000'
        ELSE %(large)s || lpad((least(h %% 20, h / 1000 %% 20))::text, 2, '0') || lpad((h / 9 %% 8)::text, 2, '0') END AS office
    FROM (SELECT n, hashint4(n + 7) & 2147483647 AS h FROM generate_series(0, %(firms)s - 1) AS n) AS _
    JOIN firm AS f ON f.number = n %% (SELECT count(*) FROM firm)
"""
NAMED = """
    CREATE TEMP TABLE named ON COMMIT DROP AS SELECT m.*, c.name, c.pinyin,
        c.haystack || ' ' || p.haystack || ' ' || lower(m.number) AS haystack,
        c.search || p.search || ARRAY(
            SELECT 'c:' || substr(lower(m.number), i, 3) FROM generate_series(1, length(m.number) - 2) AS i
        ) AS search
    FROM made AS m JOIN placed AS p ON p.n = m.firm JOIN called AS c ON c.number = m.owner / 7 %% 200
    ORDER BY m.first_day
"""
ACTED = """
    CREATE TEMP TABLE acted ON COMMIT DROP AS
    SELECT m.id, d.kind, d.led_to, s.id AS successor, coalesce(s.first_day, least(
            m.first_day + CASE d.led_to WHEN 'void' THEN 0 ELSE 30 * place END, %(today)s::date)) AS on, row_number() OVER (ORDER BY m.first_day, d.place) + 1000 AS key
    FROM made AS m JOIN (VALUES
        (60, 60, 1, 'suspend', 'suspended'), (59, 59, 1, 'suspend', 'suspended'), (59, 59, 2, 'resume', 'valid'),
        (86, 95, 1, 'supersede', 'superseded'), (96, 97, 1, 'discontinue', 'discontinued'), (98, 99, 1, 'void', 'void')
    ) AS d (low, high, place, kind, led_to) ON m.k BETWEEN low AND high
    LEFT JOIN made AS s ON d.kind = 'supersede' AND s.n = m.n - 86
"""
SERVING = """
    CREATE TEMP TABLE serving ON COMMIT DROP AS
    SELECT *, row_number() OVER (ORDER BY id) AS place FROM (
        SELECT DISTINCT ON (organisation) m.id, m.n, m.person, m.organisation, m.name, m.pinyin, m.house, m.body, p.office
        FROM named AS m JOIN placed AS p ON p.n = m.firm WHERE k < 59 AND p.office LIKE %(large)s || '00%%'
        ORDER BY organisation, m.n
    ) AS _
"""


COPIED = (
    Organisation,
    Person,
    Officer,
    Application,
    Evaluation,
    Decision,
    Publication,
    Certificate,
    Signing,
    Rendering,
    Act,
)


@pytest.fixture
def province(db) -> None:
    people = cast()
    panel, made = rows.issued(people)
    rows.done("suspend", made, on=made.first_day, by=panel.staff)
    _offices()
    _bodies(by=panel.staff)
    with connection.cursor() as cursor, transaction.atomic():
        _settled(cursor)
        tables = [each._meta.db_table for each in COPIED]
        later = without_indexes(cursor, tables) + _without_keys(cursor, tables)
        _spelled(cursor, "firm", _names())
        _spelled(cursor, "called", ("".join(each) for each in itertools.product(FAMILY, GIVEN)))
        said = {
            "many": MANY,
            "firms": FIRMS,
            "bodies": BODIES,
            "today": TODAY,
            "large": LARGE,
            "small": SMALL,
        }
        for statement in (PLACED, MADE, NAMED, ACTED, SERVING):
            cursor.execute(statement, said if "%" in statement else None)
        _written(cursor, made)
        for statement in (*later, *(f"ANALYZE {table}" for table in (*tables, "parties_office"))):
            cursor.execute(statement)
        cursor.execute("SET LOCAL statement_timeout = '15s'; SET LOCAL work_mem = DEFAULT")


def _written(cursor, made: Certificate) -> None:
    """Rows like those of the one that was issued, with their own keys, people and days."""
    decision, act, officer = made.decision, made.acts.get(), made.decision.evaluation.application.officer
    theirs = {"name": "s.name", "pinyin": "s.pinyin", "haystack": "s.haystack", "search": "s.search"}
    _copied(
        cursor,
        made.organisation,
        "placed",
        **theirs,
        id="s.id",
        office_id="s.office",
        credit_code="'X' || s.n",
    )
    unsearched = theirs | {"haystack": "''", "search": "'{}'"}
    _copied(
        cursor,
        made.person,
        "named",
        where="k NOT BETWEEN 86 AND 95",
        **unsearched,
        id="s.person",
        identity_index="'I' || n",
    )
    _copied(
        cursor, officer, "serving", **unsearched, id="s.id", person_id="s.person", organisation_id="s.organisation",
        office_id="s.office", filing_id="NULL", filing_number="NULL",
    )  # fmt: skip
    _decided(cursor, decision, "named", unsearched, body="s.house", officer="t.officer_id")
    _decided(
        cursor, decision, "serving", unsearched, body=f"'{_key('b', 0)}'::uuid", officer="s.id", more=TO_ISSUE
    )
    _copied(
        cursor, made, "named", **theirs, id="s.id", number="s.number", body_code="'B' || s.body", serial="n + 1",
        year="extract(year FROM s.first_day)", decision_id="1000 + n", body_id="s.house", person_id="s.person",
        organisation_id="s.organisation", first_day="s.first_day", last_day="s.last_day", state="s.state",
        reapply_opens="s.last_day - 180", reapply_by="s.last_day - 90", issued_at="s.first_day + interval '9 h'",
        sent_at="CASE WHEN n % 1000 <> 5 AND k < 99 THEN s.first_day + interval '10 h' END",
        replaces_id="CASE WHEN k < 10 THEN md5('c' || n + 86)::uuid END", by_code="md5('k' || n)", by_name="md5('n' || n)",
    )  # fmt: skip
    printed = {"where": "k < 99", "certificate_id": "s.id"}
    _copied(cursor, made.rendering.signing, "named", **printed, id="1000 + n")
    _copied(
        cursor, made.rendering, "named", **printed, id="1000 + n", signing_id="1000 + n", content="('x' || n)::bytea",
        size="8", digest="encode(sha256(('x' || n)::bytea), 'hex')",
    )  # fmt: skip
    _copied(
        cursor, act, "acted", id="s.key", certificate_id="s.id", kind="s.kind", led_to="s.led_to", on="s.on",
        effective_on="s.on", successor_id="s.successor",
    )  # fmt: skip


def _decided(
    cursor, decision: Decision, source: str, names: dict, *, body: str, officer: str, more: int = 0
) -> None:
    """Applications, their cases, decisions and publications, one for each; `more`: of so many of them another one."""
    run, told = decision.evaluation, decision.publication
    mark, key = ("again", f"{MANY + 1000} + s.place") if more else ("", "1000 + n")
    application, case = f"md5('a{mark}' || n)::uuid", f"md5('e{mark}' || n)::uuid"
    where = f"place <= {more}" if more else "true"
    _copied(
        cursor, run.application, source, where=where, **names, id=application, officer_id=officer, person_id="s.person",
        organisation_id="s.organisation", body_id=body, number=f"'A{mark}' || n",
    )  # fmt: skip
    _copied(
        cursor,
        run,
        source,
        where=where,
        id=case,
        application_id=application,
        body_id=body,
        number=f"'E{mark}' || n",
    )
    _copied(cursor, decision, source, where=where, id=key, evaluation_id=case)
    _copied(cursor, told, source, where=where, id=key, decision_id=key)


def _copied(cursor, row: models.Model, source: str, *, where: str = "true", **own: str) -> None:
    """As many rows like this one as the source `s` has, in its order, `own` columns said of each."""
    table, columns = row._meta.db_table, [field.column for field in row._meta.concrete_fields]
    cursor.execute(f"ALTER TABLE {table} DISABLE TRIGGER USER")
    names = ", ".join(f'"{each}"' for each in columns)
    values = ", ".join(own.get(each, f't."{each}"') for each in columns)
    cursor.execute(
        f"INSERT INTO {table} ({names}) SELECT {values} FROM {source} AS s, {table} AS t WHERE {where} AND t.id = '{row.pk}'"
    )
    cursor.execute(f"ALTER TABLE {table} ENABLE TRIGGER USER")


def _settled(cursor) -> None:
    cursor.execute("SET LOCAL statement_timeout = 0; SET CONSTRAINTS ALL IMMEDIATE")
    cursor.execute("SET LOCAL maintenance_work_mem = '1GB'; SET LOCAL work_mem = '256MB'")


def _without_keys(cursor, tables: list[str]) -> list[str]:
    """Takes foreign keys away; returns the statements that ask all of them at once."""
    cursor.execute(
        "SELECT conrelid::regclass, conname, pg_get_constraintdef(oid) FROM pg_constraint"
        " WHERE contype = 'f' AND conrelid::regclass::text = ANY(%s)",
        [tables],
    )
    found = cursor.fetchall()
    for table, name, _ in found:
        cursor.execute(f'ALTER TABLE {table} DROP CONSTRAINT "{name}"')
    return [f'ALTER TABLE {table} ADD CONSTRAINT "{name}" {said}' for table, name, said in found]


def _spelled(cursor, table: str, names) -> None:
    cursor.execute(
        f"CREATE TEMP TABLE {table} (number int, name text, pinyin text, haystack text, search text[]) ON COMMIT DROP"
    )
    for number, name in enumerate(names):
        sounds = [part for sound in sorted(spelled(name)) for part in sound]
        row = [number, name, pinyin_key(name), " ".join([fold(name), *sounds]), terms_of(name)]
        cursor.execute(f"INSERT INTO {table} VALUES (%s, %s, %s, %s, %s)", row)


def _offices() -> None:
    for head in (LARGE, SMALL):
        province = Office.objects.create(**_office(f"{head}", "province", None))
        cities = [Office(**_office(f"{head}{n:02d}", "city", province)) for n in range(CITIES)]
        Office.objects.bulk_create(cities)
        Office.objects.bulk_create(
            Office(**_office(f"{city.pk}{n:02d}", "county", city)) for city in cities for n in range(COUNTIES)
        )


def _office(code: str, level: str, parent: Office | None) -> dict:
    return {
        "code": code,
        "name": f"{code}局",
        "area": code,
        "level": level,
        "jurisdiction": "jiangsu",
        "parent": parent,
    }


def _bodies(*, by) -> None:
    """A quarter of them is on record with a city, the others with the province."""
    for n in range(BODIES):
        made = Institution(pk=_key("b", n), name=f"第{n}评价中心", code=f"B{n}")
        made.save(force_insert=True)
        office = f"{LARGE}{n % CITIES:02d}" if n % 4 == 1 else LARGE
        said = {"state": "in_force", "document": f"苏评〔2023〕{n}号", "first_day": TODAY, "created_by": by}
        BodyRecord.objects.create(institution=made, office_id=office, jurisdiction="jiangsu", **said)


def _key(kind: str, number: int) -> UUID:
    return UUID(hashlib.md5(f"{kind}{number}".encode(), usedforsecurity=False).hexdigest())


LISTS = (
    *(f"standing={each}" for each in ("valid", "suspended", "expired", "lost", "superseded", "all")),
    "ends=2027-03",
    "q=雪松",
    "q=恒盛管件",
    "q=CQO-B3-2024",
)


def _people() -> dict[str, User]:
    post, body = Officer.objects.filter(office__code__startswith=LARGE).order_by("pk").first(), _key("b", 0)
    return {
        "province": user("p", Role.PROVINCE, office_id=LARGE),
        "city": user("c", Role.CITY, office_id=f"{LARGE}00"),
        "county": user("d", Role.COUNTY, office_id=f"{LARGE}0001"),
        "province that begins": user("s", Role.PROVINCE, office_id=SMALL),
        "body": user("b", Role.BODY, institution_id=body),
        "holder": user("h", Role.OFFICER, person=post.person),
        "enterprise": user("e", Role.ENTERPRISE, organisation=post.organisation),
    }


def test_bench_certificates(province):
    people = _people()
    bare = median(lambda: list(Certificate.objects.order_by("pk").values("pk")[:50]))

    def told(what: str, act) -> None:
        report(what, median(act, times=3), against="fifty rows by key", theirs=bare)

    for role, who in people.items():
        for address in LISTS:
            query = CertificateQuery(QueryDict(address), user=who, today=TODAY)
            told(f"{role} ?{address}", lambda query=query: _page(query))
            told(f"{role} ?{address}, a hundred pages on", lambda query=query: _page(query, _deep(query)))
        for counted in ("choices", "months"):
            told(
                f"{role} {counted}",
                lambda who=who, counted=counted: getattr(
                    CertificateQuery({}, user=who, today=TODAY), counted
                ),
            )
        told(f"{role} desk", lambda who=who: waits_for(who, today=TODAY))
    made = Certificate.objects.first()
    told("public look-up by name", lambda: found_by_name(made.number, made.name))
    told("public look-up by code", lambda: found_by_code(made.number, "wrong"))
    posts = Officer.objects.filter(office__parent=f"{LARGE}00").order_by().values("person")
    told(f"what {posts.count()} officers of a city hold", lambda: certified_on(posts))
    with CaptureQueriesContext(connection) as asked:
        assert IssuePage({}, people["body"], TODAY).candidates
    told(f"a page to issue, {len(asked)} questions", lambda: IssuePage({}, people["body"], TODAY).candidates)
    decisions = list(to_issue(_key("b", 0))[:MOST])
    told(f"{len(decisions)} ordered", lambda: _ordered(decisions, by=people["body"]))


def _page(query: CertificateQuery, params: dict | None = None):
    return keyset(query.rows(), params or {}, order=query.order, per_page=50)


@cache
def _deep(query: CertificateQuery) -> dict:
    """Where a list is after a hundred pages, or at its end."""
    rows = list(query.rows().order_by(*query.order)[:5000:4999])
    return {"after": cursor_of(rows[-1], order=query.order)} if rows else {}


def _ordered(decisions: list[Decision], *, by: User) -> None:
    with transaction.atomic():
        order(decisions, by=by)
        transaction.set_rollback(True)
