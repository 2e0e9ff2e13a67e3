"""Flags: who is asked, what the office sees, one decision that stays; and each kind of flag by real rows."""

from datetime import date, timedelta
from decimal import Decimal as D

import pytest
from django.core.exceptions import PermissionDenied
from django.db import InternalError, connection, transaction
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from cqo_portal.accounts.models import Assignment, Role
from cqo_portal.audit.append_only import Unsayable
from cqo_portal.audit.models import Event
from cqo_portal.notifications.models import Message
from cqo_portal.parties.models import Office
from cqo_portal.workflow.engine import Refused, perform
from tests.cast import TODAY, browser, user
from tests.training import rows
from training import flagging, ledger, providers
from training.models import Entry, Explanation, Flag, Session, Settlement
from training.permissions import settles_all, settles_flags
from training.workflow import ending

DAY = date(2026, 10, 17)
BEFORE = date(2025, 12, 31)  # the commission of `rows` begins the day after

pytestmark = pytest.mark.django_db


@pytest.fixture
def tan(people):
    """Somebody of a provider that the city commissioned."""
    made = rows.provider()
    rows.commission(made.acting.institution, people.offices["130900"], by=people.meng)
    return made


@pytest.fixture
def wang():
    return rows.person()


def attended(by, who, hours="6", *, day=DAY, first_day=None, **said) -> Entry:
    held = rows.session(by, hours={None: hours}, day=day, first_day=first_day, **said)
    rows.came(held, who)
    rows.posted(held, by=by)
    return Entry.objects.get(session=held, person=who)


def flagged(by, who=None, **said) -> Flag:
    """An entry outside the commission."""
    return attended(by, who or rows.person(), day=BEFORE, **said).flags.get()


# ── what is flagged ───────────────────────────────────────────────────────────────────────────
class TestOutsideTheCommission:
    @pytest.mark.parametrize(
        ("first", "last", "said"),
        [
            (date(2026, 1, 1), date(2026, 1, 2), None),  # the control: on its first days
            (date(2025, 12, 30), date(2025, 12, 31), "在2025年12月30日至2025年12月31日没有有效的委托。"),
            # begins in the middle of the session
            (date(2025, 12, 31), date(2026, 1, 2), "在2025年12月31日（本场 3 天中的 1 天）没有有效的委托。"),
        ],
    )
    def test_each_day_of_the_session_counts(self, tan, wang, first, last, said):
        entry = attended(tan, wang, first_day=first, day=last)
        found = [(flag.kind, flag.said) for flag in entry.flags.all()]
        assert found == ([("unqualified", f"沧州质量培训学校{said}")] if said else [])
        assert Entry.objects.counting().filter(pk=entry.pk).exists() is (said is None)

    @pytest.mark.parametrize(("day", "flags"), [(date(2026, 10, 16), 0), (DAY, 1)])
    def test_a_commission_that_was_ended_holds_to_its_last_day(self, tan, wang, people, day, flags):
        held = tan.acting.institution.commissions.get()
        perform(ending(date(2026, 10, 16)), held, by=people.meng, note="不再委托", today=TODAY)
        assert attended(tan, wang, day=day).flags.count() == flags

    @pytest.mark.parametrize(("ends", "flags"), [(date(2026, 10, 16), 1), (DAY, 0)])
    def test_what_was_posted_before_a_commission_was_ended_for_a_day_past_is_looked_at(
        self, tan, wang, people, ends, flags
    ):
        entry, reversed_one = attended(tan, wang), attended(tan, rows.person("李四"))
        ledger.reverse(reversed_one, reason="误登", by=tan)
        held = tan.acting.institution.commissions.get()
        providers.end(held, on=ends, reason="不再委托", by=people.meng, today=TODAY)
        assert [flag.kind for flag in entry.flags.all()] == ["unqualified"] * flags
        assert not reversed_one.flags.exists()
        assert Entry.objects.counting().filter(pk=entry.pk).exists() is (not flags)

    @pytest.mark.parametrize(("begins", "flags"), [(date(2029, 1, 1), 0), (date(2029, 1, 2), 1)])
    def test_one_renewed_without_a_gap_holds_on(self, tan, wang, people, begins, flags):
        office = people.offices["130900"]
        rows.commission(
            tan.acting.institution,
            office,
            by=people.meng,
            document="续",
            first_day=begins,
            last_day=date(2030, 1, 1),
        )
        held = rows.session(tan, first_day=date(2028, 12, 30), day=date(2029, 1, 3))
        rows.came(held, wang)
        rows.posted(held, by=tan, today=date(2029, 1, 4))
        assert Flag.objects.count() == flags

    def test_a_session_of_an_office_needs_no_commission(self, wang, people):
        assert not attended(people.wang, wang, day=BEFORE).flags.exists()


