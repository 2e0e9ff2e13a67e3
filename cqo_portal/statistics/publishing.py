"""Publishing a table, and locking a year: what was said once stays, and what is above is made of what is below."""

from collections.abc import Iterable, Iterator, Mapping
from datetime import date

from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, OperationalError, transaction
from django.db.models import Q

from cqo_portal.audit.record import record
from cqo_portal.busy import take_your_time, waited_too_long
from cqo_portal.digests import sha256
from cqo_portal.parties.models import Office
from cqo_portal.statistics import as_known
from cqo_portal.statistics.asked import AsOf
from cqo_portal.statistics.catalogue import SUBJECTS
from cqo_portal.statistics.counting import Fault, Row, Table, Unlike, body, faults, faults_of_kept, merged
from cqo_portal.statistics.models import LockedRoster, Published, Yearbook
from cqo_portal.statistics.permissions import publishes
from cqo_portal.statistics.roster import COLUMNS, Roster, as_said
from cqo_portal.statistics.subject import Subject, tabulate
from cqo_portal.statistics.world import World
from cqo_portal.workflow.engine import Refused

# What a year's set holds: each table by its first dimension, coverage by the others as well.
SET = [(subject, subject.dimensions[0]) for subject in SUBJECTS.values()]
SET += [(SUBJECTS["coverage"], SUBJECTS["coverage"].dimension(code)) for code in ("sector", "size")]


# ── one table ─────────────────────────────────────────────────────────────────────────────────
@transaction.atomic
def publish(
    subject: Subject, office: Office, at: AsOf, *, by_dimension: str, statement: str, by, today: date
) -> Published:
    """Lock a table for good. Raises `Refused` where it contradicts itself, or its days are not over."""
    if not publishes.test(by, office):
        raise PermissionDenied
    refuse_what_is_not_over(at, today=today)
    take_your_time()
    world, dimension = World(office, at), subject.dimension(by_dimension)
    table = tabulate(subject, world, by=dimension.code)
    refuse_faults(subject, faults(table))
    made = _kept(
        subject, dimension.code, office, at, table, edition=_edition(world), by=by, statement=statement
    )
    try:
        with transaction.atomic():
            _said("publish", made, by=by, note=statement)
            made.save()
    except IntegrityError as error:
        if "published_once_for_two_days" not in str(error):
            raise
        raise Refused("同样的一张表已经公布过了，数字没有变，不用再公布。") from error
    return made


def refuse_what_is_not_over(at: AsOf, *, today: date) -> None:
    if not at.is_final(today=today):
        raise Refused("“按哪一天所知”要选已经过完的一天：今天还会有登记，明天再算就可能不同。")
    if at.on > at.known:
        raise Refused("“截至”的这一天比“所知”的一天晚，公布的表不能预先算。")


def refuse_faults(subject: Subject, found: list[Fault]) -> None:
    if found:
        raise Refused(*(f"《{subject.title}》核对不符：{each.said}" for each in found[:5]))


def _edition(world: World) -> str:
    return world.pack.edition if world.pack else ""


def _kept(
    subject: Subject, dimension: str, office: Office, at: AsOf, table: Table, *, edition: str, by, **said
) -> Published:
    made = Published(
        office=office,
        subject=subject.code,
        dimension=dimension,
        version=subject.version,
        title=f"{subject.title}（{subject.dimension(dimension).label}）",
        rule_edition=edition,
        on=at.on,
        known=at.known,
        by=by,
        **said,
    )
    made.keep(body(table))
    return made


def _said(action: str, made: Published | Yearbook, *, by, note: str) -> None:
    """The act; the rows themselves ask for it."""
    edition = getattr(made, "rule_edition", "")
    record(action, made, by=by, note=note, rule_edition=edition, data={"digest": made.digest})


# ── a year ────────────────────────────────────────────────────────────────────────────────────
def latest(office: Office, year: int) -> Yearbook | None:
    return Yearbook.objects.filter(office=office, year=year).order_by("-edition").first()


def missing_below(office: Office, at: AsOf) -> list[Office]:
    """Offices right below that have locked nothing of that year: those at work, and those closed since that had enterprises."""
    return _missing(office, Yearbook.objects.latest_below(office, at.year), at)


