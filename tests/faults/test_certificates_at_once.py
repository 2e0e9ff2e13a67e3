"""Two acts on one certificate, one case or one person at the same moment: one after the other, or a sentence. Never an error."""

import pytest
from django.db import OperationalError, connection, transaction
from django.utils import timezone

from certificates import tasks
from certificates.issuing import making, numbering, ordering, sending
from certificates.issuing.making import make
from certificates.life import acts
from certificates.models import Act, Certificate, Order
from cqo_portal.accounts.models import Role, User
from cqo_portal.busy import waited_too_long
from cqo_portal.workflow.engine import Refused
from evaluation.decisions import appeals
from evaluation.models import Appeal, Decision
from evaluation.workflow.holding import locked
from tests.bodies.rows import on_record
from tests.cast import user
from tests.certificates import many
from tests.evaluation import rows
from tests.faults.issuers import broken
from tests.faults.threads import later, names, together

pytestmark = pytest.mark.django_db(transaction=True)
STEP = 0.04  # seconds by which the second starts later in every round
CASES, PAPERS = 10, 4  # a paper takes its second of typesetting


@pytest.fixture(autouse=True)
def nobody_works(monkeypatch, servers):
    monkeypatch.setattr("certificates.tasks.go_on.delay", lambda: None)


def in_force(decisions: list[Decision], *, by: User) -> list[Certificate]:
    batch = ordering.order(decisions, by=by)
    tasks.go_on()
    return sending.send([each.certificate for each in batch.orders.order_by("id")], by=by)


def waiting(decision: Decision, *, by: User) -> int:
    return ordering.order([decision], by=by).orders.get().pk


def doing(kind: str, certificate: Certificate, *, by: User):
    today = timezone.localdate()
    said = acts.Said(effective_on=today, reason="市场监督管理局查明的事实。", ground="misconduct")
    return lambda: acts.do(kind, certificate, said, by=by, today=today)


def test_suspended_and_declared_void_at_the_same_moment(people):
    """The suspension comes first, or is refused; void it is in the end."""
    staff, decisions = many.decided(people, PAPERS)
    first = set()
    for n, held in enumerate(in_force(decisions, by=staff)):
        suspending = later(doing("suspend", held, by=staff), by=n * STEP)
        suspended, void = together(suspending, later(doing("void", held, by=staff), by=STEP))
        kinds = list(held.acts.values_list("kind", flat=True))
        assert not isinstance(void, Exception)
        if isinstance(suspended, Refused):
            assert "现在的状态是“作废”" in str(suspended)
        assert kinds == (["void"] if isinstance(suspended, Refused) else ["suspend", "void"])
        assert Certificate.objects.get(pk=held.pk).state == "void"
        first.add(kinds[0])
    assert first == {"suspend", "void"}
    assert broken() == []


