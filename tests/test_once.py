"""Whatever is sent twice takes effect once: every route the resolver knows, by whoever may send it.

The world is that of the table of permissions. Rows are counted over all tables, events among them, so a second letter
or a second line in the record would be seen too.
"""

import re
import threading
from datetime import timedelta

import pytest
import time_machine
from django.apps import apps
from django.db import connection, transaction
from django.http import HttpResponse
from django.urls import reverse
from django.utils import timezone

from cqo_portal.audit.record import look
from cqo_portal.offices.models import Move
from cqo_portal.workflow.models import SentForm
from cqo_portal.workflow.once import SENT_BEFORE, STILL_AT_IT, once
from cqo_portal.workflow.tasks import forget_old_forms
from registry.incidents.models import Incident
from registry.models import Officer
from registry.notices.models import Notice
from tests import permissions
from tests.cast import CODES, browser, cast
from tests.imports.files import workbook
from tests.incidents.rows import typed
from tests.notices.rows import published
from tests.permissions.imports import HEADER
from tests.permissions.reminders import ANNOUNCED
from tests.routes import address, answered, names, objects, twelve
from tests.talent.rows import typed_case
from tests.training.rows import identity

NOT_FACTS = ("workflow.sentform", "sessions.session", "usersessions.usersession")
DAYS = {"begins_on": "2026-12-01", "ends_on": "2027-11-30"}
NOTICE = {
    "title": "关于2026年度集中备案的通告",
    "year": "2026",
    "opens_on": "2026-11-01",
    "closes_on": "2099-12-31",
    "text": "请在时间内报送。",
    "kinds": ["appointments", "changes"],
    "counties": ["130981", "130922"],
    "addressed": "all",
}
POOL = {"basis": "selected", "fields_of": ["spc"], "entered_on": "2026-11-20", "reason": "标杆。"}
SAID = {
    "desk:calendar-enter": ANNOUNCED | {"confirm": "1"},
    "lists:add": {"credit_code": CODES[1], "kind": "industry", "document": "沧统〔2026〕8号"},
    "notices:create": NOTICE,
    "notices:edit": NOTICE | {"version": "1"},
    "notices:publish": {"version": "1"},
    "rehearsal:index": {"edition": "hubei-2022", "on": "2026-11-20"},
    "talent:case-edit": typed_case(name="改过题目的一篇", done="每班取六件。"),
    "talent:pairing-new": DAYS | {"goal": "返修率降到 1%。", "size_reason": "同业。"},
    "talent:pool-admit": POOL | {"agrees": "on", "consent_name": "丁鹏"},
    "offices:account-create": {"username": "newcomer", "full_name": "齐心", "email": "q@example.com"},
    "offices:give": {"role": "province", "office": "130000"},
    "training:roster-paste": {"rows": f"孙桂兰\t{identity(77)}\t6"},
    "offices:disable": {"reason": "调离", "nobody": "暂由市局代办"},
    "offices:withdraw": {"reason": "调离", "nobody": "暂由市局代办"},
    "offices:move-create": {
        "to": "130922",
        "effective_on": "2099-12-31",
        "document": "沧市监函〔2026〕12号",
        "reason": "住所迁到青县。",
        "action": "propose",
    },
}
# A second time is a second fact, and meant so.
AGAIN = """
desk:register-export: two files were taken away, and the record says so
duties:short-export: as of the register
desk:reveal-identity: a look is written down as often as there is something to see
offices:phone: a look
offices:password: the answer itself shows the password, so the last one sent must be the one that holds
registry:reveal: a look
training:roster-check: a look
experts:find: a look
"""
# Here already the first time adds no row: closed, gone, under way, or a row that only changes.
ADDS_NOTHING = """
accounts:act batches:preview bodies:new bodies:papers batches:recall batches:send desk:queue-pin desk:queue-rename
appraisal:autosave appraisal:begin appraisal:check appraisal:edit
duties:evidence-attach duties:self-report-new notifications:read
notifications:read-all offices:enable offices:licence offices:office offices:register registry:change-create
registry:check-item registry:determine registry:filing-autosave registry:filing-check registry:filing-create
registry:filing-edit registry:proof-attach registry:proof-remove registry:same-person registry:unpin
rehearsal:adopt rehearsal:export reports:autosave reports:check reports:edit reports:receive reports:remind
reports:open reports:start reports:unpin talent:case-edit talent:case-revoke
training:roster-drop training:roster-settle training:session-evidence
training:session-post training:sign
training:flags-many
evaluation:report-follow evaluation:report-hand-in
certificates:code certificates:renew
verify:ask verify:ask-json verify:file verify:file-json
evaluation:application-new evaluation:application-edit evaluation:application-autosave evaluation:application-check
evaluation:application-attach evaluation:application-unpin evaluation:proof-supports evaluation:proof-remove
evaluation:invitation-accept
statistics:order-file
""".split()
# The control: with another key each time these double, and these alone; the others are single by the database.
ONLY_BY_THE_KEY = """
appraisal:remark desk:calendar-enter incidents:correct notices:amend notices:create supervision:edit supervision:note talent:meeting
training:course-edit training:roster-add training:roster-correct training:session-edit training:session-new
training:draw-new experts:add experts:declare experts:engage-directly
evaluation:invitation-code
evaluation:interview-new evaluation:interview-record
statistics:roster-order statistics:year-lock
""".split()