class TestLongDays:
    def test_two_kinds_at_once_must_both_be_settled(self, tan, wang, people):
        entry = attended(tan, wang, "12.5", day=BEFORE)
        assert [flag.kind for flag in entry.flags.order_by("kind")] == ["long_day", "unqualified"]
        assert not Entry.objects.counting().exists()
        first, second = entry.flags.all()
        flagging.settle([first], counts=True, reason="补办了委托", by=people.meng)
        assert not Entry.objects.counting().exists()
        flagging.settle([second], counts=True, reason="两天的课记在一天", by=people.meng)
        assert Entry.objects.counting().balance() == D("12.50")

    @pytest.mark.parametrize(("hours", "flags"), [("12", 0), ("12.01", 1)])
    def test_the_boundary(self, tan, wang, hours, flags):
        assert attended(tan, wang, hours).flags.count() == flags

    def test_a_reversed_line_fills_no_day(self, tan, wang):
        ledger.reverse(attended(tan, wang, "12"), reason="误登", by=tan)
        assert not attended(tan, wang, "12").flags.exists()

    def test_the_same_question_is_asked_once_of_an_entry(self, tan, wang):
        flag = flagged(tan, wang)
        with pytest.raises(Exception, match="flag_once_a_question"), transaction.atomic():
            Flag.objects.create(entry=flag.entry, kind=flag.kind, said=flag.said)
        Flag.objects.create(entry=flag.entry, kind="long_day", said=flag.said)  # the controls
        Flag.objects.create(entry=flag.entry, kind=flag.kind, said="另一件")


class TestTheClock:
    MINUTE = ((rows.at(DAY, 9), rows.at(DAY, 9, 1)),)
    MORNING = ((rows.at(DAY, 9), rows.at(DAY, 12)),)

    @pytest.mark.parametrize(
        ("hours", "times", "said"),
        [
            ("12", MINUTE, "上课时间合计 1 分钟，一学时按 45 分钟，容不下 12 学时；请核对学时或者上课时间。"),
            (
                "4.25",
                MORNING,
                "上课时间合计 180 分钟，一学时按 45 分钟，容不下 4.25 学时；请核对学时或者上课时间。",
            ),
            ("4", MORNING, None),  # the controls: what fits, and what has no clock
            ("12", (), None),
        ],
    )
    def test_hours_its_meetings_cannot_hold_wait(self, tan, wang, hours, times, said):
        entry = attended(tan, wang, hours, times=times)
        found = [(flag.kind, flag.said) for flag in entry.flags.all()]
        assert found == ([("clock", said)] if said else [])
        assert Entry.objects.counting().filter(pk=entry.pk).exists() is (said is None)

    def test_every_line_waits_and_the_preview_says_so(self, tan, wang, people):
        held = rows.session(tan, hours={None: "12"}, times=self.MINUTE)
        rows.came(held, wang, "0.25")
        rows.came(held, rows.person("李四"))
        page = browser(tan).get(f"/training/sessions/{held.pk}/post/").content.decode()
        assert "学时多于上课时间 2 笔" in page
        rows.posted(held, by=tan)
        assert [flag.kind for flag in Flag.objects.all()] == ["clock", "clock"]
        board = browser(people.meng).get("/training/flags/?kind=clock").content.decode()
        assert board.count("data-row") == 2 and '<option value="clock" selected>' in board


