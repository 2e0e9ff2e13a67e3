"""A run from the file to the register, in the hands of those who may: preview, correction, decision, and back again."""

import io
from datetime import timedelta

import openpyxl
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from cqo_portal.audit.models import Event
from cqo_portal.imports import services, worker
from cqo_portal.imports.catalogue import kind
from cqo_portal.imports.models import ImportRow, ImportRun
from cqo_portal.imports.tasks import sweep
from cqo_portal.imports.workflow import APPLY_ALL, APPLY_GOOD
from cqo_portal.parties.models import Organisation, Person
from cqo_portal.workflow.engine import perform
from registry.models import Entry, Officer
from tests.cast import CODES, IDENTITY, TODAY, browser, organisation
from tests.imports.files import applied, code, run_of, verdicts, workbook

pytestmark = pytest.mark.django_db
HEADER = ("企业名称", "统一社会信用代码", "所属县（市、区）", "行业代码", "从业人员", "营业收入（万元）")
GOOD = ("泊头新元管件厂", code(1), "泊头市", "33", 350, 8000)
BAD = ("泊头旧元管件厂", code(2), "泊头市", "33", "约三百", 8000)
OFFICERS = (
    "企业名称",
    "统一社会信用代码",
    "姓名",
    "身份证号",
    "学历",
    "职称",
    "现任职务",
    "聘任日期",
    "任期（年）",
)


def officer(name="王雪松", number=IDENTITY, day="2026-03-05", organisation_code=CODES[0]):
    return ("泊头恒通管件有限公司", organisation_code, name, number, "本科", "工程师", "副总经理", day, 3)


def test_good_rows_are_imported_by_choice_and_the_others_stay_out(people):
    run = applied(run_of(workbook(HEADER, GOOD, BAD), by=people.meng), APPLY_GOOD, by=people.meng)
    assert (run.state, run.counts) == ("done", {"new": 1, "refused": 1, "remarked": 0, "all": 2})
    made = Organisation.objects.get(credit_code=code(1))
    assert (made.name, made.office_id, made.industry, made.persons, made.revenue) == (
        "泊头新元管件厂",
        "130981",
        "33",
        350,
        8000,
    )
    assert (made.size, made.size_year, made.sector) == ("medium", 2026, "secondary")
    assert not Organisation.objects.filter(credit_code=code(2)).exists()
    assert Entry.objects.get(organisation=made, name="persons").value == "350"


def test_a_changed_enterprise_shows_old_and_new_and_a_blank_cell_changes_nothing(people):
    line = ("泊头恒通管件集团有限公司", CODES[0], "泊头市", "33", 400, None)
    run = run_of(workbook(HEADER, line), by=people.wang)
    row = run.rows.get()
    assert row.outcome == "changed"
    assert {tuple(change) for change in row.told["changes"]} == {
        ("名称", "泊头恒通管件有限公司", "泊头恒通管件集团有限公司"),
        ("从业人员（人）", "350", "400"),
        ("规模所属年度", "", "2026"),
        ("产业", "", "第二产业"),
    }
    applied(run, APPLY_ALL, by=people.wang)
    people.hengtong.refresh_from_db()
    assert (people.hengtong.persons, people.hengtong.revenue) == (400, 8000)


def test_the_same_values_again_are_the_same(people):
    applied(run_of(workbook(HEADER, GOOD), by=people.meng), APPLY_ALL, by=people.meng)
    again = run_of(workbook(HEADER, GOOD, ("", "", ""), name="又一份.xlsx"), by=people.meng)
    assert again.counts == {"same": 1, "remarked": 0, "all": 1}


def test_the_same_file_twice_does_nothing_and_shows_the_first(people):
    clients, content = browser(people.meng), workbook(HEADER, GOOD).read()
    said = {"kind": "enterprises", "year": "2026"}
    first = clients.post("/imports/", said | {"file": SimpleUploadedFile("甲.xlsx", content)})
    second = clients.post("/imports/", said | {"file": SimpleUploadedFile("乙.xlsx", content)}, follow=True)
    run = ImportRun.objects.get()
    assert first["Location"] == second.redirect_chain[0][0] == f"/imports/{run.pk}/"
    assert "这个文件已由 meng 于" in second.content.decode()
    with pytest.raises(services.SameFile):
        run_of(SimpleUploadedFile("丙.xlsx", content), by=people.meng)


