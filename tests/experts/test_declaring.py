"""What conflicts rest on: said by the expert or the body, never changed, ended or withdrawn by a later row."""

from datetime import date, timedelta

import pytest
import time_machine
from django.core.exceptions import PermissionDenied
from django.db import DatabaseError, IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext

from cqo_portal.accounts.models import Assignment, Role
from cqo_portal.audit.append_only import Unsayable
from cqo_portal.audit.models import Event
from cqo_portal.workflow.engine import Refused, perform
from evaluation.experts import services
from evaluation.experts.models import Confirmation, Employment, Expert, Interest, Lecture
from evaluation.experts.workflow import END
from tests.cast import CODES, TODAY, browser
from tests.experts.rows import body, engaged, himself
from tests.training import rows

pytestmark = pytest.mark.django_db
EMPLOYMENT = {"name": "南京某检测公司", "code": "", "begins": "2019-03", "ends": "", "note": ""}
INTEREST = {
    "kind": "kinship",
    "name": "王雪松",
    "organisation": "",
    "code": "",
    "begins": "",
    "ends": "",
    "note": "",
}


@pytest.fixture(autouse=True)
def noon():
    with time_machine.travel("2026-11-20T12:00:00+08:00", tick=False):
        yield


@pytest.fixture
def center():
    return body()


@pytest.fixture
def yiming():
    return rows.person("陆一鸣")


@pytest.fixture
def him(yiming):
    return himself(yiming)


def declare(by, what: str, **said):
    return browser(by).post(f"/experts/mine/{what}/new/", said)


def mine(by) -> str:
    return browser(by).get("/experts/mine/").content.decode()


class TestByTheExpert:
    def test_an_employment_is_said_with_its_months(self, him, yiming):
        assert (
            declare(
                him,
                "employment",
                **EMPLOYMENT,
            ).status_code
            == 302
        )
        row = Employment.objects.get()
        assert (row.person, row.institution, row.name) == (yiming, None, "南京某检测公司")
        assert (row.begins, row.ends) == (date(2019, 3, 1), None)
        text = mine(him)
        assert "南京某检测公司" in text and "2019-03-01 至 今" in text and "本人申报" in text

    @pytest.mark.parametrize(
        ("changes", "sentence"),
        [
            ({"name": ""}, "请填写单位名称。"),
            ({"begins": ""}, "请填写起。"),
            ({"begins": "2027-01"}, "开始的日期还没到"),
            ({"ends": "2018-01"}, "结束早于开始"),
            ({"code": "91130981MAYG58BR3Q"}, "校验"),
        ],
    )
    def test_what_is_wrong_is_said_beside_the_field_and_nothing_typed_is_lost(self, him, changes, sentence):
        answer = declare(him, "employment", **EMPLOYMENT | {"note": "技术顾问"} | changes)
        assert answer.status_code == 422
        assert sentence in answer.content.decode() and "技术顾问" in answer.content.decode()
        assert not Employment.objects.exists()

    @pytest.mark.parametrize(
        ("changes", "sentence"),
        [
            ({"kind": ""}, "请选择是什么关系。"),
            ({"name": ""}, "亲属关系请填写对方姓名。"),
            ({"kind": "business", "name": ""}, "请填写对方姓名，或者对方单位。"),
            ({"kind": "other"}, "请写明是什么关系。"),
        ],
    )
    def test_an_interest_is_to_somebody(self, him, changes, sentence):
        answer = declare(him, "interest", **INTEREST | changes)
        assert answer.status_code == 422 and sentence in answer.content.decode()
        assert declare(him, "interest", **INTEREST).status_code == 302  # the control

    def test_an_interest_in_an_organisation_is_found_by_its_code(self, him):
        said = INTEREST | {"kind": "business", "name": "", "code": f" {CODES[0].lower()} "}
        assert declare(him, "interest", **said).status_code == 302
        assert Interest.objects.get().code == CODES[0]

    def test_a_session_is_named_by_its_number_once(self, him):
        held = rows.session(rows.provider())
        assert declare(him, "lecture", number=held.number.lower(), note="").status_code == 302
        assert Lecture.objects.get().session == held
        assert "这一场已经申报过" in declare(him, "lecture", number=held.number, note="").content.decode()
        assert "没有这个编号的场次" in declare(him, "lecture", number="PX-0", note="").content.decode()

    def test_another_kind_there_is_not(self, him):
        assert declare(him, "wealth").status_code == 404

    def test_what_one_can_holds_for_all_who_engaged(self, him, center, yiming):
        engaged(center, yiming), engaged(body("别的中心", username="other"), yiming)
        said = {"fields_of": ["food"], "busy_until": "2026-12-31"}
        assert browser(him).post("/experts/mine/wishes/", said).status_code == 302
        assert [(each.fields, each.busy_until) for each in Expert.objects.all()] == [
            (["food"], date(2026, 12, 31))
        ] * 2
        assert not Expert.objects.free_on(date(2026, 12, 31)).exists()
        assert Expert.objects.free_on(date(2027, 1, 1)).count() == 2
        assert 'value="2026-12-31"' in mine(him)
        late = browser(him).post("/experts/mine/wishes/", said | {"busy_until": "2026-11-19"})
        assert late.status_code == 422 and "这一天已经过去" in late.content.decode()


