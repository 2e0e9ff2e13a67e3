"""Pages of bodies: who sees what, what is said beside a field, and what never leaves."""

from datetime import date

import pytest
import time_machine
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from cqo_portal.parties.models import Institution
from evaluation.bodies import figures, services
from evaluation.bodies.models import BodyPaper, BodyRecord
from tests.bodies import rows
from tests.bodies.rows import step
from tests.cast import CODES, TODAY, browser, picture

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def noon():
    with time_machine.travel("2026-11-20T12:00:00+08:00", tick=False):
        yield


@pytest.fixture
def shen(people):
    return rows.body()


def read(who, path: str, status: int = 200) -> str:
    answer = browser(who).get(path)
    assert answer.status_code == status, answer.status_code
    return answer.content.decode()


def title(text: str) -> str:
    return " ".join(text.split("<h1>")[1].split("</h1>")[0].split("<")[0].split())


def asked(client, path: str) -> int:
    with CaptureQueriesContext(connection) as questions:
        assert client.get(path).status_code == 200
    return len(questions)


class TestWriting:
    def test_a_draft_is_written_and_leads_to_its_papers(self, people, shen):
        answer = browser(shen).post("/bodies/new/", rows.typed(people.offices["130900"]))
        made = BodyRecord.objects.get()
        assert answer.url == f"/bodies/{made.pk}/papers/"
        assert (made.institution, made.office_id, made.credit_code) == (
            shen.acting.institution,
            "130900",
            CODES[2],
        )
        assert "还缺材料：登记证书、评价管理制度、场所、设备和资源（第6章）。" in read(shen, answer.url)
        assert browser(shen).get("/bodies/new/").url == made.get_absolute_url()

    @pytest.mark.parametrize(
        ("change", "said"),
        [
            ({"credit_code": CODES[2][:-1] + "0"}, "第 18 位校验位应为"),
            ({"credit_code": CODES[0]}, "已经登记在另一家机构名下"),
            ({"office": "130981"}, "选择一个有效的选项"),
            ({"office": ""}, "请选择登记机关。"),
            ({"jurisdiction": "cangzhou"}, "选择一个有效的选项"),
            ({"rules_title": ""}, "请填写评价管理制度。"),
            ({"resources": " "}, "请填写场所、设备和资源。"),
            ({"authority": "民\u200b政局"}, "看不见"),
            ({"authority_contact": "1" * 201}, "最多 200 个字"),
        ],
    )
    def test_a_mistake_stands_beside_its_field_and_nothing_typed_is_lost(self, people, shen, change, said):
        Institution.objects.create(name="别的机构", credit_code=CODES[0])
        answer = browser(shen).post("/bodies/new/", rows.typed(people.offices["130900"]) | change)
        page = answer.content.decode()
        assert answer.status_code == 422
        assert said in page
        if "rules_title" not in change:
            assert "首席质量官评价管理办法（评字〔2026〕1号）" in page
        assert not BodyRecord.objects.exists()

    def test_the_code_on_record_is_the_one(self, people, shen):
        Institution.objects.filter(pk=shen.acting.institution_id).update(credit_code=CODES[1])
        page = browser(shen).post("/bodies/new/", rows.typed(people.offices["130900"])).content.decode()
        assert f"贵机构在案的代码是 {CODES[1]}" in page
        assert f'value="{CODES[1]}"' in read(shen, "/bodies/new/")

    def test_sent_twice_it_is_one_and_a_colleagues_draft_keeps_what_was_typed(self, people, shen):
        typed = rows.typed(people.offices["130900"])
        first, second = (browser(shen).post("/bodies/new/", typed | {"once": "drawn"}) for _ in range(2))
        assert first.url == second.url and BodyRecord.objects.count() == 1
        late = browser(shen).post("/bodies/new/", typed | {"once": "another", "authority": "乙局"})
        assert late.status_code == 422
        assert "已有一份登记没有办完" in late.content.decode() and "乙局" in late.content.decode()

    def test_what_a_colleague_wrote_meanwhile_is_not_overwritten_unseen(self, people, shen):
        record = rows.draft(shen, people.offices["130900"])
        path, seen = f"/bodies/{record.pk}/edit/", services.version_of(record)
        typed = rows.typed(people.offices["130900"], authority="甲局") | {"seen": seen}
        assert browser(shen).post(path, typed).status_code == 302
        late = browser(shen).post(path, typed | {"authority": "乙局"})
        page = late.content.decode()
        assert late.status_code == 422 and "被同事改过" in page and "乙局" in page
        record.refresh_from_db()
        assert record.authority == "甲局"
        told = typed | {"authority": "乙局", "seen": services.version_of(record)}
        assert f'value="{told["seen"]}"' in page
        assert browser(shen).post(path, told).status_code == 302

    def test_what_was_submitted_has_no_form(self, people, shen):
        record = rows.submitted(shen, people.offices["130900"])
        assert browser(shen).get(f"/bodies/{record.pk}/edit/").url == record.get_absolute_url()
        page = read(shen, record.get_absolute_url())
        assert ">修改</a>" not in page and "提交登记</button>" not in page
        typed = rows.typed(people.offices["130900"], authority="别的") | {"seen": services.version_of(record)}
        browser(shen).post(f"/bodies/{record.pk}/edit/", typed)
        record.refresh_from_db()
        assert record.authority == "沧州市民政局"

    def test_a_renewal_begins_with_what_stands(self, people, shen):
        rows.filed(shen, people.meng)
        page = read(shen, "/bodies/new/")
        assert "首席质量官评价管理办法（评字〔2026〕1号）" in page and f'value="{CODES[2]}"' in page


