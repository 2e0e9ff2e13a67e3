"""What waits to be issued, and how far an act of issuing is."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from functools import cached_property

from django.db.models import Count, Q

from certificates.issuing.sending import SENT_WHILE
from certificates.issuing.standing import may_be_appealed, names_on, reasons_against_each, seen_of, to_issue
from certificates.models import Batch, Certificate, Order
from cqo_portal.busy import Waiting, waiting
from cqo_portal.ui.paging import Page, keyset
from evaluation.models import Decision
from evaluation.permissions import runs_it

PER_PAGE = 50
SHOWN = 200  # numbers that were given up


def key_of(decision: Decision) -> str:
    """As it is ticked: the decision, and what was seen of it."""
    return f"{decision.pk}.{seen_of(decision)}"


@dataclass(frozen=True)
class Candidate:
    """`against`: why it cannot be issued by this person; empty where it can."""

    decision: Decision
    against: str
    appealable: date | None

    @cached_property
    def key(self) -> str:
        return key_of(self.decision)

    @property
    def names(self) -> dict[str, str]:
        return names_on(self.decision)


class IssuePage:
    def __init__(self, params: Mapping, user, today: date) -> None:
        self.params, self.user, self.today = params, user, today
        self.house = user.acting.institution
        self.all = "all" in params  # what may still be appealed against is ticked too

    @cached_property
    def rows(self) -> Page:
        return keyset(to_issue(self.house.pk), self.params, order=("id",), per_page=PER_PAGE)

    @cached_property
    def candidates(self) -> list[Candidate]:
        reasons = reasons_against_each(list(self.rows), today=self.today)
        return [self._candidate(each, "".join(reasons[each.pk])) for each in self.rows]

    def _candidate(self, decision: Decision, against: str) -> Candidate:
        if not runs_it.test(self.user, decision.evaluation):
            return Candidate(decision, "您与这个案件有关，请由同事办理。", None)
        return Candidate(decision, against, may_be_appealed(decision, self.today))

    @property
    def able(self) -> list[Candidate]:
        return [each for each in self.candidates if not each.against]

    @property
    def unable(self) -> list[Candidate]:
        return [each for each in self.candidates if each.against]

    @cached_property
    def batches(self) -> list[Batch]:
        """The last acts of issuing, with how many were issued and how many of those were not sent."""
        issued = Q(orders__certificate__rendering__isnull=False)
        unsent = issued & Q(orders__certificate__state__in=SENT_WHILE, orders__certificate__sent_at=None)
        found = Batch.objects.visible_to(self.user).select_related("by")
        return list(
            found.annotate(
                asked=Count("orders"),
                issued=Count("orders", filter=issued),
                unsent=Count("orders", filter=unsent),
            )[:5]
        )

    @cached_property
    def void_numbers(self) -> list[Certificate]:
        """Numbers that never came to be a paper, with their reasons: so that no gap is unexplained."""
        void = Certificate.objects.visible_to(self.user).filter(state="void", rendering=None)
        return list(void.with_acts().order_by("-issued_at")[:SHOWN])


@dataclass(frozen=True)
class BatchPage:
    batch: Batch
    user: object
    now: datetime

    @cached_property
    def orders(self) -> list[Order]:
        found = self.batch.orders.select_related(
            "decision__evaluation__application__organisation",
            "decision__evaluation__application__officer",
            "decision__evaluation__body",
            "certificate__rendering",
            "certificate__imprint",
        ).prefetch_related("certificate__acts")
        return list(
            found.defer(
                "decision__evaluation__application__draft",
                "decision__deliberated",
                "certificate__rendering__content",
            )
        )

    @property
    def lines(self) -> list[tuple[Order, Mapping[str, str]]]:
        """With the names as printed, or as they would be."""
        return [
            (each, each.certificate.imprint.words if each.certificate else names_on(each.decision))
            for each in self.orders
        ]

    @property
    def void_ones(self) -> list[Certificate]:
        return [each.certificate for each in self.given_up]

    @property
    def done(self) -> list[Order]:
        return [
            each for each in self.orders if each.refused or self._is_made(each) or self._is_given_up(each)
        ]

    @property
    def begun(self) -> bool:
        return any(each.certificate or each.refused for each in self.orders)

    @property
    def issued(self) -> list[Order]:
        return [each for each in self.orders if self._is_made(each)]

    @property
    def refused(self) -> list[Order]:
        return [each for each in self.orders if each.refused]

    @staticmethod
    def _is_made(order: Order) -> bool:
        return order.certificate is not None and hasattr(order.certificate, "rendering")

    @staticmethod
    def _is_given_up(order: Order) -> bool:
        made = order.certificate
        return made is not None and made.state == Certificate.State.VOID and not hasattr(made, "rendering")

    @property
    def given_up(self) -> list[Order]:
        return [each for each in self.orders if self._is_given_up(each)]

    @property
    def over(self) -> bool:
        return len(self.done) == len(self.orders)

    @property
    def troubles(self) -> list[Order]:
        return [each for each in self.orders if each.certificate and each.certificate.trouble]

    @cached_property
    def waiting(self) -> Waiting:
        return waiting(self.batch.pk, since=self.batch.asked_at, now=self.now, among=())

    @cached_property
    def unsent(self) -> list[Certificate]:
        certificates = [each.certificate for each in self.issued]
        return [each for each in certificates if each.sent_at is None and each.state in SENT_WHILE]
