"""A certificate from a published decision: number, words, paper; and why there is none."""

import hashlib

import pytest
from django.utils import timezone

from cqo_portal.audit.models import Event
from tests.certificates import rows

pytestmark = pytest.mark.django_db


def test_a_decision_becomes_a_certificate_in_force(people):
    _, made = rows.issued(people)
    today = timezone.localdate()
    assert made.state == "valid"
    assert made.number.startswith(f"CQO-JSZP-{today.year}-0001-")
    assert (made.name, made.grade, made.first_day) == ("王雪松", "AAAA", today)
    assert made.rendering.digest == hashlib.sha256(made.rendering.content).hexdigest()
    assert bytes(made.rendering.content).startswith(b"%PDF-")
    said = [each.action for each in Event.objects.about(made).order_by("id")]
    assert said == ["issue", "render", "complete"]
