"""An enterprise moves county: who says yes, what goes along, what the register shows, and what happens at the same moment."""

import threading
from datetime import date, timedelta

import pytest
import time_machine
from django.core.exceptions import PermissionDenied
from django.db import connection
from django.urls import reverse

from cqo_portal.accounts.models import Assignment, Role
from cqo_portal.audit.models import Event
from cqo_portal.notifications.models import Message
from cqo_portal.offices import carrying, moves
from cqo_portal.offices.models import Move
from cqo_portal.offices.workflow import ACCEPT, CALL_OFF, CARRY_OUT, DECLINE
from cqo_portal.parties.models import Office, Organisation
from cqo_portal.workflow.drafts import Stale
from cqo_portal.workflow.engine import Refused, perform
from registry import draft, services
from registry.models import Entry, Filing, Officer
from registry.supervision.services import suggest
from registry.workflow import FILE, RETURN, SEND_UP, SUBMIT
from tests.cast import TODAY, browser, cast, user
from tests.talent.rows import admitted, brought

NOON = "2026-11-20T12:00+08:00"
SAID = {"effective_on": "2026-11-20", "document": "沧市监函〔2026〕12号", "reason": "住所迁到青县。"}


def propose(people, *, by, to="130922", on=TODAY, **more) -> Move:
    return moves.propose(
        people.hengtong,
        to=Office.objects.get(pk=to),
        effective_on=on,
        document="沧市监函〔2026〕12号",
        reason="住所迁到青县。",
        by=by,
        **more,
    )


def moved(people, **more) -> Move:
    return moves.accept(propose(people, by=people.wang, **more), by=people.qing, today=TODAY)


@pytest.fixture
def noon():
    with time_machine.travel(NOON, tick=False):
        yield


