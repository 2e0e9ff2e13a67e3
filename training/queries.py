"""Which trainings, entries and reports a person may see. A queryset knows no model but its own."""

from collections.abc import Iterable
from datetime import date, datetime
from decimal import Decimal
from functools import reduce
from operator import or_

from django.apps import apps
from django.db.models import DecimalField, Exists, F, OuterRef, Q, QuerySet, Subquery, Sum
from django.db.models.functions import Coalesce
from django.utils import timezone

from cqo_portal.accounts.models import AT_AN_INSTITUTION, AT_AN_OFFICE, Role
from cqo_portal.accounts.scope import NOTHING, within_area
from cqo_portal.audit.append_only import AppendOnlyQuerySet
from cqo_portal.jurisdictions.vocabulary import DutyKind
from cqo_portal.parties.queries import SearchableQuerySet
from training.above import serving

ZERO = Decimal(0)


def _organised_within(acting, day: str | None = None) -> Q:
    """Held by whoever one acts for; for an office also by those below it and by providers these commissioned.

    Whatever an office oversees lies within (see `_overseen`): what it has to settle it can open. `day`: the column
    that says when it was held; None where it is of no day.
    """
    if acting.role == Role.PROVIDER:
        return Q(institution=acting.institution_id)
    if acting.role in AT_AN_OFFICE:
        return at_or_below(acting) | _looked_after(acting, day, by=at_or_below(acting))
    return NOTHING


def _looked_after(acting, day: str | None, *, by: Q) -> Q:
    """Held by providers that these offices had commissioned by then; before the first commission of all, since then.

    Where nobody commissioned it yet any province looks after it. So nobody sees what was held before he came.
    `permissions.oversees_its_organiser` says the same of one.
    """
    commissions = apps.get_model("training.Commission")._base_manager.filter(
        institution=OuterRef("institution")
    )
    since = commissions.filter(first_day__lte=timezone.localdate())
    then = commissions.filter(first_day__lte=OuterRef(day)) if day else since
    mine = Q(Exists(then.filter(by))) | Q(Exists(since.filter(by))) & ~Q(Exists(then))
    if acting.role == Role.PROVINCE:
        mine |= ~Q(Exists(then)) & ~Q(Exists(since))
    return Q(institution__isnull=False) & mine


def at_or_below(acting, office: str = "office") -> Q:
    """Offices of every tier hold trainings and commission providers: the own one, and all under it."""
    steps = ("", "__parent", "__parent__parent")
    return reduce(or_, (Q(**{f"{office}{step}": acting.office_id}) for step in steps))


def that_train(institutions: QuerySet) -> QuerySet:
    """A body that evaluates is one of them only where somebody commissioned it to train."""
    commissions = institutions.model._meta.get_field("commissions").related_model._base_manager
    bodies = institutions.model._meta.get_field("assignments").related_model._base_manager
    return institutions.filter(
        Exists(commissions.filter(institution=OuterRef("pk")))
        | ~Exists(bodies.filter(institution=OuterRef("pk"), role=Role.BODY))
    )


class CommissionQuerySet(QuerySet):
    def visible_to(self, user) -> "CommissionQuerySet":
        """Who is commissioned is no secret among offices; a provider sees its own."""
        acting = user.acting
        if acting is None:
            return self.none()
        if acting.role == Role.PROVIDER:
            return self.filter(institution=acting.institution_id)
        return self if acting.role in AT_AN_OFFICE else self.none()

    def in_year(self, year: int) -> "CommissionQuerySet":
        """Those that held on some day of a year."""
        return self.filter(
            Q(last_day=None) | Q(last_day__gte=date(year, 1, 1)),
            Q(ended_on=None) | Q(ended_on__gte=date(year, 1, 1)),
            first_day__lte=date(year, 12, 31),
        )

    def covering(self, first_day: date, last_day: date) -> "CommissionQuerySet":
        """Those that held on every day from the first to the last."""
        return self.filter(
            Q(last_day=None) | Q(last_day__gte=last_day),
            Q(ended_on=None) | Q(ended_on__gte=last_day),
            first_day__lte=first_day,
        )


class CourseQuerySet(SearchableQuerySet):
    def visible_to(self, user) -> "CourseQuerySet":
        return self.filter(_organised_within(user.acting)) if user.acting else self.none()

    def of_organiser(self, acting) -> "CourseQuerySet":
        return self.filter(institution=acting.institution_id, office=acting.office_id)


class SessionQuerySet(SearchableQuerySet):
    def visible_to(self, user) -> "SessionQuerySet":
        if user.acting is None:
            return self.none()
        return self.filter(_organised_within(user.acting, "last_day"))

    def of_organiser(self, acting) -> "SessionQuerySet":
        return self.filter(institution=acting.institution_id, office=acting.office_id)

    def for_list(self) -> "SessionQuerySet":
        return self.select_related("institution", "office", "course").prefetch_related("hours")

    def to_post(self, today: date) -> "SessionQuerySet":
        """Over, and not posted: the house's move."""
        return self.filter(state="planned", last_day__lte=today)

    def coming(self, today: date) -> "SessionQuerySet":
        return self.filter(state="planned", last_day__gt=today)


