"""Changes of a filed officer as an enterprise would report them: the form of each kind, and the way to the register."""

from datetime import date

from cqo_portal.workflow.engine import perform
from registry import draft, services
from registry.models import Filing
from registry.workflow import FILE, SEND_UP, SUBMIT
from tests import cast
from tests.cast import TODAY

SUCCESSOR = "110105194912310046"
SAID = {
    "data": {"change-effective_on": "2026-11-02"},
    "renewal": {
        "renewal-appointed_by": "top_manager",
        "renewal-appointer": "高建勋",
        "renewal-document_number": "恒质〔2026〕12号",
        "renewal-decided_on": "2026-11-10",
        "renewal-runs_from": "old_end",
        "renewal-term_years": "3",
    },
    "departure": {
        "departure-last_day": "2026-10-31",
        "departure-reason": "resigned",
        "departure-document_number": "恒质〔2026〕11号",
        "departure-successor": "no",
    },
}


def said_of(kind: str, **changes: str) -> dict[str, list[str]]:
    """What the browser of an enterprise sends for a change of that kind."""
    if kind == "replacement":
        successor = {
            "predecessor__last_day": "2026-10-31",
            "officer__name": "赵丽",
            "officer__identity_number": SUCCESSOR,
            "appointment__appointed_on": "2026-11-01",
        }
        return cast.typed(**successor | changes)
    named = {name.replace("__", "-", 1): value for name, value in changes.items()}
    return {name: [value] for name, value in (SAID[kind] | named).items() if value is not None}


def draft_of(people, kind: str, *, today: date = TODAY, **changes: str) -> Filing:
    """The draft with what is known already, and with what was typed over it."""
    filing = services.open_filing(people.hengtong, by=people.liu, today=today, kind=kind)
    return draft.save(filing, filing.draft | said_of(kind, **changes), version=None, by=people.liu)


def change(people, kind: str, *, until: str = "filed", today: date = TODAY, **changes: str) -> Filing:
    """A change brought as far as `until`, by the people whose move it was."""
    filing = draft_of(people, kind, today=today, **changes)
    if kind == "replacement":
        services.attach_proof(filing, cast.picture(shade=9), kind="training", by=people.liu)
    for state, step, by in (
        ("at_county", SUBMIT, people.liu),
        ("at_city", SEND_UP, people.wang),
        ("filed", FILE, people.meng),
    ):
        if filing.state == until:
            break
        filing = perform(step, filing, by=by, today=today)
        assert filing.state == state
    return Filing.objects.get(pk=filing.pk)