@pytest.mark.django_db
@pytest.mark.usefixtures("noon")
class TestWhatGoesAlong:
    def test_the_enterprise_its_post_and_the_register_follow(self, people):
        filed = people.filing(until="filed")
        move = moved(people)
        assert (move.state, move.done_on) == ("done", TODAY)
        assert Organisation.objects.get(pk=people.hengtong.pk).office_id == "130922"
        assert Officer.objects.get().office_id == "130922"
        entry = Entry.objects.standing().filter(name="office", post=None).order_by("-id").first()
        assert (entry.value, entry.effective_on, entry.by) == ("130922", TODAY, people.qing)
        filed.refresh_from_db()
        assert filed.office_id == "130981"  # what was decided stays with who decided it

    def test_an_open_filing_goes_along_with_state_age_and_receipt_number(self, people):
        filing = people.filing(until="at_county")
        moved_at, receipt = filing.moved_at, filing.receipt_number
        move = moved(people)
        filing.refresh_from_db()
        assert (filing.office_id, filing.state) == ("130922", "at_county")
        assert (filing.moved_at, filing.receipt_number) == (moved_at, receipt)
        event = Event.objects.about(filing).get(action="carry")
        assert event.data == {"from": "130981", "to": "130922", "move": str(move.pk)}
        assert move.carried == [
            {
                "what": "在办的备案",
                "label": f"王雪松 任职备案（{receipt}，待县级预审）",
                "url": filing.get_absolute_url(),
                "now": "泊头市市场监督管理局",
                "then": "青县市场监督管理局",
            }
        ]
        assert browser(people.qing).get(filing.get_absolute_url()).status_code == 200
        assert browser(people.wang).get(filing.get_absolute_url()).status_code == 404
        assert "随企业迁移转交" in browser(people.qing).get(filing.get_absolute_url()).content.decode()

    def test_it_ends_where_it_was_carried_to(self, people):
        """Filed after the move, although the words of the filing name the old county."""
        filing = people.filing(until="at_city")
        moved(people)
        filing = perform(FILE, filing, by=people.meng, today=TODAY)
        assert (filing.office_id, filing.officer.office_id) == ("130922", "130922")
        assert Organisation.objects.get(pk=people.hengtong.pk).office_id == "130922"

    def test_a_returned_filing_comes_back_to_the_new_county(self, people):
        filing = people.filing(until="at_county")
        services.pin(filing, key="officer.post", reason="请写全称", cites="", by=people.wang)
        filing = perform(RETURN, filing, by=people.wang, today=TODAY)
        moved(people)
        filing = perform(SUBMIT, Filing.objects.get(), by=people.liu, today=TODAY)
        assert (filing.office_id, filing.state, filing.round) == ("130922", "at_county", 2)

    def test_a_draft_names_the_new_county_and_an_open_window_is_told(self, people):
        filing = people.filing()
        version = filing.draft_version
        moved(people)
        filing = Filing.objects.get()
        assert filing.office_id == "130922"
        assert filing.draft["enterprise-office"] == ["130922"]
        assert filing.draft["officer-name"] == ["王雪松"]
        typed = filing.draft | {"officer-name": ["王雪"]}
        with pytest.raises(Stale):
            draft.save(filing, typed, version=version, by=people.liu)

    def test_what_is_in_the_pool_of_the_city_is_found_at_the_new_county(self, people):
        entry = admitted(people)
        shown = carrying.cases(people.hengtong, people.offices["130922"])
        assert "人才库" in [case.what for case in shown]
        moved(people)
        entry.refresh_from_db()
        assert (entry.office_id, entry.state) == ("130922", "in_pool")
        assert Event.objects.about(entry).filter(action="carry").get().note == (
            "随企业迁移，由泊头市市场监督管理局转到青县市场监督管理局；仍在库。"
        )

    def test_a_case_the_city_has_selected_goes_along(self, people):
        case = brought(people, until="selected")
        moved(people)
        case.refresh_from_db()
        assert (case.office_id, case.state) == ("130922", "selected")

    def test_another_enterprise_stays_where_it_is(self, people):
        """The control."""
        moved(people)
        assert Organisation.objects.get(credit_code="91350200776049653A").office_id == "130922"
        assert Event.objects.filter(action="carry").count() == 0

    def test_other_rules_wait_until_nothing_is_open(self, people):
        people.filing(until="at_county")
        move = propose(people, by=people.wang)
        Office.objects.filter(pk="130922").update(jurisdiction="hubei")
        with pytest.raises(Refused, match="两地适用的规则不同"):
            moves.accept(move, by=people.qing, today=TODAY)
        move.refresh_from_db()
        assert move.state == "proposed"

    def test_a_move_is_all_or_nothing(self, people, monkeypatch):
        filing = people.filing(until="at_county")
        move = propose(people, by=people.wang)
        monkeypatch.setattr("cqo_portal.offices.workflow.enter", lambda *a, **k: 1 / 0)
        with pytest.raises(ZeroDivisionError):
            moves.accept(move, by=people.qing, today=TODAY)
        filing.refresh_from_db()
        move.refresh_from_db()
        assert (filing.office_id, move.state) == ("130981", "proposed")
        assert not Event.objects.filter(action__in=("carry", "accept")).exists()

    def test_another_part_of_the_product_brings_its_cases(self, people, monkeypatch):
        carried = []
        monkeypatch.setattr(carrying, "_carriers", list(carrying._carriers))
        carrying.add(
            carrying.Carrier(
                cases=lambda organisation, to: [carrying.Case("年度报告", "2026", "", "甲", to.area)],
                carry=lambda organisation, to, *, by, move: carried.append((organisation, to.pk, by)),
            )
        )
        move = moved(people)
        assert [case["what"] for case in move.carried] == ["年度报告"]
        assert carried == [(people.hengtong, "130922", people.qing)]


