"""The rights of the role that the web server, the worker and beat run as. It owns nothing."""

from typing import Any

from django.apps import apps
from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.db import connection, models, transaction

from cqo_portal.audit.append_only import AppendOnlyModel

READ, APPEND, CHANGE = "SELECT", "SELECT, INSERT", "SELECT, INSERT, UPDATE, DELETE"

# pgtrigger lets any session switch any trigger off by a setting. Nobody here asks it to; so nobody can.
NO_LOOKING_AWAY = """
    CREATE OR REPLACE FUNCTION public._pgtrigger_should_ignore(trigger_name NAME) RETURNS BOOLEAN
    LANGUAGE sql IMMUTABLE AS 'SELECT FALSE'
"""


class Command(BaseCommand):
    help = "Grant the web role what it needs on every table, and nothing more; never TRUNCATE."

    def handle(self, **options: Any) -> None:
        role = settings.WEB_DATABASE_ROLE
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute("SELECT current_user, EXISTS (SELECT FROM pg_roles WHERE rolname = %s)", [role])
            owner, exists = cursor.fetchone()
            if not exists:
                raise CommandError(f"数据库里没有角色 {role}：请先建立（见 docs/operations.md）。")
            if owner == role:
                raise CommandError(f"{role} 不能给自己授权：请用拥有数据表的角色执行。")
            tables = set(connection.introspection.table_names(cursor))
            cursor.execute(";\n".join(statements(role, tables=tables)))
        if options["verbosity"]:
            self.stdout.write(f"{role}：已授权。")


def statements(role: str, *, tables: set[str]) -> list[str]:
    """First take everything back, so that a right which is no longer listed is gone."""
    name = connection.ops.quote_name
    return [
        # A temporary table comes before one of the same name: what a trigger reads would be of the session's making.
        f"REVOKE TEMPORARY ON DATABASE {name(connection.settings_dict['NAME'])} FROM PUBLIC, {name(role)}",
        f"REVOKE ALL ON ALL TABLES IN SCHEMA public FROM {name(role)}",
        f"REVOKE ALL ON ALL SEQUENCES IN SCHEMA public FROM {name(role)}",
        f"GRANT USAGE ON SCHEMA public TO {name(role)}",
        f"GRANT USAGE ON ALL SEQUENCES IN SCHEMA public TO {name(role)}",
        NO_LOOKING_AWAY,
        *(
            f"GRANT {rights} ON TABLE {name(table)} TO {name(role)}"
            for table, rights in sorted(rights_by_table().items())
            if table in tables
        ),
    ]


def rights_by_table() -> dict[str, str]:
    """Which rights the web role has on which table; a table of no model it cannot even read."""
    models_ = [m for m in apps.get_models(include_auto_created=True) if m._meta.managed]
    return {m._meta.db_table: _rights(m) for m in models_} | dict.fromkeys(_cache_tables(), CHANGE)


def _rights(model: type[models.Model]) -> str:
    return APPEND if issubclass(model, AppendOnlyModel) else CHANGE


def _cache_tables() -> list[str]:
    backends = settings.CACHES.values()
    return [cache["LOCATION"] for cache in backends if cache["BACKEND"].endswith("DatabaseCache")]
