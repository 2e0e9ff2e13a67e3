"""The life of a filing: who may take which step from which state, and why a step is refused."""

import pytest
from django.core.exceptions import PermissionDenied
from django.db import InternalError, transaction

from cqo_portal.audit.models import Event
from cqo_portal.audit.record import record
from cqo_portal.notifications.models import Message
from cqo_portal.workflow.engine import Refused, open_to, perform
from registry import services
from registry.models import Filing, Officer, Submission
from registry.workflow import FILE, FILING, RETURN, SEND_UP, SUBMIT, WITHDRAW
from tests.cast import TODAY, picture, typed

pytestmark = pytest.mark.django_db

# Every state × every person: the steps that are open. A change of rights shows here as a diff one can read.
RIGHTS = """
draft      liu   discard submit
draft      wang  -
draft      meng  -
draft      hao   -
draft      dan   -
draft      qing  -
at_county  liu   withdraw
at_county  wang  return send-up
at_county  meng  -
at_county  hao   -
at_county  dan   -
at_county  qing  -
at_city    liu   -
at_city    wang  recall
at_city    meng  file return-from-city
at_city    hao   -
at_city    dan   -
at_city    qing  -
filed      liu   -
filed      wang  -
filed      meng  -
filed      hao   -
filed      dan   -
filed      qing  -
"""


def rows():
    return [line.split(maxsplit=2) for line in RIGHTS.strip().splitlines()]


@pytest.mark.parametrize("state", ["draft", "at_county", "at_city", "filed"])
def test_each_person_finds_exactly_these_steps(people, state):
    filing = people.filing(until=state)
    expected = {who: steps for where, who, steps in rows() if where == state}
    found = {
        who: " ".join(sorted(s.name for s in open_to(getattr(people, who), filing, steps=FILING.values())))
        or "-"
        for who in expected
    }
    assert found == expected


@pytest.mark.parametrize("state", ["draft", "at_county", "at_city", "filed"])
def test_a_step_that_is_not_open_is_refused_whoever_asks(people, state):
    filing = people.filing(until=state)
    for where, who, steps in rows():
        if where != state:
            continue
        for name in set(FILING) - set(steps.split()):
            with pytest.raises((PermissionDenied, Refused)), transaction.atomic():
                perform(FILING[name], filing, by=getattr(people, who), note="试", today=TODAY)
    assert Filing.objects.get(pk=filing.pk).state == state


def test_a_filed_appointment_stands_in_the_register(people):
    filing = people.filing(until="filed")
    officer = Officer.objects.get()
    assert filing.filing_number == "BA-130900-2026-00001"
    assert filing.receipt_number == "SL-130981-2026-0001"
    assert filing.rule_edition == "cangzhou-2023"
    assert (officer.name, officer.organisation) == ("王雪松", people.hengtong)
    assert (str(officer.appointed_on), str(officer.term_ends)) == ("2026-09-21", "2029-09-20")
    assert officer.person.masked_identity == "110105********002X"


def test_every_step_is_audited_and_announced(people):
    filing = people.filing(until="filed")
    acts = (
        Event.objects.about(filing)
        .exclude(after="")
        .order_by("id")
        .values_list("action", "actor_name", "after")
    )
    assert list(acts) == [
        ("open", "liu", "draft"),
        ("submit", "liu", "at_county"),
        ("send-up", "wang", "at_city"),
        ("file", "meng", "filed"),
    ]
    told = Message.objects.order_by("id").values_list("kind", "recipient__username", "channel")
    assert list(told) == [
        ("filing-submitted", "wang", "inbox"),
        ("filing-sent-up", "meng", "inbox"),
        ("filing-filed", "liu", "inbox"),
        ("filing-filed", "wang", "inbox"),
    ]


def test_an_unmet_clause_is_argued_and_then_decided(people):
    filing = people.filing(experience__0__begins="2025-01")
    with pytest.raises(Refused, match=r"质量管理经历.*请写明理由"):
        perform(SUBMIT, filing, by=people.liu, today=TODAY)
    Filing.objects.filter(pk=filing.pk).update(plea="公司成立才两年，她从第一天起负责质量。")
    filing = perform(SUBMIT, filing, by=people.liu, today=TODAY)
    with pytest.raises(Refused, match=r"质量管理经历.*请写下认定理由"):
        perform(SEND_UP, filing, by=people.wang, today=TODAY)
    services.determine(filing, clause="experience", reason="已实地核查，认可。", by=people.wang)
    filing = perform(SEND_UP, filing, by=people.wang, today=TODAY)
    assert perform(FILE, filing, by=people.meng, today=TODAY).state == "filed"


def test_a_missing_paper_does_not_stop_submission_but_must_be_decided(people):
    filing = people.filing(until="at_county", papers=())
    with pytest.raises(Refused, match="任职培训"):
        perform(SEND_UP, filing, by=people.wang, today=TODAY)


def test_an_incomplete_form_is_not_submitted(people):
    filing = people.filing(officer__name="", officer__identity_number="110105194912310021")
    with pytest.raises(Refused, match="还有 2 处没有填好"):
        perform(SUBMIT, filing, by=people.liu, today=TODAY)


def test_a_return_without_a_pinned_item_is_refused(people):
    filing = people.filing(until="at_county")
    with pytest.raises(Refused, match="至少指出一处"):
        perform(RETURN, filing, by=people.wang, today=TODAY)


