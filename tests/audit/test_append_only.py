"""What was said stays said: against the model, the queryset, raw SQL of the owner, and the web role's own session."""

import psycopg2
import pytest
from django.apps import apps
from django.conf import settings
from django.core.management import call_command
from django.db import InternalError, connection, transaction
from django.db.models import QuerySet
from django.db.utils import DatabaseError

from cqo_portal.audit.append_only import AppendOnlyModel, Unsayable
from cqo_portal.audit.management.commands.grant_web_role import rights_by_table
from cqo_portal.audit.models import Event
from cqo_portal.audit.record import record
from cqo_portal.machine.embedded import WEB
from registry import services
from registry.models import Determination, Submission
from tests.cast import TODAY

APPEND_ONLY = [model for model in apps.get_models() if issubclass(model, AppendOnlyModel)]
SAID = (Event, Submission, Determination)
TABLES = ("audit_event", "registry_submission", "registry_determination")


@pytest.fixture
def said(people):
    """One event, one submission, one determination."""
    filing = people.filing(until="at_county", papers=())
    return filing, services.determine(filing, clause="training", reason="认可", by=people.wang)


@pytest.mark.django_db
class TestInPython:
    @pytest.mark.parametrize("model", SAID, ids=lambda m: m.__name__)
    def test_no_row_is_changed_or_deleted(self, said, model):
        row = model.objects.first()
        for attack in (
            row.save,
            row.delete,
            lambda: model.objects.update(pk=row.pk),
            lambda: model.objects.all().delete(),
            lambda: model.objects.filter(pk=row.pk).delete(),
            lambda: model.objects.bulk_update([row], ["id"]),
            lambda: model.objects.update_or_create(pk=row.pk),
        ):
            with pytest.raises(Unsayable, match="append-only: append a correction instead"):
                attack()
        assert model.objects.filter(pk=row.pk).exists()

    @pytest.mark.parametrize("model", SAID, ids=lambda m: m.__name__)
    def test_past_the_queryset_the_trigger_refuses(self, said, model):
        row = model.objects.first()
        field = "reason" if model is Determination else "note" if model is Event else "plea"
        plain = QuerySet(model).filter(pk=row.pk)
        upsert = {"update_conflicts": True, "unique_fields": ["id"], "update_fields": [field]}
        attacks = (
            lambda: plain._raw_delete(plain.db),
            lambda: plain.update(**{field: "x"}),
            lambda: QuerySet(model).bulk_create([row], **upsert),
        )
        for attack in attacks:
            with pytest.raises(InternalError, match="Cannot update or delete"), transaction.atomic():
                attack()

    def test_a_parent_takes_nothing_said_with_it(self, said, people):
        filing, _ = said
        with pytest.raises(Exception, match="protected|referenced"), transaction.atomic():
            filing.delete()
        with pytest.raises(Exception, match="protected|referenced"), transaction.atomic():
            people.liu.delete()
        assert Submission.objects.count() == 1

    def test_every_append_only_model_has_its_trigger_in_the_database(self, said):
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT tgrelid::regclass::text FROM pg_trigger WHERE tgname LIKE 'pgtrigger_append_only%' "
                "AND tgenabled = 'O'"
            )
            bolted = {table for (table,) in cursor.fetchall()}
        assert bolted == {m._meta.db_table for m in APPEND_ONLY}


@pytest.mark.django_db
class TestAsTheOwner:
    @pytest.mark.parametrize("table", TABLES)
    @pytest.mark.parametrize(
        "sql", ["UPDATE {} SET id = id", "DELETE FROM {}", "WITH x AS (DELETE FROM {} RETURNING 1) SELECT 1"]
    )
    def test_the_trigger_refuses_raw_sql(self, said, table, sql):
        with pytest.raises(InternalError, match="Cannot update or delete"), transaction.atomic():
            run(sql.format(table))

    def test_without_the_trigger_the_owner_could(self, said):
        """The control: it is the trigger that refuses, nothing else."""
        run("SET CONSTRAINTS ALL IMMEDIATE")
        run("ALTER TABLE registry_determination DISABLE TRIGGER USER")
        run("DELETE FROM registry_determination")
        assert Determination.objects.count() == 0
        run("ALTER TABLE registry_determination ENABLE TRIGGER USER")


