"""Two people at the same moment: one decision, one publication, one run, and a sentence for the second."""

import threading
from dataclasses import replace

import pytest
from django.db import connection

from cqo_portal.accounts.models import Role
from cqo_portal.workflow.engine import Refused, perform
from evaluation.applications.steps import WITHDRAW
from evaluation.decisions import appeals, deciding, publishing, versions
from evaluation.models import Appeal, Decision, Evaluation, Publication
from evaluation.workflow import appeal as life
from tests.cast import cast, user
from tests.evaluation.decisions import story
from tests.evaluation.decisions.story import DELIBERATED, TODAY
from tests.test_two_at_once import together

pytestmark = pytest.mark.django_db(transaction=True)


def colleague(panel):
    return user("gu", Role.BODY, institution=panel.evaluation.body)


def test_two_decide_two_publish_two_answer():
    people = cast()
    panel = story.handed_in(people)
    both = (panel.staff, colleague(panel))
    seen = versions.last_version(panel.evaluation).digest
    said = DELIBERATED | {"seen": seen, "on": TODAY, "today": TODAY}
    assert together(lambda who: deciding.decide(panel.evaluation, **said, by=who), *both) == [
        "Refused",
        "done",
    ]
    assert Decision.objects.count() == 1

    panel = story.now(panel)
    shown = publishing.preview(panel.evaluation, today=TODAY).digest
    tell = {"seen": shown, "today": TODAY}
    assert together(lambda who: publishing.publish(panel.evaluation, **tell, by=who), *both) == [
        "Refused",
        "done",
    ]
    assert Publication.objects.count() == 1

    panel = story.now(panel)
    two = (people.liu, story.officer(panel))
    said = {"grounds": "不符。", "today": TODAY}
    assert together(lambda who: appeals.lodge(panel.evaluation, **said, by=who), *two) == ["Refused", "done"]
    made = Appeal.objects.get()
    assert together(lambda who: appeals.grant(made, "再看。", by=who, today=TODAY), *both) == [
        "Refused",
        "done",
    ]
    assert Evaluation.objects.filter(run=2).count() == 1


def test_whoever_appeals_while_it_is_published_comes_after_it():
    """Either it was not published yet, and is told so, or the appeal stands; nothing between."""
    people = cast()
    panel = story.decided(people)
    shown = publishing.preview(panel.evaluation, today=TODAY).digest

    def act(who):
        if who.acting.role == Role.BODY:
            return publishing.publish(panel.evaluation, seen=shown, by=who, today=TODAY)
        return appeals.lodge(panel.evaluation, "不符。", by=who, today=TODAY)

    said = together(act, panel.staff, people.liu)
    assert said in (["done", "done"], ["Refused", "done"])
    assert Publication.objects.count() == 1
    assert Appeal.objects.count() == said.count("done") - 1


def meanwhile(act) -> threading.Thread:
    """`act` by somebody else; it goes on afterwards where it has to wait."""

    def run() -> None:
        try:
            act()
        finally:
            connection.close()

    thread = threading.Thread(target=run)
    thread.start()
    thread.join(4)
    return thread


def test_what_is_decided_while_the_application_is_withdrawn_stays_decided():
    """The guard looked a moment before: a withdrawn application with a decision would be nobody's case."""
    people = cast()
    panel = story.handed_in(people)
    application = panel.evaluation.application

    def decided_meanwhile(application, today):
        meanwhile(lambda: story.decide(panel)).join()

    late = replace(WITHDRAW, guards=(*WITHDRAW.guards, decided_meanwhile))
    with pytest.raises(Refused, match="现在的状态是“待公布”"):
        perform(late, application, by=people.liu, note="不评了。", today=TODAY)
    application.refresh_from_db()
    assert (application.state, story.now(panel).evaluation.state) == ("accepted", "decided")


def test_no_second_appeal_slips_in_beside_the_run_that_the_first_one_got(monkeypatch):
    people = cast()
    panel = story.published(people)
    officer = story.officer(panel)
    first = appeals.lodge(panel.evaluation, "不符。", by=people.liu, today=TODAY)
    plain, others = life.is_the_latest, []

    def granted_meanwhile(evaluation):
        found = plain(evaluation)
        if not others:
            others.append(None)
            grant = {"by": panel.staff, "today": TODAY}
            others[0] = meanwhile(lambda: appeals.grant(first, "再看。", **grant))
        return found

    monkeypatch.setattr(life, "is_the_latest", granted_meanwhile)
    with pytest.raises(Refused):
        appeals.lodge(panel.evaluation, "还是不符。", by=officer, today=TODAY)
    others[0].join()
    assert Appeal.objects.get().state == "granted"