# ── who settles ───────────────────────────────────────────────────────────────────────────────
class TestWhoSettles:
    def test_the_office_that_commissioned_and_no_other(self, tan, people):
        flag = flagged(tan)
        for stranger in (people.hao, people.wang, people.qing, people.liu, tan):
            with pytest.raises(PermissionDenied):
                flagging.settle([flag], counts=True, reason="可以", by=stranger)
        flagging.settle([flag], counts=True, reason="可以", by=people.meng)
        assert Entry.objects.counting().get() == flag.entry

    def test_where_the_commission_ended_the_office_that_gave_it(self, tan, people):
        held = tan.acting.institution.commissions.get()
        perform(ending(date(2026, 10, 16)), held, by=people.meng, note="不再委托", today=TODAY)
        flag = attended(tan, rows.person()).flags.get()
        flagging.settle([flag], counts=False, reason="委托已经终止", by=people.meng)

    def test_whom_nobody_ever_commissioned_the_province_looks_after(self, people):
        stray = rows.provider("没有委托的学校", username="stray")
        flag = flagged(stray)
        with pytest.raises(PermissionDenied):
            flagging.settle([flag], counts=True, reason="可以", by=people.meng)
        flagging.settle([flag], counts=False, reason="没有任何委托", by=people.hao)

    def test_above_a_county_the_city_and_above_a_city_the_province(self, people):
        for held_by, settled_by in ((people.wang, people.meng), (people.meng, people.hao)):
            flag = attended(held_by, rows.person(), "12.5").flags.get()
            for other in {people.wang, people.meng, people.hao} - {settled_by}:
                with pytest.raises(PermissionDenied):
                    flagging.settle([flag], counts=True, reason="可以", by=other)
            flagging.settle([flag], counts=True, reason="可以", by=settled_by)

    def test_above_a_province_nobody_so_a_colleague_of_who_posted_it(self, people):
        flag = attended(people.hao, rows.person(), "12.5").flags.get()
        with pytest.raises(PermissionDenied):
            flagging.settle([flag], counts=True, reason="可以", by=people.hao)
        colleague = user("xu", Role.PROVINCE, office=people.offices["130000"])
        flagging.settle([flag], counts=True, reason="可以", by=colleague)

    def test_nobody_who_has_a_part(self, tan, people, wang):
        flag = flagged(tan, wang)
        for part in (
            {"role": Role.OFFICER, "person": wang},
            {"role": Role.PROVIDER, "institution": tan.acting.institution},
        ):
            mine = Assignment.objects.create(user=people.meng, **part)
            with pytest.raises(PermissionDenied):
                flagging.settle([flag], counts=True, reason="可以", by=people.meng)
            page = browser(people.meng).get(flag.get_absolute_url()).content.decode()
            assert "请由同事核查" in page
            mine.delete()
        flagging.settle([flag], counts=True, reason="可以", by=people.meng)

    def test_the_list_and_the_predicate_say_the_same(self, tan, people):
        """Every office × every organiser: rows by one query, and the predicate row by row."""
        other = Office.objects.create(
            code="320000",
            name="江苏省市场监督管理局",
            area="江苏省",
            level="province",
            jurisdiction="jiangsu",
        )
        jiangsu = user("su", Role.PROVINCE, office=other)
        stray = rows.provider("没有委托的学校", username="stray")
        holders = (tan, stray, people.wang, people.qing, people.meng, people.hao, jiangsu)
        for held_by in holders:
            attended(held_by, rows.person(), "12.5")
        found = {}
        for looks in (people.wang, people.meng, people.hao, jiangsu, tan, people.liu):
            listed = set(Entry.objects.overseen_by(looks.acting))
            assert set(Flag.objects.to_settle(looks.acting)) == set(Flag.objects.filter(entry__in=listed))
            tested = {entry for entry in Entry.objects.all() if settles_flags.test(looks, entry)}
            assert tested == {entry for entry in listed if entry.by != looks}
            found[looks.username] = sorted(entry.by.username for entry in listed)
        assert found == {
            "wang": [],
            "meng": ["qing", "tan", "wang"],
            "hao": ["hao", "meng", "stray"],
            "su": ["stray", "su"],
            "tan": [],
            "liu": [],
        }


