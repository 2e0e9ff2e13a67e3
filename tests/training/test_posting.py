"""Posting with its preview, and taking entries back, one by one or a whole posting."""

from datetime import date
from decimal import Decimal as D

import pytest
import time_machine
from django.core.exceptions import PermissionDenied
from django.db import connection
from django.db.backends.postgresql.psycopg_any import DateTimeTZRange
from django.test.utils import CaptureQueriesContext

from cqo_portal.accounts.models import Assignment, Role
from cqo_portal.audit.models import Event
from cqo_portal.workflow.engine import Refused, perform
from tests.cast import browser, user
from tests.training import rows
from training import ledger, services
from training.models import Entry, Flag, Session
from training.views import postings
from training.workflow import POST

DAY = date(2026, 10, 17)

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


@pytest.fixture
def wang():
    return rows.person()


def preview(by, held) -> str:
    return browser(by).get(f"/training/sessions/{held.pk}/post/").content.decode()


def digest(page: str) -> str:
    return page.partition('name="digest" value="')[2].partition('"')[0]


def post(by, held, said: str):
    return browser(by).post(f"/training/sessions/{held.pk}/post/", {"digest": said})


class TestPosting:
    def test_the_preview_says_how_many_and_how_much_and_the_act_does_it(self, tan, wang):
        held = rows.session(tan, hours={1: "4", 2: "2"})
        rows.came(held, wang, course_class=1)
        rows.came(held, wang, "1.5", course_class=2)
        page = preview(tan, held)
        assert "将入账 1 人" in page
        assert '<dt class="k">第一类</dt><dd class="v">4.0</dd>' in page
        assert '<dt class="k">第二类</dt><dd class="v">1.5</dd>' in page
        assert not Entry.objects.exists()
        answer = post(tan, held, digest(page))
        assert answer.headers["Location"] == f"/training/sessions/{held.pk}/entries/"
        assert wang.entries.balance() == D("5.5")

    def test_what_will_be_flagged_is_what_is_flagged(self, people, tan, wang):
        for hours in ("8", "5"):
            held = rows.session(tan, hours={None: hours}, day=date(2025, 12, 31))
            rows.came(held, wang)
            page = preview(tan, held)
            assert "不在委托有效期内 1 笔" in page
            assert ("一天学时过多 1 笔" in page) is (hours == "5")
            post(tan, held, digest(page))
        assert sorted(Flag.objects.values_list("kind", flat=True)) == [
            "long_day",
            "unqualified",
            "unqualified",
        ]
        assert "2025年12月31日一天的学时合计超过 12 学时，请核对各场次。" in page

    def test_what_stands_against_it_is_said_before(self, tan, wang):
        held = rows.session(tan, day=date(2026, 12, 1))
        assert "这一场到2026年12月1日才结束，结束以后才能入账。" in preview(tan, held)
        assert "名单里还没有待入账的人，请先登记。" in preview(tan, held)
        rows.came(held, wang)
        assert post(tan, held, digest(preview(tan, held))).status_code == 409
        assert not Entry.objects.exists()

    def test_a_roster_that_changed_meanwhile_is_shown_again(self, tan, wang):
        held = rows.session(tan)
        rows.came(held, wang)
        page = preview(tan, held)
        rows.came(held, rows.person("李四"))
        answer = post(tan, held, digest(page))
        assert answer.status_code == 409
        assert "名单或者场次在您打开这一页以后变了，还没有入账" in answer.content.decode()
        assert not Entry.objects.exists()
        assert post(tan, held, digest(answer.content.decode())).status_code == 302

    @pytest.mark.parametrize(("asked_again", "outcome"), [(True, (409, 0)), (False, (302, 2))])
    def test_who_comes_onto_it_in_the_moment_of_the_posting_is_not_posted_unseen(
        self, tan, wang, monkeypatch, asked_again, outcome
    ):
        """Without the question under the lock, the control, both are posted."""
        held = rows.session(tan)
        rows.came(held, wang)
        said = digest(preview(tan, held))

        def a_moment_later(*step, **how):
            rows.came(held, rows.person("李四"))
            return perform(*step, **how)

        monkeypatch.setattr(postings, "perform", a_moment_later)
        if not asked_again:
            monkeypatch.setattr(postings, "posting", lambda digest: POST)
        answer = post(tan, held, said)
        assert (answer.status_code, Entry.objects.count()) == outcome
        if asked_again:
            assert "名单或者场次在您打开这一页以后变了，还没有入账" in answer.content.decode()
            assert "将入账 2 人" in answer.content.decode()

    def test_neither_is_another_attendance_for_the_same_hours(self, tan, wang):
        times = (rows.at(DAY, 9), rows.at(DAY, 12)), (rows.at(DAY, 14), rows.at(DAY, 17))
        held = rows.session(tan, times=times)
        line = rows.came(held, wang)
        said = digest(preview(tan, held))
        services.correct_line(line, hours=line.hours, meetings=[held.meetings.first().pk], by=tan)
        assert post(tan, held, said).status_code == 409
        services.correct_line(line, hours=line.hours, meetings=[], by=tan)
        assert post(tan, held, said).status_code == 302

    def test_nor_another_year_or_another_time(self, tan, wang):
        times = ((rows.at(DAY, 9), rows.at(DAY, 12)),)
        held = rows.session(tan, times=times, first_day=date(2025, 12, 31))
        rows.came(held, wang)
        said = digest(preview(tan, held))
        Session.objects.update(year=2025)
        assert post(tan, held, said).status_code == 409
        Session.objects.update(year=2026)
        more = held.meetings.create(during=DateTimeTZRange(rows.at(DAY, 14), rows.at(DAY, 17)))
        assert post(tan, held, said).status_code == 409
        more.delete()
        assert post(tan, held, said).status_code == 302

    def test_a_sentence_names_everybody_once(self, tan):
        held = rows.session(tan, hours={1: "4", 2: "2"})
        for name in ("甲一", "乙二", "丙三", "丁四"):
            who = rows.person(name)
            rows.came(held, who, "4.5", course_class=1)
            rows.came(held, who, "2.5", course_class=2)
        assert "甲一、乙二、丙三、丁四的学时超过本场规定的学时，请改正。" in preview(tan, held)
        for name in ("戊五", "己六"):
            rows.came(held, rows.person(name), "4.5", course_class=1)
        assert "甲一、乙二、丙三、丁四、戊五等 6 人的学时超过" in preview(tan, held)

    def test_sent_twice_it_leads_to_the_entries(self, tan, wang):
        held = rows.session(tan)
        rows.came(held, wang)
        said = digest(preview(tan, held))
        answers = [post(tan, held, said) for _ in range(2)]
        assert {answer.headers["Location"] for answer in answers} == {
            f"/training/sessions/{held.pk}/entries/"
        }
        assert Entry.objects.count() == 1

    def test_nobody_posts_a_roster_he_stands_on(self, tan, wang):
        held = rows.session(tan)
        rows.came(held, wang)
        Assignment.objects.create(user=tan, role=Role.OFFICER, person=wang)
        with pytest.raises(Refused, match="名单里有您本人，请同事办理入账"):
            rows.posted(held, by=tan)
        assert held.roster.exists()
        colleague = user("colleague", Role.PROVIDER, institution=tan.acting.institution)
        rows.posted(held, by=colleague)


