"""Two people at the same moment: one decision, one publication, one run, and a sentence for the second."""

import pytest

from cqo_portal.accounts.models import Role
from evaluation.decisions import appeals, deciding, publishing, versions
from evaluation.models import Appeal, Decision, Evaluation, Publication
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
