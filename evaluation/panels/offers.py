"""Whom a body may ask onto a panel: its experts in the order of the rule, each with what stands against it."""

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from django.db.models import Count, Max, Q
from django.utils import timezone

from cqo_portal.accounts.models import Assignment, Role
from cqo_portal.jurisdictions.calendar import Months
from cqo_portal.reference import expertise
from cqo_portal.wording import day_full
from evaluation import conflicts, convening
from evaluation.experts.models import Expert
from evaluation.models import Evaluation, Panellist
from evaluation.panels.facts import detected
from evaluation.queries import UNDER_WAY

LOAD = Months(12)  # how far back panels count as load
GONE = ("declined", "recused", "released", "left")


@dataclass(frozen=True)
class Offer:
    """An expert who is not on the panel. `hindrances`: why not now, apart from conflicts; sentences."""

    expert: Expert
    reasons: tuple[str, ...]
    conflicts: tuple[conflicts.Conflict, ...]
    hindrances: tuple[str, ...]

    @property
    def obstacles(self) -> tuple[str, ...]:
        return (*(each.sentence for each in self.conflicts), *self.hindrances)

    @property
    def is_open(self) -> bool:
        return not self.obstacles


def fields_of_the_case(evaluation: Evaluation) -> list[str]:
    """The codes of the fields its enterprise calls for."""
    field = expertise.of_industry(evaluation.application.organisation.industry)
    return [field] if field else []


def offers(
    evaluation: Evaluation, *, today: date, wanted: Collection[str] = (), only: Expert | None = None
) -> tuple[Offer, ...]:
    """Every engaged expert of the body who is not on the panel, the best fit first. `wanted`: codes of fields."""
    engaged = Expert.objects.filter(institution=evaluation.body_id).engaged().select_related("person")
    if only is not None:
        engaged = engaged.filter(pk=only.pk)
    before = dict(evaluation.panellists.values_list("person", "state"))
    experts = {each.person_id: each for each in engaged if before.get(each.person_id, "declined") in GONE}
    against = detected(evaluation, [each.person for each in experts.values()], day=today)
    load, last = _served(experts, today=today)
    reached, staff = _reached(experts), _staff(evaluation, experts)
    ranked = convening.ranking(map(_in_the_rule, experts.values()), expertise.named(wanted), load, last)
    return tuple(
        Offer(
            expert,
            place.reasons,
            against[expert.person_id],
            tuple(
                _hindrances(expert, before.get(expert.person_id), reached.get(expert.person_id), staff, today)
            ),
        )
        for place in ranked
        for expert in (experts[UUID(place.expert.key)],)
    )


def _in_the_rule(expert: Expert) -> convening.Expert:
    return convening.Expert(str(expert.person_id), expert.pinyin, frozenset(expert.field_names))


def _served(people: Collection[UUID], *, today: date) -> tuple[dict[str, int], dict[str, date]]:
    """Of all bodies: panels under way or of the last twelve months, and the day somebody last joined one."""
    recently = Q(evaluation__state__in=UNDER_WAY) | Q(moved_at__date__gte=LOAD.before(today))
    seats = Panellist.objects.filter(person__in=people, state__in=["invited", "serving"]).order_by()
    rows = seats.values("person").annotate(
        load=Count("pk", filter=recently), last=Max("moved_at", filter=Q(state="serving"))
    )
    found = {str(row["person"]): row for row in rows}
    last = {key: timezone.localdate(row["last"]) for key, row in found.items() if row["last"]}
    return {key: row["load"] for key, row in found.items()}, last


def _reached(people: Collection[UUID]) -> Mapping[UUID, bool]:
    """Who has an account, and whether it has an address for codes."""
    held = Assignment.objects.filter(
        role=Role.EXPERT, active=True, user__is_active=True, person__in=people
    ).values_list("person", "user__email")
    found: dict[UUID, bool] = {}
    for person, email in held:
        found[person] = found.get(person, False) or bool(email)
    return found


def _staff(evaluation: Evaluation, people: Collection[UUID]) -> set[UUID]:
    """Whoever also acts for this very body: it reads the report and decides, so its people do not judge.

    Now: it is no interest in the result, and who left the body decides nothing there.
    """
    acting = Assignment.objects.filter(active=True, role=Role.BODY, institution=evaluation.body_id)
    held = Assignment.objects.filter(role=Role.EXPERT, person__in=people, user__assignments__in=acting)
    return set(held.values_list("person", flat=True))


def _hindrances(
    expert: Expert, before: str | None, reached: bool | None, staff: set[UUID], today: date
) -> Iterator[str]:
    if before in GONE:
        yield f"这次评价里{Panellist.State(before).label}，不再邀请。"
    if expert.person_id in staff:
        yield "同时为本评价机构办事，不能又评分又作决定。"
    if not expert.is_free_on(today):
        yield f"本人写明{day_full(expert.busy_until)}以前不承担评价。"
    if reached is None:
        yield "还没有账号，收不到邀请；请先开设账号。"
    elif not reached:
        yield "账号没有登记电子邮箱，收不到签署用的验证码。"
