"""Lists of certificates, as their address says: how they stand today, in which month they end, which words."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from functools import cached_property

from django.db.models import Count, Exists, F, OuterRef, Q, QuerySet
from django.db.models.functions import TruncMonth

from certificates.issuing.standing import graded
from certificates.models import Act, Certificate
from certificates.queries import ENDS_BY_ITSELF
from certificates.validity import Standing
from cqo_portal.accounts.models import AT_AN_OFFICE, Role
from cqo_portal.jurisdictions.calendar import days_in_month, shifted
from cqo_portal.ui.paging import capped_each
from evaluation.models import Decision

MONTHS_SHOWN = 12
NEWEST, SOONEST, LATEST = ("-issued_at", "-id"), ("last_day", "id"), ("-last_day", "-id")
ENDED = ("expired", "superseded")  # in which order they were issued leads past all that are in force


def standings(today: date) -> dict[str, tuple[str, Q]]:
    """{code: (word, the rows)}; what ended by its last day is told by the day."""
    lasts = Q(last_day__gte=today)
    # Whoever took up another one after his had expired: it has expired all the same.
    renewed_later = Act.objects.filter(
        certificate=OuterRef("pk"), kind=Act.Kind.SUPERSEDE, effective_on__gt=OuterRef("last_day")
    )
    return {
        "valid": ("有效", Q(state="valid") & lasts),
        "suspended": ("暂停", Q(state="suspended") & lasts),
        "expired": (
            "到期失效",
            Q(state__in=[*ENDS_BY_ITSELF, "superseded"], last_day__lt=today)
            & (Q(state__in=ENDS_BY_ITSELF) | Exists(renewed_later)),
        ),
        "lost": ("中止、作废", Q(state__in=["discontinued", "void"])),
        "superseded": ("已换证", Q(state="superseded") & ~Exists(renewed_later)),
        "all": ("全部", ~Q(pk=None)),
    }


def of_a_body() -> dict[str, tuple[str, Q]]:
    """What a body has to do something about; there is none of it for the most part."""
    return {
        "making": ("制证中", Q(state="prepared")),
        "unsent": ("还没发送", Q(state__in=ENDS_BY_ITSELF, sent_at=None)),
        "overturned": ("复评未予评级、待办理", overturned()),
    }


def overturned() -> Q:
    """In force on a result that a later run of the same case overturned without a grade: nothing will supersede it.

    Found from the later runs, of which there are few.
    """
    earlier = "evaluation__application__evaluations"
    later = Decision.objects.filter(
        evaluation__run__gt=1, **{f"{earlier}__run__lt": F("evaluation__run")}, publication__isnull=False
    ).exclude(graded())
    return Q(decision__in=later.values(f"{earlier}__decision"), state__in=ENDS_BY_ITSELF)


@dataclass(frozen=True)
class Row:
    certificate: Certificate
    standing: Standing
    today: date

    @property
    def note(self) -> str:
        """Of one in force whose end is near."""
        found = self.certificate
        if not self.standing.is_valid or self.today < found.reapply_opens:
            return ""
        if self.today == found.last_day:
            return "今天是最后一天"
        late = self.today > found.reapply_by
        return f"已过应当申请的日期 {found.reapply_by}" if late else f"应在 {found.reapply_by} 以前申请再评价"

    @property
    def is_late(self) -> bool:
        return self.today > self.certificate.reapply_by


@dataclass(frozen=True)
class Month:
    first: date
    number: int

    @property
    def code(self) -> str:
        return f"{self.first:%Y-%m}"


class CertificateQuery:
    """`?standing=`, `?ends=2027-03`, `?q=`; what is not one of ours counts as not said."""

    def __init__(self, params: Mapping, *, user, today: date) -> None:
        self.user, self.today = user, today
        self.for_the_body = bool(user.acting) and user.acting.role == Role.BODY
        self.looks_ahead = self.for_the_body or bool(user.acting and user.acting.role in AT_AN_OFFICE)
        self.passing = of_a_body() if self.for_the_body else {}
        self.kinds = standings(today) | self.passing
        self.text = params.get("q", "").strip()[:60]
        self.ends = _month_of(params.get("ends", ""))
        asked = params.get("standing", "")
        self.standing = asked if asked in self.kinds else self.usual
        self.seen = Certificate.objects.visible_to(user)

    @property
    def usual(self) -> str:
        """Whoever holds one or two looks at them all."""
        return "valid" if self.looks_ahead and not (self.text or self.ends) else "all"

    @property
    def order(self) -> tuple[str, ...]:
        if self.standing in ENDED and not self.ends:
            return LATEST
        return SOONEST if self.ends or self.standing == "valid" else NEWEST

    @property
    def word(self) -> str:
        return self.kinds[self.standing][0]

    @cached_property
    def choices(self) -> list[tuple[str, str, str]]:
        """(code, word, how many); what only passes through is left out while there is none."""
        rows = [self.seen.filter(which) for _, which in self.kinds.values()]
        counted = zip(self.kinds.items(), capped_each(rows, beside=self.user), strict=True)
        found = [(code, word, count) for (code, (word, _)), count in counted]
        return [
            each
            for each in found
            if each[0] not in self.passing or each[2] != "0" or each[0] == self.standing
        ]

    def rows(self) -> QuerySet[Certificate]:
        found = self.seen.filter(self.kinds[self.standing][1])
        if self.ends:
            found = found.filter(last_day__range=(self.ends, _end_of(self.ends)))
        return found.for_list().matching(self.text)

    def shown(self, certificate: Certificate) -> Row:
        return Row(certificate, certificate.standing_on(self.today), self.today)

    @cached_property
    def months(self) -> list[Month]:
        """How many end by themselves in each of the coming months, this one first."""
        months = [shifted(self.today.replace(day=1), months=n) for n in range(MONTHS_SHOWN)]
        ending = self.seen.ending_between(self.today, _end_of(months[-1]))
        counted = ending.order_by().annotate(month=TruncMonth("last_day")).values("month")
        numbers = dict(counted.annotate(number=Count("pk")).values_list("month", "number"))
        return [Month(month, numbers.get(month, 0)) for month in months]


def _end_of(month: date) -> date:
    return month.replace(day=days_in_month(month.year, month.month))


def _month_of(text: str) -> date | None:
    try:
        found = date.fromisoformat(f"{text}-01")
    except ValueError:
        return None
    return found if found.year > 1900 else None
