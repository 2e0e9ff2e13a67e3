"""Two people at the same moment, over the act itself: one act, one record, and a sentence for the second."""

import threading
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from datetime import date, timedelta

import pytest
import time_machine
from django.db import connection, transaction

from cqo_portal.accounts.models import Assignment, Role
from cqo_portal.audit.models import Event
from cqo_portal.offices import experts as accounts
from cqo_portal.statistics import publishing
from cqo_portal.statistics.models import Yearbook
from cqo_portal.workflow.engine import perform
from evaluation.experts.models import Confirmation, Expert
from evaluation.experts.services import confirm
from registry.models import Adoption
from registry.rehearsal import services as rehearsals
from registry.rehearsal.tasks import go_on
from registry.reports import services as reports
from registry.reports.models import RollUp, SignOff
from registry.reports.workflow import RECEIVE
from registry.services import note_opened
from registry.supervision import services as suggestions
from registry.supervision.models import Reply
from registry.supervision.workflow import SUGGESTION
from tests.cast import TODAY, cast, user
from tests.duties import rows as duties
from tests.experts import rows as experts
from tests.reports import world as told
from tests.statistics.small import small
from tests.talent.rows import post
from tests.training import rows as training
from training import drawing, flagging, ledger, providers
from training.models import Drawn, Entry, Flag
from training.workflow import CONFIRM, POST

pytestmark = pytest.mark.django_db(transaction=True)
ROUNDS = 5


def together(act, *people) -> list[str]:
    """`act(person)` in a thread each, begun at the same moment; "done", or the name of what was raised."""
    gate, said = threading.Barrier(len(people)), []

    def press(held: int) -> None:
        assignment = Assignment.objects.select_related("user", "office__parent__parent", "organisation").get(
            pk=held
        )
        gate.wait()
        try:
            act(assignment.user.acting_as(assignment))
            said.append("done")
        except Exception as refused:  # whatever it was, it is compared below
            said.append(type(refused).__name__)
        finally:
            connection.close()

    threads = [threading.Thread(target=press, args=(person.acting.pk,)) for person in people]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return sorted(said)


def test_two_clerks_sign_a_year(db):
    world = told.world()
    second = user("chen2", Role.COUNTY, office=world.east)
    for year in range(told.YEAR - ROUNDS, told.YEAR):

        def sign(by, year=year):
            reports.sign(world.east, year, statement="核对无误", absences={}, by=by, today=told.AFTER)

        assert together(sign, world.chen, second) == ["Refused", "done"]
    assert SignOff.objects.count() == RollUp.objects.filter(state="signed").count() == ROUNDS
    assert Event.objects.filter(action="sign").count() == ROUNDS


def test_a_county_signs_while_the_report_it_waits_for_is_received(db):
    """Either the sign-off is refused, or the report is in its figures: none is lost between the two."""
    world = told.world()
    second = user("chen2", Role.COUNTY, office=world.east)
    report = world.report("jia", until="at_county")

    def act(by):
        if by.username == "chen2":
            perform(RECEIVE, report, by=by, today=told.AFTER)
        else:
            reports.sign(world.east, told.YEAR, statement="核对", absences={}, by=by, today=told.AFTER)

    together(act, world.chen, second)
    signed = SignOff.objects.first()
    assert signed is None or signed.figures["received"] == 1


def test_two_clerks_adopt_an_edition():
    people = cast()
    people.filing(until="filed")
    second = user("meng2", Role.CITY, office=people.offices["130900"])
    run = rehearsals.start(
        people.meng.acting.office, edition="cangzhou-2023", on=TODAY, today=TODAY, by=people.meng
    )
    go_on()
    run.refresh_from_db()
    rehearsals.open_result(run, by=people.meng)
    assert together(lambda by: rehearsals.adopt(run, by=by), people.meng, second) == ["done", "done"]
    assert Adoption.objects.filter(office="130900", edition="cangzhou-2023").count() == 1
    assert Event.objects.filter(action="adopt").count() == 1


def test_two_clerks_of_an_enterprise_answer_a_suggestion():
    people = cast()
    second = user("liu2", Role.ENTERPRISE, organisation=people.hengtong)
    said = {
        "grounds": ["not_performing"],
        "facts": "两次不合格。",
        "evidence": "通报",
        "reply_by": date(2026, 12, 5),
    }
    answer = {"kind": "disagrees", "replace_by": None, "statement": "整改已在进行。"}
    with time_machine.travel("2026-11-20T12:00:00+08:00", tick=False):
        made = suggestions.suggest(
            post(people.hengtong), said, issuer=people.offices["130981"], by=people.wang, today=TODAY
        )
        made = perform(SUGGESTION["deliver"], made, by=people.wang, today=TODAY)
        ended = together(lambda by: suggestions.answer(made, answer, by=by, today=TODAY), people.liu, second)
    assert ended == ["Refused", "done"]
    assert Reply.objects.count() == 1
    assert Event.objects.about(made).filter(action="reply").count() == 1


