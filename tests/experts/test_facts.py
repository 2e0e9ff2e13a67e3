"""What a conflict is found from: literal, by source, and as many questions for many experts as for one."""

from datetime import date

import pytest
import time_machine
from django.db import connection
from django.test.utils import CaptureQueriesContext

from cqo_portal.parties.search import fold
from evaluation import conflicts
from evaluation.conflicts import Employer, Known, Relation, Source, Taught
from evaluation.experts import services
from evaluation.experts.facts import facts_of
from evaluation.experts.models import Employment, Interest, Lecture
from evaluation.experts.ties import trainers_in
from registry.talent.models import PoolEntry
from tests.cast import CODES, TODAY
from tests.experts.rows import body, engaged, himself, in_pool
from tests.talent.rows import post
from tests.training import rows
from training.models import Entry

DAY = date(2026, 10, 17)


@pytest.fixture(autouse=True)
def noon():
    with time_machine.travel("2026-11-20T12:00:00+08:00", tick=False):
        yield


@pytest.fixture
def candidate():
    return rows.person("靳海燕")


@pytest.fixture
def yiming():
    return rows.person("陆一鸣")


@pytest.fixture
def him(yiming):
    return himself(yiming)


def known(person, candidate, *, day=TODAY) -> Known:
    return facts_of([person], candidate=candidate, day=day)[person.pk]


def served(code, name, begins, ends, source) -> Employer:
    return Employer(code=code, name=name, begins=begins, ends=ends, source=source)


def taught(candidate, session, *, what="首席质量官任职培训", on=DAY, source) -> Taught:
    return Taught(
        candidate_key=str(candidate.pk),
        session=session.number,
        what=what,
        by="沧州质量培训学校",
        on=on,
        source=source,
    )


def learned(people, candidate, *, trainer: str, name: str = "首席质量官任职培训", day=DAY):
    """A posted session the candidate has hours of."""
    by = rows.provider(username=f"tan{rows.identity(len(trainer) + day.day)[-4:]}{day.day}")
    rows.commission(by.acting.institution, people.offices["130900"], by=people.meng)
    held = rows.session(by, trainer=trainer, name=name, day=day)
    rows.came(held, candidate)
    return rows.posted(held, by=by), by


@pytest.mark.django_db
class TestEmployers:
    def test_of_a_stranger_nothing_is_known(self, yiming, candidate):
        assert known(yiming, candidate) == Known(person_key=str(yiming.pk), name="陆一鸣")

    def test_posts_declared_employments_and_what_a_body_knows_each_by_its_source(self, people, candidate):
        officer = post(people.hengtong, ended_on=date(2026, 6, 30))
        him, center = himself(officer.person), body()
        engaged(center, officer.person)
        said = Employment(person=officer.person, name="南京某检测公司", begins=date(2019, 3, 1))
        services.declare(said, by=him)
        added = Employment(
            person=officer.person,
            name="青县某厂",
            code=CODES[1],
            begins=date(2010, 1, 1),
            ends=date(2012, 12, 31),
        )
        services.declare(added, by=center)
        assert known(officer.person, candidate).employers == (
            served(CODES[0], "泊头恒通管件有限公司", date(2025, 1, 10), date(2026, 6, 30), Source.REGISTER),
            served(CODES[1], "青县某厂", date(2010, 1, 1), date(2012, 12, 31), Source.BODY),
            served("", "南京某检测公司", date(2019, 3, 1), None, Source.DECLARED),
        )

    def test_the_post_behind_an_entry_of_the_pool_is_among_the_posts(self, people, candidate):
        officer = post(people.hengtong)
        in_pool(people, officer.person, officer=officer)
        assert PoolEntry.objects.get().officer == officer
        assert [each.code for each in known(officer.person, candidate).employers] == [CODES[0]]

    def test_an_end_and_a_withdrawal_are_the_last_word(self, him, yiming, candidate):
        row = services.declare(Employment(person=yiming, name="甲厂", begins=date(2019, 3, 1)), by=him)
        services.go_on(row, "ended", ends=date(2026, 6, 30), by=him)
        assert known(yiming, candidate).employers == (
            served("", "甲厂", date(2019, 3, 1), date(2026, 6, 30), Source.DECLARED),
        )
        services.go_on(row.following, "withdrawn", note="填错。", by=him)
        assert known(yiming, candidate).employers == ()

    def test_what_begins_later_is_not_known_on_the_day(self, him, yiming, candidate):
        services.declare(Employment(person=yiming, name="甲厂", begins=date(2026, 11, 20)), by=him)
        assert known(yiming, candidate, day=date(2026, 11, 19)).employers == ()
        assert len(known(yiming, candidate, day=date(2026, 11, 20)).employers) == 1