@pytest.mark.django_db
@pytest.mark.usefixtures("noon")
class TestWhoSaysYes:
    def may(self, move) -> set[str]:
        world = {name: getattr(self.people, name) for name in ("liu", "dan", "wang", "qing", "meng", "hao")}
        return {name for name, who in world.items() if ACCEPT.allowed.test(who, move)}

    @pytest.mark.parametrize(
        ("by", "answer"),
        [
            ("wang", {"qing", "meng"}),
            ("qing", {"wang", "meng"}),
            ("meng", {"qing"}),
            ("hao", {"qing", "meng"}),
        ],
    )
    def test_within_a_city_the_other_county_or_the_city_never_who_proposed(self, people, by, answer):
        self.people = people
        assert self.may(propose(people, by=getattr(people, by))) == answer

    def test_across_cities_the_province(self, people):
        self.people = people
        city = Office.objects.create(
            code="130600",
            name="保定局",
            area="保定市",
            level="city",
            jurisdiction="cangzhou",
            parent_id="130000",
        )
        far = Office.objects.create(
            code="130681", name="涿州局", area="涿州市", level="county", jurisdiction="cangzhou", parent=city
        )
        there = user("zhuo", Role.COUNTY, office=far)
        move = propose(people, by=people.wang, to="130681")
        assert self.may(move) == {"hao"}
        assert not ACCEPT.allowed.test(there, move)
        moves.accept(move, by=people.hao, today=TODAY)
        assert Organisation.objects.get(pk=people.hengtong.pk).office_id == "130681"

    def test_across_cities_a_province_does_not_answer_itself_but_the_receiving_county_does(self, people):
        self.people = people
        city = Office.objects.create(
            code="130600",
            name="保定局",
            area="保定市",
            level="city",
            jurisdiction="cangzhou",
            parent_id="130000",
        )
        far = Office.objects.create(
            code="130681", name="涿州局", area="涿州市", level="county", jurisdiction="cangzhou", parent=city
        )
        there = user("zhuo", Role.COUNTY, office=far)
        move = propose(people, by=people.hao, to="130681")
        assert self.may(move) == set()
        assert ACCEPT.allowed.test(there, move)

    @pytest.mark.parametrize("by", ["wang", "qing", "meng", "hao"])
    @pytest.mark.parametrize("step", [ACCEPT, DECLINE])
    def test_an_office_does_not_answer_its_own_proposal(self, people, by, step):
        who = getattr(people, by)
        colleague = user("colleague", who.acting.role, office=who.acting.office)
        move = propose(people, by=who)
        for same_office in (who, colleague):
            with pytest.raises(PermissionDenied):
                perform(step, move, by=same_office, note="说明", today=TODAY)
        assert Move.objects.get(pk=move.pk).state == "proposed"

    def test_who_proposed_in_one_role_does_not_answer_in_another(self, people):
        move = propose(people, by=people.wang)
        in_both = people.wang.acting_as(
            Assignment.objects.create(user=people.wang, role=Role.CITY, office=people.offices["130900"])
        )
        with pytest.raises(PermissionDenied):
            moves.accept(move, by=in_both, today=TODAY)
        assert ACCEPT.allowed.test(people.meng, move)  # the control

    @pytest.mark.parametrize(
        "scope",
        [{"role": Role.COUNTY, "office_id": "130981"}, {"role": Role.ENTERPRISE, "organisation": None}],
    )
    def test_who_also_serves_the_proposing_office_or_the_enterprise_does_not_answer(self, people, scope):
        move = propose(people, by=people.wang)
        if "organisation" in scope:
            scope = scope | {"organisation": people.hengtong}
        other = Assignment.objects.create(user=people.meng, **scope)
        with pytest.raises(PermissionDenied):
            moves.accept(move, by=people.meng, today=TODAY)
        other.active = False
        other.save()
        assert ACCEPT.allowed.test(people.meng, move)  # the control

    def test_a_county_carries_out_nothing_it_proposed_itself(self, people):
        move = moved(people, on=TODAY + timedelta(days=3))
        with pytest.raises(PermissionDenied):
            perform(CARRY_OUT, move, by=people.wang, today=TODAY + timedelta(days=3))

    def test_a_no_needs_its_reason_and_is_told(self, people):
        move = propose(people, by=people.wang)
        with pytest.raises(Refused, match="请写明理由"):
            perform(DECLINE, move, by=people.qing, today=TODAY)
        perform(DECLINE, move, by=people.qing, note="住所没有变。", today=TODAY)
        letter = Message.objects.get(kind="move-refused")
        assert letter.recipient == people.wang and "住所没有变。" in letter.body
        assert Organisation.objects.get(pk=people.hengtong.pk).office_id == "130981"

    def test_who_proposed_may_take_it_back_until_it_is_done(self, people):
        perform(CALL_OFF, propose(people, by=people.wang), by=people.wang, today=TODAY)
        move = moved(people)
        with pytest.raises(Refused, match="现在的状态是“已迁移”"):
            perform(CALL_OFF, move, by=people.wang, today=TODAY)

    def test_everybody_concerned_is_told_when_it_is_done(self, people):
        moved(people)
        told = Message.objects.filter(kind="move-done").values_list("recipient__username", flat=True)
        assert sorted(told) == ["liu", "qing", "wang"]