class TestPapers:
    def test_a_page_takes_one_and_says_what_is_wrong_with_another(self, people, shen):
        record = rows.draft(shen, people.offices["130900"], papers=False)
        path, client = f"/bodies/{record.pk}/papers/", browser(shen)
        for sent, said in (
            ({"kind": "rules"}, "请选择文件，再上传。"),
            ({"kind": "other", "file": picture()}, "请选择材料的种类，再上传。"),
        ):
            answer = client.post(path, sent)
            assert answer.status_code == 422 and said in answer.content.decode()
        assert client.post(path, {"kind": "rules", "file": picture()}).status_code == 302
        again = client.post(path, {"kind": "resources", "file": picture()})
        assert again.status_code == 422 and "这份材料已经交过了。" in again.content.decode()
        assert [paper.kind for paper in record.papers.all()] == ["rules"]

    def test_a_record_holds_only_so_many(self, people, shen, monkeypatch):
        monkeypatch.setattr(services, "MOST_PAPERS", 3)
        record = rows.draft(shen, people.offices["130900"])
        sent = {"kind": "legal", "file": picture(shade=9)}
        assert (
            "一份登记最多交 3 件" in browser(shen).post(f"/bodies/{record.pk}/papers/", sent).content.decode()
        )

    def test_while_it_is_written_one_is_taken_away_and_its_row_stays(self, people, shen):
        record = rows.draft(shen, people.offices["130900"])
        paper = record.papers.first()
        browser(shen).post(f"/bodies/papers/{paper.pk}/remove/")
        assert (record.papers.current().count(), record.papers.count()) == (2, 3)
        assert browser(shen).get(f"/bodies/papers/{paper.pk}/").status_code == 404

    def test_what_was_submitted_is_not_taken_away_and_nothing_comes(self, people, shen):
        record = rows.submitted(shen, people.offices["130900"])
        paper = record.papers.first()
        browser(shen).post(f"/bodies/papers/{paper.pk}/remove/")
        sent = {"kind": "legal", "file": picture(shade=9)}
        answer = browser(shen).post(f"/bodies/{record.pk}/papers/", sent)
        assert answer.status_code == 422 and "提交的内容不能再改" in answer.content.decode()
        assert record.papers.current().count() == 3

    @pytest.mark.parametrize("state", ["draft", "submitted"])
    @pytest.mark.parametrize(
        "attack",
        [
            lambda: BodyPaper.objects.update(digest="0" * 64),
            lambda: BodyPaper.objects.update(kind="legal"),
            lambda: BodyPaper.objects.all()._raw_delete("default"),
        ],
    )
    def test_the_database_keeps_them(self, people, shen, state, attack):
        rows.draft(shen, people.offices["130900"])
        if state == "submitted":
            step("submit", BodyRecord.objects.get(), by=shen)
        with pytest.raises(Exception, match="stays as it is|Cannot"):
            attack()

    def test_after_the_submission_the_database_lets_none_go(self, people, shen):
        rows.submitted(shen, people.offices["130900"])
        with pytest.raises(Exception, match="stays as it is"):
            BodyPaper.objects.update(removed_at=timezone.now())

    def test_they_open_to_the_body_and_the_offices_that_see_the_record(self, people, shen):
        record = rows.draft(shen, people.offices["130900"])
        paper = record.papers.first()
        others = {
            "other": rows.body("泊头质量评价所", username="other"),
            "wang": people.wang,
            "liu": people.liu,
        }
        paths = (f"/bodies/papers/{paper.pk}/", f"/bodies/papers/{paper.pk}/pages/1.png")
        for path in paths:
            for who in (people.meng, people.hao, *others.values()):
                assert browser(who).get(path).status_code == 404  # a draft
        step("submit", record, by=shen)
        for path in paths:
            seen = {name: browser(who).get(path).status_code for name, who in others.items()}
            assert set(seen.values()) == {404}
            for who in (shen, people.meng, people.hao):
                assert browser(who).get(path).status_code == 200

    def test_of_a_returned_record_the_office_sees_what_was_submitted(self, people, shen):
        record = step("return", rows.submitted(shen, people.offices["130900"]), by=people.meng)
        words = rows.said(people.offices["130900"], authority="还没写完的局")
        services.rewrite(record, words, seen=services.version_of(record), by=shen)
        first = record.papers.get(kind="rules")
        with time_machine.travel("2026-11-20T13:00:00+08:00"):
            services.take_away(first, by=shen, now=timezone.now())
            new = services.attach(record, picture(shade=77), kind="rules", by=shen)
        page = read(people.meng, record.get_absolute_url())
        assert "沧州市民政局" in page and "还没写完的局" not in page
        assert str(first.pk) in page and str(new.pk) not in page
        own = read(shen, record.get_absolute_url())
        assert "还没写完的局" in own and str(new.pk) in own and str(first.pk) not in own
        step("submit", record, by=shen)
        assert "还没写完的局" in read(people.meng, record.get_absolute_url())


