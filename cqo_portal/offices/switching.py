"""Switching an office on and off, and what that does."""

from dataclasses import dataclass
from datetime import date

from django.db import transaction

from cqo_portal.accounts.models import Assignment
from cqo_portal.audit.record import record
from cqo_portal.offices.models import Move, Registration
from cqo_portal.parties.models import Office, Organisation
from cqo_portal.workflow.engine import Refused
from registry import editions
from registry.models import Filing


@dataclass(frozen=True)
class Consequences:
    """What hangs on an office: what blocks switching it off, and what is left behind if it is."""

    office: Office
    below: int  # active offices under it
    filings: int  # open ones
    registrations: int
    moves: int
    enterprises: int
    accounts: int

    @property
    def blocks(self) -> list[str]:
        said = [
            (self.below, "还有 {} 个启用的下级机构，请先停用下级"),
            (self.filings, "还有 {} 件备案在办，请先办结，或者把企业迁到别的机构"),
            (self.registrations, "还有 {} 件企业注册没有核对"),
            (self.moves, "还有 {} 次管辖迁移没有办完"),
        ]
        return [f"{words.format(number)}。" for number, words in said if number]

    @property
    def follows(self) -> list[str]:
        return [
            f"{self.enterprises} 家企业仍登记在这里，停用期间发起不了备案，须迁到别的机构。",
            f"{self.accounts} 个有岗位的账号仍能登录、查看，不会收到新的件。",
            "企业填报、注册和迁移时，不能再选这个机构。",
            "已经办结的备案和名录不变。",
        ]


def consequences(office: Office) -> Consequences:
    here = Office.objects.below(office)
    return Consequences(
        office=office,
        below=here.filter(active=True).exclude(pk=office.pk).count(),
        filings=Filing.objects.filter(office__in=here).under_way().count(),
        registrations=Registration.objects.filter(office__in=here).under_way().count(),
        moves=_moves(here).count(),
        enterprises=Organisation.objects.filter(office__in=here).count(),
        accounts=Assignment.objects.filter(office__in=here, active=True, user__is_active=True)
        .values("user")
        .distinct()
        .count(),
    )


def _moves(offices):
    open_ones = Move.objects.under_way()
    return open_ones.filter(from_office__in=offices) | open_ones.filter(to_office__in=offices)


def switch(office: Office, *, on: bool, reason: str, by, today: date) -> Office:
    """Raises `Refused` with every reason that speaks against it. A city begins with the edition of this day."""
    with transaction.atomic():
        office = Office.objects.select_for_update(no_key=True).get(pk=office.pk)
        if office.active == on:
            raise Refused(f"{office.name}现在已经是{'启用' if on else '停用'}的。")
        if not on and (blocks := consequences(office).blocks):
            raise Refused(*blocks)
        if on and office.parent_id and not office.parent.active:
            raise Refused(f"上级机构{office.parent.name}停用中，请先启用上级。")
        office.active = on
        office.save(update_fields=["active"])
        begun = editions.begin_at(office, today=today) if on else ""
        record("switch-on" if on else "switch-off", office, by=by, note=reason, rule_edition=begun)
    return office