def test_two_pages_of_a_paper_at_the_same_moment_are_one_look():
    people = cast()
    paper = people.filing(until="at_county").proofs.get()
    for count in range(1, ROUNDS + 1):
        today = TODAY + timedelta(days=count)

        def opened(by, today=today):
            note_opened(paper, by=by, today=today)

        with time_machine.travel(f"{today}T12:00:00+08:00", tick=False):
            assert together(opened, people.wang, people.wang) == ["done", "done"]
        assert Event.objects.filter(action=Event.PAPER).count() == count


def test_two_officers_settle_a_flag_find_an_outcome_and_reverse_an_entry():
    """Each of them once, whoever was first."""
    people = cast()
    colleague = user("xia", Role.CITY, office=people.offices["130900"])
    tan = training.provider()
    training.commission(tan.acting.institution, people.offices["130900"], by=people.meng)
    held = training.session(tan, day=date(2025, 12, 31))
    for _ in range(ROUNDS):
        training.came(held, training.person())
    training.posted(held, by=tan)
    days = {"first_day": date(2026, 1, 1), "last_day": date(2099, 1, 1)}
    draw = drawing.freeze(days | {"wanted": ROUNDS, "announced": "x"}, by=people.meng, today=TODAY)
    later = TODAY + timedelta(days=1)
    seed = {"seed": "1", "seed_source": "x", "seed_where": "x", "seed_day": later}
    assert together(lambda who: drawing.sow(draw, seed, by=who, today=later), people.meng, colleague) == [
        "Refused",
        "done",
    ]
    for each in Drawn.objects.select_related("record__entry"):
        flag, entry = each.entry.flags.get(), each.entry
        acts = (
            lambda who, flag=flag: flagging.settle([flag], counts=True, reason="可以", by=who),
            lambda who, each=each: drawing.find(each, verdict="false", looked_at="x", after=None, by=who),
            lambda who, entry=entry: ledger.reverse(entry, reason="不实", by=who),
        )
        for act in acts:
            assert together(act, people.meng, colleague) == ["Refused", "done"]


def test_a_whole_posting_is_reversed_while_a_colleague_reverses_one_line_of_it(db):
    """The colleague has written and not yet finished; whoever reverses everything waits, and is told."""
    tan = training.provider()
    held = training.session(tan)
    for name in ("王雪松", "李四"):
        training.came(held, training.person(name))
    training.posted(held, by=tan)
    posting, entry = held.postings.get(), held.entries.first()

    def everything(by):
        ledger.reverse_all(posting, reason="误登", expected=2, by=by)

    with ThreadPoolExecutor(1) as other, transaction.atomic():
        ledger.reverse(entry, reason="没有到场", by=tan)
        waiting = other.submit(together, everything, tan)
        until(a_session_waits)
    assert waiting.result() == ["Refused"]
    assert Entry.objects.filter(reverses__isnull=False).count() == 1
    assert together(lambda by: ledger.reverse_all(posting, reason="误登", expected=1, by=by), tan) == ["done"]


def test_a_commission_is_ended_for_a_day_past_while_a_posting_runs():
    """The posting has seen the commission and not yet finished: whoever ends it waits, and then sees the posting."""
    people, tan = cast(), training.provider()
    held = training.commission(tan.acting.institution, people.offices["130900"], by=people.meng)
    session = training.session(tan)
    training.came(session, training.person())

    def end(by):
        providers.end(held, on=session.last_day - timedelta(days=1), reason="不再委托", by=by, today=TODAY)

    with ThreadPoolExecutor(1) as other, transaction.atomic():
        perform(POST, session, by=tan)
        waiting = other.submit(together, end, people.meng)
        until(a_session_waits)
    assert waiting.result() == ["done"]
    assert [flag.kind for flag in Flag.objects.all()] == ["unqualified"]


def a_session_waits() -> bool:
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM pg_locks WHERE NOT granted")
        return cursor.fetchone()[0] > 0


def until(met, *, seconds: float = 10) -> None:
    ends = time.monotonic() + seconds
    while not met():
        assert time.monotonic() < ends, met.__name__
        time.sleep(0.02)