MEANT = {line.partition(": ")[0] for line in AGAIN.strip().splitlines()}


def rows() -> int:
    """How many rows all tables hold together."""
    models = [model for model in apps.get_models(include_auto_created=True) if model._meta.managed]
    tables = [model._meta.db_table for model in models if model._meta.label_lower not in NOT_FACTS]
    with connection.cursor() as cursor:
        cursor.execute("SELECT " + " + ".join(f'(SELECT count(*) FROM "{table}")' for table in tables))
        return cursor.fetchone()[0]


@pytest.fixture(scope="class")
def world(standing) -> tuple[dict, dict, dict]:
    """(who, what each route is asked about, what is said there), without a move under way."""
    people = cast()
    known = twelve(people)
    wanted = objects(people.filing(until="at_county"), people)
    wanted["desk:reveal-identity"] = {"pk": Officer.objects.earliest("filed_on", "id").pk}
    Move.objects.all()._raw_delete("default")
    said = permissions.said() | SAID
    learner = people.hengtong._meta.model.objects.get(credit_code=CODES[2])
    said["talent:pairing-new"] = said["talent:pairing-new"] | {"learner": str(learner.pk)}
    return {name: user for name, user in known.items() if user}, wanted, said


def routes_of_forms() -> list[str]:
    """Every route a POST may be sent to, but the steps of a life: those are a table of states."""
    refusing = {line.split()[0] for line in permissions.table() if line.endswith(" POST: 405")}
    accounts = re.compile("account_|mfa_|usersessions_")
    return [name for name in names() if " " not in name and name not in refusing and not accounts.match(name)]


def files_of(route: str) -> dict:
    if route == "imports:index":
        row = ("泊头某厂", "91440101MA5CJQ4N59", "33", 300, 8000)
        return {"kind": "enterprises", "year": "2026", "file": workbook(HEADER, row)}
    if route == "training:roster-upload":
        return {"file": workbook(("姓名", "身份证号", "学时"), ("孙桂兰", identity(77), "6"))}
    return {}


def rewind(files: dict) -> None:
    """The very same octets again: a workbook made anew carries the second it was made in."""
    if "file" in files:
        files["file"].seek(0)


def twice(client, path: str, form: dict) -> tuple[int, int]:
    """(rows the first time added, rows the second added); nothing of it stays."""
    first = second = 0
    with transaction.atomic():
        before = rows()
        if client.post(path, form).status_code < 400 and (first := rows() - before):
            rewind(form)
            client.post(path, form)
            second = rows() - before - first
        rewind(form)
        transaction.set_rollback(True)
    return first, second


# ── the key ───────────────────────────────────────────────────────────────────────────────────
GUARDED = """
appraisal:remark officer
incidents:correct wang
incidents:new wang
lists:add qing
notices:amend meng
notices:create meng
notices:edit meng
offices:move-create wang
supervision:edit qing
supervision:new meng
supervision:note qing
talent:case-edit dan
talent:case-write dan
talent:meeting dan
talent:pairing-new meng
talent:pool-admit meng
training:course-edit provider
training:roster-correct provider
training:session-edit provider
training:session-new provider
training:commission-new meng
training:completion-void meng
training:provider-edit meng
training:provider-new meng
training:session-completions provider
training:draw-new meng
experts:add body
experts:declare expert
experts:engage body
bodies:clocks body
evaluation:panellist-leave body
evaluation:panellist-recuse body
evaluation:panellist-release body
evaluation:rule-out body
bodies:edit body
bodies:file meng
evaluation:sheet-sign expert
evaluation:interview-new expert
evaluation:interview-record expert
evaluation:revise expert
statistics:publish meng
statistics:roster-order wang
statistics:year-lock meng
"""
FORM_ON = {
    "appraisal:remark": "appraisal:appraisal",
    "notices:amend": "notices:notice",
    "supervision:note": "supervision:suggestion",
    "talent:meeting": "talent:pairing",
    "training:completion-void": "training:completion",
    "evaluation:sheet-sign": "evaluation:sheet",
}


