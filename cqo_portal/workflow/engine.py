"""The engine of every life: a transition is checked, made, recorded and announced — all, or nothing.

Reasons against a step, its permission, its audit and its messages must be one transaction, and a
refusal must say why; that is why the engine is ours.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date

import pgtrigger
from django.core.exceptions import PermissionDenied
from django.db import models, transaction
from django.utils import timezone
from rules import Predicate

from cqo_portal.audit.models import Event
from cqo_portal.audit.record import record
from cqo_portal.notifications.outbox import queue
from cqo_portal.wording import moment_long

Guard = Callable[[models.Model, date], str | None]  # a sentence for refusing, or None
Effect = Callable[..., Iterable[str]]  # (obj, today, by): changes the object, names the fields it changed


class Refused(Exception):
    """The step is not open now. `reasons` are sentences for the person who tried."""

    def __init__(self, *reasons: str) -> None:
        super().__init__(" ".join(reasons))
        self.reasons = reasons


@dataclass(frozen=True, kw_only=True)
class Transition:
    name: str
    label: str  # what the button says: verb and object
    done: str  # what is said afterwards
    source: frozenset[str]
    target: str
    allowed: Predicate  # who
    guards: tuple[Guard, ...] = ()  # when
    effect: Effect = lambda obj, today, by: ()  # what else changes
    announces: str = ""  # a kind of message
    asks_why: bool = False  # the person must give a reason
    longest_note: int = 2000  # characters of it; a page may ask for fewer

    def reasons_against(self, obj: models.Model, today: date) -> list[str]:
        """Every reason why the step is closed, not only the first."""
        return [reason for guard in self.guards if (reason := guard(obj, today))]


def moved(obj: models.Model, today: date, by) -> set[str]:
    """The effect almost every step has: since when the case lies where it lies."""
    obj.moved_at = timezone.now()
    return {"moved_at"}


def by_name(*steps: Transition) -> dict[str, Transition]:
    """A life as a table, as addresses and buttons ask for it."""
    return {step.name: step for step in steps}


def perform(step: Transition, obj: models.Model, *, by, note: str = "", today: date | None = None):
    """Take `step`, or raise `PermissionDenied` or `Refused`. Returns the object as it now is."""
    today = today or timezone.localdate()
    with transaction.atomic():
        obj = type(obj)._base_manager.select_for_update(no_key=True).get(pk=obj.pk)
        if not step.allowed.test(by, obj):
            raise PermissionDenied
        if obj.state not in step.source:
            raise Refused(_somebody_was_first(obj))
        if step.asks_why and not note.strip():
            raise Refused(f"请写明理由，再{step.label}。")
        if reasons := step.reasons_against(obj, today):
            raise Refused(*reasons)
        before, obj.state = obj.state, step.target
        changed = set(step.effect(obj, today, by))
        edition = getattr(obj, "rule_edition", "")
        # The event comes first: the state trigger refuses a change of state that nobody answers for.
        event = record(step.name, obj, by=by, before=before, after=obj.state, note=note, rule_edition=edition)
        obj.save(update_fields={"state", *changed})
        if step.announces:
            queue(step.announces, obj, cause=f"event:{event.pk}", context={"note": note, "by": by})
    return obj


def _somebody_was_first(obj: models.Model) -> str:
    last = Event.objects.about(obj).exclude(after="").order_by("-id").first()
    state = obj.get_state_display()
    if last is None:
        return f"现在的状态是“{state}”，这一步办不了。"
    when = timezone.localtime(last.at)
    return f"已由 {last.actor_name} 于 {moment_long(when)} 办理，现在的状态是“{state}”。"


def open_to(user, obj: models.Model, *, steps: Iterable[Transition]) -> list[Transition]:
    """The steps this person may take from here; guards are asked when the step is taken."""
    return [s for s in steps if obj.state in s.source and s.allowed.test(user, obj)]


def guard_states(model: type[models.Model], steps: Iterable[Transition]) -> None:
    """Let the database hold the table of states: no other move, and no move without its event."""
    moves = sorted({(source, step.target) for step in steps for source in step.source})
    pgtrigger.register(
        pgtrigger.FSM(name="only_known_moves", field="state", transitions=moves),
        pgtrigger.Trigger(
            name="every_move_on_record",
            when=pgtrigger.Before,
            operation=pgtrigger.UpdateOf("state"),
            condition=pgtrigger.Q(old__state__df=pgtrigger.F("new__state")),
            func=f"""
                IF NOT EXISTS (
                    SELECT 1 FROM audit_event
                    WHERE subject_type = '{model._meta.label_lower}' AND subject_id = NEW.id::text
                      AND before = OLD.state AND after = NEW.state
                      AND transaction = pg_current_xact_id()::text::bigint
                ) THEN
                    RAISE EXCEPTION '% of % changed without a record', TG_TABLE_NAME, NEW.id;
                END IF;
                RETURN NEW;
            """,  # noqa: S608 -- the label of a model of ours
        ),
    )(model)
