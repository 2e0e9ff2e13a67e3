"""Many filings sent up with one act, and taken back while the city has not begun."""

import uuid

import pytest
from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, transaction

from cqo_portal.accounts.models import Role
from cqo_portal.audit.append_only import Unsayable
from cqo_portal.audit.models import Event
from cqo_portal.audit.record import look
from cqo_portal.notifications.models import Message
from cqo_portal.parties.models import Office
from cqo_portal.workflow.engine import Refused, perform
from registry import services as filing_services
from registry.batches import services
from registry.batches.models import Batch, BatchItem
from registry.batches.receipt import receipt
from registry.batches.services import NotSent
from registry.batches.waiting import examined, waiting_at
from registry.incidents import services as incident_services
from registry.models import Filing, Proof
from registry.workflow import FILE, RECALL, SEND_UP, WITHDRAW
from tests.batches.rows import identity, sent, some, waiting
from tests.cast import TODAY, user
from tests.incidents.rows import about_the_enterprise, on_record
from tests.notices.rows import published

pytestmark = pytest.mark.django_db


def states() -> list[str]:
    return list(Filing.objects.order_by("receipt_number").values_list("state", flat=True))


class TestSending:
    def test_all_that_were_chosen_go_up_with_one_number_and_the_rest_stays_with_its_reason(self, people):
        one, two, three = some(people, 3)
        batch = sent(people, [one, two], left={three.pk: "等企业补交原件。"})
        assert batch.number == "PC-130981-2026-0001"
        assert (batch.included_count, batch.exception_count) == (2, 1)
        items = batch.items.values_list("place", "organisation_name", "receipt_number", "reason")
        assert list(items) == [
            (1, "第001管件厂", "SL-130981-2026-0001", ""),
            (2, "第002管件厂", "SL-130981-2026-0002", ""),
            (3, "第003管件厂", "SL-130981-2026-0003", "等企业补交原件。"),
        ]
        assert states() == ["at_city", "at_city", "at_county"]

    def test_the_city_hears_of_it_once_not_once_a_filing(self, people):
        sent(people, some(people, 3))
        told = Message.objects.filter(recipient=people.meng)
        assert [message.kind for message in told] == ["batch-sent"]
        assert told[0].title == "泊头市市场监督管理局成批上报 3 件（PC-130981-2026-0001）"

    def test_a_filing_sent_up_alone_is_still_announced(self, people):
        """The control of the one above."""
        perform(SEND_UP, some(people, 1)[0], by=people.wang, today=TODAY)
        assert [m.kind for m in Message.objects.filter(recipient=people.meng)] == ["filing-sent-up"]

    def test_every_filing_has_its_act_on_record(self, people):
        filings = some(people, 2)
        sent(people, filings)
        for filing in filings:
            last = Event.objects.about(filing).order_by("-id").first()
            assert (last.action, last.actor_name, last.before, last.after) == (
                "send-up",
                "wang",
                "at_county",
                "at_city",
            )

    def test_one_that_became_impossible_holds_all_back_and_is_named(self, people):
        one, two = some(people, 2)
        perform(WITHDRAW, two, by=two.created_by.acting_as(two.created_by.assignments.get()), today=TODAY)
        with pytest.raises(NotSent, match=r"第002管件厂：已由 clerk2 于 .* 办理，现在的状态是“草稿”"):
            sent(people, [one, two])
        assert states() == ["at_county", "draft"]
        assert not Batch.objects.exists()
        assert not Message.objects.filter(kind="batch-sent").exists()

    @pytest.mark.parametrize("step", [WITHDRAW, SEND_UP])
    def test_what_does_not_wait_here_is_named_on_no_receipt(self, people, step):
        """A draft is nobody's but the enterprise's, and what went up was not left behind."""
        one, two = some(people, 2)
        clerk = two.created_by.acting_as(two.created_by.assignments.get())
        perform(step, two, by=clerk if step is WITHDRAW else people.wang, today=TODAY)
        with pytest.raises(Refused, match="已经不在待预审的件里"):
            sent(people, [one], left={two.pk: "等原件。"})
        assert not Batch.objects.exists()

    def test_a_batch_under_a_notice_holds_what_answers_it(self, people):
        (one,) = some(people, 1)
        notice = published(people)
        with pytest.raises(Refused, match="不是按这份通告报来的"):
            sent(people, [one], notice=notice)
        (two,) = some(people, 1)
        assert two.notice == notice
        assert sent(people, [two], notice=notice).notice == notice  # the control

    def test_a_filing_resubmitted_since_it_was_looked_at_is_not_sent(self, people):
        (one,) = some(people, 1)
        with pytest.raises(NotSent, match="请重新核对"):
            services.send_up({one.pk: 0}, left={}, by=people.wang, today=TODAY)
        assert states() == ["at_county"]

    def test_a_number_that_was_not_used_is_not_lost(self, people):
        one, two = some(people, 2)
        perform(SEND_UP, two, by=people.wang, today=TODAY)
        with pytest.raises(NotSent):
            sent(people, [one, two])
        assert sent(people, [one]).number == "PC-130981-2026-0001"

    def test_what_could_go_and_stays_needs_a_reason(self, people):
        one, two = some(people, 2)
        with pytest.raises(services.Unexplained, match="有 1 件可以上报而没有上报，须写明理由"):
            sent(people, [one], left={two.pk: "  "})
        assert states() == ["at_county", "at_county"]

    def test_one_reason_may_stand_for_all_that_have_none_of_their_own(self, people):
        one, two, three = some(people, 3)
        untrained = waiting(people, 4, trained=False)
        left = {two.pk: "", three.pk: "等原件。", untrained.pk: ""}
        chosen = {one.pk: one.round}
        batch = services.send_up(chosen, left=left, shared="留待下批。", by=people.wang, today=TODAY)
        assert list(batch.items.filter(sent=None).values_list("reason", "found")) == [
            ("留待下批。", ""),
            ("等原件。", ""),
            ("", "“任职培训”尚未符合，须写认定理由或者退回企业。"),
        ]

    def test_what_cannot_go_stays_with_what_was_found_and_a_sentence_beside_it(self, people):
        (one,) = some(people, 1)
        untrained = waiting(people, 2, trained=False)
        batch = sent(people, [one], left={untrained.pk: "企业下周补训。"})
        item = batch.items.get(filing=untrained)
        assert (item.reason, item.found) == (
            "企业下周补训。",
            "“任职培训”尚未符合，须写认定理由或者退回企业。",
        )

    def test_what_was_found_is_found_when_it_is_sent_not_when_the_page_was_drawn(self, people):
        """Decided meanwhile, it could go: then somebody says why it does not."""
        (one,) = some(people, 1)
        untrained = waiting(people, 2, trained=False)
        filing_services.determine(untrained, clause="training", reason="已核实报名。", by=people.wang)
        with pytest.raises(services.Unexplained):
            sent(people, [one], left={untrained.pk: ""})
        assert states() == ["at_county", "at_county"]

    def test_one_and_the_same_is_not_sent_and_left(self, people):
        (one,) = some(people, 1)
        with pytest.raises(Refused, match="既选了上报，又列在留下的里面"):
            sent(people, [one], left={one.pk: "等原件。"})
        assert states() == ["at_county"]

    def test_the_database_holds_an_exception_to_its_reason_too(self, people):
        one, two = some(people, 2)
        batch = sent(people, [one])
        with pytest.raises(IntegrityError, match="is_sent_or_left_with_a_reason"), transaction.atomic():
            BatchItem.objects.create(batch=batch, filing=two, place=2, round=1, reason="")
        BatchItem.objects.create(
            batch=batch, filing=two, place=2, round=1, found="任职培训尚未符合。"
        )  # the control

    def test_no_two_batches_hold_the_same_act(self, people):
        one, two = some(people, 2)
        first, second = sent(people, [one]), sent(people, [two])
        act = first.items.get().sent
        with pytest.raises(IntegrityError), transaction.atomic():
            BatchItem.objects.create(batch=second, filing=one, place=2, round=1, sent=act)

    def test_an_empty_batch_is_refused(self, people):
        with pytest.raises(Refused, match="一件也没有选"):
            sent(people, [])

    def test_a_filing_of_the_county_next_door_is_not_touched(self, people):
        (one,) = some(people, 1)
        with pytest.raises(Refused, match="不归本局办理"):
            sent(people, [one], by=people.qing)
        with pytest.raises(Refused, match="不归本局办理"):
            services.send_up({uuid.uuid4(): 1}, left={}, by=people.wang, today=TODAY)
        assert states() == ["at_county"]

    def test_nobody_but_a_county_sends(self, people):
        (one,) = some(people, 1)
        for who in (people.meng, people.hao, people.liu):
            with pytest.raises(PermissionDenied):
                sent(people, [one], by=who)

    def test_a_batch_stays_as_it_was(self, people):
        batch = sent(people, some(people, 1))
        with pytest.raises(Unsayable):
            Batch.objects.filter(pk=batch.pk).update(included_count=2)
        with pytest.raises(Unsayable):
            batch.items.all().delete()