# ── one decision ──────────────────────────────────────────────────────────────────────────────
class TestSettling:
    def test_what_was_decided_stays_and_is_on_record(self, tan, people, wang):
        reader = user("ruan", Role.OFFICER, person=wang)
        flag = flagged(tan, wang)
        (made,) = flagging.settle([flag], counts=False, reason="当时没有委托", by=people.meng)
        event = Event.objects.get(action="settle-flags")
        assert (event.subject_type, event.note) == ("training.session", "当时没有委托")
        assert event.data == {"flags": [flag.pk], "counts": False}
        assert not Entry.objects.counting().exists() and wang.entries.balance() == D(6)
        told = {(message.kind, message.recipient) for message in Message.objects.filter(channel="inbox")}
        assert told == {("flag-settled", reader), ("flags-settled", tan)}
        with pytest.raises(Refused, match="已由 meng 于 .*核查，不用再办"):
            flagging.settle([flag], counts=True, reason="再想想", by=people.meng)
        with pytest.raises(Unsayable):
            made.save()
        with pytest.raises(InternalError, match="Cannot update or delete"), transaction.atomic():
            Settlement.objects.all()._raw_delete("default")

    def test_what_was_reversed_meanwhile_is_not_settled(self, tan, people):
        flag = flagged(tan)
        ledger.reverse(flag.entry, reason="误登", by=tan)
        with pytest.raises(Refused, match="已经冲正，不用再核查"):
            flagging.settle([flag], counts=True, reason="可以", by=people.meng)
        assert not Flag.objects.to_settle(people.meng.acting).exists()

    def test_all_of_them_or_none(self, tan, people):
        held = rows.session(tan, day=BEFORE)
        for name in ("甲", "乙", "丙"):
            rows.came(held, rows.person(name))
        rows.posted(held, by=tan)
        flags = list(Flag.objects.all())
        flagging.settle(flags[:1], counts=True, reason="可以", by=people.meng)
        with pytest.raises(Refused):
            flagging.settle(flags[::-1], counts=True, reason="可以", by=people.meng)
        assert Settlement.objects.count() == 1
        flagging.settle(flags[1:], counts=True, reason="可以", by=people.meng)
        assert Message.objects.filter(kind="flags-settled", channel="inbox").count() == 2

    @pytest.mark.parametrize(("many", "needed"), [(1, 16), (3, 18)])
    def test_of_several_each_costs_no_more_than_its_own_message(self, tan, people, many, needed):
        held = rows.session(tan, day=BEFORE)
        for _ in range(many):
            rows.came(held, rows.person())
        rows.posted(held, by=tan)
        flags = list(Flag.objects.for_list())
        with CaptureQueriesContext(connection) as questions:
            flagging.settle(flags, counts=True, reason="可以", by=people.meng)
        assert len(questions) == needed
        told = [each["sql"] for each in questions]
        held = next(n for n, sql in enumerate(told) if "pg_advisory_xact_lock" in sql)
        assert not [sql for sql in told[held:] if "notifications_" in sql or "training_" in sql]

    def test_of_several_asked_at_once_the_answer_is_that_of_each(self, tan, people, wang):
        """Whoever may not settle one of them may settle none; the predicate says it row by row."""
        entries = [flagged(tan, each).entry for each in (wang, None)]
        entries.append(attended(people.wang, rows.person(), "12.5"))
        parts = (
            {"role": Role.OFFICER, "person": wang},
            {"role": Role.PROVIDER, "institution": tan.acting.institution},
            {"role": Role.COUNTY, "office": people.offices["130981"]},
            {"role": Role.PROVINCE, "office": people.offices["130000"]},
        )
        answers = []
        for part in (None, *parts):
            mine = Assignment.objects.create(user=people.meng, **part) if part else None
            each = [settles_flags.test(people.meng, entry) for entry in entries]
            answers.append(settles_all(people.meng, entries))
            assert answers[-1] == all(each) and settles_all(people.meng, entries[:1]) == each[0]
            if mine:
                mine.delete()
        assert answers == [True, False, False, False, True]


