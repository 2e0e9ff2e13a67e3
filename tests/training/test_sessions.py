"""Courses and sessions: planned by whoever holds them, warned about, and fast once they are posted."""

import ast
from datetime import date
from decimal import Decimal as D
from pathlib import Path

import pytest
import time_machine
from django.core.exceptions import PermissionDenied
from django.db import InternalError, connection, transaction
from django.test.utils import CaptureQueriesContext

from cqo_portal.audit.models import Event
from cqo_portal.parties.models import Office
from cqo_portal.workflow.engine import Refused
from tests.cast import browser, institution
from tests.training import rows
from training import attendance, flagging, ledger, services, session_pages
from training.models import Course, Flag, Session
from training.packs import class_hour_of, classes_of, office_training_of, packs_of
from training.workflow import POST

DAY = date(2026, 10, 17)
TODAY = date(2026, 11, 20)
MORNING = (rows.at(DAY, 9), rows.at(DAY, 12))

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def noon():
    with time_machine.travel("2026-11-20T12:00:00+08:00", tick=False):
        yield


@pytest.fixture
def tan(people):
    made = rows.provider()
    rows.commission(made.acting.institution, people.offices["130900"], by=people.meng)
    return made


def form(course: Course, /, **changes) -> dict:
    """A session of one morning as a browser sends it; None leaves an input out."""
    said = {
        "course": str(course.pk),
        "held": "on_site",
        "place": "沧州市质量大厦三楼",
        "trainer": "周明远",
        "first_day": "2026-12-05",
        "last_day": "2026-12-05",
        "year": "",
        "hours-0": "4",
        "meetings-TOTAL_FORMS": "1",
        "meetings-INITIAL_FORMS": "0",
        "meetings-MIN_NUM_FORMS": "0",
        "meetings-MAX_NUM_FORMS": "60",
        "meetings-0-day": "2026-12-05",
        "meetings-0-begins": "09：00",
        "meetings-0-ends": "12:00",
    }
    return {name: value for name, value in (said | changes).items() if value is not None}


class TestCourses:
    WORDS = {"name": "统计过程控制实务", "kind": "continuing", "fields_of": ["spc"], "active": "on"}

    def test_a_course_is_written_and_its_title_comes_once(self, tan):
        assert browser(tan).post("/training/courses/new/", self.WORDS).status_code == 302
        course = Course.objects.get()
        assert (course.name, course.kind, course.fields) == ("统计过程控制实务", "continuing", ["spc"])
        assert course.institution == tan.acting.institution
        again = browser(tan).post("/training/courses/new/", self.WORDS | {"about": "另一份说明"})
        assert again.status_code == 422
        assert "已经有一门同名的课程" in again.content.decode()

    @pytest.mark.parametrize(
        ("planned", "status", "kind"), [(False, 302, "initial"), (True, 422, "continuing")]
    )
    def test_its_kind_stays_once_a_session_was_planned_of_it(self, tan, planned, status, kind):
        """Else a further education became an appointment training after the fact, and its certificates proved one."""
        of = rows.course(tan, name=self.WORDS["name"], kind="continuing")
        if planned:
            rows.session(tan, name=of.name)
        answer = browser(tan).post(f"/training/courses/{of.pk}/edit/", self.WORDS | {"kind": "initial"})
        of.refresh_from_db()
        assert (answer.status_code, of.kind) == (status, kind)
        if planned:
            beside = answer.context["form"].errors
            assert beside == {"kind": ["已经有场次用这门课程，类别不能再改；请另建课程。"]}
            kept = browser(tan).post(f"/training/courses/{of.pk}/edit/", self.WORDS | {"about": "控制图"})
            assert kept.status_code == 302

    def test_what_changed_of_it_is_on_record_before_and_after(self, tan):
        of = rows.course(tan, name=self.WORDS["name"], kind="continuing")
        services.write_course(of, {"name": of.name, "kind": "initial", "fields": ["spc"]}, by=tan)
        event = Event.objects.about(of).get(action="edit-course")
        assert event.data == {
            "before": {"kind": "continuing", "fields": []},
            "after": {"kind": "initial", "fields": ["spc"]},
        }

    def test_two_houses_may_teach_the_same(self, tan, people):
        for who in (tan, people.wang):
            services.write_course(None, {"name": "任职培训", "kind": "initial", "fields": []}, by=who)
        assert Course.objects.count() == 2

    def test_a_session_keeps_the_title_it_was_planned_under(self, tan):
        held = rows.session(tan)
        services.write_course(held.course, {"name": "改过的名称"}, by=tan)
        held.refresh_from_db()
        assert held.name == "首席质量官任职培训"

    def test_nobody_writes_in_another_house(self, tan, people):
        of = rows.course(tan)
        for stranger in (people.wang, people.meng, people.liu):
            with pytest.raises(PermissionDenied):
                services.write_course(of, {"name": "改名"}, by=stranger)

    def test_the_word_for_what_an_office_teaches_is_the_texts(self, people):
        said = {
            who: browser(who).get("/training/courses/").content.decode() for who in (people.wang, people.meng)
        }
        assert "本级负责基础培训（第十五条【教育培训】）" in said[people.wang]
        assert "本级负责提升培训（第十五条【教育培训】）" in said[people.meng]
        assert office_training_of(people.offices["130000"], TODAY) is None


