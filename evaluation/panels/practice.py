"""Before the first panel an expert scores the calibration case of the edition, where it has one."""

from collections.abc import Collection
from uuid import UUID

from django.db.models import Q

from evaluation.models import CalibrationCase, Sheet


def unpractised(people: Collection[UUID], edition: str) -> set[UUID]:
    """Who of these has signed neither the case of this edition nor a sheet of any panel."""
    if not CalibrationCase.objects.filter(rule_edition=edition).exists():
        return set()
    enough = Q(calibration__rule_edition=edition) | Q(panellist__isnull=False)
    signed = Sheet.objects.filter(enough, state=Sheet.State.SIGNED, person__in=people)
    return set(people) - set(signed.values_list("person", flat=True))