def run(sql: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute(sql)


ATTACKS = {
    "update": "UPDATE {} SET id = id",
    "delete": "DELETE FROM {}",
    "truncate": "TRUNCATE {} CASCADE",
    "disable the trigger": "ALTER TABLE {} DISABLE TRIGGER ALL",
    "drop": "DROP TABLE {} CASCADE",
    "pose as a replica": "SET session_replication_role = replica; DELETE FROM {}",
    "ask pgtrigger to look away": "SET pgtrigger.ignore = '{{{}:append_only,pgtrigger_append_only_a0fa7}}'; DELETE FROM {}",
    "become the owner": "SET ROLE cqo_owner",
    "grant oneself the right": "GRANT ALL ON {} TO cqo_web; DELETE FROM {}",
    "replace the trigger's function": "CREATE OR REPLACE FUNCTION _pgtrigger_should_ignore(trigger_name name) "
    "RETURNS boolean AS 'SELECT true' LANGUAGE sql",
    "copy a file in": "COPY {} FROM '/etc/hostname'",
    "run a program": "COPY (SELECT 1) TO PROGRAM 'id'",
    "make a table": "CREATE TABLE loot (x int)",
    "put a table of one's own before it": "CREATE TEMPORARY TABLE {} (id int)",
    "turn the numbers back": "SELECT setval('audit_event_id_seq', 1)",
    "read the rows of users' passwords' catalogue": "SELECT rolpassword FROM pg_authid",
}


@pytest.fixture
def web(transactional_db):
    """A session of the role the web server runs as, on the test's own database."""
    from tests.cast import cast

    people = cast()
    filing = people.filing(until="at_county", papers=())
    services.determine(filing, clause="training", reason="认可", by=people.wang)
    call_command("grant_web_role", verbosity=0)
    session = psycopg2.connect(
        dbname=connection.settings_dict["NAME"], user=WEB, host=str(settings.TEST_HOME.run)
    )
    session.autocommit = True
    yield session
    session.close()


def test_the_web_role_breaks_no_bolt(web):
    """Six attacks of the books and ten of ours, on each of the three tables."""
    refused = []
    for table in TABLES:
        for name, sql in ATTACKS.items():
            with web.cursor() as cursor:
                try:
                    cursor.execute(sql.replace("{{", "{").replace("}}", "}").replace("{}", table))
                except psycopg2.Error:
                    refused.append((table, name))
                else:
                    pytest.fail(f"as the web role, on {table}: {name}")
    assert len(refused) == len(TABLES) * len(ATTACKS)
    with web.cursor() as cursor:
        for table in TABLES:
            cursor.execute(f"SELECT count(*) FROM {table}")
            assert cursor.fetchone()[0] > 0


MUST_STAY = {
    "audit_event": "every act, and who looked at whose data",
    "registry_entry": "facts of the register",
    "registry_submission": "what was submitted",
    "incidents_incident": "facts that weigh",
    "batches_batch": "receipts of a batch",
    "batches_batchitem": "and what was in it",
    "reports_reception": "receipts of a report",
    "reports_signoff": "signatures under a roll-up",
    "talent_consent": "signatures under a case",
    "supervision_reply": "an enterprise's answer",
    "notices_answer": "that nothing has changed",
    "notices_amendment": "what was added to a notice",
    "registry_adoption": "which edition an office works by",
    "rehearsal_outcome": "whom a rehearsal touched",
    "offices_handover": "what was handed over",
    "training_entry": "the lines of the ledger",
    "training_posting": "what entered it together",
    "training_flag": "what was to be looked at",
    "training_evidence": "papers of a self-report",
    "training_completion": "certificates of training",
    "training_imprint": "and the bytes they were printed in",
    "training_voiding": "that a certificate is void",
    "training_providerreportversion": "what a provider signed",
    "training_settlement": "whether flagged hours count",
    "training_explanation": "what an organiser said about a flag",
    "training_stratum": "the strata of an audit draw",
    "training_sealed": "its population",
    "training_drawn": "its sample",
    "training_outcome": "and what was found",
    "evaluation_reportversion": "a report as it was put to the members",
    "evaluation_signoff": "who stood by it, and with which reservation",
    "evaluation_coincidence": "that a finding by name is about somebody else",
    "evaluation_decision": "the grade a body decided on",
    "evaluation_publication": "and when it was told",
    "appraisal_decision": "what an enterprise decided of its officer",
    "appraisal_remark": "and what the officer said to it",
}


def test_what_must_stay_is_append_only():
    tables = {model._meta.db_table for model in APPEND_ONLY}
    assert MUST_STAY.keys() - tables == set()


def test_no_table_of_what_was_said_is_changed_by_the_web_role(web):
    """Of every one of them: the right itself is missing, whether or not there is a row."""
    for model in APPEND_ONLY:
        table, key = model._meta.db_table, model._meta.pk.column
        for sql in (
            f"UPDATE {table} SET {key} = {key}",
            f"DELETE FROM {table}",
            f"TRUNCATE {table}",
            f"TRUNCATE {table} CASCADE",
            f"SELECT 1 FROM {table} FOR UPDATE",
        ):
            with web.cursor() as cursor, pytest.raises(psycopg2.errors.InsufficientPrivilege):
                cursor.execute(sql)
        with web.cursor() as cursor:  # the control
            cursor.execute(f"SELECT count(*) FROM {table}")


def test_the_web_role_can_do_its_work(web):
    """The control: it is not shut out altogether."""
    with web.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM audit_event")
        cursor.execute("UPDATE registry_filing SET draft_saved_by = 'x'")
        cursor.execute("INSERT INTO registry_series (key, last) VALUES ('x', 1)")
        cursor.execute("DELETE FROM registry_series WHERE key = 'x'")
        cursor.execute("SELECT nextval('audit_event_id_seq')")


def test_the_web_role_moves_no_filing_without_a_record(web):
    with (
        web.cursor() as cursor,
        pytest.raises(psycopg2.Error, match="changed without a record|Invalid transition"),
    ):
        cursor.execute("UPDATE registry_filing SET state = 'at_city'")


def test_the_web_role_cannot_ask_the_state_triggers_to_look_away(web):
    with web.cursor() as cursor:
        cursor.execute("SELECT array_agg(tgname::text) FROM pg_trigger WHERE tgname LIKE 'pgtrigger%'")
        cursor.execute(
            "SELECT set_config('pgtrigger.ignore', %s::text, false)",
            ["{" + ",".join(cursor.fetchone()[0]) + "}"],
        )
        with pytest.raises(psycopg2.Error, match="changed without a record|Invalid transition"):
            cursor.execute("UPDATE registry_filing SET state = 'at_city'")


def test_rights_are_listed_for_every_table_and_nothing_said_may_be_changed():
    rights = rights_by_table()
    assert {rights[table] for table in TABLES} == {"SELECT, INSERT"}
    assert rights["cache"] == "SELECT, INSERT, UPDATE, DELETE"
    assert not any("TRUNCATE" in right or "ALL" in right for right in rights.values())


@pytest.mark.django_db
def test_a_right_that_is_no_longer_listed_is_taken_back(people):
    run("GRANT TRUNCATE ON audit_event TO cqo_web")
    call_command("grant_web_role", verbosity=0)
    with connection.cursor() as cursor:
        cursor.execute("SELECT has_table_privilege('cqo_web', 'audit_event', 'TRUNCATE')")
        assert cursor.fetchone() == (False,)


@pytest.mark.django_db(transaction=True)
def test_an_act_outside_a_transaction_is_refused(people):
    with pytest.raises(RuntimeError, match="one transaction"):
        record("x", people.hengtong, by=people.liu)
    assert not Event.objects.filter(action="x").exists()


@pytest.mark.django_db
def test_when_the_record_cannot_be_written_the_act_is_not_done(people, monkeypatch):
    """The audit cannot be got around by breaking it."""
    from cqo_portal.workflow.engine import perform
    from registry.models import Filing
    from registry.workflow import SEND_UP

    filing = people.filing(until="at_county")
    run("SET CONSTRAINTS ALL IMMEDIATE")
    run("ALTER TABLE audit_event ADD CONSTRAINT full_disk CHECK (action <> 'send-up') NOT VALID")
    with pytest.raises(DatabaseError), transaction.atomic():
        perform(SEND_UP, filing, by=people.wang, today=TODAY)
    assert Filing.objects.get().state == "at_county"
