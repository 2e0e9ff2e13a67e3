"""What the tables themselves hold, past every form and service: as the owner of the tables writes it."""

from datetime import date

import pytest
from django.db import DatabaseError, connection, transaction

from tests.cast import TODAY
from tests.training import rows
from training import ledger, providers

pytestmark = pytest.mark.django_db


@pytest.fixture
def posted(people):
    """A session of one class with a meeting, posted; and another one that is planned."""
    day = date(2026, 10, 17)
    tan = rows.provider()
    rows.commission(tan.acting.institution, people.offices["130900"], by=people.meng)
    held = rows.session(tan, hours={1: "3"}, times=((rows.at(day, 9), rows.at(day, 12)),))
    rows.came(held, rows.person(), course_class=1)
    rows.posted(held, by=tan)
    rows.came(rows.session(tan, hours={1: "3"}), rows.person("李四"), course_class=1)
    return held


def refused(sql: str) -> bool:
    """Whether the tables refuse it; what they take is taken back."""
    with connection.cursor() as cursor:
        try:
            with transaction.atomic():
                cursor.execute(sql)
                touched = cursor.rowcount
                cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
                transaction.set_rollback(True)
        except DatabaseError:
            return True
    assert touched, sql  # it met a row
    return False


@pytest.mark.parametrize(
    "sql",
    [
        "UPDATE training_rosterline SET hours = 'NaN'",
        "UPDATE training_sessionhours SET hours = 'NaN' FROM training_session s WHERE s.id = session_id AND state = 'planned'",
        """INSERT INTO training_entry (institution_id, person_id, hours, "on", year, activity, source, session_id,
               posting_id, course_class, by_id, at, reason)
           SELECT institution_id, person_id, 'NaN', "on", year, activity, source, session_id, posting_id, 2, by_id, at, ''
           FROM training_entry""",
        "UPDATE training_meeting SET session_id = (SELECT id FROM training_session WHERE state = 'planned')",
        """UPDATE training_sessionhours SET session_id = (SELECT id FROM training_session WHERE state = 'planned'),
               course_class = 2 WHERE session_id = (SELECT id FROM training_session WHERE state = 'posted')""",
        "UPDATE training_session SET number = 'PX-0' WHERE state = 'posted'",
        "UPDATE training_session SET held = 'own_pace' WHERE state = 'posted'",
        "UPDATE training_commission SET first_day = '2020-01-01'",
        "UPDATE training_commission SET last_day = NULL",
        "DELETE FROM training_commission",
    ],
)
def test_it_is_refused(posted, sql):
    assert refused(sql)


@pytest.mark.parametrize(
    "sql",
    [
        "UPDATE training_rosterline SET hours = 2",
        "UPDATE training_session SET place = '二楼' WHERE state = 'posted'",
        "UPDATE training_session SET held = 'own_pace' WHERE state = 'planned'",
    ],
)
def test_and_what_is_right_is_taken(posted, sql):
    """The control."""
    assert not refused(sql)


def test_a_session_begins_planned(posted):
    copied = [
        column.column
        for column in type(posted)._meta.local_concrete_fields
        if column.column not in ("id", "number", "state")
    ]
    columns = ", ".join(f'"{name}"' for name in copied)
    insert = f"INSERT INTO training_session (id, number, state, {columns}) SELECT gen_random_uuid(), 'PX-X', '%s', {columns} FROM training_session WHERE state = 'posted'"
    assert refused(insert % "posted")
    assert not refused(insert % "planned")


def test_blanks_are_no_reason(posted, people):
    entry = posted.entries.get()
    mirror = ledger._mirror_of(entry, reason=" ", by=people.meng)
    with pytest.raises(DatabaseError, match="entry_reversal_has_its_reason"), transaction.atomic():
        mirror.save()
    ledger._mirror_of(entry, reason="误登", by=people.meng).save()


def test_a_commission_is_ended_once(posted, people):
    held = posted.institution.commissions.get()
    providers.end(held, on=date(2026, 12, 31), reason="不再委托", by=people.meng, today=TODAY)
    assert refused("UPDATE training_commission SET ended_on = '2026-06-30'")