class TestWhatIsReady:
    def test_it_says_of_each_why_it_cannot_go_as_the_guards_would(self, people):
        ready, pinned, open_ = waiting(people, 1), waiting(people, 2), waiting(people, 3, trained=False)
        filing_services.pin(pinned, key="officer.post", reason="请改正", cites="", by=people.wang)
        found = {
            row.filing.name and row.filing.pk: row.objection for row in waiting_at(people.wang, today=TODAY)
        }
        assert found == {
            ready.pk: "",
            pinned.pk: "有没发出的补正项，须先退回企业或者删去。",
            open_.pk: "“任职培训”尚未符合，须写认定理由或者退回企业。",
        }
        for filing in (ready, pinned, open_):
            guarded = SEND_UP.reasons_against(Filing.objects.get(pk=filing.pk), TODAY)
            assert bool(guarded) is bool(found[filing.pk])

    def test_a_clause_decided_in_writing_stands_in_the_way_no_more(self, people):
        open_ = waiting(people, 1, trained=False)
        filing_services.determine(open_, clause="training", reason="已核实报名。", by=people.wang)
        assert [row.ready for row in waiting_at(people.wang, today=TODAY)] == [True]

    def test_who_serves_elsewhere_too_is_settled_first(self, people):
        """The guard on the same person, asked only of those it can concern."""
        one, two = some(people, 2)
        Filing.objects.filter(pk=two.pk).update(identity_index=one.identity_index)
        found = [row.objection for row in waiting_at(people.wang, today=TODAY)]
        assert "同一证件还登记在" in found[0] and "第002管件厂" in found[0]
        assert "同一证件还登记在" in found[1] and "第001管件厂" in found[1]

    def test_whoever_has_a_part_in_a_filing_leaves_it_to_a_colleague(self, people):
        own, other = some(people, 2)
        people.wang.assignments.create(role=Role.ENTERPRISE, organisation=own.organisation, active=False)
        assert [row.objection for row in waiting_at(people.wang, today=TODAY)] == [
            "您参与过这件的申报，须由同事上报。",
            "",
        ]
        with pytest.raises(NotSent, match="第001管件厂：您参与过"):
            sent(people, [own, other])
        assert states() == ["at_county", "at_county"]

    def test_by_notice_or_voluntary(self, people):
        some(people, 1)
        notice = published(people)
        waiting(people, 2)
        under = waiting_at(people.wang, today=TODAY, notice=notice)
        alone = waiting_at(people.wang, today=TODAY, voluntary=True)
        assert [row.filing.organisation.name for row in under] == ["第002管件厂"]
        assert [row.filing.organisation.name for row in alone] == ["第001管件厂"]
        assert len(waiting_at(people.wang, today=TODAY)) == 2

    def test_the_guards_are_asked_of_all_at_once(self, people, django_assert_num_queries):
        waiting(people, 1, trained=False)
        with django_assert_num_queries(9):
            assert len(waiting_at(people.wang, today=TODAY)) == 1
        waiting(people, 2, trained=False), waiting(people, 3, trained=False)
        with django_assert_num_queries(9):
            assert len(waiting_at(people.wang, today=TODAY)) == 3

    def test_every_guard_of_sending_up_has_its_form_for_many(self, people, django_assert_num_queries):
        """A guard added to SEND_UP is asked one by one until it has one; this says when that happens."""
        filings = some(people, 3)
        rows = list(Filing.objects.filter(pk__in=[f.pk for f in filings]).for_list())
        with django_assert_num_queries(6):
            examined(rows, user=people.wang, today=TODAY)


