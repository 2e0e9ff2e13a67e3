"""Twelve ways to change a sheet after it was signed. Each is refused; where one can go wrong without its bolt, a control shows it."""

import json
import threading
from contextlib import contextmanager
from dataclasses import replace

import psycopg2
import pytest
import time_machine
from django.apps import apps
from django.conf import settings
from django.core.management import call_command
from django.db import DatabaseError, connection, transaction
from django.db.models import QuerySet
from django.urls import NoReverseMatch, reverse

from cqo_portal.audit.append_only import Unsayable
from cqo_portal.audit.models import Event
from cqo_portal.digests import sha256
from cqo_portal.imports.catalogue import all_kinds
from cqo_portal.machine.embedded import WEB
from cqo_portal.workflow import once
from cqo_portal.workflow.engine import Refused, perform
from cqo_portal.workflow.once import SENT_BEFORE
from evaluation.models import Evaluation, Mark, Pin, Sheet, SignedSheet
from evaluation.sheets import marks
from evaluation.sheets.dossier import indicator_of
from evaluation.workflow import evaluation as life
from tests.cast import browser, cast
from tests.evaluation import rows

CLOSE = replace(life.CLOSE, announces="")  # the step itself; its letter is another test's
ROW = "7.4.4"
STAYS = "stay as they are"


def sign(panel, number: int = 1) -> Sheet:
    sheet = panel.sheet(number)
    digest = sha256(marks.content_of(sheet))
    by = panel.experts[number]
    return marks.sign(sheet, name=sheet.person.name, digest=digest, seen={}, by=by)


def refused(act, *, because: str = STAYS) -> None:
    with pytest.raises(DatabaseError, match=because), transaction.atomic():
        act()


def state_of_everything() -> tuple:
    """All that was written, word for word."""
    return (
        list(Mark.objects.order_by("pk").values()),
        list(Pin.objects.order_by("pk").values()),
        list(SignedSheet.objects.order_by("pk").values()),
        list(Sheet.objects.order_by("pk").values("pk", "state")),
    )


@pytest.fixture
def panel(people):
    made = rows.panel(people)
    rows.filled(made.sheet(1))
    return made


@pytest.fixture
def signed(panel):
    """The signed sheet; afterwards everything must be as it was."""
    sheet = sign(panel)
    before = state_of_everything()
    yield sheet
    assert state_of_everything() == before
    made = SignedSheet.objects.get()
    assert sha256(made.content) == made.digest
    assert Event.objects.about(sheet).filter(data__digest=made.digest).count() == 1


def form(**more: str) -> dict[str, str]:
    return {"band": "5", "coefficient": "1.0", "comment": "改高", "version": "1", "pin": "interview"} | more


