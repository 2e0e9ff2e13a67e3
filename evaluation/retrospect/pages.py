"""What the pages show: of oneself, and to a body of those it engaged."""

from dataclasses import dataclass
from datetime import datetime

from evaluation.agreement import FEWEST_PANELS
from evaluation.experts.models import Expert
from evaluation.models import Sheet
from evaluation.retrospect.record import Record
from evaluation.retrospect.served import served_by


def own_page(user) -> dict:
    me = user.acting.person_id
    return {"record": record_of(me, user), "least": FEWEST_PANELS, "own": True}


def expert_page(expert: Expert, user) -> dict:
    practised = practised_on([expert.person_id]).get(expert.person_id)
    record = record_of(expert.person_id, user)
    return {"expert": expert, "record": record, "least": FEWEST_PANELS, "practised": practised}


def record_of(person, user) -> Record:
    return Record(served_by([person], user).get(person, []))


@dataclass(frozen=True)
class Row:
    expert: Expert
    record: Record
    practised: datetime | None


def rows_of(experts, user) -> list[Row]:
    people = [expert.person_id for expert in experts]
    found, practised = served_by(people, user), practised_on(people)
    return [
        Row(each, Record(found.get(each.person_id, [])), practised.get(each.person_id)) for each in experts
    ]


def practised_on(people) -> dict:
    """{person: when a calibration case was last signed}: that it was, and nothing of its marks."""
    signed = Sheet.objects.filter(person__in=people, calibration__isnull=False, state=Sheet.State.SIGNED)
    return dict(signed.order_by("moved_at").values_list("person", "moved_at"))
