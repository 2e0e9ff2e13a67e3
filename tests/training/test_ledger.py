"""The ledger: what is posted stands, what is reversed is gone, and the sum is what stands."""

import re
from datetime import date
from decimal import Decimal as D

import pytest
from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, InternalError, connection, transaction
from django.test.utils import CaptureQueriesContext

from cqo_portal.workflow.engine import Refused
from tests.training import rows
from training import ledger
from training.models import Entry, Flag, Presence

DAY = date(2026, 10, 17)

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


class TestPosting:
    def test_the_roster_becomes_entries_and_is_empty(self, tan, wang):
        held = rows.session(tan, hours={1: "7", 2: "3.5"})
        rows.came(held, wang, course_class=1)
        rows.came(held, wang, course_class=2)
        held = rows.posted(held, by=tan)
        assert held.state == "posted"
        assert not held.roster.exists()
        entries = wang.entries.order_by("course_class")
        assert [(e.course_class, e.hours, e.on, e.year) for e in entries] == [
            (1, D("7.00"), DAY, 2026),
            (2, D("3.50"), DAY, 2026),
        ]
        assert wang.entries.balance() == D("10.50")
        assert held.postings.get().lines == 2

    def test_nothing_is_posted_before_it_is_over(self, tan, wang):
        held = rows.session(tan, day=date(2026, 12, 1))
        rows.came(held, wang)
        with pytest.raises(Refused, match="结束以后才能入账"):
            rows.posted(held, by=tan)
        assert not Entry.objects.exists()

    def test_an_empty_roster_is_not_posted(self, tan):
        with pytest.raises(Refused, match="名单里还没有待入账的人"):
            rows.posted(rows.session(tan), by=tan)

    def test_nobody_gets_more_than_the_session_gives(self, tan, wang):
        held = rows.session(tan, hours={None: "6"})
        rows.came(held, wang, "6.5")
        with pytest.raises(Refused, match="王雪松的学时超过本场规定的学时"):
            rows.posted(held, by=tan)

    def test_the_same_attendance_stands_once(self, tan, wang):
        held = rows.session(tan)
        rows.came(held, wang)
        held = rows.posted(held, by=tan)
        rows.came(held, wang)
        with pytest.raises(Refused, match="王雪松在本场已经入账"):
            rows.posted(held, by=tan)
        ledger.reverse(wang.entries.get(), reason="误登", by=tan)
        rows.posted(held, by=tan)
        assert wang.entries.balance() == D(6)

    def test_another_house_posts_nothing(self, tan, wang, people):
        held = rows.session(tan)
        rows.came(held, wang)
        for stranger in (rows.provider("泊头培训中心", username="bo"), people.wang, people.meng, people.liu):
            with pytest.raises(PermissionDenied):
                rows.posted(held, by=stranger)

    def test_a_county_holds_trainings_of_its_own(self, people, wang):
        held = rows.session(people.wang)
        rows.came(held, wang)
        rows.posted(held, by=people.wang)
        assert wang.entries.get().office == people.offices["130981"]


class TestReversing:
    @pytest.fixture
    def entry(self, tan, wang):
        held = rows.session(tan)
        rows.came(held, wang)
        rows.posted(held, by=tan)
        return wang.entries.get()

    def test_a_reversal_is_the_mirror(self, entry, tan, wang):
        mirror = ledger.reverse(entry, reason="上午未到", by=tan)
        assert (mirror.hours, mirror.reverses, mirror.reason) == (D("-6.00"), entry, "上午未到")
        assert wang.entries.balance() == 0
        assert not Entry.objects.standing().exists()

    def test_it_comes_once_and_with_a_reason(self, entry, tan):
        with pytest.raises(Refused, match="请写明冲正的理由"):
            ledger.reverse(entry, reason=" ", by=tan)
        mirror = ledger.reverse(entry, reason="误登", by=tan)
        with pytest.raises(Refused, match="已经冲正过了"):
            ledger.reverse(entry, reason="误登", by=tan)
        with pytest.raises(Refused, match="本身就是冲正"):
            ledger.reverse(mirror, reason="误登", by=tan)

    def test_it_locks_no_line_for_nobody_may_change_one(self, entry, tan):
        """The web role has no right to; the line itself is single by its column."""
        with CaptureQueriesContext(connection) as asked:
            ledger.reverse(entry, reason="误登", by=tan)
        assert not [each["sql"] for each in asked if re.search("FOR (NO KEY )?UPDATE", each["sql"])]
        entry.refresh_from_db()
        with pytest.raises(IntegrityError, match="reverses"), transaction.atomic():
            ledger._mirror_of(entry, reason="误登", by=tan).save()

    def test_the_commissioning_office_may_reverse_and_a_stranger_may_not(self, entry, people):
        with pytest.raises(PermissionDenied):
            ledger.reverse(entry, reason="核查不实", by=people.wang)
        ledger.reverse(entry, reason="核查不实", by=people.meng)

    @pytest.mark.parametrize(
        "wrong",
        [
            {"hours": D(-5)},
            {"year": 2025},
            {"course_class": 1},
            {"on": date(2026, 10, 18)},
            {"source": "upload"},
        ],
        ids=lambda wrong: next(iter(wrong)),
    )
    def test_the_database_takes_no_other_mirror(self, entry, tan, wrong):
        said = {
            "institution_id": entry.institution_id,
            "person_id": entry.person_id,
            "hours": -entry.hours,
            "on": entry.on,
            "year": entry.year,
            "session_id": entry.session_id,
            "source": entry.source,
            "reverses": entry,
            "reason": "x",
            "by": tan,
        }
        with pytest.raises(InternalError, match="cannot be reversed by this line"), transaction.atomic():
            Entry.objects.create(**said | wrong)
        Entry.objects.create(**said)

    def test_a_mirror_of_a_mirror_is_refused_by_the_database(self, entry, tan):
        mirror = ledger.reverse(entry, reason="误登", by=tan)
        with pytest.raises(InternalError, match="cannot be reversed by this line"):
            Entry.objects.create(
                institution_id=entry.institution_id,
                person_id=entry.person_id,
                hours=0,
                on=entry.on,
                year=entry.year,
                session_id=entry.session_id,
                source=entry.source,
                reverses=mirror,
                reason="x",
                by=tan,
            )


