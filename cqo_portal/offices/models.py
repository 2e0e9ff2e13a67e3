"""What offices do among themselves: enterprises that register, enterprises that move, work that is handed over."""

import uuid

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.urls import reverse

from cqo_portal.accounts.models import Role
from cqo_portal.audit.append_only import AppendOnlyModel
from cqo_portal.audit.models import Event
from cqo_portal.offices.queries import HandOverQuerySet, LicenceQuerySet, MoveQuerySet, RegistrationQuerySet
from cqo_portal.papers.models import Paper
from cqo_portal.parties.models import Office, Organisation
from cqo_portal.sealed import SealedTextField


class Registration(models.Model):
    """Somebody says to be the clerk of an enterprise; the county looks at the licence before it is believed."""

    class State(models.TextChoices):
        OPENED = "opened", "待交营业执照"
        WAITING = "waiting", "待县级核对"
        ADMITTED = "admitted", "已确认"
        REFUSED = "refused", "未予确认"
        WITHDRAWN = "withdrawn", "已撤回"

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    applicant = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="registrations")
    created_at = models.DateTimeField("登记时间", auto_now_add=True)
    handed_in_at = models.DateTimeField("提交时间", null=True)
    state = models.CharField("状态", max_length=12, choices=State.choices, default=State.OPENED)

    # The office that decides. Of an enterprise on record it is the enterprise's own, whatever was chosen:
    # the applicant is shown only the choice, and so learns nothing.
    office = models.ForeignKey(Office, models.PROTECT, related_name="registrations")
    chosen_office = models.ForeignKey(Office, models.PROTECT, related_name="+")
    organisation = models.ForeignKey(
        Organisation, models.PROTECT, null=True, related_name="registrations"
    )  # once admitted

    credit_code = models.CharField("统一社会信用代码", max_length=18)
    as_printed = models.BooleanField("执照上的校验位确实如此", default=False)
    name = models.CharField("企业名称", max_length=200)
    industry = models.CharField("行业代码", max_length=5)
    persons = models.PositiveIntegerField("从业人员（人）", null=True)
    revenue = models.DecimalField("营业收入（万元）", max_digits=14, decimal_places=2, null=True)
    assets = models.DecimalField("资产总额（万元）", max_digits=14, decimal_places=2, null=True)
    figures_of = models.PositiveSmallIntegerField("数据所属年度")
    size = models.CharField("规模", max_length=20)
    sector = models.CharField("产业", max_length=20)

    clerk_name = models.CharField("经办人", max_length=100)
    phone = SealedTextField("联系电话")
    email = models.EmailField("电子邮箱", max_length=254)

    objects = RegistrationQuerySet.as_manager()

    class Meta:
        verbose_name = "企业注册"
        ordering = ["-created_at", "-id"]
        indexes = [
            models.Index(fields=["office", "state", "created_at"], name="registration_queue"),
            models.Index(fields=["-created_at", "-id"], name="registration_newest"),
            models.Index(fields=["credit_code"], name="registration_code"),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["applicant"],
                condition=Q(state__in=["opened", "waiting"]),
                name="registration_one_under_way",
            ),
            models.CheckConstraint(
                condition=Q(state="admitted", organisation__isnull=False)
                | (~Q(state="admitted") & Q(organisation=None)),
                name="registration_admitted_has_its_enterprise",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.name} · {self.clerk_name}"

    def get_absolute_url(self) -> str:
        return reverse("offices:registration", args=[self.pk])

    @property
    def licence(self) -> "Licence | None":
        """The paper that counts: the last one handed in."""
        return self.licences.order_by("-uploaded_at", "-id").first()

    @property
    def answers(self) -> list[Event]:
        """What the office said when it refused."""
        return list(Event.objects.about(self).filter(action="refuse"))

    @property
    def on_record(self) -> Organisation | None:
        """The enterprise of this credit code that is known already. For offices' eyes only."""
        return Organisation.objects.select_related("office").filter(credit_code=self.credit_code).first()


class Licence(Paper):
    """The business licence of a registration."""

    registration = models.ForeignKey(Registration, models.PROTECT, related_name="licences")
    file = models.FileField(upload_to="licences/%Y/%m/")

    unnamed = "营业执照"
    objects = LicenceQuerySet.as_manager()

    class Meta:
        verbose_name = "营业执照"