class TestClasses:
    """Which classes may be typed, and how long a class hour lasts, is the texts'."""

    def test_where_no_text_knows_classes_there_is_none(self, tan, people):
        for house in (people.offices["130981"], tan.acting.institution, institution("没有委托的机构")):
            assert classes_of(packs_of(house, TODAY)) == [None]

    def test_hubei_counts_two_classes_and_a_provider_of_both_cities_has_the_union(self, tan, people):
        wuhan = Office.objects.create(
            code="420100", name="武汉市局", area="武汉市", level="city", jurisdiction="hubei"
        )
        assert classes_of(packs_of(wuhan, TODAY)) == [1, 2]
        rows.commission(tan.acting.institution, wuhan, by=people.meng)
        packs = packs_of(tan.acting.institution, TODAY)
        assert classes_of(packs) == [1, 2, None]
        assert class_hour_of(packs) == 45
        page = browser(tan).get("/training/sessions/new/?course=x")
        assert page.status_code == 302  # no course yet
        rows.course(tan)
        page = browser(tan).get("/training/sessions/new/").content.decode()
        for label in ("学时 · 第一类", "学时 · 第二类", "学时 · 不分类"):
            assert label in page


class TestPlanning:
    def test_a_session_gets_its_number_and_counts_for_the_year_of_its_last_day(self, people):
        of = rows.course(people.wang)
        answer = browser(people.wang).post("/training/sessions/new/", form(of))
        assert answer.status_code == 302
        held = Session.objects.get()
        assert answer.headers["Location"] == f"/training/sessions/{held.pk}/"
        assert (held.number, held.year, held.name) == ("PX-130981-2026-0001", 2026, "首席质量官任职培训")
        assert [(each.course_class, each.hours) for each in held.hours.all()] == [(None, D(4))]
        assert str(held.meetings.get()) == "2026-12-05 09:00–12:00"
        assert Event.objects.about(held).get().action == "plan"

    def test_a_provider_is_numbered_by_its_code_or_its_key(self, tan):
        of = rows.course(tan)
        browser(tan).post("/training/sessions/new/", form(of))
        key = tan.acting.institution.pk.hex[:8].upper()
        assert Session.objects.get().number == f"PX-{key}-2026-0001"
        tan.acting.institution.code = "CZZL"
        tan.acting.institution.save()
        browser(tan).post("/training/sessions/new/", form(of, trainer="苏慕白"))
        assert Session.objects.filter(number="PX-CZZL-2026-0001").exists()

    @pytest.mark.parametrize(
        ("wrong", "said"),
        [
            ({"course": ""}, "请选择课程。"),
            ({"last_day": "2026-12-04"}, "最后一天早于第一天2026年12月5日，请核对。"),
            ({"last_day": "2028-12-05"}, "一场最长 366 天；更长的请分成几场。"),
            ({"year": "2025"}, "这一场在 2026 年，只能计入 2026 年度。"),
            ({"hours-0": ""}, "请填写学时，例如 6 或 6.5。"),
            ({"hours-0": "401"}, "一场最多 400 学时，请核对。"),
            ({"hours-0": "6.125"}, "请填数字，最多两位小数"),
            ({"meetings-0-day": ""}, "请填写日期。"),
            ({"meetings-0-begins": ""}, "请填写开始时间。"),
            ({"meetings-0-begins": "9点"}, "请填时间，例如 09:00。"),
            ({"meetings-0-begins": "25:00"}, "没有 25:00 这个时间"),
            ({"meetings-0-ends": "09:00"}, "结束时间应晚于开始时间。"),
            ({"meetings-0-day": "2026-12-06"}, "不在这一场的日期之内（2026年12月5日至2026年12月5日）。"),
            ({"meetings-0-day": "", "meetings-0-begins": "", "meetings-0-ends": ""}, "请写上课时间"),
            ({"held": "own_pace"}, "自行安排时间的场次不写上课时间"),
            ({"meetings-TOTAL_FORMS": "x"}, "上课时间没有传完整"),
        ],
        ids=lambda value: str(value)[:40],
    )
    def test_what_is_wrong_is_said_beside_it_and_nothing_typed_is_lost(self, people, wrong, said):
        of = rows.course(people.wang)
        answer = browser(people.wang).post("/training/sessions/new/", form(of, **wrong))
        page = answer.content.decode()
        assert answer.status_code == 422
        assert said in page
        assert 'value="周明远"' in page
        assert not Session.objects.exists()

    def test_two_times_that_overlap_are_refused_beside_the_later_one(self, people):
        second = {"day": "2026-12-05", "begins": "11:59", "ends": "14:00"}
        more = {f"meetings-1-{name}": value for name, value in second.items()}
        of = rows.course(people.wang)
        said = form(of, **more) | {"meetings-TOTAL_FORMS": "2"}
        answer = browser(people.wang).post("/training/sessions/new/", said)
        assert "与另一节上课时间重叠，请核对。" in answer.content.decode()
        answer = browser(people.wang).post("/training/sessions/new/", said | {"meetings-1-begins": "12:00"})
        assert answer.status_code == 302
        assert Session.objects.get().meetings.count() == 2

    def test_without_the_script_the_server_adds_a_row_and_keeps_what_was_typed(self, people):
        of = rows.course(people.wang)
        answer = browser(people.wang).post("/training/sessions/new/", form(of, action="add-row"))
        page = answer.content.decode()
        assert answer.status_code == 200
        assert 'name="meetings-1-day"' in page
        assert 'value="周明远"' in page and 'value="09：00"' in page
        assert 'id="mistakes"' not in page

    @pytest.mark.parametrize("rows_there", ["9" * 5000, "x", "-1", "0", ""], ids=lambda told: told[:4])
    def test_a_number_of_rows_that_is_none_adds_the_first(self, people, rows_there):
        said = form(rows.course(people.wang), action="add-row", **{"meetings-TOTAL_FORMS": rows_there})
        answer = browser(people.wang).post("/training/sessions/new/", said)
        assert answer.status_code == 200
        assert 'name="meetings-0-day"' in answer.content.decode()
        del said["action"]
        said["meetings-0-day"] = ""
        assert browser(people.wang).post("/training/sessions/new/", said).status_code == 422

    def test_a_course_of_another_house_cannot_be_chosen(self, people, tan):
        rows.course(people.wang)
        answer = browser(people.wang).post("/training/sessions/new/", form(rows.course(tan)))
        assert answer.status_code == 422

    def test_more_hours_than_fit_are_warned_about_and_not_refused(self, people):
        of = rows.course(people.wang)
        for hours, warned in (("4", False), ("4.25", True)):
            answer = browser(people.wang).post("/training/sessions/new/", form(of, **{"hours-0": hours}))
            page = browser(people.wang).get(answer.headers["Location"]).content.decode()
            assert ("上课时间合计 180 分钟，一学时按 45 分钟，容不下 4.25 学时" in page) is warned
            assert ("不改的，入账时学时会标出核查" in page) is warned

    def test_that_no_commission_covers_the_days_is_said_on_the_page(self, tan):
        of = rows.course(tan)
        for day, warned in (("2026-12-05", False), ("2029-01-01", True)):
            said = form(of, first_day=day, last_day=day) | {"meetings-0-day": day}
            answer = browser(tan).post("/training/sessions/new/", said)
            page = browser(tan).get(answer.headers["Location"]).content.decode()
            assert ("没有覆盖这几天的委托。入账时学时会标出核查" in page) is warned


