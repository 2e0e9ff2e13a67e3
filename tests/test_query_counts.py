"""How many questions a page asks of the database: as many for three rows as for one, and that many.

A line: who · address · questions. (Lists that are counted beside their own tests are not
repeated here.)
"""

from collections.abc import Callable
from datetime import date, timedelta

import pytest
import time_machine
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext

from cqo_portal.accounts.models import Assignment, Role
from cqo_portal.audit.record import look
from cqo_portal.desk.models import SavedQueue
from cqo_portal.notifications.models import Feed, Message
from cqo_portal.reference.models import CalendarYear, SpecialDay
from registry.models import Filing, Officer
from registry.reports.models import AnnualReport
from registry.reports.services import sign
from registry.supervision import services as supervision
from registry.talent import services as talent
from tests.batches.rows import enterprise, some
from tests.cast import TODAY, browser, user
from tests.desk.rows import filing, officer
from tests.notices.rows import published
from tests.permissions.talent import _case, _pairing
from tests.reports.world import AFTER, YEAR, world
from tests.supervision.test_suggestions import delivered
from tests.talent.rows import post

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def noon():
    with time_machine.travel("2026-11-20T12:00:00+08:00", tick=False):
        yield


def questions(client, ask: Callable) -> int:
    with CaptureQueriesContext(connection) as asked:
        answer = ask(client)
    assert answer.status_code == 200, (answer.status_code, answer.content.decode()[:2000])
    return len(asked)


def an_officer(people, number: int) -> None:
    officer(people.offices["130981"], number, by=people.liu, term_ends=TODAY)


def a_filing(people, number: int) -> None:
    filing(people.offices["130981"], number, by=people.liu, state="at_city" if number % 2 else "at_county")


def an_enterprise(people, number: int) -> None:
    enterprise(people, number)


def an_account(people, number: int) -> None:
    user(f"account{number}", Role.COUNTY, office=people.offices["130981"])


# who, address, what a row is, questions
LISTS = [
    ("meng", "/notices/{notice}/", an_enterprise, 9),
    ("meng", "/batches/notices/{notice}/enterprises/", an_enterprise, 9),
    ("meng", "/desk/register/print/", an_officer, 6),
    ("meng", "/talent/pool/add/", an_officer, 7),
    ("wang", "/talent/cases/new/", an_enterprise, 6),
    ("meng", "/supervision/new/", an_officer, 6),
    ("wang", "/offices/moves/new/?q=管件", an_enterprise, 5),
    ("hao", "/", a_filing, 20),
    ("hao", "/", an_officer, 20),
    ("wang", "/", an_officer, 16),
    ("meng", "/", an_officer, 23),
    ("admin", "/", an_account, 8),
    ("meng", "/statistics/", an_enterprise, 8),
    ("meng", "/statistics/coverage/", an_enterprise, 19),
    ("meng", "/statistics/coverage/cell/?row=&column=all.n", an_enterprise, 19),
    ("meng", "/statistics/structure/", an_officer, 14),
    ("meng", "/statistics/hours/", an_officer, 20),
    ("meng", "/statistics/filings/", a_filing, 9),
    ("meng", "/statistics/trend/", an_officer, 98),
    ("wang", "/statistics/roster/", an_officer, 26),
]


@pytest.mark.parametrize(
    ("who", "address", "add", "needed"), LISTS, ids=lambda x: getattr(x, "__name__", str(x))
)
def test_a_list_asks_the_same_for_three_rows_as_for_one(people, who, address, add, needed):
    someone = user("admin", Role.ADMIN) if who == "admin" else getattr(people, who)
    path, client = address.format(notice=published(people).pk), browser(someone)
    add(people, 11)
    client.get(path)
    one = questions(client, lambda c: c.get(path))
    add(people, 12), add(people, 13)
    three = questions(client, lambda c: c.get(path))
    assert (one, three) == (needed, needed)


# ── pages whose rows need a story ─────────────────────────────────────────────────────────────
def preview_of_a_batch(people, count: int):
    chosen = [f"{filing.pk}:{filing.round}" for filing in some(people, count)]
    return people.wang, lambda client: client.post("/batches/preview/", {"chosen": chosen})