def test_an_appeal_is_lodged_at_the_moment_of_issuing(people):
    """It comes first and there is no certificate, or the certificate stands and the appeal is heard."""
    staff, decisions = many.decided(people, CASES)
    for n, decision in enumerate(decisions):
        run, pk = decision.evaluation, waiting(decision, by=staff)
        clerk = user(f"clerk-{n}", Role.ENTERPRISE, organisation=run.application.organisation)

        def lodge(run=run, clerk=clerk):
            return appeals.lodge(run, "评语与提交的材料不符。", by=clerk, today=timezone.localdate())

        made, lodged = together(
            later(lambda pk=pk: numbering.take(pk), by=CASES // 2 * STEP), later(lodge, by=n * STEP)
        )
        assert isinstance(lodged, Appeal)
        settled = Order.objects.get(pk=pk)
        assert settled.certificate == made and settled.settled_at
        if made is None:
            assert settled.refused == "对这个结果的申诉还没有办结，办结以前不发证。"
    assert 0 < Certificate.objects.count() < CASES  # each came first at times
    assert broken() == []


def test_the_next_certificate_comes_into_force_while_the_one_before_is_being_suspended(people):
    staff, decisions = many.decided(people, PAPERS)
    first = set()
    for n, before in enumerate(in_force(decisions, by=staff)):
        officer = before.decision.evaluation.application.officer
        following = many.like(before.decision, people, officer=officer)
        successor = numbering.take(waiting(following, by=staff))
        assert successor.replaces == before
        signing, content = making._signed(successor)  # the second it takes would decide who is first
        suspending = later(doing("suspend", before, by=staff), by=n * STEP)
        kept = (successor, signing, content)
        made, suspended = together(later(lambda kept=kept: making._keep(*kept), by=STEP), suspending)
        kinds = list(before.acts.values_list("kind", flat=True))
        states = [Certificate.objects.get(pk=each.pk).state for each in (before, successor)]
        if isinstance(made, making.Overtaken):  # whoever is suspended gets no other one for a year
            assert (kinds, states) == (["suspend"], ["suspended", "prepared"])
        else:
            assert made is None and isinstance(suspended, Refused)
            assert (kinds, states) == (["supersede"], ["superseded", "valid"])
            assert Act.objects.get(certificate=before, kind="supersede").successor == successor
        first.add(kinds[0])
    assert first == {"suspend", "supersede"}
    assert broken(files=True) == []


def test_two_certificates_for_one_person_at_the_same_moment(people):
    """Two bodies that hear nothing of each other: one issues, the other is told in a sentence."""
    staff, decisions = many.decided(people, CASES)
    elsewhere = rows.body("南京质量认证中心", code="NJZL")
    other = user("gu", Role.BODY, institution=elsewhere)
    on_record(elsewhere, by=other)
    for decision in decisions:
        officer = decision.evaluation.application.officer
        second = many.like(decision, people, officer=officer, staff=other)
        pks = [waiting(decision, by=staff), waiting(second, by=other)]
        said = together(*(lambda pk=pk: numbering.take(pk) for pk in pks))
        assert names(said) == ["done", "done"]
        given = [each for each in said if each]
        assert len(given) == 1
        refused = Order.objects.get(pk__in=pks, certificate=None).refused
        assert refused == numbering.ONE_A_TIME["certificate_one_being_made"] or refused == (
            f"同一人的证书 {given[0].number} 正在制作，做好以后再发。"
        )
    assert Certificate.objects.count() == CASES
    assert broken() == []


def test_given_up_at_the_moment_it_is_kept(people):
    """In force, or void with its reason; and where it is void its decision can be certified anew."""
    staff, decisions = many.decided(people, PAPERS)
    ended = set()
    for n, decision in enumerate(decisions):
        held = numbering.take(waiting(decision, by=staff))
        signing, content = making._signed(held)
        keeping = later(lambda kept=(held, signing, content): making._keep(*kept), by=STEP)
        kept, gone = together(keeping, later(giving_up(held, by=staff), by=n * STEP))
        held.refresh_from_db()
        assert names([kept, gone]) == ["Refused", "done"]
        assert held.state == ("void" if isinstance(kept, Refused) else "valid")
        assert hasattr(held, "rendering") is (held.state == "valid")
        if held.state == "void":
            assert numbering.take(waiting(decision, by=staff)).serial == held.serial + 1
        ended.add(held.state)
    assert ended == {"void", "valid"}
    assert broken(files=True) == []


def test_what_was_given_up_while_its_paper_was_set_is_left_alone(people, monkeypatch):
    staff, [decision] = many.decided(people, 1)
    held, setting = numbering.take(waiting(decision, by=staff)), making.printed

    def printed(words, *, made_at):
        together(giving_up(held, by=staff))  # a colleague, in a session of his own
        return setting(words, made_at=made_at)

    monkeypatch.setattr(making, "printed", printed)
    assert make(held.pk) is False
    held.refresh_from_db()
    assert (held.state, held.trouble, held.signings.count()) == ("void", "", 1)
    assert not hasattr(held, "rendering")
    assert broken(files=True) == []


def test_a_case_that_somebody_holds_for_long_is_left_to_the_next_round(people):
    """Whatever the language in which the server says that it waited too long."""
    staff, [decision] = many.decided(people, 1)
    pk = waiting(decision, by=staff)
    with transaction.atomic():
        locked(decision.evaluation_id)
        assert together(impatient(lambda: numbering.take(pk))) == [None]
    assert Order.objects.waiting().get().pk == pk
    assert tasks.go_on() == 1


def test_a_query_that_is_cut_off_is_no_matter_of_waiting():
    """The control: another error of the same kind is raised."""
    [said] = together(impatient(lambda: _execute("SELECT pg_sleep(2)"), limit="statement_timeout"))
    assert isinstance(said, OperationalError)
    assert not waited_too_long(said)


def impatient(act, *, limit: str = "lock_timeout"):
    def run():
        _execute(f"SET {limit} TO '200ms'")
        return act()

    return run


def _execute(statement: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute(statement)


def giving_up(held: Certificate, *, by: User):
    return lambda: acts.abandon(held, "打错了机构名称。", by=by, today=timezone.localdate())
