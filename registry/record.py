"""What is on record of an enterprise and its officer, in the shape a filing says things: what a change starts from."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from functools import cached_property

from cqo_portal.parties.models import Organisation
from cqo_portal.wording import plain_decimal
from registry.models import Filing, Officer

MARKS = ("in_decision_layer", "is_top_manager", "is_safety_director")
FIGURES = frozenset({"enterprise.revenue", "enterprise.assets"})
SIZE_FOLLOWS_FROM = ("industry", "persons", "revenue", "assets")


@dataclass(frozen=True)
class OnRecord:
    """The enterprise, the post a change is of (None: an appointment), and the last day of whoever left last."""

    organisation: Organisation
    post: Officer | None = None
    left_on: date | None = None

    @cached_property
    def said(self) -> dict:
        """{section: {field: value}}, JSON-ready, as `Submission.content` has it."""
        return {
            "enterprise": _enterprise(self.organisation),
            **({"officer": _officer(self.post), "appointment": _appointment(self.post)} if self.post else {}),
        }


def on_record(filing: Filing) -> OnRecord:
    organisation = filing.organisation
    return OnRecord(organisation, filing.post if filing.post_id else None, last_day_of_all(organisation))


def last_day_of_all(organisation: Organisation) -> date | None:
    """The last day of the officer who left last, if any left."""
    ended = organisation.officers.exclude(ended_on=None).order_by("-ended_on")
    return ended.values_list("ended_on", flat=True).first()


def differs(key: str, said, was) -> bool:
    """Whether a field says something else than the record; empty is empty, 8000 is 8000.00."""
    if key in FIGURES:
        return _decimal(said) != _decimal(was)
    return (said or None) != (was or None)


def changed(said: Mapping, was: Mapping) -> dict[str, dict]:
    """{section: {field: new value}} of what a change of data says that is not on record yet."""
    found = {}
    for section, fields in said.items():
        if section not in was or not isinstance(fields, Mapping):
            continue
        on_record = was[section]
        new = {
            name: value
            for name, value in fields.items()
            if name in on_record and differs(f"{section}.{name}", value, on_record[name])
        }
        found |= {section: new} if new else {}
    return found


def _enterprise(organisation: Organisation) -> dict:
    return {
        "credit_code": organisation.credit_code,
        "name": organisation.name,
        "office": organisation.office_id,
        "industry": organisation.industry,
        "persons": organisation.persons,
        "revenue": _plain(organisation.revenue),
        "assets": _plain(organisation.assets),
        "size": organisation.size,
        "size_year": organisation.size_year,
        "sector": organisation.sector,
    }


def _officer(post: Officer) -> dict:
    return {
        "name": post.name,
        "phone": post.person.phone or "",
        "post": post.post,
        "education": post.education,
        "job_title": post.title,
    }


def _appointment(post: Officer) -> dict:
    return {
        **{mark: getattr(post, mark) for mark in MARKS},
        "appointed_on": post.appointed_on.isoformat(),
        "term_ends": post.term_ends.isoformat(),
    }


def _plain(amount: Decimal | None) -> str | None:
    """`8000.00` as one types it: 8000."""
    return None if amount is None else plain_decimal(Decimal(amount))


def _decimal(value) -> Decimal | None:
    return Decimal(value) if value not in (None, "") else None