def test_a_discarded_file_may_be_sent_again(people):
    from cqo_portal.imports.workflow import DISCARD

    content = workbook(HEADER, GOOD).read()
    perform(DISCARD, run_of(SimpleUploadedFile("甲.xlsx", content), by=people.meng), by=people.meng)
    assert run_of(SimpleUploadedFile("甲.xlsx", content), by=people.meng).state == "to_decide"
    assert ImportRun.objects.count() == 2


def test_a_cell_put_right_in_place_makes_the_row_good(people):
    run = run_of(workbook(HEADER, GOOD, BAD), by=people.meng)
    answer = browser(people.meng).post(
        f"/imports/{run.pk}/rows/3/", {"cell-persons": "３００人"}, follow=True
    )
    assert "第 3 行已改正：新增" in answer.content.decode()
    run.refresh_from_db()
    assert (run.counts["new"], run.counts.get("refused", 0)) == (2, 0)
    assert run.rows.get(number=3).told["values"]["persons"] == 300
    applied(run, APPLY_ALL, by=people.meng)
    assert Organisation.objects.get(credit_code=code(2)).persons == 300


def test_when_the_first_of_two_equal_rows_is_put_right_the_second_is_good_again(people):
    run = run_of(
        workbook(HEADER, GOOD, ("泊头另一家管件厂", code(1), "泊头市", "33", 20, 500)), by=people.meng
    )
    assert verdicts(run) == [("B3", "与第 2 行的代码重复。")]
    services.fix(run, number=2, typed={"credit_code": code(7)}, by=people.meng)
    assert verdicts(run) == []
    services.fix(run, number=2, typed={"credit_code": code(1)}, by=people.meng)
    assert verdicts(run) == [("B3", "与第 2 行的代码重复。")]


def test_a_wrong_correction_stays_on_the_page_with_its_reason(people):
    run = run_of(workbook(HEADER, BAD), by=people.meng)
    page = (
        browser(people.meng)
        .post(f"/imports/{run.pk}/rows/2/", {"cell-persons": "三百多"}, follow=True)
        .content.decode()
    )
    assert "从业人员（人）不是数字：“三百多”" in page and 'value="三百多"' in page
    assert "第 2 行还有问题" in page


def test_a_decided_import_cannot_be_changed_any_more(people):
    run = applied(run_of(workbook(HEADER, GOOD, BAD), by=people.meng), APPLY_GOOD, by=people.meng)
    page = (
        browser(people.meng)
        .post(f"/imports/{run.pk}/rows/3/", {"cell-persons": "300"}, follow=True)
        .content.decode()
    )
    assert "这次导入现在是“已导入”，不能再改。" in page


def test_the_workbook_of_refused_rows_comes_back_clean_after_correction(people):
    """Same headers, identifiers as text, no formula; what is said stands in a column behind and as comments."""
    tricky = ("=1+1管件厂", code(3), "泊头市", "33", 5, 10)
    run = run_of(workbook(HEADER, GOOD, BAD, tricky), by=people.meng)
    answer = browser(people.meng).get(f"/imports/{run.pk}/refused.xlsx")
    sheet = openpyxl.load_workbook(io.BytesIO(answer.content)).active
    lines = [[cell.value for cell in line] for line in sheet.iter_rows()]
    assert lines[0] == [*HEADER, "核对意见"]
    assert lines[1] == ["泊头旧元管件厂", code(2), "泊头市", "33", "约三百", "8000",
                        "E3：从业人员（人）不是数字：“约三百”。请填数字。"]  # fmt: skip
    assert sheet["E2"].comment.text == "从业人员（人）不是数字：“约三百”。请填数字。"
    assert {cell.data_type for cell in sheet["B"]} == {"s"}
    assert not [cell for line in sheet.iter_rows() for cell in line if cell.data_type == "f"]
    assert (
        Event.objects.filter(action="look", subject_id=str(run.pk)).get().note == "下载有误的行，供更正后再传"
    )

    sheet["E2"].value = "300"
    sheet.delete_rows(3)
    out = io.BytesIO()
    sheet.parent.save(out)
    again = run_of(SimpleUploadedFile("更正.xlsx", out.getvalue()), by=people.meng)
    assert (again.counts, verdicts(again)) == ({"new": 1, "remarked": 0, "all": 1}, [])


