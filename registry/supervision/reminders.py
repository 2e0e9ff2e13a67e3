"""更换建议: the day by which the enterprise is asked to answer."""

from collections.abc import Collection
from datetime import date

from django.db.models import F, QuerySet

from cqo_portal.accounts.models import Role
from cqo_portal.jurisdictions import pack
from cqo_portal.notifications.catalogue import Group
from cqo_portal.reminders.catalogue import Audience, Reminder, add
from cqo_portal.reminders.stages import Stage, Stages
from registry.supervision.models import Suggestion


def unanswered(first: date, last: date) -> list[QuerySet]:
    waiting = Suggestion.objects.filter(state=Suggestion.State.DELIVERED, reply_by__range=(first, last))
    return [waiting.annotate(falls_on=F("reply_by"))]


def _cites(suggestions: Collection[Suggestion]) -> dict:
    return {each.pk: f"{pack(each.rule_edition).title}{each.cites}" for each in suggestions}


add(
    Reminder(
        code="suggestion-unanswered",
        label="更换建议还没有答复",
        clause="各地关于建议更换的条款；答复期限由发出机关写明",
        group=Group.CASES,
        stages=Stages((Stage(-3, "还有 3 天"), Stage(1, "已经逾期", urgent=True))),
        audiences=(
            Audience(Role.ENTERPRISE, "organisation"),
            Audience(Role.COUNTY, "issuer", stages=frozenset({1})),
            Audience(Role.CITY, "issuer", stages=frozenset({1})),
        ),
        due=unanswered,
        subjects=lambda: Suggestion.objects.select_related("organisation", "issuer").defer(
            "search", "haystack"
        ),
        cites=_cites,
    )
)
