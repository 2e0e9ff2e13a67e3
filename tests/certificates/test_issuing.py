"""A certificate from a published decision: number, words, paper, sending; and why there is none."""

import hashlib
import re
from datetime import timedelta

import pypdfium2
import pytest
import time_machine
from django.core.exceptions import PermissionDenied
from django.db import DatabaseError, transaction
from django.utils import timezone

from certificates import tasks
from certificates.issuing import numbering, sending
from certificates.issuing.making import make
from certificates.issuing.ordering import order
from certificates.issuing.standing import reasons_against, seen_of, to_issue
from certificates.life.acts import abandon
from certificates.models import Batch, Certificate, Order, Rendering, Signing
from certificates.signing.examining import examine
from certificates.signing.judging import Verdict
from cqo_portal.accounts.models import Role
from cqo_portal.audit.models import Event
from cqo_portal.audit.record import record
from cqo_portal.jurisdictions import pack
from cqo_portal.notifications.models import Message
from cqo_portal.workflow.engine import Refused
from evaluation.bodies.models import BodyRecord
from evaluation.decisions import appeals
from evaluation.models import Decision
from registry.models import Officer
from tests.cast import cast, institution, user
from tests.certificates import many, rows
from tests.evaluation.decisions import story
from tests.talent.rows import post

pytestmark = pytest.mark.django_db


def text_of(pdf: bytes) -> str:
    page = pypdfium2.PdfDocument(pdf)[0]
    return page.get_textpage().get_text_bounded()


# ── what is issued ────────────────────────────────────────────────────────────────────────────
@pytest.fixture(scope="class")
def world(standing):
    people = cast()
    return people, *rows.issued(people)


@pytest.mark.usefixtures("standing")
class TestOneThatIsIssued:
    def test_it_is_in_force_from_today_for_three_years(self, world):
        _, _, made = world
        rule, today = pack(made.rule_edition).certificate, timezone.localdate()
        assert (made.state, made.first_day) == ("valid", today)
        assert made.last_day == rule.valid_for.last_day_from(today)

    def test_it_says_of_whom_by_whom_and_with_which_grade(self, world):
        _, panel, made = world
        assert (made.name, made.grade, made.body) == ("王雪松", "AAAA", panel.evaluation.body)
        assert made.number.startswith(f"CQO-JSZP-{made.year}-0001-")
        assert (made.organisation.name, made.evaluated_on) == ("泊头恒通管件有限公司", made.first_day)

    def test_every_word_of_its_imprint_is_on_the_paper(self, world):
        _, _, made = world
        words, read = made.imprint.words, re.sub(r"\s", "", text_of(bytes(made.rendering.content)))
        for key, word in words.items():
            if key != "address":  # in the code
                assert re.sub(r"\s", "", word) in read, key

    def test_the_bytes_are_signed_and_known_by_their_digest(self, world):
        _, _, made = world
        content = bytes(made.rendering.content)
        assert made.rendering.digest == hashlib.sha256(content).hexdigest()
        assert made.rendering.size == len(content)
        assert examine(content).verdict is Verdict.INTACT

    def test_every_step_is_on_the_chain_in_its_order(self, world):
        _, panel, made = world
        events = Event.objects.about(made).order_by("id")
        assert [each.action for each in events] == ["issue", "render", "complete"]
        assert {each.actor for each in events} == {panel.staff}
        assert events[0].data["digest"] == made.imprint.digest

    def test_the_key_was_on_record_before_it_signed(self, world):
        _, _, made = world
        assert made.rendering.signing.at <= made.rendering.at
        assert made.rendering.signing.unsigned != made.rendering.digest

    def test_nobody_but_the_body_sees_it_before_it_is_sent(self, world):
        people, panel, made = world
        himself = story.officer(panel)
        for who in (people.liu, himself):
            assert not Certificate.objects.visible_to(who).exists()
        assert Certificate.objects.visible_to(panel.staff).get() == made

    def test_sending_tells_the_holder_and_the_enterprise_and_lets_them_see_it(self, world):
        people, panel, made = world
        himself = story.officer(panel)
        assert sending.send([made], by=panel.staff) == [made]
        told = Message.objects.filter(kind="certificate-issued").values_list("recipient__username", flat=True)
        assert set(told) == {"liu", "officer"}
        for who in (people.liu, himself, people.wang, people.meng):
            assert Certificate.objects.visible_to(who).get() == made
        for who in (people.dan, people.qing):
            assert not Certificate.objects.visible_to(who).exists()

    def test_it_is_sent_once(self, world):
        _, panel, made = world
        sending.send([made], by=panel.staff)
        assert sending.send([made], by=panel.staff) == []
        assert Message.objects.filter(kind="certificate-issued", recipient__username="liu").count() == 1

    def test_a_decision_has_one(self, world):
        _, panel, made = world
        with pytest.raises(Refused, match=f"已经发过证书 {made.number}"):
            order([made.decision], by=panel.staff)

    @pytest.mark.parametrize(
        ("column", "value"),
        [
            ("number", "CQO-JSZP-2026-0002-9"),
            ("grade", "AAAAA"),
            ("name", "别人"),
            ("last_day", "2099-12-31"),
            ("by_name", "0" * 64),
        ],
    )
    def test_what_was_given_stays_given_even_for_the_owner_of_the_table(self, world, column, value):
        _, _, made = world
        with pytest.raises(DatabaseError, match="stays as it was issued"), transaction.atomic():
            Certificate.objects.filter(pk=made.pk).update(**{column: value})

    def test_the_paper_is_never_written_anew(self, world):
        _, _, made = world
        with pytest.raises(DatabaseError, match="append_only|Cannot update"), transaction.atomic():
            Rendering._base_manager.filter(certificate=made)._raw_delete("default")