@pytest.mark.django_db
@pytest.mark.usefixtures("noon")
class TestTheDay:
    def test_a_later_day_waits_and_the_beat_carries_it_out(self, people):
        move = moved(people, on=TODAY + timedelta(days=3))
        assert move.state == "accepted"
        assert Organisation.objects.get(pk=people.hengtong.pk).office_id == "130981"
        assert moves.carry_out_due(today=TODAY + timedelta(days=2)) == (0, 0)
        with time_machine.travel("2026-11-25T01:00+08:00"):  # two nights were missed
            assert moves.carry_out_due(today=date(2026, 11, 25)) == (1, 0)
            assert moves.carry_out_due(today=date(2026, 11, 25)) == (0, 0)
        assert Organisation.objects.get(pk=people.hengtong.pk).office_id == "130922"
        entry = Entry.objects.get(name="office", value="130922")
        assert (entry.effective_on, entry.by) == (date(2026, 11, 23), None)

    def test_it_is_not_carried_out_by_hand_before_its_day(self, people):
        move = moved(people, on=TODAY + timedelta(days=3))
        with pytest.raises(Refused, match="2026年11月23日起生效"):
            perform(CARRY_OUT, move, by=people.qing, today=TODAY)

    def test_one_that_cannot_be_carried_out_does_not_hold_up_the_others(self, people):
        move = moved(people, on=TODAY + timedelta(days=1))
        Organisation.objects.filter(pk=people.hengtong.pk).update(office="130922")
        assert moves.carry_out_due(today=TODAY + timedelta(days=1)) == (0, 1)
        move.refresh_from_db()
        assert move.state == "accepted"

    def test_it_cannot_be_dated_before_what_the_register_says_last(self, people):
        people.filing(until="filed")
        last = Entry.objects.filter(name="office", post=None).order_by("-effective_on").first()
        if last is None:
            moved(people)
            last = Entry.objects.filter(name="office", post=None).get()
        path = reverse("offices:move-create", args=[people.hengtong.pk])
        back = browser(people.meng).post(
            path,
            SAID
            | {"to": "130981" if last.value == "130922" else "130922", "action": "propose"}
            | {"effective_on": (last.effective_on - timedelta(days=1)).isoformat()},
        )
        assert back.status_code == 422
        assert "生效日不能早于它" in back.content.decode()


