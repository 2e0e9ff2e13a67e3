"""Self-reports: sent by the person, seen with their papers, confirmed or refused by whom they were sent to."""

from datetime import date

import pytest
from django.core.exceptions import PermissionDenied
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection

from cqo_portal.accounts.models import Assignment, Role
from cqo_portal.audit.models import Event
from cqo_portal.notifications.models import Message
from cqo_portal.papers.accepting import accept
from cqo_portal.workflow.engine import Refused, perform
from tests.cast import browser, institution, picture, user
from tests.duties import rows
from tests.training.rows import person
from training import flagging, ledger, reporting
from training.models import Entry, Evidence, Flag, SelfReport
from training.workflow import CONFIRM, REFUSE, WITHDRAW, confirming

DAY = date(2026, 9, 5)
NEW = "/hours/reports/new/"

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("that_day")]


class Scene:
    """Somebody in office where class 1 and class 2 are kept apart, his county's clerk, and a neighbour's."""

    def __init__(self, jurisdiction: str = "hubei") -> None:
        self.county = rows.county(jurisdiction)
        self.clerk = rows.clerk_of(self.county)
        self.post = rows.post(self.county)
        self.who = self.post.person
        self.himself = rows.himself(self.who)

    def report(self, **more) -> SelfReport:
        words = {"papers": (1,), "on": DAY} | more
        return rows.report(self.who, to=self.county, by=self.himself, **words)

    def typed(self, **changes) -> dict:
        said = {
            "activity": "training",
            "title": "质量经济性读书报告",
            "held_by": "湖北省质量协会",
            "course_class": "1",
            "hours": "1.25",
            "first_day": "2026-09-05",
            "last_day": "2026-09-05",
            "year": "2026",
            "to": f"office:{self.county.pk}",
            "note": "",
            "papers": [picture()],
        }
        return {name: value for name, value in (said | changes).items() if value is not None}


@pytest.fixture
def scene():
    return Scene()


class Sending:
    """The real act, and how deep in transactions it was called."""

    def __init__(self) -> None:
        self.depth, self.real = 0, reporting.send

    def __call__(self, *args, **kwargs) -> SelfReport:
        self.depth = len(connection.savepoint_ids)
        return self.real(*args, **kwargs)


