"""Verification is everybody's: signed in or not, in whatever role, the answer is the same."""

from django.utils import timezone

from certificates.models import Certificate, StatusFile
from certificates.verification import daily
from cqo_portal.accounts.models import User
from tests.certificates import rows
from tests.talent.rows import post

TABLE = """
verify:ask GET: 200
verify:ask POST: 422
verify:ask-json GET: 405
verify:ask-json POST: 422
verify:file GET: 405
verify:file POST: 422
verify:file-json GET: 405
verify:file-json POST: 422
verify:scanned GET: 200
verify:scanned POST: 405
verify:scanned-json GET: 200
verify:scanned-json POST: 405
verify:status GET: 200
verify:status POST: 405
verify:status-latest GET: 200
verify:status-latest POST: 405
verify:status-manifest GET: 200
verify:status-manifest POST: 405
verify:status-file GET: 200
verify:status-file POST: 405
verify:offline GET: 200
verify:offline POST: 405
verify:checker GET: 200
verify:checker POST: 405
"""


def objects(people) -> dict:
    made = Certificate.objects.printed().first() or _issued(people)
    daily.write(at=timezone.localtime())
    code = {"number": made.number, "code": rows.code_of(made)}
    day = {"day": StatusFile.objects.first().day}
    return {
        "verify:scanned": code,
        "verify:scanned-json": code,
        "verify:status-manifest": day,
        "verify:status-file": day,
    }


def _issued(people) -> Certificate:
    """Of the stranger's enterprise, so that the cases of the others stay as they are."""
    himself = User.objects.filter(username="expert").first()
    firm = people.dan.acting.organisation
    officer = firm.officers.in_office().first() or post(firm, name="丁鹏", number="11010119900307100X")
    led = {"leader": himself.assignments.get().person} if himself else {}
    _, made = rows.issued(people, officer=officer, **led)
    return made
