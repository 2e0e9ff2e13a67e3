"""A change: the page that asks first what changed."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from django.core.exceptions import ValidationError

from cqo_portal.parties.models import Organisation
from cqo_portal.ui.fields import DayField
from registry.editions import edition_for
from registry.models import Filing
from registry.pages.deadline import deadline_before, rule_for
from registry.vacancy import vacant_since

K = Filing.Kind


@dataclass(frozen=True)
class Offer:
    """One answer to "what changed?", with what it asks."""

    kind: str
    icon: str
    title: str
    asks: str


OFFERS = (
    Offer(
        K.REPLACEMENT, "swap", "换了人", "填写新任的全部任职内容，以及原任的最后任职日；新任重新判定资格。"
    ),
    Offer(
        K.DATA, "edit", "信息有变化", "企业、人员、岗位的登记内容已经填好，只改变了的几项，并写明从哪一天起。"
    ),
    Offer(K.RENEWAL, "undo", "任期续聘", "同一人续任：填写续聘文件、日期和年数，系统算出新任期。"),
    Offer(K.DEPARTURE, "out", "离任", "填写最后任职日和原因；没有接任的，岗位登记为空缺，以后另报任职。"),
)
CHANGES = frozenset(offer.kind for offer in OFFERS)


def before_change(organisation: Organisation, params: Mapping, *, today: date) -> dict:
    """The first page of a change. `?on=` is the day it took effect: the clock is worked out for it."""
    on, problem = day_typed(params.get("on", ""), today=today)
    return {
        "organisation": organisation,
        "pack": edition_for(organisation.office, today),
        "officer": organisation.officers.in_office().first(),
        "vacant_since": vacant_since(organisation),
        "under_way": organisation.filings.under_way().first(),
        "offers": OFFERS,
        "rule": rule_for(organisation.office, today=today),
        "on": params.get("on", ""),
        "problem": problem,
        "deadline": deadline_before(organisation, on or (None if problem else today), today=today),
        "assumed": on is None,
        "today": today,
    }


def day_typed(text: str, *, today: date) -> tuple[date | None, str]:
    """The day, or a sentence why it is none; nothing typed is neither."""
    try:
        day = DayField(required=False).clean(text)
    except ValidationError as error:
        return None, error.messages[0]
    if day and day > today:
        return None, "生效日在今天之后；变化发生以后再报。"
    return day, ""
