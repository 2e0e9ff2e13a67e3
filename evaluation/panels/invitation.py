"""What somebody who is asked must know to recognise a conflict; nothing of the file, and no mark."""

from dataclasses import dataclass
from datetime import date

from cqo_portal.reference import expertise
from cqo_portal.reference.queries import industry_name
from evaluation.bodies.standing import clocks_of
from evaluation.models import Panellist
from evaluation.panels.offers import fields_of_the_case
from registry.models import Officer


@dataclass(frozen=True)
class Known:
    """`employers`: (enterprise, from, to) of the candidate, as the register knows them."""

    candidate: str
    enterprise: str
    industry: str
    employers: list[tuple[str, date, date | None]]
    fields: list[str]
    scoring_days: int  # working days for the sheet, once the panel begins


def known(seat: Panellist) -> Known:
    evaluation = seat.evaluation
    application = evaluation.application
    posts = Officer.objects.filter(person=application.person_id).select_related("organisation")
    return Known(
        candidate=application.name,
        enterprise=application.organisation.name,
        industry=industry_name(application.organisation.industry)
        if application.organisation.industry
        else "",
        employers=[
            (post.organisation.name, post.appointed_on, post.ended_on)
            for post in posts.order_by("-appointed_on", "id")
        ],
        fields=expertise.named(fields_of_the_case(evaluation)),
        scoring_days=clocks_of(evaluation.body).scoring,
    )
