"""Providers on record and their commissions: entered, ended, entered anew; never changed in between."""

from datetime import date

import pytest
import time_machine
from django.core.exceptions import PermissionDenied
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from cqo_portal.accounts.models import Role
from cqo_portal.audit.models import Event
from cqo_portal.notifications.models import Message
from cqo_portal.parties.models import Institution, Office
from tests.cast import CODES, TODAY, browser, institution, user
from tests.duties import rows as duties
from tests.training import rows
from tests.training.certified import held, issued, with_code
from training import providers
from training.models import Commission, Entry
from training.permissions import oversees

pytestmark = pytest.mark.django_db

SAID = {
    "name": "沧州质量培训学校",
    "credit_code": CODES[2],
    "code": "czpx",
    "contact": "周明远",
    "phone": "0317-2345678",
}
NEW = {"document": "沧市监质〔2026〕9号", "first_day": "2026-12-01", "last_day": "2028-11-30"}


@pytest.fixture(autouse=True)
def noon():
    with time_machine.travel("2026-11-20T12:00:00+08:00", tick=False):
        yield


@pytest.fixture
def tan(people):
    made = with_code(rows.provider())
    rows.commission(made.acting.institution, people.offices["130900"], by=people.meng)
    return made


def read(who, path: str) -> str:
    answer = browser(who).get(path)
    assert answer.status_code == 200, answer.status_code
    return answer.content.decode()


class TestOnRecord:
    def test_a_city_enters_an_institution_and_commissions_it(self, people):
        answer = browser(people.meng).post(reverse("training:provider-new"), SAID)
        made = Institution.objects.get()
        assert (made.name, made.credit_code, made.code) == ("沧州质量培训学校", CODES[2], "CZPX")
        assert answer.url == f"/training/providers/{made.pk}/commissions/new/"
        assert browser(people.meng).post(answer.url, NEW).status_code == 302
        held = Commission.objects.get()
        assert (held.office, held.first_day, held.last_day) == (
            people.offices["130900"],
            date(2026, 12, 1),
            date(2028, 11, 30),
        )
        assert "2026年12月1日起有效" in read(people.meng, f"/training/providers/{made.pk}/")

    @pytest.mark.parametrize(
        ("change", "said"),
        [
            ({"credit_code": CODES[2][:-1] + "0"}, "第 18 位校验位应为"),
            ({"credit_code": "123"}, "应为 18 位"),
            ({"code": "沧州"}, "2–10 位大写字母或数字"),
            ({"code": "C"}, "2–10 位大写字母或数字"),
            ({"code": "130981"}, "管辖机构的代码"),
            ({"code": "CZPX"}, "已经给了另一家机构"),
            ({"name": "泊头培训中心"}, "另一家机构已经用了这个名称"),
            ({"name": ""}, "请填写机构名称"),
            ({"phone": "12"}, "11 位手机号码"),
        ],
    )
    def test_a_mistake_stands_beside_the_field_and_nothing_typed_is_lost(self, people, change, said):
        Institution.objects.create(name="泊头培训中心", code="CZPX")
        form = SAID | {"code": "CZXX"} | change
        answer = browser(people.meng).post(reverse("training:provider-new"), form)
        assert answer.status_code == 422
        assert said in answer.content.decode()
        assert "周明远" in answer.content.decode()
        assert Institution.objects.count() == 1

    def test_data_are_corrected_and_both_stay_in_the_record(self, people, tan):
        path = reverse("training:provider-edit", args=[tan.acting.institution_id])
        browser(people.meng).post(path, SAID | {"contact": "李新"})
        event = Event.objects.get(action="correct")
        assert event.data["before"]["contact"] == ""
        assert event.data["after"]["contact"] == "李新"
        page = read(people.meng, f"/training/providers/{tan.acting.institution_id}/")
        assert "联系人：（空） → 李新" in page
        assert "信用代码：（空） → " + CODES[2] in page

    def test_a_code_that_was_printed_stays(self, people, tan):
        person = rows.person()
        path = reverse("training:provider-edit", args=[tan.acting.institution_id])
        issued(held(tan, person), person, by=tan)
        answer = browser(people.meng).post(path, SAID | {"code": "OTHER"})
        assert "代号 CZPX 已经印在发出的证书上，不能再改" in answer.content.decode()
        assert browser(people.meng).post(path, SAID).status_code == 302  # the control

    @pytest.mark.parametrize(
        ("jurisdiction", "tier", "may"),
        [("fujian", "city", False), ("fujian", "province", True), ("hubei", "city", True)],
    )
    def test_where_the_text_names_the_province_no_city_commissions(self, jurisdiction, tier, may):
        city = duties.county(jurisdiction).parent
        office = city if tier == "city" else city.parent
        by = user("authority", tier, office=office)
        said = {"document": "〔2026〕3号", "first_day": "2026-01-01", "last_day": "2028-12-31"}
        made = institution("福州质量培训学校")
        answer = browser(by).post(reverse("training:commission-new", args=[made.pk]), said)
        assert answer.status_code == (302 if may else 422)
        assert made.commissions.exists() is may
        if not may:
            page = answer.content.decode()
            assert "培训机构由省级机关委托（第九条），本局不能委托。" in page and "〔2026〕3号" in page

    def test_another_city_does_not_correct_what_this_one_commissioned(self, people, tan):
        other = people.offices["130900"]
        other.pk, other.code = "131000", "131000"
        other.save(force_insert=True)
        stranger = user("lang", Role.CITY, office=other)
        said = {"name": "x", "credit_code": CODES[2], "code": "XX", "contact": "", "phone": ""}
        with pytest.raises(PermissionDenied):
            providers.correct(tan.acting.institution, said, by=stranger)
        nobodys = institution("还没有委托的机构")
        providers.correct(nobodys, said, by=stranger)  # the control: nobody commissioned it


