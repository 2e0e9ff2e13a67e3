"""The whole application form over one draft."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from django.db.models import QuerySet

from cqo_portal.jurisdictions.schema import RulePack
from cqo_portal.jurisdictions.scheme import Group
from cqo_portal.ui.sectioned import SectionedForm
from evaluation.applications.sections import SECTIONS, IndicatorSection
from registry.sections import Section


@dataclass(frozen=True)
class GroupSum:
    """A first-level indicator with its rows, and what they add up to so far. Nothing here promises a grade."""

    group: Group
    rows: list[IndicatorSection]

    @property
    def points(self) -> Decimal:
        return sum((row.points for row in self.rows if row.points is not None), Decimal(0))

    @property
    def complete(self) -> bool:
        return all(row.points is not None for row in self.rows)

    @property
    def short(self) -> bool:
        """Below the least that the text asks of this group; only once all its rows are scored."""
        return self.complete and self.points < self.group.minimum


class ApplicationForm(SectionedForm):
    """`opened`: the addresses that may be changed, None means all; `bodies`: those one may apply to."""

    def __init__(
        self, typed, *, rules: RulePack, today: date, bodies: QuerySet, opened: frozenset[str] | None
    ) -> None:
        self.rules, self.scheme, self.opened = rules, rules.evaluation, opened
        self.parts = [section(typed, today=today, pack=rules) for section in SECTIONS]
        self.part("body").fields["body"].queryset = bodies
        self.rows = [IndicatorSection(typed, row=row, scheme=self.scheme) for row in self.scheme.indicators]
        self.sections = [*self.parts, *self.rows]
        self._lock()
        for part in self.sections:
            part.full_clean()

    def part(self, code: str) -> Section:
        return next(part for part in self.parts if part.code == code)

    @property
    def groups(self) -> list[GroupSum]:
        return [
            GroupSum(group, [row for row in self.rows if row.row.group == group.code])
            for group in self.scheme.groups
        ]

    @property
    def total(self) -> Decimal:
        return sum((group.points for group in self.groups), Decimal(0))

    @property
    def scored(self) -> int:
        return sum(row.points is not None for row in self.rows)

    def said(self) -> dict[str, dict]:
        """{address: what is validly said there}. Fields in error are absent."""
        return {part.code: part.cleaned_data for part in self.sections}

    def faults(self) -> Iterator[tuple[str, str, str]]:
        """(input id, label, sentence) of every error, in the order of the page."""
        for part in self.sections:
            for name, sentences in part.errors.items():
                bound = part[name]
                where = f"{bound.auto_id}_0" if bound.use_fieldset else bound.auto_id
                if name == "coefficient":  # it shows with its band
                    where = f"{part['band'].auto_id}_0"
                label = f"{part.title}：{bound.label}" if isinstance(part, IndicatorSection) else bound.label
                yield from ((where, str(label), sentence) for sentence in sentences)

    def ask(self, reasons: Mapping[str, str]) -> None:
        """What a return asked for, beside the first input of its section."""
        for part in self.sections:
            next(iter(part.fields.values())).asked = reasons.get(part.code, "")

    def _lock(self) -> None:
        """A locked input is shown, not sent: `draft.merged` keeps what was said there."""
        for part in self.sections:
            part.locked = self.opened is not None and part.code not in self.opened
            for field in part.fields.values():
                field.widget.attrs["disabled"] = part.locked
