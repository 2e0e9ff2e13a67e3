"""The roster of a session by import: a sign-in sheet, or what was pasted. Nothing is posted by it.

A row is one person: hours and a class, or the hours of each class in a column of its own. What stands in the ledger
for this session stays; what is on the roster takes the hours of the row.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from decimal import Decimal
from uuid import UUID

from cqo_portal.imports import tidy
from cqo_portal.imports.catalogue import CHANGED, NEW, SAME, Consequence, Errand, Kind, add
from cqo_portal.imports.people import IDENTITY, index_of, new_person, on_record
from cqo_portal.imports.reading import Judged
from cqo_portal.imports.sheets import Unreadable
from cqo_portal.imports.tidy import Column
from cqo_portal.parties.models import Office, Person
from cqo_portal.wording import plain_decimal
from cqo_portal.workflow.engine import Refused
from training.ledger import clashes
from training.models import Entry, RosterLine, Session, Source, class_label
from training.permissions import holds_trainings

BATCH = 1000
CODE = "attendance"
_WORDS = {
    1: ("一类", "第一类", "1", "1类", "第1类", "一", "Ⅰ", "Ⅰ类", "I类", "一类课程", "第一类课程", "一类学时", "第一类学时"),
    2: ("二类", "第二类", "2", "2类", "第2类", "二", "Ⅱ", "Ⅱ类", "II类", "二类课程", "第二类课程", "二类学时", "第二类学时"),
    None: ("不分类", "不分", "无", "-", "/"),
}  # fmt: skip
_CODES = {1: "1", 2: "2", None: "none"}
_MEANT = {code: course_class for course_class, code in _CODES.items()}
SPLIT = {1: "hours_1", 2: "hours_2"}
NAME = Column(
    key="name",
    label="姓名",
    synonyms=("学员姓名", "学员", "人员姓名", "参训人员", "参训人员姓名", "参训人", "参加人员", "参会人员", "签到人", "首席质量官姓名",
              "首席质量官", "培训人员", "受训人", "签到姓名"),
    required=True,
    read=tidy.person_name,
    fill="王雪松",
)  # fmt: skip
HOURS = Column(
    key="hours",
    label="学时",
    synonyms=("学时数", "课时", "课时数", "培训学时", "获得学时", "所得学时", "实际学时", "参训学时", "完成学时", "出勤学时", "认定学时",
              "学时合计", "合计学时", "总学时", "学分学时"),
    read=tidy.class_hours,
    fill="7",
)  # fmt: skip
CLASS = Column(
    key="class",
    label="课程类别",
    synonyms=("类别", "类", "课程类", "课程类型", "课程分类", "学时类别", "学时类型", "学时分类", "培训类别", "课时类别", "一类/二类",
              "第一类/第二类"),
    read=tidy.choice({_CODES[of]: words for of, words in _WORDS.items()}, offered="第一类、第二类"),
    fill="第一类",
)  # fmt: skip


def _hours_of(course_class: int) -> Column:
    """A column with the hours of one class."""
    numbered = [word for word in _WORDS[course_class] if word.endswith("类")]
    forms = ("{}学时", "{}课时", "{}学时数", "{}课程学时", "{}课程", "{}", "学时{}", "课时{}", "培训学时{}")
    label = f"{class_label(course_class)}学时"
    synonyms = tuple(form.format(word) for word in numbered for form in forms)
    return Column(key=SPLIT[course_class], label=label, synonyms=synonyms, read=tidy.class_hours, fill="7")


HOURS_OF = {course_class: _hours_of(course_class) for course_class in SPLIT}


def columns(office: Office | None) -> tuple[Column, ...]:
    return (NAME, IDENTITY, HOURS, CLASS, *HOURS_OF.values())


def columns_of(session: Session) -> tuple[Column, ...]:
    """What a template for this session asks: hours once, or of each class it gives."""
    classes = [each.course_class for each in session.hours.all()]
    return (NAME, IDENTITY, *([HOURS_OF[of] for of in classes] if len(classes) > 1 else [HOURS]))


def names_of(sessions: Iterable[UUID]) -> dict[UUID, str]:
    return {each.pk: str(each) for each in Session.objects.filter(pk__in=list(sessions))}


# ── what a row says ───────────────────────────────────────────────────────────────────────────
def is_split(row: Judged) -> bool:
    return any(key in row.cells for key in SPLIT.values())


def key_for(row: Judged, course_class: int | None) -> str:
    """The column that says the hours of a class."""
    return SPLIT[course_class] if is_split(row) else "hours"


def asked(row: Judged) -> dict[int | None, Decimal]:
    """The hours of a row, class by class; those that are none are left out. The row was judged."""
    if is_split(row):
        told = {of: Decimal(row.values.get(key) or 0) for of, key in SPLIT.items()}
    else:
        told = {_MEANT[row.values["class"]]: Decimal(row.values["hours"])}
    return {of: hours for of, hours in told.items() if hours}


class HoursJudge:
    """The hours of a row against those the session gives. Asks no database."""

    def __init__(self, given: Mapping[int | None, Decimal]) -> None:
        self.given = dict(given)
        self.classes = "、".join(class_label(of) for of in self.given)

    def refuse_the_layout(self, row: Judged) -> None:
        """What no cell put right could mend. Raises `Unreadable`."""
        if not is_split(row) and "hours" not in row.cells:
            raise Unreadable("表里没有“学时”一列。请加上这一列，写明每个人的学时，再传。")
        if not is_split(row) and "class" not in row.cells and len(self.given) > 1:
            raise Unreadable(
                f"这一场有{self.classes}两类学时，表里看不出是哪一类。请加一列“课程类别”，或者分成“第一类学时”“第二类学时”两列，再传。"
            )

    def judge(self, row: Judged) -> None:
        (self._judge_split if is_split(row) else self._judge_one)(row)

    def _judge_split(self, row: Judged) -> None:
        written = {of: key for of, key in SPLIT.items() if Decimal(row.values.get(key) or 0)}
        for of, key in written.items():
            self._judge_amount(row, of, key)
        if not written and not self._spoke_of(row, *SPLIT.values()):
            row.refuse(_first(row, SPLIT.values()), "没有写学时。没有参加的人，不要写进名单。")
        whole = sum((Decimal(row.values[key]) for key in written.values()), Decimal(0))
        if row.values.get("hours") and Decimal(row.values["hours"]) != whole and not row.refused:
            row.refuse(
                "hours", f"合计 {row.values['hours']} 与各类之和 {plain_decimal(whole)} 不符，请核对。"
            )

    def _judge_one(self, row: Judged) -> None:
        if not self._spoke_of(row, "hours") and not Decimal(row.values.get("hours") or 0):
            row.refuse("hours", "没有写学时。没有参加的人，不要写进名单。")
        if row.values.get("class") is None and not self._spoke_of(row, "class"):
            if len(self.given) > 1:
                row.refuse("class", f"没有写课程类别：这一场有{self.classes}，请写明是哪一类。")
                return
            row.values["class"] = _CODES[next(iter(self.given))]
        if row.is_sound("class"):
            self._judge_class(row, _MEANT[row.values["class"]])

    def _judge_class(self, row: Judged, course_class: int | None) -> None:
        if course_class not in self.given:
            row.refuse("class", f"这一场没有{class_label(course_class)}学时，只有{self.classes}。")
        elif row.is_sound("hours"):
            self._judge_amount(row, course_class, "hours")

    def _judge_amount(self, row: Judged, course_class: int | None, key: str) -> None:
        most = self.given.get(course_class)
        if most is None:
            row.refuse(key, f"这一场没有{class_label(course_class)}学时，只有{self.classes}。")
        elif Decimal(row.values[key]) > most:
            of = "" if course_class is None else class_label(course_class)
            row.refuse(key, f"这一场{of}共 {plain_decimal(most)} 学时，这里是 {row.values[key]}，请核对。")

    def _spoke_of(self, row: Judged, *keys: str) -> bool:
        return any(verdict.forbids and verdict.column in keys for verdict in row.verdicts)


def _first(row: Judged, keys: Iterable[str]) -> str:
    return next(key for key in keys if key in row.cells)


# ── the work ──────────────────────────────────────────────────────────────────────────────────
class RosterWork:
    """Rows of one session. What is looked up is looked up for all rows together."""

    def __init__(self, errand: Errand) -> None:
        self.errand = errand
        self._open(Session.objects.get(pk=errand.target))

    def _open(self, session: Session) -> None:
        self.session = session
        self.given = {each.course_class: each.hours for each in session.hours.all()}

    def hold(self, rows: Sequence[Judged]) -> None:
        """Until the end nobody posts or cancels the session. Raises `Refused`."""
        self._open(Session.objects.select_for_update(no_key=True, of=("self",)).get(pk=self.session.pk))
        if self.session.state == Session.State.CANCELLED:
            raise Refused("这一场已经取消，名单不能再导入。")

    def title_of(self, row: Judged) -> str:
        return str(row.values.get("name") or "")

    def judge(self, rows: Sequence[Judged]) -> None:
        hours = HoursJudge(self.given)
        if rows:
            hours.refuse_the_layout(rows[0])
        for row in rows:
            hours.judge(row)
        self._look_up(rows)
        mine = set(self.errand.by.assignments.values_list("person_id", flat=True))
        for row in rows:
            if (person := self._person(row)) is not None:
                self._judge_person(row, person, mine=mine)
        self._judge_times([row for row in rows if not row.refused and self._person(row)])

    def _look_up(self, rows: Sequence[Judged]) -> None:
        self.indexes = {row.number: index_of(row) for row in rows if row.is_sound("identity_number")}
        self.people = on_record(self.indexes.values())
        stands = Entry.objects.standing().filter(session=self.session)
        self.standing = {
            tuple(key): hours for *key, hours in stands.values_list("person", "course_class", "hours")
        }
        self.roster = {(line.person_id, line.course_class): line for line in self.session.roster.all()}

    def _person(self, row: Judged) -> Person | None:
        return self.people.get(self.indexes.get(row.number, ""))

    def _judge_person(self, row: Judged, person: Person, *, mine: set) -> None:
        if row.is_sound("name") and row.values["name"] != person.name:
            row.refuse("name", "这个证件号码与登记的姓名不一致，请核对号码和姓名。")
        if person.pk in mine:
            row.refuse("identity_number", "这是您本人。本人的学时不能由本人登记，请由同事导入这一行。")
        for of, hours in ({} if row.refused else asked(row)).items():
            stands = self.standing.get((person.pk, of), hours)
            if stands != hours:
                said = f"这个人在本场已经入账 {plain_decimal(stands)} 学时；要改学时，请先冲正原记录。"
                row.refuse(key_for(row, of), said)

    def _judge_times(self, rows: Sequence[Judged]) -> None:
        """Whose the other session is, is not told."""
        lines = [
            (row, self._line(row, of, hours)) for row in rows for of, hours in self._open_in(row).items()
        ]
        for number, (_, line) in enumerate(lines):
            line.pk = number
        found = clashes(self.session, [line for _, line in lines])
        for row in {row.number: row for row, line in lines if line.pk in found}.values():
            said = "这个人在同一时间已有别的培训入账。请核对；没有来上课的，不要写进名单。"
            row.refuse("identity_number", said)

    def _open_in(self, row: Judged) -> dict[int | None, Decimal]:
        """What a row asks for and what does not stand in the ledger already."""
        person = self._person(row)
        key = person and person.pk
        return {of: hours for of, hours in asked(row).items() if (key, of) not in self.standing}

    def _line(self, row: Judged, course_class: int | None, hours: Decimal) -> RosterLine:
        person = self._person(row)
        held = self.roster.get((person.pk, course_class))
        return RosterLine(
            session=self.session,
            person=person,
            name=row.values["name"],
            course_class=course_class,
            hours=hours,
            meetings=held.meetings if held else [],
            source=Source.UPLOAD,
            by=self.errand.by,
        )

    # ── what follows ──
    def plan(self, rows: Sequence[Judged]) -> list[Consequence]:
        return [self._follows(row) for row in rows]

    def _follows(self, row: Judged) -> Consequence:
        person = self._person(row)
        told = self._open_in(row)
        had = {of: self.roster.get((person and person.pk, of)) for of in told}
        differs = [of for of, line in had.items() if line and line.hours != told[of]]
        changes = tuple((_label(of), plain_decimal(had[of].hours), plain_decimal(told[of])) for of in differs)
        outcome = CHANGED if differs else NEW if any(line is None for line in had.values()) else SAME
        return Consequence(outcome, changes, self.title_of(row))

    def _to_write(self, row: Judged) -> Iterator[RosterLine]:
        """What the roster does not say already: a line that stays is still whose it was, and came as it came."""
        for line in (self._line(row, of, hours) for of, hours in self._open_in(row).items()):
            held = self.roster.get((line.person_id, line.course_class))
            if held is None or held.hours != line.hours:
                yield line

    def apply(self, rows: Sequence[Judged], *, tell: Callable[[int], None]) -> None:
        self._look_up(rows)
        for done in range(0, len(rows), BATCH):
            part = rows[done : done + BATCH]
            self._enter_the_unknown(part)
            RosterLine.objects.bulk_create(
                [line for row in part for line in self._to_write(row)],
                update_conflicts=True,
                unique_fields=["session", "person", "course_class"],
                update_fields=["hours", "name", "source", "by", "at"],
            )
            tell(done + len(part))

    def _enter_the_unknown(self, rows: Sequence[Judged]) -> None:
        """Whoever was entered meanwhile by somebody else stops it: the run is judged anew and put back."""
        unknown = {index: row for row in rows if (index := self.indexes[row.number]) not in self.people}
        new = [new_person(row) for row in unknown.values()]
        for person in new:
            person.derive()  # many at once never pass through `save`
        self.people |= dict(zip(unknown, Person.objects.bulk_create(new), strict=True))


def _label(course_class: int | None) -> str:
    return "学时" if course_class is None else f"{class_label(course_class)}学时"


add(
    Kind(
        code=CODE,
        label="培训名单",
        about="一场培训里谁来了、各有多少学时。写进名单以后还要入账，学时才记到个人名下。",
        columns=columns,
        unique=("identity_number",),
        doubled="与第 {number} 行是同一个人，同一场重复登记；两类学时都有的，请用“第一类学时”“第二类学时”两列写在一行。",
        allowed=holds_trainings,
        work=RosterWork,
        leads_to="training:session",
        targets=names_of,
    )
)
