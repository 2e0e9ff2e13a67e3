"""Which trainings, entries and reports a person may see. A queryset knows no model but its own."""

from collections.abc import Iterable
from datetime import date
from decimal import Decimal

from django.db.models import Exists, OuterRef, Q, QuerySet, Sum

from cqo_portal.accounts.models import AT_AN_INSTITUTION, AT_AN_OFFICE, Role
from cqo_portal.accounts.scope import NOTHING, within_area
from cqo_portal.audit.append_only import AppendOnlyQuerySet
from cqo_portal.parties.queries import SearchableQuerySet

ZERO = Decimal(0)


def _organised_within(acting) -> Q:
    """Held by whoever one acts for; for an office also by those below it and by providers these commissioned."""
    if acting.role == Role.PROVIDER:
        return Q(institution=acting.institution_id)
    if acting.role in AT_AN_OFFICE:
        return within_area(acting) | within_area(acting, "institution__commissions__office")
    return NOTHING


class CommissionQuerySet(QuerySet):
    def visible_to(self, user) -> "CommissionQuerySet":
        """Who is commissioned is no secret among offices; a provider sees its own."""
        acting = user.acting
        if acting is None:
            return self.none()
        if acting.role == Role.PROVIDER:
            return self.filter(institution=acting.institution_id)
        return self if acting.role in AT_AN_OFFICE else self.none()

    def covering(self, first_day: date, last_day: date) -> "CommissionQuerySet":
        """Those that held on every day from the first to the last."""
        return self.filter(
            Q(last_day=None) | Q(last_day__gte=last_day),
            Q(ended_on=None) | Q(ended_on__gte=last_day),
            first_day__lte=first_day,
        )


class CourseQuerySet(SearchableQuerySet):
    def visible_to(self, user) -> "CourseQuerySet":
        return self.filter(_organised_within(user.acting)).distinct() if user.acting else self.none()

    def of_organiser(self, acting) -> "CourseQuerySet":
        return self.filter(institution=acting.institution_id, office=acting.office_id)


class SessionQuerySet(SearchableQuerySet):
    def visible_to(self, user) -> "SessionQuerySet":
        if user.acting is None:
            return self.none()
        within = self.model._base_manager.filter(_organised_within(user.acting), pk=OuterRef("pk"))
        return self.filter(
            Exists(within)
        )  # joined to commissions, a row would come as often as there are any

    def of_organiser(self, acting) -> "SessionQuerySet":
        return self.filter(institution=acting.institution_id, office=acting.office_id)

    def for_list(self) -> "SessionQuerySet":
        return self.select_related("institution", "office", "course").prefetch_related("hours")


class RosterQuerySet(QuerySet):
    def for_list(self) -> "RosterQuerySet":
        return self.select_related("person")


def _overseen(acting) -> Q:
    """Commissioned by this office, held by an office below it, or by this office itself where none is above.

    A provider whom nobody ever commissioned has no office of its own: any province looks after it.
    """
    if acting.role not in AT_AN_OFFICE:
        return NOTHING
    office = acting.office_id
    mine = Q(institution__commissions__office=office) | Q(office__parent=office)
    mine |= Q(office=office, office__parent=None)
    if acting.role == Role.PROVINCE:
        mine |= Q(institution__isnull=False, institution__commissions=None)
    return mine


def _of_own_house(acting, which: str = "") -> Q:
    """Held by the institution or the office one acts for, whatever lies below or above."""
    if acting.role in AT_AN_INSTITUTION:
        return Q(**{f"{which}institution": acting.institution_id})
    return Q(**{f"{which}office": acting.office_id}) if acting.role in AT_AN_OFFICE else NOTHING


