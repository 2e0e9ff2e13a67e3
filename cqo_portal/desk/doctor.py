"""运行状况: what keeps the portal running, and what to do where something does not. Every line was asked just now."""

import logging
import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import timedelta

import redis
from cryptography import x509
from django.conf import settings
from django.core.cache import cache
from django.db import connection, transaction
from django.db.models import Count, Max, Min
from django.urls import reverse
from django.utils import timezone

from certificates.models import Certificate
from cqo_portal.desk.models import Heartbeat
from cqo_portal.notifications.models import Hold, Message
from cqo_portal.reference.queries import calendar_alarm
from cqo_portal.reminders.catalogue import all_reminders
from cqo_portal.reminders.scan import due_of
from cqo_portal.wording import grouped

logger = logging.getLogger(__name__)
SILENT = timedelta(minutes=2)
LONG = timedelta(minutes=15)
ENDS_SOON = timedelta(days=60)
GIGABYTE = 1024**3


@dataclass(frozen=True)
class Finding:
    """`look`: met (well), soon (look at it), unmet (act). `advice` where there is something to do, `at` by its page."""

    what: str
    look: str
    said: str
    advice: str = ""
    at: str = ""

    @property
    def url(self) -> str:
        return reverse(self.at) if self.at else ""


def examine() -> list[Finding]:
    return [finding for check in CHECKS for finding in check()]


def database() -> Iterator[Finding]:
    with connection.cursor() as cursor:
        cursor.execute("SELECT current_setting('server_version'), pg_database_size(current_database())")
        version, size = cursor.fetchone()
    yield Finding("数据库", "met", f"PostgreSQL {version}，{size / GIGABYTE:.2f} GB")
    cache.set("doctor", 1, 10)
    yield Finding("缓存", "met" if cache.get("doctor") else "unmet", "在数据库里")


def broker() -> Iterator[Finding]:
    try:
        link = redis.from_url(settings.REDIS_URL, socket_connect_timeout=2, socket_timeout=2)
        waiting = link.llen("celery")
    except redis.RedisError as error:
        yield Finding(
            "消息队列（Redis）",
            "unmet",
            f"没有应答：{type(error).__name__}",
            "页面照常可用，什么也不会丢；请恢复 Redis，后台工作会自己接着做。",
        )
    else:
        look = "soon" if waiting > 1000 else "met"
        yield Finding("消息队列（Redis）", look, f"应答，{grouped(waiting)} 个唤醒在等")


def processes() -> Iterator[Finding]:
    now = timezone.now()
    last = dict(Heartbeat.objects.order_by().values("kind").annotate(at=Max("at")).values_list("kind", "at"))
    for kind, advice in (
        (
            Heartbeat.Kind.WORKER,
            "请启动后台进程（worker）。邮件、证书、导入都在等它；启动以后会接着做，不会丢。",
        ),
        (Heartbeat.Kind.BEAT, "请启动定时器（beat）。停过的日子，启动以后会补上。"),
    ):
        at, living = last.get(kind), Heartbeat.objects.filter(kind=kind, at__gte=now - SILENT).count()
        if living:
            yield Finding(kind.label, "met", f"{living} 个在运行，最近一次心跳 {_ago(now - at)}")
        elif at:
            yield Finding(
                kind.label, "unmet", f"没有心跳，最近一次在 {timezone.localtime(at):%Y-%m-%d %H:%M}", advice
            )
        else:
            yield Finding(kind.label, "unmet", "从来没有心跳", advice)