class TestSending:
    def test_what_was_typed_is_what_waits_and_the_county_is_told(self, scene):
        answer = browser(scene.himself).post(NEW, scene.typed())
        report = SelfReport.objects.get()
        assert answer.headers["Location"] == report.get_absolute_url()
        assert (report.person, report.office, report.state) == (scene.who, scene.county, "waiting")
        assert (str(report.hours), report.course_class, report.year) == ("1.25", 1, 2026)
        assert report.evidence.get().pages == 1
        told = Message.objects.get(recipient=scene.clerk)
        assert (told.kind, told.title) == ("self-report-sent", "王雪松自报学时，等待确认")

    @pytest.mark.parametrize(
        ("changes", "said"),
        [
            ({"hours": ""}, "参加培训的，请填写学时"),
            ({"hours": "0"}, "参加培训的，请填写学时"),
            ({"hours": "1.255"}, "最多两位小数"),
            ({"hours": "1000"}, "一份自报最多 999.99 学时"),
            ({"last_day": "2026-09-04"}, "结束的一天早于开始的一天"),
            ({"last_day": "2099-01-01"}, "还没有到这一天"),
            ({"year": "2025"}, "不能计入 2025 年度"),
            ({"first_day": "1900-01-01", "hours": "999.99"}, "一份自报最长 366 天；更长的请分开报。"),
            ({"first_day": "2025-09-04"}, "一份自报最长 366 天；更长的请分开报。"),
            ({"first_day": "2026-02-30"}, "没有 2026年2月30日 这一天"),
            ({"to": "office:999999"}, "选择一个有效的选项"),
            ({"title": "\u200b隐"}, "看不见"),
        ],
    )
    def test_what_cannot_be_is_said_beside_the_field_and_nothing_is_lost(self, scene, changes, said):
        answer = browser(scene.himself).post(NEW, scene.typed(**changes))
        page = answer.content.decode()
        assert answer.status_code == 422
        assert said in page
        assert "湖北省质量协会" in page
        assert not SelfReport.objects.exists()

    def test_a_year_and_a_day_is_the_longest(self, scene):
        """The control of the span."""
        assert browser(scene.himself).post(NEW, scene.typed(first_day="2025-09-05")).status_code == 302

    def test_what_is_no_paper_is_refused(self, scene):
        text = SimpleUploadedFile("证明.pdf", b"not a paper")
        page = browser(scene.himself).post(NEW, scene.typed(papers=[text])).content.decode()
        assert "证明.pdf：这不是 PDF、JPG 或 PNG 文件" in page
        assert "浏览器不保留文件，请重新选择" in page

    def test_teaching_needs_no_hours(self, scene):
        browser(scene.himself).post(NEW, scene.typed(activity="teaching", hours=""))
        assert SelfReport.objects.get().hours == 0

    def test_the_class_is_asked_where_the_text_knows_classes(self):
        for jurisdiction, asked in (("hubei", True), ("hangzhou", False)):
            post = rows.post(rows.county(jurisdiction))
            page = browser(rows.himself(post.person, jurisdiction)).get(NEW).content.decode()
            assert ('name="course_class"' in page) is asked

    def test_a_body_can_be_asked_where_the_text_evaluates(self):
        scene, body = Scene("jiangsu"), institution("江苏质量评价中心")
        user("body", Role.BODY, institution=body)
        browser(scene.himself).post(NEW, scene.typed(to=f"institution:{body.pk}"))
        assert SelfReport.objects.get().institution == body
        elsewhere = rows.himself(rows.post(rows.county("hubei")).person, "elsewhere")
        assert f"institution:{body.pk}" not in browser(elsewhere).get(NEW).content.decode()

    def test_without_a_post_there_is_nobody_to_ask(self):
        someone = rows.himself(person())
        assert "现在没有可以请谁确认" in browser(someone).get(NEW).content.decode()
        browser(someone).post(NEW, {"title": "x"})
        assert not SelfReport.objects.exists()

    def test_the_same_form_twice_is_one_report(self, scene):
        client = browser(scene.himself)
        form = scene.typed(papers=None) | {"once": "drawn"}
        first, second = client.post(NEW, form), client.post(NEW, form)
        assert SelfReport.objects.count() == 1
        assert first.headers["Location"] == second.headers["Location"]

    def test_papers_are_made_anew_while_no_transaction_waits(self, scene, monkeypatch):
        """Ten of them may take minutes; a session that idles in a transaction is ended after thirty seconds."""
        outside, during = len(connection.savepoint_ids), []

        def slow(upload):
            during.append(len(connection.savepoint_ids))
            return accept(upload)

        monkeypatch.setattr("registry.duties.forms.accept", slow)
        monkeypatch.setattr("registry.duties.views.reports.reporting.send", sending := Sending())
        form = scene.typed(papers=[picture(), picture(shade=9)]) | {"once": "drawn"}
        assert browser(scene.himself).post(NEW, form).status_code == 302
        assert during == [outside, outside]
        assert sending.depth > outside  # the control: the act itself stands in one, and so does its key
        again = browser(scene.himself).post(NEW, scene.typed(papers=[picture()]) | {"once": "drawn"})
        assert SelfReport.objects.count() == 1
        assert again.headers["Location"] == SelfReport.objects.get().get_absolute_url()

    def test_what_was_withdrawn_is_said_again_without_typing(self, scene):
        report = perform(WITHDRAW, scene.report(title="写错的题目"), by=scene.himself)
        page = browser(scene.himself).get(f"{NEW}?again={report.pk}").content.decode()
        assert "写错的题目" in page
        for nonsense in ("x", "", str(scene.who.pk)):
            assert browser(scene.himself).get(NEW, {"again": nonsense}).status_code == 200