def saved_queues(people, count: int):
    for number in range(count):
        for page, address in (("register", "standing=ending&office=130981"), ("filings", "turn=all")):
            SavedQueue.objects.create(
                user=people.meng, role="city", page=page, address=address, name=f"{page}{number}"
            )
    return people.meng, lambda client: client.get("/desk/queues/")


def queues_on_the_desk(people, count: int):
    saved_queues(people, count)
    return people.meng, lambda client: client.get("/")


def meetings_of_a_pairing(people, count: int):
    mentor = post(people.dan.acting.organisation)
    case = _case(people, mentor, until="published")
    pairing = _pairing(people, mentor, case=case)
    for number in range(count):
        said = {"held_on": TODAY, "what": f"第 {number} 次。", "result": ""}
        talent.log_meeting(pairing, said, by=people.liu)
    return people.meng, lambda client: client.get(pairing.get_absolute_url())


def notes_of_a_suggestion(people, count: int):
    suggestion = delivered(people)
    for number in range(count):
        supervision.follow_up(suggestion, f"第 {number} 次联系。", by=people.wang)
    return people.wang, lambda client: client.get(suggestion.get_absolute_url())


def filings_and_looks_of_a_dossier(people, count: int):
    """One person, `count` filings of one post each, and as many looks."""
    posts = [officer(people.offices["130981"], number, by=people.liu) for number in range(1, count + 1)]
    Officer.objects.update(person=posts[0].person)
    for number in range(count):
        with transaction.atomic():
            look(posts[0].person, by=people.wang, what="identity_number", why=f"核对 {number}")
    return people.meng, lambda client: client.get(f"/desk/officers/{posts[0].pk}/")


def changes_among_the_filings(people, count: int):
    county = people.offices["130981"]
    for number in range(1, count + 1):
        made = filing(county, 20 + number, by=people.liu)
        late = {"kind": "departure", "post": officer(county, number, by=people.liu), "due_on": TODAY}
        Filing.objects.filter(pk=made.pk).update(**late)
    return people.wang, lambda client: client.get("/filings/?turn=all&kind=departure")


def export_of_the_register(people, count: int):
    for number in range(1, count + 1):
        an_officer(people, number)
    said = {"format": "xlsx", "purpose": "报省局年度统计"}
    return people.meng, lambda client: client.post("/desk/register/export/", said)


def desk_of_an_enterprise(people, count: int):
    """`count` notices it owes an answer to, and as many filings behind it."""
    for number in range(count):
        published(people, title=f"第 {number} 份通告")
        made = filing(people.offices["130981"], number + 1, by=people.liu, state="filed")
        Filing.objects.filter(pk=made.pk).update(organisation=people.hengtong)
    return people.liu, lambda client: client.get("/")


STORIES = [
    (preview_of_a_batch, 11),
    (saved_queues, 7),
    (queues_on_the_desk, 24),
    (meetings_of_a_pairing, 7),
    (notes_of_a_suggestion, 12),
    (filings_and_looks_of_a_dossier, 18),
    (changes_among_the_filings, 9),
    (export_of_the_register, 13),
    (desk_of_an_enterprise, 24),
]


@pytest.mark.parametrize("count", [1, 3])
@pytest.mark.parametrize(("tell", "needed"), STORIES, ids=lambda x: getattr(x, "__name__", str(x)))
def test_a_page_asks_the_same_for_three_rows_as_for_one(people, tell, needed, count):
    who, ask = tell(people, count)
    client = browser(who)
    client.get("/style/")
    assert questions(client, ask) == needed


# ── annual reports ────────────────────────────────────────────────────────────────────────────
KEYS = ("jia", "yi", "bing")


def own_reports(world, count: int):
    for year in range(2026 - count, 2026):
        AnnualReport.objects.create(
            organisation=world.firms["jia"], office=world.east, year=year, created_by=world.clerks["jia"]
        )
    return world.clerks["jia"], lambda client: client.get("/reports/")


def bulk_reception(world, count: int):
    keys = [str(world.report(key, until="at_county").pk) for key in KEYS[:count]]
    return world.chen, lambda client: client.get("/reports/receive/", {"report": keys})


