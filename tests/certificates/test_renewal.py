"""When one may apply again (9.4–9.6): the window, another body, the year after a loss; and the link to the old certificate."""

from datetime import date, timedelta

import pytest
import time_machine
from django.utils import timezone

from certificates import renewal
from certificates.models import Certificate, Renewal
from cqo_portal.workflow.engine import Refused
from evaluation.applications import above
from evaluation.applications.steps import nothing_known_above_stands_against_it
from evaluation.models import Application
from tests.certificates import many, rows
from tests.evaluation.decisions import story
from tests.evaluation.rows import body

pytestmark = pytest.mark.django_db


@pytest.fixture
def held(people):
    panel, made = rows.issued(people)
    return panel, rows.sent(made, by=panel.staff)


def asked(made: Certificate, *, of=None) -> Application:
    """What an application of the holder would be, not saved: to this body, or another."""
    return Application(
        person=made.person,
        organisation=made.organisation,
        body=of or made.body,
        number="PJ-2099-0001",
        rule_edition=made.rule_edition,
    )


def against(made: Certificate, on: date, *, of=None) -> str | None:
    return nothing_known_above_stands_against_it(asked(made, of=of), on)


def test_the_own_body_takes_it_up_once_the_window_is_open(held):
    _, made = held
    before = made.reapply_opens - timedelta(days=1)
    assert against(made, before) == (
        f"证书 {made.number} 到{_full(made.last_day)}为止，"
        f"{_full(made.reapply_opens)}起才能向江苏质量评价中心申请再评价（9.4）。"
    )
    assert against(made, made.reapply_opens) is None
    assert against(made, made.reapply_by + timedelta(days=1)) is None  # late, and still taken up
    assert against(made, made.last_day + timedelta(days=1)) is None  # expired: at once


def test_another_body_may_be_asked_at_any_time(held):
    _, made = held
    assert against(made, made.first_day, of=body("南京质量评价所")) is None


def test_a_year_passes_after_a_loss_whichever_body_is_asked(held):
    panel, made = held
    lost = timezone.localdate() + timedelta(days=5)
    made = rows.done("discontinue", made, on=lost, by=panel.staff)
    ends = made.rule.wait_after_loss.after(lost)
    said = f"证书 {made.number} 被中止，满 1 年（9.6）即{_full(ends)}起才能重新申请。"
    for house in (None, body("南京质量评价所")):
        assert against(made, ends - timedelta(days=1), of=house) == said
        assert against(made, ends, of=house) is None


def test_who_is_suspended_waits_and_who_was_resumed_does_not(held):
    panel, made = held
    today = timezone.localdate()
    suspended = rows.done("suspend", made, on=today, by=panel.staff)
    assert "被暂停，满 1 年" in against(suspended, today)
    rows.done("resume", suspended, on=today + timedelta(days=9), by=panel.staff)
    assert "起才能向江苏质量评价中心申请再评价" in against(made, today + timedelta(days=9))


@pytest.mark.parametrize("ground", ["misprint", "overturned"])
def test_nobody_waits_for_what_was_not_his_doing(held, people, ground):
    panel, made = held
    today = timezone.localdate()
    many.reviewed(made.decision, people, by=panel.staff)
    rows.done("void", made, on=made.first_day, by=panel.staff, ground=ground)
    assert against(made, today) is None


def test_a_wait_that_began_is_not_ended_by_what_nobody_waits_for(held, people):
    """Suspended for misconduct, then discontinued because a review came to another result."""
    panel, made = held
    today = timezone.localdate()
    many.reviewed(made.decision, people, by=panel.staff)
    made = rows.done("suspend", made, on=today, by=panel.staff)
    made = rows.done("discontinue", made, on=today, by=panel.staff, ground="overturned")
    assert against(made, today) == (
        f"证书 {made.number} 被中止，满 1 年（9.6）即{_full(made.rule.wait_after_loss.after(today))}起才能重新申请。"
    )


def test_whoever_never_held_one_is_not_asked(people):
    panel, _ = rows.decided(people)
    assert above.against(panel.evaluation.application, None, timezone.localdate()) is None


@pytest.mark.parametrize(
    ("days", "tone", "said"),
    [
        (-1, "info", "起可以向原评价机构申请再评价"),
        (0, "info", "以前申请再评价；新证书签发以前，旧证书有效"),
        (100, "warning", "已经逾期；仍然可以申请"),
        (200, "info", "证书已经到期失效，可以随时重新申请（9.6）"),
    ],
)
def test_the_pages_of_an_application_tell_of_the_old_certificate(held, days, tone, said):
    _, made = held
    (note,) = above.notes_on(asked(made), made.reapply_opens + timedelta(days=days))
    assert (note.tone, said in note.text) == (tone, True)
    assert made.number in note.title


def test_from_the_certificate_an_application_is_begun_and_linked(held, people):
    _, made = held
    with time_machine.travel(f"{made.reapply_opens}T12:00:00+08:00", tick=False):
        opened = renewal.begin(made, by=people.liu, today=made.reapply_opens)
        assert Renewal.objects.get().application == opened
        assert Renewal.objects.get().certificate == made
        assert renewal.begin(made, by=people.liu, today=made.reapply_opens) == opened  # a second click
    assert Renewal.objects.count() == 1


def test_too_early_nothing_is_begun(held, people):
    _, made = held
    with pytest.raises(Refused, match="还不能从这张证书申请再评价"):
        renewal.begin(made, by=people.liu, today=made.reapply_opens - timedelta(days=1))
    assert not Renewal.objects.exists()


def test_a_stranger_begins_nothing(held, people):
    panel, made = held
    for who in (people.dan, panel.staff):
        with pytest.raises(Refused):
            renewal.begin(made, by=who, today=made.reapply_opens)


def test_the_old_one_stays_valid_until_the_new_one_is_issued(held, people):
    panel, old = held
    _, decision = rows.decided(people)
    old.refresh_from_db()
    assert old.state == "valid"
    new = rows.of(decision, by=panel.staff)
    old.refresh_from_db()
    assert (old.state, new.replaces) == ("superseded", old)
    assert story.now(panel).evaluation.state == "published"


def _full(day: date) -> str:
    return f"{day.year}年{day.month}月{day.day}日"