def _missing(office: Office, below: Iterable[Yearbook], at: AsOf) -> list[Office]:
    if office.level == Office.Level.COUNTY:
        return []
    there = {book.office_id for book in below}
    without = [each for each in office.children.order_by("code") if each.pk not in there]
    closed = {each.pk for each in without if not each.active}
    had_some = _with_enterprises(closed, at) if closed else set()
    return [each for each in without if each.active or each.pk in had_some]


def _with_enterprises(closed: set[str], at: AsOf) -> set[str]:
    """Those of these offices to which, or to a county of which, an enterprise belonged."""
    counties = Office.objects.filter(Q(pk__in=closed) | Q(parent__in=closed), level=Office.Level.COUNTY)
    under = {pk: pk if pk in closed else parent for pk, parent in counties.values_list("pk", "parent")}
    held = as_known.offices_of(as_known.candidates(set(under)), at)
    return {under[county] for county in held.values() if county in under}


def _refuse_what_is_not_sound(below: list[Yearbook]) -> None:
    """What was written over below would be certified by a digest from above."""
    if wrong := [book.office.area for book in below if not holds(book)]:
        raise Refused(f"{'、'.join(wrong)}的年度统计与锁定时不一致，不能用来汇总；请联系系统管理员。")


def _refuse_other_days(below: list[Yearbook], *, known: date) -> None:
    """All know until the same day: between two days an enterprise can move, and would be in both counties or in neither."""
    other = [book for book in below if book.known != known]
    if other:
        names = "、".join(f"{book.office.area} {book.known}" for book in other)
        raise Refused(f"下级“所知”的日期与 {known} 不同：{names}。请选同一天，或者请其按同一天另锁定一版。")


def refuse_a_year_that_runs(year: int, *, today: date) -> None:
    if today <= date(year, 12, 31):
        raise Refused(f"{year} 年还没有过完，年度统计要到 {year + 1} 年 1 月 1 日以后才能锁定。")


def _held_alone(office: Office) -> Office:
    """One edition after the other. Raises `Refused` where somebody else is still at one."""
    try:
        with transaction.atomic():
            return Office.objects.select_for_update(no_key=True, of=("self",)).get(pk=office.pk)
    except OperationalError as error:
        if not waited_too_long(error):
            raise
        raise Refused(
            f"{office.area}的年度统计正由别人锁定，请稍候看结果，再决定要不要另锁定一版。"
        ) from error


@transaction.atomic
def lock_year(
    office: Office, year: int, *, known: date, statement: str, absences: Mapping[str, str], by, today: date
) -> Yearbook:
    """Lock the tables of a year together: of a county counted, above it made of what lies below. Raises `Refused`.

    A year that is locked already gets another edition beside the first.
    """
    if not publishes.test(by, office):
        raise PermissionDenied
    refuse_a_year_that_runs(year, today=today)
    at = AsOf(date(year, 12, 31), known)
    refuse_what_is_not_over(at, today=today)
    take_your_time()
    office = _held_alone(office)
    below = list(Yearbook.objects.latest_below(office, year).select_related("office"))
    missing = _missing(office, below, at)
    if unsaid := [each for each in missing if not absences.get(each.pk, "").strip()]:
        names = "、".join(each.area for each in unsaid)
        raise Refused(f"{names}还没有锁定 {year} 年的统计：等其锁定，或者写明为什么没有。")
    _refuse_other_days(below, known=known)
    _refuse_what_is_not_sound(below)
    before = latest(office, year)
    made = Yearbook(
        office=office,
        year=year,
        edition=before.edition + 1 if before else 1,
        on=at.on,
        known=known,
        statement=statement,
        absences={each.pk: absences[each.pk].strip() for each in missing},
        by=by,
    )
    made.words = {
        "office": office.name,
        "area": office.area,
        "above": office.parent.name if office.parent else "",
        "by": str(by),
        "without": _without(made, below),
    }
    tables, people = list(_tables(made, below, by=by)), _roster(made)
    made.digest = sha256(made.said(tables, roster=people.digest if people else ""))
    _said("lock-year", made, by=by, note=statement)
    made.save()
    if people:
        people.yearbook = made
        record("lock-roster", made, by=by, data={"digest": people.digest})
        people.save()
    for each in tables:
        each.yearbook = made
        _said("publish", each, by=by, note="")
        each.save()
    return made


