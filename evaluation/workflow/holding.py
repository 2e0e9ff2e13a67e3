"""The case under the lock that every step of it takes: what is written besides is of before a step, or refused."""

from collections.abc import Collection

from django.core.exceptions import PermissionDenied
from rules import Predicate

from cqo_portal.workflow.engine import Refused
from evaluation.models import Evaluation


def locked(key) -> Evaluation:
    """Within a transaction: whoever moves this case, or writes in it, waits."""
    return Evaluation.objects.select_for_update(no_key=True).get(pk=key)


def held(
    evaluation: Evaluation, *, by, allowed: Predicate, states: Collection[str], otherwise: str
) -> Evaluation:
    """The case as it stands now. Raises `PermissionDenied` for the person, `Refused(otherwise)` for the state."""
    case = locked(evaluation.pk)
    if not allowed.test(by, case):
        raise PermissionDenied
    if case.state not in states:
        raise Refused(otherwise)
    return case
