"""Two at the same moment, and how many questions a page asks."""

import pytest
import time_machine
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from cqo_portal.audit.models import Event
from cqo_portal.workflow.engine import perform
from evaluation.applications import draft, services
from evaluation.applications.steps import ACCEPT, SUBMIT, WITHDRAW, refuse_on
from evaluation.models import Application, Evaluation
from evaluation.workflow.application import DISCARD
from registry.models import Officer
from tests.bodies.rows import body
from tests.cast import TODAY, browser, cast
from tests.evaluation.applications.world import World, lying, world
from tests.talent.rows import post
from tests.test_two_at_once import together
from tests.training.rows import identity

ROUNDS = 3


@pytest.mark.django_db(transaction=True)
class TestTogether:
    @pytest.fixture
    def story(self, db) -> World:
        return world(cast())

    def test_the_body_accepts_while_the_applicants_withdraw(self, story):
        """Whichever comes first: it ends withdrawn, and no panel goes on over it."""
        for _ in range(ROUNDS):
            made = story.determined(story.submitted(story.written()))

            def press(by, made=made):
                step = ACCEPT if by.acting.role == "body" else WITHDRAW
                perform(step, made, by=by, note="人员变动", today=TODAY)

            assert "done" in together(press, story.shen, story.liu)
            assert Application.objects.get(pk=made.pk).state == "withdrawn"
            assert not Evaluation.objects.under_way().exists()

    def test_one_colleague_accepts_while_the_other_refuses(self, story):
        for _ in range(ROUNDS):
            made = story.determined(story.submitted(story.written()))

            def press(by, made=made):
                step = ACCEPT if by.username == "shen" else refuse_on(ground="js-8-2-a", finding="有处分。")
                perform(step, made, by=by, today=TODAY)

            assert together(press, story.shen, story.fan) == ["Refused", "done"]
            now = Application.objects.get(pk=made.pk)
            assert Evaluation.objects.filter(application=now).count() == (now.state == "accepted")
            assert Event.objects.about(now).filter(action__in=["accept", "refuse"]).count() == 1
            if now.state == "accepted":
                perform(WITHDRAW, now, by=story.liu, note="下一轮", today=TODAY)

    def test_both_sides_begin_at_once(self, story):
        def press(by):
            services.open_application(story.officer, by=by, today=TODAY)

        assert together(press, story.liu, story.wangxs) == ["done", "done"]
        assert Application.objects.count() == 1

    def test_a_word_is_changed_while_it_is_handed_in(self, story):
        """Either the words handed in are the signed ones, or nothing was handed in."""
        for number in range(ROUNDS):
            made = story.signed(story.written())

            def press(by, made=made, number=number):
                if by.username == "liu":
                    seen = Application.objects.get(pk=made.pk)
                    draft.save(seen, seen.draft | {"report-text": [f"改 {number}"]}, version=None, by=by)
                else:
                    perform(SUBMIT, made, by=by)

            with time_machine.travel("2026-11-20T12:00:00+08:00", tick=False):
                together(press, story.liu, story.wangxs)
            now = Application.objects.get(pk=made.pk)
            for handed_in in now.submissions.all():
                signed = set(now.co_signatures.values_list("digest", flat=True))
                assert handed_in.digest in signed
            over = WITHDRAW if now.state == "submitted" else DISCARD
            perform(over, now, by=story.liu, note="下一轮", today=TODAY)


# ── how many questions a page asks ────────────────────────────────────────────────────────────
@pytest.fixture
def noon():
    with time_machine.travel("2026-11-20T12:00:00+08:00", tick=False):
        yield


def _one_more(people, house, number: int) -> Application:
    """Another officer of the same enterprise, so that enterprise and body both have it in their lists."""
    officer = post(people.hengtong, name=f"第{number}人", number=identity(200 + number))
    made = lying(people, officer, house)
    Officer.objects.filter(pk=officer.pk).update(ended_on=TODAY)
    return made


LISTS = [("body", 8), ("liu", 8)]


@pytest.mark.django_db
@pytest.mark.parametrize(("who", "needed"), LISTS)
def test_a_list_asks_the_same_for_three_rows_as_for_one(people, noon, who, needed):
    shen = body()
    someone = shen if who == "body" else people.liu
    path = reverse("evaluation:applications")
    client, found = browser(someone), []
    for number in range(1, 4):
        _one_more(people, shen.acting.institution, number)
        if number != 2:
            found.append(asked_by(client, path))
    assert found == [needed, needed]


FORMS = [("application-edit", 18), ("application-check", 44)]


@pytest.mark.django_db
@pytest.mark.parametrize(("name", "needed"), FORMS)
def test_the_form_asks_the_same_for_three_papers_as_for_one(people, noon, name, needed):
    story, found = world(people), []
    made = story.written()
    client, path = browser(story.liu), reverse(f"evaluation:{name}", args=[made.pk])
    for shade in range(3):
        story.paper(made, "7.4.4", "7.3", shade=shade)
        if shade != 1:
            found.append(asked_by(client, path))
    assert found == [needed, needed]


@pytest.mark.django_db
@pytest.mark.parametrize("count", [1, 3])
def test_the_review_asks_the_same_for_three_of_everything_as_for_one(people, noon, count):
    """Papers, pins, determinations, and what an earlier return asked for."""
    story = world(people)
    made = story.written()
    papers = [story.paper(made, "7.4.4", shade=shade) for shade in range(count)]
    made = story.submitted(story.returned(*["7.3", "7.2", "report"][:count], made=story.submitted(made)))
    for paper in papers:
        services.pin(made, key="proof.7.4.4", reason="看不清。", cites="", by=story.shen, proof=paper, page=1)
    for clause in ["education", "title", "experience"][:count]:
        services.determine(made, clause=clause, reason="看过。", by=story.shen)
    client = browser(story.shen)
    assert asked_by(client, reverse("evaluation:application", args=[made.pk])) == 41


def asked_by(client, path: str) -> int:
    client.get("/style/")
    with CaptureQueriesContext(connection) as asked:
        assert client.get(path).status_code == 200
    return len(asked)