class TestChanging:
    @pytest.fixture
    def held(self, tan):
        return rows.session(tan, hours={None: "4"}, times=(MORNING,))

    def typed(self, held, **changes) -> dict:
        said = {"first_day": "2026-10-17", "last_day": "2026-10-17", "meetings-0-day": "2026-10-17"}
        return form(held.course, **said | changes)

    def test_before_posting_everything_may_change(self, held, tan):
        kept = held.meetings.get()
        answer = browser(tan).post(f"/training/sessions/{held.pk}/edit/", self.typed(held, trainer="苏慕白"))
        assert answer.status_code == 302
        held.refresh_from_db()
        assert held.trainer == "苏慕白"
        assert held.meetings.get() == kept  # the same time keeps its key
        said = self.typed(held, **{"meetings-0-ends": "11:00", "hours-0": "2.5"})
        browser(tan).post(f"/training/sessions/{held.pk}/edit/", said)
        assert str(held.meetings.get()) == "2026-10-17 09:00–11:00"
        assert held.hours.get().hours == D("2.5")

    def test_a_time_somebody_signed_for_stays(self, held, tan):
        rows.came(held, rows.person(), meetings=[held.meetings.get().pk])
        said = self.typed(held, **{"meetings-0-ends": "11:00"})
        answer = browser(tan).post(f"/training/sessions/{held.pk}/edit/", said)
        assert answer.status_code == 422
        assert "已经有人登记或者签到，不能再改" in answer.content.decode()
        assert held.hours.get().hours == D(4)

    @pytest.mark.parametrize(("in_class_2", "status"), [(True, 422), (False, 302)])
    def test_a_class_somebody_has_hours_of_stays(self, tan, in_class_2, status):
        held = rows.session(tan, hours={1: "4", 2: "2"}, times=(MORNING,))
        rows.came(held, rows.person(), course_class=2 if in_class_2 else 1)
        said = self.typed(held, **{"hours-0": None, "hours-1": "4", "hours-2": ""})
        answer = browser(tan).post(f"/training/sessions/{held.pk}/edit/", said)
        assert answer.status_code == status
        sentence = "名单里已经有人登记了第二类学时，不能去掉；请先在名单里去掉这些行。"
        assert (sentence in answer.content.decode()) is in_class_2
        assert held.hours.filter(course_class=2).exists() is in_class_2

    def test_hours_may_become_fewer_than_somebody_has(self, held, tan):
        """The posting asks for that."""
        rows.came(held, rows.person())
        said = self.typed(held, **{"hours-0": "3"})
        assert browser(tan).post(f"/training/sessions/{held.pk}/edit/", said).status_code == 302
        with pytest.raises(Refused, match="王雪松的学时超过本场规定的学时"):
            rows.posted(held, by=tan)

    @pytest.fixture
    def posted(self, held, tan):
        rows.came(held, rows.person())
        return rows.posted(held, by=tan)

    def test_after_posting_only_place_and_trainer_change(self, posted, tan):
        path = f"/training/sessions/{posted.pk}/edit/"
        page = browser(tan).get(path).content.decode()
        assert "这一场已经入账，日期、学时和上课时间不能再改" in page
        assert 'name="first_day"' not in page
        assert browser(tan).post(path, {"place": "二楼", "trainer": "苏慕白"}).status_code == 302
        posted.refresh_from_db()
        assert (posted.place, posted.trainer, posted.first_day) == ("二楼", "苏慕白", DAY)

    @pytest.mark.parametrize(
        "changes",
        [
            {"first_day": "2026-10-01"},
            {"hours-0": "3.5"},
            {"meetings-0-ends": "11:30"},
            {"course": "another"},
        ],
        ids=str,
    )
    def test_whoever_opened_the_form_before_a_colleague_posted_is_told_that_it_stays(
        self, posted, tan, changes
    ):
        another = rows.course(tan, name="统计过程控制实务")
        changes = {name: str(another.pk) if to == "another" else to for name, to in changes.items()}
        path = f"/training/sessions/{posted.pk}/edit/"
        answer = browser(tan).post(path, self.typed(posted, trainer="苏慕白", **changes))
        page = answer.content.decode()
        assert answer.status_code == 422
        assert page.count("这一场已经入账，日期、学时和上课时间不能再改") == 1
        assert 'value="苏慕白"' in page and all(f'value="{to}"' in page for to in changes.values())
        posted.refresh_from_db()
        assert (posted.trainer, posted.first_day, posted.hours.get().hours) == ("周明远", DAY, D(4))
        # the control: of the same form with nothing else in it the trainer is saved
        assert browser(tan).post(path, self.typed(posted, trainer="苏慕白")).status_code == 302
        posted.refresh_from_db()
        assert posted.trainer == "苏慕白"

    def test_so_is_whoever_saves_in_the_moment_of_the_posting(self, held, tan, monkeypatch):
        rows.came(held, rows.person())
        change = services.change_session

        def a_moment_later(session, values, *, by, **more):
            assert session.state == "planned"
            rows.posted(held, by=tan)
            return change(session, values, by=by, **more)

        monkeypatch.setattr(services, "change_session", a_moment_later)
        said = self.typed(held, first_day="2026-10-01")
        answer = browser(tan).post(f"/training/sessions/{held.pk}/edit/", said)
        assert answer.status_code == 422
        assert "这一场已经入账，日期、学时和上课时间不能再改" in answer.content.decode()

    @pytest.mark.parametrize("change", [{"first_day": date(2026, 10, 1)}, {"year": 2025}], ids=str)
    def test_the_database_holds_the_days_of_what_was_posted(self, held, tan, change):
        Session.objects.filter(pk=held.pk).update(**change)  # the control
        Session.objects.filter(pk=held.pk).update(first_day=DAY, year=2026)
        rows.came(held, rows.person())
        rows.posted(held, by=tan)
        with pytest.raises(InternalError, match="Cannot update rows"), transaction.atomic():
            Session.objects.filter(pk=held.pk).update(**change)
        Session.objects.filter(pk=held.pk).update(trainer="苏慕白")

    def test_the_database_holds_hours_and_times_of_what_was_posted(self, held, tan):
        held.hours.update(hours=D(3))  # the control
        rows.came(held, rows.person())
        rows.posted(held, by=tan)
        for act in (lambda: held.hours.update(hours=D(9)), lambda: held.meetings.all().delete()):
            with pytest.raises(InternalError, match="of a posted session stay"), transaction.atomic():
                act()

    def test_a_cancelled_one_is_left_alone(self, held, tan):
        steps = f"/training/sessions/{held.pk}/steps/cancel/"
        browser(tan).post(steps)
        held.refresh_from_db()
        assert held.state == "planned"  # the reason is missing
        browser(tan).post(steps, {"note": "报名不足"})
        held.refresh_from_db()
        assert held.state == "cancelled"
        with pytest.raises(Refused, match="已经取消"):
            services.change_session(held, {}, by=tan)
        assert browser(tan).get(f"/training/sessions/{held.pk}/edit/").status_code == 302
        assert browser(tan).get(f"/training/sessions/{held.pk}/post/").status_code == 302