def test_whom_nobody_would_tell_is_named_before_and_after_it_is_sent(people):
    """As the letters themselves say: whose accounts are shut gets none."""
    panel, made = rows.issued(people)
    assert sending.unheard([made]) == set() and sending.letters(made) != []
    people.liu.is_active = False
    people.liu.save()
    assert sending.unheard([made]) == {made.pk} and sending.letters(made) == []
    assert sending.said([made]) == "已发送 1 张。其中 1 张没有人收到通知，请另外交给本人。"
    himself = story.officer(panel)
    assert sending.unheard([made]) == set()
    assert [each.recipient for each in sending.letters(made)] == [himself]
    assert sending.said([made]) == "已发送 1 张。收到通知的可以下载电子证书。"


# ── the order of steps ────────────────────────────────────────────────────────────────────────
def test_a_number_that_waits_is_made_by_the_next_round(people):
    panel, decision = rows.decided(people)
    batch = order([decision], by=panel.staff)
    made = numbering.take(batch.orders.get().pk)
    assert (made.state, Rendering.objects.count()) == ("prepared", 0)
    assert tasks.go_on() == 1
    made.refresh_from_db()
    assert made.state == "valid"
    assert tasks.go_on() == 0


def test_the_paper_comes_out_the_same_when_it_is_made_once_more(people):
    """What a crash between two steps leaves: the key was asked twice, for the same bytes."""
    panel, decision = rows.decided(people)
    made = numbering.take(order([decision], by=panel.staff).orders.get().pk)
    from certificates.issuing import making

    making._signed(made)
    make(made.pk)
    assert Signing.objects.count() == 2
    assert Signing.objects.values("unsigned").distinct().count() == 1


def test_a_missing_key_is_said_and_the_number_waits(people, settings, tmp_path):
    panel, decision = rows.decided(people)
    key, settings.SIGNING_KEY = settings.SIGNING_KEY, tmp_path / "none.pem"
    made = rows.of(decision, by=panel.staff)
    assert made.state == "prepared"
    assert made.trouble == "签名密钥现在不能用，系统管理员可以在日志里看到原因。"
    settings.SIGNING_KEY = key
    tasks.go_on()
    made.refresh_from_db()
    assert (made.state, made.trouble) == ("valid", "")


def test_those_that_failed_before_do_not_hold_up_the_others(people, monkeypatch):
    """A hundred that cannot be printed would keep every worker busy: a few of them are tried in a round."""
    staff, decisions = many.decided(people, 4)
    batch, tried = order(decisions, by=staff), []
    for each in batch.orders.all():
        numbering.take(each.pk)
    stuck = Certificate.objects.exclude(decision=decisions[0])
    stuck.update(trouble="证书没有印成，系统管理员可以在日志里看到原因。")
    monkeypatch.setattr(tasks, "MOST_FAILURES", 2)
    monkeypatch.setattr(tasks, "make", lambda pk: tried.append(pk))
    tasks.go_on()
    assert tried[0] == Certificate.objects.get(decision=decisions[0]).pk
    assert len(tried) == 3
    assert set(tried[1:]) < set(stuck.values_list("pk", flat=True))
    monkeypatch.setattr(tasks, "make", lambda pk: pk in stuck.values_list("pk", flat=True))
    assert tasks.go_on() == 3  # the control: once nothing is wrong any more, all of them are made