class TestConfirming:
    def test_confirmed_it_stands_in_the_ledger_and_the_person_is_told(self, scene):
        report = perform(CONFIRM, scene.report(), by=scene.clerk)
        entry = scene.who.entries.get()
        assert (entry.self_report, entry.hours, entry.on, entry.year) == (report, 3, DAY, 2026)
        assert Message.objects.filter(recipient=scene.himself, kind="self-report-confirmed").count() == 1

    def test_refused_it_leaves_a_reason_and_no_hours(self, scene):
        with pytest.raises(Refused, match="请写明理由"):
            perform(REFUSE, scene.report(papers=(2,)), by=scene.clerk)
        perform(REFUSE, SelfReport.objects.get(), by=scene.clerk, note="看不清")
        assert not Entry.objects.exists()
        assert "看不清" in Message.objects.get(recipient=scene.himself, kind="self-report-refused").body
        assert "理由：看不清</p>" in browser(scene.himself).get("/inbox/").content.decode()

    def test_without_a_paper_it_cannot_be_confirmed_and_one_can_follow(self, scene):
        report = scene.report(papers=())
        with pytest.raises(Refused, match="还没有证明材料"):
            perform(CONFIRM, report, by=scene.clerk)
        client = browser(scene.himself)
        assert client.post(f"{report.get_absolute_url()}evidence/").status_code == 422
        client.post(f"{report.get_absolute_url()}evidence/", {"file": picture()})
        again = client.post(f"{report.get_absolute_url()}evidence/", {"file": picture()})
        assert "这份材料已经交过了" in again.content.decode()
        perform(CONFIRM, report, by=scene.clerk)
        late = client.post(f"{report.get_absolute_url()}evidence/", {"file": picture(shade=9)})
        assert "不能再交材料" in late.content.decode()

    def test_nobody_confirms_his_own(self, scene):
        Assignment.objects.create(user=scene.clerk, role=Role.OFFICER, person=scene.who)
        with pytest.raises(PermissionDenied):
            perform(CONFIRM, scene.report(), by=scene.clerk)

    def test_a_neighbour_and_the_city_confirm_nothing(self, scene):
        neighbour = rows.clerk_of(rows.county("hubei"), "neighbour")
        city = user("city", Role.CITY, office=scene.county.parent)
        report = scene.report()
        for by in (neighbour, city, scene.himself):
            with pytest.raises(PermissionDenied):
                perform(CONFIRM, report, by=by)

    def test_a_settled_flag_stands_on_its_page_in_words(self, scene):
        perform(CONFIRM, scene.report(), by=scene.clerk)
        flag = rows.flagged(scene.who.entries.get())
        above = user("city", Role.CITY, office=scene.county.parent)
        flagging.settle([flag], counts=True, reason="核对无误", by=above)
        page = browser(scene.clerk).get(SelfReport.objects.get().get_absolute_url()).content.decode()
        assert "核对无误" in page and "settle-flags" not in page

    def test_an_opened_paper_is_noted_once_and_not_for_the_person(self, scene):
        paper = scene.report().evidence.get()
        path = f"/hours/evidence/{paper.pk}/pages/1.png"
        for who in (scene.himself, scene.clerk, scene.clerk):
            assert browser(who).get(path).headers["Content-Type"] == "image/png"
        looks = Event.objects.about(scene.who).filter(action=Event.PAPER)
        assert [event.actor for event in looks] == [scene.clerk]
        assert browser(scene.clerk).get(f"/hours/evidence/{paper.pk}/pages/2.png").status_code == 404


@pytest.mark.parametrize(("jurisdiction", "told"), [("hangzhou", True), ("hubei", False)])
def test_where_only_certain_houses_count_whoever_confirms_is_told_so(jurisdiction, told):
    scene = Scene(jurisdiction)
    page = browser(scene.clerk).get(scene.report().get_absolute_url()).content.decode()
    assert ("只计具备首席质量官培训资质的机构举办的培训" in page) is told
    assert (
        "请核对主办单位"
        not in browser(scene.himself).get(SelfReport.objects.get().get_absolute_url()).content.decode()
    )