class TestCommissions:
    def test_the_provider_sees_until_when_it_holds(self, people, tan):
        page = read(tan, f"/training/providers/{tan.acting.institution_id}/")
        assert "到2028年12月31日为止，连今天还有 773 天" in page.replace("\u00a0", " ")
        assert (
            browser(tan).get("/training/providers/").url
            == f"/training/providers/{tan.acting.institution_id}/"
        )
        other = institution("泊头培训中心")
        assert browser(tan).get(f"/training/providers/{other.pk}/").status_code == 404

    def test_it_is_ended_with_its_last_day_and_a_reason(self, people, tan):
        held = Commission.objects.get()
        path = reverse("training:commission-end", args=[held.pk])
        for form, said in (
            ({"ended_on": "2025-12-31", "reason": "x"}, "终止不能更早"),
            ({"ended_on": "2029-01-01", "reason": "x"}, "不能更晚"),
            ({"ended_on": "2026-11-20", "reason": ""}, "请填写理由"),
        ):
            answer = browser(people.meng).post(path, form)
            assert (answer.status_code, said in answer.content.decode()) == (422, True)
        browser(people.meng).post(path, {"ended_on": "2026-11-20", "reason": "资格到期"})
        held.refresh_from_db()
        assert (held.state, held.ended_on) == ("ended", TODAY)
        assert Message.objects.get(kind="provider-commission-ended").recipient == tan
        page = read(tan, f"/training/providers/{held.institution_id}/")
        assert "资格到期" in page and "提前终止" in page

    def test_until_its_last_day_an_ended_one_says_so_and_is_not_renewed(self, people, tan):
        held = Commission.objects.get()
        path = f"/training/providers/{held.institution_id}/"
        before = read(people.meng, path)
        assert "委托有效" in before and ">续</a>" in before and ">终止</a>" in before  # the control
        providers.end(held, on=date(2026, 11, 30), reason="资格到期", by=people.meng, today=TODAY)
        page = read(people.meng, path)
        assert "已提前终止，到 2026年11月30日" in page
        assert "委托快到期" not in page and ">续</a>" not in page and ">终止</a>" not in page

    def test_what_is_over_cannot_be_ended(self, people):
        made, office = institution("泊头培训中心"), people.offices["130900"]
        rows.commission(made, office, by=people.meng, last_day=date(2026, 11, 19))
        page = read(people.meng, f"/training/providers/{made.pk}/")
        assert "委托已结束" in page and ">终止</a>" not in page

    def test_only_the_office_that_gave_it_ends_it(self, people, tan):
        held = Commission.objects.get()
        path, form = (
            reverse("training:commission-end", args=[held.pk]),
            {"ended_on": "2026-11-20", "reason": "x"},
        )
        for stranger in (people.wang, people.hao, tan):
            assert browser(stranger).post(path, form).status_code == 403

    def test_a_renewal_begins_the_day_after(self, people, tan):
        held = Commission.objects.get()
        path = reverse("training:commission-new", args=[held.institution_id])
        assert 'value="2029-01-01"' in read(people.meng, f"{path}?after={held.pk}")
        same = NEW | {"document": held.document}
        assert "已经登记过了" in browser(people.meng).post(path, same).content.decode()
        wrong = NEW | {"last_day": "2026-11-30"}
        assert "截止日期早于起始日期" in browser(people.meng).post(path, wrong).content.decode()
        browser(people.meng).post(path, NEW | {"first_day": "2029-01-01", "last_day": ""})
        assert Commission.objects.filter(last_day=None).exists()

    def test_counties_read_and_nobody_else_sees_the_list(self, people, tan):
        assert "沧州质量培训学校" in read(people.wang, "/training/providers/")
        assert browser(people.wang).get("/training/providers/new/").status_code == 403
        assert browser(people.liu).get("/training/providers/").status_code == 403


