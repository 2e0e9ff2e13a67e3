"""Long rosters with faults in known places, and workers killed over them: for the tests and the measurement."""

from datetime import date
from itertools import cycle

from django.core.files.uploadedfile import SimpleUploadedFile

from cqo_portal.imports import services
from cqo_portal.imports.catalogue import kind
from cqo_portal.imports.models import ImportRun, Progress
from tests.faults.workers import Workers
from tests.training import rows
from training.models import Session

DAY = date(2026, 10, 17)
GIVEN = cycle("伟芳娜敏静丽强磊军洋")
# Faults by every so many rows; their numbers have no multiple in common below twenty thousand.
WRONG_DIGIT, NO_NUMBER, TOO_MANY, TWICE = 997, 1999, 3001, 4999
COUNTS_OF_20_000 = {"new": 19_960, "refused": 40, "remarked": 0, "all": 20_000}


def sheet(many: int, *, strangers: int = 0) -> str:
    """Of `many` people; those of another number of `strangers` are others."""
    return "\n".join(["姓名,身份证号,学时,课程类别", *(line(n, strangers) for n in range(1, many + 1))])


def line(n: int, strangers: int) -> str:
    number, hours = rows.identity(strangers + (n - 1 if n % TWICE == 0 else n)), "7"
    if n % WRONG_DIGIT == 0:
        number = number[:-1] + ("1" if number[-1] != "1" else "2")
    if n % NO_NUMBER == 0:
        hours = "七"
    if n % TOO_MANY == 0:
        hours = "21.5"
    return f"王{next(GIVEN)}{next(GIVEN)},{number},{hours},一类"


def begun(held: Session, many: int, *, by, strangers: int = 0) -> ImportRun:
    upload = SimpleUploadedFile("签到表.csv", sheet(many, strangers=strangers).encode())
    return services.begin(upload, of_kind=kind("attendance"), target=held.pk, by=by)


def session(by) -> Session:
    return rows.session(by, hours={1: "21"}, times=((rows.at(DAY, 9), rows.at(DAY, 12)),))


def refused(run: ImportRun) -> dict[int, str]:
    """By row of the sheet, of which the first line is the header."""
    found = run.rows.filter(outcome="refused")
    return {row.number: row.told["verdicts"][0]["sentence"] for row in found}


def cut_off(workers: Workers, run: ImportRun, held: Session, *, after: float, whole: int) -> bool:
    """Kill a worker after so many seconds: nothing is there, or, where it was over before, all `whole` lines."""
    workers.killed_after(after, "apply", run)
    state = ImportRun.objects.get(pk=run.pk).state
    assert (state, held.roster.count()) in {("applying", 0), ("done", whole)}
    return state == "applying"


def progress(run: ImportRun) -> tuple[int, int]:
    """How many rows are done as somebody watching reads it, and of how many."""
    told = Progress.objects.get(pk=run.pk)
    return told.done, told.total