class TestTwoTabs:
    """Whoever opened the form first is told what came between, and decides then."""

    @staticmethod
    def seen(page: str) -> str:
        return page.partition('name="seen" value="')[2].partition('"')[0]

    def test_a_session_changed_meanwhile_is_not_overwritten_unseen(self, people):
        of = rows.course(people.wang)
        client = browser(people.wang)
        client.post("/training/sessions/new/", form(of))
        held = Session.objects.get()
        path = f"/training/sessions/{held.pk}/edit/"
        first = self.seen(client.get(path).content.decode())
        assert client.post(path, form(of, place="甲处", seen=first)).status_code == 302
        wrong = client.post(
            path, form(of, trainer="", seen=first)
        )  # a mistake shows nothing of the other tab
        assert self.seen(wrong.content.decode()) == first
        refused = client.post(path, form(of, trainer="苏慕白", seen=first))
        page = refused.content.decode()
        assert refused.status_code == 422 and "同事改过它，还没有保存" in page and "苏慕白" in page
        held.refresh_from_db()
        assert (held.place, held.trainer) == ("甲处", "周明远")
        assert client.post(path, form(of, trainer="苏慕白", seen=self.seen(page))).status_code == 302
        held.refresh_from_db()
        assert (held.place, held.trainer) == ("沧州市质量大厦三楼", "苏慕白")

    def test_another_row_is_no_other_look(self, people):
        of = rows.course(people.wang)
        client = browser(people.wang)
        client.post("/training/sessions/new/", form(of))
        path = f"/training/sessions/{Session.objects.get().pk}/edit/"
        first = self.seen(client.get(path).content.decode())
        client.post(path, form(of, place="甲处", seen=first))
        more = client.post(path, form(of, action="add-row", seen=first)).content.decode()
        assert self.seen(more) == first

    def test_a_course_changed_meanwhile_neither(self, people):
        of = rows.course(people.wang)
        client, path = browser(people.wang), f"/training/courses/{of.pk}/edit/"
        said = {"name": of.name, "kind": of.kind, "active": "on"}
        first = self.seen(client.get(path).content.decode())
        assert client.post(path, said | {"about": "甲", "seen": first}).status_code == 302
        refused = client.post(path, said | {"about": "乙", "seen": first})
        page = refused.content.decode()
        assert refused.status_code == 422 and "同事改过它，还没有保存" in page and "乙" in page
        of.refresh_from_db()
        assert of.about == "甲"
        assert client.post(path, said | {"about": "乙", "seen": self.seen(page)}).status_code == 302


