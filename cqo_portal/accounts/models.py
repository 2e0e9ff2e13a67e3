"""Who signs in, and in which roles they may act."""

from django.contrib.auth.models import AbstractUser
from django.db import models
from django.db.models import Prefetch, Q, prefetch_related_objects
from django.utils.functional import cached_property

from cqo_portal.parties.models import Institution, Office, Organisation, Person


class Role(models.TextChoices):
    ENTERPRISE = "enterprise", "企业经办人"
    OFFICER = "officer", "首席质量官"
    COUNTY = "county", "县级预审岗"
    CITY = "city", "市级备案岗"
    PROVINCE = "province", "省级管理岗"
    BODY = "body", "评价机构"
    EXPERT = "expert", "评价专家"
    PROVIDER = "provider", "培训机构"
    ADMIN = "admin", "系统管理员"


# What a role is a role *at*. A role never reaches beyond its own scope, and never lends its rights.
AT_AN_OFFICE = frozenset({Role.COUNTY, Role.CITY, Role.PROVINCE})
AT_AN_INSTITUTION = frozenset({Role.BODY, Role.PROVIDER})


class User(AbstractUser):
    """A person who signs in. Rights come from the assignment they act in, never from the account."""

    full_name = models.CharField("姓名", max_length=100)
    is_demo = models.BooleanField("演示账号", default=False)
    first_name = last_name = None

    REQUIRED_FIELDS = ["full_name"]

    roles: "list[Assignment]"  # of a signed-in person: see `backends.WithRoles`
    acting: "Assignment | None" = None  # set for the length of a request by `middleware.acting`

    class Meta:
        verbose_name = "用户"

    def __str__(self) -> str:
        return self.full_name or self.username

    def get_full_name(self) -> str:
        return self.full_name

    def get_short_name(self) -> str:
        return self.full_name

    def acting_as(self, assignment: "Assignment | None") -> "User":
        self.acting = assignment
        return self


class AssignmentQuerySet(models.QuerySet):
    def with_scope(self) -> "list[Assignment]":
        """With what each is a role at, and the offices above: one question for each kind of scope somebody has.

        Every page asks this. A join of all kinds, or a prefetch of those nobody has, takes longer to put into words
        than the whole rest of a small page.
        """
        kinds = {
            "office": Office.objects.select_related("parent__parent"),
            "organisation": Organisation.objects.select_related("office__parent__parent"),
            "person": Person.objects.all(),
            "institution": Institution.objects.all(),
        }
        found = list(self)
        for kind, places in kinds.items():
            if held := [role for role in found if getattr(role, f"{kind}_id")]:
                prefetch_related_objects(held, Prefetch(kind, places))
        return found


class Assignment(models.Model):
    """A role of a user: what as, and for whom."""

    user = models.ForeignKey(User, models.PROTECT, related_name="assignments")
    role = models.CharField("岗位", max_length=12, choices=Role.choices)
    office = models.ForeignKey(Office, models.PROTECT, null=True, blank=True, related_name="assignments")
    organisation = models.ForeignKey(
        Organisation, models.PROTECT, null=True, blank=True, related_name="assignments"
    )
    person = models.ForeignKey(Person, models.PROTECT, null=True, blank=True, related_name="assignments")
    institution = models.ForeignKey(
        Institution, models.PROTECT, null=True, blank=True, related_name="assignments"
    )
    active = models.BooleanField("有效", default=True)

    objects = AssignmentQuerySet.as_manager()

    class Meta:
        verbose_name = "岗位"
        ordering = ["id"]
        constraints = [
            models.CheckConstraint(
                name="assignment_office_roles_have_an_office",
                condition=Q(role__in=AT_AN_OFFICE, office__isnull=False)
                | Q(~Q(role__in=AT_AN_OFFICE), office__isnull=True),
            ),
            models.CheckConstraint(
                name="assignment_enterprise_has_an_organisation",
                condition=~Q(role=Role.ENTERPRISE) | Q(organisation__isnull=False),
            ),
            models.CheckConstraint(
                name="assignment_institutions_have_one",
                condition=~Q(role__in=AT_AN_INSTITUTION) | Q(institution__isnull=False),
            ),
            models.UniqueConstraint(
                fields=["user", "role", "office", "organisation", "person", "institution"],
                name="assignment_once",
                nulls_distinct=False,
            ),
        ]

    def __str__(self) -> str:
        """Who acts for oneself is named beside it already."""
        held_at = self.office or self.organisation or self.institution
        return f"{held_at} · {self.get_role_display()}" if held_at else self.get_role_display()

    @cached_property
    def offices(self) -> list[Office]:
        """The offices one acts for, the own one and all under it: asked for once, however many lists offer them."""
        return list(Office.objects.below(self.office)) if self.office else []

    @property
    def place(self) -> str:
        """Where the role is held, as people say it."""
        held_at = self.office or self.organisation or self.institution or self.person
        return str(held_at) if held_at else ""
