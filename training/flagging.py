"""What is said about flags: the organiser explains, the office that oversees it decides. Each function one transaction."""

from collections.abc import Sequence

from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, transaction
from django.utils import timezone

from cqo_portal.audit.record import record
from cqo_portal.notifications.outbox import queue
from cqo_portal.wording import moment_full
from cqo_portal.workflow.engine import Refused
from training.doubts import days_of
from training.models import Entry, Explanation, Flag, Settlement
from training.permissions import explains_flags, settles_all

MOST = 200  # flags settled with one act; each person is told


@transaction.atomic
def explain(flag: Flag, text: str, *, by) -> Explanation:
    """The organiser's one explanation. Raises `Refused`."""
    if not explains_flags.test(by, flag.entry):
        raise PermissionDenied
    _still_open([flag])
    try:
        with transaction.atomic():
            made = Explanation.objects.create(flag=flag, text=text, by=by)
    except IntegrityError as error:
        raise Refused("本单位已经写过说明，写下的不能再改。") from error
    record("explain-flag", flag, by=by, note=text, data={"entry": flag.entry_id})
    return made


@transaction.atomic
def settle(flags: Sequence[Flag], *, counts: bool, reason: str, by) -> list[Settlement]:
    """One decision about all of them, or about none. They are of one training. Raises `Refused`."""
    if not settles_all(by, [flag.entry for flag in flags]):
        raise PermissionDenied
    _still_open(flags)
    try:
        with transaction.atomic():
            made = Settlement.objects.bulk_create(
                Settlement(flag=flag, counts=counts, reason=reason, by=by) for flag in flags
            )
    except IntegrityError as error:
        raise Refused("刚刚有同事核查了其中一项。这一次一项也没有办，请再看一遍。") from error
    _tell(made)  # before the record, which holds everybody else's
    about = flags[0].entry.session or flags[0].entry.self_report
    said = {"flags": [flag.pk for flag in flags], "counts": counts}
    record("settle-flags", about, by=by, note=reason, data=said)
    return made


def _still_open(flags: Sequence[Flag]) -> None:
    closed = Flag.objects.filter(pk__in=[flag.pk for flag in flags])
    closed = closed.exclude(settlement=None, entry__reversal=None).select_related("entry", "settlement__by")
    if (flag := closed.order_by("id").first()) is None:
        return
    if settled := getattr(flag, "settlement", None):
        when = moment_full(timezone.localtime(settled.at))
        raise Refused(f"{flag.entry.number} 的这一项已由 {settled.by} 于 {when}核查，不用再办。")
    raise Refused(f"{flag.entry.number} 已经冲正，不用再核查。")


def _tell(made: Sequence[Settlement]) -> None:
    """Each person, and the organiser once."""
    for settlement in made:
        queue("flag-settled", settlement, cause=f"settlement:{settlement.pk}")
    queue("flags-settled", made[0], cause=f"settlement:{made[0].pk}", context={"many": len(made)})


def lines_beside(flag: Flag) -> list[Entry]:
    """Everything that stands of that person on the days of the flagged entry, itself included."""
    days = set(days_of(flag.entry))
    near = Entry.objects.standing().filter(person=flag.entry.person_id, on__gte=min(days))
    near = near.select_related("session", "self_report", "institution", "office")
    return [each for each in near.prefetch_related("presences") if days & set(days_of(each))]
