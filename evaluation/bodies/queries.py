"""Which records a person may see, which holds on a day, and why none does."""

from datetime import date
from functools import reduce
from operator import or_

from django.apps import apps
from django.db.models import Exists, F, OuterRef, Q, QuerySet

from cqo_portal.accounts.models import Role
from cqo_portal.accounts.scope import NOTHING
from cqo_portal.audit.append_only import AppendOnlyQuerySet
from cqo_portal.jurisdictions.calendar import Months
from cqo_portal.jurisdictions.schema import RulePack
from cqo_portal.parties.models import Institution
from cqo_portal.wording import day_full
from evaluation.bodies import texts

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


# ── what the evaluation asks ──────────────────────────────────────────────────────────────────
def _records(institution: Institution) -> QuerySet:
    return apps.get_model("bodies.BodyRecord").objects.filter(institution=institution)


def record_of(institution: Institution, day: date):
    """The `BodyRecord` that holds on that day; at most one does. None: the body may not accept anything."""
    return _records(institution).valid_on(day).select_related("office", "institution").first()


def clocks_of(institution: Institution):
    """The `Clocks` that count now; where the body set none, the usual ones, not saved."""
    model = apps.get_model("bodies.Clocks")
    return model.objects.newest(institution) or model(institution=institution)


def text_of(institution: Institution) -> RulePack:
    """The text a body evaluates by: that of its latest record, or, without one, the first that knows bodies."""
    said = _records(institution).order_by("-created_at").values_list("jurisdiction", flat=True).first()
    return texts.evaluating()[said or next(iter(texts.evaluating()))]


def why_not(institution: Institution, day: date) -> str | None:
    """Why this body may accept no application on that day, as a sentence with its clause; None where it may."""
    if record_of(institution, day):
        return None
    known = list(_records(institution).order_by("-first_day", "-created_at"))
    cites = texts.chapter(text_of(institution)).cites
    return f"{institution}{_standing(known, day)}，不能受理评价申请（{cites}）。"


def _standing(known: list, day: date) -> str:
    """The reason that lies nearest to that day: suspended, over, still to come, asked for, or nothing at all."""
    recorded = [each for each in known if each.first_day]
    begun = next((each for each in recorded if each.first_day <= day), None)
    if begun and (begun.holds_until is None or begun.holds_until >= day):
        suspended = begun.suspensions.filter(first_day__lte=day).last()
        return f"的登记自{day_full(suspended.first_day)}起暂停"
    coming = [each.first_day for each in recorded if each.first_day > day and not each.ended_on]
    if coming:
        return f"自{day_full(min(coming))}起才在案"
    if over := begun or next(iter(recorded), None):
        how, when = ("终止", over.ended_on) if over.ended_on else ("届满", over.last_day)
        return f"的登记已于{day_full(when)}{how}"
    return "的登记还在办理" if known else "没有在案"