def test_a_template_of_every_kind_can_be_filled_in_and_sent(people):
    client = browser(people.meng)
    for name in ("enterprises", "officers", "above-scale", "awards"):
        answer = client.get(f"/imports/templates/{name}.xlsx")
        sheet = openpyxl.load_workbook(io.BytesIO(answer.content)).active
        assert answer.status_code == 200 and "统一社会信用代码" in [cell.value for cell in sheet[1]]
    sheet.append(["", CODES[0], "沧州市市长质量奖", "市级", "2026"])
    out = io.BytesIO()
    sheet.parent.save(out)
    assert (
        run_of(SimpleUploadedFile("奖.xlsx", out.getvalue()), by=people.meng, of_kind="awards").counts["new"]
        == 1
    )


@pytest.mark.parametrize(
    ("said", "sentence"),
    [
        ({"kind": "enterprises", "year": "2026"}, "请选择要导入的文件。"),
        ({"kind": "nothing", "year": "2026", "file": True}, "请从列表里选择导入什么。"),
        ({"kind": "above-scale", "year": "", "file": True}, "规上企业名单须写明年度。"),
        ({"kind": "above-scale", "year": "1926", "file": True}, "年度请填 2000 到"),
        ({"kind": "enterprises", "year": "二〇", "file": True}, "请填整数"),
        ({"kind": "enterprises", "year": "2026", "file": b""}, "这个文件是空的"),
    ],
)
def test_a_form_that_is_not_right_is_answered_beside_the_field(people, said, sentence):
    content = said.pop("file", None)
    if content is not None:
        said["file"] = SimpleUploadedFile(
            "甲.xlsx", workbook(HEADER, GOOD).read() if content is True else content
        )
    answer = browser(people.meng).post("/imports/", said)
    assert answer.status_code == 422 and sentence in answer.content.decode()
    assert ImportRun.objects.count() == 0


def test_what_cannot_be_read_fails_with_its_reason_and_can_be_put_away(people):
    run = run_of(SimpleUploadedFile("甲.xlsx", b"PK\x03\x04 broken"), by=people.meng)
    page = browser(people.meng).get(f"/imports/{run.pk}/").content.decode()
    assert run.state == "failed" and "可能已损坏" in page


def test_a_county_imports_for_its_own_area_only(people):
    others = ("青县某厂", code(5, county="130922"), "青县", "33", 5, 10)
    standing = ("青县盛禾包装有限公司", CODES[1], None, "33", 5, 10)
    unsaid = ("泊头某厂", code(6), None, "33", 5, 10)
    run = run_of(workbook(HEADER, others, standing, unsaid), by=people.wang)
    assert [(address, sentence[:16]) for address, sentence in verdicts(run)] == [
        ("C2", "没有找到县（市、区）“青县”，或"),
        ("B3", "这家企业已由别的机构登记管辖，不"),
    ]
    assert run.rows.get(number=4).told["values"]["county"] == "130981"


def test_no_import_moves_an_enterprise_to_another_county(people):
    run = run_of(
        workbook(HEADER, ("泊头恒通管件有限公司", CODES[0], "青县", "33", 350, 8000)), by=people.meng
    )
    applied(run, APPLY_ALL, by=people.meng)
    people.hengtong.refresh_from_db()
    assert people.hengtong.office_id == "130981"
    assert "导入不改变管辖" in verdicts(run, forbidding=False)[0][1]


