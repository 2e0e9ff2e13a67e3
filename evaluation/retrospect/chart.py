"""A dot for each panel in the order they were signed, and the mean with its interval behind them; drawn as SVG.

Widths are per cent, heights pixels: it fits any screen without a script.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from math import ceil

from cqo_portal.wording import MINUS
from evaluation.agreement import Estimate

HEIGHT = 180  # px between the outermost lines
TOP = 12  # px above them
STEPS = (5, 10, 20, 25, 50, 100, 200, 250, 500, 1000)  # points, at the outermost line


@dataclass(frozen=True)
class Chart:
    values: Sequence[float]  # points, the earliest first
    estimate: Estimate

    @property
    def most(self) -> int:
        """Points at the outermost lines, alike above and below: nought stays in the middle."""
        far = max(abs(each) for each in (*self.values, self.estimate.low, self.estimate.high))
        return next((step for step in STEPS if step >= far), ceil(far))

    @property
    def lines(self) -> list[tuple[int, str]]:
        """(y, label) of the outermost lines and nought."""
        return [
            (self.y(value), f"{value:+d}".replace("-", MINUS) if value else "0")
            for value in (self.most, 0, -self.most)
        ]

    @property
    def dots(self) -> list[tuple[str, int]]:
        n = len(self.values)
        return [(f"{100 * (place + 0.5) / n:.2f}%", self.y(value)) for place, value in enumerate(self.values)]

    @property
    def band(self) -> tuple[int, int]:
        """(y, height) of the interval; a line's width where it has none."""
        top, bottom = self.y(self.estimate.high), self.y(self.estimate.low)
        return top, max(bottom - top, 1)

    @property
    def mean(self) -> int:
        return self.y(self.estimate.mean)

    def y(self, value: float) -> int:
        return TOP + round(HEIGHT / 2 * (1 - value / self.most))
