"""Thin: go on with whatever waits to be issued or made. Safe to run twice, by two workers, or after a crash anywhere."""

import logging

from django.utils import timezone

from certificates.issuing.making import make
from certificates.issuing.numbering import take
from certificates.models import Certificate, Order
from certificates.verification import daily
from cqo_portal.celery import app

log = logging.getLogger(__name__)
AGAIN = 10  # of those that failed before, a round; the others shall not wait for them


@app.task
def go_on() -> int:
    """Number what waits, make what has its number; returns how many came into force."""
    done = 0
    for pk in list(Order.objects.waiting().order_by("id").values_list("pk", flat=True)):
        certificate = _one(take, pk)
        done += bool(certificate and _one(make, certificate.pk))
    making = Certificate.objects.being_made().values_list("pk", flat=True)
    first, failed = making.filter(trouble="").order_by("issued_at"), making.exclude(trouble="").order_by("?")
    for pk in [*first, *failed[:AGAIN]]:
        done += bool(_one(make, pk))
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