class TestWhoSees:
    def test_a_session_is_seen_by_its_house_and_by_the_offices_above_and_that_commissioned(self, tan, people):
        of_a_provider, of_a_county = rows.session(tan), rows.session(people.wang)
        of_the_city = rows.session(people.meng)
        sees = {
            name: set(Session.objects.visible_to(user).values_list("pk", flat=True))
            for name, user in {"tan": tan, **vars(people)}.items()
            if name in ("tan", "wang", "qing", "meng", "hao", "liu")
        }
        everything = {of_a_provider.pk, of_a_county.pk, of_the_city.pk}
        assert sees == {
            "tan": {of_a_provider.pk},
            "wang": {of_a_county.pk},
            "qing": set(),
            "meng": everything,
            "hao": everything,
            "liu": set(),
        }

    def test_an_office_reads_those_of_others_and_changes_nothing(self, tan, people):
        held = rows.session(tan)
        page = browser(people.meng).get(f"/training/sessions/{held.pk}/").content.decode()
        assert 'id="enter"' not in page
        assert browser(people.meng).get(f"/training/sessions/{held.pk}/edit/").status_code == 403
        listed = browser(people.meng).get("/training/?whose=all").content.decode()
        assert held.number in listed
        assert held.number not in browser(people.meng).get("/training/").content.decode()