@pytest.mark.django_db
class TestEveryRoute:
    def test_sent_twice_nothing_more_is_on_record_and_only_the_key_keeps_some_of_it_single(self, world):
        """The control goes with it: with another key each time, some double, and these alone."""
        users, wanted, said = world
        clients = {name: browser(user) for name, user in users.items()}
        keys = map(str, range(10_000))
        doubled, by_the_key, nothing = set(), set(), set()
        for route in routes_of_forms():
            path, form = address(route, wanted), said.get(route, {}) | files_of(route)
            may = [actor for actor, statuses in answered(route, "POST").items() if statuses - {"403", "404"}]
            tried = ((clients[name], *twice(clients[name], path, form)) for name in may if name in clients)
            sender, _, again = next((found for found in tried if found[1]), (None, 0, 0))
            if sender is None:
                nothing.add(route)
            elif again:
                doubled.add(route)
            else:
                with pytest.MonkeyPatch.context() as patch:
                    patch.setattr(
                        "cqo_portal.workflow.once._keys", lambda _: {"drawn": next(keys), "words": next(keys)}
                    )
                    if twice(sender, path, form)[1]:
                        by_the_key.add(route)
        assert doubled == MEANT
        assert by_the_key == set(ONLY_BY_THE_KEY)
        assert nothing == set(ADDS_NOTHING)

    @pytest.mark.parametrize("line", GUARDED.strip().splitlines())
    def test_the_second_arrival_leads_to_what_the_first_one_made(self, world, line):
        """The key is the one the page itself drew."""
        (route, who), (users, wanted, said) = line.split(), world
        client = browser(users[who])
        page = client.get(address(FORM_ON.get(route, route), wanted)).content.decode()
        form = said[route] | {"once": re.search('name="once" value="([^"]{22})"', page)[1]}
        first, second = (client.post(address(route, wanted), form) for _ in range(2))
        assert first.status_code == second.status_code == 302
        assert second.headers["Location"] == first.headers["Location"]
        assert SENT_BEFORE in client.get(second.headers["Location"]).content.decode()


@pytest.mark.django_db
def test_what_led_to_no_act_may_be_sent_again(people):
    form = {"once": "drawn", "text": "补充一句。"}
    notice = published(people)
    clerk, path = browser(people.meng), reverse("notices:amend", args=[notice.pk])
    assert clerk.post(path, form | {"text": ""}).status_code == 422
    assert not SentForm.objects.exists()
    clerk.post(path, form)
    assert notice.amendments.count() == 1


@pytest.mark.django_db
@pytest.mark.parametrize(("status", "kept"), [(422, 0), (302, 1)], ids=["refused", "taken (the control)"])
def test_what_the_same_person_did_in_another_tab_keeps_no_refused_form(people, rf, status, kept):
    """The other tab's act is on record while this form is answered."""

    @once
    def answered(request):
        look(people.hengtong, by=people.wang, what="proof", why="")
        return HttpResponse(status=status, headers={"Location": "/"})

    request = rf.post("/", {"once": "drawn"})
    request.user = people.wang
    answered(request)
    assert SentForm.objects.count() == 2 * kept  # by its key, and by its words


@pytest.mark.django_db
def test_a_key_is_of_one_person_and_one_address(people):
    first, second = published(people), published(people, title="另一份通告")
    for notice in (first, second):
        path = reverse("notices:amend", args=[notice.pk])
        browser(people.meng).post(path, {"once": "\0drawn" * 50, "text": "补充一句。"})
    assert (first.amendments.count(), second.amendments.count()) == (1, 1)


