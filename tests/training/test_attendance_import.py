"""A roster by import: the sample to the letter, other layouts, each verdict with its control, and what is written."""

from datetime import date
from decimal import Decimal as D

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db.models import CharField
from django.db.models.functions import Cast

from cqo_portal.accounts.models import Assignment, Role
from cqo_portal.audit.models import Event
from cqo_portal.imports import services, worker
from cqo_portal.imports.models import ImportRun
from cqo_portal.imports.workflow import APPLY_ALL, APPLY_GOOD
from cqo_portal.parties.models import Person
from cqo_portal.workflow.engine import perform
from tests.cast import TODAY, browser
from tests.imports.files import applied, run_of, sample, verdicts, workbook
from tests.imports.listed import LISTED, differences
from tests.training import rows
from training import ledger
from training.models import Entry, RosterLine
from training.workflow import CANCEL

pytestmark = pytest.mark.django_db
DAY = date(2026, 10, 17)
HEADER = ("学员姓名", "身份证号", "学时", "课程类别")
BOTH = {1: "21", 2: "21"}
MORNING = (rows.at(DAY, 9), rows.at(DAY, 12))
NUMBER = rows.identity(901)


@pytest.fixture
def tan(people):
    made = rows.provider()
    rows.commission(made.acting.institution, people.offices["130900"], by=people.meng)
    return made


@pytest.fixture
def held(tan):
    return rows.session(tan, hours=BOTH)


def sent(upload, session, *, by) -> ImportRun:
    return run_of(upload, by=by, of_kind="attendance", year=None, target=session.pk)


def csv(*lines: str, name: str = "名单.csv") -> SimpleUploadedFile:
    return SimpleUploadedFile(name, "\n".join(lines).encode())


def told(session, *line, by, header=HEADER) -> list[tuple[str, str]]:
    """What is said against one row, also of a row that was sent before."""
    ImportRun.objects.update(sheet=Cast("id", CharField()))
    return verdicts(sent(workbook(header, line, name=f"{line}.xlsx"), session, by=by))


def on(session) -> list[tuple]:
    return [
        (line.name, line.person.identity_number, line.course_class, line.hours)
        for line in session.roster.for_list().order_by("id")
    ]


# ── the sample ────────────────────────────────────────────────────────────────────────────────
def test_the_sample_gets_the_listed_verdicts_and_no_other(held, tan):
    run = sent(sample("attendance_gb18030.csv"), held, by=tan)
    letters = {text: "ABCDE"[int(column) - 1] for column, text in run.layout["texts"].items()}
    assert run.counts["all"] == LISTED["attendance_gb18030.csv"]["data_rows"] == 300
    assert differences("attendance_gb18030.csv", verdicts(run), letters=letters) == []
    assert run.counts == {"new": 277, "refused": 23, "remarked": 0, "all": 300}


def test_the_sound_rows_of_the_sample_are_on_the_roster_and_nothing_is_posted(held, tan):
    run = applied(sent(sample("attendance_gb18030.csv"), held, by=tan), APPLY_GOOD, by=tan)
    assert run.state == "done"
    assert held.roster.count() == Person.objects.count() == 277
    assert ("韩娟磊", "130982199002108730", 2, D("14.00")) in on(held)
    assert set(held.roster.values_list("source", "by")) == {("upload", tan.pk)}
    assert not Entry.objects.exists()
    of_han = Person.objects.get(name="韩娟磊")
    assert (of_han.born_on, of_han.sex) == (date(1990, 2, 10), "1")
    assert Person.objects.matching("hanjuanlei").get() == of_han


# ── layouts ───────────────────────────────────────────────────────────────────────────────────
@pytest.mark.parametrize(
    "lines",
    [
        (("课程类别", "学时", "证件号码", "姓名"), ("一类", 7, NUMBER, "王雪松")),
        (("序号", "姓 名", "身份证\n号码", "培训学时", "类别"), (1, "王雪松", NUMBER, "7", "Ⅰ")),
        (("2026年培训班签到表",), ("参训人员", "身份证号码", "课时（节）", "课程类型"), ("王雪松", NUMBER, 7.0, 1)),
        (("姓名", "身份证号", "第一类学时", "第二类学时"), ("王雪松", NUMBER, 7, None)),
        (("姓名", "身份证号", "二类课时", "一类课时", "学时合计"), ("王雪松", NUMBER, 0, 7, 7)),
        (("姓名", "身份证号", "学时", None), (None, None, "第一类", "第二类"), ("王雪松", NUMBER, "７．０", "")),
        (("姓名", "身份证号", "学时", "类别"), ("王雪松", "".join(chr(ord(c) + 0xFEE0) for c in NUMBER), "７", "第１类"),
         ("填报人：李静", None, None, None)),
    ],
    ids=["reordered", "blanks and line breaks", "title above", "two columns", "and a total", "two lines", "full width"],
)  # fmt: skip
def test_offices_never_send_the_same_layout_twice(held, tan, lines):
    run = sent(workbook(*lines), held, by=tan)
    assert (verdicts(run), run.counts["new"]) == ([], 1)
    applied(run, APPLY_ALL, by=tan)
    assert on(held) == [("王雪松", NUMBER, 1, D(7))]


