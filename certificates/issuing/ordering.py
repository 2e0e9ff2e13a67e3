"""What is asked for becomes a row each; a worker does the rest. Nothing is refused here that could be done later."""

from collections.abc import Collection

from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, transaction
from django.utils import timezone

from certificates.issuing.standing import reasons_against, seen_of
from certificates.models import Batch, Order
from cqo_portal.accounts.permissions import is_body
from cqo_portal.audit.record import record
from cqo_portal.workflow.engine import Refused
from evaluation.models import Decision
from evaluation.permissions import runs_it

MOST = 500  # decisions of one act; a whole year of a large body


def order(decisions: Collection[Decision], *, by) -> Batch:
    """Ask for certificates for these decisions. Each is refused or issued for itself later. Raises `Refused`."""
    if not is_body.test(by):
        raise PermissionDenied
    if not decisions:
        raise Refused("请至少选一个评价决定。")
    if len(decisions) > MOST:
        raise Refused(f"一次最多发 {MOST} 张，请分几次办理；已选 {len(decisions)} 个。")
    if not all(runs_it.test(by, each.evaluation) for each in decisions):
        raise PermissionDenied
    if len(decisions) == 1 and (reasons := reasons_against(*decisions, today=timezone.localdate())):
        raise Refused(*reasons)
    try:
        with transaction.atomic():
            batch = _entered(decisions, by=by)
    except IntegrityError as error:
        if "order_one_waiting" not in str(error):
            raise
        raise Refused("其中有的决定刚刚有同事在发证，请再看一遍名单。") from error
    transaction.on_commit(_wake_the_worker, robust=True)
    return batch


def _entered(decisions: Collection[Decision], *, by) -> Batch:
    batch = Batch.objects.create(body=by.acting.institution, by=by, assignment=by.acting)
    seen = {each.pk: seen_of(each) for each in decisions}
    record("order", batch, by=by, data={"decisions": {str(pk): digest for pk, digest in seen.items()}})
    Order.objects.bulk_create(Order(batch=batch, decision=each, seen=seen[each.pk]) for each in decisions)
    return batch


def _wake_the_worker() -> None:
    from certificates.tasks import go_on  # a task imports this module

    go_on.delay()
