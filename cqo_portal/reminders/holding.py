"""Mail that waits for an operator: held kind by kind, or all of it after a deployment, and let go by somebody."""

import hashlib
from pathlib import Path

from django.conf import settings
from django.db import IntegrityError, transaction
from django.db.models import Count
from django.utils import timezone

from cqo_portal.audit.record import record
from cqo_portal.notifications.gathering import gather
from cqo_portal.notifications.models import DIGEST, Hold, Message, Release
from cqo_portal.notifications.outbox import wake_the_workers
from cqo_portal.workflow.engine import Refused

EVERYTHING = ""
WORDS = ("*.py", "*.html", "*.txt")  # what decides what is said, and to whom
NEW_CODE = "平台更新了程序。请先看预告，确认没有异常，再放行。"


def hold(kind: str, *, reason: str, by) -> Hold:
    """Raises `Refused` where it is held already."""
    try:
        with transaction.atomic():
            held = Hold.objects.create(kind=kind, reason=reason, by=by)
            record("hold", held, by=by, note=reason, data={"kind": kind})
    except IntegrityError as error:
        raise Refused("这一类邮件已经暂缓。") from error
    return held


@transaction.atomic
def release(held: Hold, *, by) -> int:
    """Let go; how many mails had waited for it. Raises `Refused` where somebody was first."""
    locked = Hold.objects.select_for_update(no_key=True).get(pk=held.pk)
    if locked.released_at:
        raise Refused("已经放行了。")
    waited = waiting_for(locked)
    locked.released_at, locked.released_by = timezone.now(), by
    locked.save(update_fields=["released_at", "released_by"])
    record("release", locked, by=by, data={"kind": locked.kind, "waited": waited})
    gather(timezone.localdate())
    wake_the_workers()
    return waited


def waiting_for(held: Hold) -> int:
    """But for the mails that only carry others."""
    waiting = Message.objects.filter(state=Message.State.WAITING).exclude(kind=DIGEST)
    return (waiting.filter(kind=held.kind) if held.kind else waiting).count()


def waiting() -> dict[str, int]:
    """By kind, how many mails wait; but for those that only carry others."""
    rows = Message.objects.filter(state__in=Message.UNDER_WAY).exclude(kind=DIGEST).order_by()
    return dict(rows.values("kind").annotate(count=Count("pk")).values_list("kind", "count"))


def everything_is_held() -> bool:
    return Hold.objects.in_force().filter(kind=EVERYTHING).exists()


@transaction.atomic
def hold_after_deployment() -> Hold | None:
    """Of code that has not run here before no mail goes out until somebody has looked. Where nobody was ever told anything
    the first code is no news."""
    digest = digest_of_the_code()
    known = Release.objects.exists() or Message.objects.exists()
    _, new = Release.objects.get_or_create(digest=digest)
    if not new or not known:
        return None
    held, held_now = Hold.objects.get_or_create(
        kind=EVERYTHING, released_at=None, defaults={"reason": NEW_CODE}
    )
    if held_now:
        record("hold", held, data={"kind": EVERYTHING, "code": digest})
    return held


def digest_of_the_code() -> str:
    """SHA-256 over every file that has a part in what is said, in the order of their paths."""
    base, total = Path(settings.BASE_DIR), hashlib.sha256()
    roots = ("cqo_portal", "registry", "evaluation", "certificates", "training", "templates")
    for path in sorted(path for root in roots for kind in WORDS for path in (base / root).rglob(kind)):
        total.update(path.relative_to(base).as_posix().encode() + b"\0" + path.read_bytes() + b"\0")
    return total.hexdigest()
