"""What somebody has in hand in a role, and who goes on with it. Cases belong to the office; this list only says so.

Each part of the product tells what it knows through a provider: (user, assignment) → items.
"""

from collections.abc import Callable, Iterable
from dataclasses import asdict, dataclass

from django.db.models import CharField, Exists, OuterRef, Q
from django.db.models.functions import Cast

from cqo_portal.accounts.models import Assignment, Role, User
from cqo_portal.audit.models import Event
from cqo_portal.audit.record import record
from cqo_portal.notifications.models import Message
from cqo_portal.notifications.outbox import queue
from cqo_portal.offices.models import HandOver
from cqo_portal.workflow.engine import Refused
from registry.models import Filing, ReturnItem


@dataclass(frozen=True)
class Item:
    what: str  # the heading it stands under
    label: str
    url: str  # or empty
    next: str  # what happens with it now


# Roles that are held as a person, and why their work is handed to nobody.
OF_A_PERSON = {
    Role.OFFICER: "本人的档案，不涉及交接。",
    Role.EXPERT: "本人的评价工作，由聘任的评价机构另行安排。",
}

Provider = Callable[[User, Assignment], Iterable[Item]]
_providers: list[Provider] = []


def add(*providers: Provider) -> None:
    _providers.extend(providers)


@dataclass(frozen=True)
class InHand:
    """One role of a person: what lies in it, and who holds the same role at the same place."""

    assignment: Assignment
    items: list[Item]
    remaining: list[User]

    @property
    def alone(self) -> bool:
        """Nobody would go on. What is held as a person is nobody else's, so nobody is missed there."""
        return not self.remaining and self.assignment.role not in OF_A_PERSON


def in_hand(assignment: Assignment) -> InHand:
    user = assignment.user
    items = [item for provider in _providers for item in provider(user, assignment)]
    return InHand(assignment, items, list(colleagues(assignment)))


def colleagues(assignment: Assignment):
    """Who else may do the same at the same place."""
    same = Assignment.objects.filter(
        active=True,
        role=assignment.role,
        office=assignment.office_id,
        organisation=assignment.organisation_id,
        institution=assignment.institution_id,
        person=assignment.person_id,
    )
    return (
        User.objects.filter(is_active=True, assignments__in=same)
        .exclude(pk=assignment.user_id)
        .distinct()
        .order_by("full_name", "pk")
    )


def keep(assignment: Assignment, *, cause: str, reason: str, nobody: str, by) -> HandOver:
    """Write the list down as it stands, and tell those who remain. In the caller's transaction. Raises `Refused`."""
    found = in_hand(assignment)
    if found.alone and not nobody.strip():
        raise Refused(f"“{assignment}”没有别的人，须写明无人接手的理由。")
    kept = HandOver.objects.create(
        user=assignment.user,
        role=assignment.role,
        place=assignment.place,
        office=assignment.office,
        organisation=assignment.organisation,
        cause=cause,
        reason=reason,
        items=[asdict(item) for item in found.items],
        remaining=[str(user) for user in found.remaining],
        nobody=nobody if found.alone else OF_A_PERSON.get(assignment.role, ""),
        by=by,
    )
    record("hand-over", kept, by=by, note=reason, data={"items": len(found.items), "to": kept.remaining})
    queue("handover-kept", kept, cause=f"hand-over:{kept.pk}", context={"by": by})
    return kept


# ── what the core knows ───────────────────────────────────────────────────────────────────────
S = Filing.State
TURN = {Role.COUNTY: S.AT_COUNTY, Role.CITY: S.AT_CITY}


def _at_the_office(assignment: Assignment):
    """Filings that wait for just this office now."""
    place = "office" if assignment.role == Role.COUNTY else "office__parent"
    return Filing.objects.filter(**{place: assignment.office_id}, state=TURN[assignment.role])


def filings_touched(user: User, assignment: Assignment) -> Iterable[Item]:
    """What this person has acted on or has looked into, and which now waits at the office."""
    if assignment.role not in TURN:
        return
    acted = Event.objects.filter(
        actor=user, subject_type="registry.filing", subject_id=Cast(OuterRef("pk"), CharField())
    )
    pinned = ReturnItem.objects.filter(filing=OuterRef("pk"), by=user, sent_at=None)
    waiting = _at_the_office(assignment).filter(Exists(acted) | Exists(pinned))
    for filing in waiting.for_list().order_by("moved_at", "id"):
        label = f"{filing.organisation.name} · {filing.name}（{filing.receipt_number}）"
        yield Item(
            "经手过、现在轮到本机构的备案", label, filing.get_absolute_url(), "留在本机构，同岗同事接着办"
        )


def returns_composed(user: User, assignment: Assignment) -> Iterable[Item]:
    """Return items that were written and not sent."""
    if assignment.role not in TURN:
        return
    written = ReturnItem.objects.filter(by=user, sent_at=None, filing__in=_at_the_office(assignment))
    for item in written.select_related("filing__organisation"):
        label = f"{item.filing.organisation.name}：{item.reason[:60]}"
        yield Item(
            "写好还没有发出的补正项",
            label,
            item.filing.get_absolute_url(),
            "补正项留在案件上，同事可以退回企业，也可以删去",
        )


def drafts_of_the_enterprise(user: User, assignment: Assignment) -> Iterable[Item]:
    if assignment.role != Role.ENTERPRISE:
        return
    mine = Q(created_by=user) | Q(draft_saved_by=str(user))
    drafts = Filing.objects.filter(
        mine, organisation=assignment.organisation, state__in=(S.DRAFT, S.RETURNED)
    )
    for filing in drafts.for_list():
        word = "待补正" if filing.state == S.RETURNED else "草稿"
        label = f"{filing.name or '还没有填姓名'} {filing.get_kind_display()}（{word}）"
        yield Item("没有提交的备案", label, filing.get_absolute_url(), "草稿留在企业，其他经办人接着填")


def letters_unread(user: User, assignment: Assignment) -> Iterable[Item]:
    """Counted once for a person, in their first role."""
    first = user.assignments.filter(active=True).order_by("pk").values_list("pk", flat=True).first()
    unread = Message.objects.inbox_of(user).unread().count()
    if unread and first == assignment.pk:
        yield Item("未读的消息", f"{unread} 条", "", "同岗的人各有一份，本人的留在账号里")


add(filings_touched, returns_composed, drafts_of_the_enterprise, letters_unread)