class Move(models.Model):
    """An enterprise comes under another county; its open cases go along."""

    class State(models.TextChoices):
        PROPOSED = "proposed", "待接收"
        ACCEPTED = "accepted", "已同意，待生效"
        DONE = "done", "已迁移"
        REFUSED = "refused", "未同意"
        WITHDRAWN = "withdrawn", "已撤回"

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    organisation = models.ForeignKey(Organisation, models.PROTECT, related_name="moves")
    from_office = models.ForeignKey(Office, models.PROTECT, related_name="moves_out")
    to_office = models.ForeignKey(Office, models.PROTECT, related_name="moves_in")
    effective_on = models.DateField("生效日")
    document = models.CharField("依据文件", max_length=100)
    reason = models.TextField("理由")
    state = models.CharField("状态", max_length=12, choices=State.choices, default=State.PROPOSED)
    proposed_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    proposed_at_office = models.ForeignKey(Office, models.PROTECT, related_name="moves_proposed")
    proposed_at = models.DateTimeField("提出时间", auto_now_add=True)
    done_on = models.DateField("办结日期", null=True)
    carried = models.JSONField(default=list)  # what went along, as it was said: [{what, case, now, then}]

    objects = MoveQuerySet.as_manager()

    class Meta:
        verbose_name = "管辖迁移"
        ordering = ["-proposed_at", "-id"]
        indexes = [models.Index(fields=["-proposed_at", "-id"], name="move_newest")]
        constraints = [
            models.UniqueConstraint(
                fields=["organisation"],
                condition=Q(state__in=["proposed", "accepted"]),
                name="move_one_under_way",
            ),
            models.CheckConstraint(
                condition=~Q(from_office=F("to_office")), name="move_leads_to_another_office"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.organisation.name}：{self.from_office.area} → {self.to_office.area}"

    def get_absolute_url(self) -> str:
        return reverse("offices:move", args=[self.pk])

    @property
    def answered_by(self) -> list[Office]:
        """The offices that say yes or no, never the one that proposed it.

        Within a city the other county or the city; across cities the province, and where that proposed, the receiver.
        """
        out, into = self.from_office, self.to_office
        within_one_city = out.parent_id == into.parent_id
        above = out.parent if within_one_city else out.parent.parent
        county = out if self.proposed_at_office_id == into.pk else into
        by_the_county = within_one_city or self.proposed_at_office_id == above.pk
        asked = [county, above] if by_the_county else [above]
        return [office for office in asked if office.pk != self.proposed_at_office_id]


class HandOver(AppendOnlyModel):
    """What somebody had in hand in one role when it ended, and who goes on with it, as it was said then."""

    class Cause(models.TextChoices):
        DISABLED = "disabled", "账号停用"
        WITHDRAWN = "withdrawn", "撤销岗位"

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="hand_overs")
    role = models.CharField("岗位", max_length=12, choices=Role.choices)
    place = models.CharField("机构", max_length=300, blank=True)
    office = models.ForeignKey(Office, models.PROTECT, null=True, related_name="hand_overs")
    organisation = models.ForeignKey(Organisation, models.PROTECT, null=True, related_name="hand_overs")
    cause = models.CharField("原因", max_length=12, choices=Cause.choices)
    reason = models.TextField("说明")
    items = models.JSONField(default=list)  # [{what, label, url, next}]
    remaining = models.JSONField(default=list)  # names of those who hold the same role there
    nobody = models.TextField("无人接手的理由", blank=True)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    at = models.DateTimeField("时间", auto_now_add=True)

    objects = HandOverQuerySet.as_manager()

    class Meta(AppendOnlyModel.Meta):
        verbose_name = "交接清单"
        ordering = ["-at", "-id"]
        indexes = [models.Index(fields=["-at", "-id"], name="hand_over_newest")]
        constraints = [
            models.CheckConstraint(
                condition=~Q(remaining=[]) | ~Q(nobody=""), name="hand_over_nobody_has_its_reason"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.user} · {self.place}{self.get_role_display()}"

    def get_absolute_url(self) -> str:
        return reverse("offices:hand-over", args=[self.pk])