def test_two_columns_write_a_line_for_each_class(held, tan):
    header = ("姓名", "身份证号", "第一类学时", "第二类学时")
    applied(sent(workbook(header, ("王雪松", NUMBER, 7, 3.25)), held, by=tan), APPLY_ALL, by=tan)
    assert on(held) == [("王雪松", NUMBER, 1, D(7)), ("王雪松", NUMBER, 2, D("3.25"))]


@pytest.mark.parametrize("only", [1, 2, None])
def test_where_the_session_gives_one_class_no_column_is_needed(tan, only):
    held = rows.session(tan, hours={only: "6"})
    applied(sent(csv("姓名,身份证号,学时", f"王雪松,{NUMBER},5.5"), held, by=tan), APPLY_ALL, by=tan)
    assert on(held) == [("王雪松", NUMBER, only, D("5.5"))]


@pytest.mark.parametrize(
    ("header", "said"),
    [
        ("姓名,身份证号", "表里没有“学时”一列"),
        ("姓名,身份证号,学时", "这一场有第一类、第二类两类学时，表里看不出是哪一类"),
        ("姓名,学时", "缺少“身份证号”"),
    ],
)
def test_what_no_cell_could_mend_is_said_of_the_file(held, tan, header, said):
    run = sent(csv(header, f"王雪松,{NUMBER},7"), held, by=tan)
    assert run.state == "failed" and said in run.failure


# ── verdicts: each with what is sound beside it ───────────────────────────────────────────────
def wrong(number: str) -> str:
    return number[:-1] + ("0" if number[-1] != "0" else "1")


@pytest.mark.parametrize(
    ("line", "address", "said"),
    [
        (("王雪松", wrong(NUMBER), 7, "一类"), "B2", "校验位"),
        (("王雪松", NUMBER[:17], 7, "一类"), "B2", "应为 18 位"),
        (("王雪松", 1.30981198001019e17, 7, "一类"), "B2", "已丢失末位"),
        (("王雪松", None, 7, "一类"), "B2", "缺少身份证号"),
        (("王123", NUMBER, 7, "一类"), "A2", "姓名第 2 个字符"),
        (("王雪松", NUMBER, "七", "一类"), "C2", "学时不是数字"),
        (("王雪松", NUMBER, -7, "一类"), "C2", "学时不能是负数"),
        (("王雪松", NUMBER, 0, "一类"), "C2", "没有写学时"),
        (("王雪松", NUMBER, None, "一类"), "C2", "没有写学时"),
        (("王雪松", NUMBER, 3.333, "一类"), "C2", "学时最多两位小数，这里是 3.333"),
        (("王雪松", NUMBER, "6.999", "一类"), "C2", "学时最多两位小数，这里是 6.999"),
        (("王雪松", NUMBER, 21.01, "一类"), "C2", "这一场第一类共 21 学时，这里是 21.01"),
        (("王雪松", NUMBER, 7, "三类"), "D2", "课程类别里没有“三类”，可填：第一类、第二类"),
        (("王雪松", NUMBER, 7, "不分类"), "D2", "这一场没有不分类学时，只有第一类、第二类"),
        (("王雪松", NUMBER, 7, None), "D2", "没有写课程类别：这一场有第一类、第二类"),
    ],
)  # fmt: skip
def test_a_row_that_cannot_be_is_refused_at_its_cell(held, tan, line, address, said):
    [(found, sentence)] = told(held, *line, by=tan)
    assert found == address and said in sentence
    assert told(held, "王雪松", NUMBER, "21.00", "一类", by=tan) == []  # the control


@pytest.mark.parametrize(
    ("line", "address", "said"),
    [
        (("王雪松", NUMBER, 7, 22, None), "D2", "这一场第二类共 21 学时，这里是 22"),
        (("王雪松", NUMBER, 7, 3, 11), "E2", "合计 11 与各类之和 10 不符"),
        (("王雪松", NUMBER, None, 0, None), "C2", "没有写学时"),
        (("王雪松", NUMBER, "半天", 3, None), "C2", "第一类学时不是数字"),
    ],
)
def test_so_are_the_hours_of_two_columns(held, tan, line, address, said):
    header = ("姓名", "身份证号", "第一类学时", "第二类学时", "合计学时")
    [(found, sentence)] = told(held, *line, by=tan, header=header)
    assert found == address and said in sentence
    assert told(held, "王雪松", NUMBER, 7, 3, 10, by=tan, header=header) == []