class TestLooks:
    def looks(self, held) -> list[tuple]:
        return [(event.actor, event.data["at"]) for event in Event.objects.about(held).looks().order_by("id")]

    def test_an_office_above_is_noted_once_a_day_and_the_own_house_is_not(self, tan, people):
        held = rows.session(tan)
        rows.came(held, rows.person())
        roster = held.get_absolute_url()
        addresses = [roster, f"{roster}entries/", roster]
        for who in (tan, people.meng, people.hao):
            for address in addresses:
                assert browser(who).get(address).status_code == 200
        assert self.looks(held) == [(people.meng, "130900"), (people.hao, "130000")]
        with time_machine.travel("2026-11-21T12:00:00+08:00", tick=False):
            browser(people.meng).get(f"{roster}entries/")
        assert self.looks(held)[2:] == [(people.meng, "130900")]
        of_the_city = rows.session(people.meng)
        browser(people.meng).get(of_the_city.get_absolute_url())
        assert self.looks(of_the_city) == []

    def test_strangers_are_shown_nothing_and_the_page_does_not_list_who_looked(self, tan, people):
        held = rows.session(tan)
        assert browser(people.qing).get(held.get_absolute_url()).status_code == 404
        assert self.looks(held) == []
        for _ in range(2):
            page = browser(people.meng).get(held.get_absolute_url()).content.decode()
        assert len(self.looks(held)) == 1
        assert "look" not in page and "日常管理" not in page


