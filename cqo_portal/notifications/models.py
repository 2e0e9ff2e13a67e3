"""Messages are rows before they are mails: written with their cause, delivered afterwards."""

import hashlib
import secrets

from django.conf import settings
from django.db import models
from django.db.models import Exists, OuterRef, Q
from django.urls import reverse
from django.utils import timezone

from cqo_portal.notifications.catalogue import Group, Mode
from cqo_portal.sealed import SealedTextField

DIGEST = "digest"  # the kind of the one mail a day that carries others


class HoldQuerySet(models.QuerySet):
    def in_force(self) -> "HoldQuerySet":
        return self.filter(released_at=None)


class Hold(models.Model):
    """Mail that stays here until an operator lets it go: of one kind, or (no kind named) all of it."""

    kind = models.CharField("种类", max_length=40, blank=True)
    reason = models.CharField("原因", max_length=200)
    # Null: a deployment.
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    since = models.DateTimeField("自", default=timezone.now)
    released_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    released_at = models.DateTimeField("放行时间", null=True)

    objects = HoldQuerySet.as_manager()

    class Meta:
        verbose_name = "暂缓发送"
        ordering = ["-id"]
        constraints = [
            models.UniqueConstraint(fields=["kind"], condition=Q(released_at=None), name="hold_once"),
            models.CheckConstraint(
                condition=Q(released_at=None, released_by=None)
                | Q(released_at__isnull=False, released_by__isnull=False),
                name="hold_is_released_by_somebody",
            ),
        ]

    def __str__(self) -> str:
        return self.reason

    def get_absolute_url(self) -> str:
        return reverse("reminders:forecast")


class MessageQuerySet(models.QuerySet):
    def inbox_of(self, user) -> "MessageQuerySet":
        return self.filter(recipient=user, channel=Message.Channel.INBOX)

    def unread(self) -> "MessageQuerySet":
        return self.filter(read_at=None).exclude(state=Message.State.STRUCK)

    def still_reminding(self) -> "MessageQuerySet":
        """Reminders in inboxes nobody has read."""
        lying = self.filter(channel=Message.Channel.INBOX, state=Message.State.SENT)
        return lying.filter(read_at=None, due_on__isnull=False)

    def not_held(self) -> "MessageQuerySet":
        holds = Hold.objects.in_force().filter(Q(kind="") | Q(kind=OuterRef("kind")))
        return self.filter(~Exists(holds))

    def claimable(self) -> "MessageQuerySet":
        """Waiting and due, or claimed by a worker that has been silent past its lease; held back by nobody."""
        open_ = self.filter(state__in=Message.UNDER_WAY, in_digest=False)
        return open_.filter(not_before__lte=timezone.now()).not_held()


