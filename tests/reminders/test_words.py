"""What reminders say: one line as a title, a link that lends no right, the clause, and nothing that identifies a person."""

import re
from datetime import date, timedelta

import pytest

from cqo_portal.notifications.outbox import worded
from cqo_portal.reminders.catalogue import all_reminders
from evaluation.models import Sheet
from registry.models import Officer
from tests.certificates import rows as certificates
from tests.reports.world import office
from tests.supervision.test_suggestions import delivered
from tests.training.rows import commission, provider

pytestmark = pytest.mark.django_db

TYPED = "恒通\r\nBcc: evil@example.com\r\n\r\n<script>\u2028\x0b{{ x }}"
NUMBER, PHONE = "320102197001010018", "13800138000"
CITES = "某条例第九条"
DUE = date(2026, 12, 31)


@pytest.fixture
def subjects(people) -> dict:
    """Of each kind something to be told of, whose every name was typed by somebody hostile."""
    filing = people.filing(until="filed")
    people.hengtong.name = TYPED
    people.hengtong.save()
    officer = Officer.objects.get()
    panel, certificate = certificates.issued(people)
    application = certificate.decision.evaluation.application
    seat = panel.panellists[1]
    held = commission(
        provider(TYPED).acting.institution,
        office("350000", TYPED, "province", None, "fujian"),
        by=people.meng,
    )
    found = dict.fromkeys(("term-ends", "hours-short"), officer)
    found |= dict.fromkeys(("change-to-report", "return-unanswered"), filing)
    found |= dict.fromkeys(("annual-report-opens", "annual-report-due"), people.hengtong)
    found |= dict.fromkeys(("application-to-complete", "application-to-review"), application)
    found |= {each.code: certificate for each in all_reminders() if each.code.startswith("certificate-")}
    found |= {"suggestion-unanswered": delivered(people, officer), "provider-report-owed": held}
    found |= {"invitation-unanswered": seat, "sheet-unsigned": Sheet.objects.get(panellist=seat)}
    for each in found.values():  # as they are read: their names anew
        each.refresh_from_db()
    return found


def test_every_stage_of_every_kind_reads_like_a_letter(subjects):
    assert set(subjects) == {each.code for each in all_reminders()}
    for kind in all_reminders():
        subject = subjects[kind.code]
        for stage in kind.stages:
            today = stage.reached_on(DUE)
            about = {"subject": subject, "due_on": DUE, "stage": stage, "cites": CITES, "today": today}
            words = worded(kind.code, about)
            title, body = words["title"], words["body"]
            assert title and not re.search(r"[\x00-\x1f\x7f\u2028\u2029]", title), (kind.code, title)
            assert body.strip() and "{%" not in body and "None" not in body, (kind.code, body)
            assert "http://testserver/" in body, kind.code
            for secret in (NUMBER, NUMBER[-6:], PHONE, "token", "key="):
                assert secret not in title + body, (kind.code, secret)
            without_a_clause = {"return-unanswered", "invitation-unanswered"}
            assert (CITES in body) == (kind.code not in without_a_clause), kind.code


def test_a_day_that_has_passed_is_not_spoken_of_as_one_to_come(subjects):
    """The control of the one before: each kind with stages on both sides says two different things."""
    for kind in all_reminders():
        before, after = kind.stages.of[0].offset, kind.stages.of[-1].offset
        if before < 0 < after:
            said = []
            for day in (DUE - timedelta(days=1), DUE + timedelta(days=1)):
                about = {
                    "subject": subjects[kind.code],
                    "due_on": DUE,
                    "stage": kind.stages.of[0],
                    "cites": CITES,
                    "today": day,
                }
                said.append(" ".join(worded(kind.code, about).values()))
            assert said[0] != said[1], kind.code