class TestTheOffice:
    def test_it_takes_a_body_on_record_with_document_and_days(self, people, shen):
        record = rows.submitted(shen, people.offices["130900"])
        page = read(people.meng, record.get_absolute_url())
        assert "登记在案</a>" in page and "退回" in page and ">修改</a>" not in page
        path = f"/bodies/{record.pk}/file/"
        assert 'value="2026-11-20"' in read(people.meng, path)
        for form, said in (
            ({"document": "", "first_day": "2026-11-20", "last_day": ""}, "请填写登记文号。"),
            ({"document": "x", "first_day": "", "last_day": ""}, "请填写起始日期。"),
            (
                {"document": "x", "first_day": "2026-11-21", "last_day": "2026-11-20"},
                "早于起始日期2026年11月21日",
            ),
            ({"document": "x", "first_day": "2026-01-01", "last_day": "2026-11-19"}, "截止日期已经过去"),
        ):
            answer = browser(people.meng).post(path, form)
            assert answer.status_code == 422 and said in answer.content.decode()
        said = {
            "document": "冀〔2026〕7号",
            "first_day": "2026-01-01",
            "last_day": "2026-11-20",
        }  # today is not over
        assert browser(people.meng).post(path, said).status_code == 302
        record.refresh_from_db()
        assert (record.state, record.document, record.last_day) == ("in_force", "冀〔2026〕7号", TODAY)
        assert browser(people.meng).get(path).url == record.get_absolute_url()

    def test_a_reason_refused_stands_in_its_field_again(self, people, shen):
        record = rows.submitted(shen, people.offices["130900"])
        path = f"/bodies/{record.pk}/steps/return/"
        answer = browser(people.meng).post(path, {"note": " "}, follow=True)
        assert "请写明理由，再退回。" in answer.content.decode()
        browser(people.meng).post(path, {"note": "制度缺少回避条款"})
        page = read(shen, record.get_absolute_url())
        assert "退回了这份登记" in page and "制度缺少回避条款" in page

    def test_suspended_and_ended_say_why(self, people, shen):
        record = rows.filed(shen, people.meng)
        for name, reason, word in (
            ("suspend", "场所不符", "暂停了这份登记"),
            ("end", "自愿退出", "终止了这份登记"),
        ):
            browser(people.meng).post(f"/bodies/{record.pk}/steps/{name}/", {"note": reason})
            page = read(shen, record.get_absolute_url())
            assert reason in page and word in page

    def test_the_list_is_narrowed_and_searched(self, people, shen):
        rows.filed(shen, people.meng)
        other = rows.body("泊头质量评价所", username="other")
        rows.submitted(other, people.offices["130900"], credit_code=CODES[1])
        gone = rows.body("青县评价所", username="gone")
        step("end", rows.filed(gone, people.meng, code=CODES[0]), by=people.meng)
        names = ("沧州质量评价中心", "泊头质量评价所", "青县评价所")
        for address, shown in (
            ("", names),
            ("?turn=waiting", names[1:2]),
            ("?turn=filed", names[:1]),
            ("?turn=over", names[2:]),
            ("?turn=nonsense", names),
            ("?q=泊头", names[1:2]),
            (f"?q={CODES[2]}", names[:1]),
            ("?q=%00", ()),
        ):
            page = read(people.meng, f"/bodies/{address}")
            assert [name for name in names if name in page] == list(shown), address

    def test_a_province_reads_what_its_city_recorded_and_decides_nothing(self, people, shen):
        record = rows.submitted(shen, people.offices["130900"])
        page = read(people.hao, record.get_absolute_url())
        assert "登记在案</a>" not in page and "等待登记" in page
        assert "沧州质量评价中心" in read(people.hao, "/bodies/")
        assert "沧州质量评价中心" not in read(people.hao, "/bodies/?turn=waiting")

    def test_an_office_sees_no_draft(self, people, shen):
        record = rows.draft(shen, people.offices["130900"])
        assert browser(people.meng).get(record.get_absolute_url()).status_code == 404
        assert "没有评价机构登记" in read(people.meng, "/bodies/")

    def test_figures_of_the_work_come_from_above_and_nothing_is_there_without(
        self, people, shen, monkeypatch
    ):
        monkeypatch.setattr(figures, "_told", [])
        record = rows.filed(shen, people.meng)
        assert 'class="figures' not in read(people.meng, record.get_absolute_url())
        figures.add_figures(lambda of: [figures.Figure("已受理的申请", f"{of.institution} 12 件", url="/x/")])
        page = read(people.meng, record.get_absolute_url())
        assert "已受理的申请" in page and "沧州质量评价中心 12 件" in page and 'href="/x/"' in page