@pytest.mark.django_db
class TestByTheProduct:
    def address(self, sheet) -> str:
        return reverse("evaluation:sheet-save", args=[sheet.pk, ROW])

    def test_1_by_the_form(self, panel, signed):
        client = browser(panel.experts[1])
        answer = client.post(self.address(signed), form())
        assert "不能再改动" in client.get(answer.headers["Location"]).content.decode()

    def test_1_the_control_before_the_signature_it_is_kept(self, panel):
        browser(panel.experts[1]).post(self.address(panel.sheet(1)), form())
        assert str(Mark.objects.get(indicator=ROW).coefficient) == "1.00"

    def test_2_by_the_address_scripts_use(self, panel, signed):
        answer = browser(panel.experts[1]).post(self.address(signed), form(), headers={"HX-Request": "true"})
        assert answer.status_code == 409
        for number, status in ((0, 404), (2, 404)):
            assert browser(panel.experts[number]).post(self.address(signed), form()).status_code == status

    def test_3_there_is_no_administration_site(self, signed):
        assert not apps.is_installed("django.contrib.admin")
        with pytest.raises(NoReverseMatch):
            reverse("admin:index")

    def test_9_from_a_tab_left_open(self, panel):
        """Both its save and its signature, with what it showed before."""
        client, sheet = browser(panel.experts[1]), panel.sheet(1)
        shown = sha256(marks.content_of(sheet))
        client.post(self.address(sheet), form(coefficient="0.9"))
        sign_address = reverse("evaluation:sheet-sign", args=[sheet.pk])
        said = {"name": "专家乙", "digest": shown, "seen": f"{ROW}:1"}
        answer = client.post(sign_address, said)
        assert (answer.status_code, SignedSheet.objects.count()) == (422, 0)
        now = sha256(marks.content_of(sheet))
        assert client.post(sign_address, said | {"digest": now}).status_code == 302  # the control
        client.post(self.address(sheet), form(version="2"))
        client.post(sign_address, said)
        assert SignedSheet.objects.get().digest == now
        assert str(Mark.objects.get(indicator=ROW).coefficient) == "0.90"

    def test_11_by_the_same_form_again(self, panel):
        client, sheet = browser(panel.experts[1]), panel.sheet(1)
        said = {"name": "专家乙", "digest": sha256(marks.content_of(sheet)), "once": "drawn with the page"}
        first, second = (
            client.post(reverse("evaluation:sheet-sign", args=[sheet.pk]), said) for _ in range(2)
        )
        assert first.headers["Location"] == second.headers["Location"] == sheet.get_absolute_url()
        assert SENT_BEFORE in client.get(sheet.get_absolute_url()).content.decode()
        assert SignedSheet.objects.count() == 1
        assert Event.objects.about(sheet).filter(action="sign").count() == 1

    def test_11_the_control_without_that_guard_the_sheet_itself_refuses(self, panel, monkeypatch):
        """Two bolts: whoever takes the first away is told by the second, and there is one signature all the same."""
        monkeypatch.setattr(once, "_led_before", lambda **sent: "")
        client, sheet = browser(panel.experts[1]), panel.sheet(1)
        said = {"name": "专家乙", "digest": sha256(marks.content_of(sheet)), "once": "drawn with the page"}
        for _ in range(2):
            client.post(reverse("evaluation:sheet-sign", args=[sheet.pk]), said)
        page = client.get(sheet.get_absolute_url()).content.decode()
        assert SENT_BEFORE not in page and "已签署" in page
        assert SignedSheet.objects.count() == 1

    def test_12_with_the_clock_turned_back(self, panel, signed):
        """No rule of a sheet rests on the clock; the chain of events keeps its order whatever the clock says."""
        at = SignedSheet.objects.get().at
        with time_machine.travel(at.replace(year=at.year - 1), tick=False):
            client = browser(panel.experts[1])
            assert (
                client.post(self.address(signed), form(), headers={"HX-Request": "true"}).status_code == 409
            )
            with pytest.raises(Refused, match="已签署"):
                sign(panel)
        call_command("verify_chain", verbosity=0)