@pytest.mark.django_db
@pytest.mark.usefixtures("noon")
class TestThePages:
    def test_a_county_finds_its_own_by_name_and_others_by_the_whole_code(self, people):
        def found(who, text):
            return browser(who).get("/offices/moves/new/", {"q": text}).content.decode().count("data-row")

        assert found(people.wang, "恒通") == 1
        assert found(people.qing, "恒通") == 0
        assert found(people.qing, "91130981MAYG58BR3P") == 1
        assert found(people.qing, "91130981MAYG58BR3") == 0
        assert found(people.wang, "\0") == 0

    def test_the_preview_comes_before_the_proposal(self, people):
        filing = people.filing(until="at_county")
        path = reverse("offices:move-create", args=[people.hengtong.pk])
        said = SAID | {"to": "130922"}
        text = browser(people.wang).post(path, said | {"action": "preview"}).content.decode()
        assert filing.receipt_number in text
        assert "泊头市市场监督管理局 → <b>青县市场监督管理局</b>" in text
        assert not Move.objects.exists()
        assert browser(people.wang).post(path, said | {"action": "propose"}).status_code == 302
        again = browser(people.wang).post(
            path, said | {"action": "propose", "reason": "另外写的理由。"}, follow=True
        )
        assert "已有一次迁移正在办理" in again.content.decode()
        assert Move.objects.count() == 1

    @pytest.mark.parametrize(
        ("changes", "sentence"),
        [
            ({"to": "130981"}, "选择一个有效的选项"),
            ({"effective_on": "2026-02-30"}, "没有 2026年2月30日"),
            ({"document": ""}, "请填写依据文件。"),
            ({"reason": "\u200b"}, "看不见"),
        ],
    )
    def test_what_is_wrong_stands_beside_the_field(self, people, changes, sentence):
        path = reverse("offices:move-create", args=[people.hengtong.pk])
        said = SAID | {"to": "130922", "action": "propose"} | changes
        answer = browser(people.wang).post(path, said)
        assert answer.status_code == 422 and sentence in answer.content.decode()
        assert not Move.objects.exists()

    def test_another_county_s_cases_are_counted_and_not_named(self, people):
        """Whoever fetches an enterprise learns how much comes with it, and no name before it has come."""
        people.filing(until="filed")
        opened = services.open_filing(
            people.hengtong, kind=Filing.Kind.DATA, on=TODAY, by=people.liu, today=TODAY
        )
        path = reverse("offices:move-create", args=[people.hengtong.pk])
        said = SAID | {"to": "130922", "action": "preview"}
        for who, named in (
            (people.qing, False),
            (people.wang, True),
            (people.meng, True),
            (people.hao, True),
        ):
            text = browser(who).post(path, said).content.decode()
            assert ("王雪松" in text) is named, who
            assert ("在任的首席质量官 1 件" in text) is not named
            assert "在办的备案 1 件" in text  # a draft is nobody's but the enterprise's
            assert str(opened.pk) not in text

    def test_nor_are_they_on_the_page_of_the_move_until_it_is_done(self, people):
        people.filing(until="filed")
        move = propose(people, by=people.wang)
        admin = user("keeper", Role.ADMIN)
        for who, named in ((people.qing, False), (admin, False), (people.wang, True), (people.meng, True)):
            text = browser(who).get(move.get_absolute_url()).content.decode()
            assert ("王雪松" in text) is named, who
        moves.accept(move, by=people.qing, today=TODAY)
        for who, named in ((people.qing, True), (admin, False), (people.wang, True), (people.liu, True)):
            text = browser(who).get(move.get_absolute_url()).content.decode()
            assert ("王雪松" in text) is named, who

    def test_a_draft_suggestion_stays_its_office_s_secret(self, people):
        """Carried along it is; neither the receiving county nor the enterprise reads of it on the way."""
        people.filing(until="filed")
        suggestion = suggest(
            Officer.objects.get(),
            {
                "grounds": ["not_performing"],
                "facts": "两次不合格。",
                "evidence": "通报",
                "reply_by": date(2026, 12, 5),
            },
            issuer=people.offices["130981"],
            by=people.wang,
            today=TODAY,
        )
        move = propose(people, by=people.wang)
        for who in (people.qing, people.meng):
            assert "撤换建议书" not in browser(who).get(move.get_absolute_url()).content.decode()
        moves.accept(move, by=people.qing, today=TODAY)
        assert "撤换建议书" not in browser(people.liu).get(move.get_absolute_url()).content.decode()
        suggestion.refresh_from_db()
        assert suggestion.office_id == "130922"

    def test_a_county_sends_its_own_away_and_fetches_another_s_only_to_itself(self, people):
        far = Office.objects.create(
            code="130921",
            name="沧县局",
            area="沧县",
            level="county",
            jurisdiction="cangzhou",
            parent_id="130900",
        )
        assert set(moves.destinations(people.wang, people.hengtong)) == {people.offices["130922"], far}
        assert set(moves.destinations(people.qing, people.hengtong)) == {people.offices["130922"]}
        assert set(moves.destinations(people.hao, people.hengtong)) == {people.offices["130922"], far}
        assert not moves.destinations(people.liu, people.hengtong).exists()

    def test_the_yes_of_today_moves_at_once(self, people):
        people.filing(until="at_county")
        move = propose(people, by=people.wang)
        answer = browser(people.qing).post(f"{move.get_absolute_url()}steps/accept/", follow=True)
        assert "已迁移，在办的件一并转交。" in answer.content.decode()
        again = browser(people.meng).post(f"{move.get_absolute_url()}steps/accept/", follow=True)
        assert "现在的状态是“已迁移”" in again.content.decode()

    def test_the_old_county_still_reads_the_move_and_the_enterprise_too(self, people):
        move = moved(people)
        for who in (people.wang, people.qing, people.meng, people.hao, people.liu):
            assert browser(who).get(move.get_absolute_url()).status_code == 200
        assert browser(people.dan).get(move.get_absolute_url()).status_code == 404

    def test_the_list_costs_the_same_for_one_and_for_three(self, people, django_assert_num_queries):
        window = browser(people.meng)
        for _ in range(2):
            perform(CALL_OFF, propose(people, by=people.wang), by=people.wang, today=TODAY)
        propose(people, by=people.wang)
        window.get("/offices/moves/")
        with django_assert_num_queries(6):
            answer = window.get("/offices/moves/")
        assert len(answer.context["page"].rows) == 3
        Move.objects.filter(state="withdrawn")._raw_delete("default")
        with django_assert_num_queries(6):
            assert len(window.get("/offices/moves/").context["page"].rows) == 1


