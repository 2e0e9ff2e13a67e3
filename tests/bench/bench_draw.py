"""`pytest tests/bench/bench_draw.py`: a population of 100,000 entries frozen and 5,000 drawn, against the bare SQL."""

import time
from datetime import timedelta

import pytest
import time_machine
from django.db import connection

from tests.bench.bench_register import report
from tests.cast import TODAY, cast
from tests.training import rows
from tests.training.test_draws import SAID, SEED, TOMORROW
from training import drawing
from training.models import Drawn, Entry

COPIES = """
    INSERT INTO training_entry
        (institution_id, office_id, person_id, hours, "on", year, activity, session_id, posting_id, by_id, at, source, reason)
    SELECT institution_id, office_id, person_id, hours, "on", year, activity, session_id, posting_id, by_id, at, source, ''
    FROM training_entry, generate_series(1, %s) WHERE id = %s
"""
BARE = "CREATE TEMPORARY TABLE bare AS SELECT id, person_id, hours, at FROM training_entry ORDER BY id"


def run(sql: str, *values) -> None:
    with connection.cursor() as cursor:
        cursor.execute(sql, values)


def took(act) -> float:
    began = time.monotonic()
    act()
    return time.monotonic() - began


@pytest.mark.django_db
def test_bench():
    """Copies of two entries, past the trigger that allows an attendance once."""
    people = cast()
    with time_machine.travel(f"{TODAY}T12:00:00+08:00", tick=False) as clock:
        tan = rows.provider()
        rows.commission(tan.acting.institution, people.offices["130900"], by=people.meng)
        ones = [_posted(by) for by in (tan, people.wang)]
        run("SET statement_timeout = '120s'; SET CONSTRAINTS ALL IMMEDIATE")
        run("ALTER TABLE training_entry DISABLE TRIGGER USER")
        for many, one in zip((80_000, 19_998), ones, strict=True):
            run(COPIES, many, one.pk)
        run("ALTER TABLE training_entry ENABLE TRIGGER USER")
        run("SET CONSTRAINTS ALL DEFERRED")
        bare = took(lambda: run(BARE))
        draws = []
        freezing = took(
            lambda: draws.append(drawing.freeze(SAID | {"wanted": 5000}, by=people.meng, today=TODAY))
        )
        clock.shift(timedelta(days=1))
        sowing = took(lambda: drawing.sow(draws[0], SEED, by=people.meng, today=TOMORROW))
    assert draws[0].size == 100_000 and Drawn.objects.count() == 5000
    report("freeze 100,000 entries", freezing, against="copying them in the database", theirs=bare)
    report("draw 5,000 of 100,000", sowing, against="copying them in the database", theirs=bare)


def _posted(by) -> Entry:
    held = rows.session(by, hours={None: "6"})
    rows.came(held, rows.person())
    rows.posted(held, by=by)
    return Entry.objects.get(session=held)
