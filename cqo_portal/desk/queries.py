"""What a person finds on the desk, in the register, in a dossier and on the rules pages."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta

from django.db.models import Count, Q, QuerySet

from cqo_portal.accounts.models import Role
from cqo_portal.audit.models import Event
from cqo_portal.jurisdictions import all_packs
from cqo_portal.jurisdictions.schema import RulePack
from cqo_portal.notifications.models import Message
from cqo_portal.parties.models import Office
from registry.models import Filing, Officer

SHOWN_ON_THE_DESK = 12
ENDING_WITHIN = timedelta(days=90)

TEMPLATES = {
    Role.ENTERPRISE: "desk/enterprise.html",
    Role.COUNTY: "desk/county.html",
    Role.CITY: "desk/city.html",
    Role.PROVINCE: "desk/city.html",
    Role.OFFICER: "desk/officer.html",
}


@dataclass(frozen=True)
class Desk:
    """One screen: what awaits me, what awaits others, what was said to me."""

    template: str
    today: date
    acting: object
    awaiting: list[Filing] = field(default_factory=list)
    counts: Mapping[str, int] = field(default_factory=dict)
    others: list[Filing] = field(default_factory=list)
    messages: list[Message] = field(default_factory=list)
    officer: Officer | None = None
    posts: list[Officer] = field(default_factory=list)
    ending: list[Officer] = field(default_factory=list)
    areas: list = field(default_factory=list)


def desk_of(user, *, today: date) -> Desk:
    role = user.acting.role if user.acting else None
    seen = Filing.objects.visible_to(user)
    officers = Officer.objects.visible_to(user)
    regulator = role in (Role.COUNTY, Role.CITY, Role.PROVINCE)
    return Desk(
        template=TEMPLATES.get(role, "desk/other.html"),
        today=today,
        acting=user.acting,
        awaiting=list(Filing.objects.awaiting(user).for_list()[:SHOWN_ON_THE_DESK]),
        counts=_counts(seen, officers, today=today),
        others=list(_with_others(seen, user).for_list()[:SHOWN_ON_THE_DESK]),
        messages=list(Message.objects.inbox_of(user)[:6]),
        officer=officers.in_office().for_list().first() if role == Role.ENTERPRISE else None,
        posts=list(officers.for_list().order_by("-appointed_on")) if role == Role.OFFICER else [],
        ending=list(_ending(officers, today=today).for_list()[:6]) if regulator else [],
        areas=_areas(user.acting) if role in (Role.CITY, Role.PROVINCE) else [],
    )


def _counts(seen: QuerySet, officers: QuerySet, *, today: date) -> dict[str, int]:
    states = {state: Count("pk", filter=Q(state=state)) for state in Filing.State.values}
    counted = seen.order_by().aggregate(**states)
    return counted | {
        "in_office": officers.in_office().count(),
        "ending": _ending(officers, today=today).count(),
    }


def _with_others(seen: QuerySet, user) -> QuerySet:
    mine = Filing.objects.awaiting(user).order_by().values("pk")
    return seen.under_way().exclude(pk__in=mine).order_by("-moved_at", "-id")


def _ending(officers: QuerySet, *, today: date) -> QuerySet:
    return officers.in_office().filter(term_ends__lte=today + ENDING_WITHIN).order_by("term_ends", "id")


def _areas(acting) -> list[Office]:
    """Each county of the city (or city of the province) with what lies where."""
    return list(
        Office.objects.filter(parent=acting.office, active=True)
        .annotate(
            at_county=Count("filings", filter=Q(filings__state="at_county"), distinct=True),
            at_city=Count("filings", filter=Q(filings__state="at_city"), distinct=True),
            filed=Count("officers", filter=Q(officers__ended_on=None), distinct=True),
        )
        .order_by("code")
    )


class RegisterQuery:
    """The register as its address says: `?q=`, `?office=`, `?standing=active|ending|ended`."""

    STANDINGS = (("active", "在任"), ("ending", "90 天内到期"), ("ended", "已离任"))

    def __init__(self, params: Mapping, *, user, today: date) -> None:
        self.text = params.get("q", "").strip()[:60]
        self.user, self.today = user, today
        self.offices = self._offices()
        self.office = params.get("office") if params.get("office") in {o.pk for o in self.offices} else ""
        self.standing = params.get("standing") if params.get("standing") in dict(self.STANDINGS) else ""

    def _offices(self) -> list[Office]:
        office = self.user.acting.office if self.user.acting else None
        return list(Office.objects.below(office).filing()) if office else []

    def rows(self) -> QuerySet:
        found = Officer.objects.visible_to(self.user).for_list().matching(self.text)
        if self.office:
            found = found.filter(office=self.office)
        match self.standing:
            case "active":
                return found.in_office()
            case "ending":
                return found.in_office().filter(term_ends__lte=self.today + ENDING_WITHIN)
            case "ended":
                return found.exclude(ended_on=None)
        return found

    @property
    def narrowed(self) -> bool:
        return bool(self.text or self.office or self.standing)


def dossier_of(officer: Officer, *, user, today: date) -> dict:
    """One officer: the post, the other posts of the same person, every act, and who looked."""
    acts = Event.objects.about(officer.filing).exclude(action=Event.LOOK).exclude(after="")
    looks = Event.objects.filter(
        Q(subject_type="parties.person", subject_id=str(officer.person_id))
        | Q(subject_type="registry.filing", subject_id=str(officer.filing_id)),
        action=Event.LOOK,
    )
    return {
        "officer": officer,
        "today": today,
        "other_posts": list(
            Officer.objects.visible_to(user)
            .filter(person=officer.person)
            .exclude(pk=officer.pk)
            .for_list()
            .order_by("-appointed_on")
        ),
        "timeline": list(acts.order_by("-id")),
        "looks": list(looks.order_by("-id")[:20]),
        "organisation": officer.organisation,
    }


def rules_page(editions: tuple[RulePack, ...], *, chosen: str | None) -> dict:
    """One edition to read, the newest unless the address names another."""
    pack = next((known for known in editions if known.edition == chosen), editions[-1])
    return {"pack": pack, "editions": editions, "packs": all_packs()}