class TestLaterRows:
    def row(self, him, **changes) -> Employment:
        declare(him, "employment", **EMPLOYMENT | changes)
        return Employment.objects.last_words().latest("id")

    def test_an_end_is_a_row_of_its_own(self, him):
        row = self.row(him)
        client = browser(him)
        path = f"/experts/said/employment/{row.pk}/end/"
        early = client.post(path, {"ends": "2018-01"})
        assert early.status_code == 422 and "结束早于开始" in early.content.decode()
        assert client.post(path, {"ends": "2026-06", "note": ""}).status_code == 302
        last = Employment.objects.holding().get()
        assert (last.previous, last.begins, last.ends) == (row, date(2019, 3, 1), date(2026, 6, 30))
        assert Employment.objects.count() == 2
        assert client.get(f"/experts/said/employment/{last.pk}/end/").status_code == 404  # ended already

    def test_a_mistake_is_withdrawn_with_a_reason_and_stays_to_be_read(self, him):
        row = self.row(him)
        path = f"/experts/said/employment/{row.pk}/withdraw/"
        assert browser(him).post(path, {"note": ""}).status_code == 422
        assert browser(him).post(path, {"note": "单位填错。"}).status_code == 302
        assert not Employment.objects.holding().exists()
        text = mine(him)
        assert "<s><b" in text and "已撤回：单位填错。" in text

    def test_a_row_is_followed_once(self, him):
        row = self.row(him)
        services.go_on(row, "withdrawn", note="填错。", by=him)
        with pytest.raises(Refused, match="已经改过了"):
            services.go_on(row, "ended", ends=TODAY, by=him)
        answer = browser(him).post(f"/experts/said/employment/{row.pk}/withdraw/", {"note": "再一次"})
        assert answer.status_code == 302 and Employment.objects.count() == 2

    def test_nothing_said_is_changed_or_deleted(self, him, yiming):
        self.row(him)
        declare(him, "interest", **INTEREST)
        declare(him, "lecture", number=rows.session(rows.provider()).number, note="")
        services.confirm(by=him, today=TODAY)
        for model, change in (
            (Employment, {"name": "别的"}),
            (Interest, {"name": "别人"}),
            (Lecture, {"note": "改"}),
            (Confirmation, {"year": 2030}),
        ):
            with pytest.raises(Unsayable):
                model.objects.update(**change)
            with pytest.raises(DatabaseError), transaction.atomic():
                model._base_manager.all()._raw_delete("default")
            table, column = model._meta.db_table, next(iter(change))
            with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
                cursor.execute(f"UPDATE {table} SET {column} = {column}")

    def test_the_database_lets_a_row_follow_its_own_thread_only(self, him, center, yiming):
        row = self.row(him)
        words = {"name": "甲", "begins": TODAY, "ends": TODAY, "act": "ended", "by": him, "previous": row}
        for wrong in ({"person": rows.person("白若溪")}, {"institution": center.acting.institution}):
            with pytest.raises(DatabaseError, match="does not follow"), transaction.atomic():
                Employment(**{"person": yiming} | words | wrong).save()
        gone = services.go_on(row, "withdrawn", note="填错。", by=him)
        with pytest.raises(DatabaseError, match="does not follow"), transaction.atomic():
            Employment(**{"person": yiming} | words | {"previous": gone}).save()
        other = self.row(him, name="另一家")
        Employment(**{"person": yiming} | words | {"previous": other}).save()  # the control


