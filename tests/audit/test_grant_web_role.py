"""What the web role may do with each table, asked of PostgreSQL itself and not of our own list."""

import psycopg2
import pytest
from django.apps import apps
from django.core.management import CommandError, call_command
from django.db import connection, models

from cqo_portal.audit.append_only import AppendOnlyModel
from cqo_portal.machine.embedded import WEB

RIGHTS = ("SELECT", "INSERT", "UPDATE", "DELETE", "TRUNCATE", "REFERENCES", "TRIGGER")


def may(table: str, right: str) -> bool:
    with connection.cursor() as cursor:
        cursor.execute("SELECT has_table_privilege(%s, %s, %s)", [WEB, f'public."{table}"', right])
        return cursor.fetchone()[0]


def rights(table: str) -> set[str]:
    return {right for right in RIGHTS if may(table, right)}


def tables(kind: type[models.Model]) -> list[str]:
    return [m._meta.db_table for m in apps.get_models(include_auto_created=True) if issubclass(m, kind)]


@pytest.fixture
def granted(db) -> None:
    call_command("grant_web_role", verbosity=0)


def test_without_the_command_the_web_role_may_nothing(db):
    """The control of all the others. Another test may have committed the grants."""
    with connection.cursor() as cursor:
        cursor.execute(f"REVOKE ALL ON ALL TABLES IN SCHEMA public FROM {WEB}")
    assert {right for table in tables(models.Model) for right in rights(table)} == set()


def test_append_only_tables_are_read_and_appended_to(granted):
    said = tables(AppendOnlyModel)
    assert "audit_event" in said
    assert {table: rights(table) for table in said} == {table: {"SELECT", "INSERT"} for table in said}


def test_other_tables_are_changed_too_but_never_emptied(granted):
    changing = set(tables(models.Model)) - set(tables(AppendOnlyModel))
    assert {frozenset(rights(table)) for table in changing} == {
        frozenset({"SELECT", "INSERT", "UPDATE", "DELETE"})
    }


def test_the_login_limits_can_be_kept_and_the_migrations_not_even_be_read(granted):
    assert rights("cache") == {"SELECT", "INSERT", "UPDATE", "DELETE"}
    assert rights("django_migrations") == set()


def test_a_right_that_somebody_added_by_hand_is_taken_back(granted):
    with connection.cursor() as cursor:
        cursor.execute(f"GRANT TRUNCATE, UPDATE ON audit_event TO {WEB}")
    call_command("grant_web_role", verbosity=0)
    assert rights("audit_event") == {"SELECT", "INSERT"}


def test_a_role_that_does_not_exist_is_named(db, settings):
    settings.WEB_DATABASE_ROLE = "nobody_here"
    with pytest.raises(CommandError, match="数据库里没有角色 nobody_here"):
        call_command("grant_web_role")


def test_the_owner_is_not_mistaken_for_the_web_role(db, settings):
    settings.WEB_DATABASE_ROLE = connection.settings_dict["USER"]
    with pytest.raises(CommandError, match="不能给自己授权"):
        call_command("grant_web_role")


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize(
    "attack",
    [
        "UPDATE audit_event SET note = ''",
        "DELETE FROM audit_event",
        "TRUNCATE audit_event",
        "ALTER TABLE audit_event DISABLE TRIGGER ALL",
        "DROP TABLE audit_event",
        "SET session_replication_role = replica",
    ],
)
def test_the_six_ways_to_unsay_are_refused_to_the_web_role(settings, attack):
    call_command("grant_web_role", verbosity=0)
    url = settings.TEST_HOME.database_url(WEB, database=connection.settings_dict["NAME"])
    web = psycopg2.connect(url)
    try:
        with web.cursor() as cursor:
            cursor.execute("SELECT count(*) FROM audit_event")  # the control: reading is allowed
            with pytest.raises(psycopg2.errors.InsufficientPrivilege):
                cursor.execute(attack)
    finally:
        web.close()
        _take_back()


def _take_back() -> None:
    """This one test commits; the next must find the role without rights again."""
    with connection.cursor() as cursor:
        cursor.execute(f"REVOKE ALL ON ALL TABLES IN SCHEMA public FROM {WEB}")
