"""What of certificates waits for whom: for desks, in the shape of `evaluation.panels.queries.Waits`."""

from collections.abc import Iterator
from datetime import date

from django.db.models import Count, Q
from django.urls import reverse

from certificates import renewal
from certificates.issuing.standing import to_issue
from certificates.learning import learning_of
from certificates.models import Certificate
from certificates.pages.lists import overturned
from certificates.queries import ENDS_BY_ITSELF
from cqo_portal.accounts.models import Role
from cqo_portal.wording import day_full, grouped
from evaluation.panels.queries import Waits


def waits_for(user, *, today: date) -> Waits:
    """What waits for nobody is left out."""
    of_role = {Role.BODY: _of_a_body, Role.OFFICER: _of_the_holder, Role.ENTERPRISE: _of_the_holder}
    rows = of_role.get(user.acting.role, lambda user, today: ())(user, today)
    return tuple((url, what, said) for url, what, said, number in rows if number)


def _of_a_body(user, today: date) -> Iterator:
    """Decisions without a certificate; certificates that could not be made, or were not sent."""
    index, issue = reverse("certificates:index"), reverse("certificates:issue")
    deciding = to_issue(user.acting.institution_id).order_by().count()
    own = Certificate.objects.visible_to(user).order_by()
    found = own.filter(Q(state="prepared") | Q(sent_at=None)).aggregate(
        stuck=Count("pk", filter=Q(state="prepared") & ~Q(trouble="")),
        unsent=Count("pk", filter=Q(state__in=ENDS_BY_ITSELF, sent_at=None)),
    )
    yield issue, "签发证书", f"{grouped(deciding)} 个评价决定待发证", deciding
    yield (
        f"{index}?standing=making",
        "没有制成的证书",
        f"{grouped(found['stuck'])} 张，看原因",
        found["stuck"],
    )
    overturned_ = own.filter(overturned()).count()
    yield (
        f"{index}?standing=overturned",
        "复评以后的原证书",
        f"{grouped(overturned_)} 张待办理中止或作废",
        overturned_,
    )
    yield (
        f"{index}?standing=unsent",
        "发送证书",
        f"{grouped(found['unsent'])} 张已签发、还没发送",
        found["unsent"],
    )


def _of_the_holder(user, today: date) -> Iterator:
    """Certificates whose window is open, the soonest end first; those that are suspended."""
    index = reverse("certificates:index")
    seen = Certificate.objects.visible_to(user).order_by("last_day")
    soon = seen.filter(state="valid", last_day__gte=today, reapply_opens__lte=today).with_acts()
    open_ = [(each.last_day, each.reapply_by) for each in soon if renewal.is_to_be_begun(each, user, today)]
    suspended = seen.filter(state="suspended", last_day__gte=today).count()
    if open_:
        last, by = open_[0]
        when = f"应在{day_full(by)}（含当日）以前申请" if today <= by else "已过应当申请的日期，仍可申请"
        yield index, "申请再评价", f"{grouped(len(open_))} 张，{day_full(last)}到期，{when}", len(open_)
    yield (
        f"{index}?standing=suspended",
        "暂停的证书",
        f"{grouped(suspended)} 张，由评价机构恢复或者办理",
        suspended,
    )
    yield from _learning(seen.filter(state="valid", last_day__gte=today), user, today)


def _learning(held, user, today: date) -> Iterator:
    """What the certificate year that runs still asks of the holder himself (9.2)."""
    certificate = held.first() if user.acting.role == Role.OFFICER else None
    learning = learning_of(certificate, today=today) if certificate else None
    if learning and learning.running and learning.running.missing:
        year = learning.running
        left = f"还有 {grouped(year.days_left)} 天" if year.days_left else "今天是最后一天"
        said = f"本证书年还差 {year.missing} 次，截至{day_full(year.last)}当日，{left}"
        yield f"{certificate.get_absolute_url()}#learning", "继续教育", said, year.missing
