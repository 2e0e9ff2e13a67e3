"""The own marks beside those the makers of a case agreed on. It compares; there is nothing to pass or to fail."""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal

from cqo_portal.jurisdictions.scheme import EvaluationScheme, Group, Indicator
from cqo_portal.wording import plain_decimal
from evaluation.frozen import scheme_of
from evaluation.models import SignedSheet
from evaluation.scoring import band_with
from evaluation.sheets.marks import Entry, band_numbered, entries_in


@dataclass(frozen=True)
class Row:
    indicator: Indicator
    scheme: EvaluationScheme
    entry: Entry
    reference: Decimal  # a coefficient
    why: str

    @property
    def band(self):
        return band_numbered(self.entry.band, self.scheme)

    @property
    def reference_band(self):
        return band_with(self.reference, self.scheme)

    @property
    def coefficient(self) -> str:
        return plain_decimal(self.entry.coefficient)

    @property
    def reference_coefficient(self) -> str:
        return plain_decimal(self.reference)

    @property
    def points(self) -> Decimal:
        return self.indicator.points * self.entry.coefficient

    @property
    def reference_points(self) -> Decimal:
        return self.indicator.points * self.reference

    @property
    def apart(self) -> Decimal:
        """Points; above the reference is positive."""
        return self.points - self.reference_points

    @property
    def said(self) -> str:
        return _apart(self.apart)


@dataclass(frozen=True)
class Compared:
    """Some rows taken together: a group, or all."""

    rows: tuple[Row, ...]
    group: Group | None = None

    @property
    def points(self) -> Decimal:
        return sum((row.points for row in self.rows), Decimal(0))

    @property
    def reference(self) -> Decimal:
        return sum((row.reference_points for row in self.rows), Decimal(0))

    @property
    def sentence(self) -> str:
        if not any(row.apart for row in self.rows):
            return "逐项与参考一致。"
        most = max(self.rows, key=lambda row: abs(row.apart))
        apart = self.points - self.reference
        total = f"合计比参考{_apart(apart)}" if apart else "合计与参考一样，各项有高有低"
        if len(self.rows) == 1:
            return f"{total}。"
        return f"{total}；差得最多的是 {most.indicator.code} {most.indicator.label}，{most.said}。"


def _apart(points: Decimal) -> str:
    if not points:
        return "一致"
    return f"{'高' if points > 0 else '低'} {plain_decimal(abs(points))} 分"


@dataclass(frozen=True)
class Comparison:
    signed: SignedSheet
    groups: tuple[Compared, ...]
    whole: Compared


def compare(signed: SignedSheet) -> Comparison:
    """Of a signed sheet of a calibration case."""
    scheme = scheme_of(signed.sheet)
    entries, reference = entries_in(signed.content), signed.sheet.calibration.reference
    rows = tuple(_row(row, scheme, entries[row.code], reference[row.code]) for row in scheme.indicators)
    groups = (
        Compared(tuple(row for row in rows if row.indicator.group == group.code), group)
        for group in scheme.groups
    )
    return Comparison(signed, tuple(groups), Compared(rows))


def _row(indicator: Indicator, scheme: EvaluationScheme, entry: Entry, reference: Mapping) -> Row:
    return Row(indicator, scheme, entry, Decimal(reference["coefficient"]), reference["why"])