# ── officers ──────────────────────────────────────────────────────────────────────────────────
def test_an_officer_that_was_filed_is_not_touched_by_an_import(people):
    filed = people.filing(until="filed")
    post = Officer.objects.get(filing=filed)
    same = officer(day=post.appointed_on.isoformat())
    other = officer(name="李静", number="130984197102227933", day="2026-11-01")
    run = run_of(workbook(OFFICERS, same, other), by=people.wang, of_kind="officers")
    assert [row.outcome for row in run.rows.order_by("number")] == ["same", "refused"]
    assert "换人请报变更备案，不能用导入代替" in verdicts(run)[0][1]


def test_who_comes_later_follows_whoever_was_imported_before(people):
    applied(
        run_of(workbook(OFFICERS, officer()), by=people.wang, of_kind="officers"), APPLY_ALL, by=people.wang
    )
    second = workbook(OFFICERS, officer(name="李静", number="130984197102227933", day="2026-09-01"))
    applied(run_of(second, by=people.wang, of_kind="officers"), APPLY_ALL, by=people.wang)
    posts = list(Officer.objects.order_by("appointed_on").values_list("name", "ended_on"))
    assert [(name, ended and f"{ended}") for name, ended in posts] == [
        ("王雪松", "2026-08-31"),
        ("李静", None),
    ]
    first = Officer.objects.get(name="王雪松")
    said = list(
        Entry.objects.filter(post=first, name="in_office").order_by("id").values_list("value", "effective_on")
    )
    assert [(value, f"{day}") for value, day in said] == [("yes", "2026-03-05"), ("no", "2026-09-01")]


def test_the_register_answers_for_an_imported_officer_on_any_day(people):
    applied(
        run_of(workbook(OFFICERS, officer()), by=people.wang, of_kind="officers"), APPLY_ALL, by=people.wang
    )
    post = Officer.objects.get()
    assert list(Officer.objects.in_office_on(post.appointed_on, known=TODAY.replace(year=2090))) == [post]


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("CQ PX-ZZ-2026-0001-9", "CQPX-ZZ-2026-0001-9"),
        ("ｃｑｐｘ－zz－2026－0001－9", "CQPX-ZZ-2026-0001-9"),
        ("冀质培 2019－7a", "冀质培 2019－7a"),  # the control: another maker's stays as it was typed
    ],
)
def test_a_training_certificate_of_ours_is_kept_as_it_is_printed(people, typed, kept):
    file = workbook((*OFFICERS, "培训证书编号"), (*officer(), typed))
    applied(run_of(file, by=people.wang, of_kind="officers"), APPLY_ALL, by=people.wang)
    assert Entry.objects.get(name="training_certificate").value == kept


def test_an_identity_under_another_name_is_refused_where_the_office_knows_the_person(people):
    people.filing(until="filed")  # 王雪松, in Botou
    other = organisation(people.offices["130981"], code=code(8), name="泊头第八管件厂")
    line = officer(name="王雪柏", organisation_code=other.credit_code)
    for by in (people.wang, people.meng):
        run = run_of(workbook(OFFICERS, line), by=by, of_kind="officers")
        assert verdicts(run) == [("C2", "这个身份证号已登记在另一个姓名之下。请核对姓名和号码。")]


def test_an_office_learns_nothing_of_a_person_who_serves_elsewhere(people):
    """Not at the first look, not while it is applied, and not when the same list comes again."""
    people.filing(until="filed")  # 王雪松, in Botou
    organisation(people.offices["130922"], code=code(9, county="130922"), name="青县第九包装厂")
    runs = []
    for name in ("王雪松", "王雪柏"):  # whether the name is right or wrong shows nowhere
        line = officer(name=name, organisation_code=code(9, county="130922"))
        run = run_of(workbook(OFFICERS, line), by=people.qing, of_kind="officers")
        assert (run.counts, verdicts(run)) == ({"new": 1, "remarked": 1, "all": 1}, [])
        runs.append(run)
    applied(runs[1], APPLY_ALL, by=people.qing)
    posts = Officer.objects.filter(person__identity_index=Person.index_of("resident", IDENTITY))
    assert sorted(posts.values_list("office", "name")) == [("130922", "王雪柏"), ("130981", "王雪松")]
    assert Person.objects.get().name == "王雪松"
    again = run_of(
        workbook(OFFICERS, officer(name="王雪柏", organisation_code=code(9, county="130922")), ("填报人：李静",), name="又.xlsx"),
        by=people.qing, of_kind="officers",
    )  # fmt: skip
    assert (again.counts, verdicts(again)) == ({"same": 1, "remarked": 1, "all": 1}, [])


