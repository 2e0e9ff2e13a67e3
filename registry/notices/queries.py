"""Which notices a person may read, which are open, and what an enterprise owes under them."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from django.db.models import Q, QuerySet

from cqo_portal.accounts.models import Role
from registry.notices import answering
from registry.notices.answering import Done, Stand
from registry.notices.audience import is_addressed


class NoticeQuerySet(QuerySet):
    def visible_to(self, user) -> "NoticeQuerySet":
        """The only door: what was published is public, a draft belongs to its city."""
        acting = getattr(user, "acting", None)
        public = Q(published_at__isnull=False)
        if acting is not None and acting.role == Role.CITY:
            return self.filter(public | Q(office=acting.office_id))
        return self.filter(public)

    def concerning(self, user) -> "NoticeQuerySet":
        """Of the visible ones those of the person's own city or province; everybody else reads all."""
        acting = getattr(user, "acting", None)
        seen = self.visible_to(user)
        match acting.role if acting else "":
            case Role.ENTERPRISE:
                return seen.filter(office=acting.organisation.office.parent_id)
            case Role.COUNTY:
                return seen.filter(office=acting.office.parent_id)
            case Role.CITY:
                return seen.filter(office=acting.office_id)
            case Role.PROVINCE:
                return seen.filter(office__parent=acting.office_id)
        return seen

    def open_on(self, today: date) -> "NoticeQuerySet":
        return self.filter(state="published", opens_on__lte=today, until__gte=today)

    def reaching(self, office) -> "NoticeQuerySet":
        """Those of the city above this county that name it, or name none."""
        return self.filter(Q(counties=[]) | Q(counties__contains=[office.pk]), office=office.parent_id)


def open_notice(organisation, kind: str, today: date):
    """The notice a filing of this kind answers today, or None: then it is 主动备案. The first to close comes first.

    `kind`: "appointment" or "change".
    """
    return next((notice for notice in _open_to(organisation, today=today) if notice.asks_for(kind)), None)


def _open_to(organisation, *, today: date) -> list:
    from registry.notices.models import Notice  # the model takes its manager from here

    found = Notice.objects.open_on(today).reaching(organisation.office).order_by("until", "id")
    return [notice for notice in found if is_addressed(notice, organisation)]


@dataclass(frozen=True)
class Owed:
    """What one open notice asks of an enterprise, and what became of it."""

    notice: object
    today: date
    done: Done | None
    stand: Stand  # where to file; why "nothing has changed" cannot be said

    @property
    def days_left(self) -> int:
        return (self.notice.until - self.today).days

    @property
    def left(self) -> str:
        return f"还有 {self.days_left} 天" if self.days_left else "今天截止"

    @property
    def tone(self) -> str:
        return "soon" if self.days_left <= 7 else ""

    @property
    def may_say_unchanged(self) -> bool:
        return self.done is None and self.notice.changes and not self.stand.objection


def owed(organisation, *, today: date) -> list[Owed]:
    """What the enterprise is asked for now, unanswered first, then by the last day."""
    notices = _open_to(organisation, today=today)
    if not notices:
        return []
    done = answering.done(organisation, notices)
    stand = answering.stand(organisation)
    found = [Owed(notice, today, done.get(notice.pk), stand) for notice in notices]
    return sorted(found, key=lambda each: (each.done is not None, each.notice.until))


def unanswered(found: Iterable[Owed]) -> list[Owed]:
    return [each for each in found if each.done is None]
