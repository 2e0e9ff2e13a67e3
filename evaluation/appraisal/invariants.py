"""What must hold of every appraisal an enterprise decided; asked by `manage.py check_invariants` with the others."""

from collections.abc import Iterator

from django.db.models import Count, F

from evaluation.appraisal.content import stands
from evaluation.appraisal.models import Appraisal, Decision
from evaluation.invariants import BROKEN, Breach, Check


def _decisions() -> Iterator[Breach]:
    for row in Decision.objects.select_related("appraisal").order_by("pk").iterator(chunk_size=200):
        try:
            same = stands(row)
        except BROKEN as broken:
            yield Breach(row, f"得分不能重新算出：{broken}")
        else:
            if not same:
                yield Breach(row, "内容与摘要不符，或者得分与重新算出的不同")


def _numbers() -> Iterator[Breach]:
    """As many decisions as it was decided: none was taken away."""
    counted = Appraisal.objects.annotate(there=Count("decisions")).exclude(there=F("round"))
    for row in counted.order_by("pk").iterator(chunk_size=200):
        yield Breach(row, f"作过 {row.round} 次决定，留有 {row.there} 版")


CHECKS = (
    Check("企业自行评价的决定", Decision.objects.count, _decisions),
    Check("企业自行评价的版次", Appraisal.objects.count, _numbers),
)
