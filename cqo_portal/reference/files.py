"""The reference data as shipped, read without a database. Each file names its source."""

import json
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any

from cqo_portal.jurisdictions.calendar import AnnouncedYear, WorkingCalendar

FIXTURES = Path(__file__).resolve().parent.parent.parent / "fixtures"


@cache
def read(name: str) -> dict[str, Any]:
    """One file of `fixtures/`: `source`, `note`, and its rows under its own name."""
    return json.loads((FIXTURES / f"{name}.json").read_text(encoding="utf-8"))


def shipped_calendar() -> WorkingCalendar:
    """The working calendar as shipped: the commands use it where no database can be reached."""
    return WorkingCalendar(_announced(entry) for entry in read("working_days")["years"])


def _announced(entry: dict[str, Any]) -> AnnouncedYear:
    days = [(date.fromisoformat(day), working) for day, working, _ in entry["days"]]
    return AnnouncedYear(
        year=entry["year"],
        source=entry["source"],
        days_off=frozenset(day for day, working in days if not working),
        make_up_days=frozenset(day for day, working in days if working),
    )
