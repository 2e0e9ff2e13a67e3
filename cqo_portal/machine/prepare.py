"""What the database and the static files need before the web server starts; run as the owner of the tables.

Every step may run again at any start: migrations, the cache table, the rights of the web role, the
reference data, the static files.
"""

import os
from io import StringIO
from pathlib import Path

import django
from django.conf import settings
from django.core.management import call_command
from django.db.backends.signals import connection_created

from cqo_portal.machine import static
from cqo_portal.machine.preflight import (
    refuse_if_misconfigured,
    refuse_if_of_other_code,
    refuse_if_unsafe,
)
from cqo_portal.machine.progress import step


def main() -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "cqo_portal.settings")
    refuse_if_misconfigured()
    django.setup()
    connection_created.connect(_take_your_time)
    refuse_if_of_other_code()
    with step("更新数据表与权限"):
        call_command("migrate", verbosity=0)
        call_command("createcachetable", verbosity=0)
        call_command("grant_web_role", verbosity=0)
    refuse_if_unsafe(as_owner=True)
    with step("载入基础数据（区划、备案机关、行业、日历）"):
        call_command("load_reference", verbosity=0, stdout=StringIO())
    call_command("hold_after_deployment")
    if settings.DEMO:
        call_command("make_signing_key", demo=True)
    static.collect(Path(settings.STATIC_ROOT))


def _take_your_time(*, connection, **_: object) -> None:
    """A page must answer within seconds; a migration of a large table may not be cut short."""
    with connection.cursor() as cursor:
        cursor.execute("SET statement_timeout = 0")


if __name__ == "__main__":
    main()
