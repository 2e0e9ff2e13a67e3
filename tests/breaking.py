"""What somebody does who works with the owner's rights, past every trigger; and what `manage.py check_invariants` says of it."""

import io
import re

from django.core.management import CommandError, call_command
from django.db import connection
from django.db.models import Model


def checked() -> tuple[str, str]:
    """(what was looked at, what was found)."""
    out, err = io.StringIO(), io.StringIO()
    try:
        call_command("check_invariants", stdout=out, stderr=err, no_color=True)
    except CommandError as found:
        err.write(str(found))
    return out.getvalue(), err.getvalue()


def owner(statement: str, *values) -> None:
    """As the owner of the tables, who may switch triggers off and drop what refers to a row."""
    table = re.match(r"(?:UPDATE|DELETE FROM|INSERT INTO) (\w+)", statement).group(1)
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute(f"ALTER TABLE {table} DISABLE TRIGGER USER")
        cursor.execute(
            "SELECT conrelid::regclass, conname FROM pg_constraint WHERE confrelid = %s::regclass", [table]
        )
        for other, name in cursor.fetchall() if statement.startswith("DELETE") else ():
            cursor.execute(f"ALTER TABLE {other} DROP CONSTRAINT {name}")
        cursor.execute(statement, values)
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute(f"ALTER TABLE {table} ENABLE TRIGGER USER")


def past_the_bolts(model, **changes) -> None:
    """Words that are sealed are changed as the product would write them, with its triggers off."""
    table = model._meta.db_table
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute(f"ALTER TABLE {table} DISABLE TRIGGER USER")
    for row in model.objects.all():
        for name, value in changes.items():
            setattr(row, name, value)
        Model.save(row, update_fields=list(changes))
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute(f"ALTER TABLE {table} ENABLE TRIGGER USER")
