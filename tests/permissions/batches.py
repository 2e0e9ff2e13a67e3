"""Batches: sent and taken back by the county, read by city and province; the board of a notice."""

from registry.batches.models import Batch
from tests.notices.rows import OPEN_ENDED, published


def objects(people) -> dict:
    batch = Batch.objects.create(
        number="PC-130981-2026-0001",
        office=people.offices["130981"],
        included_count=1,
        exception_count=0,
        by=people.wang,
    )
    of_the_notice = {"pk": published(people, closes_on=OPEN_ENDED).pk}
    return {
        "batches:batch": {"pk": batch.pk},
        "batches:recall": {"pk": batch.pk},
        "batches:progress": of_the_notice,
        "batches:enterprises": of_the_notice,
        "batches:remind": of_the_notice,
    }


TABLE = """
batches:index GET: 302 403 403 200 200 200 200 403 403 403 403 403
batches:index POST: 405
batches:choose GET: 302 403 403 200 200 403 403 403 403 403 403 403
batches:choose POST: 405
batches:preview GET: 302/405
batches:preview POST: 302 403 403 302 302 403 403 403 403 403 403 403
batches:send GET: 302/405
batches:send POST: 302 403 403 302 302 403 403 403 403 403 403 403
batches:batch GET: 302 404 404 200 404 200 200 404 404 404 404 404
batches:batch POST: 405
batches:recall GET: 302/405
batches:recall POST: 302 404 404 422 404 403 403 404 404 404 404 404
batches:progress GET: 302 403 403 200 200 200 200 403 403 403 403 403
batches:progress POST: 405
batches:enterprises GET: 302 403 403 200 200 200 200 403 403 403 403 403
batches:enterprises POST: 405
batches:remind GET: 302/405
batches:remind POST: 302 403 403 302 302 403 403 403 403 403 403 403
"""