class TestLists:
    def test_filters_and_search(self, tan):
        over = rows.session(tan, name="过程控制", day=date(2026, 11, 1))
        coming = rows.session(tan, name="六西格玛", day=date(2026, 12, 1))
        done = rows.session(tan, name="任职培训", day=date(2026, 10, 1))
        rows.came(done, rows.person())
        rows.posted(done, by=tan)

        def found(query: str) -> set[str]:
            page = browser(tan).get(f"/training/{query}").content.decode()
            return {each.name for each in (over, coming, done) if each.number in page}

        assert found("") == {"过程控制", "六西格玛", "任职培训"}
        assert found("?when=to-post") == {"过程控制"}
        assert found("?when=coming") == {"六西格玛"}
        assert found("?when=posted") == {"任职培训"}
        assert found("?when=nonsense&whose=%00") == {"过程控制", "六西格玛", "任职培训"}
        assert found("?q=glkz") == set()
        assert found("?q=gckz") == {"过程控制"}
        assert "有 1 场结束了还没有入账" in browser(tan).get("/training/").content.decode()

    @pytest.mark.parametrize(
        ("address", "number"),
        [("/training/", 9), ("/training/courses/", 6), ("/", 11)],
    )
    def test_three_rows_cost_as_much_as_one(self, tan, address, number):
        asked = []
        for rows_there in (1, 3):
            while Course.objects.count() < rows_there:
                rows.session(tan, name=f"课程 {Course.objects.count()}", day=date(2026, 11, 1))
                rows.session(tan, name=f"课程 {Course.objects.count() - 1}", day=date(2026, 12, 1))
            client = browser(tan)
            with CaptureQueriesContext(connection) as questions:
                assert client.get(address).status_code == 200
            asked.append(len(questions))
        assert asked == [number, number]


# ── what was done, in words ───────────────────────────────────────────────────────────────────
NOT_ABOUT_A_SESSION = set(
    """
    close commission confirm correct edit-course end enter explain-flag find freeze hand-in issue-completion look open
    receive refuse return seed send void-completion withdraw write-course
    """.split()
)
SAID_BY = {"exported": "export", "look": "look"}


def acts_recorded() -> set[str]:
    """Every name an act of a training goes on record under, read from the sources."""
    root = Path(session_pages.__file__).parent
    calls = (
        node
        for path in root.rglob("*.py")
        for node in ast.walk(ast.parse(path.read_text()))
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name)
    )
    return {name for call in calls if (name := _act_of(call))}


def _act_of(call: ast.Call) -> str | None:
    first = call.args[0] if call.args else None
    match call.func.id:
        case "record" | "_on_record":
            return first.value if isinstance(first, ast.Constant) else None
        case "look_once":
            return getattr(Event, first.attr)
        case "Transition":
            return next(each.value.value for each in call.keywords if each.arg == "name")
    return SAID_BY.get(call.func.id)


def test_every_act_about_a_session_has_a_word():
    """Whoever records a further one says here whether it is about a session."""
    assert acts_recorded() - NOT_ABOUT_A_SESSION == set(session_pages.ACTS)


def test_settled_flags_and_a_list_taken_away_stand_on_its_page_in_words(tan, people):
    held = rows.session(tan, day=date(2025, 12, 31))
    rows.came(held, rows.person())
    rows.posted(held, by=tan)
    flagging.settle(Flag.objects.all(), counts=True, reason="补办了委托", by=people.meng)
    attendance.note_taken(held, by=tan, as_what="xlsx")
    page = browser(tan).get(held.get_absolute_url()).content.decode()
    assert "核查" in page and "下载登记表" in page
    assert "settle-flags" not in page and "export" not in page


