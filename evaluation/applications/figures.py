"""What the office that supervises a body reads of its formal reviews (6.4): numbers, and nobody's name."""

from collections import Counter
from collections.abc import Iterator

from django.db.models import Count, Q
from django.utils import timezone

from cqo_portal.jurisdictions import pack
from cqo_portal.wording import grouped
from evaluation.applications.rules import grounds_of
from evaluation.bodies.figures import Figure, add_figures
from evaluation.bodies.models import BodyRecord
from evaluation.models import Application, Refusal

S = Application.State


@add_figures
def figures(record: BodyRecord) -> Iterator[Figure]:
    """How many wait, how many of them too long, and on which grounds others were turned down."""
    found = Application.objects.filter(body=record.institution_id).aggregate(
        waiting=Count("pk", filter=Q(state=S.SUBMITTED)),
        late=Count("pk", filter=Q(state=S.SUBMITTED, due_on__lt=timezone.localdate())),
        returned=Count("pk", filter=Q(state=S.RETURNED)),
        refused=Count("pk", filter=Q(state=S.REFUSED)),
    )
    late = f"其中 {grouped(found['late'])} 件已过期限" if found["late"] else "都在期限以内"
    yield Figure("待形式审查", grouped(found["waiting"]), late if found["waiting"] else "")
    yield Figure("待申请人补充", grouped(found["returned"]))
    yield Figure("不予受理", grouped(found["refused"]), _by_ground(record))


def _by_ground(record: BodyRecord) -> str:
    """Each ground in the words of the edition it was judged by."""
    of_the_body = Refusal.objects.filter(application__body=record.institution_id).order_by()
    said: Counter[str] = Counter()
    for ground, edition, number in of_the_body.values_list("ground", "application__rule_edition").annotate(
        number=Count("pk")
    ):
        words = {each.key: f"{each.label}（{each.cites}）" for each in grounds_of(pack(edition))}
        said[words.get(ground, ground)] += number
    return "；".join(f"{words} {grouped(number)} 件" for words, number in sorted(said.items()))
