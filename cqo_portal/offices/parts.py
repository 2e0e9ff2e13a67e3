"""What annual reports, experience cases and suggestions add: to a move of jurisdiction, and to a hand-over."""

from collections.abc import Iterable
from dataclasses import dataclass

from django.db.models import Model, Q, QuerySet

from cqo_portal.accounts.models import Assignment, Role, User
from cqo_portal.audit.record import record
from cqo_portal.offices import carrying, handover
from cqo_portal.offices.carrying import Carrier
from cqo_portal.offices.handover import Item
from cqo_portal.parties.models import Office, Organisation
from registry.reports.models import AnnualReport, RollUp
from registry.supervision.models import Suggestion
from registry.talent.models import Case, PoolEntry


@dataclass(frozen=True)
class Kind:
    """A model with `organisation`, `office`, `state`, `created_by`; which of its states are still open, and with whom."""

    model: type[Model]
    what: str
    of_enterprise: tuple[str, ...] = ()
    of_county: tuple[str, ...] = ()
    of_city: tuple[str, ...] = ()
    unsaid: tuple[str, ...] = ()  # states in which nobody but the author knows of it: carried, not listed

    def open(self, organisation: Organisation) -> QuerySet:
        states = self.of_enterprise + self.of_county + self.of_city
        return self.model._default_manager.filter(organisation=organisation, state__in=states)

    def cases(self, organisation: Organisation, to: Office) -> list[carrying.Case]:
        rows = self.open(organisation).exclude(state__in=self.unsaid).select_related("office", "organisation")
        return [
            carrying.Case(self.what, _label(row), row.get_absolute_url(), row.office.name, to.name, row)
            for row in rows.order_by("pk")
        ]

    def lock(self, organisation: Organisation) -> None:
        list(self.open(organisation).select_for_update(no_key=True, of=("self",)).order_by("pk").values("pk"))

    def carry(self, organisation: Organisation, to: Office, *, by, move) -> None:
        for row in self.open(organisation).exclude(office=to).select_related("office").order_by("pk"):
            was, row.office = row.office, to
            row.save(update_fields={"office"})
            note = f"随企业迁移，由{was.name}转到{to.name}；环节不变。"
            data = {"from": was.pk, "to": to.pk, "move": str(move.pk)}
            record("carry", row, by=by, after=row.state, note=note, data=data)

    def in_hand(self, user: User, assignment: Assignment) -> Iterable[Item]:
        """What the person began and what waits where they are; it stays with the place."""
        place = {
            Role.ENTERPRISE: (Q(organisation=assignment.organisation_id), self.of_enterprise),
            Role.COUNTY: (Q(office=assignment.office_id), self.of_county),
            Role.CITY: (Q(office__parent=assignment.office_id), self.of_city),
        }.get(assignment.role)
        if place is None:
            return
        where, states = place
        rows = self.model._default_manager.filter(where, created_by=user, state__in=states)
        for row in rows.select_related("organisation").order_by("pk"):
            yield Item(self.what, str(row), row.get_absolute_url(), "留在原处，其他经办人接着办")


KINDS = (
    Kind(AnnualReport, "年度报告", of_enterprise=("draft", "returned", "reopened"), of_county=("at_county",)),
    Kind(
        Case,
        "典型经验",
        of_enterprise=("draft",),
        of_county=("draft", "at_county"),
        of_city=("at_city", "selected"),
    ),
    Kind(
        Suggestion,
        "撤换建议书",
        of_enterprise=("delivered",),
        of_county=("draft", "delivered", "replied"),
        of_city=("draft", "delivered", "replied"),
        unsaid=("draft",),
    ),
)


def _label(row) -> str:
    return "草稿" if row.state == "draft" else str(row)


def roll_ups_against(organisation: Organisation, to: Office) -> list[str]:
    """Between two signatures an enterprise would be counted twice, or by nobody: the other county signs first.

    Once the city above has signed, the year is settled there.
    """
    pair = (organisation.office, to)
    settled = RollUp.objects.filter(state="signed", office__in=[office.parent_id for office in pair])
    years = RollUp.objects.filter(office__in=pair).exclude(year__in=settled.values("year"))
    found = {(each.year, each.state): each.office for each in years.select_related("office")}
    return [
        f"{found[year, 'signed'].name}已签报 {year} 年度汇总，{waits.name}还没有；"
        f"请等{waits.name}也签报以后再迁移，免得这家企业重复计数或者漏计。"
        for (year, state), waits in sorted(found.items())
        if state == "open" and (year, "signed") in found
    ]


carrying.add(Carrier(cases=lambda organisation, to: [], against=roll_ups_against))


# ── the talent pool: whoever stays within the city stays in its pool, and is found at the new county ──
def _in_the_pool(organisation: Organisation, to: Office) -> QuerySet[PoolEntry]:
    rows = PoolEntry.objects.live().filter(officer__organisation=organisation, city=to.parent_id)
    return rows.exclude(office=to).select_related("office").order_by("pk")


def pool_cases(organisation: Organisation, to: Office) -> list[carrying.Case]:
    return [
        carrying.Case("人才库", str(entry), entry.get_absolute_url(), entry.office.name, to.name)
        for entry in _in_the_pool(organisation, to)
    ]


def carry_pool(organisation: Organisation, to: Office, *, by, move) -> None:
    for entry in _in_the_pool(organisation, to):
        was, entry.office = entry.office, to
        entry.save(update_fields={"office"})
        note = f"随企业迁移，由{was.name}转到{to.name}；仍在库。"
        data = {"from": was.pk, "to": to.pk, "move": str(move.pk)}
        record("carry", entry, by=by, after=entry.state, note=note, data=data)


carrying.add(Carrier(cases=pool_cases, carry=carry_pool))
for kind in KINDS:
    carrying.add(Carrier(cases=kind.cases, lock=kind.lock, carry=kind.carry))
    handover.add(kind.in_hand)
