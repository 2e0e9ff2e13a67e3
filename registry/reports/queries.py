"""Which reports a person may see, which enterprises owe one, and how they stand."""

from collections.abc import Iterable
from datetime import date

from django.apps import apps
from django.db.models import Case, CharField, Count, Exists, OuterRef, Q, QuerySet, Subquery, Value, When

from cqo_portal.accounts.models import AT_AN_OFFICE, Role
from cqo_portal.accounts.scope import within_scope
from cqo_portal.parties.models import Office, Organisation


class AnnualReportQuerySet(QuerySet):
    def visible_to(self, user) -> "AnnualReportQuerySet":
        """The only door: an office sees what was handed in, an enterprise its own, others nothing."""
        if user.acting is None:
            return self.none()
        mine = self.filter(within_scope(user.acting))
        return mine if user.acting.role == Role.ENTERPRISE else mine.filter(round__gt=0)

    def for_list(self) -> "AnnualReportQuerySet":
        return self.select_related("organisation", "office").defer("draft", "organisation__search")


class RollUpQuerySet(QuerySet):
    def visible_to(self, user) -> "RollUpQuerySet":
        return self.filter(office__in=offices_visible_to(user))


def offices_visible_to(user) -> QuerySet:
    """The offices whose roll-ups a person may see: the own one and those below it."""
    if user.acting is None or user.acting.role not in AT_AN_OFFICE:
        return Office.objects.none()
    return Office.objects.below(user.acting.office)


def counties_of(office: Office) -> Q:
    """Organisations that belong to an office of any level."""
    match office.level:
        case Office.Level.COUNTY:
            return Q(office=office)
        case Office.Level.CITY:
            return Q(office__parent=office)
    return Q(office__parent__parent=office)


def served_in(year: int) -> Q:
    """Posts held on at least one day of the year, as the register has them now."""
    ends_in_or_after = Q(ended_on=None) | Q(ended_on__gte=date(year, 1, 1))
    return ends_in_or_after & Q(appointed_on__lte=date(year, 12, 31))


def years_served(organisation: Organisation, years: Iterable[int]) -> set[int]:
    """Those of the years in which somebody held the post, with one query."""
    counts = {f"of_{year}": Count("pk", filter=served_in(year)) for year in years}
    found = organisation.officers.aggregate(**counts)
    return {year for year in years if found[f"of_{year}"]}


def posts_of(organisation: Organisation, year: int) -> QuerySet:
    return posts_in(organisation.officers.all(), year)


def posts_in(officers: QuerySet, year: int) -> QuerySet:
    posts = officers.filter(served_in(year)).select_related("person")
    return posts.defer("search", "haystack", "person__identity_number", "person__phone").order_by(
        "appointed_on", "id"
    )


# Which enterprises a number counts, and the list behind it names: one definition for both.
STANDINGS = {
    "expected": Q(),
    "taken": Q(standing__in=("received", "late")),
    "received": Q(standing="received"),
    "late": Q(standing="late"),
    "missing": Q(standing="missing"),
    "waiting": Q(
        standing="missing", report_state="at_county"
    ),  # of the missing ones: handed in, not yet received
}


def expected(year: int, *, cut_off: date) -> QuerySet[Organisation]:
    """Enterprises that owe the year's report, each with `standing` received | late | missing and `report_state`.

    Owing: an officer served in the year, or a report was handed in all the same.
    Received: a version handed in by the cut-off was received. Late: only one handed in afterwards was.
    """
    officer, report = apps.get_model("registry", "Officer"), apps.get_model("reports", "AnnualReport")
    reception = apps.get_model("reports", "Reception")
    reported = report.objects.filter(organisation=OuterRef("pk"), year=year, round__gt=0)
    taken = reception.objects.filter(version__report__organisation=OuterRef("pk"), version__report__year=year)
    owing = Exists(officer.objects.filter(served_in(year), organisation=OuterRef("pk")))
    standing = Case(
        When(Exists(taken.filter(version__on__lte=cut_off)), then=Value("received")),
        When(Exists(taken), then=Value("late")),
        default=Value("missing"),
        output_field=CharField(),
    )
    found = Organisation.objects.filter(owing | Exists(reported)).annotate(
        standing=standing, report_state=Subquery(reported.values("state")[:1])
    )
    return found.defer("search", "haystack")