class TestReversing:
    @pytest.fixture
    def held(self, tan, wang):
        made = rows.session(tan)
        for who in (wang, rows.person("李四"), rows.person("赵六")):
            rows.came(made, who)
        return rows.posted(made, by=tan)

    @pytest.fixture
    def posting(self, held):
        return held.postings.get()

    def test_one_entry_with_a_reason(self, held, tan, wang):
        entry = wang.entries.get()
        path = f"/training/entries/{entry.pk}/reverse/"
        assert "冲正王雪松的 6.0 学时" in browser(tan).get(path).content.decode()
        answer = browser(tan).post(path, {"reason": " "})
        assert answer.status_code == 422
        assert "请写明冲正的理由。" in answer.content.decode()
        assert browser(tan).post(path, {"reason": "上午未到场"}).status_code == 302
        assert wang.entries.balance() == 0
        page = browser(tan).get(f"/training/sessions/{held.pk}/entries/").content.decode()
        assert "入账 3 笔，有效 2 笔" in page
        assert "上午未到场" in page
        again = browser(tan).post(path, {"reason": "再来一次"})
        assert again.status_code == 422
        assert "已经冲正过了，不用再办" in again.content.decode() and "再来一次" in again.content.decode()

    def test_a_whole_posting_at_once(self, held, posting, tan, wang):
        ledger.reverse(wang.entries.get(), reason="误登", by=tan)
        path = f"/training/postings/{posting.pk}/reverse/"
        page = browser(tan).get(path).content.decode()
        assert "整次冲正：2 笔" in page
        assert 'name="expected" value="2"' in page
        browser(tan).post(path, {"expected": "2", "reason": "场次重复登记"})
        assert not Entry.objects.standing().exists()
        assert Entry.objects.balance() == 0
        assert Entry.objects.filter(reason="场次重复登记").count() == 2
        event = Event.objects.about(posting).get()
        assert (event.action, event.note, len(event.data["entries"])) == (
            "reverse-posting",
            "场次重复登记",
            2,
        )

    def test_how_many_there_are_must_still_be_so(self, posting, tan, wang):
        with pytest.raises(Refused, match="您核对时有 4 笔，现在有 3 笔没有冲正"):
            ledger.reverse_all(posting, reason="误登", expected=4, by=tan)
        assert Entry.objects.standing().count() == 3
        assert ledger.reverse_all(posting, reason="误登", expected=3, by=tan) == 3
        with pytest.raises(Refused, match="已经全部冲正，不用再办"):
            ledger.reverse_all(posting, reason="误登", expected=3, by=tan)

    def test_it_leaves_other_postings_of_the_session_alone(self, held, posting, tan):
        rows.came(held, rows.person("后来的"))
        rows.posted(held, by=tan)
        ledger.reverse_all(posting, reason="误登", expected=3, by=tan)
        assert [entry.person.name for entry in Entry.objects.standing()] == ["后来的"]

    def test_a_reason_is_needed_and_the_times_are_free_again(self, tan, wang):
        times = ((rows.at(DAY, 9), rows.at(DAY, 12)),)
        first, second = (rows.session(tan, hours={None: "3"}, times=times) for _ in range(2))
        rows.came(first, wang)
        rows.posted(first, by=tan)
        with pytest.raises(Refused, match="请写明冲正的理由"):
            ledger.reverse_all(first.postings.get(), reason=" ", expected=1, by=tan)
        ledger.reverse_all(first.postings.get(), reason="误登", expected=1, by=tan)
        rows.came(second, wang)
        rows.posted(second, by=tan)

    def test_the_commissioning_office_may_and_a_stranger_may_not(self, posting, people):
        for stranger in (people.wang, people.qing, people.liu):
            with pytest.raises(PermissionDenied):
                ledger.reverse_all(posting, reason="核查不实", expected=3, by=stranger)
        assert ledger.reverse_all(posting, reason="核查不实", expected=3, by=people.meng) == 3

    def test_nobody_takes_back_his_own(self, posting, tan, wang):
        Assignment.objects.create(user=tan, role=Role.OFFICER, person=wang)
        with pytest.raises(Refused, match="这是您本人的学时，请同事办理冲正"):
            ledger.reverse(wang.entries.get(), reason="误登", by=tan)
        with pytest.raises(Refused, match="其中有您本人的学时，请同事办理冲正"):
            ledger.reverse_all(posting, reason="误登", expected=3, by=tan)

    def test_what_counts_and_what_waits_for_a_look_are_told_apart(self, people):
        stranger = rows.provider("没有委托的学校", username="nobody")
        made = rows.session(stranger)
        for name in ("王雪松", "李四", "赵六"):
            rows.came(made, rows.person(name))
        rows.posted(made, by=stranger)  # flagged: nobody commissioned it
        path = f"/training/sessions/{made.pk}/entries/"
        assert "入账 3 笔：有效 0，待核查 3</h1>" in browser(stranger).get(path).content.decode()
        ledger.reverse(made.entries.first(), reason="误登", by=stranger)
        assert "入账 3 笔：有效 0，待核查 2</h1>" in browser(stranger).get(path).content.decode()

    def test_three_entries_cost_as_much_as_one(self, tan):
        asked, client = [], browser(tan)
        for number in (1, 3):
            made = rows.session(tan)
            for n in range(number):
                rows.came(made, rows.person(f"学员{'甲乙丙'[n]}"))
            rows.posted(made, by=tan)
            with CaptureQueriesContext(connection) as questions:
                assert client.get(f"/training/sessions/{made.pk}/entries/").status_code == 200
            asked.append(len(questions))
        assert asked == [11, 11]
