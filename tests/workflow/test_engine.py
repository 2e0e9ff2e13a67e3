"""The engine: all or nothing, with every reason, under a lock; and the one view behind every button."""

import threading

import pytest
from django.core.exceptions import PermissionDenied
from django.db import connection, transaction
from rules import Predicate

from cqo_portal.audit.models import Event
from cqo_portal.notifications.models import Message
from cqo_portal.workflow.engine import Refused, Transition, open_to, perform
from registry.models import Filing
from registry.workflow import FILING, SUBMIT, WITHDRAW
from tests.cast import TODAY, browser

pytestmark = pytest.mark.django_db
S = Filing.State


def step(**changes) -> Transition:
    return Transition(
        **{
            "name": "withdraw",
            "label": "撤回",
            "done": "已撤回。",
            "source": frozenset({S.AT_COUNTY}),
            "target": S.DRAFT,
            "allowed": Predicate(lambda user: True),
        }
        | changes
    )


@pytest.fixture
def filing(people):
    return people.filing(until="at_county")


def untouched(filing) -> bool:
    acts = Event.objects.about(filing).exclude(after="").count()
    return Filing.objects.get(pk=filing.pk).state == "at_county" and acts == 2


class TestPerform:
    def test_all_reasons_are_told_not_only_the_first(self, filing, people):
        closed = step(guards=(lambda o, d: "一。", lambda o, d: None, lambda o, d: "二。"))
        with pytest.raises(Refused) as refused:
            perform(closed, filing, by=people.liu, today=TODAY)
        assert refused.value.reasons == ("一。", "二。")
        assert untouched(filing)

    def test_permission_is_asked_before_anything_is_told(self, filing, people):
        asked = []
        closed = step(allowed=Predicate(lambda user: False), guards=(lambda o, d: asked.append(1),))
        with pytest.raises(PermissionDenied):
            perform(closed, filing, by=people.liu, today=TODAY)
        assert asked == []

    def test_a_reason_that_is_asked_for_must_be_given(self, filing, people):
        for note in ("", "  \n\t\u3000"):
            with pytest.raises(Refused, match="请写明理由，再撤回"):
                perform(step(asks_why=True), filing, by=people.liu, note=note, today=TODAY)
        assert (
            perform(step(asks_why=True), filing, by=people.liu, note="写错了", today=TODAY).state == S.DRAFT
        )
        assert Event.objects.latest("id").note == "写错了"

    def test_an_effect_that_fails_undoes_everything(self, filing, people):
        def fails(obj, today, by):
            Filing.objects.filter(pk=obj.pk).update(plea="半途")
            raise ZeroDivisionError

        before = Message.objects.count()
        with pytest.raises(ZeroDivisionError):
            perform(step(effect=fails, announces="filing-withdrawn"), filing, by=people.liu, today=TODAY)
        assert untouched(filing)
        assert Filing.objects.get().plea == ""
        assert Message.objects.count() == before

    def test_an_announcement_that_fails_undoes_everything(self, filing, people):
        with pytest.raises(KeyError, match="no-such-kind"):
            perform(step(announces="no-such-kind"), filing, by=people.liu, today=TODAY)
        assert untouched(filing)

    def test_a_stale_object_is_read_anew_under_the_lock(self, filing, people):
        stale = Filing.objects.get(pk=filing.pk)
        perform(WITHDRAW, filing, by=people.liu, today=TODAY)
        assert stale.state == "at_county"
        with pytest.raises(Refused, match="已由 liu 于 .* 办理，现在的状态是“草稿”"):
            perform(WITHDRAW, stale, by=people.liu, today=TODAY)

    def test_what_the_caller_changed_in_memory_is_not_saved(self, filing, people):
        filing.filing_number, filing.plea = "BA-伪", "伪"
        perform(WITHDRAW, filing, by=people.liu, today=TODAY)
        kept = Filing.objects.get()
        assert (kept.filing_number, kept.plea) == (None, "")

    def test_only_the_open_steps_of_the_right_person_are_offered(self, filing, people):
        offered = open_to(people.liu, filing, steps=FILING.values())
        assert [s.name for s in offered] == ["withdraw"]
        assert open_to(people.liu.acting_as(None), filing, steps=FILING.values()) == []

    @pytest.mark.django_db(transaction=True)
    def test_of_two_at_the_same_instant_one_is_refused(self, transactional_db):
        from tests.cast import cast

        people = cast()
        filing = people.filing(until="at_county")
        for _ in range(5):
            gate, outcome = threading.Barrier(2), []

            def withdraw(gate=gate, outcome=outcome):
                gate.wait()
                try:
                    perform(WITHDRAW, filing, by=people.liu, today=TODAY)
                    outcome.append("done")
                except Refused:
                    outcome.append("refused")
                finally:
                    connection.close()

            threads = [threading.Thread(target=withdraw) for _ in range(2)]
            for thread in threads:
                thread.start()
            for thread in threads:
                thread.join()
            assert sorted(outcome) == ["done", "refused"]
            perform(SUBMIT, filing, by=people.liu, today=TODAY)