def _tables(book: Yearbook, below: list[Yearbook], *, by) -> Iterator[Published]:
    at = AsOf(book.on, book.known)
    world = World(book.office, at)
    county = book.office.level == Office.Level.COUNTY
    left_out = book.words["without"]
    for subject, dimension in SET:
        parts: list[Published] = []
        if county or not subject.rolls_up:
            table = tabulate(subject, world, by=dimension.code)
        else:
            parts = _parts(below, subject, dimension.code)
            table = _whole(subject, dimension.code, parts)
        refuse_faults(subject, faults(table))
        said = [
            {"office": p.office_id, "area": p.office.area, "published": str(p.pk), "digest": p.digest}
            for p in parts
        ]
        words = f"没有纳入：{left_out}。" if parts and left_out else ""
        yield _kept(
            subject,
            dimension.code,
            book.office,
            at,
            table,
            edition=_edition(world),
            by=by,
            parts=said,
            statement=words,
        )


def _without(book: Yearbook, below: list[Yearbook]) -> str:
    """Which offices a year is made without, and why: its own, and those of the years it is made of."""
    areas = dict(Office.objects.filter(pk__in=list(book.absences)).values_list("pk", "area"))
    own = [f"{areas[code]}（{why.rstrip('。')}）" for code, why in sorted(book.absences.items())]
    return "；".join([*own, *(each.words["without"] for each in below if each.words["without"])])


def _roster(book: Yearbook) -> LockedRoster | None:
    """Of a county every officer of the last day, with every column; above it the counties keep theirs."""
    if book.office.level != Office.Level.COUNTY:
        return None
    found, codes = Roster(book.office, AsOf(book.on, book.known), list(COLUMNS)), list(COLUMNS)
    keys, rows = [], []
    for row in found.rows():
        keys.append(str(found.key_of(row)))
        values = found.values(row)
        rows.append([as_said(values[code]) for code in codes])
    made = LockedRoster(columns=codes, keys=keys, rows=rows)
    made.digest = sha256(made.said)
    return made


def county_books(book: Yearbook) -> list[Yearbook]:
    """The counties' years a year is made of, by the tables it names, in the order of their codes."""
    if book.office.level == Office.Level.COUNTY:
        return [book]
    whole = book.tables.filter(subject=SET[0][0].code, dimension=SET[0][1].code).defer("content").first()
    parts = Published.objects.filter(pk__in=[part["published"] for part in whole.parts] if whole else [])
    below = Yearbook.objects.filter(tables__in=parts).select_related("office").order_by("office_id")
    return [county for each in below for county in county_books(each)]


def _parts(below: list[Yearbook], subject: Subject, dimension: str) -> list[Published]:
    found = Published.objects.filter(yearbook__in=below, subject=subject.code, dimension=dimension)
    return list(found.select_related("office").order_by("office"))


def _whole(subject: Subject, dimension: str, parts: list[Published]) -> Table:
    if not parts:
        raise Refused("下级还没有一处锁定过这一年的统计，没有可以汇总的。")
    label = "县（市、区）" if parts[0].office.level == Office.Level.COUNTY else "市（州）"
    named = [(Row(each.office_id, each.office.area), each.table) for each in parts]
    try:
        return merged(named, by_part=dimension == "office", row_label=label if dimension == "office" else "")
    except Unlike as unlike:
        raise Refused(
            f"{unlike}的《{subject.title}》与其他各处的列不同（规则版本或定义版本不一样），不能合成一张表；"
            "请其按现行定义重新锁定一版。"
        ) from unlike


# ── checking what was locked ──────────────────────────────────────────────────────────────────
def is_sound(published: Published) -> bool:
    """Whether it says what was locked, and its figures are those of its records."""
    return published.is_what_was_said and not faults_of_kept(published.table)


def computed_again(published: Published) -> Table | None:
    """The same table from the same two days; None of one that was made of others."""
    if published.parts:
        return None
    subject = SUBJECTS.get(published.subject)
    if subject is None or subject.version != published.version:
        return None
    return tabulate(subject, World(published.office, published.at_days), by=published.dimension)


def holds(book: Yearbook) -> bool:
    """Whether every table of a year says what was locked, and there are just the tables and the roster it names."""
    tables = list(book.tables.select_related("office"))
    people = LockedRoster.objects.filter(yearbook=book).first()
    if sha256(book.said(tables, roster=people.digest if people else "")) != book.digest:
        return False
    if people and sha256(people.said) != people.digest:
        return False
    return all(is_sound(each) for each in tables)
