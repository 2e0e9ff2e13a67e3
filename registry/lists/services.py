"""Writes to the lists, one by one; each is an act with its record."""

from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, transaction
from django.utils import timezone

from cqo_portal.audit.record import record
from cqo_portal.wording import moment_long
from cqo_portal.workflow.engine import Refused
from registry.lists.models import Listed
from registry.lists.permissions import keeps


def put_on(entry: Listed, *, by) -> Listed:
    """Add an entry that is not saved yet. Raises `Refused` where it stands on the list already."""
    if not keeps.test(by, entry):
        raise PermissionDenied
    entry.by = by
    try:
        with transaction.atomic():
            entry.save(force_insert=True)
            record("list", entry, by=by, note=entry.document, data={"year": entry.year})
    except IntegrityError as error:
        raise Refused(f"{entry}已经在名单里，不用再录。") from error
    return entry


def take_off(entry: Listed, *, reason: str, by) -> Listed:
    """End an entry with its reason; the row stays. Raises `Refused`."""
    with transaction.atomic():
        locked = type(entry)._base_manager.select_for_update(no_key=True, of=("self",))
        entry = locked.select_related("organisation__office__parent", "ended_by").get(pk=entry.pk)
        if not keeps.test(by, entry):
            raise PermissionDenied
        if not reason.strip():
            raise Refused("请写明移出的理由。")
        if entry.ended_at:
            raise Refused(
                f"已由 {entry.ended_by} 于 {moment_long(timezone.localtime(entry.ended_at))} 移出。"
            )
        entry.ended_at, entry.ended_by, entry.ended_reason = timezone.now(), by, reason.strip()
        entry.save(update_fields={"ended_at", "ended_by", "ended_reason"})
        record("unlist", entry, by=by, note=reason.strip(), data={"year": entry.year})
    return entry