class TestTheBody:
    def test_its_page_says_whether_it_may_accept_applications(self, people, shen):
        assert title(read(shen, "/bodies/")) == "贵机构现在不能受理评价申请"
        rows.filed(shen, people.meng)
        page = read(shen, "/bodies/")
        assert title(page) == "贵机构在案，可以受理评价申请"
        assert "到2028年12月31日为止，连今天还有 773 天。" in page.replace("\u00a0", " ")

    def test_it_sees_no_record_of_another(self, people, shen):
        record = rows.filed(shen, people.meng)
        other = rows.body("泊头质量评价所", username="other")
        assert browser(other).get(record.get_absolute_url()).status_code == 404
        assert "沧州质量评价中心" not in read(other, "/bodies/")


class TestThePublicList:
    def test_anybody_reads_who_is_on_record_and_nothing_more(self, people, shen):
        record = rows.filed(shen, people.meng)
        Institution.objects.filter(pk=record.institution_id).update(contact="沈静", phone="13900139000")
        page = read(None, "/bodies/public/")
        assert title(page) == "在案的评价机构 1 家"
        for shown in (
            "沧州质量评价中心",
            "沧州市市场监督管理局",
            "冀市监质〔2026〕7号",
            "2026-01-01",
            "2028-12-31",
        ):
            assert shown in page
        for hidden in (
            "沈静",
            "13900139000",
            CODES[2],
            "民政局",
            "300 平方米",
            "shen",
            "meng",
            str(record.pk),
        ):
            assert hidden not in page
        assert "沈静" in read(people.meng, record.get_absolute_url())  # the control

    @pytest.mark.parametrize(
        ("first", "last", "state", "shown"),
        [
            (date(2026, 11, 20), date(2026, 11, 20), "in_force", "在案</span>"),
            (date(2026, 11, 21), None, "in_force", ""),
            (date(2026, 1, 1), None, "suspended", "已暂停"),
            (date(2026, 1, 1), None, "ended", ""),
        ],
    )
    def test_by_day_and_state(self, people, shen, first, last, state, shown):
        record = rows.filed(shen, people.meng, first_day=first, last_day=last)
        if state != "in_force":
            step({"suspended": "suspend", "ended": "end"}[state], record, by=people.meng)
        page = read(None, "/bodies/public/")
        assert ("沧州质量评价中心" in page) is bool(shown)

    def test_the_day_after_its_last_it_is_gone(self, people, shen):
        rows.filed(shen, people.meng, last_day=TODAY)
        assert "沧州质量评价中心" in read(None, "/bodies/public/")
        with time_machine.travel("2026-11-21T00:00:01+08:00"):
            assert "沧州质量评价中心" not in read(None, "/bodies/public/")


