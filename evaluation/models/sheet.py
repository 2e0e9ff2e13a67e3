"""评分表: what an expert writes alone, and what was signed. A working copy is edited; a signed one is another table."""

import uuid

import pgtrigger
from django.conf import settings
from django.db import models
from django.db.models import Q
from django.urls import reverse

from cqo_portal.audit.append_only import AppendOnlyModel
from cqo_portal.audit.attested import on_record
from cqo_portal.parties.models import Person
from evaluation.models.application import Proof
from evaluation.models.calibration import CalibrationCase
from evaluation.models.panel import Panellist
from evaluation.queries import SheetQuerySet, SignedSheetQuerySet

# The sheet's row is held for as long as a mark is written: signing waits for it, and what comes after is refused.
# Nothing moves from one sheet to another: so a signed one would be emptied, or an open one filled by somebody else.
_ONLY_WHILE_OPEN = """
    IF TG_OP = 'UPDATE' AND NEW.{of} IS DISTINCT FROM OLD.{of} THEN
        RAISE EXCEPTION '% stay where they were written', TG_TABLE_NAME;
    END IF;
    PERFORM 1 FROM evaluation_sheet
    WHERE id = {sheet} AND state = 'open' FOR SHARE;
    IF NOT FOUND THEN
        RAISE EXCEPTION 'the sheet is signed or set aside: % stay as they are', TG_TABLE_NAME;
    END IF;
    RETURN COALESCE(NEW, OLD);
"""
_OF_A_MARK = "COALESCE(NEW.sheet_id, OLD.sheet_id)"
_OF_A_PIN = "(SELECT sheet_id FROM evaluation_mark WHERE id = COALESCE(NEW.mark_id, OLD.mark_id))"


def _only_while_open(sheet: str, *, of: str) -> pgtrigger.Trigger:
    return pgtrigger.Trigger(
        name="only_while_open",
        when=pgtrigger.Before,
        operation=pgtrigger.Insert | pgtrigger.Update | pgtrigger.Delete,
        func=_ONLY_WHILE_OPEN.format(sheet=sheet, of=of),
    )


# The first version is the signing of an open sheet while the panel scores; a later one a revision while it deliberates.
_IN_ITS_TIME = """
    IF NOT EXISTS (
        SELECT 1 FROM evaluation_sheet AS s
        LEFT JOIN evaluation_panellist AS p ON p.id = s.panellist_id
        LEFT JOIN evaluation_evaluation AS e ON e.id = p.evaluation_id
        WHERE s.id = NEW.sheet_id AND (
            (NEW.number = 1 AND s.state = 'open' AND (e.id IS NULL OR (e.state = 'scoring' AND p.state = 'serving')))
            OR (NEW.number > 1 AND s.state = 'signed' AND e.state = 'consensus' AND p.state = 'serving')
        )
    ) THEN
        RAISE EXCEPTION 'version % of this sheet cannot be signed now', NEW.number;
    END IF;
    RETURN NEW;
"""

_KEEPS_ITS_OWNER = """
    IF (NEW.panellist_id, NEW.calibration_id, NEW.person_id, NEW.rule_edition)
       IS DISTINCT FROM (OLD.panellist_id, OLD.calibration_id, OLD.person_id, OLD.rule_edition) THEN
        RAISE EXCEPTION 'sheet % stays whose it is', OLD.id;
    END IF;
    RETURN NEW;
"""


class Sheet(models.Model):
    """One expert's sheet: of a panel, or of the calibration case."""

    class State(models.TextChoices):
        OPEN = "open", "评分中"
        SIGNED = "signed", "已签署"
        SET_ASIDE = "set_aside", "不予计入"

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    panellist = models.OneToOneField(Panellist, models.PROTECT, null=True, related_name="sheet")
    calibration = models.ForeignKey(CalibrationCase, models.PROTECT, null=True, related_name="sheets")
    person = models.ForeignKey(Person, models.PROTECT, related_name="sheets")
    rule_edition = models.CharField("规则版本", max_length=40)
    state = models.CharField("状态", max_length=10, choices=State.choices, default=State.OPEN)
    opened_at = models.DateTimeField("打开时间", auto_now_add=True)
    moved_at = models.DateTimeField(auto_now_add=True)

    objects = SheetQuerySet.as_manager()

    class Meta:
        verbose_name = "评分表"
        constraints = [
            models.CheckConstraint(
                condition=Q(panellist__isnull=False, calibration=None)
                | Q(panellist=None, calibration__isnull=False),
                name="sheet_of_one_thing",
            ),
            models.UniqueConstraint(
                fields=["person", "calibration"],
                condition=Q(calibration__isnull=False),
                name="sheet_calibration_once",
            ),
        ]
        triggers = [
            pgtrigger.Protect(name="sheet_stays", operation=pgtrigger.Delete),
            pgtrigger.Protect(
                name="begins_open", operation=pgtrigger.Insert, condition=~pgtrigger.Q(new__state="open")
            ),
            pgtrigger.Trigger(
                name="keeps_its_owner",
                when=pgtrigger.Before,
                operation=pgtrigger.Update,
                func=_KEEPS_ITS_OWNER,
            ),
        ]

    def __str__(self) -> str:
        about = self.calibration if self.calibration_id else self.panellist.evaluation.number
        return f"{self.person.name}的评分表（{about}）"

    def get_absolute_url(self) -> str:
        return reverse("evaluation:sheet", args=[self.pk])