class SessionEvidenceQuerySet(QuerySet):
    def visible_to(self, user) -> "SessionEvidenceQuerySet":
        """Sheets name everybody who came: whoever held the session sees them, and the offices above."""
        sessions = self.model._meta.get_field("session").related_model._base_manager
        seen = sessions.filter(pk=OuterRef("session"))
        return self.filter(Exists(SessionQuerySet.visible_to(seen, user)))

    def current(self) -> "SessionEvidenceQuerySet":
        return self.filter(removed_at=None)


class RosterQuerySet(QuerySet):
    def for_list(self) -> "RosterQuerySet":
        return self.select_related("person")


def _overseen(acting) -> Q:
    """Commissioned by this office or by nobody, held by an office below it, or by itself where none is above."""
    if acting.role not in AT_AN_OFFICE:
        return NOTHING
    office = acting.office_id
    of_an_office = Q(office__parent=office) | Q(office=office, office__parent=None)
    return of_an_office | _looked_after(acting, "on", by=Q(office=office))


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
        return self.filter(_organised_within(acting, "on"))

    def overseen_by(self, acting) -> "EntryQuerySet":
        """Of organisers that the office one acts for oversees: the rows of `permissions.oversees_its_organiser`."""
        return self.filter(_overseen(acting))

    def standing(self) -> "EntryQuerySet":
        """Neither a reversal nor reversed."""
        return self.filter(reverses=None, reversal=None)

    def counting(self) -> "EntryQuerySet":
        """Standing, and no open question about them."""
        return self.standing().filter(~Exists(self._held()))

    def held(self) -> "EntryQuerySet":
        return self.standing().filter(Exists(self._held()))

    def in_question(self) -> "EntryQuerySet":
        """Standing; they wait for an answer, and none says no so far."""
        refused = self._held().filter(settlement__counts=False)
        return self.held().filter(~Exists(refused))

    def _held(self) -> QuerySet:
        flags = self.model._meta.get_field("flags").related_model.objects
        return flags.against().filter(entry=OuterRef("pk"))

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

    def for_list(self) -> "SelfReportQuerySet":
        return self.select_related("person", "office", "institution").prefetch_related("evidence")


class EvidenceQuerySet(AppendOnlyQuerySet):
    def visible_to(self, user) -> "EvidenceQuerySet":
        """The papers of a visible report."""
        reports = self.model._meta.get_field("report").related_model._base_manager
        seen = reports.filter(pk=OuterRef("report"))
        return self.filter(Exists(SelfReportQuerySet.visible_to(seen, user)))


class CompletionQuerySet(SearchableQuerySet, AppendOnlyQuerySet):
    def visible_to(self, user) -> "CompletionQuerySet":
        """Who issued it, whose it is, the enterprise the holder serves, and the offices of either."""
        acting = user.acting
        if acting is None:
            return self.none()
        if acting.role == Role.PROVIDER:
            return self.filter(institution=acting.institution_id)
        if acting.role == Role.OFFICER:
            return self.filter(person=acting.person_id)
        of_those_who_serve = Q(person__in=serving(user))
        if acting.role == Role.ENTERPRISE:
            return self.filter(of_those_who_serve)
        if acting.role in AT_AN_OFFICE:
            return self.filter(at_or_below(acting, "authority") | of_those_who_serve)
        return self.none()

    def standing(self) -> "CompletionQuerySet":
        return self.filter(voiding=None)

    def as_known(self, at: datetime) -> "CompletionQuerySet":
        """Those that stood at a moment."""
        return self.filter(Q(voiding=None) | Q(voiding__at__gt=at), at__lte=at)

    def of_the_appointment_training(self) -> "CompletionQuerySet":
        return self.filter(kind=DutyKind.INITIAL.value)

    def with_hours_left(self) -> "CompletionQuerySet":
        """`left`: what still stands in the ledger of what was certified, and was not found not to count.

        Reversals take away, postings anew add.
        """
        entries = self.model._meta.get_field("session").related_model._meta.get_field("entries").related_model
        learned = entries.objects.filter(session=OuterRef("session"), person=OuterRef("person"))
        learned = learned.exclude(flags__settlement__counts=False)
        balance = learned.order_by().values("person").annotate(sum=Sum("hours")).values("sum")
        return self.annotate(left=Coalesce(Subquery(balance), ZERO, output_field=DecimalField()))

    def in_doubt(self) -> "CompletionQuerySet":
        """Standing, although less stands in the ledger than was certified."""
        return self.standing().with_hours_left().filter(left__lt=F("total"))

    def for_list(self) -> "CompletionQuerySet":
        found = self.with_hours_left().select_related("session", "institution", "office", "voiding")
        return found.defer(
            "search", "haystack", "session__search", "session__haystack", "institution__search"
        )


class ProviderReportQuerySet(QuerySet):
    def visible_to(self, user) -> "ProviderReportQuerySet":
        """The provider's own; offices see those to them and to offices below, once they were handed in."""
        acting = user.acting
        if acting is None:
            return self.none()
        if acting.role == Role.PROVIDER:
            return self.filter(institution=acting.institution_id)
        if acting.role in AT_AN_OFFICE:
            return self.filter(at_or_below(acting, "office")).exclude(state="draft")
        return self.none()


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

    def against(self) -> "FlagQuerySet":
        """What holds an entry back: an open question, or an answer that says no."""
        return self.filter(Q(settlement=None) | Q(settlement__counts=False))

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
