"""Files for import tests, and a run brought as far as the reader brings it."""

import io
from pathlib import Path

import openpyxl
from django.core.files.uploadedfile import SimpleUploadedFile

from cqo_portal.imports import services, worker
from cqo_portal.imports.catalogue import kind
from cqo_portal.imports.models import ImportRun
from cqo_portal.parties.identifiers import body_check_digit, credit_check_digit
from cqo_portal.workflow.engine import perform

SAMPLES = Path(__file__).parent / "samples"


def sample(name: str) -> SimpleUploadedFile:
    return SimpleUploadedFile(name, (SAMPLES / name).read_bytes())


def workbook(*lines, name: str = "表.xlsx") -> SimpleUploadedFile:
    book = openpyxl.Workbook()
    for line in lines:
        book.active.append(line)
    out = io.BytesIO()
    book.save(out)
    return SimpleUploadedFile(name, out.getvalue())


def run_of(
    upload, *, by, of_kind: str = "enterprises", year: int | None = 2026, sheet: str = "", target=None
) -> ImportRun:
    """Sent, and read by the worker."""
    run = services.begin(upload, of_kind=kind(of_kind), year=year, sheet=sheet, target=target, by=by)
    worker.read(run.pk)
    return ImportRun.objects.get(pk=run.pk)


def applied(run: ImportRun, step, *, by) -> ImportRun:
    """Decided by a person, and done by the worker."""
    perform(step, run, by=by)
    worker.apply(run.pk)
    return ImportRun.objects.get(pk=run.pk)


def code(number: int, *, county: str = "130981") -> str:
    """A credit code with right check digits."""
    head = f"91{county}MA{number:06d}"
    head += body_check_digit(head)
    return head + credit_check_digit(head)


def verdicts(run: ImportRun, *, forbidding: bool = True) -> list[tuple[str, str]]:
    """(address, sentence) of what was said against the rows, in order."""
    return [
        (verdict["address"], verdict["sentence"])
        for row in run.rows.order_by("number")
        for verdict in row.told["verdicts"]
        if (verdict["level"] == "error") == forbidding
    ]