class TestExplaining:
    def test_once_by_the_organiser_and_read_by_the_office(self, tan, people):
        flag = flagged(tan)
        with pytest.raises(PermissionDenied):
            flagging.explain(flag, "不是我们的", by=people.meng)
        made = flagging.explain(flag, "委托书在路上。", by=tan)
        with pytest.raises(Refused, match="已经写过说明"):
            flagging.explain(flag, "再补一句。", by=tan)
        assert "委托书在路上。" in browser(people.meng).get(flag.get_absolute_url()).content.decode()
        with pytest.raises(Unsayable):
            made.delete()
        with pytest.raises(InternalError, match="Cannot update or delete"), transaction.atomic():
            Explanation.objects.all()._raw_delete("default")

    def test_not_after_it_was_settled(self, tan, people):
        flag = flagged(tan)
        flagging.settle([flag], counts=False, reason="没有委托", by=people.meng)
        with pytest.raises(Refused, match="不用再办"):
            flagging.explain(flag, "委托书在路上。", by=tan)


# ── pages ─────────────────────────────────────────────────────────────────────────────────────
def url(name: str, *args) -> str:
    return reverse(f"training:{name}", args=args)


def text(client, path: str, params=None) -> str:
    answer = client.get(path, params)
    assert answer.status_code == 200, answer.status_code
    return answer.content.decode()


class TestTheBoard:
    def test_by_kind_by_organiser_and_by_turn(self, tan, people, wang):
        outside = flagged(tan, wang)
        county = attended(people.wang, rows.person("李四"), "12.5").flags.get()
        city = browser(people.meng)
        assert {row.pk for row in city.get(url("flags")).context["page"]} == {outside.pk, county.pk}
        for params, found in (
            ({"kind": "unqualified"}, {outside.pk}),
            ({"of": str(tan.acting.institution_id)}, {outside.pk}),
            ({"of": "130981"}, {county.pk}),
            ({"of": "' OR 1", "kind": "?"}, {outside.pk, county.pk}),
            ({"turn": "own"}, set()),
            ({"turn": "done"}, set()),
        ):
            assert {row.pk for row in city.get(url("flags"), params).context["page"]} == found, params
        flagging.settle([outside], counts=True, reason="可以", by=people.meng)
        assert [row.pk for row in city.get(url("flags"), {"turn": "done"}).context["page"]] == [outside.pk]
        assert [row.pk for row in browser(tan).get(url("flags"), {"turn": "done"}).context["page"]] == [
            outside.pk
        ]
        assert [
            row.pk for row in browser(people.wang).get(url("flags"), {"turn": "own"}).context["page"]
        ] == [county.pk]

    def test_pages_go_by_key(self, tan, people, monkeypatch):
        monkeypatch.setattr("training.views.flags.PER_PAGE", 2)
        found = [flagged(tan).pk for _ in range(3)]
        first = browser(people.meng).get(url("flags")).context["page"]
        second = browser(people.meng).get(url("flags"), {"after": first.after}).context["page"]
        assert [row.pk for row in first] + [row.pk for row in second] == found

    @pytest.mark.parametrize(("who", "needed"), [("meng", 8), ("tan", 8)])
    def test_three_rows_ask_no_more_than_one(self, tan, people, who, needed):
        client = browser(tan if who == "tan" else people.meng)
        asked = []
        for more in (1, 2):
            for _ in range(more):
                flagging.explain(flagged(tan), "说明。", by=tan)
            client.get(url("flags"))
            with CaptureQueriesContext(connection) as questions:
                text(client, url("flags"))
            asked.append(len(questions))
        assert asked == [needed, needed]