class TestByTheBody:
    def test_it_adds_what_it_knows_and_the_expert_reads_it(self, him, center, yiming):
        expert = engaged(center, yiming)
        answer = browser(center).post(f"/experts/{expert.pk}/add/employment/", EMPLOYMENT)
        assert answer.headers["Location"] == f"/experts/{expert.pk}/"
        row = Employment.objects.get()
        assert (row.person, row.institution) == (yiming, center.acting.institution)
        assert "沧州质量评价中心补充" in mine(him)
        with pytest.raises(PermissionDenied):
            services.go_on(row, "withdrawn", note="不是事实。", by=him)
        services.go_on(row, "withdrawn", note="核实有误。", by=center)  # the control

    def test_it_does_not_go_on_with_what_the_expert_said(self, him, center, yiming):
        engaged(center, yiming)
        declare(him, "employment", **EMPLOYMENT)
        row = Employment.objects.get()
        assert browser(center).get(f"/experts/said/employment/{row.pk}/withdraw/").status_code == 403
        assert browser(him).get(f"/experts/said/employment/{row.pk}/withdraw/").status_code == 200

    def test_of_those_of_others_it_reads_and_adds_nothing(self, him, center, yiming):
        other = body("别的中心", username="other")
        expert = engaged(other, yiming)
        declare(him, "employment", **EMPLOYMENT)
        assert browser(center).post(f"/experts/{expert.pk}/add/employment/", EMPLOYMENT).status_code == 404
        with pytest.raises(PermissionDenied):
            services.declare(Employment(person=yiming, name="某", begins=TODAY), by=center)
        assert not Employment.objects.visible_to(center).exists()
        assert Employment.objects.visible_to(other).exists()
        perform(END, expert, by=other, note="聘期已满。", today=TODAY)
        assert not Employment.objects.visible_to(other).exists()

    def test_nobody_adds_about_himself(self, center, yiming):
        engaged(center, yiming)
        Assignment.objects.create(user=center, role=Role.EXPERT, person=yiming)
        with pytest.raises(Refused, match="不能为您本人登记"):
            services.declare(Employment(person=yiming, name="某", begins=TODAY), by=center)

    def test_another_expert_reads_nothing_of_it(self, him, yiming):
        declare(him, "employment", **EMPLOYMENT)
        row, other = Employment.objects.get(), himself(rows.person("白若溪"), "ruoxi")
        assert not Employment.objects.visible_to(other).exists()
        assert browser(other).get(f"/experts/said/employment/{row.pk}/end/").status_code == 404


class TestTheConfirmation:
    def test_once_a_calendar_year(self, him, yiming):
        assert "请核对执业信息，并作 2026 年度确认" in mine(him)
        client = browser(him)
        for _ in range(2):
            assert client.post("/experts/mine/confirm/").status_code == 302
        made = Confirmation.objects.get()
        assert (made.person, made.year) == (yiming, 2026)
        assert made.said == "以上任职经历、利害关系和授课情况无遗漏；有变化时我会及时补充。"
        assert "2026 年度执业信息已确认" in mine(him)
        assert Event.objects.about(made).get().action == "confirm"
        with time_machine.travel("2027-01-01T08:00:00+08:00", tick=False):
            assert "请核对执业信息，并作 2027 年度确认" in mine(him)

    def test_the_database_holds_it_single(self, him, yiming):
        services.confirm(by=him, today=TODAY)
        with pytest.raises(IntegrityError), transaction.atomic():
            Confirmation(person=yiming, year=2026, said="再", by=him).save()

    def test_a_role_without_a_person_has_no_page(self):
        from tests.cast import user

        assert browser(user("old", Role.EXPERT)).get("/experts/mine/").status_code == 403


class TestQuestions:
    def test_the_page_asks_the_same_for_three_rows_of_each_as_for_one(self, him, center, yiming):
        expert = engaged(center, yiming)
        found = []
        for number in range(3):
            declare(him, "employment", **EMPLOYMENT | {"name": f"第 {number} 家"})
            declare(him, "interest", **INTEREST | {"name": f"亲属{'甲乙丙'[number]}"})
            services.declare(Interest(person=yiming, kind="other", name="某", note="某"), by=center)
            declare(him, "lecture", number=rows.session(rows.provider(username=f"t{number}")).number, note="")
            pages = ((him, "/experts/mine/"), (center, f"/experts/{expert.pk}/"))
            found.append(tuple(self.counted(by, path) for by, path in pages))
        assert (found[0], found[2]) == ((10, 14), (10, 14))

    def counted(self, by, path: str) -> int:
        client = browser(by)
        client.get(path)
        with CaptureQueriesContext(connection) as asked:
            assert client.get(path).status_code == 200
        return len(asked)


def test_what_was_declared_later_does_not_undo_the_confirmation(him):
    services.confirm(by=him, today=TODAY)
    with time_machine.travel("2026-12-01T08:00:00+08:00", tick=False):
        declare(him, "employment", **EMPLOYMENT)
        assert Employment.objects.get().at.date() == TODAY + timedelta(days=11)
        assert "2026 年度执业信息已确认" in mine(him)