def figures_to_be_signed(world, count: int):
    for key in KEYS[:count]:
        world.report(key)
    return world.chen, lambda client: client.get("/reports/2026/410101/sign/")


def locked_roll_up(world, count: int):
    for key in KEYS[:count]:
        world.report(key)
    sign(world.east, YEAR, statement="核对无误", absences={}, by=world.chen, today=AFTER)
    return world.chen, lambda client: client.get("/reports/2026/410101/signed/")


OF_REPORTS = [(own_reports, 8), (bulk_reception, 8), (figures_to_be_signed, 13), (locked_roll_up, 8)]


@pytest.mark.parametrize("count", [1, 3])
@pytest.mark.parametrize(("tell", "needed"), OF_REPORTS, ids=lambda x: getattr(x, "__name__", str(x)))
def test_a_page_of_reports_asks_the_same_for_three_rows_as_for_one(db, tell, needed, count):
    with time_machine.travel("2026-12-20T12:00:00+08:00", tick=False):
        who, ask = tell(world(), count)
        client = browser(who)
        client.get("/style/")
        assert questions(client, ask) == needed


# ── reminders ─────────────────────────────────────────────────────────────────────────────────
def terms_to_end(people, count: int):
    """`count` enterprises, each with an officer whose term ends in forty days, and a clerk."""
    for number in range(1, count + 1):
        held = officer(people.offices["130981"], number, by=people.liu, term_ends=TODAY + timedelta(days=40))
        user(f"clerk{number}", Role.ENTERPRISE, organisation=held.organisation)
    return TODAY + timedelta(days=40)


def forecast(people, count: int):
    terms_to_end(people, count)
    return user("guan", Role.ADMIN), lambda client: client.get("/reminders/")


def one_line_of_the_forecast(people, count: int):
    path = f"/reminders/term-ends/-30/{terms_to_end(people, count)}/"
    return user("guan", Role.ADMIN), lambda client: client.get(path)


def undelivered_mail(people, count: int):
    for number in range(count):
        message(people, number, channel="email", state="dead", error="550")
    return user("guan", Role.ADMIN), lambda client: client.get("/reminders/undelivered/")


def what_was_told_of_a_case(people, count: int):
    case = people.filing(until="filed")
    for number in range(count):
        message(people, number, channel="inbox", state="sent", subject_id=str(case.pk))
    return people.meng, lambda client: client.get(f"/reminders/told/registry.filing/{case.pk}/")


def calendar_of_days(people, count: int):
    terms_to_end(people, count)
    for each in Officer.objects.exclude(organisation=people.hengtong):
        Assignment.objects.create(user=people.liu, role=Role.ENTERPRISE, organisation=each.organisation)
    secret = Feed.made_for(people.liu)
    return people.liu, lambda client: client.get(f"/reminders/calendar/{secret}.ics")


def days_off(people, count: int):
    for year in range(2026, 2026 + count):
        CalendarYear.objects.create(year=year, source="国务院办公厅的通知")
        SpecialDay.objects.create(day=date(year, 1, 1), year_id=year, working=False, name="元旦")
    return people.meng, lambda client: client.get("/desk/calendar/")


def message(people, number: int, **said) -> Message:
    words = {
        "kind": "filing-filed",
        "cause": f"c{number}",
        "subject_type": "registry.filing",
        "subject_id": "0",
    }
    return Message.objects.create(recipient=people.liu, title="任职备案", body="…", url="/", **words | said)


OF_REMINDERS = [
    (forecast, 79),
    (one_line_of_the_forecast, 7),
    (undelivered_mail, 5),
    (what_was_told_of_a_case, 8),
    (calendar_of_days, 45),
    (days_off, 6),
]


@pytest.mark.parametrize("count", [1, 3])
@pytest.mark.parametrize(("tell", "needed"), OF_REMINDERS, ids=lambda x: getattr(x, "__name__", str(x)))
def test_a_page_of_reminders_asks_the_same_for_three_rows_as_for_one(people, tell, needed, count):
    who, ask = tell(people, count)
    client = browser(who)
    client.get("/style/")
    assert questions(client, ask) == needed
