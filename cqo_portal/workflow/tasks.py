"""What the beat asks of the workflow."""

from datetime import timedelta

from celery import shared_task
from django.utils import timezone

from cqo_portal.workflow.models import SentForm

KEPT = timedelta(days=30)  # longer than any session: who signs in again gets a form with a new key


@shared_task
def forget_old_forms() -> int:
    """The acts of these forms stay on record; that the same form came twice need not be known for ever."""
    forgotten, _ = SentForm.objects.filter(at__lt=timezone.now() - KEPT).delete()
    return forgotten