class TestThePageOfASession:
    """It offers what can be done now, and says what became of what was done."""

    @pytest.mark.parametrize(
        ("clock", "said", "offered"),
        [
            ("2026-11-20T10:00:00+08:00", "上课中，19:00 以后入账", False),
            ("2026-11-20T18:59:00+08:00", "上课中，19:00 以后入账", False),
            ("2026-11-20T19:00:00+08:00", "核对后入账 1 人", True),
            ("2026-11-19T20:00:00+08:00", "2026年11月20日结束以后才能入账。", False),
        ],
    )
    def test_posting_is_offered_once_the_last_meeting_has_ended(self, tan, clock, said, offered):
        held = rows.session(
            tan, day=TODAY, times=tuple((rows.at(TODAY, a), rows.at(TODAY, a + 3)) for a in (9, 16))
        )
        rows.came(held, rows.person())
        with time_machine.travel(clock, tick=False):
            page = browser(tan).get(held.get_absolute_url()).content.decode()
            listed = browser(tan).get("/training/").content.decode()
            refused = bool(POST.reasons_against(held, date.fromisoformat(clock[:10])))
        assert said in page
        assert (f"/training/sessions/{held.pk}/post/" in page) is offered is not refused
        assert ("待入账</span>" in page) is ("待入账</span>" in listed) is offered

    @pytest.fixture
    def posted(self, tan):
        held = rows.session(tan)
        for name in ("王雪松", "李四", "赵六"):
            rows.came(held, rows.person(name))
        return rows.posted(held, by=tan)

    def read(self, held, by) -> str:
        return browser(by).get(held.get_absolute_url()).content.decode()

    def test_while_something_stands_it_is_done(self, posted, tan):
        page = self.read(posted, tan)
        assert "<b>办结</b>" in page and "<b>不用再办</b>" in page
        assert "入账记录 3 笔<" in page

    def test_a_reversal_stands_in_the_timeline_with_its_number_and_reason(self, posted, tan):
        entry = posted.entries.get(person__name="李四")
        ledger.reverse(entry, reason="上午未到场", by=tan)
        page = self.read(posted, tan)
        assert f"冲正 {entry.number}" in page and "上午未到场" in page
        assert "入账记录 3 笔，已冲正 1 笔" in page
        assert "<b>不用再办</b>" in page
        assert "整次冲正</a>" in browser(tan).get(f"{posted.get_absolute_url()}entries/").content.decode()

    def test_where_nothing_stands_any_more_the_house_begins_anew(self, posted, tan):
        ledger.reverse_all(posted.postings.get(), reason="场次重复登记", expected=3, by=tan)
        page = self.read(posted, tan)
        assert "<b>入账的都已冲正</b>" in page and "登错了的，重新登记再入账。" in page
        assert "办结" not in page and "不用再办" not in page
        assert "入账记录 3 笔，有效 0 笔" in page
        assert "整次冲正 3 笔" in page and "场次重复登记" in page
        entries = browser(tan).get(f"{posted.get_absolute_url()}entries/").content.decode()
        assert "整次冲正</a>" not in entries
        rows.came(posted, rows.person("孙七"))
        assert "核对后入账 1 人" in self.read(posted, tan)

    def test_another_sessions_reversal_is_not_told(self, posted, tan):
        other = rows.session(tan, day=date(2026, 10, 18))
        rows.came(other, rows.person("孙七"))
        ledger.reverse_all(rows.posted(other, by=tan).postings.get(), reason="另一场", expected=1, by=tan)
        assert "另一场" not in self.read(posted, tan)

    @pytest.mark.parametrize("taken_back", [1, 3])
    def test_three_reversals_cost_as_much_as_one(self, posted, tan, taken_back, django_assert_num_queries):
        for entry in list(posted.entries.order_by("id")[:taken_back]):
            ledger.reverse(entry, reason="误登", by=tan)
        client = browser(tan)
        client.get(posted.get_absolute_url())
        with django_assert_num_queries(13):
            assert client.get(posted.get_absolute_url()).content.decode().count("冲正 E-") == taken_back