class TestTheButton:
    def post(self, who, filing, name, **said):
        return browser(who).post(f"/filings/{filing.pk}/steps/{name}/", said, follow=True)

    def test_a_step_that_does_not_exist_is_not_found(self, filing, people):
        assert self.post(people.liu, filing, "destroy").status_code == 404
        assert self.post(people.liu, filing, "__class__").status_code == 404

    def test_the_wrong_state_is_a_sentence_not_a_failure(self, filing, people):
        answer = self.post(people.liu, filing, "submit")
        assert answer.status_code == 200
        assert "现在的状态是“待县级预审”" in answer.content.decode()

    def test_what_was_done_is_said(self, filing, people):
        assert "已撤回，可以修改后重新提交。" in self.post(people.liu, filing, "withdraw").content.decode()

    @pytest.mark.parametrize("note", ["\0", "a\0b", "\u202e", "\x1b[2J"])
    def test_a_reason_with_invisible_characters_is_refused_with_a_sentence(self, filing, people, note):
        answer = self.post(people.wang, filing, "send-up", note=note)
        assert answer.status_code == 200
        assert "看不见的字符" in answer.content.decode()
        assert untouched(filing)

    def test_a_reason_of_several_lines_is_kept(self, filing, people):
        self.post(people.wang, filing, "send-up", note="第一行\r\n第二行\t。")
        assert Event.objects.filter(action="send-up").get().note == "第一行\r\n第二行\t。"

    def test_a_second_press_changes_nothing_and_says_who_was_first(self, filing, people):
        self.post(people.wang, filing, "send-up")
        again = self.post(people.wang, filing, "send-up")
        assert "已由 wang 于" in again.content.decode()
        assert Event.objects.filter(action="send-up").count() == 1


def test_the_states_are_guarded_in_the_database_by_exactly_this_table(people):
    """The trigger's own text holds the moves; a move added in Python alone would be refused."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT prosrc FROM pg_proc JOIN pg_trigger ON tgfoid = pg_proc.oid "
            "WHERE tgrelid = 'registry_filing'::regclass AND tgname LIKE 'pgtrigger_only_known_moves%'"
        )
        source = cursor.fetchone()[0]
    moves = {f"{source_state}:{s.target}" for s in FILING.values() for source_state in s.source}
    held = set(source.split("'{")[1].split("}'")[0].split(","))
    assert held == moves


def test_every_move_not_in_the_table_is_refused_by_sql(people):
    """Full product of states: with a record of it, the database lets through exactly the table's moves."""
    from cqo_portal.audit.record import record

    filing = people.filing(until="at_county", papers=())
    allowed = {(source, s.target) for s in FILING.values() for source in s.source}
    passed = set()
    for target in S.values:
        numbers = {"filing_number": "X", "filed_on": TODAY} if target == S.FILED else {}
        try:
            with transaction.atomic():
                record("x", filing, by=people.wang, before="at_county", after=target)
                Filing.objects.filter(pk=filing.pk).update(state=target, **numbers)
                passed.add(("at_county", target))
                raise Undo
        except Undo:
            continue
        except Exception as error:
            assert "Invalid transition" in str(error)  # noqa: PT017 -- or the move went through
    assert passed - {("at_county", "at_county")} == {move for move in allowed if move[0] == "at_county"}


class Undo(Exception):
    pass
