"""The only writers of events. They run in the caller's transaction: no act without its record."""

from collections.abc import Sequence
from datetime import date
from uuid import UUID

from django.db import connection, models, transaction
from django.utils import timezone

from cqo_portal.audit.chain import GENESIS, SAID, digest
from cqo_portal.audit.models import Event, Exported

CHAIN_LOCK = 4_570_2023  # one advisory lock for the whole chain: links are made one after another


def record(
    action: str,
    subject: models.Model,
    *,
    by=None,
    before: str = "",
    after: str = "",
    note: str = "",
    rule_edition: str = "",
    data: dict | None = None,
) -> Event:
    """Append one act to the chain. `by` is the acting user; None means the system itself."""
    if not connection.in_atomic_block:
        raise RuntimeError("an act and its record belong into one transaction")
    event = Event(
        at=timezone.now(),
        actor=by,
        actor_name=str(by)[:100] if by else "系统",
        acting_as=str(by.acting)[:300] if by and by.acting else "",
        action=action,
        subject_type=subject._meta.label_lower,
        subject_id=str(subject.pk),
        subject=str(subject)[:300],
        before=before,
        after=after,
        rule_edition=rule_edition,
        note=note,
        data=data or {},
    )
    event.previous = _last_digest()
    event.digest = digest({key: getattr(event, key) for key in SAID}, previous=event.previous)
    event.save()
    return event


def look(subject: models.Model, *, by, what: str, why: str) -> Event:
    """Note that somebody saw personal data in clear, and why; the person concerned may read it."""
    return record(Event.LOOK, subject, by=by, note=why, data={"what": what, "at": place_of(by.acting)})


def look_once(
    action: str, subject: models.Model, *, by, what: str, today: date | None, why: str = "", **which
) -> None:
    """Note a look, or a paper opened, once for each who looks, place, reason and day (without a day: once for ever).

    `which` tells papers of a kind apart.
    """
    said = {"what": what, "at": place_of(by.acting), **which}
    noted = Event.objects.about(subject).filter(action=action, actor=by, note=why, data=said)
    noted = noted.filter(at__date=today) if today else noted
    if noted.exists():
        return
    with transaction.atomic():
        hold_chain()  # two pages asked for at once are one look
        if not noted.exists():
            record(action, subject, by=by, note=why, data=said)


def exported(
    subject: models.Model, *, by, why: str, keys: Sequence[UUID], data: dict, rule_edition: str = ""
) -> Event:
    """Note that rows left as a file, what for, and whose they were; each person concerned may read it."""
    data = data | {"at": place_of(by.acting)}
    event = record(Event.EXPORT, subject, by=by, note=why, rule_edition=rule_edition, data=data)
    size = Exported.KEYS_A_ROW
    Exported.objects.bulk_create(
        Exported(event=event, keys=keys[n : n + size]) for n in range(0, len(keys), size)
    )
    return event


def place_of(acting) -> str:
    """The house somebody acts for: whoever looks from elsewhere has another reason than this post."""
    return str(acting.office_id or acting.organisation_id or acting.institution_id or "") if acting else ""


def hold_chain() -> None:
    """Until the transaction ends nobody else appends: what is asked of the events now stays the answer."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [CHAIN_LOCK])


def _last_digest() -> str:
    hold_chain()
    return Event.objects.order_by("-id").values_list("digest", flat=True).first() or GENESIS
