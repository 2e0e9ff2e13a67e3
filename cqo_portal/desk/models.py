"""What a person keeps on the desk: questions asked again and again."""

from django.conf import settings
from django.db import models
from django.urls import reverse


class SavedQueueQuerySet(models.QuerySet):
    def visible_to(self, user) -> "SavedQueueQuerySet":
        """Everybody sees the own ones, of the role they act in: another role's list may not be open to it."""
        if not user.is_authenticated or user.acting is None:
            return self.none()
        return self.filter(user=user, role=user.acting.role)


class SavedQueue(models.Model):
    """A named query of the register or of the filings. It holds a question, never its rows."""

    class Page(models.TextChoices):
        REGISTER = "register", "名录"
        FILINGS = "filings", "备案"

    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="saved_queues")
    role = models.CharField("岗位", max_length=12)
    page = models.CharField("清单", max_length=10, choices=Page.choices)
    name = models.CharField("名称", max_length=30)
    address = models.CharField("查询", max_length=300, blank=True)
    pinned = models.BooleanField("放在工作台", default=True)
    created_at = models.DateTimeField(auto_now_add=True)

    objects = SavedQueueQuerySet.as_manager()

    class Meta:
        verbose_name = "常用查询"
        ordering = ["name", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["user", "role", "name"],
                name="saved_queue_once_a_name",
                violation_error_message="您已经有一个叫这个名称的常用查询，请换一个名称。",
            ),
        ]

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        page = reverse({"register": "desk:register", "filings": "registry:filing-list"}[self.page])
        return f"{page}?{self.address}" if self.address else page


class Heartbeat(models.Model):
    """The last sign of life of a process that nobody sees: `worker@host:1234`."""

    class Kind(models.TextChoices):
        WORKER = "worker", "后台进程"
        BEAT = "beat", "定时器"

    name = models.CharField("进程", max_length=100, primary_key=True)
    kind = models.CharField("种类", max_length=10, choices=Kind.choices)
    at = models.DateTimeField("最近一次", db_index=True)

    class Meta:
        verbose_name = "进程心跳"
        ordering = ["kind", "-at"]

    def __str__(self) -> str:
        return self.name
