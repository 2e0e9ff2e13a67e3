"""评价证书: the number that was given, every word that was printed, and the very bytes. None of it is ever written anew."""

import uuid
from datetime import date
from functools import cached_property

import pgtrigger
from django.db import models
from django.db.models import F, Func, Q, Value
from django.urls import reverse

from certificates.queries import CertificateQuerySet
from certificates.validity import Change, Standing, Validity, standing
from cqo_portal.audit.append_only import AppendOnlyModel
from cqo_portal.audit.attested import on_record
from cqo_portal.jurisdictions import pack
from cqo_portal.jurisdictions.scheme import CertificateRule
from cqo_portal.parties.models import Institution, Organisation, Person, Searchable
from evaluation.models import Decision

# What is written later is how it stands, that it was sent, and what kept it from being made; and how it is found.
_GIVEN_STAYS = """
    IF to_jsonb(NEW) - '{state,moved_at,sent_at,trouble,pinyin,haystack,search}'::text[]
       IS DISTINCT FROM to_jsonb(OLD) - '{state,moved_at,sent_at,trouble,pinyin,haystack,search}'::text[]
       OR (OLD.sent_at IS NOT NULL AND NEW.sent_at IS DISTINCT FROM OLD.sent_at) THEN
        RAISE EXCEPTION 'certificate % stays as it was issued', OLD.number;
    END IF;
    IF NEW.sent_at IS DISTINCT FROM OLD.sent_at AND NOT EXISTS (
        SELECT 1 FROM audit_event
        WHERE subject_type = 'certificates.certificate' AND subject_id = NEW.id::text AND action = 'send'
          AND transaction = pg_current_xact_id()::text::bigint
    ) THEN
        RAISE EXCEPTION 'certificate % was sent without a record', OLD.number;
    END IF;
    IF OLD.state = 'prepared' AND NEW.state = 'valid' AND NOT EXISTS (
        SELECT 1 FROM certificates_rendering WHERE certificate_id = OLD.id
    ) THEN
        RAISE EXCEPTION 'certificate % is in force once it is printed and signed', OLD.number;
    END IF;
    RETURN NEW;
"""

# A certificate follows from a decision that was published, and says of whom, by whom and with which grade just that.
_FOLLOWS_FROM_ITS_DECISION = """
    PERFORM 1 FROM evaluation_decision AS d
    JOIN evaluation_publication AS p ON p.decision_id = d.id
    JOIN evaluation_evaluation AS e ON e.id = d.evaluation_id
    JOIN evaluation_application AS a ON a.id = e.application_id
    WHERE d.id = NEW.decision_id AND d.grade = NEW.grade AND d."on" = NEW.evaluated_on
      AND e.body_id = NEW.body_id AND e.rule_edition = NEW.rule_edition
      AND a.person_id = NEW.person_id AND a.organisation_id = NEW.organisation_id;
    IF NOT FOUND OR NEW.state <> 'prepared' THEN
        RAISE EXCEPTION 'certificate % does not follow from its decision', NEW.number;
    END IF;
    RETURN NEW;
"""