def test_a_class_the_session_does_not_give(tan):
    held = rows.session(tan, hours={1: "7"})
    assert told(held, "王雪松", NUMBER, 7, "二类", by=tan) == [("D2", "这一场没有第二类学时，只有第一类。")]
    assert told(held, "王雪松", NUMBER, 7, "一类", by=tan) == []


def test_nobody_is_twice_in_one_session_but_after_a_faulty_row_one_is_the_first(held, tan):
    twice = workbook(HEADER, ("王雪松", NUMBER, 7, "一类"), ("王雪松", NUMBER, 7, "二类"))
    [(address, said)] = verdicts(sent(twice, held, by=tan))
    assert address == "B3" and said.startswith("与第 2 行是同一个人，同一场重复登记")
    after = workbook(HEADER, ("王雪松", NUMBER, -7, "一类"), ("王雪松", NUMBER, 7, "二类"))
    assert [address for address, _ in verdicts(sent(after, held, by=tan))] == ["C2"]


def test_a_number_known_under_another_name_is_refused_and_the_name_is_not_told(held, tan):
    known = rows.person("李文静")
    [(address, said)] = told(held, "王雪松", known.identity_number, 7, "一类", by=tan)
    assert (address, said) == ("A2", "这个证件号码与登记的姓名不一致，请核对号码和姓名。")
    assert told(held, "李文静", known.identity_number, 7, "一类", by=tan) == []


def test_nobody_brings_in_himself(held, tan):
    myself = rows.person("谭一鸣")
    line = ("谭一鸣", myself.identity_number, 7, "一类")
    assert told(held, *line, by=tan) == []  # the control: not himself yet
    Assignment.objects.create(user=tan, role=Role.OFFICER, person=myself)
    [(address, said)] = told(held, *line, by=tan)
    assert address == "B2" and said.startswith("这是您本人。")


class TestWhatStandsAlready:
    @pytest.fixture
    def wang(self):
        return rows.person()

    @pytest.fixture
    def posted(self, held, tan, wang):
        rows.came(held, wang, "7", course_class=1)
        return rows.posted(held, by=tan)

    def outcome(self, session, *line, by) -> str:
        return sent(workbook(HEADER, line, name=f"{line}.xlsx"), session, by=by).rows.get().outcome

    def test_what_the_ledger_has_is_the_same_and_nothing_happens(self, posted, tan, wang):
        assert self.outcome(posted, "王雪松", wang.identity_number, 7, "一类", by=tan) == "same"
        run = sent(
            csv(",".join(HEADER), f"王雪松,{wang.identity_number},7,一类", f"李静,{NUMBER},7,一类"),
            posted,
            by=tan,
        )
        applied(run, APPLY_ALL, by=tan)
        assert [name for name, *_ in on(posted)] == ["李静"]

    def test_with_other_hours_the_entry_is_reversed_first(self, posted, tan, wang):
        line = ("王雪松", wang.identity_number, 14, "一类")
        assert told(posted, *line, by=tan) == [
            ("C2", "这个人在本场已经入账 7 学时；要改学时，请先冲正原记录。")
        ]
        ledger.reverse(wang.entries.get(), reason="误登", by=tan)
        assert told(posted, *line, by=tan) == []

    def test_the_other_class_is_new(self, posted, tan, wang):
        assert self.outcome(posted, "王雪松", wang.identity_number, 7, "二类", by=tan) == "new"

    def test_other_hours_on_the_roster_are_changed_and_shown(self, held, tan, wang):
        rows.came(held, wang, "3.5", course_class=1, meetings=[4])
        assert self.outcome(held, "王雪松", wang.identity_number, "3.50", "一类", by=tan) == "same"
        run = sent(csv(",".join(HEADER), f"王雪松,{wang.identity_number},7,一类"), held, by=tan)
        row = run.rows.get()
        assert (row.outcome, row.told["changes"]) == ("changed", [["第一类学时", "3.5", "7"]])
        applied(run, APPLY_ALL, by=tan)
        line = held.roster.get()
        assert (line.hours, line.source, line.meetings) == (D(7), "upload", [4])

    def test_a_line_the_row_does_not_change_is_left_alone(self, held, tan, wang):
        signed, other = (rows.came(held, wang, "7", course_class=of) for of in (1, 2))
        RosterLine.objects.update(source="signed", name="王雪嵩")
        header = ("姓名", "身份证号", "第一类学时", "第二类学时")
        applied(
            sent(workbook(header, ("王雪松", wang.identity_number, 7, 14)), held, by=tan), APPLY_ALL, by=tan
        )
        stays, changed = held.roster.get(pk=signed.pk), held.roster.get(pk=other.pk)
        assert (stays.source, stays.by, stays.at, stays.name) == ("signed", None, signed.at, "王雪嵩")
        assert (changed.source, changed.by, changed.hours, changed.name) == ("upload", tan, D(14), "王雪松")