@pytest.mark.django_db
class TestInPython:
    def test_4_by_update(self, panel, signed):
        with pytest.raises(Unsayable):
            SignedSheet.objects.update(content={})
        refused(lambda: QuerySet(SignedSheet).update(name="别人"), because="Cannot update")
        refused(lambda: Mark.objects.filter(sheet=signed).update(coefficient="0.1"))
        refused(lambda: Pin.objects.filter(mark__sheet=signed).delete())
        refused(
            lambda: Sheet.objects.filter(pk=signed.pk).update(state="open"),
            because="Invalid transition|without a record",
        )

    def test_5_in_bulk(self, signed):
        mark = Mark.objects.filter(sheet=signed).first()
        mark.coefficient = "0.1"
        refused(lambda: Mark.objects.bulk_update([mark], ["coefficient"]))
        refused(lambda: Mark.objects.bulk_create([Mark(sheet=signed, indicator="8.8")]))
        upsert = {"update_conflicts": True, "unique_fields": ["id"], "update_fields": ["comment"]}
        refused(lambda: Mark.objects.bulk_create([mark], **upsert))
        with pytest.raises(Unsayable):
            SignedSheet.objects.bulk_update(SignedSheet.objects.all(), ["content"])
        row = SignedSheet.objects.get()
        refused(
            lambda: QuerySet(SignedSheet).bulk_create([row], **upsert | {"update_fields": ["name"]}),
            because="Cannot|cannot be signed",
        )

    def test_5_the_control_in_bulk_while_it_is_open(self, panel):
        mark = Mark.objects.get(sheet=panel.sheet(1), indicator=ROW)
        mark.coefficient = "0.9"
        Mark.objects.bulk_update([mark], ["coefficient"])
        Mark.objects.bulk_create([Mark(sheet=panel.sheet(1), indicator="8.8")])
        mark.comment = "改写"
        upsert = {"update_conflicts": True, "unique_fields": ["id"], "update_fields": ["comment"]}
        Mark.objects.bulk_create([mark], **upsert)
        kept = Mark.objects.get(sheet=panel.sheet(1), indicator=ROW)
        assert (str(kept.coefficient), kept.comment) == ("0.90", "改写")
        assert Mark.objects.filter(sheet=panel.sheet(1), indicator="8.8").exists()

    def test_7_by_an_import(self, signed, tmp_path):
        """No kind of import knows a sheet; and rows from a file meet the same bolts."""
        assert not [kind for kind in all_kinds() if kind.work.__module__.startswith("evaluation")]
        mark, made = Mark.objects.filter(sheet=signed).first(), SignedSheet.objects.get()
        for model, key, fields, why in (
            ("evaluation.mark", mark.pk, {"sheet": str(signed.pk), "indicator": mark.indicator, "band": 5, "coefficient": "1.0", "saved_at": "2026-01-01T00:00:00Z"}, STAYS),
            ("evaluation.signedsheet", made.pk, {"sheet": str(signed.pk), "content": {}, "digest": "0" * 64, "name": "x", "by": made.by_id, "at": "2026-01-01T00:00:00Z"}, "Cannot update|cannot be signed|without a record"),
        ):  # fmt: skip
            file = tmp_path / "rows.json"
            file.write_text(json.dumps([{"model": model, "pk": key, "fields": fields}]))
            refused(lambda file=file: call_command("loaddata", file, verbosity=0), because=why)

    def test_7_the_control_the_same_file_is_read_while_the_sheet_is_open(self, panel, tmp_path):
        mark, file = Mark.objects.get(sheet=panel.sheet(1), indicator=ROW), tmp_path / "rows.json"
        fields = {"sheet": str(mark.sheet_id), "indicator": ROW, "band": 5, "coefficient": "1.0", "saved_at": "2026-01-01T00:00:00Z"}  # fmt: skip
        file.write_text(json.dumps([{"model": "evaluation.mark", "pk": mark.pk, "fields": fields}]))
        call_command("loaddata", file, verbosity=0)
        assert str(Mark.objects.get(pk=mark.pk).coefficient) == "1.00"

    def test_8_the_control_in_a_shell_while_it_is_open(self, panel):
        mark = Mark.objects.get(sheet=panel.sheet(1), indicator=ROW)
        mark.coefficient = "0.9"
        mark.save()
        mark.pins.get().delete()
        kept = Mark.objects.get(pk=mark.pk)
        assert (str(kept.coefficient), kept.pins.count()) == ("0.90", 0)

    def test_8_in_a_shell(self, signed):
        made = SignedSheet.objects.get()
        made.content = {}
        for act in (made.save, made.delete):
            with pytest.raises(Unsayable):
                act()
        mark = Mark.objects.filter(sheet=signed).first()
        mark.coefficient = "0.1"
        refused(mark.save)
        refused(mark.pins.get().delete)
        signed.state = "open"
        refused(signed.save, because="Invalid transition|without a record")
        again = SignedSheet(
            sheet=signed, content={}, digest=sha256({}), name="x", by=made.by, number=2, reason="改"
        )
        refused(again.save, because="without a record|cannot be signed")