class TestOneFlag:
    def test_the_office_sees_all_of_those_days_and_the_organiser_only_its_own(self, tan, people, wang):
        elsewhere = attended(people.wang, wang, "7", name="县里的基础培训")
        attended(tan, wang, "3", day=DAY - timedelta(days=30), name="上个月的课")
        flag = attended(tan, wang, "6").flags.get()
        office = text(browser(people.meng), flag.get_absolute_url())
        assert elsewhere.number in office and "上个月的课" not in office
        assert "沧市监质〔2026〕1号" in office and "周明远" in office
        organiser = text(browser(tan), flag.get_absolute_url())
        assert elsewhere.number not in organiser and "县里的基础培训" not in organiser
        assert flag.entry.number in organiser
        person = text(browser(user("ruan", Role.OFFICER, person=wang)), flag.get_absolute_url())
        assert elsewhere.number in person

    def test_whoever_has_to_settle_it_opens_the_session_and_its_papers(self, tan, people):
        """Where nobody ever commissioned the provider that is the province; a body has no sessions."""
        stray = rows.provider("没有委托的学校", username="stray")
        for held_by, settled_by in ((stray, people.hao), (tan, people.meng), (people.meng, people.hao)):
            flag = attended(held_by, rows.person(), "12.5").flags.first()
            session, client = flag.entry.session, browser(settled_by)
            links = (session.get_absolute_url(), url("session-evidence", session.pk))
            page = text(client, flag.get_absolute_url())
            assert f'href="{links[0]}"' in page and settles_flags.test(settled_by, flag.entry)
            assert [client.get(link).status_code for link in links] == [200, 200]
        for stranger in (people.meng, people.wang, tan):  # the control
            held = Session.objects.get(institution=stray.acting.institution)
            assert browser(stranger).get(held.get_absolute_url()).status_code == 404
        body = user("bo", Role.BODY, institution=stray.acting.institution)
        flag = Flag.objects.filter(entry__institution=stray.acting.institution).first()
        assert flag.entry.session.get_absolute_url() not in text(browser(body), flag.get_absolute_url())

    def test_the_office_that_opens_one_is_noted_and_nobody_else(self, tan, people, wang):
        """Its organiser and whose hours they are: the controls."""
        flag = flagged(tan, wang)
        for who in (tan, user("ruan", Role.OFFICER, person=wang), people.meng, people.meng):
            text(browser(who), flag.get_absolute_url())
        assert Event.objects.about(flag.entry.session).looks().get().actor == people.meng

    def test_strangers_see_nothing(self, tan, people):
        flag = flagged(tan)
        for stranger in (people.hao, people.wang, people.liu, rows.provider("泊头培训中心", username="bo")):
            assert browser(stranger).get(flag.get_absolute_url()).status_code == 404

    def test_a_wrong_form_is_shown_again_with_its_words(self, tan, people):
        flag = flagged(tan)
        answer = browser(people.meng).post(url("flag-settle", flag.pk), {"reason": "打了一半"})
        assert answer.status_code == 422
        assert "请选择计入还是不计入" in answer.content.decode() and "打了一半" in answer.content.decode()
        answer = browser(tan).post(url("flag-explain", flag.pk), {"text": ""})
        assert answer.status_code == 422 and "请写说明" in answer.content.decode()
        done = browser(people.meng).post(url("flag-settle", flag.pk), {"counts": "yes", "reason": "可以"})
        assert done.status_code == 302 and Settlement.objects.get().counts

    @pytest.mark.parametrize("lines", [1, 3])
    def test_lines_of_those_days_cost_nothing_more(self, tan, people, wang, lines):
        for _ in range(lines - 1):
            attended(tan, wang, "0.5")
        flag = attended(tan, wang, "12.5").flags.get()
        client = browser(people.meng)
        client.get(flag.get_absolute_url())
        with CaptureQueriesContext(connection) as questions:
            client.get(flag.get_absolute_url())
        assert len(questions) == 19