@pytest.fixture(params=["one act at a time", "the control"])
def in_turn(request, monkeypatch) -> bool:
    """Both have looked at the day before either goes on, where nothing keeps the second from looking."""
    gate = threading.Barrier(2, timeout=1)

    def looked(at):
        def look(*about):
            found = at(*about)
            with suppress(threading.BrokenBarrierError):
                gate.wait()
            return found

        return look

    monkeypatch.setattr(ledger, "foreseen", looked(ledger.foreseen))
    monkeypatch.setattr(ledger, "doubts_about", looked(ledger.doubts_about))
    if request.param == "the control":
        monkeypatch.setattr(ledger, "one_act_at_a_time", lambda people: None)
    return request.param != "the control"


def test_two_houses_post_sixteen_hours_of_one_day_for_one_person(in_turn):
    people, who = cast(), training.person()
    tan = training.provider()
    training.commission(tan.acting.institution, people.offices["130900"], by=people.meng)
    held = {by.username: training.session(by, hours={None: "8"}) for by in (tan, people.meng)}
    for session in held.values():
        training.came(session, who)
    assert together(lambda by: perform(POST, held[by.username], by=by), tan, people.meng) == ["done", "done"]
    assert Entry.objects.filter(person=who).count() == 2
    assert Flag.objects.filter(kind="long_day", entry__person=who).count() == (1 if in_turn else 0)


def test_two_clerks_confirm_sixteen_hours_of_one_day_for_one_person(in_turn):
    """The second is asked why all the same."""
    people = cast()
    who, day = post(people.hengtong).person, date(2026, 6, 1)
    himself, county = duties.himself(who), people.offices["130981"]
    by = {"wang": people.wang, "wang2": user("wang2", Role.COUNTY, office=county)}
    sent = {
        name: duties.report(who, "8", to=county, by=himself, on=day, papers=(shade,), title=name)
        for shade, name in enumerate(by)
    }
    ended = together(lambda clerk: perform(CONFIRM, sent[clerk.username], by=clerk), *by.values())
    assert ended == (["Refused", "done"] if in_turn else ["done", "done"])
    assert Entry.objects.filter(person=who).count() == (1 if in_turn else 2)
    assert not Flag.objects.exists()


def test_who_would_wait_too_long_is_told_so_and_nothing_is_entered():
    people, who = cast(), training.person()
    held = training.session(people.meng)
    training.came(held, who)

    def post_it(by):
        with connection.cursor() as cursor:
            cursor.execute("SET lock_timeout = '200ms'")
        perform(POST, held, by=by)

    with transaction.atomic():
        ledger.one_act_at_a_time([who.pk])
        assert together(post_it, people.meng) == ["Refused"]
    assert not Entry.objects.exists()
    assert together(post_it, people.meng) == ["done"]  # the control


def test_two_bodies_open_the_account_of_one_expert():
    """Each engaged the same people; of each person there is one account in the end."""
    one, other = experts.body(), experts.body("别的中心", username="other")
    for number in range(ROUNDS):
        person = training.person(f"专家{'甲乙丙丁戊'[number]}")
        held = {by.pk: experts.engaged(by, person) for by in (one, other)}

        def open_it(by, held=held, number=number):
            name = f"{by.username}-{number}"
            accounts.open_for(held[by.pk], username=name, email=f"{name}@example.com", by=by)

        assert together(open_it, one, other) == ["Refused", "done"]
    assert Assignment.objects.filter(role=Role.EXPERT).count() == ROUNDS


def test_two_of_a_body_engage_one_person_and_an_expert_confirms_twice():
    one = experts.body()
    two = user("body2", Role.BODY, institution=one.acting.institution)
    person = training.person("陆一鸣")
    assert together(lambda by: experts.engaged(by, person), one, two) == ["Refused", "done"]
    him = experts.himself(person)
    assert together(lambda by: confirm(by=by, today=TODAY), him, him) == ["Refused", "done"]
    assert Expert.objects.count() == Confirmation.objects.count() == 1


def test_who_locks_a_year_while_a_colleague_is_at_it_is_told_so_and_waits():
    """One edition each, and never two of one number."""
    made = small()
    colleague = user("chen2", Role.COUNTY, office=made.east)
    said = {"known": date(2027, 1, 31), "statement": "全年情况。", "absences": {}, "today": date(2027, 2, 10)}

    def locks(by) -> None:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute("SET LOCAL lock_timeout = '1ms'")
            publishing.lock_year(made.east, 2026, by=by, **said)

    for n in range(1, ROUNDS + 1):
        outcome = together(locks, made.chen, colleague)
        assert set(outcome) <= {"done", "Refused"}
        assert "done" in outcome
        editions = list(Yearbook.objects.order_by("edition").values_list("edition", flat=True))
        assert editions == list(range(1, len(editions) + 1))
        assert len(editions) >= n
