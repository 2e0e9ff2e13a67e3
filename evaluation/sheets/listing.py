"""The own sheets: those to sign, those that were signed, those one practised on; and what else waits for an expert."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime

from django.db.models import Exists, F, OuterRef, QuerySet
from django.utils import timezone

from cqo_portal.ui.paging import keyset
from evaluation.models import Evaluation, Interview, Panellist, Sheet
from evaluation.panels.pages import invitations_of
from evaluation.sheets.dossier import sheets_with_their_dossier
from evaluation.workflow.evaluation import may_be_opened

PER_PAGE = 30


def own_sheets(user) -> QuerySet[Sheet]:
    """Never another's, also where that is open to the panel."""
    if user.acting is None or user.acting.person_id is None:
        return Sheet.objects.none()
    listed = sheets_with_their_dossier().visible_to(user).filter(person=user.acting.person_id)
    return listed.defer("panellist__evaluation__submission__content", "calibration__content")


def to_sign(user) -> QuerySet[Sheet]:
    """Open, of panels that score now: the nearest due day first."""
    scoring = own_sheets(user).filter(
        state=Sheet.State.OPEN, panellist__evaluation__state=Evaluation.State.SCORING
    )
    return scoring.order_by(F("panellist__evaluation__due_on").asc(nulls_last=True), "opened_at", "id")


def list_page(user, params: Mapping[str, str]) -> dict:
    mine = own_sheets(user)
    done = mine.filter(panellist__isnull=False).exclude(pk__in=to_sign(user).values("pk"))
    return {
        "to_sign": list(to_sign(user)),
        "practised": list(mine.filter(calibration__isnull=False).order_by("-moved_at", "id")),
        "page": keyset(done, params, order=("-moved_at", "-id"), per_page=PER_PAGE),
    }


# ── on the desk ───────────────────────────────────────────────────────────────────────────────
@dataclass(frozen=True)
class Meeting:
    """Where a panel meets: to deliberate (no time set), or for an interview."""

    evaluation: Evaluation
    at: datetime | None = None
    what: str = "合议"
    place: str = ""


@dataclass(frozen=True)
class Waiting:
    invitations: list[Panellist]
    sheets: list[Sheet]
    meetings: list[Meeting]
    to_open: list[Evaluation]  # one leads, and all have signed


def waiting_for(user, *, now: datetime) -> Waiting:
    if user.acting is None or user.acting.person_id is None:
        return Waiting([], [], [], [])
    return Waiting(
        invitations=invitations_of(user),
        sheets=list(to_sign(user)),
        meetings=_meetings(user, now=now),
        to_open=_to_open(user, today=timezone.localdate(now)),
    )


def _to_open(user, *, today: date) -> list[Evaluation]:
    """It is the leader's move: every sheet is signed and the table still shut."""
    seats = Panellist.objects.serving().filter(evaluation=OuterRef("pk"))
    mine = seats.filter(person=user.acting.person_id, is_leader=True)
    unsigned = seats.exclude(sheet__state=Sheet.State.SIGNED)
    scoring = Evaluation.objects.visible_to(user).filter(state=Evaluation.State.SCORING)
    ready = scoring.filter(Exists(mine), ~Exists(unsigned)).for_list().order_by("moved_at", "id")
    return [each for each in ready if may_be_opened(each, today)]


def _meetings(user, *, now: datetime) -> list[Meeting]:
    mine = Evaluation.objects.visible_to(user)
    planned = Interview.objects.filter(
        evaluation__in=mine.under_way(), cancelled_at=None, planned_at__gte=now
    )
    planned = planned.select_related("evaluation__application__organisation").order_by("planned_at")
    talking = mine.filter(state=Evaluation.State.CONSENSUS).for_list().order_by("moved_at", "id")
    return [
        *(Meeting(each.evaluation, each.planned_at, each.get_kind_display(), each.place) for each in planned),
        *map(Meeting, talking),
    ]