class TestManyOfOneSession:
    @pytest.fixture
    def flags(self, tan):
        held = rows.session(tan, day=BEFORE)
        for name in ("甲", "乙", "丙"):
            rows.came(held, rows.person(name))
        rows.posted(held, by=tan)
        return list(Flag.objects.for_list())

    def test_first_a_preview_then_the_act(self, flags, people):
        client, session = browser(people.meng), flags[0].entry.session_id
        here = url("flags-many", session, "unqualified")
        assert f"{here}" in text(client, flags[0].get_absolute_url())
        said = {"chosen": [flags[0].pk, flags[2].pk], "counts": "no", "reason": "当时没有委托"}
        preview = client.post(here, said)
        assert preview.status_code == 200 and "2 笔将不计入" in preview.content.decode()
        assert not Settlement.objects.exists()
        done = client.post(url("flags-settle", session, "unqualified"), said)
        assert done.status_code == 302
        assert set(Settlement.objects.values_list("flag", "counts")) == {
            (flags[0].pk, False),
            (flags[2].pk, False),
        }
        again = client.post(url("flags-settle", session, "unqualified"), said | {"reason": "再来"})
        assert again.status_code == 422 and "已经核查或者冲正的" in again.content.decode()

    def test_nothing_chosen_or_no_reason_is_said_beside_the_field(self, flags, people):
        here = url("flags-many", flags[0].entry.session_id, "unqualified")
        answer = browser(people.meng).post(here, {"counts": "yes", "reason": ""})
        assert answer.status_code == 422
        assert "请至少勾选一笔" in answer.content.decode() and "请写理由" in answer.content.decode()

    @pytest.mark.parametrize("chosen", ["9" * 30, "x", "\0", "-1"])
    def test_what_is_no_record_of_ours_is_said(self, flags, people, chosen):
        session, said = flags[0].entry.session_id, {"chosen": [chosen], "counts": "yes", "reason": "可以"}
        for name in ("flags-many", "flags-settle"):
            answer = browser(people.meng).post(url(name, session, "unqualified"), said)
            assert answer.status_code == 422, name
        assert not Settlement.objects.exists()

    def test_whoever_works_for_the_organiser_too_is_offered_none(self, flags, people, tan):
        session = flags[0].entry.session_id
        paths = [url(name, session, "unqualified") for name in ("flags-many", "flags-settle")]
        said = {"chosen": [flags[0].pk], "counts": "no", "reason": "当时没有委托"}
        part = {"role": Role.PROVIDER, "institution": tan.acting.institution}
        mine = Assignment.objects.create(user=people.meng, **part)
        client = browser(people.meng)
        assert [client.post(path, said).status_code for path in paths] == [404, 404]
        mine.delete()
        assert [client.post(path, said).status_code for path in paths] == [200, 302]  # the control

    def test_of_strangers_and_other_kinds_there_is_none(self, flags, people, tan):
        session = flags[0].entry.session_id
        for stranger in (people.hao, people.wang, tan, people.liu):
            assert browser(stranger).get(url("flags-many", session, "unqualified")).status_code == 404
        for kind in ("long_day", "nonsense"):
            assert browser(people.meng).get(url("flags-many", session, kind)).status_code == 404
