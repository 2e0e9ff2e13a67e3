"""What the beat asks of the offices."""

from celery import shared_task
from django.utils import timezone

from cqo_portal.offices.moves import carry_out_due


@shared_task
def carry_out_moves() -> None:
    """Accepted moves whose day has come. A day that was missed is made up for."""
    carry_out_due(today=timezone.localdate())