class Message(models.Model):
    """One message to one person through one channel; the same cause never makes a second one."""

    class Channel(models.TextChoices):
        INBOX = "inbox", "站内"
        EMAIL = "email", "邮件"
        TEXT = "text", "短信"

    class State(models.TextChoices):
        WAITING = "waiting", "待发"
        CLAIMED = "claimed", "发送中"
        SENT = "sent", "已发"
        STRUCK = "struck", "已不必发"
        DEAD = "dead", "发不出"

    UNDER_WAY = ("waiting", "claimed")

    kind = models.CharField("种类", max_length=40)
    cause = models.CharField(max_length=60)
    subject_type = models.CharField(max_length=60)
    subject_id = models.CharField(max_length=40)
    recipient = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="messages")
    channel = models.CharField("渠道", max_length=10, choices=Channel.choices)
    title = models.CharField("标题", max_length=200)
    body = models.TextField("正文")
    url = models.CharField(max_length=300, blank=True)
    created_at = models.DateTimeField("时间", auto_now_add=True)
    read_at = models.DateTimeField("阅读时间", null=True)

    # Of a reminder: which day it is about, which of its stages it is, and by which clause.
    due_on = models.DateField("期限", null=True)
    stage = models.CharField("阶段", max_length=20, blank=True)
    cites = models.CharField("依据", max_length=120, blank=True)
    late = models.BooleanField("补发", default=False)

    state = models.CharField("状态", max_length=10, choices=State.choices, default=State.WAITING)
    attempts = models.PositiveSmallIntegerField(default=0)
    not_before = models.DateTimeField(default=timezone.now)  # a worker may take it from then on
    in_digest = models.BooleanField(default=False)
    carried_by = models.ForeignKey("self", models.PROTECT, null=True, related_name="parts")
    sent_at = models.DateTimeField(null=True)
    error = models.CharField(max_length=300, blank=True)  # why it was not sent, or not yet

    objects = MessageQuerySet.as_manager()

    class Meta:
        verbose_name = "消息"
        ordering = ["-id"]
        constraints = [
            models.UniqueConstraint(
                fields=["kind", "subject_type", "subject_id", "cause", "recipient", "channel"],
                name="message_once",
            ),
            models.CheckConstraint(
                condition=Q(carried_by=None) | Q(in_digest=True), name="message_carried_only_in_digests"
            ),
        ]
        indexes = [
            models.Index(fields=["recipient", "channel", "-id"], name="message_inbox"),
            models.Index(fields=["subject_type", "subject_id", "-id"], name="message_about"),
            models.Index(
                fields=["not_before", "id"],
                name="message_to_send",
                condition=Q(state__in=["waiting", "claimed"], in_digest=False),
            ),
            models.Index(
                fields=["recipient"],
                name="message_to_gather",
                condition=Q(state="waiting", in_digest=True, carried_by=None),
            ),
            models.Index(fields=["-id"], name="message_dead", condition=Q(state="dead")),
            # Reminders nobody has read: the scan strikes out those that have been seen to meanwhile.
            models.Index(
                fields=["kind", "due_on"],
                name="message_reminds",
                condition=Q(channel="inbox", state="sent", read_at=None, due_on__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return self.title

    @property
    def message_id(self) -> str:
        """The same for every attempt, so that a mail server or reader can drop a second copy."""
        key = f"{self.kind}|{self.subject_type}|{self.subject_id}|{self.cause}|{self.recipient_id}"
        return f"<{hashlib.sha256(key.encode()).hexdigest()[:32]}@cqo-portal>"

    @property
    def is_struck(self) -> bool:
        return self.state == self.State.STRUCK


class Preference(models.Model):
    """How somebody wants the mail of a group. Without a row the usual holds; the inbox has everything in any case."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="preferences")
    group = models.CharField("种类", max_length=20, choices=Group.choices)
    mode = models.CharField("邮件", max_length=10, choices=Mode.choices)

    class Meta:
        verbose_name = "通知设置"
        constraints = [models.UniqueConstraint(fields=["user", "group"], name="preference_once")]

    def __str__(self) -> str:
        return f"{self.get_group_display()}：{self.get_mode_display()}"


class TextNumber(models.Model):
    """The mobile number somebody gave for short messages about days that are close."""

    user = models.OneToOneField(
        settings.AUTH_USER_MODEL, models.PROTECT, primary_key=True, related_name="text_number"
    )
    number = SealedTextField("手机号")

    class Meta:
        verbose_name = "短信号码"

    def __str__(self) -> str:
        return f"{self.number[:3]}****{self.number[-4:]}"


class TextLog(models.Model):
    """What the gateway that only logs would have sent; like a real one it can be asked whether it did."""

    name = models.CharField(max_length=60, unique=True)
    to = models.CharField("号码", max_length=20)  # masked
    words = models.TextField("内容")
    at = models.DateTimeField(auto_now_add=True)

    class Meta:
        verbose_name = "短信记录"

    def __str__(self) -> str:
        return self.words


class Feed(models.Model):
    """A calendar somebody's programme may read: whoever has the address, has it. Only its hash is kept."""

    user = models.OneToOneField(settings.AUTH_USER_MODEL, models.PROTECT, related_name="feed")
    digest = models.CharField(max_length=64, unique=True)
    made_at = models.DateTimeField("生成时间", default=timezone.now)
    read_at = models.DateTimeField("最近读取", null=True)

    class Meta:
        verbose_name = "日历订阅"

    def __str__(self) -> str:
        return str(self.user)

    @staticmethod
    def digest_of(secret: str) -> str:
        return hashlib.sha256(secret.encode()).hexdigest()

    @classmethod
    def made_for(cls, user) -> str:
        """The secret of a new address; one that was there before leads nowhere from now on."""
        secret = secrets.token_urlsafe(32)
        cls.objects.update_or_create(
            user=user,
            defaults={"digest": cls.digest_of(secret), "made_at": timezone.now(), "read_at": None},
        )
        return secret


class Release(models.Model):
    """Code that has run here: its digest, and since when."""

    digest = models.CharField("SHA-256", max_length=64, primary_key=True)
    at = models.DateTimeField("自", default=timezone.now)

    class Meta:
        verbose_name = "程序版本"

    def __str__(self) -> str:
        return self.digest[:12]