def outbox() -> Iterator[Finding]:
    now = timezone.now()
    waiting = Message.objects.claimable().aggregate(count=Count("pk"), since=Min("not_before"))
    held = Message.objects.filter(state__in=Message.UNDER_WAY, in_digest=False).count() - waiting["count"]
    late = waiting["count"] and now - waiting["since"] > LONG
    yield Finding(
        "待发的邮件",
        "unmet" if late else "met",
        f"{grouped(waiting['count'])} 封现在可以发"
        + (f"，最早的等了 {_span(now - waiting['since'])}" if waiting["count"] else "")
        + (f"；另有 {grouped(held)} 封暂缓或者还没到时间" if held else ""),
        "请看后台进程是否在运行、邮件服务器是否应答。" if late else "",
    )
    for hold in Hold.objects.in_force():
        yield Finding(
            "暂缓发送",
            "soon",
            f"{'全部邮件' if not hold.kind else hold.kind}：{hold.reason}",
            "看过预告以后放行。",
            at="reminders:forecast",
        )
    if dead := Message.objects.filter(state=Message.State.DEAD).count():
        yield Finding(
            "发不出的邮件",
            "unmet",
            f"{grouped(dead)} 封",
            "再发一次，或者记下怎样告知了本人。",
            at="reminders:undelivered",
        )


def reminders() -> Iterator[Finding]:
    """Whether all that is to be said today has been written down: asked of every kind, so that one that fails is seen."""
    left, failed = 0, []
    for kind in all_reminders():
        try:
            with transaction.atomic():
                left += sum(1 for _ in due_of(kind, timezone.localdate()))
        except Exception:
            logger.exception("reminders: %s", kind.code)
            failed.append(kind.label)
    if failed:
        yield Finding(
            "提醒",
            "unmet",
            f"算不出来：{'、'.join(failed)}",
            "其他种类不受影响。原因在 web 和 worker 的日志里。",
        )
    elif left:
        yield Finding(
            "提醒", "soon", f"今天的还有 {grouped(left)} 条没有写下", "定时器白天每两三个小时写一次。"
        )
    else:
        yield Finding("提醒", "met", "今天该说的都已写下")


def certificates() -> Iterator[Finding]:
    stuck = Certificate.objects.being_made().filter(issued_at__lt=timezone.now() - LONG).count()
    if stuck:
        yield Finding(
            "制证",
            "unmet",
            f"{grouped(stuck)} 张超过 {_span(LONG)}还没有制成",
            "原因写在评价机构的证书清单里。",
        )
    try:
        signer = x509.load_pem_x509_certificate(settings.SIGNING_CERTIFICATE.read_bytes())
    except (OSError, ValueError):
        yield Finding("签名证书", "unmet", "读不到", "见运维说明“签名密钥”。没有它不能签发，也不能核验文件。")
        return
    left = signer.not_valid_after_utc - timezone.now()
    look = "unmet" if left < timedelta() else "soon" if left < ENDS_SOON else "met"
    yield Finding(
        "签名证书",
        look,
        f"有效到 {signer.not_valid_after_utc:%Y-%m-%d}",
        "" if look == "met" else "请换用新的签名密钥。",
    )


def calendar() -> Iterator[Finding]:
    if alarm := calendar_alarm(today=timezone.localdate()):
        yield Finding("放假安排", "unmet", alarm, "录入放假安排", at="desk:calendar-enter")
    else:
        yield Finding("放假安排", "met", "需要的年份都已录入")


def disk() -> Iterator[Finding]:
    free = shutil.disk_usage(settings.MEDIA_ROOT).free
    look = "unmet" if free < GIGABYTE else "soon" if free < 5 * GIGABYTE else "met"
    yield Finding(
        "文件存储", look, f"还有 {free / GIGABYTE:.1f} GB", "" if look == "met" else "请扩容或者清理。"
    )


def _ago(span: timedelta) -> str:
    return f"{int(span.total_seconds())} 秒前"


def _span(span: timedelta) -> str:
    minutes = int(span.total_seconds() // 60)
    return f"{minutes} 分钟" if minutes < 120 else f"{minutes // 60} 小时"


CHECKS: tuple[Callable[[], Iterator[Finding]], ...] = (
    database,
    broker,
    processes,
    reminders,
    outbox,
    certificates,
    calendar,
    disk,
)
