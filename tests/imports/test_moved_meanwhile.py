"""An enterprise moves county while an import of it lies before somebody, or at the very moment it is applied."""

import threading
import time

import pytest
from django.db import connection, transaction
from django.utils import timezone

from cqo_portal.imports import worker
from cqo_portal.imports.judging import errand_of, judge
from cqo_portal.imports.models import ImportRun
from cqo_portal.imports.workflow import APPLY_ALL, APPLY_GOOD
from cqo_portal.offices import moves
from cqo_portal.parties.models import Organisation
from cqo_portal.workflow.engine import perform
from registry.models import Entry
from tests.cast import CODES, browser, cast
from tests.imports.files import code, run_of, verdicts, workbook

HEADER = ("企业名称", "统一社会信用代码", "所属县（市、区）", "行业代码", "从业人员", "营业收入（万元）")
HENGTONG = ("泊头恒通管件有限公司", CODES[0], "泊头市", "33", 410, 8000)
GONE = "这家企业已由别的机构登记管辖，不能在这里导入；要迁来本局，请办管辖变更。"


def move_to_qing(people) -> None:
    today = timezone.localdate()
    said = {"effective_on": today, "document": "沧市监函〔2026〕12号", "reason": "住所迁到青县。"}
    move = moves.propose(people.hengtong, to=people.offices["130922"], by=people.wang, **said)
    assert moves.accept(move, by=people.qing, today=today).state == "done"


def stands(people) -> tuple[str, int]:
    people.hengtong.refresh_from_db()
    return people.hengtong.office_id, people.hengtong.persons


def offices_entered(people) -> list[str]:
    facts = Entry.objects.filter(organisation=people.hengtong, name="office").order_by("id")
    return list(facts.values_list("value", flat=True))


@pytest.mark.django_db
class TestBetweenTheLookAndTheImport:
    def test_a_county_no_longer_imports_what_has_moved_away(self, people):
        run = run_of(workbook(HEADER, HENGTONG), by=people.wang)
        assert [row.outcome for row in run.rows.all()] == ["changed"]
        perform(APPLY_ALL, run, by=people.wang)
        move_to_qing(people)
        worker.apply(run.pk)
        run.refresh_from_db()
        assert (run.state, run.counts) == ("to_decide", {"refused": 1, "remarked": 0, "all": 1})
        assert verdicts(run) == [("B2", GONE)]
        assert (stands(people), offices_entered(people)) == (("130922", 350), ["130922"])
        page = browser(people.wang).get(run.get_absolute_url()).content.decode()
        assert "确认以后情况有变，有的行现在有误。一行也没有导入，请再看一遍。" in page and GONE in page

    def test_of_good_rows_the_others_go_in_and_the_moved_one_stays_out(self, people):
        new = ("泊头新元管件厂", code(1), "泊头市", "33", 350, 8000)
        run = run_of(workbook(HEADER, HENGTONG, new), by=people.wang)
        perform(APPLY_GOOD, run, by=people.wang)
        move_to_qing(people)
        worker.apply(run.pk)
        run.refresh_from_db()
        assert (run.state, run.counts) == ("done", {"new": 1, "refused": 1, "remarked": 0, "all": 2})
        assert (stands(people), verdicts(run)) == (("130922", 350), [("B2", GONE)])
        assert Organisation.objects.get(credit_code=code(1)).office_id == "130981"

    def test_the_city_brings_its_figures_up_to_date_and_leaves_it_where_it_went(self, people):
        run = run_of(workbook(HEADER, HENGTONG), by=people.meng)
        assert verdicts(run, forbidding=False) == []
        perform(APPLY_ALL, run, by=people.meng)
        move_to_qing(people)
        worker.apply(run.pk)
        run.refresh_from_db()
        assert (run.state, stands(people), offices_entered(people)) == ("done", ("130922", 410), ["130922"])
        assert verdicts(run, forbidding=False) == [
            ("C2", "企业现在归青县管辖，导入不改变管辖；要改，请办管辖变更。")
        ]


@pytest.mark.django_db
def test_an_import_writes_only_the_fields_it_speaks_of(people):
    """Whoever else changed the row since it was fetched is not undone."""
    from registry.importing.enterprises import EnterpriseWork

    run = run_of(workbook(HEADER[:2] + HEADER[3:5], HENGTONG[:2] + HENGTONG[3:5]), by=people.wang)
    rows = list(run.rows.all())
    errand = errand_of(run, today=timezone.localdate())
    found = judge(run, rows, errand=errand)
    work = EnterpriseWork(errand)
    stale = work.known(found)
    Organisation.objects.filter(pk=people.hengtong.pk).update(office="130922", revenue=9000)
    work.known = lambda rows: stale
    work.standing = stale
    work.apply(found, tell=lambda done: None)
    people.hengtong.refresh_from_db()
    assert (stands(people), people.hengtong.revenue) == (("130922", 410), 9000)


# ── really at the same moment ─────────────────────────────────────────────────────────────────
def _until_somebody_waits() -> None:
    deadline = time.monotonic() + 4
    while time.monotonic() < deadline:
        with connection.cursor() as cursor:
            cursor.execute("SELECT count(*) FROM pg_locks WHERE NOT granted")
            if cursor.fetchone()[0]:
                return
        time.sleep(0.02)
    raise AssertionError("the import did not wait for the move")


def _applied(run: ImportRun) -> None:
    try:
        worker.apply(run.pk)
    finally:
        connection.close()


@pytest.mark.django_db(transaction=True)
def test_an_import_at_the_moment_of_a_move_waits_for_it_and_never_moves_the_enterprise_back(settings):
    settings.CELERY_TASK_ALWAYS_EAGER = False  # the worker is the thread below
    people = cast()
    run = run_of(workbook(HEADER, HENGTONG), by=people.wang)
    perform(APPLY_ALL, run, by=people.wang)
    importing = threading.Thread(target=_applied, args=[run])
    with transaction.atomic():
        move_to_qing(people)
        importing.start()
        _until_somebody_waits()
    importing.join(timeout=30)
    run.refresh_from_db()
    assert (run.state, stands(people), verdicts(run)) == ("to_decide", ("130922", 350), [("B2", GONE)])
