"""What the lists of accounts, offices, registrations and moves show."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta

from django.db.models import Count, Exists, OuterRef, Prefetch, Q, QuerySet
from django.utils import timezone

from cqo_portal.accounts.models import Assignment, Role, User
from cqo_portal.audit.models import Event
from cqo_portal.jurisdictions import editions
from cqo_portal.offices.forms import AccountFilter
from cqo_portal.offices.models import HandOver, Move, Registration
from cqo_portal.parties.models import Office
from cqo_portal.parties.queries import SearchableQuerySet
from registry.models import Entry

RECENTLY, LONG_AGO = timedelta(days=30), timedelta(days=90)
ACTS_SHOWN = 20
WORDS = {
    "open-account": "开设账号",
    "assign": "给予岗位",
    "name-person": "写明岗位的本人",
    "withdraw-assignment": "撤销岗位",
    "disable-account": "停用账号",
    "enable-account": "启用账号",
    "reset-password": "重设密码",
    "hand-over": "写下交接清单",
    "register": "填报企业注册",
    "attach": "上传营业执照",
    "hand-in": "提交注册",
    "withdraw": "撤回",
    "admit": "确认注册",
    "refuse": "未予同意",
    "pass-on": "转给企业所在的机构",
    "propose": "提出迁移",
    "accept": "同意迁移",
    "carry-out": "办结迁移",
    "switch-on": "启用",
    "switch-off": "停用",
}


@dataclass(frozen=True)
class Act:
    word: str
    event: Event

    @property
    def detail(self) -> str:
        """What the act was about, where its word alone does not say it."""
        data = self.event.data
        if "at" in data:
            return " · ".join(filter(None, [data["at"], Role(data["role"]).label]))
        return {"link": "发送设置密码的链接", "told-once": "一次性密码，当面告知"}.get(
            data.get("how", ""), ""
        )


def acts_about(subject) -> list[Act]:
    done = Event.objects.about(subject).exclude(action=Event.LOOK).order_by("-id")[:ACTS_SHOWN]
    return [Act(WORDS.get(event.action, event.action), event) for event in done]


# ── accounts ──────────────────────────────────────────────────────────────────────────────────
class AccountQuery:
    """The list of accounts as the address asks for it."""

    order = ("username", "id")

    def __init__(self, params: Mapping, *, today: date) -> None:
        self.form, self.today = AccountFilter(params), today
        self.form.is_valid()
        self.said = self.form.cleaned_data

    @property
    def text(self) -> str:
        return self.said.get("q", "")

    @property
    def narrowed(self) -> bool:
        return any(self.said.values())

    def rows(self) -> QuerySet[User]:
        held = Assignment.objects.filter(active=True).select_related("office", "organisation", "person")
        rows = User.objects.prefetch_related(Prefetch("assignments", held.order_by("id")))
        return self._by_role(self._by_text(self._by_life(rows)))

    def _by_text(self, rows):
        if not self.text:
            return rows
        enterprise = Assignment.objects.filter(
            user=OuterRef("pk"), organisation__in=_organisations().matching(self.text).values("pk")
        )
        named = Q(username__icontains=self.text) | Q(full_name__icontains=self.text)
        return rows.filter(named | Exists(enterprise))

    def _by_role(self, rows):
        scope = {}
        if self.said.get("role"):
            scope["role"] = self.said["role"]
        if self.said.get("office"):
            scope["office"] = self.said["office"]
        held = Assignment.objects.filter(user=OuterRef("pk"), active=True, **scope)
        return rows.filter(Exists(held)) if scope else rows

    def _by_life(self, rows):
        if self.said.get("active"):
            rows = rows.filter(is_active=self.said["active"] == "yes")
        now = timezone.now()
        match self.said.get("seen"):
            case "month":
                return rows.filter(last_login__gte=now - RECENTLY)
            case "long":
                return rows.filter(last_login__lt=now - LONG_AGO)
            case "never":
                return rows.filter(last_login=None)
        return rows


def _organisations() -> SearchableQuerySet:
    return Assignment._meta.get_field("organisation").related_model.objects.all()


def account_page(user: User) -> dict:
    held = user.assignments.select_related("office", "organisation", "person").order_by("-active", "id")
    return {
        "account": user,
        "held": list(held),
        "acts": acts_about(user),
        "sessions": user.usersession_set.count(),
        "hand_overs": list(HandOver.objects.filter(user=user)[:ACTS_SHOWN]),
    }


# ── the front page ────────────────────────────────────────────────────────────────────────────
def front_page(user) -> dict:
    registrations = Registration.objects.visible_to(user)
    moves = Move.objects.visible_to(user).under_way()
    shown = {
        "registrations": list(registrations.waiting().select_related("office").order_by("handed_in_at")[:8]),
        "registrations_waiting": registrations.waiting().count(),
        "moves": list(moves.for_list()[:8]),
        "moves_under_way": moves.count(),
        "hand_overs": list(HandOver.objects.visible_to(user).select_related("user", "by")[:5]),
    }
    if user.acting.role == Role.ADMIN:
        active = User.objects.aggregate(
            active=Count("pk", filter=Q(is_active=True)), closed=Count("pk", filter=Q(is_active=False))
        )
        shown |= {"accounts": active, "offices": Office.objects.filter(active=True).count()}
    return shown


def offices_list(*, active: bool | None) -> list[Office]:
    """The offices as a tree, each with its enterprises and accounts: the active ones, the others, or (None) all."""
    people = Count("assignments__user", filter=Q(assignments__active=True), distinct=True)
    rows = {
        office.pk: office
        for office in Office.objects.annotate(
            enterprises=Count("organisations", distinct=True), accounts=people
        ).order_by("code")
    }
    found: list[Office] = []

    def descend(parent: str | None) -> None:
        for office in rows.values():
            if office.parent_id == parent:
                office.rules = editions(office.jurisdiction)[-1].label
                found.append(office)
                descend(office.pk)

    descend(None)
    return [office for office in found if active is None or office.active is active]


def earliest_move_of(organisation) -> date | None:
    """A move cannot be dated before what the register says of the office last."""
    of_the_office = Entry.objects.standing().filter(organisation=organisation, post=None, name="office")
    return of_the_office.order_by("-effective_on").values_list("effective_on", flat=True).first()
