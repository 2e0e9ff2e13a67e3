"""What was published stays: its figures, its records, its hash; a year goes up from county to city to province."""

import zlib
from datetime import date

import pypdfium2
import pytest
import time_machine
from django.core.exceptions import PermissionDenied
from django.db import InternalError, connection, transaction

from cqo_portal.accounts.models import Role
from cqo_portal.audit.append_only import Unsayable
from cqo_portal.audit.models import Event
from cqo_portal.digests import canonical, sha256
from cqo_portal.parties.models import Office, Organisation
from cqo_portal.statistics import orders, publishing, yearly
from cqo_portal.statistics.asked import AsOf
from cqo_portal.statistics.catalogue import SUBJECTS
from cqo_portal.statistics.counting import ALL, Fault, body, differences, faults_of_kept
from cqo_portal.statistics.models import Order, Published, Yearbook
from cqo_portal.workflow.engine import Refused
from tests.cast import browser, user
from tests.reports.world import office
from tests.statistics.small import moment, said, small

pytestmark = pytest.mark.django_db

TODAY = date(2027, 2, 10)
KNOWN = date(2027, 1, 31)
AT = AsOf(date(2026, 12, 31), KNOWN)
COVERAGE = SUBJECTS["coverage"]


@pytest.fixture(autouse=True)
def february():
    with time_machine.travel(moment(TODAY)):
        yield


def published(made, **changes) -> Published:
    words = {"by_dimension": "office", "statement": "", "by": made.gao, "today": TODAY} | changes
    return publishing.publish(COVERAGE, made.city, AT, **words)


def locked(made, office, by, *, known=KNOWN, today=TODAY, absences=None, statement="全年情况。") -> Yearbook:
    return publishing.lock_year(
        office, 2026, known=known, statement=statement, absences=absences or {}, by=by, today=today
    )


# ── one table ─────────────────────────────────────────────────────────────────────────────────
def test_a_published_table_keeps_definition_days_rows_figures_hash_and_who():
    made = small()
    held = published(made, statement="含开发区。")
    held = Published.objects.get(pk=held.pk)
    assert (held.subject, held.version, held.dimension) == ("coverage", 1, "office")
    assert (held.on, held.known) == (AT.on, KNOWN)
    assert (held.by, held.statement, held.records) == (made.gao, "含开发区。", 6)
    assert held.digest == sha256(held.body)
    assert held.table[ALL, "all.has"] == 4
    assert {m.key for m in held.table.members} == {f"enterprise:{f.pk}" for f in made.firms.values()}
    event = Event.objects.about(held).get()
    assert (event.action, event.actor, event.data["digest"]) == ("publish", made.gao, held.digest)


def test_what_is_entered_afterwards_does_not_change_it_and_the_same_days_give_it_again():
    made = small()
    held = published(made)
    said(made.firms["jia"], made.posts["zhao"], on=date(2026, 12, 1), known=TODAY, in_office="no")
    again = publishing.computed_again(held)
    assert body(again) == held.body
    assert held.is_what_was_said