class TestNobodyIsAtTwoPlaces:
    MORNING = (rows.at(DAY, 9), rows.at(DAY, 12))
    NOON = (rows.at(DAY, 11, 59), rows.at(DAY, 14))
    AFTERNOON = (rows.at(DAY, 12), rows.at(DAY, 16))

    def test_overlapping_sessions_of_one_person_are_refused(self, tan, wang):
        first, second = (rows.session(tan, hours={None: "3"}, times=(t,)) for t in (self.MORNING, self.NOON))
        for held in (first, second):
            rows.came(held, wang)
        rows.posted(first, by=tan)
        with pytest.raises(Refused, match="王雪松在同一时间已有别的培训入账"):
            rows.posted(second, by=tan)

    def test_one_may_follow_the_other_at_the_minute(self, tan, wang):
        for times in (self.MORNING, self.AFTERNOON):
            held = rows.session(tan, hours={None: "3"}, times=(times,))
            rows.came(held, wang)
            rows.posted(held, by=tan)
        assert wang.entries.balance() == D(6)

    def test_two_people_may_be_at_two_places(self, tan, wang):
        for who, times in ((wang, self.MORNING), (rows.person("李四"), self.NOON)):
            held = rows.session(tan, hours={None: "3"}, times=(times,))
            rows.came(held, who)
            rows.posted(held, by=tan)
        assert Entry.objects.count() == 2

    def test_two_classes_of_one_session_share_its_time(self, tan, wang):
        held = rows.session(tan, hours={1: "2", 2: "1"}, times=(self.MORNING,))
        rows.came(held, wang, course_class=1)
        rows.came(held, wang, course_class=2)
        rows.posted(held, by=tan)
        assert wang.entries.balance() == D(3)

    def test_a_reversal_leaves_the_time_to_another(self, tan, wang):
        first, second = (rows.session(tan, hours={None: "3"}, times=(t,)) for t in (self.MORNING, self.NOON))
        rows.came(first, wang)
        rows.posted(first, by=tan)
        ledger.reverse(wang.entries.get(), reason="误登", by=tan)
        rows.came(second, wang)
        rows.posted(second, by=tan)
        assert wang.entries.balance() == D(3)

    def test_who_was_there_for_one_meeting_is_free_at_the_other(self, tan, wang):
        two = rows.session(tan, hours={None: "6"}, times=(self.MORNING, self.AFTERNOON))
        morning, _ = two.meetings.all()
        rows.came(two, wang, "3", meetings=[morning.pk])
        rows.posted(two, by=tan)
        other = rows.session(tan, hours={None: "3"}, times=(self.AFTERNOON,))
        rows.came(other, wang)
        rows.posted(other, by=tan)
        assert Presence.objects.filter(stands=True).count() == 2

    def test_the_database_refuses_it_past_python(self, tan, wang):
        first, second = (rows.session(tan, hours={None: "3"}, times=(t,)) for t in (self.MORNING, self.NOON))
        rows.came(first, wang)
        rows.posted(first, by=tan)
        rows.came(second, rows.person("李四"))
        rows.posted(second, by=tan)
        other = second.entries.get()
        with pytest.raises(IntegrityError, match="nobody_at_two_sessions_at_once"), transaction.atomic():
            Presence.objects.create(
                entry=other, person=wang, session=second, during=second.meetings.get().during
            )
        with pytest.raises(InternalError, match="ends with the reversal"), transaction.atomic():
            Presence.objects.filter(entry=other).update(stands=False)


class TestFlags:
    def test_more_than_twelve_hours_a_day_are_flagged_and_wait(self, tan, wang):
        for hours in ("6.5", "5.5", "0.5"):
            held = rows.session(tan, hours={None: hours})
            rows.came(held, wang)
            rows.posted(held, by=tan)
        flagged = Entry.objects.held().get()
        assert (flagged.hours, flagged.flags.get().kind) == (D("0.50"), Flag.Kind.LONG_DAY)
        assert Entry.objects.counting().balance() == D(12)

    def test_the_hours_of_several_days_are_spread(self, tan, wang):
        for hours, flags in (("24", 0), ("0.25", 1)):
            held = rows.session(tan, hours={None: hours}, first_day=date(2026, 10, 16))
            rows.came(held, wang)
            rows.posted(held, by=tan)
            assert Flag.objects.count() == flags

    def test_a_session_outside_the_commission_is_flagged(self, tan, wang):
        for day, flags in ((date(2026, 1, 1), 0), (date(2025, 12, 31), 1)):
            held = rows.session(tan, day=day)
            rows.came(held, wang)
            rows.posted(held, by=tan)
            assert Flag.objects.count() == flags
        assert Flag.objects.get().said == "沧州质量培训学校在2025年12月31日至2025年12月31日没有有效的委托。"
