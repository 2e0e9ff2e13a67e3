"""Two acts on one certificate, one case or one person at the same moment: one after the other, or a sentence. Never an error."""

from datetime import date

import pytest
from django.utils import timezone

from certificates import tasks
from certificates.issuing import numbering, ordering
from certificates.issuing.making import make
from certificates.life import acts
from certificates.models import Act, Certificate, Order
from cqo_portal.accounts.models import Role, User
from cqo_portal.workflow.engine import Refused
from evaluation.decisions import appeals
from evaluation.models import Appeal, Decision
from tests.cast import user
from tests.certificates import many
from tests.evaluation import rows
from tests.faults.issuers import broken
from tests.faults.threads import names, together

pytestmark = pytest.mark.django_db(transaction=True)
CASES, PAPERS = 10, 4  # a paper takes its second of typesetting


@pytest.fixture(autouse=True)
def nobody_works(monkeypatch, servers):
    monkeypatch.setattr("certificates.tasks.go_on.delay", lambda: None)


def in_force(decisions: list[Decision], *, by: User) -> list[Certificate]:
    batch = ordering.order(decisions, by=by)
    tasks.go_on()
    return [each.certificate for each in batch.orders.order_by("id")]


def waiting(decision: Decision, *, by: User) -> int:
    return ordering.order([decision], by=by).orders.get().pk


def doing(kind: str, certificate: Certificate, *, by: User):
    today = timezone.localdate()
    said = acts.Said(effective_on=today, reason="市场监督管理局查明的事实。", ground="misconduct")
    return lambda: acts.do(kind, certificate, said, by=by, today=today)


def test_suspended_and_declared_void_at_the_same_moment(people):
    """The suspension comes first, or is refused; void it is in the end."""
    staff, decisions = many.decided(people, PAPERS)
    for held in in_force(decisions, by=staff):
        suspended, void = together(doing("suspend", held, by=staff), doing("void", held, by=staff))
        kinds = list(held.acts.values_list("kind", flat=True))
        assert not isinstance(void, Exception)
        if isinstance(suspended, Refused):
            assert "现在的状态是“作废”" in str(suspended)
        assert kinds == (["void"] if isinstance(suspended, Refused) else ["suspend", "void"])
        assert Certificate.objects.get(pk=held.pk).state == "void"
    assert broken() == []


def test_an_appeal_is_lodged_at_the_moment_of_issuing(people):
    """It comes first and there is no certificate, or the certificate stands and the appeal is heard."""
    staff, decisions = many.decided(people, CASES)
    for n, decision in enumerate(decisions):
        run, pk = decision.evaluation, waiting(decision, by=staff)
        clerk = user(f"clerk-{n}", Role.ENTERPRISE, organisation=run.application.organisation)

        def lodge(run=run, clerk=clerk):
            return appeals.lodge(run, "评语与提交的材料不符。", by=clerk, today=timezone.localdate())

        made, lodged = together(lambda pk=pk: numbering.take(pk), lodge)
        assert isinstance(lodged, Appeal)
        settled = Order.objects.get(pk=pk)
        assert settled.certificate == made and settled.settled_at
        if made is None:
            assert settled.refused == "对这个结果的申诉还没有办结，办结以前不发证。"
    assert broken() == []


def test_the_next_certificate_comes_into_force_while_the_one_before_is_being_suspended(people):
    staff, decisions = many.decided(people, PAPERS)
    for before in in_force(decisions, by=staff):
        officer = before.decision.evaluation.application.officer
        following = many.like(before.decision, people, officer=officer)
        successor = numbering.take(waiting(following, by=staff))
        assert successor.replaces == before
        made, suspended = together(lambda pk=successor.pk: make(pk), doing("suspend", before, by=staff))
        assert made is True
        assert not isinstance(suspended, Exception) or isinstance(suspended, Refused)
        kinds = list(before.acts.values_list("kind", flat=True))
        assert kinds == (["supersede"] if isinstance(suspended, Refused) else ["suspend", "supersede"])
        states = [Certificate.objects.get(pk=each.pk).state for each in (before, successor)]
        assert states == ["superseded", "valid"]
        assert Act.objects.get(certificate=before, kind="supersede").successor == successor
    assert broken(files=True) == []


def test_two_certificates_for_one_person_at_the_same_moment(people):
    """Two bodies that hear nothing of each other: one issues, the other is told in a sentence."""
    staff, decisions = many.decided(people, CASES)
    elsewhere = rows.body("南京质量认证中心", code="NJZL")
    other = user("gu", Role.BODY, institution=elsewhere)
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


def test_abandoned_while_it_is_being_made(people):
    """In force, or void with its reason; and where it is void its decision can be certified anew."""
    staff, decisions = many.decided(people, PAPERS)
    for decision in decisions:
        held = numbering.take(waiting(decision, by=staff))
        today: date = timezone.localdate()

        def abandon(held=held, today=today):
            return acts.abandon(held, "打错了机构名称。", by=staff, today=today)

        together(lambda pk=held.pk: make(pk), abandon)
        held.refresh_from_db()
        if held.state == "void":
            assert not hasattr(held, "rendering")
            anew = numbering.take(waiting(decision, by=staff))
            assert anew.serial == held.serial + 1
        else:
            assert (held.state, held.acts.count()) == ("valid", 0)
    assert broken(files=True) == []