@pytest.mark.django_db
def test_interests_come_as_they_were_declared(him, yiming, candidate):
    services.declare(Interest(person=yiming, kind="kinship", name="靳海燕"), by=him)
    services.declare(
        Interest(
            person=yiming, kind="business", code=CODES[0], begins=date(2025, 1, 1), ends=date(2025, 12, 31)
        ),
        by=him,
    )
    assert known(yiming, candidate).interests == (
        conflicts.Interest(kind=Relation.KINSHIP, person_name="靳海燕", source=Source.DECLARED),
        conflicts.Interest(
            kind=Relation.BUSINESS,
            organisation_code=CODES[0],
            begins=date(2025, 1, 1),
            ends=date(2025, 12, 31),
            source=Source.DECLARED,
        ),
    )
    assert len(known(yiming, candidate, day=date(2024, 12, 31)).interests) == 1


@pytest.mark.django_db
class TestTrainingsGiven:
    def test_a_trainer_of_the_same_name_is_marked_as_known_by_name(self, people, yiming, candidate):
        held, _ = learned(people, candidate, trainer="周明远、陆一鸣教授")
        assert known(yiming, candidate).taught == (taught(candidate, held, source=Source.BY_NAME),)

    def test_what_was_declared_stands_once_by_its_own_source(self, people, him, yiming, candidate):
        held, _ = learned(people, candidate, trainer="陆一鸣")
        other, _ = learned(
            people, candidate, trainer="教研组", name="统计过程控制实务", day=date(2026, 10, 18)
        )
        for session in (held, other):
            services.declare(Lecture(person=yiming, session=session), by=him)
        assert known(yiming, candidate).taught == (
            taught(candidate, held, source=Source.DECLARED),
            taught(candidate, other, what="统计过程控制实务", on=date(2026, 10, 18), source=Source.DECLARED),
        )

    def test_sessions_without_the_candidate_are_none_of_it(self, people, him, yiming, candidate):
        somebody = rows.person("孙桂兰")
        held, _ = learned(people, somebody, trainer="陆一鸣")
        services.declare(Lecture(person=yiming, session=held), by=him)
        assert known(yiming, candidate).taught == ()
        assert len(known(yiming, somebody).taught) == 1  # the control

    def test_hours_that_were_taken_back_teach_nobody(self, people, yiming, candidate):
        from training.ledger import reverse

        _, by = learned(people, candidate, trainer="陆一鸣")
        assert len(known(yiming, candidate).taught) == 1
        reverse(Entry.objects.get(), reason="误登", by=by)
        assert known(yiming, candidate).taught == ()

    def test_before_the_session_nothing_was_taught(self, people, yiming, candidate):
        learned(people, candidate, trainer="陆一鸣")
        assert known(yiming, candidate, day=date(2026, 10, 16)).taught == ()

    def test_a_similar_name_is_nobody(self, people, candidate):
        learned(people, candidate, trainer="陆一鸣、欧阳慕青")
        for name in ("陆一", "一鸣", "慕青", "陆鸣"):
            assert known(rows.person(name), candidate).taught == ()
        assert len(known(rows.person("欧阳慕青"), candidate).taught) == 1


@pytest.mark.parametrize(
    ("text", "name", "found"),
    [
        ("周明远", "周明远", True),
        ("周明远、苏慕白", "苏慕白", True),
        ("主讲：周明远（副教授） 苏慕白", "周明远", True),
        ("周明远教授和苏慕白老师", "周明远", True),
        ("周明远教授和苏慕白老师", "苏慕白", True),
        ("郑和", "郑和", True),
        ("John Smith, 周明远", "JOHN  SMITH", True),
        ("阿依古丽·买买提明", "阿依古丽·买买提明", True),
        ("周明远航", "周明远", False),
        ("某周明远", "周明远", False),
        ("省质协专家", "周明远", False),
        ("", "周明远", False),
    ],
)
def test_a_text_names_whom_it_names(text, name, found):
    assert (fold(name) in {fold(each) for each in trainers_in(text)}) is found


def test_titles_go_and_the_name_stays():
    assert trainers_in("周明远高级工程师") == {"周明远高级工程师", "周明远"}


@pytest.mark.django_db
def test_as_many_questions_for_many_experts_as_for_one(people, candidate):
    learned(people, candidate, trainer="陆一鸣、白若溪、潘卓")
    experts = []
    for n, name in enumerate(("陆一鸣", "白若溪", "潘卓")):
        person = rows.person(name)
        him = himself(person, f"expert{n}")
        services.declare(Employment(person=person, name="甲厂", begins=date(2019, 3, 1)), by=him)
        services.declare(Interest(person=person, kind="kinship", name="靳海燕"), by=him)
        experts.append(person)
    for some in (experts[:1], experts):
        with CaptureQueriesContext(connection) as asked:
            found = facts_of(some, candidate=candidate, day=TODAY)
        assert [len(found[each.pk].taught) for each in some] == [1] * len(some)
        assert len(asked) == 5
