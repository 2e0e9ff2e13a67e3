"""Facts that stand against a person or an enterprise, with their finding. Knows no officer and no filing."""

import uuid

import pgtrigger
from django.conf import settings
from django.db import models
from django.db.models import Q
from django.urls import reverse

from cqo_portal.audit.append_only import AppendOnlyModel
from cqo_portal.jurisdictions.vocabulary import AccidentLevel, Fault
from cqo_portal.parties import identifiers
from cqo_portal.parties.models import Office, Organisation, Person
from cqo_portal.sealed import SealedTextField
from registry.incidents.queries import IncidentQuerySet


class Incident(AppendOnlyModel):
    """What was found, and how it was corrected or withdrawn: every word on it is a row of its own.

    About a person (`identity_index` set) or an enterprise. `previous` is the row this one takes the place of;
    the row nobody took the place of is the one that counts, unless it withdraws.
    """

    class Act(models.TextChoices):
        RECORDED = "recorded", "登记"
        CORRECTED = "corrected", "更正"
        WITHDRAWN = "withdrawn", "撤销"

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    act = models.CharField("动作", max_length=10, choices=Act.choices, default=Act.RECORDED)
    previous = models.OneToOneField("self", models.PROTECT, null=True, related_name="following")
    thread = models.UUIDField(editable=False, db_index=True)  # the first row's id: one fact, all its words

    name = models.CharField("姓名", max_length=100, blank=True)
    identity_kind = models.CharField(
        "证件类型", max_length=10, choices=Person.IdentityKind.choices, blank=True
    )
    identity_number = SealedTextField("证件号码", null=True)
    identity_index = models.CharField(max_length=64, blank=True, editable=False)
    organisation = models.ForeignKey(Organisation, models.PROTECT, null=True, related_name="incidents")

    fault = models.CharField("情形", max_length=30, choices=[(f.value, f.label) for f in Fault])
    accident_level = models.CharField(
        "事故等级", max_length=20, choices=[(a.value, a.label) for a in AccidentLevel], blank=True
    )
    responsible = models.BooleanField("负有责任", null=True)  # null: the finding does not say
    occurred_on = models.DateField("发生日期", null=True)
    document_number = models.CharField("认定文书号", max_length=100)
    issued_by = models.CharField("认定机关", max_length=200)
    found_on = models.DateField("认定日期")
    said = models.TextField("认定内容")

    office = models.ForeignKey(Office, models.PROTECT, related_name="incidents")  # whose record it is
    reason = models.TextField("理由", blank=True)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    at = models.DateTimeField(auto_now_add=True)

    objects = IncidentQuerySet.as_manager()

    class Meta(AppendOnlyModel.Meta):
        verbose_name = "不利事实"
        triggers = [
            *AppendOnlyModel.Meta.triggers,
            pgtrigger.Trigger(
                name="one_fact_is_about_one",
                when=pgtrigger.Before,
                operation=pgtrigger.Insert,
                condition=pgtrigger.Q(new__previous__isnull=False),
                func="""
                    IF NOT EXISTS (
                        SELECT 1 FROM incidents_incident earlier
                        WHERE earlier.id = NEW.previous_id AND earlier.identity_index = NEW.identity_index
                          AND (NEW.identity_index <> '' OR earlier.organisation_id = NEW.organisation_id)
                    ) THEN
                        RAISE EXCEPTION 'incident % is not about whom it follows', NEW.id;
                    END IF;
                    RETURN NEW;
                """,
            ),
        ]
        indexes = [
            models.Index(fields=["identity_index"], condition=~Q(identity_index=""), name="incident_person"),
            models.Index(fields=["organisation", "at"], name="incident_organisation"),
            models.Index(fields=["at", "id"], name="incident_at"),
        ]
        constraints = [
            models.CheckConstraint(
                condition=~Q(identity_index="") | Q(organisation__isnull=False),
                name="incident_is_about_somebody",
            ),
            models.CheckConstraint(
                condition=Q(act="recorded", previous=None) | (~Q(act="recorded") & Q(previous__isnull=False)),
                name="incident_follows_what_it_changes",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.about}：{self.get_fault_display()}"

    def get_absolute_url(self) -> str:
        return reverse("incidents:incident", args=[self.thread])

    @property
    def of_a_person(self) -> bool:
        return bool(self.identity_index)

    @property
    def whom(self) -> tuple[str, object]:
        """The one concerned, as a key: the person, or the enterprise where it is about no person."""
        index = self._index()
        return index, None if index else self.organisation_id

    @property
    def about(self) -> str:
        return self.name if self.of_a_person else self.organisation.name

    @property
    def in_force(self) -> bool:
        return self.act != self.Act.WITHDRAWN

    @property
    def masked_identity(self) -> str:
        return identifiers.masked(self.identity_number) if self.identity_number else ""

    @property
    def document(self) -> str:
        """The finding as one writes it: body, number, day."""
        return f"{self.issued_by}《{self.document_number}》（{self.found_on:%Y-%m-%d}）"

    def save(self, **kwargs) -> None:
        self.thread = self.previous.thread if self.previous else self.pk
        self.identity_index = self._index()
        super().save(**kwargs)

    def _index(self) -> str:
        return Person.index_of(self.identity_kind, self.identity_number) if self.identity_number else ""