class TestFactsOnRecord:
    """Where a clause weighs facts, they weigh from the moment they are recorded: the list says what the guard will."""

    @pytest.fixture(autouse=True)
    def _hubei(self, people):
        Office.objects.update(jurisdiction="hubei")
        people.wang.acting.office.refresh_from_db()

    def case(self, people, number: int, **more) -> Filing:
        return waiting(people, number, appointment__no_faults="on", **more)

    def against(self, people, number: int):
        return on_record(by=people.qing, identity_number=identity(number))

    def stage(self, people) -> dict[str, Filing]:
        """One filing of each kind the list must tell apart."""
        self.against(people, 8)
        names = "plain untrained decided person enterprise withdrawn weighed before corrected pinned".split()
        found = {
            name: self.case(people, number, trained=name not in ("untrained", "decided"))
            for number, name in enumerate(names, start=1)
        }
        filing_services.determine(found["decided"], clause="training", reason="已核实。", by=people.wang)
        filing_services.pin(found["pinned"], key="officer.post", reason="请改正", cites="", by=people.wang)
        about_the_enterprise(found["enterprise"].organisation, by=people.wang)
        made = {
            name: self.against(people, names.index(name) + 1) for name in ("person", "withdrawn", "weighed")
        }
        incident_services.withdraw(made["withdrawn"], reason="文书撤销", by=people.qing)
        filing_services.determine(found["weighed"], clause="hb-2-2-3", reason="已复核。", by=people.wang)
        light = self.against(people, 9)
        values = {name: getattr(light, name) for name in incident_services.SAID}
        incident_services.correct(light, values | {"responsible": False}, reason="判错", by=people.qing)
        return found

    def test_the_list_and_the_guards_say_the_same_of_every_one(self, people):
        found = self.stage(people)
        held = {row.filing.pk for row in waiting_at(people.wang, today=TODAY) if not row.ready}
        names = {name for name, filing in found.items() if filing.pk in held}
        assert names == {"untrained", "person", "enterprise", "before", "pinned"}
        for name, filing in found.items():
            refused = SEND_UP.reasons_against(Filing.objects.get(pk=filing.pk), TODAY)
            assert bool(refused) is (name in names), name
        for name in ("person", "before"):  # the control: by the judgement kept alone these could go
            assert not {"unmet", "unknown"} & set(found[name].tally)

    def test_what_is_shown_as_ready_goes_up_as_a_whole(self, people):
        self.stage(people)
        ready = [row.filing for row in waiting_at(people.wang, today=TODAY) if row.ready]
        assert sent(people, ready).included_count == 5

    def test_a_fact_against_somebody_else_holds_nobody_up(self, people):
        self.case(people, 1)
        self.against(people, 2)
        assert [row.ready for row in waiting_at(people.wang, today=TODAY)] == [True]
        self.against(people, 1)  # the control
        assert [row.ready for row in waiting_at(people.wang, today=TODAY)] == [False]

    def test_without_facts_it_costs_the_same_and_each_one_with_facts_its_own_guard(
        self, people, django_assert_num_queries
    ):
        self.case(people, 1)
        with django_assert_num_queries(7):
            waiting_at(people.wang, today=TODAY)
        self.case(people, 2), self.case(people, 3)
        with django_assert_num_queries(7):
            waiting_at(people.wang, today=TODAY)
        for number, needed in ((1, 11), (2, 15), (3, 19)):
            self.against(people, number)
            with django_assert_num_queries(needed):
                waiting_at(people.wang, today=TODAY)


