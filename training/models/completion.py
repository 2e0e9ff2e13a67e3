"""培训证书: what a provider or an office certifies after a session. Printed once, kept for ever, void by a row of its own."""

import uuid

import pgtrigger
from django.conf import settings
from django.db import models
from django.db.models import F, Func, Q, Value
from django.urls import reverse

from cqo_portal.audit.append_only import AppendOnlyModel
from cqo_portal.jurisdictions.vocabulary import DutyKind
from cqo_portal.parties.models import Office, Person, Searchable
from training.models.organiser import Organised
from training.models.session import Session
from training.queries import CompletionQuerySet

_KINDS = [(kind.value, kind.label) for kind in DutyKind]

# The session's row is locked: of two acts at the same moment one waits, and then finds what the other issued.
_ONCE_WHILE_NOT_VOID = """
    PERFORM 1 FROM training_session WHERE id = NEW.session_id FOR NO KEY UPDATE;
    IF EXISTS (
        SELECT 1 FROM training_completion AS c
        WHERE c.session_id = NEW.session_id AND c.person_id = NEW.person_id
          AND NOT EXISTS (SELECT 1 FROM training_voiding AS v WHERE v.completion_id = c.id)
    ) THEN
        RAISE EXCEPTION 'this person holds a certificate of this session' USING ERRCODE = 'unique_violation';
    END IF;
    RETURN NEW;
"""


class Completion(Organised, Searchable, AppendOnlyModel):
    """One certificate. `name` is the holder's as printed; `kind` the one of the course when it was issued.

    `authority`: whose commission the provider trained under, or the office that held the training itself.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    number = models.CharField("证书编号", max_length=40, unique=True)
    person = models.ForeignKey(Person, models.PROTECT, related_name="completions")
    session = models.ForeignKey(Session, models.PROTECT, related_name="completions")
    authority = models.ForeignKey(Office, models.PROTECT, null=True, related_name="+")
    kind = models.CharField("类别", max_length=12, choices=_KINDS)
    hours = models.JSONField("学时")  # as printed: [[class label, hours]]
    total = models.DecimalField("学时合计", max_digits=7, decimal_places=2)
    issued_on = models.DateField("发证日期")
    rule_edition = models.CharField("规则版本", max_length=40, blank=True)
    clause = models.CharField("条款代号", max_length=40, blank=True)
    cites = models.CharField("条款", max_length=60, blank=True)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    at = models.DateTimeField(auto_now_add=True)

    objects = CompletionQuerySet.as_manager()

    class Meta(AppendOnlyModel.Meta):
        verbose_name = "培训证书"
        indexes = [
            *Searchable.Meta.indexes,
            models.Index(fields=["-issued_on", "-id"], name="completion_newest"),
            models.Index(fields=["institution", "-issued_on", "-id"], name="completion_of_institution"),
            models.Index(fields=["authority", "-issued_on", "-id"], name="completion_of_authority"),
        ]
        constraints = [*Organised.Meta.constraints]
        triggers = [
            *AppendOnlyModel.Meta.triggers,
            pgtrigger.Trigger(
                name="once_while_not_void",
                when=pgtrigger.Before,
                operation=pgtrigger.Insert,
                func=_ONCE_WHILE_NOT_VOID,
            ),
        ]

    def __str__(self) -> str:
        return f"{self.name} {self.number}"

    def get_absolute_url(self) -> str:
        return reverse("training:completion", args=[self.pk])

    def search_names(self) -> tuple[str, ...]:
        return (self.name, self.session.name, self.organiser.name)

    def search_codes(self) -> tuple[str, ...]:
        return (self.number,)

    @property
    def is_void(self) -> bool:
        return hasattr(self, "voiding")

    @property
    def is_in_doubt(self) -> bool:
        """Of a row of `with_hours_left`: what was certified does not stand in the ledger any more."""
        return not self.is_void and self.left < self.total


class Imprint(AppendOnlyModel):
    """What was printed: every word, and the very bytes. Kept apart, so that no list reads them."""

    completion = models.OneToOneField(Completion, models.PROTECT, related_name="imprint")
    words = models.JSONField()
    content = models.BinaryField()
    digest = models.CharField("SHA-256", max_length=64)

    class Meta(AppendOnlyModel.Meta):
        verbose_name = "证书印本"
        constraints = [
            models.CheckConstraint(
                condition=Q(
                    digest=Func(Func(F("content"), function="sha256"), Value("hex"), function="encode")
                ),
                name="imprint_digest_is_of_its_bytes",
            )
        ]

    def __str__(self) -> str:
        return self.digest


class Voiding(AppendOnlyModel):
    """作废: the number stays listed, and never counts again."""

    completion = models.OneToOneField(Completion, models.PROTECT, related_name="voiding")
    reason = models.CharField("理由", max_length=300)
    on = models.DateField("作废日期")
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    at = models.DateTimeField(auto_now_add=True)

    class Meta(AppendOnlyModel.Meta):
        verbose_name = "证书作废"
        constraints = [
            models.CheckConstraint(condition=Q(reason__regex=r"\S"), name="voiding_has_its_reason")
        ]

    def __str__(self) -> str:
        return self.reason
