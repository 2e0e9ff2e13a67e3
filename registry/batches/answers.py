"""A filing answers a notice: said here, because the notices themselves know no filing."""

from collections.abc import Sequence
from uuid import UUID

from django.db.models import Q
from django.urls import reverse

from registry.models import Filing
from registry.notices.answering import Done, Stand, Way


def filed_under(organisation, notices: Sequence) -> dict[UUID, Done]:
    """The latest filing under each notice that was handed in and not thrown away; before all what is under way."""
    own = Filing.objects.filter(organisation=organisation, round__gt=0).exclude(state="discarded")
    own = own.exclude(~Q(notice__in=notices), state="filed").order_by("submitted_on", "created_at")
    filed, pending = {}, {}
    for filing in own.for_list():
        if filing.state == Filing.State.FILED:
            filed[filing.notice_id] = _done(filing)
        else:
            pending = {notice.pk: _done(filing) for notice in notices}
    return filed | pending


def _done(filing: Filing) -> Done:
    return Done(
        f"已提交{filing.get_kind_display()}，{filing.get_state_display()}", None, filing.get_absolute_url()
    )


def where_it_stands(organisation) -> Stand:
    """With an officer in office one reports a change, or that there is none; without one, an appointment."""
    if organisation.officers.in_office().exists():
        return Stand(label="去报变更", url=reverse("registry:change-create"))
    sentence = "名录里没有贵企业在任的首席质量官，不能答复“没有变化”，请提交任职备案。"
    return Stand(objection=sentence, label="去备案", url=reverse("registry:filing-create"))


BY_FILING = Way(done=filed_under, stand=where_it_stands)