def test_a_pinned_item_must_be_sent_or_removed_before_the_case_moves_on(people):
    filing = people.filing(until="at_county")
    services.pin(filing, key="officer.post", reason="与任命书不一致", cites="", by=people.wang)
    with pytest.raises(Refused, match="还有没发出的补正项"):
        perform(SEND_UP, filing, by=people.wang, today=TODAY)
    with pytest.raises(Refused, match="还有没发出的补正项"):
        perform(WITHDRAW, filing, by=people.liu, today=TODAY)


def test_nobody_decides_a_filing_they_have_a_part_in(people):
    """wang also clerks for the enterprise; in the county's role he still may not decide its filing."""
    filing = people.filing(until="at_county")
    assert [s.name for s in open_to(people.wang, filing, steps=FILING.values())] == ["send-up", "return"]
    people.wang.assignments.create(role="enterprise", organisation=people.hengtong)
    assert open_to(people.wang, filing, steps=FILING.values()) == []
    with pytest.raises(PermissionDenied):
        perform(SEND_UP, filing, by=people.wang, today=TODAY)


def test_a_filing_is_judged_for_good_by_the_edition_of_its_first_submission(people):
    filing = people.filing(until="at_county")
    assert filing.rule_edition == "cangzhou-2023"
    said = Submission.objects.get()
    assert said.judgement["edition"] == "cangzhou-2023"
    assert said.judgement["on"] == "2026-09-21"


class TestTheDatabaseRefuses:
    def test_a_move_that_is_not_in_the_table(self, people):
        filing = people.filing(until="at_county")
        with pytest.raises(InternalError, match="Invalid transition"), transaction.atomic():  # noqa: PT012 -- one act
            record("shortcut", filing, by=people.meng, before="at_county", after="filed")
            Filing.objects.filter(pk=filing.pk).update(state="filed", filing_number="X", filed_on=TODAY)

    def test_a_move_without_its_record(self, people):
        filing = people.filing(until="at_county")
        with pytest.raises(InternalError, match="changed without a record"), transaction.atomic():
            Filing.objects.filter(pk=filing.pk).update(state="at_city")

    def test_a_move_with_its_record_is_let_through(self, people):
        """The control of the two above."""
        filing = people.filing(until="at_county")
        with transaction.atomic():
            record("send-up", filing, by=people.wang, before="at_county", after="at_city")
            assert Filing.objects.filter(pk=filing.pk).update(state="at_city") == 1

    @pytest.mark.django_db(transaction=True)
    def test_a_move_that_leans_on_the_record_of_an_earlier_one(self, people):
        filing = people.filing(until="at_county")
        perform(WITHDRAW, filing, by=people.liu, today=TODAY)
        perform(SUBMIT, filing, by=people.liu, today=TODAY)
        with pytest.raises(InternalError, match="changed without a record"):
            Filing.objects.filter(pk=filing.pk).update(state="draft")

    def test_a_sent_return_item_being_rewritten(self, people):
        filing = people.filing(until="at_county")
        item = services.pin(filing, key="officer.post", reason="与任命书不一致", cites="", by=people.wang)
        item.reason = "改口"
        item.save()  # control: until it is sent, it may be changed
        perform(RETURN, filing, by=people.wang, today=TODAY)
        with pytest.raises(InternalError, match="Cannot update or delete"), transaction.atomic():
            type(item).objects.filter(pk=item.pk).update(reason="再改口")

    def test_two_filings_of_one_enterprise_under_way(self, people):
        first = people.filing()
        assert services.open_filing(people.hengtong, by=people.liu, today=TODAY) == first


class TestAReturn:
    def returned(self, people, *keys):
        filing = people.filing(until="at_county")
        for key in keys:
            services.pin(filing, key=key, reason="请改正", cites="第六条", by=people.wang)
        return perform(RETURN, filing, by=people.wang, today=TODAY)

    def test_only_pinned_inputs_unlock(self, people):
        from registry import draft

        filing = self.returned(people, "officer.post", "experience")
        changed = typed(officer__post="总工程师", officer__name="偷换的名字", experience__0__begins="2018-01")
        draft.save(filing, draft.merged(filing, draft.as_query(changed)), version=None, by=people.liu)
        kept = Filing.objects.get(pk=filing.pk).draft
        assert kept["officer-post"] == ["总工程师"]
        assert kept["experience-0-begins"] == ["2018-01"]
        assert kept["officer-name"] == ["王雪松"]

    def test_only_pinned_papers_unlock(self, people):
        from cqo_portal.papers.accepting import NotAccepted

        filing = self.returned(people, "proof.experience")
        services.attach_proof(filing, picture(), kind="experience", by=people.liu)
        with pytest.raises(NotAccepted, match="不能改动"):
            services.attach_proof(filing, picture(), kind="title", by=people.liu)

    def test_the_second_round_shows_what_changed(self, people):
        from registry import draft
        from registry.pages.case import case_page

        filing = self.returned(people, "officer.post", "proof.title")
        changed = draft.merged(filing, draft.as_query(typed(officer__post="总工程师")))
        draft.save(filing, changed, version=None, by=people.liu)
        filing = perform(SUBMIT, filing, by=people.liu, today=TODAY)
        page = case_page(filing, people.wang, {})
        changes = [
            (line.label, line.was, line.value)
            for part in page["parts"]
            for line in part.lines
            if line.changed
        ]
        assert filing.round == 2
        assert changes == [("现任职务", "副总经理", "总工程师")]
        assert [(a.label, a.changed) for a in page["last_return"]] == [
            ("现任职务", True),
            ("职称证书", False),
        ]