class TestTakingBack:
    def test_one_is_taken_back_and_the_batch_shows_which(self, people):
        one, two = some(people, 2)
        batch = sent(people, [one, two])
        services.recall(batch, [one.pk], reason="企业来电更正。", by=people.wang, today=TODAY)
        assert states() == ["at_county", "at_city"]
        shown = receipt(batch)
        assert [(line.item.place, bool(line.recalled), line.objection) for line in shown.sent] == [
            (1, True, "已撤回"),
            (2, False, ""),
        ]
        assert shown.sent[0].recalled.note == "企业来电更正。"
        assert (shown.remaining, len(shown.recalled)) == (1, 1)

    def test_the_city_is_told_once_with_the_names(self, people):
        filings = some(people, 2)
        batch = sent(people, filings)
        services.recall(batch, [f.pk for f in filings], reason="企业来电更正。", by=people.wang, today=TODAY)
        (told,) = Message.objects.filter(recipient=people.meng, kind="batch-recalled")
        assert told.title == "泊头市市场监督管理局从批次 PC-130981-2026-0001 撤回 2 件"
        assert "第001管件厂" in told.body and "第002管件厂" in told.body
        assert not Message.objects.filter(kind="filing-recalled").exists()

    @pytest.mark.parametrize("how", ["pin", "look", "decide", "file"])
    def test_what_the_city_has_touched_stays(self, people, how):
        one, two = some(people, 2)
        batch = sent(people, [one, two])
        filing = Filing.objects.get(pk=one.pk)
        match how:
            case "pin":
                filing_services.pin(filing, key="officer.post", reason="请改正", cites="", by=people.meng)
            case "look":
                with transaction.atomic():
                    look(filing, by=people.meng, what="officer.phone", why="核对")
            case "decide":
                filing_services.determine(filing, clause="training", reason="认可", by=people.meng)
            case "file":
                perform(FILE, filing, by=people.meng, today=TODAY)
        with pytest.raises(NotSent, match=r"第001管件厂：(市局已经开始办理|已由 meng)"):
            services.recall(batch, [one.pk, two.pk], reason="更正。", by=people.wang, today=TODAY)
        assert Filing.objects.get(pk=two.pk).state == "at_city", "none, where not all"
        assert [line.recallable for line in receipt(batch).sent] == [False, True]

    def test_a_look_of_the_county_itself_does_not_bind_it(self, people):
        """The control of the one above."""
        (one,) = some(people, 1)
        batch = sent(people, [one])
        with transaction.atomic():
            look(Filing.objects.get(), by=people.wang, what="officer.phone", why="核对")
        services.recall(batch, [one.pk], reason="更正。", by=people.wang, today=TODAY)
        assert states() == ["at_county"]

    def test_a_paper_the_city_opened_does_not_bind_the_county(self, people):
        """To read is not yet to begin."""
        (one,) = some(people, 1)
        batch = sent(people, [one])
        sheet = {"name": "证书.png", "media_type": "image/png", "size": 1, "pages": 1, "digest": "0" * 64}
        paper = Proof.objects.create(filing=one, kind="education", uploaded_by=people.liu, **sheet)
        filing_services.note_opened(paper, by=people.meng, today=TODAY)
        assert Event.objects.filter(action=Event.PAPER).count() == 1
        assert [line.recallable for line in receipt(batch).sent] == [True]
        services.recall(batch, [one.pk], reason="更正。", by=people.wang, today=TODAY)
        assert states() == ["at_county"]

    def test_taken_back_it_goes_up_again_in_another_batch(self, people):
        (one,) = some(people, 1)
        first = sent(people, [one])
        services.recall(first, [one.pk], reason="更正。", by=people.wang, today=TODAY)
        second = sent(people, [Filing.objects.get()])
        assert second.number == "PC-130981-2026-0002"
        assert [bool(line.recalled) for line in receipt(first).sent] == [True]
        assert [line.recallable for line in receipt(second).sent] == [True]

    def test_a_filing_taken_back_on_its_own_page_shows_in_the_batch_too(self, people):
        (one,) = some(people, 1)
        batch = sent(people, [one])
        with pytest.raises(Refused, match="请写明理由"):
            perform(RECALL, one, by=people.wang, today=TODAY)
        perform(RECALL, one, by=people.wang, note="更正。", today=TODAY)
        assert receipt(batch).sent[0].recalled.note == "更正。"
        assert Message.objects.filter(recipient=people.meng, kind="filing-recalled").count() == 1

    def test_only_the_county_whose_batch_it_is_takes_back(self, people):
        (one,) = some(people, 1)
        batch = sent(people, [one])
        for who in (people.qing, people.meng, people.liu):
            with pytest.raises(PermissionDenied):
                services.recall(batch, [one.pk], reason="更正。", by=who, today=TODAY)

    def test_a_colleague_of_the_county_may(self, people):
        (one,) = some(people, 1)
        batch = sent(people, [one])
        colleague = user("wang2", Role.COUNTY, office=people.offices["130981"])
        assert len(services.recall(batch, [one.pk], reason="更正。", by=colleague, today=TODAY)) == 1

    def test_a_filing_of_another_batch_is_not_taken_back_through_this_one(self, people):
        one, two = some(people, 2)
        first, _ = sent(people, [one]), sent(people, [two])
        with pytest.raises(PermissionDenied):
            services.recall(first, [two.pk], reason="更正。", by=people.wang, today=TODAY)
        assert states() == ["at_city", "at_city"]

    def test_without_a_reason_nothing_comes_back(self, people):
        (one,) = some(people, 1)
        batch = sent(people, [one])
        with pytest.raises(Refused, match="理由"):
            services.recall(batch, [one.pk], reason=" ", by=people.wang, today=TODAY)
        assert states() == ["at_city"]

    def test_a_receipt_costs_a_fixed_number_of_queries(self, people, django_assert_num_queries):
        one, *more = some(people, 4)
        small, large = sent(people, [one]), sent(people, more)
        for batch, count in ((small, 1), (large, 3)):
            with django_assert_num_queries(5):
                assert len(receipt(batch).recallable) == count