def test_a_number_that_is_given_up_stays_listed_with_its_reason(people):
    panel, decision = rows.decided(people)
    made = numbering.take(order([decision], by=panel.staff).orders.get().pk)
    abandon(made, "姓名写错了。", by=panel.staff, today=timezone.localdate())
    again = rows.of(decision, by=panel.staff)
    assert (again.serial, again.state) == (2, "valid")
    given_up = Certificate.objects.get(serial=1)
    assert (given_up.state, given_up.acts.get().reason) == ("void", "姓名写错了。")


def test_serials_count_up_within_body_and_year(people):
    panel, first = rows.decided(people)
    another = post(people.dan.acting.organisation, name="丁鹏", number="11010119900307100X")
    _, second = rows.decided(people, officer=another)
    rows.ordered(first, second, by=panel.staff)
    assert list(Certificate.objects.order_by("serial").values_list("serial", "state")) == [
        (1, "valid"),
        (2, "valid"),
    ]


# ── why there is none ─────────────────────────────────────────────────────────────────────────
def test_one_refused_does_not_hold_up_the_others(people):
    panel, first = rows.decided(people)
    another = post(people.dan.acting.organisation, name="丁鹏", number="11010119900307100X")
    appealed, second = rows.decided(people, officer=another)
    batch = order([first, second], by=panel.staff)
    appeals.lodge(appealed.evaluation, "评语与材料不符。", by=people.dan, today=timezone.localdate())
    tasks.go_on()
    held = {each.decision_id: each for each in batch.orders.all()}
    assert held[first.pk].certificate.state == "valid"
    assert held[second.pk].refused == "对这个结果的申诉还没有办结，办结以前不发证。"


def test_what_is_appealed_against_is_not_offered(people):
    panel, decision = rows.decided(people)
    assert list(to_issue(panel.evaluation.body_id)) == [decision]
    appeals.lodge(panel.evaluation, "评语与材料不符。", by=people.liu, today=timezone.localdate())
    assert list(to_issue(panel.evaluation.body_id)) == []
    assert reasons_against(decision, today=timezone.localdate()) == [
        "对这个结果的申诉还没有办结，办结以前不发证。"
    ]


def test_a_case_without_a_grade_is_not_offered(people):
    panel = rows.with_code(story.published(people, met=False))
    assert list(to_issue(panel.evaluation.body_id)) == []
    assert reasons_against(panel.evaluation.decision, today=timezone.localdate()) == [
        "评价等级为 A（不予评级），不颁发证书（表 C.2、8.4）。"
    ]


def test_without_a_code_there_is_no_number(people):
    panel = story.published(people)
    with pytest.raises(Refused, match="机构代号还没有设定"):
        order([panel.evaluation.decision], by=panel.staff)
    assert not Batch.objects.exists()


def test_a_sign_our_fonts_lack_is_named_before_a_number_is_given(people):
    officer = post(people.hengtong, name="𠮷田")
    panel, decision = rows.decided(people, officer=officer)
    with pytest.raises(Refused, match="“𠮷”在证书字体中没有"):
        order([decision], by=panel.staff)
    assert not Certificate.objects.exists()


@pytest.mark.parametrize(
    ("typed", "name"),
    [("周𬭎之", "周𬭎之"), ("䶮 㛃", "䶮㛃"), ("阿卜杜•热合曼", "阿卜杜·热合曼"), ("欧阳慕青", "欧阳慕青")],
)
def test_rare_names_go_from_the_form_through_the_register_to_the_paper(people, typed, name):
    """Sign by sign; a dot of another keyboard is the one dot names have (U+00B7)."""
    people.filing(until="filed", officer__name=typed)
    officer = people.hengtong.officers.in_office().get()
    assert [ord(sign) for sign in officer.name] == [ord(sign) for sign in name]
    _, made = rows.issued(people, officer=officer)
    assert made.name == made.imprint.words["holder"] == name
    assert name in text_of(bytes(made.rendering.content)).replace("\r", "").replace("\n", "")


def test_whoever_lost_the_role_meanwhile_issues_nothing(people):
    panel, decision = rows.decided(people)
    batch = order([decision], by=panel.staff)
    panel.staff.assignments.update(active=False)
    tasks.go_on()
    assert batch.orders.get().refused == "shen已经不在岗，请由同事办理。"
    assert not Certificate.objects.exists()


def test_another_body_issues_nothing_here(people):
    _, decision = rows.decided(people)
    stranger = user("stranger", Role.BODY, institution=institution("别的评价中心"))
    with pytest.raises(PermissionDenied):
        order([decision], by=stranger)


def test_a_decision_waits_in_one_order_at_a_time(people):
    panel, decision = rows.decided(people)
    order([decision], by=panel.staff)
    with pytest.raises(Refused, match="刚刚有同事在发证"):
        order([decision, decision.__class__.objects.get(pk=decision.pk)], by=panel.staff)
    assert Order.objects.count() == 1