class Certificate(Searchable):
    """`name` is the holder's as printed. `state` is what was recorded last; what holds on a day says `standing_on`."""

    class State(models.TextChoices):
        PREPARED = "prepared", "制证中"
        VALID = "valid", "有效"
        SUSPENDED = "suspended", "暂停"
        DISCONTINUED = "discontinued", "中止"
        VOID = "void", "作废"
        SUPERSEDED = "superseded", "已换证"

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    number = models.CharField("证书编号", max_length=40, unique=True)
    body_code = models.CharField("机构代号", max_length=10)
    year = models.PositiveSmallIntegerField("年份")
    serial = models.PositiveIntegerField("流水号")

    decision = models.ForeignKey(Decision, models.PROTECT, related_name="certificates")
    body = models.ForeignKey(Institution, models.PROTECT, related_name="certificates")
    person = models.ForeignKey(Person, models.PROTECT, related_name="certificates")
    organisation = models.ForeignKey(Organisation, models.PROTECT, related_name="certificates")
    grade = models.CharField("评价等级", max_length=10)
    rule_edition = models.CharField("规则版本", max_length=40)
    evaluated_on = models.DateField("评价日期")
    first_day = models.DateField("起始日期")
    last_day = models.DateField("截止日期")
    reapply_opens = models.DateField("可以申请再评价的日期")
    reapply_by = models.DateField("应当申请再评价的日期")
    activities = models.PositiveSmallIntegerField("每个证书年的继续教育活动（次）", default=1)
    replaces = models.ForeignKey("self", models.PROTECT, null=True, related_name="replaced_by")

    state = models.CharField("状态", max_length=14, choices=State.choices, default=State.PREPARED)
    moved_at = models.DateTimeField(auto_now_add=True)
    issued_at = models.DateTimeField("签发时间", auto_now_add=True)
    sent_at = models.DateTimeField("送达时间", null=True)
    trouble = models.CharField("没有制成的原因", max_length=300, blank=True)

    # How a paper is found by whoever holds it: by its number with the code, or with the name. A guess misses an index.
    by_code = models.CharField(max_length=64, unique=True, editable=False)
    by_name = models.CharField(max_length=64, unique=True, editable=False)

    objects = CertificateQuerySet.as_manager()

    class Meta:
        verbose_name = "评价证书"
        indexes = [
            *Searchable.Meta.indexes,
            models.Index(fields=["-issued_at", "-id"], name="certificate_newest"),
            models.Index(fields=["body", "-issued_at", "-id"], name="certificate_of_body"),
            models.Index(fields=["body", "last_day", "id"], name="certificate_ending"),
            # Counted without the rows themselves, which are broad: what tells whose they are lies beside the key.
            models.Index(
                fields=["last_day", "id"],
                include=["organisation", "body", "state"],
                condition=Q(state__in=["valid", "suspended", "superseded"]),
                name="certificate_by_end",
            ),
            *(
                models.Index(
                    fields=["last_day", "id"],
                    include=["organisation", "body"],
                    condition=Q(state=state),
                    name=f"certificate_{state}",
                )
                for state in ("suspended", "superseded")
            ),
            models.Index(
                fields=["-issued_at", "-id"],
                include=["organisation", "body", "state"],
                condition=Q(state__in=["discontinued", "void"]),
                name="certificate_lost",
            ),
            models.Index(fields=["organisation", "-issued_at"], name="certificate_of_enterprise"),
            models.Index(fields=["person", "-issued_at"], name="certificate_of_person"),
            models.Index(fields=["issued_at"], condition=Q(state="prepared"), name="certificate_being_made"),
        ]
        constraints = [
            models.UniqueConstraint(fields=["body_code", "year", "serial"], name="certificate_serial_once"),
            models.UniqueConstraint(
                fields=["decision"], condition=~Q(state="void"), name="certificate_one_of_a_decision"
            ),
            models.UniqueConstraint(
                fields=["person"],
                condition=Q(state__in=["valid", "suspended"]),
                name="certificate_one_in_force",
            ),
            models.UniqueConstraint(
                fields=["person"], condition=Q(state="prepared"), name="certificate_one_being_made"
            ),
            models.UniqueConstraint(
                fields=["replaces"], condition=~Q(state="void"), name="certificate_replaced_once"
            ),
            models.CheckConstraint(
                condition=Q(first_day__lte=F("last_day"))
                & Q(reapply_opens__lt=F("reapply_by"))
                & Q(reapply_by__lt=F("last_day")),
                name="certificate_days_in_order",
            ),
            models.CheckConstraint(
                condition=Q(serial__gte=1, activities__gte=1), name="certificate_counts_from_one"
            ),
        ]
        triggers = [
            pgtrigger.Protect(name="certificate_stays", operation=pgtrigger.Delete),
            pgtrigger.Trigger(
                name="follows_from_its_decision",
                when=pgtrigger.Before,
                operation=pgtrigger.Insert,
                func=_FOLLOWS_FROM_ITS_DECISION,
            ),
            pgtrigger.Trigger(
                name="given_stays_given",
                when=pgtrigger.Before,
                operation=pgtrigger.Update,
                func=_GIVEN_STAYS,
            ),
        ]

    def __str__(self) -> str:
        return f"{self.name} {self.number}"

    def get_absolute_url(self) -> str:
        return reverse("certificates:certificate", args=[self.pk])

    def search_names(self) -> tuple[str, ...]:
        return (self.name, self.organisation.name)

    def search_codes(self) -> tuple[str, ...]:
        return (self.number, self.organisation.credit_code)

    @property
    def rule(self) -> CertificateRule:
        return pack(self.rule_edition).certificate

    @property
    def validity(self) -> Validity:
        return Validity(self.first_day, self.last_day, self.reapply_opens, self.reapply_by)

    @cached_property
    def changes(self) -> list[Change]:
        """What its acts made of it, in the order they were recorded."""
        return [each.change for each in self.acts.all() if each.led_to]

    def standing_on(self, day: date) -> Standing:
        """As known now."""
        return standing(self.validity, self.changes, day=day)


class Imprint(AppendOnlyModel):
    """Every word on the paper. The paper is made of them alone."""

    certificate = models.OneToOneField(Certificate, models.PROTECT, related_name="imprint")
    words = models.JSONField()
    digest = models.CharField("SHA-256", max_length=64)  # of the words
    at = (
        models.DateTimeField()
    )  # printed into the paper, so that it comes out the same when it is made once more

    class Meta(AppendOnlyModel.Meta):
        verbose_name = "证书文字"
        triggers = [
            *AppendOnlyModel.Meta.triggers,
            on_record("certificates.certificate", column="certificate_id"),
        ]

    def __str__(self) -> str:
        return self.digest


class Signing(AppendOnlyModel):
    """That the key is about to sign these bytes: written down before it does, so that no signature goes without a record."""

    certificate = models.ForeignKey(Certificate, models.PROTECT, related_name="signings")
    unsigned = models.CharField("签名前的 SHA-256", max_length=64)
    fingerprint = models.CharField("签名证书的 SHA-256", max_length=64)
    at = models.DateTimeField()

    class Meta(AppendOnlyModel.Meta):
        verbose_name = "签名记录"
        ordering = ["id"]

    def __str__(self) -> str:
        return f"{self.certificate} {self.at:%Y-%m-%d %H:%M}"


class Rendering(AppendOnlyModel):
    """The signed PDF: what every download gives, for ever."""

    certificate = models.OneToOneField(Certificate, models.PROTECT, related_name="rendering")
    signing = models.OneToOneField(Signing, models.PROTECT, related_name="rendering")
    content = models.BinaryField()
    size = models.PositiveIntegerField("大小（字节）")
    digest = models.CharField("SHA-256", max_length=64, unique=True)
    at = models.DateTimeField(auto_now_add=True)

    class Meta(AppendOnlyModel.Meta):
        verbose_name = "电子证书"
        constraints = [
            models.CheckConstraint(
                condition=Q(
                    digest=Func(Func(F("content"), function="sha256"), Value("hex"), function="encode")
                ),
                name="rendering_digest_is_of_its_bytes",
            )
        ]
        triggers = [
            *AppendOnlyModel.Meta.triggers,
            on_record("certificates.certificate", column="certificate_id"),
        ]

    def __str__(self) -> str:
        return self.digest
