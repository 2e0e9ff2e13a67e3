"""What an office says of the answer to its return: put right, or asked for again. Pinning itself is in `services`."""

from django.db import transaction

from cqo_portal.audit.record import record
from registry.models import Filing, ItemCheck, Proof, ReturnItem
from registry.services import lock_for_decision, pin


def rewrite(filing: Filing, item: ReturnItem, *, reason: str, cites: str, by) -> None:
    """Say an unsent item differently, where it is."""
    with transaction.atomic():
        lock_for_decision(filing, by=by)
        waiting = ReturnItem.objects.filter(filing=filing, pk=item.pk, sent_at=None)
        waiting.update(reason=reason, cites=cites, by=by)


def found_fixed(filing: Filing, item: ReturnItem, *, by) -> ItemCheck:
    """What was asked is put right; an item that asks for it again is taken back."""
    with transaction.atomic():
        lock_for_decision(filing, by=by)
        filing.return_items.filter(round=filing.round, sent_at=None, repeats=item).delete()
        last = ItemCheck.objects.filter(item=item, round=filing.round).order_by("-id").first()
        return last if last and last.fixed else _checked(filing, item, fixed=True, by=by)


def ask_again(filing: Filing, item: ReturnItem, *, by) -> ReturnItem:
    """What was asked is not put right: the same words, pinned again, so that everybody sees how often."""
    with transaction.atomic():
        lock_for_decision(filing, by=by)
        standing = filing.return_items.filter(round=filing.round, repeats=item).first()
        if standing:  # a second click
            return standing
        _checked(filing, item, fixed=False, by=by)
        proof, page = _where_now(filing, item)
        return pin(
            filing,
            key=item.key,
            reason=item.reason,
            cites=item.cites,
            proof=proof,
            page=page,
            repeats=item,
            by=by,
        )


def _checked(filing: Filing, item: ReturnItem, *, fixed: bool, by) -> ItemCheck:
    check = ItemCheck.objects.create(item=item, round=filing.round, fixed=fixed, by=by)
    data = {"item": item.pk, "key": item.key, "fixed": fixed}
    record("check", filing, by=by, note=item.reason, data=data)
    return check


def _where_now(filing: Filing, item: ReturnItem) -> tuple[Proof | None, int | None]:
    """The pinned page; where its paper was exchanged, the same page of the paper that took its place.

    Where that has fewer pages, or is pinned already, the old page stays the one that is pointed at.
    """
    if not item.proof_id or item.proof.removed_in is None:
        return item.proof, item.page
    newer = filing.proofs.at_round(filing.round).filter(kind=item.proof.kind, added_in__gt=item.round)
    paper = newer.order_by("-uploaded_at").first()
    if paper is None or paper.pages < (item.page or 1):
        return item.proof, item.page
    taken = filing.return_items.filter(round=filing.round, key=item.key, proof=paper, page=item.page)
    return (item.proof, item.page) if taken.exists() else (paper, item.page)
