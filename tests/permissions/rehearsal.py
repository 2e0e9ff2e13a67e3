"""Rehearsals: the city's own, seen by its province."""

from registry.rehearsal.models import Rehearsal
from tests.cast import TODAY

TABLE = """
rehearsal:index GET: 302 403 403 403 403 200 200 403 403 403 403 403
rehearsal:index POST: 302 403 403 403 403 422 422 403 403 403 403 403
rehearsal:rehearsal GET: 302 404 404 404 404 200 200 404 404 404 404 404
rehearsal:rehearsal POST: 405
rehearsal:export GET: 302/405
rehearsal:export POST: 302 404 404 404 404 302 302 404 404 404 404 404
rehearsal:adopt GET: 302/405
rehearsal:adopt POST: 302 404 404 404 404 302 403 404 404 404 404 404
"""


def objects(people) -> dict:
    run = Rehearsal.objects.create(
        office=people.offices["130900"],
        against="cangzhou-2023",
        edition="hubei-2022",
        on=TODAY,
        asked_by=people.meng,
        expected=0,
    )
    return {f"rehearsal:{name}": {"pk": run.pk} for name in ("rehearsal", "export", "adopt")}