def test_raw_sql_issues_nothing_that_no_decision_says(people):
    _, made = rows.issued(people)
    forged = Certificate.objects.get(pk=made.pk)
    forged.pk, forged.number, forged.serial = None, "CQO-JSZP-2026-0099-X", 99
    forged._state.adding, forged.by_code, forged.by_name, forged.grade = True, "1" * 64, "2" * 64, "AAAAA"
    forged.state = "prepared"
    with pytest.raises(DatabaseError, match="does not follow from its decision"), transaction.atomic():
        forged.save(force_insert=True)


def test_raw_sql_asks_for_no_certificate_in_anybodys_name(people):
    """The worker goes on with whatever waits: nothing waits that no event says."""
    panel, decision = rows.decided(people)
    made = {"body": panel.evaluation.body, "by": panel.staff, "assignment": panel.staff.acting}
    with (
        pytest.raises(DatabaseError, match="certificates_order was written without a record"),
        transaction.atomic(),
    ):
        Order.objects.create(batch=Batch.objects.create(**made), decision=decision, seen=seen_of(decision))
    assert order([decision], by=panel.staff).orders.count() == 1  # the control


def test_a_body_whose_registration_ended_issues_nothing(people):
    panel, decision = rows.decided(people)
    batch = order([decision], by=panel.staff)
    held = panel.evaluation.body.body_records.get()
    record("end", held, before="in_force", after="ended")
    BodyRecord.objects.filter(pk=held.pk).update(state="ended", ended_on=timezone.localdate())
    assert "的登记已于" in reasons_against(decision, today=timezone.localdate())[0]
    tasks.go_on()
    assert batch.orders.get().refused.endswith("终止，不能颁发证书（第6章）。")
    assert not Certificate.objects.exists()


# ── a second one on the same decision ─────────────────────────────────────────────────────────
def test_after_a_misprint_another_is_issued_with_what_was_corrected_and_ends_when_the_first_would_have(
    people,
):
    panel, first = rows.issued(people)
    Officer.objects.filter(person=first.person).update(name="王雪崧")
    rows.done("void", first, on=first.first_day, by=panel.staff, ground="misprint")
    later = first.first_day + timedelta(days=30)
    with time_machine.travel(f"{later}T12:00:00+08:00", tick=False):
        again = rows.of(Decision.objects.get(pk=first.decision_id), by=panel.staff)
    assert (again.state, again.name, again.serial) == ("valid", "王雪崧", 2)
    assert (again.first_day, again.last_day) == (later, first.last_day)


@pytest.mark.parametrize("ground", ["deceit", "misconduct", "misuse"])
def test_whoever_lost_a_certificate_gets_no_second_one_on_the_same_decision(people, ground):
    panel, first = rows.issued(people)
    rows.done("void", first, on=first.first_day, by=panel.staff, ground=ground)
    assert list(to_issue(panel.evaluation.body_id)) == []
    with pytest.raises(Refused, match=f"就这个决定发过的证书 {first.number} 已经声明作废，不能再发"):
        order([first.decision], by=panel.staff)


def test_a_suspension_is_not_escaped_by_a_renewal(people):
    """Whoever is suspended while he is evaluated anew waits his year all the same (9.6)."""
    panel, first = rows.issued(people)
    _, decision = rows.decided(people)
    rows.done("suspend", first, on=timezone.localdate(), by=panel.staff)
    with pytest.raises(Refused, match=f"证书 {first.number} 被暂停，满 1 年（9.6）"):
        order([decision], by=panel.staff)


# ── what comes in between number and paper ────────────────────────────────────────────────────
def test_an_appeal_that_came_before_the_paper_gives_the_number_up(people):
    panel, decision = rows.decided(people)
    batch = order([decision], by=panel.staff)
    made = numbering.take(batch.orders.get().pk)
    appeals.lodge(panel.evaluation, "评语与材料不符。", by=people.liu, today=timezone.localdate())
    assert tasks.go_on() == 0
    made.refresh_from_db()
    assert (made.state, made.acts.get().reason) == ("void", "对这个结果的申诉还没有办结，办结以前不发证。")


def test_a_paper_that_came_late_supersedes_from_the_day_it_came(people):
    panel, old = rows.issued(people)
    _, decision = rows.decided(people)
    made = numbering.take(order([decision], by=panel.staff).orders.get().pk)
    late = timezone.localdate() + timedelta(days=19)
    with time_machine.travel(f"{late}T12:00:00+08:00", tick=False):
        assert make(made.pk)
    old = Certificate.objects.get(pk=old.pk)
    assert old.acts.get().effective_on == late
    assert old.standing_on(late - timedelta(days=1)).is_valid
