"""What the pages of rehearsals show: which editions an office works by, and who would be judged otherwise."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cached_property

from cqo_portal.jurisdictions import editions
from cqo_portal.jurisdictions.schema import RulePack
from cqo_portal.parties.models import Office
from cqo_portal.wording import day_full
from registry.editions import edition_or_none
from registry.findings import Verdict
from registry.models import Adoption
from registry.rehearsal.models import Rehearsal

ANNOUNCED_AHEAD = timedelta(days=180)  # how long before its first day a new edition asks to be rehearsed
JUDGED = (Verdict.UNMET, Verdict.UNKNOWN, Verdict.MET)  # discretion never decides the whole


@dataclass(frozen=True)
class Shelf:
    """The editions of the office's own jurisdiction, with where each stands."""

    office: Office
    today: date

    @cached_property
    def in_force(self) -> RulePack | None:
        return edition_or_none(self.office, self.today)

    @cached_property
    def rows(self) -> list[tuple[RulePack, str]]:
        return [(pack, self._standing(pack)) for pack in reversed(editions(self.office.jurisdiction))]

    @cached_property
    def _adopted(self) -> set[str]:
        return set(Adoption.objects.filter(office=self.office).values_list("edition", flat=True))

    def _standing(self, pack: RulePack) -> str:
        if self.in_force and pack.edition == self.in_force.edition:
            return "现行"
        if self.in_force and pack.in_force_from < self.in_force.in_force_from:
            return "以前的版本"
        if pack.edition in self._adopted:
            return f"已启用，{day_full(pack.in_force_from)}起生效"
        return "须先预演"

    @property
    def waiting(self) -> list[RulePack]:
        """Newer editions that would apply soon or already, and were not adopted yet."""
        soon = self.today + ANNOUNCED_AHEAD
        return [p for p, standing in self.rows if standing == "须先预演" and p.in_force_from <= soon]


class ResultQuery:
    """`?before=met&after=unmet`, `?clause=`: which outcomes of a rehearsal are listed. Changed ones by default."""

    def __init__(self, params: Mapping, *, run: Rehearsal) -> None:
        words = {verdict.value for verdict in JUDGED}
        self.run = run
        self.before = params.get("from") if params.get("from") in words else ""
        self.after = params.get("to") if params.get("to") in words else ""
        self.clause = params.get("clause") if params.get("clause") in dict(self.clauses) else ""

    @cached_property
    def _counts(self) -> dict[tuple[str, str], int]:
        return self.run.outcomes.matrix()

    @property
    def matrix(self) -> list[tuple[Verdict, list[tuple[Verdict, int]]]]:
        return [(a, [(b, self._counts.get((a.value, b.value), 0)) for b in JUDGED]) for a in JUDGED]

    @property
    def newly_unmet(self) -> int:
        return self._counts.get((Verdict.MET.value, Verdict.UNMET.value), 0)

    @property
    def newly_unknown(self) -> int:
        return self._counts.get((Verdict.MET.value, Verdict.UNKNOWN.value), 0)

    @property
    def clauses(self) -> list[tuple[str, str]]:
        """(key, label with article and how many) of the clauses that make a difference, the weightiest first."""
        lines = sorted(self.run.decided_by.items(), key=lambda item: -item[1]["count"])
        return [(key, f"{said['label']}（{said['cites']}）{said['count']} 人") for key, said in lines]

    def rows(self):
        found = self.run.outcomes.select_related("officer__organisation", "officer__office")
        if self.before and self.after:
            found = found.filter(before=self.before, after=self.after)
        else:
            found = found.changed()
        return found.filter(clauses__contains=[{"key": self.clause}]) if self.clause else found


def is_adopted(run: Rehearsal) -> Adoption | None:
    return Adoption.objects.filter(office=run.office, edition=run.edition).select_related("by").first()