class Mark(models.Model):
    """One indicator of an open sheet. `version` counts saves: whoever writes on an older one is told so."""

    sheet = models.ForeignKey(Sheet, models.PROTECT, related_name="marks")
    indicator = models.CharField("指标", max_length=12)
    band = models.PositiveSmallIntegerField("档", null=True)
    coefficient = models.DecimalField("系数", max_digits=3, decimal_places=2, null=True)
    comment = models.TextField("评语", blank=True)
    version = models.PositiveIntegerField(default=1)
    saved_at = models.DateTimeField("保存时间", auto_now=True)

    class Meta:
        verbose_name = "评分"
        constraints = [
            models.UniqueConstraint(fields=["sheet", "indicator"], name="mark_once_an_indicator"),
            models.CheckConstraint(
                condition=Q(coefficient=None) | Q(coefficient__gte=0, coefficient__lte=1),
                name="mark_between_nought_and_one",
            ),
            models.CheckConstraint(
                condition=Q(coefficient=None) | Q(band__isnull=False), name="mark_has_its_band_first"
            ),
        ]
        triggers = [_only_while_open(_OF_A_MARK, of="sheet_id")]

    def __str__(self) -> str:
        return f"{self.indicator} {self.coefficient if self.coefficient is not None else '–'}"


class Pin(models.Model):
    """What a mark rests on: a page of a proof, or the interview (no proof)."""

    mark = models.ForeignKey(Mark, models.PROTECT, related_name="pins")
    proof = models.ForeignKey(Proof, models.PROTECT, null=True, related_name="pins")
    page = models.PositiveSmallIntegerField("页", null=True)

    class Meta:
        verbose_name = "依据"
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(
                fields=["mark", "proof", "page"], nulls_distinct=False, name="pin_once_a_place"
            ),
            models.CheckConstraint(
                condition=Q(proof__isnull=False, page__isnull=False) | Q(proof=None, page=None),
                name="pin_a_page_or_the_interview",
            ),
        ]
        triggers = [_only_while_open(_OF_A_PIN, of="mark_id")]

    def __str__(self) -> str:
        return f"{self.proof} 第 {self.page} 页" if self.proof_id else "面试"


class SignedSheet(AppendOnlyModel):
    """A sheet as it was signed. A revision after the sheets were opened is a further version with its reason."""

    sheet = models.ForeignKey(Sheet, models.PROTECT, related_name="versions")
    number = models.PositiveSmallIntegerField("版次", default=1)
    content = models.JSONField()  # as evaluation.sheets.marks.content_of says it
    digest = models.CharField("SHA-256", max_length=64)
    reason = models.TextField("修改理由", blank=True)
    name = models.CharField("签写的姓名", max_length=100)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    at = models.DateTimeField("签署时间", auto_now_add=True)

    objects = SignedSheetQuerySet.as_manager()

    class Meta(AppendOnlyModel.Meta):
        verbose_name = "已签评分表"
        ordering = ["sheet", "number"]
        constraints = [
            models.UniqueConstraint(fields=["sheet", "number"], name="signed_sheet_version_once"),
            models.CheckConstraint(
                condition=Q(number=1) | Q(number__gt=1, reason__regex=r"\S"),
                name="signed_sheet_revised_for_a_reason",
            ),
        ]
        triggers = [
            *AppendOnlyModel.Meta.triggers,
            on_record("evaluation.sheet", column="sheet_id"),
            pgtrigger.Trigger(
                name="in_its_time", when=pgtrigger.Before, operation=pgtrigger.Insert, func=_IN_ITS_TIME
            ),
        ]

    def __str__(self) -> str:
        return f"{self.sheet} 第 {self.number} 版"