# ── with connections of their own ─────────────────────────────────────────────────────────────
@pytest.fixture
def world(transactional_db):
    made = rows.panel(cast())
    rows.filled(made.sheet(1))
    return made


@pytest.fixture
def web(world):
    """A session of the role the web server runs as."""
    sign(world)
    call_command("grant_web_role", verbosity=0)
    session = psycopg2.connect(
        dbname=connection.settings_dict["NAME"], user=WEB, host=str(settings.TEST_HOME.run)
    )
    session.autocommit = True
    yield session
    session.close()


SQL = (
    "UPDATE evaluation_mark SET coefficient = 1.0, band = 5",
    "DELETE FROM evaluation_mark",
    "DELETE FROM evaluation_pin",
    "INSERT INTO evaluation_mark (sheet_id, indicator, comment, version, saved_at) "
    "SELECT sheet_id, '8.8', '', 1, now() FROM evaluation_signedsheet",
    "UPDATE evaluation_signedsheet SET content = '{}'",
    "DELETE FROM evaluation_signedsheet",
    "TRUNCATE evaluation_signedsheet CASCADE",
    "INSERT INTO evaluation_signedsheet (sheet_id, number, content, digest, reason, name, by_id, at) "
    "SELECT sheet_id, 2, content, digest, 'x', name, by_id, at FROM evaluation_signedsheet",
    "UPDATE evaluation_sheet SET state = 'open' WHERE state = 'signed'",
    "DELETE FROM evaluation_sheet WHERE state = 'signed'",
    "ALTER TABLE evaluation_mark DISABLE TRIGGER ALL",
    "SET session_replication_role = replica",
)


def test_6_by_raw_sql_as_the_web_role(web):
    before = state_of_everything()
    for sql in SQL:
        with web.cursor() as cursor, pytest.raises(psycopg2.Error):
            cursor.execute(sql)
    assert state_of_everything() == before
    with web.cursor() as cursor:  # the control: its own work it can do, while a sheet is open
        cursor.execute(
            "INSERT INTO evaluation_mark (sheet_id, indicator, comment, version, saved_at) "
            "SELECT id, '7.3', 'x', 1, now() FROM evaluation_sheet WHERE state = 'open' LIMIT 1"
        )


def test_6_the_control_without_the_trigger_the_owner_could(web):
    with connection.cursor() as cursor:
        cursor.execute("ALTER TABLE evaluation_mark DISABLE TRIGGER USER")
        cursor.execute("UPDATE evaluation_mark SET coefficient = 1.0, band = 5 WHERE indicator = %s", [ROW])
        cursor.execute("ALTER TABLE evaluation_mark ENABLE TRIGGER USER")
    made = SignedSheet.objects.get()
    assert marks.content_of(made.sheet) != made.content  # the copy is changed, what was signed is not
    assert sha256(made.content) == made.digest


class Waiting:
    """Holds whoever signs just before the signature is written, until somebody else has tried."""

    def __init__(self, monkeypatch) -> None:
        self.there, self.go_on = threading.Event(), threading.Event()
        plain = marks._append

        def held(*args, **kwargs):
            self.there.set()
            assert self.go_on.wait(10)
            plain(*args, **kwargs)

        monkeypatch.setattr(marks, "_append", held)


def told(act, said: list) -> threading.Thread:
    """`act` in a thread of its own; "done" or what it raised goes into `said`."""

    def run() -> None:
        try:
            act()
            said.append("done")
        except Exception as refusal:  # it is compared below
            said.append(type(refusal).__name__)
        finally:
            connection.close()

    thread = threading.Thread(target=run)
    thread.start()
    return thread


