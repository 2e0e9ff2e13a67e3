"""Who there is: people, organisations, and the offices that look after them."""

import uuid

from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.db import models

from cqo_portal.parties import identifiers
from cqo_portal.parties.queries import OfficeQuerySet, SearchableQuerySet
from cqo_portal.parties.search import fold, pinyin_key, spelled, terms_of
from cqo_portal.sealed import SealedTextField, blind_index


class Searchable(models.Model):
    """A row found by characters, pinyin, initials or a piece of a code, and listed in pinyin order."""

    name = models.CharField("名称", max_length=200)
    pinyin = models.CharField(max_length=600, editable=False)
    haystack = models.TextField(editable=False)
    search = ArrayField(models.TextField(), editable=False, default=list)

    objects = SearchableQuerySet.as_manager()

    class Meta:
        abstract = True
        indexes = [
            GinIndex(fields=["search"], name="%(class)s_search"),
            models.Index(fields=["pinyin", "id"], name="%(class)s_pinyin"),
        ]

    def save(self, **kwargs) -> None:
        self.derive()
        if (fields := kwargs.get("update_fields")) is not None:
            kwargs["update_fields"] = {*fields, "pinyin", "search", "haystack"}
        super().save(**kwargs)

    def derive(self) -> None:
        """What a row is found by, from what it says."""
        names, codes = self.search_names(), self.search_codes()
        self.pinyin = pinyin_key(self.name)[:600]
        self.search = terms_of(*names, codes=codes)
        spellings = [part for name in names for sound in sorted(spelled(name)) for part in sound]
        self.haystack = " ".join(fold(text) for text in (*names, *codes, *spellings) if text)

    def search_names(self) -> tuple[str, ...]:
        return (self.name,)

    def search_codes(self) -> tuple[str, ...]:
        return ()


class Office(models.Model):
    """A filing office (管辖机构): a thing of its own beside the division code."""

    class Level(models.TextChoices):
        PROVINCE = "province", "省级"
        CITY = "city", "市级"
        COUNTY = "county", "县级"

    code = models.CharField("代码", max_length=12, primary_key=True)
    name = models.CharField("名称", max_length=100)
    area = models.CharField("辖区", max_length=50)
    level = models.CharField("层级", max_length=10, choices=Level.choices)
    jurisdiction = models.CharField("适用规则", max_length=20)
    parent = models.ForeignKey("self", models.PROTECT, null=True, related_name="children")
    active = models.BooleanField("启用", default=True)

    objects = OfficeQuerySet.as_manager()

    class Meta:
        verbose_name = "管辖机构"
        ordering = ["code"]

    def __str__(self) -> str:
        return self.name

    @property
    def is_in_a_city(self) -> bool:
        """Some counties belong to their province directly."""
        return self.parent is not None and self.parent.level == self.Level.CITY


class Organisation(Searchable):
    """An enterprise, as its latest accepted filing described it."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    credit_code = models.CharField("统一社会信用代码", max_length=18, unique=True)
    office = models.ForeignKey(Office, models.PROTECT, verbose_name="管辖机构", related_name="organisations")
    industry = models.CharField("行业代码", max_length=5, blank=True)
    persons = models.PositiveIntegerField("从业人员（人）", null=True)
    revenue = models.DecimalField("营业收入（万元）", max_digits=14, decimal_places=2, null=True)
    assets = models.DecimalField("资产总额（万元）", max_digits=14, decimal_places=2, null=True)
    size = models.CharField("规模", max_length=20, default="unclassified")
    size_year = models.PositiveSmallIntegerField("规模所属年度", null=True)
    sector = models.CharField("产业", max_length=20, blank=True)

    class Meta(Searchable.Meta):
        verbose_name = "企业"
        indexes = [
            *Searchable.Meta.indexes,
            models.Index(fields=["office", "id"], name="organisation_of_office"),
        ]

    def __str__(self) -> str:
        return self.name

    def search_codes(self) -> tuple[str, ...]:
        return (self.credit_code,)


class Institution(Searchable):
    """A legal person that trains or evaluates. What it may do, and until when, other records say."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    credit_code = models.CharField("统一社会信用代码", max_length=18, unique=True, null=True)
    code = models.CharField("机构代号", max_length=10, unique=True, null=True)  # as printed in its numbers
    contact = models.CharField("联系人", max_length=100, blank=True)
    phone = models.CharField("联系电话", max_length=40, blank=True)  # of the institution, not of a person

    class Meta(Searchable.Meta):
        verbose_name = "机构"
        constraints = [
            models.UniqueConstraint(fields=["name"], name="institution_name_once"),
            models.CheckConstraint(
                condition=models.Q(code=None) | models.Q(code__regex=r"^[A-Z0-9]{2,10}$"),
                name="institution_code_can_be_printed",
            ),
        ]

    def __str__(self) -> str:
        return self.name

    def search_codes(self) -> tuple[str, ...]:
        return (self.credit_code or "", self.code or "")


class Person(Searchable):
    """A natural person. The identity number lies sealed; `identity_index` says whether two are one."""

    class IdentityKind(models.TextChoices):
        RESIDENT = "resident", "居民身份证"
        HKMT = "hkmt", "港澳台居民居住证"
        FOREIGN = "foreign", "外国人永久居留身份证"
        PASSPORT = "passport", "护照"

    class Sex(models.TextChoices):
        UNKNOWN = "0", "未知"
        MALE = "1", "男"
        FEMALE = "2", "女"
        NOT_STATED = "9", "未说明"

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    identity_kind = models.CharField("证件类型", max_length=10, choices=IdentityKind.choices)
    identity_number = SealedTextField("证件号码")
    identity_index = models.CharField(max_length=64, unique=True, editable=False)
    phone = SealedTextField("联系电话", null=True)
    sex = models.CharField("性别", max_length=1, choices=Sex.choices, default=Sex.UNKNOWN)
    born_on = models.DateField("出生日期", null=True)

    class Meta(Searchable.Meta):
        verbose_name = "人员"

    def __str__(self) -> str:
        return self.name

    def derive(self) -> None:
        super().derive()
        self.identity_index = self.index_of(self.identity_kind, self.identity_number)

    @staticmethod
    def index_of(kind: str, number: str) -> str:
        return blind_index(number, purpose=f"identity:{kind}")

    @property
    def masked_identity(self) -> str:
        return identifiers.masked(self.identity_number)