class TestNobodyIsAtTwoPlaces:
    @pytest.fixture
    def elsewhere(self, tan):
        """王雪松 was at another session, from nine to noon."""
        wang = rows.person()
        other = rows.session(tan, hours={None: "3"}, times=(MORNING,))
        rows.came(other, wang)
        rows.posted(other, by=tan)
        return wang

    def test_another_session_at_the_same_time_is_said_and_not_whose(self, elsewhere, tan):
        at_noon = rows.session(tan, hours={1: "3"}, times=((rows.at(DAY, 11, 59), rows.at(DAY, 14)),))
        line = ("王雪松", elsewhere.identity_number, 3, "一类")
        [(address, said)] = told(at_noon, *line, by=tan)
        assert address == "B2" and said.startswith("这个人在同一时间已有别的培训入账。")

    def test_from_the_minute_it_ends_there_is_none(self, elsewhere, tan):
        after = rows.session(tan, hours={1: "3"}, times=((rows.at(DAY, 12), rows.at(DAY, 14)),))
        assert told(after, "王雪松", elsewhere.identity_number, 3, "一类", by=tan) == []

    def test_a_reversal_leaves_the_time(self, elsewhere, tan):
        ledger.reverse(elsewhere.entries.get(), reason="误登", by=tan)
        at_noon = rows.session(tan, hours={1: "3"}, times=(MORNING,))
        assert told(at_noon, "王雪松", elsewhere.identity_number, 3, "一类", by=tan) == []


# ── between the look and the writing ──────────────────────────────────────────────────────────
def test_a_session_cancelled_meanwhile_puts_the_run_back(held, tan):
    run = perform(APPLY_GOOD, sent(csv(",".join(HEADER), f"王雪松,{NUMBER},7,一类"), held, by=tan), by=tan)
    perform(CANCEL, held, by=tan, note="场地有变", today=TODAY)
    worker.apply(run.pk)
    run.refresh_from_db()
    assert (run.state, RosterLine.objects.count(), Person.objects.count()) == ("to_decide", 0, 0)
    assert (
        Event.objects.about(run).get(action="put-back").note
        == "这一场已经取消，名单不能再导入。一行也没有导入。"
    )


def test_a_name_that_was_entered_meanwhile_puts_it_back(held, tan):
    run = perform(APPLY_ALL, sent(csv(",".join(HEADER), f"王雪松,{NUMBER},7,一类"), held, by=tan), by=tan)
    Person.objects.create(name="李静", identity_kind="resident", identity_number=NUMBER)
    worker.apply(run.pk)
    run.refresh_from_db()
    assert (run.state, run.counts["refused"]) == ("to_decide", 1)
    assert not RosterLine.objects.exists()


def test_a_cell_is_put_right_in_place(held, tan):
    run = sent(csv(",".join(HEADER), f"王雪松,{NUMBER},七,一类"), held, by=tan)
    services.fix(run, number=2, typed={"hours": "７"}, by=tan)
    assert verdicts(run) == []
    applied(ImportRun.objects.get(), APPLY_ALL, by=tan)
    assert on(held) == [("王雪松", NUMBER, 1, D(7))]


# ── whose a run is ────────────────────────────────────────────────────────────────────────────
def test_a_run_is_of_the_house_that_sent_it(held, tan, people):
    run = sent(csv(",".join(HEADER), f"王雪松,{NUMBER},7,一类"), held, by=tan)
    assert (run.office, run.institution, run.target) == (None, tan.acting.institution, held.pk)
    other = rows.provider("泊头培训中心", username="bo")
    seen = {
        who.username for who in (tan, other, people.wang, people.meng) if ImportRun.objects.visible_to(who)
    }
    assert seen == {"tan"}


def test_the_same_file_may_go_into_another_session(held, tan):
    lines = (",".join(HEADER), f"王雪松,{NUMBER},7,一类")
    first = sent(csv(*lines), held, by=tan)
    assert sent(csv(*lines), rows.session(tan, hours=BOTH), by=tan) != first
    with pytest.raises(services.SameFile):
        sent(csv(*lines), held, by=tan)


def test_an_evaluation_body_of_the_same_name_imports_nothing(held, tan):
    run = sent(csv(",".join(HEADER), f"王雪松,{NUMBER},7,一类"), held, by=tan)
    body = Assignment.objects.create(user=tan, role=Role.BODY, institution=tan.acting.institution)
    assert not ImportRun.objects.visible_to(tan.acting_as(body))
    assert browser(tan).get("/imports/").status_code == 200  # the control: as provider
    assert run.by == tan
