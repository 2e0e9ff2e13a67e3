"""Messages are rows before they are mails: written with their cause, delivered afterwards."""

import hashlib

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone


class MessageQuerySet(models.QuerySet):
    def inbox_of(self, user) -> "MessageQuerySet":
        return self.filter(recipient=user, channel=Message.Channel.INBOX)

    def unread(self) -> "MessageQuerySet":
        return self.filter(read_at=None)

    def claimable(self) -> "MessageQuerySet":
        """Waiting, or claimed by a worker that has been silent past its lease."""
        now = timezone.now()
        return self.filter(channel=Message.Channel.EMAIL).filter(
            Q(state=Message.State.WAITING, not_before__lte=now)
            | Q(state=Message.State.CLAIMED, lease_until__lt=now)
        )


class Message(models.Model):
    """One message to one person through one channel; the same cause never makes a second one."""

    class Channel(models.TextChoices):
        INBOX = "inbox", "站内"
        EMAIL = "email", "邮件"

    class State(models.TextChoices):
        WAITING = "waiting", "待发"
        CLAIMED = "claimed", "发送中"
        SENT = "sent", "已发"
        DEAD = "dead", "发不出"

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
    state = models.CharField("状态", max_length=10, choices=State.choices, default=State.WAITING)
    attempts = models.PositiveSmallIntegerField(default=0)
    not_before = models.DateTimeField(default=timezone.now)
    lease_until = models.DateTimeField(null=True)
    sent_at = models.DateTimeField(null=True)
    error = models.CharField(max_length=300, blank=True)

    objects = MessageQuerySet.as_manager()

    class Meta:
        verbose_name = "消息"
        ordering = ["-id"]
        constraints = [
            models.UniqueConstraint(
                fields=["kind", "subject_type", "subject_id", "cause", "recipient", "channel"],
                name="message_once",
            ),
        ]
        indexes = [
            models.Index(fields=["recipient", "channel", "-id"], name="message_inbox"),
            models.Index(
                fields=["not_before"], name="message_waiting", condition=~Q(state__in=["sent", "dead"])
            ),
        ]

    def __str__(self) -> str:
        return self.title

    @property
    def message_id(self) -> str:
        """The same for every attempt, so that a mail server or reader can drop a second copy."""
        key = f"{self.kind}|{self.subject_type}|{self.subject_id}|{self.cause}|{self.recipient_id}"
        return f"<{hashlib.sha256(key.encode()).hexdigest()[:32]}@cqo-portal>"