def test_neither_the_model_nor_the_database_lets_it_be_changed():
    held = published(small())
    with pytest.raises(Unsayable):
        Published.objects.filter(pk=held.pk).update(statement="x")
    with (
        pytest.raises(InternalError, match="append_only"),
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute("UPDATE statistics_published SET statement = 'x'")


def test_no_table_is_written_without_its_record():
    held = published(small())
    copy = Published(
        **{f.attname: getattr(held, f.attname) for f in held._meta.concrete_fields if f.name != "id"}
    )
    copy.known = date(2027, 1, 30)
    with pytest.raises(InternalError, match="without a record"), transaction.atomic():
        copy.save()


def test_a_figure_written_over_in_the_database_is_found():
    """Somebody with the rights of the owner, and the triggers off."""
    held = published(small())
    write_over(held)
    held = Published.objects.get(pk=held.pk)
    assert not held.is_what_was_said
    assert next(iter(faults_of_kept(held.table))).said == "东湖区“全部企业·已设”写的是 9，按记录数出来是 3。"


def write_over(held: Published, *, with_digest: bool = False) -> None:
    """`with_digest`: so that the table by itself is sound again."""
    wrong = held.body
    if with_digest:
        wrong["rows"][0][1] = "东湖新区"
    else:
        wrong["values"][0][1] = "9"
    said_now = [zlib.compress(canonical(wrong)), sha256(wrong) if with_digest else held.digest, held.pk]
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute("ALTER TABLE statistics_published DISABLE TRIGGER USER")
        cursor.execute("UPDATE statistics_published SET content = %s, digest = %s WHERE id = %s", said_now)
        cursor.execute("ALTER TABLE statistics_published ENABLE TRIGGER USER")


def test_a_day_that_still_runs_cannot_be_published():
    made = small()
    with pytest.raises(Refused, match="已经过完的一天"):
        publishing.publish(
            COVERAGE,
            made.city,
            AsOf(AT.on, TODAY),
            by_dimension="office",
            statement="",
            by=made.gao,
            today=TODAY,
        )
    with pytest.raises(Refused, match="不能预先算"):
        publishing.publish(
            COVERAGE,
            made.city,
            AsOf(date(2027, 2, 5), KNOWN),
            by_dimension="office",
            statement="",
            by=made.gao,
            today=TODAY,
        )


def test_the_same_table_is_published_once():
    made = small()
    published(made)
    with pytest.raises(Refused, match="已经公布过了"), transaction.atomic():
        published(made)
    assert Published.objects.count() == 1


def test_only_the_own_office_publishes():
    made = small()
    for by in (made.chen, made.lin):
        with pytest.raises(PermissionDenied):
            published(made, by=by)


def test_a_table_that_contradicts_itself_is_not_published(monkeypatch):
    made = small()
    wrong = Fault(ALL, "all.n", "“企业”合计是 6，各行相加是 5。")
    monkeypatch.setattr(publishing, "faults", lambda table: [wrong])
    with pytest.raises(Refused, match="《首席质量官覆盖率》核对不符：“企业”合计是 6，各行相加是 5。"):
        published(made)
    assert not Published.objects.exists()


# ── a year ────────────────────────────────────────────────────────────────────────────────────
def test_a_year_goes_up_from_county_to_city_to_province_by_what_was_locked():
    made = small()
    east, west = locked(made, made.east, made.chen), locked(made, made.west, made.xu)
    # What is found out between the counties' lock and the city's changes neither.
    said(made.firms["jia"], made.posts["zhao"], on=date(2026, 12, 1), known=date(2027, 2, 9), in_office="no")
    with time_machine.travel(moment(date(2027, 2, 20))):
        city = locked(made, made.city, made.gao, today=date(2027, 2, 20))
        province = locked(made, made.province, made.lin, today=date(2027, 2, 20))
    for book, place in ((city, "东湖区"), (province, "江城市")):
        table = book.tables.get(subject="coverage", dimension="office").table
        assert table.rows[0].label == place
        assert [table[ALL, column] for column in ("all.n", "all.has", "above_scale.n")] == [6, 4, 4]
    parts = city.tables.get(subject="coverage", dimension="office").parts
    below = [book.tables.get(subject="coverage", dimension="office") for book in (east, west)]
    assert [(part["area"], part["digest"]) for part in parts] == [
        ("东湖区", below[0].digest),
        ("西山区", below[1].digest),
    ]
    assert all(publishing.holds(book) for book in (east, west, city, province))
    live = publishing.tabulate(COVERAGE, publishing.World(made.city, AsOf(AT.on, date(2027, 2, 19))))
    assert live[ALL, "all.has"] == 3  # the control: counted anew it would be another number


def test_every_table_of_a_year_is_there_and_holds():
    made = small()
    book = locked(made, made.east, made.chen)
    assert sorted(book.tables.values_list("subject", "dimension")) == sorted(
        (subject.code, dimension.code) for subject, dimension in publishing.SET
    )
    assert publishing.holds(book)
    tables = list(book.tables.all())
    assert book.digest == sha256(book.said(tables, roster=book.roster.digest))
    assert book.digest == sha256(book.said(tables[::-1], roster=book.roster.digest))  # in whatever order
    assert book.digest != sha256(book.said(tables[1:], roster=book.roster.digest))


def test_a_county_that_locked_nothing_is_waited_for_or_accounted_for():
    made = small()
    locked(made, made.east, made.chen)
    with pytest.raises(Refused, match="西山区还没有锁定 2026 年的统计"):
        locked(made, made.city, made.gao)
    book = locked(made, made.city, made.gao, absences={"420102": "机构改革，资料移交中。"})
    assert book.absences == {"420102": "机构改革，资料移交中。"}
    held = book.tables.get(subject="coverage", dimension="office")
    assert held.table[ALL, "all.n"] == 4
    assert held.statement == "没有纳入：西山区（机构改革，资料移交中）。"
    above = locked(made, made.province, made.lin).tables.get(subject="coverage", dimension="office")
    assert above.statement == held.statement  # what a part is made without, the whole is made without too


def test_a_county_closed_since_is_accounted_for_like_one_at_work():
    """西山区 was closed in February; on 31 December its enterprises were still its own."""
    made = small()
    locked(made, made.east, made.chen)
    for key in ("wu", "ji"):
        said(made.firms[key], on=date(2027, 2, 1), known=date(2027, 2, 1), office=made.east.pk)
        Organisation.objects.filter(pk=made.firms[key].pk).update(office=made.east)
    Office.objects.filter(pk=made.west.pk).update(active=False)
    with pytest.raises(Refused, match="西山区还没有锁定 2026 年的统计"):
        locked(made, made.city, made.gao)
    page = browser(made.gao).get("/statistics/years/2026/420100/lock/").content.decode()
    assert "西山区没有锁定的原因" in page
    moved_earlier = AsOf(date(2027, 12, 31), date(2028, 1, 31))
    assert publishing.missing_below(made.city, moved_earlier) == [made.east]


def test_a_table_written_over_below_is_not_certified_from_above():
    made = small()
    book = locked(made, made.east, made.chen)
    locked(made, made.west, made.xu)
    write_over(book.tables.get(subject="coverage", dimension="office"), with_digest=True)
    with pytest.raises(Refused, match="东湖区的年度统计与锁定时不一致"):
        locked(made, made.city, made.gao)


def test_the_report_of_a_year_is_the_same_bytes_whatever_is_renamed_afterwards():
    made = small()
    locked(made, made.east, made.chen)
    locked(made, made.west, made.xu)
    first = yearly.report(locked(made, made.city, made.gao))
    Office.objects.filter(pk=made.city.pk).update(name="江城市市场监管局（改）", area="新江城市")
    Office.objects.filter(pk__in=[made.east.pk, made.province.pk]).update(name="改", area="改区")
    type(made.gao).objects.filter(pk=made.gao.pk).update(full_name="另有其人")
    with time_machine.travel(moment(date(2028, 5, 1))):
        again = yearly.report(Yearbook.objects.get(office=made.city))
    assert first == again
    assert "江城市市场监督管理局" in "".join(
        page.get_textpage().get_text_range() for page in pypdfium2.PdfDocument(first)
    )


def test_all_parts_of_a_year_know_until_the_same_day():
    """Between two days an enterprise can move: it would be counted in both counties, or in neither."""
    made = small()
    locked(made, made.east, made.chen)
    locked(made, made.west, made.xu, known=date(2027, 2, 5))
    with pytest.raises(Refused, match="下级“所知”的日期与 2027-01-31 不同：西山区 2027-02-05"):
        locked(made, made.city, made.gao)
    locked(made, made.west, made.xu)
    assert locked(made, made.city, made.gao).edition == 1


def test_a_county_where_nobody_serves_and_one_without_any_enterprise_lock_their_year_too():
    made = small()
    bare = office("420103", "南湖区", "county", made.city, "hubei")
    li = user("li", Role.COUNTY, office=bare)
    book = locked(made, bare, li)
    assert book.tables.get(subject="coverage", dimension="office").table[ALL, "all.n"] == 0
    assert book.roster.rows == []
    said(made.firms["ji"], made.posts["wu"], on=date(2026, 12, 1), known=date(2026, 12, 1), in_office="no")
    assert locked(made, made.west, made.xu).roster.rows == []
    assert publishing.holds(book)


def test_a_second_edition_stands_beside_the_first():
    made = small()
    first = locked(made, made.east, made.chen)
    said(made.firms["jia"], made.posts["zhao"], on=date(2026, 12, 1), known=date(2027, 2, 5), in_office="no")
    second = locked(made, made.east, made.chen, known=date(2027, 2, 9), statement="更正赵一的离任。")
    assert (first.edition, second.edition) == (1, 2)
    tables = [book.tables.get(subject="coverage", dimension="office").table for book in (first, second)]
    found = {(d.row.code, d.head.code): d.by for d in differences(*tables)}
    assert found[ALL, "all.has"] == -1
    assert found[ALL, "all.lacks"] == 1
    assert publishing.latest(made.east, 2026) == second


def test_two_editions_are_compared_record_by_record():
    made = small()
    first = locked(made, made.east, made.chen)
    said(made.firms["jia"], made.posts["zhao"], on=date(2026, 12, 1), known=date(2027, 2, 5), in_office="no")
    second = locked(made, made.east, made.chen, known=date(2027, 2, 9), statement="更正赵一的离任。")
    old, new = (book.tables.get(subject="coverage", dimension="office") for book in (first, second))
    client = browser(made.chen)
    link = f"/statistics/published/{old.pk}/why/?with={new.pk}"
    for shown in (old, new):
        assert link in client.get(shown.get_absolute_url()).content.decode()
    assert client.get(f"{link}&on=x").status_code == 200  # the days are those of the tables
    page = client.get(f"{link}&row=&column=all.has").content.decode()
    assert ("甲机械有限公司" in page, "登记 赵一：在任 = 否" in page) == (True, True)
    other = first.tables.get(subject="filings", dimension="office")
    elsewhere = locked(made, made.west, made.xu).tables.get(subject="coverage", dimension="office")
    for said_with in (other.pk, "nonsense", old.pk, elsewhere.pk):
        assert client.get(f"/statistics/published/{old.pk}/why/?with={said_with}").status_code == 404


def test_a_year_that_is_not_over_is_not_locked():
    made = small()
    with pytest.raises(Refused, match="2027 年还没有过完"):
        publishing.lock_year(
            made.east, 2027, known=KNOWN, statement="x", absences={}, by=made.chen, today=TODAY
        )


def test_only_the_own_year_is_locked():
    made = small()
    for by in (made.xu, made.gao, made.lin):
        with pytest.raises(PermissionDenied):
            locked(made, made.east, by)


def test_counties_by_another_edition_make_one_table_where_the_other_columns_are_empty(monkeypatch):
    made = small()
    locked(made, made.east, made.chen)
    monkeypatch.setattr("cqo_portal.statistics.tables.coverage.targets_of", lambda world: {})
    locked(made, made.west, made.xu)
    table = locked(made, made.city, made.gao).tables.get(subject="coverage", dimension="office").table
    assert [table[code, "small_and_medium.short"] for code in (made.east.pk, made.west.pk)] == [0, 0]
    assert table[made.west.pk, "small_and_medium.n"] == 2


def test_a_table_that_was_written_over_does_not_leave():
    made = small()
    held = published(made)
    wrong = held.body
    wrong["values"][0][1] = "9"
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute("ALTER TABLE statistics_published DISABLE TRIGGER USER")
        cursor.execute("UPDATE statistics_published SET content = %s", [zlib.compress(canonical(wrong))])
        cursor.execute("ALTER TABLE statistics_published ENABLE TRIGGER USER")
    client = browser(made.gao)
    for as_format in ("xlsx", "csv", "pdf"):
        answer = client.get(f"{held.get_absolute_url()}{as_format}/")
        assert (answer.status_code, answer.headers["Location"]) == (302, held.get_absolute_url())
    page = client.get(held.get_absolute_url()).content.decode()
    assert "与锁定时不一致，不能使用" in page
    assert 'class="num is-wrong"' in page


# ── the roster of a year ──────────────────────────────────────────────────────────────────────
def test_the_roster_goes_up_as_the_counties_locked_it():
    made = small()
    east, west = locked(made, made.east, made.chen), locked(made, made.west, made.xu)
    city = locked(made, made.city, made.gao)
    said(made.firms["jia"], made.posts["zhao"], on=date(2026, 12, 1), known=TODAY, in_office="no")
    assert publishing.county_books(city) == [east, west]
    order = orders.order(
        made.city, AT, columns=["name", "appointed_on"], as_format="csv", purpose="报省局年度统计", by=made.gao,
        yearbook=city,
    )  # fmt: skip
    orders.write(order.pk)
    rows = b"".join(orders.opened(Order.objects.get(pk=order.pk))).decode("utf-8-sig").split("\r\n")
    assert rows[:5] == [
        '"序号","首席质量官姓名","聘任日期"', '"1","赵一","2023-03-01"', '"2","孙三","2026-07-01"',
        '"3","李四","2026-09-01"', '"4","吴六","2024-01-01"',
    ]  # fmt: skip


def test_a_roster_written_over_in_the_database_is_found():
    made = small()
    book = locked(made, made.east, made.chen)
    assert publishing.holds(book)
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute("ALTER TABLE statistics_lockedroster DISABLE TRIGGER USER")
        cursor.execute("UPDATE statistics_lockedroster SET keys = '[]'")
        cursor.execute("ALTER TABLE statistics_lockedroster ENABLE TRIGGER USER")
    assert not publishing.holds(book)