@pytest.mark.django_db
def test_the_same_finding_is_recorded_once_until_it_was_withdrawn(people):
    clerk, colleague = browser(people.wang), browser(people.meng)
    clerk.post("/incidents/new/", typed())
    answer = colleague.post("/incidents/new/", typed())
    assert answer.status_code == 422
    assert "已经登记过了，没有重复登记" in answer.content.decode()
    (fact,) = Incident.objects.all()
    clerk.post(f"/incidents/{fact.thread}/withdraw/", {"reason": "文书已被撤销"})
    assert colleague.post("/incidents/new/", typed(said="复核后重新认定。")).status_code == 302


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("title", "made"), [("通告", 1), ("另一份通告", 2)], ids=["same words", "other words (the control)"]
)
def test_back_draws_a_new_key_and_the_same_words_are_known_all_the_same(people, title, made):
    clerk = browser(people.meng)
    first = clerk.post(reverse("notices:create"), NOTICE | {"title": "通告", "once": "drawn"})
    second = clerk.post(reverse("notices:create"), NOTICE | {"title": title, "once": "drawn anew"})
    assert Notice.objects.count() == made
    assert (second.headers["Location"] == first.headers["Location"]) is (made == 1)


@pytest.mark.django_db
def test_a_quarter_of_an_hour_later_the_same_words_are_meant_again(people):
    clerk = browser(people.meng)
    with time_machine.travel("2026-11-20T09:00:00+08:00", tick=False) as clock:
        clerk.post(reverse("notices:create"), NOTICE)
        clock.shift(timedelta(minutes=15))
        clerk.post(reverse("notices:create"), NOTICE)
    assert Notice.objects.count() == 2


# ── at the same moment ────────────────────────────────────────────────────────────────────────
@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize(("keys", "made"), [(("a", "a"), 1), (("a", "b"), 2)], ids=["one form", "two forms"])
def test_two_arrivals_at_the_same_moment(keys, made):
    """Ten times over; with two forms (the control) both take effect."""
    people = cast()
    clerks = [browser(people.meng) for _ in keys]
    for number in range(10):
        gate = threading.Barrier(len(keys))

        def press(clerk, key, *, gate=gate, number=number) -> None:
            gate.wait()
            words = NOTICE | {"title": f"通告 {key}{number}"}  # two forms have their own words
            clerk.post(reverse("notices:create"), words | {"once": f"{key}{number}"})
            connection.close()

        threads = [threading.Thread(target=press, args=each) for each in zip(clerks, keys, strict=True)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    assert Notice.objects.count() == 10 * made


@pytest.mark.django_db(transaction=True)
def test_who_clicks_again_while_the_first_click_is_still_at_work_is_told_so(people, monkeypatch):
    """The control: without that answer it is an error of the server."""
    monkeypatch.setattr("cqo_portal.workflow.once._keys", lambda _: {"words": "key"})
    clerk, path = browser(people.meng), reverse("notices:create")
    noted, answered_it = threading.Event(), threading.Event()

    def the_first_click() -> None:
        with transaction.atomic():
            SentForm.objects.create(user=people.meng, key="key")
            noted.set()
            answered_it.wait(30)
        connection.close()

    first = threading.Thread(target=the_first_click)
    first.start()
    noted.wait(30)
    with connection.cursor() as cursor:
        cursor.execute("SET lock_timeout = '200ms'")
    try:
        answer = clerk.post(path, NOTICE)
        assert (answer.status_code, answer.headers["Location"]) == (302, path)
        assert STILL_AT_IT in clerk.get(path).content.decode()
        monkeypatch.setattr("cqo_portal.workflow.once.waited_too_long", lambda _: False)
        assert clerk.post(path, NOTICE).status_code == 500
    finally:
        with connection.cursor() as cursor:
            cursor.execute("RESET lock_timeout")
        answered_it.set()
        first.join()
    assert not Notice.objects.exists()


# ── keys are forgotten ────────────────────────────────────────────────────────────────────────
@pytest.mark.django_db
def test_a_form_of_a_month_ago_is_forgotten_and_a_younger_one_is_kept(people):
    now = timezone.now()
    for days in (31, 29):
        sent = SentForm.objects.create(user=people.wang, key=f"{days}")
        SentForm.objects.filter(pk=sent.pk).update(at=now - timedelta(days=days))
    assert forget_old_forms() == 1
    assert [sent.key for sent in SentForm.objects.all()] == ["29"]
