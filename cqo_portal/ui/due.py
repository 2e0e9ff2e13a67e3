"""A last day as pages say it: how far it is, and whether it is near or past. Nothing follows from it but that it is said."""

from dataclasses import dataclass
from datetime import date

from cqo_portal.wording import day_long

SOON = 3  # days before the last one from which on a page says so


@dataclass(frozen=True)
class Due:
    on: date
    today: date

    @property
    def left(self) -> int:
        return (self.on - self.today).days

    @property
    def tone(self) -> str:
        return "late" if self.left < 0 else "soon" if self.left <= SOON else ""

    @property
    def ahead(self) -> str:
        if self.left < 0:
            return f"已过 {-self.left} 天"
        return f"还有 {self.left} 天" if self.left else "就是今天"

    def __str__(self) -> str:
        return f"{day_long(self.on)}，{self.ahead}"