class TestDesks:
    def test_a_body_is_led_to_its_record(self, people, shen):
        home = read(shen, "/")
        assert title(home) == "贵机构还没有在案，不能受理评价申请" and "请申请登记" in home
        record = rows.draft(shen, people.offices["130900"])
        assert "草稿还没有提交" in read(shen, "/") and record.get_absolute_url() in read(shen, "/")
        record = step("submit", record, by=shen)
        assert title(read(shen, "/")) == "现在没有要办的"
        record = step("return", record, by=people.meng)
        home = read(shen, "/")
        assert title(home) == "沧州市市场监督管理局退回了登记" and record.get_absolute_url() in home
        services.file_it(step("submit", record, by=shen), rows.FILED, by=people.meng, today=TODAY)
        assert title(read(shen, "/")) == "现在没有要办的"

    @pytest.mark.parametrize(
        ("last", "told"),
        [(date(2027, 2, 21), False), (date(2027, 2, 20), True), (date(2026, 11, 20), True), (None, False)],
    )
    def test_three_months_before_the_end_it_is_told(self, people, shen, last, told):
        rows.filed(shen, people.meng, last_day=last)
        assert ("请申请新的登记" in read(shen, "/")) is told

    def test_once_a_renewal_was_submitted_or_filed_it_is_not_told_any_more(self, people, shen):
        rows.filed(shen, people.meng, last_day=date(2026, 12, 31))
        second = rows.draft(shen, people.offices["130900"])
        assert "请申请新的登记" in read(shen, "/")
        second = step("submit", second, by=shen)
        assert "请申请新的登记" not in read(shen, "/")
        said = {"document": "续1号", "first_day": date(2027, 1, 1), "last_day": None}
        services.file_it(second, said, by=people.meng, today=TODAY)
        assert "请申请新的登记" not in read(shen, "/")

    def test_an_office_finds_what_waits_for_it(self, people, shen):
        assert "等本局登记的评价机构" not in read(people.meng, "/")
        rows.submitted(shen, people.offices["130900"])
        assert "等本局登记的评价机构" in read(people.meng, "/")
        assert "等本局登记的评价机构" not in read(people.hao, "/")
        assert "等本局登记的评价机构" not in read(people.wang, "/")


def some(people, count: int) -> list:
    """So many bodies, each with a record in force, of two submissions and three papers more."""
    made = []
    for number in range(count):
        staff = rows.body(f"评价机构{number}", username=f"staff{number}")
        record = rows.draft(staff, people.offices["130900"], credit_code=CODES[number])
        for shade in range(50, 50 + number):
            services.attach(record, picture(shade=shade), kind="legal", by=staff)
        for _ in range(number):
            record = step("return", step("submit", record, by=staff), by=people.meng)
        record = step("submit", record, by=staff)
        made.append(services.file_it(record, rows.FILED, by=people.meng, today=TODAY))
    return made


class TestQuestions:
    @pytest.mark.parametrize("count", [1, 3])
    @pytest.mark.parametrize(("path", "needed"), [("/bodies/", 10), ("/bodies/public/", 2)])
    def test_a_list_asks_the_same_for_three_rows_as_for_one(self, people, path, needed, count):
        some(people, count)
        client = browser(None if "public" in path else people.meng)
        client.get("/style/")
        assert asked(client, path) == needed

    @pytest.mark.parametrize("number", [0, 2])
    def test_a_record_and_its_papers_ask_the_same_however_many_there_are(self, people, number):
        record = some(people, 3)[number]
        client = browser(people.meng)
        client.get("/style/")
        assert asked(client, record.get_absolute_url()) == 16  # five of them count the work of the body
        assert asked(client, f"{record.get_absolute_url()}papers/") == 6

    @pytest.mark.parametrize("count", [1, 3])
    def test_a_body_and_its_clocks(self, people, shen, count):
        for number in range(count):
            record = (
                rows.filed(
                    shen,
                    people.meng,
                    first_day=date(2020 + number, 1, 1),
                    last_day=date(2020 + number, 12, 31),
                )
                if number
                else rows.filed(shen, people.meng)
            )
            said = {"scoring": 20 + number}
            now = services.clocks_of(record.institution)
            words = {name: getattr(now, name) for name in services.CLOCKS_SAID} | said
            services.set_clocks(record.institution, words, by=shen)
        client = browser(shen)
        client.get("/style/")
        assert (asked(client, "/bodies/"), asked(client, "/bodies/clocks/")) == (8, 7)


def test_from_the_public_list_whoever_is_signed_in_finds_back(people):
    way = '<a href="/bodies/">评价机构</a>'
    assert "工作台" not in Client().get("/bodies/public/").content.decode()
    for who, has_more in ((people.meng, True), (people.liu, False)):
        page = browser(who).get("/bodies/public/").content.decode()
        assert '<a href="/">工作台</a>' in page and (way in page) == has_more