class TestTakingBack:
    def test_the_county_that_confirmed_by_mistake_reverses_and_the_person_is_told(self, scene):
        entry = perform(CONFIRM, scene.report(), by=scene.clerk).entries.get()
        report = SelfReport.objects.get()
        assert (
            f"/training/entries/{entry.pk}/reverse/"
            in browser(scene.clerk).get(report.get_absolute_url()).content.decode()
        )
        answer = browser(scene.clerk).post(
            f"/training/entries/{entry.pk}/reverse/", {"reason": "证书是别人的"}
        )
        assert answer.headers["Location"] == report.get_absolute_url()
        assert scene.who.entries.balance() == 0
        assert "证书是别人的" in browser(scene.himself).get(report.get_absolute_url()).content.decode()
        told = Message.objects.get(recipient=scene.himself, kind="hours-reversed")
        assert "证书是别人的" in told.body and told.url.endswith(
            f"#{Entry.objects.get(reverses=entry).number}"
        )

    def test_a_body_takes_back_what_it_confirmed_and_nobody_elses(self, scene):
        body = user("pingjia", Role.BODY, institution=institution("质量评价中心"))
        report = rows.report(
            scene.who, to=body.acting.institution, by=scene.himself, on=DAY, papers=(1,), title="自己的"
        )
        mine = perform(CONFIRM, report, by=body).entries.get()
        theirs = perform(CONFIRM, scene.report(papers=(2,)), by=scene.clerk).entries.get()
        assert (
            browser(body).post(f"/training/entries/{theirs.pk}/reverse/", {"reason": "x"}).status_code == 404
        )
        assert (
            browser(body).post(f"/training/entries/{mine.pk}/reverse/", {"reason": "误认"}).status_code == 302
        )
        assert list(scene.who.entries.standing()) == [theirs]

    def test_a_neighbour_and_the_person_take_nothing_back(self, scene):
        entry = perform(CONFIRM, scene.report(), by=scene.clerk).entries.get()
        neighbour = rows.clerk_of(rows.county("hubei"), "neighbour")
        for who, status in ((neighbour, 404), (scene.himself, 403)):
            assert browser(who).get(f"/training/entries/{entry.pk}/reverse/").status_code == status


class TestWhatWasTakenBack:
    @pytest.fixture
    def report(self, scene):
        return perform(CONFIRM, scene.report(), by=scene.clerk)

    def read(self, by, path: str) -> str:
        return browser(by).get(path).content.decode()

    def test_it_says_so_wherever_it_is_listed_and_can_be_reported_anew(self, scene, report):
        places = {
            "its page": (scene.himself, report.get_absolute_url()),
            "his list": (scene.himself, "/hours/reports/"),
            "the county's list": (scene.clerk, "/hours/reports/?state=all"),
        }
        for by, path in places.values():  # the control
            page = self.read(by, path)
            assert "已确认</span>" in page and "已冲正" not in page
        assert "改过再报" not in self.read(scene.himself, report.get_absolute_url())
        ledger.reverse(report.entries.get(), reason="证书是别人的", by=scene.clerk)
        for name, (by, path) in places.items():
            page = self.read(by, path)
            assert "已冲正</span>" in page and "已确认</span>" not in page, name
        own = self.read(scene.himself, report.get_absolute_url())
        assert f"/hours/reports/new/?again={report.pk}" in own
        assert "改过再报" not in self.read(scene.clerk, report.get_absolute_url())
        assert "读书报告" in self.read(scene.himself, f"{NEW}?again={report.pk}")

    def test_the_ledger_lists_it_as_taken_back(self, scene, report):
        path = f"/hours/people/{scene.who.pk}/?year=2026"
        assert '<span class="push">已确认</span>' in self.read(scene.himself, path)
        ledger.reverse(report.entries.get(), reason="证书是别人的", by=scene.clerk)
        assert '<span class="push">已冲正</span>' in self.read(scene.himself, path)

    def test_who_took_it_back_and_why_stands_first_in_what_happened(self, scene, report):
        ledger.reverse(report.entries.get(), reason="证书是别人的", by=scene.clerk)
        happened = self.read(scene.himself, report.get_absolute_url()).partition("<h2>经过</h2>")[2]
        assert (
            happened.index("<b>冲正</b>") < happened.index("证书是别人的") < happened.index("<b>确认学时</b>")
        )