def test_10_saving_while_the_signature_is_written_waits_and_comes_too_late(world, monkeypatch):
    held, signer, saver = Waiting(monkeypatch), [], []
    first = told(lambda: sign(world), signer)
    assert held.there.wait(10)
    sheet = world.sheet(1)
    entry = marks.Entry(5, rows.Decimal("1.0"), "改高", (marks.Place(),))
    second = told(
        lambda: marks.save(sheet, indicator_of(sheet, ROW), entry, version=1, by=world.experts[1]), saver
    )
    second.join(0.7)
    assert saver == []  # it waits
    held.go_on.set()
    first.join()
    second.join()
    assert (signer, saver) == (["done"], ["Closed"])
    assert marks.content_of(sheet) == SignedSheet.objects.get().content


@contextmanager
def taken_away(*bolts: str, monkeypatch):
    """The row lock of whoever saves, and the one the triggers take, each by its name."""
    kept = []
    if "trigger" in bolts:
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT pg_get_functiondef(tgfoid) FROM pg_trigger WHERE tgname LIKE 'pgtrigger_only_while_open%%'"
                " AND tgrelid IN ('evaluation_mark'::regclass, 'evaluation_pin'::regclass)"
            )
            kept = [definition for (definition,) in cursor.fetchall()]
            assert len(kept) == 2 and all("FOR SHARE" in each for each in kept)
            for each in kept:
                cursor.execute(each.replace("FOR SHARE", ""))
    if "lock" in bolts:
        monkeypatch.setattr(marks, "_held", lambda sheet: Sheet.objects.get(pk=sheet.pk))
    try:
        yield
    finally:
        with connection.cursor() as cursor:
            for each in kept:
                cursor.execute(each)


@pytest.mark.parametrize(
    ("bolts", "slips_in"), [(("lock",), False), (("trigger",), False), (("lock", "trigger"), True)]
)
def test_10_the_control_either_lock_makes_it_wait_and_without_both_other_words_are_signed(
    world, monkeypatch, bolts, slips_in
):
    looked_at = sha256(marks.content_of(world.sheet(1)))
    held, signer, saver = Waiting(monkeypatch), [], []
    with taken_away(*bolts, monkeypatch=monkeypatch):
        first = told(lambda: sign(world), signer)
        assert held.there.wait(10)
        sheet = world.sheet(1)
        entry = marks.Entry(5, rows.Decimal("1.0"), "改高", (marks.Place(),))
        second = told(
            lambda: marks.save(sheet, indicator_of(sheet, ROW), entry, version=1, by=world.experts[1]), saver
        )
        second.join(10 if slips_in else 0.7)
        assert saver == (["done"] if slips_in else [])
        held.go_on.set()
        first.join()
        second.join()
    assert signer == ["done"]
    assert (SignedSheet.objects.get().digest == looked_at) is not slips_in


def test_10_closing_while_the_signature_is_written_waits_for_it(world, monkeypatch):
    """Else there would be a signature under an evaluation that was closed before."""
    held, signer, closer = Waiting(monkeypatch), [], []
    first = told(lambda: sign(world), signer)
    assert held.there.wait(10)
    second = told(lambda: perform(CLOSE, world.evaluation, by=world.staff, note="撤回"), closer)
    second.join(0.7)
    assert closer == []
    held.go_on.set()
    first.join()
    second.join()
    assert (signer, closer) == (["done"], ["done"])
    order = Event.objects.filter(action__in=("sign", "close")).order_by("id")
    assert [event.action for event in order] == ["sign", "close"]


def test_10_after_closing_nothing_is_signed_or_saved(world):
    perform(CLOSE, world.evaluation, by=world.staff, note="撤回")
    assert Evaluation.objects.get().state == "closed"
    with pytest.raises(Refused, match="现在不在独立评分阶段"):
        sign(world)
    sheet = world.sheet(1)
    with pytest.raises(marks.Closed):
        marks.save(sheet, indicator_of(sheet, ROW), marks.Entry(1), version=1, by=world.experts[1])