class TestTheList:
    def test_it_is_searched_and_narrowed(self, people, tan):
        institution("泊头培训中心")
        for address, seen, unseen in (
            ("?q=泊头", "泊头培训中心", "沧州质量培训学校"),
            ("?q=CZPX", "沧州质量培训学校", "泊头培训中心"),
            ("?standing=holding", "沧州质量培训学校", "泊头培训中心"),
            ("?standing=none", "泊头培训中心", "沧州质量培训学校"),
        ):
            page = read(people.meng, f"/training/providers/{address}")
            assert (seen in page, unseen in page) == (True, False), address

    def test_a_body_that_evaluates_is_there_once_it_is_commissioned_to_train(self, people, tan):
        body = user("pingjia", Role.BODY, institution=institution("沧州质量评价中心")).acting.institution
        assert "沧州质量评价中心" not in read(people.meng, "/training/providers/")
        rows.commission(body, people.offices["130900"], by=people.meng)
        assert "沧州质量评价中心" in read(people.meng, "/training/providers/")

    def test_it_asks_the_same_for_three_rows_as_for_one(self, people, tan):
        client = browser(people.meng)
        client.get("/training/providers/")

        def asked() -> int:
            with CaptureQueriesContext(connection) as questions:
                assert client.get("/training/providers/").status_code == 200
            return len(questions)

        one = asked()
        for number in range(2):
            made = institution(f"机构{number}")
            rows.commission(made, people.offices["130900"], by=people.meng)
        assert (one, asked()) == (7, 7)

    def test_what_is_posted_and_issued_is_there_at_once(self, people, tan):
        person = rows.person()
        session = held(tan, person)
        (made,) = issued(session, person, by=tan)
        for who in (people.meng, people.hao, tan):
            page = read(who, f"/training/providers/{tan.acting.institution_id}/")
            assert session.number in page
            assert made.number in page and "王雪松" in page

    def test_an_office_of_another_area_reads_how_many_there_are_and_no_name(self, people, tan):
        """The city that commissioned it is the control."""
        person = rows.person("李四")
        session = held(tan, person)
        (made,) = issued(session, person, by=tan)
        elsewhere = duties.clerk_of(duties.county("hubei"))
        for who, shown in ((elsewhere, False), (people.meng, True)):
            page = read(who, f"/training/providers/{tan.acting.institution_id}/")
            assert "1 场，入账即报备" in page and "1 张，颁发即报备" in page
            for name in (session.number, made.number, "李四"):
                assert (name in page) is shown
            assert page.count("不在本局辖区，只列数目。") == (0 if shown else 2)
            assert "还没有。" not in page


class TestWhatACommissionOpens:
    """Whoever comes later, or says he will, sees and settles nothing of what was held before he came."""

    @pytest.fixture
    def stranger(self, people):
        other = people.offices["130900"]
        other.pk, other.code = "131000", "131000"
        other.save(force_insert=True)
        people.offices["130900"].refresh_from_db()
        return user("lang", Role.CITY, office=other)

    @pytest.mark.parametrize(
        ("first_day", "sees"),
        [(date(2099, 1, 1), False), (date(2026, 10, 18), False), (date(2026, 10, 17), True)],
    )
    def test_a_session_of_before_stays_closed(self, people, tan, stranger, first_day, sees):
        office = Office.objects.get(pk="130900")
        rows.commission(tan.acting.institution, office, by=people.meng)
        session = rows.session(tan, day=date(2026, 10, 17))
        rows.came(session, rows.person())
        rows.posted(session, by=tan)
        providers.commission(
            tan.acting.institution,
            {"document": "自拟〔2026〕1号", "first_day": first_day, "last_day": first_day},
            by=stranger,
        )
        entry = session.entries.get()
        assert browser(stranger).get(session.get_absolute_url()).status_code == (200 if sees else 404)
        assert Entry.objects.visible_to(stranger).exists() is sees
        assert Entry.objects.overseen_by(stranger.acting).exists() is sees
        assert (oversees.test(stranger, entry), oversees.test(stranger, session)) == (sees, sees)
        assert Entry.objects.overseen_by(people.meng.acting).exists()  # the control

    def test_what_was_held_before_anybody_came_is_looked_after_by_whoever_came_since(self, people):
        bo = rows.provider("泊头培训中心", username="bo")
        session = rows.session(bo, day=date(2025, 12, 31))
        rows.came(session, rows.person())
        rows.posted(session, by=bo)
        province = people.hao
        assert oversees.test(province, session) and not oversees.test(people.meng, session)
        rows.commission(bo.acting.institution, Office.objects.get(pk="130900"), by=people.meng)
        assert oversees.test(people.meng, session) and not oversees.test(province, session)
        assert Entry.objects.overseen_by(people.meng.acting).exists()
        assert not Entry.objects.overseen_by(province.acting).exists()
