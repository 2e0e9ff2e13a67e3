"""The sheets that count, as they were signed: the one place where marks of several experts lie side by side.

Whoever calls this has asked before whether the sheets are open (`EvaluationQuerySet`, state consensus or later).
"""

from collections import defaultdict
from collections.abc import Collection
from dataclasses import dataclass
from decimal import Decimal
from functools import cached_property
from itertools import groupby
from uuid import UUID

from django.db.models import Func, JSONField

from evaluation.frozen import read
from evaluation.models import Evaluation, Sheet, SignedSheet
from evaluation.panel import Marks

INTERVIEW = {"interview": True}  # a pin of a signed sheet that is no page of a paper


@dataclass(frozen=True)
class Member:
    """Somebody who serves, with every version of the own sheet, the first one first."""

    versions: tuple[SignedSheet, ...]

    @cached_property
    def panellist(self):
        return self.versions[0].sheet.panellist

    @property
    def key(self) -> str:
        return str(self.panellist.pk)

    @property
    def name(self) -> str:
        return self.panellist.person.name

    @property
    def is_leader(self) -> bool:
        return self.panellist.is_leader

    @property
    def first(self) -> SignedSheet:
        return self.versions[0]

    @property
    def last(self) -> SignedSheet:
        return self.versions[-1]

    @property
    def marks(self) -> dict[str, dict]:
        """Of the last version: {indicator: {"band", "coefficient", "comment", "pins"}}."""
        return self.last.content["marks"]


def members_of(evaluation: Evaluation) -> tuple[Member, ...]:
    """Leader first. Only panellists that serve and have signed; a sheet set aside counts no more."""
    counted = Sheet.objects.counted().filter(panellist__evaluation=evaluation)
    order = ("-sheet__panellist__is_leader", "sheet__panellist__moved_at", "sheet__panellist", "number")
    signed = SignedSheet.objects.filter(sheet__in=counted).select_related("sheet__panellist__person")
    by_sheet = groupby(signed.order_by(*order), key=lambda each: each.sheet_id)
    return tuple(Member(tuple(versions)) for _, versions in by_sheet)


def coefficients_of(signed: SignedSheet) -> dict[str, Decimal]:
    """{indicator: coefficient} of one signed version."""
    return read({code: mark["coefficient"] for code, mark in signed.content["marks"].items()})


def first_marks_of(evaluation: Evaluation) -> Marks:
    """{panellist: {indicator: coefficient}}, of the versions signed blind."""
    return first_marks_in([evaluation.pk]).get(evaluation.pk, {})


class _Coefficients(Func):
    """{indicator: coefficient} of a signed content, taken out by the database: comments are long and not asked for."""

    template = (
        "(SELECT jsonb_object_agg(key, value->'coefficient') FROM jsonb_each(%(expressions)s->'marks'))"
    )
    output_field = JSONField()


def first_marks_in(evaluations: Collection[UUID]) -> dict[UUID, Marks]:
    """{evaluation: its marks as they were signed blind}, of many at once; one without a signed sheet is left out."""
    counted = Sheet.objects.counted().filter(panellist__evaluation__in=evaluations)
    signed = SignedSheet.objects.first_of_each().filter(sheet__in=counted).order_by("sheet")
    found: dict[UUID, dict] = defaultdict(dict)
    seat = "sheet__panellist"
    for run, panellist, values in signed.values_list(f"{seat}__evaluation", seat, _Coefficients("content")):
        found[run][str(panellist)] = read(values)
    return dict(found)
