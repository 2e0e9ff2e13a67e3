"""The workbooks of `samples/`, as offices send them: exactly the verdicts listed there, and no other."""

import json

import pytest

from cqo_portal.imports import services, sheets, tidy
from cqo_portal.imports.headings import plain
from cqo_portal.imports.models import ImportRun
from cqo_portal.imports.reading import Terms, judged, mark_doubles, table
from cqo_portal.imports.tidy import Column
from cqo_portal.imports.workflow import APPLY_ALL, APPLY_GOOD
from cqo_portal.parties.load import load_offices
from cqo_portal.parties.models import Organisation
from registry.models import Entry, Officer
from tests.cast import TODAY
from tests.imports.files import SAMPLES, applied, run_of, sample, verdicts

LISTED = json.loads((SAMPLES / "verdicts.json").read_text(encoding="utf-8"))

# What a verdict must say, by the words of verdicts.json.
SAYS = {
    "not a number": "不是数字",
    "length": "应为 18 位",
    "duplicate in file (of an earlier row, unless that one is faulty)": "代码重复",
    "negative": "不能是负数",
    "missing name": "缺少企业名称",
    "unknown county": "没有找到县（市、区）",
    "check digit": "校验位",
    "unknown education level": "学历里没有",
    "contradicts the identity number": "与身份证号矛盾",
    "no such day": "这一天",
    "identity number lost its digits (scientific notation)": "已丢失末位",
    "not a name": "姓名里只能有",
    "enterprise not known": "企业库里没有这家企业",
    "twice in one session (unless the earlier row is faulty)": "重复签到",
}


def differences(
    name: str, said: list[tuple[str, str]], *, letters: dict[str, str] | None = None
) -> list[str]:
    """How what was said differs from what is listed: missing, unlisted, or saying something else."""
    listed = {
        f"{(letters or {}).get(column, column)}{row}": what for row, column, what in LISTED[name]["faults"]
    }
    found = dict(said)
    missing = [
        f"{address}: nothing said of “{what}”" for address, what in listed.items() if address not in found
    ]
    unlisted = [f"{address}: {sentence}" for address, sentence in said if address not in listed]
    other = [
        f"{a}: {found[a]} is not “{what}”"
        for a, what in listed.items()
        if a in found and SAYS[what] not in found[a]
    ]
    twice = ["several verdicts for one cell"] if len(found) != len(said) else []
    return missing + unlisted + other + twice


@pytest.fixture
def city(people):
    """The sixteen counties of Cangzhou."""
    load_offices()
    return people


@pytest.fixture
def enterprises_in(city) -> ImportRun:
    return run_of(sample("enterprises.xlsx"), by=city.meng)


def test_enterprises_get_the_listed_verdicts_and_no_other(enterprises_in):
    assert enterprises_in.state == "to_decide"
    assert enterprises_in.counts["all"] == LISTED["enterprises.xlsx"]["data_rows"] == 400
    assert differences("enterprises.xlsx", verdicts(enterprises_in)) == []
    assert enterprises_in.counts["refused"] == len(LISTED["enterprises.xlsx"]["faults"]) == 32


def test_the_comparison_itself_sees_a_verdict_that_is_missing_wrong_or_too_many(enterprises_in):
    """The control."""
    said = verdicts(enterprises_in)
    assert differences("enterprises.xlsx", said[1:]) == ["F16: nothing said of “not a number”"]
    assert differences("enterprises.xlsx", [*said, ("B5", "缺少企业名称。")]) == ["B5: 缺少企业名称。"]
    assert len(differences("enterprises.xlsx", [("F16", "缺少企业名称。"), *said[1:]])) == 1


def test_enterprises_are_tidied(enterprises_in):
    """Row 399 has a code in lower case with a blank; the figures are full-width or have thousands separators."""
    values = {row.number: row.told["values"] for row in enterprises_in.rows.all()}
    lower = next(v for v in values.values() if v.get("credit_code") == "91130984HE25XAEQ29")
    assert lower["county"] == "130984" and lower["industry"] == "34" and lower["size"] == "small"
    assert {v["persons"] for v in values.values() if v.get("persons")} >= {2400, 1000, 650, 60, 20, 19}
    assert {type(v["persons"]) for v in values.values() if v.get("persons")} == {int}
    assert enterprises_in.says[-2:] == [
        "第 410 行跳过：填报人：            审核人：            日期：",
        "没有用到的列：A 序号、I 是否规上、J 法人代表、K 联系电话",
    ]


def put_right(run: ImportRun, *, by) -> None:
    """The faulty enterprises as the officers' file knows them: it has every true name and code."""
    for row in run.rows.filter(outcome="refused"):
        typed = {}
        for verdict in row.told["verdicts"]:
            typed |= {"persons": {"persons": "300"}, "revenue": {"revenue": "300"}}.get(verdict["column"], {})
            if verdict["column"] == "enterprise":
                typed["enterprise"] = f"第{row.number}企业有限公司"
            if verdict["column"] == "county":
                typed["county"] = row.told["values"]["credit_code"][2:8]
        if typed:
            services.fix(run, number=row.number, typed=typed, by=by)


