import pytest
from datetime import date
from cqo_portal.statistics.asked import AsOf
from cqo_portal.statistics.world import World
from cqo_portal.statistics.catalogue import SUBJECTS
from cqo_portal.statistics.subject import tabulate
from cqo_portal.statistics.counting import faults, body
from tests.cast import TODAY
import time_machine

@pytest.mark.django_db
def test_try(people):
    people.filing(until="filed")
    w = World(people.offices["130900"], AsOf(date(2026,11,30), date(2026,11,30)))
    for code, s in SUBJECTS.items():
        for d in s.dimensions:
            t = tabulate(s, w, by=d.code)
            assert faults(t) == [], (code, faults(t))
            print(code, d.code, [h.code for h in t.columns])
            for row, line in t.lines: print("   ", row.label, [None if v is None else str(v) for v in line])