def test_identity_numbers_lie_sealed_and_are_masked_on_the_page(people):
    run = run_of(workbook(OFFICERS, officer(number="11010519491231002")), by=people.wang, of_kind="officers")
    page = browser(people.wang).get(f"/imports/{run.pk}/").content.decode()
    assert "11010519491231002" not in page and "***" in page
    stored = ImportRow.objects.extra(select={"raw": "line || told"}).get().raw
    assert "11010519491231002" not in stored and stored.startswith("v1:aesgcm:")
    with run.file.open("rb") as kept:
        assert kept.read(10) == b"v1:aesgcm:"


# ── the worker ────────────────────────────────────────────────────────────────────────────────
def test_what_changed_between_the_look_and_the_import_puts_it_back_whole(people):
    run = run_of(workbook(OFFICERS, officer()), by=people.wang, of_kind="officers")
    perform(APPLY_ALL, run, by=people.wang)
    people.filing(until="filed", officer__name="王雪柏")
    worker.apply(run.pk)
    run.refresh_from_db()
    assert (run.state, run.counts["refused"]) == ("to_decide", 1)
    assert Officer.objects.get().name == "王雪柏"
    assert "一行也没有导入" in Event.objects.about(run).get(action="put-back").note


def test_a_task_that_comes_twice_or_too_late_does_nothing(people):
    run = applied(run_of(workbook(HEADER, GOOD), by=people.meng), APPLY_ALL, by=people.meng)
    worker.apply(run.pk)
    worker.read(run.pk)
    assert Event.objects.about(run).filter(action="finish").count() == 1
    assert Organisation.objects.filter(credit_code=code(1)).count() == 1


def test_a_run_that_cannot_be_gone_on_with_holds_up_no_other(people, caplog):
    """Its kind is gone, as after a release that dropped it: even to say that it failed goes wrong."""
    bad = services.begin(
        workbook(HEADER, BAD), of_kind=kind("enterprises"), year=2026, sheet="", by=people.meng
    )
    good = services.begin(
        workbook(HEADER, GOOD), of_kind=kind("enterprises"), year=2026, sheet="", by=people.meng
    )
    ImportRun.objects.filter(pk=bad.pk).update(kind="dropped", moved_at=good.moved_at - timedelta(hours=1))
    assert sweep() == 2
    states = ImportRun.objects.in_bulk()
    assert (states[bad.pk].state, states[good.pk].state) == ("reading", "to_decide")
    assert f"import {bad.pk} could not be gone on with" in caplog.text


# ── lists ask the database as often for three rows as for one ─────────────────────────────────
def test_the_list_of_imports_and_the_preview_take_a_fixed_number_of_queries(
    people, django_assert_num_queries
):
    client = browser(people.meng)
    run = run_of(workbook(HEADER, BAD), by=people.meng)
    client.get("/imports/")
    with django_assert_num_queries(QUERIES_OF_THE_LIST):
        client.get("/imports/")
    with django_assert_num_queries(QUERIES_OF_A_RUN):
        client.get(f"/imports/{run.pk}/")
    worse = [(f"泊头第{n}厂", code(n), "泊头市", "33", "约三百", 1) for n in (11, 12, 13)]
    three = run_of(workbook(HEADER, *worse), by=people.meng)
    run_of(workbook(HEADER, GOOD), by=people.meng)
    with django_assert_num_queries(QUERIES_OF_THE_LIST):
        client.get("/imports/")
    with django_assert_num_queries(QUERIES_OF_A_RUN):
        client.get(f"/imports/{three.pk}/")


QUERIES_OF_THE_LIST = 6
QUERIES_OF_A_RUN = 8