def together(*acts) -> list[str]:
    """Each act in a thread of its own, begun at the same moment; what became of each."""
    gate, said = threading.Barrier(len(acts)), {}

    def run(number, act):
        gate.wait()
        try:
            act()
            said[number] = "done"
        except Exception as refused:  # whatever it was, it is compared below
            said[number] = type(refused).__name__
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=pair) for pair in enumerate(acts)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return [said[number] for number in range(len(acts))]


@pytest.mark.django_db(transaction=True)
class TestAtTheSameMoment:
    ROUNDS = 6

    @pytest.fixture
    def people(self, transactional_db):
        return cast()

    def test_the_old_county_decides_while_the_move_is_done(self, people):
        filing = people.filing(until="at_county")
        decided = 0
        for number in range(self.ROUNDS):
            home, other = ("wang", "qing") if number % 2 == 0 else ("qing", "wang")
            old, new = getattr(people, home), getattr(people, other)
            people.hengtong.refresh_from_db()
            move = propose(people, by=old, to=new.acting.office_id, on=TODAY)
            first, second = together(
                lambda old=old, filing=filing: perform(SEND_UP, filing, by=old, today=TODAY),
                lambda move=move, new=new: moves.accept(move, by=new, today=TODAY),
            )
            filing.refresh_from_db()
            assert second == "done"
            assert filing.office_id == new.acting.office_id
            assert (first, filing.state) in {("done", "at_city"), ("PermissionDenied", "at_county")}
            decided += first == "done"
            if filing.state == "at_city":
                filing = self.returned(people, filing)
        assert Event.objects.filter(action="carry").count() == self.ROUNDS
        assert Event.objects.filter(action="send-up").count() == decided

    def returned(self, people, filing):
        """Back to the county it now lies with: the city returns it, the enterprise submits again."""
        from registry.workflow import RETURN_FROM_CITY

        services.pin(filing, key="officer.post", reason="请写全称", cites="", by=people.meng)
        perform(RETURN_FROM_CITY, filing, by=people.meng, today=TODAY)
        return perform(SUBMIT, filing, by=people.liu, today=TODAY)

    def test_the_city_files_while_the_move_is_done(self, people):
        """No deadlock, and wherever the filing ended, enterprise, post and register agree."""
        filing = people.filing(until="at_city")
        move = propose(people, by=people.wang, on=TODAY)
        assert together(
            lambda: perform(FILE, filing, by=people.meng, today=TODAY),
            lambda: moves.accept(move, by=people.qing, today=TODAY),
        ) == ["done", "done"]
        filing.refresh_from_db()
        assert Organisation.objects.get(pk=people.hengtong.pk).office_id == "130922"
        assert Officer.objects.get().office_id == "130922"
        carried = Event.objects.filter(action="carry").exists()
        assert filing.office_id == ("130922" if carried else "130981")

    def test_of_two_yes_one_counts(self, people):
        move = propose(people, by=people.wang)
        said = together(
            lambda: moves.accept(move, by=people.qing, today=TODAY),
            lambda: moves.accept(move, by=people.meng, today=TODAY),
        )
        assert sorted(said) == ["Refused", "done"]
        assert Event.objects.filter(action="carry-out").count() == 1