class EntryQuerySet(AppendOnlyQuerySet):
    def visible_to(self, user) -> "EntryQuerySet":
        """By whom they were posted, and whose they are. Who serves in an area is asked further up."""
        acting = user.acting
        if acting is None:
            return self.none()
        if acting.role == Role.OFFICER:
            return self.filter(person=acting.person_id)
        if acting.role == Role.BODY:
            return self.filter(institution=acting.institution_id)
        within = self.model._base_manager.filter(_organised_within(acting), pk=OuterRef("pk"))
        return self.filter(Exists(within))

    def overseen_by(self, acting) -> "EntryQuerySet":
        """Of organisers that the office one acts for oversees: the rows of `permissions.oversees_its_organiser`."""
        within = self.model._base_manager.filter(_overseen(acting), pk=OuterRef("pk"))
        return self.filter(Exists(within))

    def standing(self) -> "EntryQuerySet":
        """Neither a reversal nor reversed."""
        return self.filter(reverses=None, reversal=None)

    def counting(self) -> "EntryQuerySet":
        """Standing, and no open question about them."""
        return self.standing().filter(~Exists(self._held()))

    def held(self) -> "EntryQuerySet":
        return self.standing().filter(Exists(self._held()))

    def _held(self) -> QuerySet:
        flags = self.model._meta.get_field("flags").related_model._base_manager
        return flags.filter(entry=OuterRef("pk")).filter(Q(settlement=None) | Q(settlement__counts=False))

    def balance(self) -> Decimal:
        """The sum of the lines, reversals and all."""
        return self.aggregate(total=Sum("hours"))["total"] or ZERO

    def for_ledger(self) -> "EntryQuerySet":
        return self.select_related(
            "session", "self_report", "institution", "office", "reverses", "reversal"
        ).prefetch_related("flags__settlement")

    def of_people(self, people: Iterable) -> "EntryQuerySet":
        return self.filter(person__in=people)


class SelfReportQuerySet(QuerySet):
    def visible_to(self, user) -> "SelfReportQuerySet":
        acting = user.acting
        if acting is None:
            return self.none()
        if acting.role == Role.OFFICER:
            return self.filter(person=acting.person_id)
        if acting.role == Role.BODY:
            return self.filter(institution=acting.institution_id)
        return self.filter(within_area(acting))

    def waiting(self) -> "SelfReportQuerySet":
        return self.filter(state="waiting")


class FlagQuerySet(AppendOnlyQuerySet):
    def visible_to(self, user) -> "FlagQuerySet":
        """Whoever settles it, whoever held the training, and whose hours they are."""
        acting = user.acting
        if acting is None:
            return self.none()
        if acting.role == Role.OFFICER:
            return self.filter(entry__person=acting.person_id)
        return self.filter(self._about(_overseen(acting) | _of_own_house(acting)))

    def to_settle(self, acting) -> "FlagQuerySet":
        """What the office one acts for has to look at, whoever of its people does."""
        return self.unsettled().filter(self._about(_overseen(acting)))

    def of_own_house(self, acting) -> "FlagQuerySet":
        return self.filter(self._about(_of_own_house(acting)))

    def unsettled(self) -> "FlagQuerySet":
        """Nobody has looked yet, and the entry was not taken back meanwhile."""
        return self.filter(settlement=None, entry__reversal=None)

    def for_list(self) -> "FlagQuerySet":
        return self.select_related(
            "entry__person",
            "entry__session",
            "entry__self_report",
            "entry__institution",
            "entry__office",
            "settlement",
            "explanation",
        )

    def _about(self, which: Q) -> Exists:
        entries = self.model._meta.get_field("entry").related_model._base_manager
        return Exists(entries.filter(which, pk=OuterRef("entry")))


def _drawn_by(acting) -> Q:
    """By the office one acts for, or one below it; cities and provinces draw."""
    if acting.role not in AT_AN_OFFICE:
        return NOTHING
    return Q(office=acting.office_id) | Q(office__parent=acting.office_id)


class DrawQuerySet(QuerySet):
    def visible_to(self, user) -> "DrawQuerySet":
        """The office that draws and those above it; and whoever has entries in it."""
        acting = user.acting
        if acting is None:
            return self.none()
        within = _drawn_by(acting) | _of_own_house(acting, "strata__")
        return self.filter(Exists(self.model._base_manager.filter(within, pk=OuterRef("pk"))))

    def as_a_whole(self, acting) -> "DrawQuerySet":
        """Of which the whole list is seen, not only the part of an organiser."""
        return self.filter(_drawn_by(acting))

    def for_list(self) -> "DrawQuerySet":
        return self.select_related("office")


class DrawnQuerySet(AppendOnlyQuerySet):
    def visible_to(self, user) -> "DrawnQuerySet":
        """Records name people to those who look at them, and to the organiser that entered them."""
        acting = user.acting
        if acting is None:
            return self.none()
        drawn_here = Q(stratum__draw__office=acting.office_id) if acting.role in AT_AN_OFFICE else NOTHING
        return self.filter(drawn_here | _of_own_house(acting, "stratum__"))

    def for_list(self) -> "DrawnQuerySet":
        return self.select_related("stratum", "record__entry").prefetch_related("outcomes")