class TestWithoutPapers:
    SAID = "轮到您：请补交证明材料，没有材料不能确认。"

    def ledger(self, scene) -> str:
        page = browser(scene.himself).get(f"/hours/people/{scene.who.pk}/?year=2026").content.decode()
        return page.partition('data-label="依据"')[2].partition("</td>")[0]

    def test_whose_move_it_is_is_said_at_once_and_on_the_page_until_they_are_there(self, scene):
        client = browser(scene.himself)
        page = client.post(NEW, scene.typed(papers=None), follow=True).content.decode()
        assert f"已提交给{scene.county}。" in page and page.count(self.SAID) == 1
        report = SelfReport.objects.get()
        assert self.SAID in client.get(report.get_absolute_url()).content.decode()
        assert self.SAID not in browser(scene.clerk).get(report.get_absolute_url()).content.decode()
        assert ">补交证明材料</a>" in self.ledger(scene)
        client.post(f"{report.get_absolute_url()}evidence/", {"file": picture()})
        assert self.SAID not in client.get(report.get_absolute_url()).content.decode()
        assert ">证明材料</a>" in self.ledger(scene)

    def test_with_papers_it_is_the_countys_move(self, scene):
        page = browser(scene.himself).post(NEW, scene.typed(), follow=True).content.decode()
        assert f"已提交，等{scene.county}确认。" in page and self.SAID not in page


class TestTheSameProof:
    def test_of_somebody_else_it_is_said_without_a_name_and_asks_for_a_reason(self, scene):
        first = perform(CONFIRM, scene.report(title="第一份"), by=scene.clerk)
        number = first.entries.get().number
        other = rows.post(scene.county, who=person("李四"))
        second = rows.report(
            other.person, to=scene.county, by=rows.himself(other.person, "lisi"), on=DAY, papers=(1,)
        )
        page = browser(scene.clerk).get(second.get_absolute_url()).content.decode()
        assert f"同一文件已用于另一份自报（{number}，" in page
        assert "王雪松" not in page
        with pytest.raises(Refused, match="同一文件已用于另一份自报.*请写明理由"):
            perform(CONFIRM, second, by=scene.clerk)
        browser(scene.clerk).post(
            f"{second.get_absolute_url()}steps/confirm/", {"note": "同一张合照，两人都在"}
        )
        flag = Flag.objects.get()
        assert (flag.kind, flag.settlement.counts, flag.settlement.reason) == (
            "same_proof",
            True,
            "同一张合照，两人都在",
        )
        assert other.person.entries.counting().count() == 1

    def test_the_first_one_is_not_held_against_whoever_came_later(self, scene):
        first = scene.report()
        scene.report(title="又交一次")
        perform(CONFIRM, first, by=scene.clerk)
        assert not Flag.objects.exists()

    def test_what_he_withdrew_himself_is_no_second_use(self, scene):
        perform(WITHDRAW, scene.report(), by=scene.himself)
        perform(CONFIRM, scene.report(), by=scene.clerk)
        assert not Flag.objects.exists()

    def test_another_file_needs_no_reason(self, scene):
        """The control."""
        perform(CONFIRM, scene.report(), by=scene.clerk)
        perform(CONFIRM, scene.report(papers=(77,)), by=scene.clerk)
        assert not Flag.objects.exists()


def test_more_than_a_day_holds_needs_a_reason(scene):
    perform(CONFIRM, scene.report(hours="12"), by=scene.clerk)
    report = scene.report(hours="0.25", papers=(5,))
    with pytest.raises(Refused, match="2026年9月5日一天的学时合计超过 12 学时"):
        perform(CONFIRM, report, by=scene.clerk)
    perform(confirming("两门课都有签到"), report, by=scene.clerk)
    flag = Flag.objects.get()
    assert (flag.kind, flag.settlement.reason) == ("long_day", "两门课都有签到")
    assert str(scene.who.entries.counting().balance()) == "12.25"


@pytest.mark.parametrize("count", [1, 3])
def test_the_list_asks_the_same_for_three_as_for_one(scene, count, django_assert_num_queries):
    for number in range(count):
        scene.report(papers=(number,), title=f"第 {number} 份")
    client = browser(scene.clerk)
    client.get("/hours/reports/")
    with django_assert_num_queries(7):
        page = client.get("/hours/reports/").content.decode()
    assert page.count("data-row") == count
    assert page.index("第 0 份") < page.index(f"第 {count - 1} 份") or count == 1


def test_evidence_is_seen_by_nobody_else(scene):
    paper = scene.report().evidence.get()
    stranger = rows.himself(person("丁鹏"), "ding")
    assert not Evidence.objects.visible_to(stranger).exists()
    assert list(Evidence.objects.visible_to(scene.clerk)) == [paper]
