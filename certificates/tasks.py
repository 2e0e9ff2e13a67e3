"""Thin: go on with whatever waits to be issued or made. Safe to run twice, by two workers, or after a crash anywhere."""

import logging

from django.utils import timezone

from certificates.issuing.making import make
from certificates.issuing.numbering import take
from certificates.models import Certificate, Order
from certificates.verification import daily
from cqo_portal.celery import app

log = logging.getLogger(__name__)
MOST_FAILURES = 10  # again, in one round: what was wrong is still wrong, and the others shall not wait


@app.task
def go_on() -> int:
    """Number what waits, make what has its number; returns how many came into force."""
    done = 0
    for pk in list(Order.objects.waiting().order_by("id").values_list("pk", flat=True)):
        certificate = _one(take, pk)
        done += bool(certificate and _one(make, certificate.pk))
    making = Certificate.objects.being_made().values_list("pk", flat=True)
    for pk in list(making.filter(trouble="").order_by("issued_at")):
        done += bool(_one(make, pk))
    return done + _again(list(making.exclude(trouble="").order_by("?")))


def _again(pks: list) -> int:
    """Those that failed before, until enough of them failed once more; returns how many came into force."""
    done = failed = 0
    for pk in pks:
        if failed == MOST_FAILURES:
            break
        made = bool(_one(make, pk))
        done, failed = done + made, failed + (not made)
    return done


def _one(step, pk):
    """One that cannot be gone on with must not hold up the others."""
    try:
        return step(pk)
    except Exception:
        log.exception("%s of %s could not be gone on with", step.__name__, pk)
        return None


@app.task
def write_status_file() -> bool:
    """Today's file of how every certificate stands; False where it is there already."""
    return daily.write(at=timezone.localtime()) is not None
