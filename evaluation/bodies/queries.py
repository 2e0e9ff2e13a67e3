"""Which records a person may see, and which of them hold on a day."""

from datetime import date
from functools import reduce
from operator import or_

from django.db.models import Exists, F, OuterRef, Q, QuerySet

from cqo_portal.accounts.models import Role
from cqo_portal.accounts.scope import NOTHING
from cqo_portal.audit.append_only import AppendOnlyQuerySet
from cqo_portal.jurisdictions.calendar import Months
from cqo_portal.parties.models import Institution

ENDS_SOON = Months(3)  # before its last day a body is reminded; our own, no text has one
RECORDED = ("in_force", "suspended", "ended")
SUPERVISES = frozenset({Role.CITY, Role.PROVINCE})


class BodyRecordQuerySet(QuerySet):
    def visible_to(self, user) -> "BodyRecordQuerySet":
        """A body sees its own; an office what it was handed in, or one below it. A draft is nobody else's business."""
        return self.filter(_within(user.acting)) if user.acting else self.none()

    def awaiting(self, user) -> "BodyRecordQuerySet":
        """Whose move it is: the office records, the body submits."""
        acting = user.acting
        if acting is None:
            return self.none()
        if acting.role == Role.BODY:
            return self.filter(institution=acting.institution_id, state__in=["draft", "returned"])
        mine = acting.role in SUPERVISES
        return self.filter(office=acting.office_id, state="submitted") if mine else self.none()

    def valid_on(self, day: date) -> "BodyRecordQuerySet":
        """Those that hold on that day. The day of a suspension or an end does not count any more."""
        suspensions = self.model._meta.get_field("suspensions").related_model._base_manager
        lifted = suspensions.filter(
            Q(last_day=None) | Q(last_day__gte=day), record=OuterRef("pk"), first_day__lte=day
        )
        return self.filter(
            Q(last_day=None) | Q(last_day__gte=day),
            Q(ended_on=None) | Q(ended_on__gt=day),
            ~Exists(lifted),
            state__in=RECORDED,
            first_day__lte=day,
        )

    def public_on(self, day: date) -> "BodyRecordQuerySet":
        """What anybody may know: who is on record on that day, and who is suspended."""
        return self.filter(
            Q(last_day=None) | Q(last_day__gte=day), state__in=["in_force", "suspended"], first_day__lte=day
        )

    def for_list(self) -> "BodyRecordQuerySet":
        return self.select_related("institution", "office").defer(
            "institution__search", "institution__haystack", "resources"
        )


def _within(acting) -> Q:
    if acting.role == Role.BODY:
        return Q(institution=acting.institution_id)
    if acting.role not in SUPERVISES:
        return NOTHING
    at_or_below = reduce(or_, (Q(**{f"office{step}": acting.office_id}) for step in ("", "__parent")))
    return at_or_below & ~Q(state="draft")


class BodyPaperQuerySet(QuerySet):
    def visible_to(self, user) -> "BodyPaperQuerySet":
        """The body sees what it has there now; an office what was submitted, also while the body corrects it."""
        acting = user.acting
        if acting is None:
            return self.none()
        if acting.role == Role.BODY:
            return self.current().filter(record__institution=acting.institution_id)
        records = self.model._meta.get_field("record").related_model._base_manager
        seen = BodyRecordQuerySet.visible_to(records.filter(pk=OuterRef("record")), user)
        corrected = Q(record__state="returned")
        since = F("record__moved_at")  # nothing changes between the submission and the return
        submitted = Q(uploaded_at__lte=since) & (Q(removed_at=None) | Q(removed_at__gt=since))
        return self.filter(Exists(seen), corrected & submitted | ~corrected & Q(removed_at=None))

    def current(self) -> "BodyPaperQuerySet":
        return self.filter(removed_at=None)


class ClocksQuerySet(AppendOnlyQuerySet):
    def newest(self, institution: Institution):
        """What counts now; None where the body set none."""
        return self.filter(institution=institution).order_by("-id").first()
