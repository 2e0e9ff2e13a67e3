"""Which certificates somebody sees, and in which order they end."""

from datetime import date

from django.db.models import Exists, OuterRef, Q, QuerySet

from cqo_portal.accounts.models import Role
from cqo_portal.accounts.scope import DOWN_TO, offices_within
from cqo_portal.parties.queries import SearchableQuerySet
from evaluation.bodies.models import BodyRecord
from registry.models import Officer

ENDS_BY_ITSELF = ("valid", "suspended")


def _overseen(acting) -> Q:
    """Of an enterprise of the area, or of a body that the office, or one right below it, took on record.

    Both as keys: then the database knows whether it looks for a dozen rows or for all there are. Where no body is on
    record, nothing is asked of it: no index serves one column or another one of another table.
    """
    there = Q(office=acting.office_id) | Q(office__parent=acting.office_id)
    recorded = BodyRecord.objects.filter(there, first_day__isnull=False)
    bodies = list(recorded.order_by().values_list("institution", flat=True).distinct())
    area = Q(organisation__office__in=offices_within(acting))
    return area | Q(body__in=bodies) if bodies else area


def _serving(acting) -> list:
    """Who is in office at the enterprise: one, for the most part; as keys, so that an index finds what is theirs."""
    return list(
        Officer.objects.in_office()
        .filter(organisation=acting.organisation_id)
        .values_list("person", flat=True)
    )


class CertificateQuerySet(SearchableQuerySet):
    def visible_to(self, user) -> "CertificateQuerySet":
        """The body that issued it; the holder, and the enterprise it names or he serves, once it was sent; the offices of the
        area, and those that look after the body, once it is in force."""
        if user.acting is None:
            return self.none()
        match user.acting.role:
            case Role.BODY:
                return self.filter(body=user.acting.institution_id)
            case Role.OFFICER if user.acting.person_id:
                return self.filter(person=user.acting.person_id, sent_at__isnull=False)
            case Role.ENTERPRISE:
                theirs = Q(organisation=user.acting.organisation_id) | Q(person__in=_serving(user.acting))
                return self.filter(theirs, sent_at__isnull=False)
            case role if role in DOWN_TO:
                return self.printed().filter(_overseen(user.acting))
        return self.none()

    def told_why_to(self, user) -> "CertificateQuerySet":
        """Those whose paper somebody may take, and whose acts he may read with reason and documents.

        Of enterprises the one it names, as long as the holder serves there: not the next one, nor the one he left.
        """
        seen = self.visible_to(user)
        if user.acting and user.acting.role == Role.ENTERPRISE:
            here = user.acting.organisation_id
            return seen.filter(organisation=here, person__in=_serving(user.acting))
        return seen

    def printed(self) -> "CertificateQuerySet":
        """Those that were in force: a number that never came to be a paper is not among them.

        No other state is reached without a paper, so it is looked for of void ones alone.
        """
        rendering = self.model._meta.get_field("rendering").related_model
        paper = rendering.objects.filter(certificate=OuterRef("pk"))
        return self.filter(~Q(state__in=["prepared", "void"]) | Q(state="void") & Exists(paper))

    def being_made(self) -> "CertificateQuerySet":
        return self.filter(state="prepared")

    def ending_between(self, first: date, last: date) -> "CertificateQuerySet":
        """Those that would end by themselves in these days."""
        return self.filter(state__in=ENDS_BY_ITSELF, last_day__range=(first, last))

    def with_acts(self) -> "CertificateQuerySet":
        return self.prefetch_related("acts")

    def for_list(self) -> "CertificateQuerySet":
        return (
            self.select_related("organisation", "body")
            .with_acts()
            .defer(
                "search",
                "haystack",
                "organisation__search",
                "organisation__haystack",
                "body__search",
                "body__haystack",
            )
        )


class BatchQuerySet(QuerySet):
    def visible_to(self, user) -> "BatchQuerySet":
        if user.acting is None or user.acting.role != Role.BODY:
            return self.none()
        return self.filter(body=user.acting.institution_id)


class OrderQuerySet(QuerySet):
    def waiting(self) -> "OrderQuerySet":
        return self.filter(settled_at=None)


class EvidenceQuerySet(QuerySet):
    def visible_to(self, user) -> "EvidenceQuerySet":
        """Whoever is told why."""
        certificates = self.model._meta.get_field("act").related_model._meta.get_field("certificate")
        seen = CertificateQuerySet(certificates.related_model).told_why_to(user)
        return self.filter(act__certificate__in=seen.values("pk"))
