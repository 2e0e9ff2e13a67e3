"""A filing answers a notice: said here, because the notices themselves know no filing."""

from collections.abc import Sequence
from uuid import UUID

from django.urls import reverse

from registry.models import Filing
from registry.notices.answering import Done, Stand, Way


def filed_under(organisation, notices: Sequence) -> dict[UUID, Done]:
    """The latest filing under each notice that was handed in and not thrown away."""
    found = Filing.objects.filter(organisation=organisation, notice__in=notices).exclude(state="discarded")
    rows = found.order_by("submitted_on", "created_at").for_list()
    return {
        filing.notice_id: Done(
            f"已提交{filing.get_kind_display()}，{filing.get_state_display()}",
            None,
            filing.get_absolute_url(),
        )
        for filing in rows
    }


def where_it_stands(organisation) -> Stand:
    """With an officer in office one reports a change, or that there is none; without one, an appointment."""
    if organisation.officers.in_office().exists():
        return Stand(label="去报变更", url=reverse("registry:change-create"))
    sentence = "名录里没有贵企业在任的首席质量官，不能答复“没有变化”，请提交任职备案。"
    return Stand(objection=sentence, label="去备案", url=reverse("registry:filing-create"))


BY_FILING = Way(done=filed_under, stand=where_it_stands)