@pytest.fixture
def officers_in(city, enterprises_in) -> ImportRun:
    """The officers' file, where the register knows every enterprise but the one that does not exist."""
    put_right(enterprises_in, by=city.meng)
    applied(enterprises_in, APPLY_GOOD, by=city.meng)
    for name, code in [
        ("运河沧海阎刚紧固件有限公司", "91130903ATRF590Q6C"),
        ("南皮盛达白凯医药化工有限公司", "91130927X3EW83R183"),
        ("青华北林欣仓储服务有限公司", "91130922P0H9YMQP7C"),
        ("运河宏业姚佳检验检测有限公司", "91130903B4F2GAMP34"),
        ("海兴兴泰史诺电缆有限公司", "91130924A0EUA7UY90"),
        ("献天泽孟玉检验检测有限公司", "91130929927TPEHB5H"),
    ]:
        Organisation.objects.create(name=name, credit_code=code, office_id=code[2:8], industry="34")
    return run_of(sample("officers.xlsx"), by=city.meng, of_kind="officers")


def test_officers_get_the_listed_verdicts_and_no_other(officers_in):
    assert officers_in.counts["all"] == LISTED["officers.xlsx"]["data_rows"] == 150
    assert differences("officers.xlsx", verdicts(officers_in)) == []
    assert officers_in.counts["new"] == 150 - 22


def test_officers_stand_in_the_register_with_their_history(officers_in, city):
    done = applied(officers_in, APPLY_GOOD, by=city.meng)
    assert done.state == "done"
    assert Officer.objects.count() == 128
    su = Officer.objects.select_related("person").get(organisation__credit_code="911309840586PECN81")
    assert (su.name, su.post, su.education, su.title) == ("苏超", "副总经理", "secondary", "intermediate")
    assert (f"{su.appointed_on}", f"{su.term_ends}", su.ended_on) == ("2026-01-12", "2029-01-11", None)
    assert su.person.identity_number == "130984197102227933" and su.person.phone == "13926845642"
    followed = Officer.objects.filter(organisation__credit_code="91130981BXTQ6DM64D").order_by("appointed_on")
    assert [(f"{p.appointed_on}", p.ended_on and f"{p.ended_on}") for p in followed] == [
        ("2024-04-04", "2024-11-20"),
        ("2024-11-21", "2026-03-06"),
        ("2026-03-07", None),
    ]
    facts = dict(Entry.objects.filter(post=su).values_list("name", "value"))
    assert facts["in_office"] == "yes" and facts["quality_since"] == "2023-08-31"
    assert facts["term_ends"] == "2029-01-11"


# ── attendance belongs to training; here its columns are enough to judge it by the same reader ────
ATTENDANCE = (
    Column(key="name", label="学员姓名", synonyms=("姓名",), required=True, read=tidy.person_name),
    Column(key="identity_number", label="身份证号", required=True, sealed=True, read=tidy.identity_number),
    Column(key="hours", label="学时", required=True, read=tidy.decimal(most=100)),
    Column(
        key="class",
        label="课程类别",
        read=tidy.choice({"1": ("一类",), "2": ("二类",)}, offered="一类、二类"),
    ),
)


def test_attendance_in_gb18030_gets_the_listed_verdicts_and_no_other():
    found = table(sheets.read((SAMPLES / "attendance_gb18030.csv").read_bytes()), ATTENDANCE)
    terms = Terms(ATTENDANCE, found.header.factors, since_1904=False, today=TODAY)
    rows = [judged(row.number, row.cells, terms) for row in found.rows]
    mark_doubles(rows, ("identity_number",), said="与第 {number} 行是同一人，重复签到。")
    said = [(v.address, v.sentence) for row in rows for v in row.verdicts if v.forbids]
    letters = {text: "ABCDE"[column - 1] for column, text in found.header.texts.items()}
    assert plain("身 份 证 号") in letters
    assert len(rows) == LISTED["attendance_gb18030.csv"]["data_rows"] == 300
    assert differences("attendance_gb18030.csv", said, letters=letters) == []
    assert rows[17].values == {
        "name": "韩娟磊",
        "identity_number": "130982199002108730",
        "hours": "14",
        "class": "2",
    }


def test_all_rows_are_imported_only_when_none_is_refused(city, enterprises_in):
    from cqo_portal.workflow.engine import Refused, perform

    with pytest.raises(Refused, match="还有 32 行有误"):
        perform(APPLY_ALL, enterprises_in, by=city.meng)
    assert Organisation.objects.count() == 2
