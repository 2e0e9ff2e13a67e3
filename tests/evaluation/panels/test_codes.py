"""One-time codes: six digits by mail, good for ten minutes and five tries, five an hour, the last one only."""

import re
import threading
from datetime import timedelta

import pytest
import time_machine
from django.core import mail
from django.core.exceptions import PermissionDenied
from django.db import connection

from cqo_portal.audit.models import Event
from cqo_portal.notifications.models import Message
from cqo_portal.workflow.engine import Refused
from evaluation.models import OneTimeCode, Statement
from evaluation.panels import codes, services, statement
from tests.cast import browser, cast
from tests.evaluation.panels import rows
from tests.evaluation.rows import TODAY

MINUTE = timedelta(minutes=1)


@pytest.fixture
def clock():
    with time_machine.travel("2026-11-20T12:00:00+08:00", tick=False) as clock:
        yield clock


def sent(made, number: int = 0) -> str:
    codes.send(made.seat(number), by=made.users[number])
    return rows.code_in(mail.outbox[-1].body)


def signs(made, code: str, number: int = 0, **more):
    said = {"name": made.experts[number].name, "version": statement.VERSION} | more
    return services.declare(made.seat(number), code=code, by=made.users[number], today=TODAY, **said)


def other_than(code: str) -> str:
    return f"{(int(code) + 1) % 1_000_000:06}"


@pytest.mark.django_db
class TestACode:
    def test_it_goes_to_the_own_address_and_lies_nowhere_in_clear(self, people, clock):
        made = rows.invited(rows.case(people))
        code = sent(made)
        assert mail.outbox[-1].to == ["engaged-0@example.com"]
        kept = OneTimeCode.objects.get()
        assert kept.sent_to == "e***@example.com"
        everything = [
            *OneTimeCode.objects.values_list(),
            *Event.objects.values_list(),
            *Message.objects.values_list(),
        ]
        assert code not in re.sub(r"[0-9a-f-]{32,}", "", str(everything))
        assert re.fullmatch(r"[0-9a-f]{64}", kept.code_hash)

    def test_an_account_of_the_demonstration_reads_it_on_the_page_and_nobody_else_does(self, people, clock):
        made = rows.invited(rows.case(people))
        mine, other = made.users[0], made.users[1]
        mine.is_demo = True
        mine.save(update_fields=["is_demo"])
        address = [f"/evaluations/invitations/{made.seat(number).pk}/code/" for number in (0, 1)]
        page = browser(mine).post(address[0], follow=True).content.decode()
        code = re.search(r"本应在邮件里的验证码是 (\d{6})。", page)[1]
        assert mail.outbox == []
        assert "本应在邮件里" not in browser(other).post(address[1], follow=True).content.decode()
        assert rows.code_in(mail.outbox[0].body)  # the control: it went out by mail
        assert [letter.to for letter in mail.outbox] == [["engaged-1@example.com"]]
        assert signs(made, code).state == "serving"

    def test_it_signs_and_the_statement_is_kept_as_it_was_read(self, people, clock):
        made = rows.invited(rows.case(people))
        seat = signs(made, sent(made))
        kept = Statement.objects.get(panellist=seat)
        assert kept.text == statement.text_for(seat)
        assert kept.text.startswith(
            "回避声明（2026-1 版）\n一、我受江苏质量评价中心邀请，参加泊头恒通管件有限公司首席质量官王雪松的评价"
        )
        assert (kept.name, kept.by, seat.state) == ("安一鸣", made.users[0], "serving")
        (event,) = Event.objects.about(seat).filter(action="sign-statement")
        assert event.data == {"digest": kept.digest, "version": "2026-1"}

    def test_a_wrong_one_is_refused_and_leaves_four_tries(self, people, clock):
        made = rows.invited(rows.case(people))
        code = sent(made)
        for _ in range(4):
            with pytest.raises(Refused, match="验证码不对"):
                signs(made, other_than(code))
        assert signs(made, code).state == "serving"

    def test_after_five_wrong_ones_the_right_one_is_refused_too(self, people, clock):
        made = rows.invited(rows.case(people))
        code = sent(made)
        for _ in range(5):
            with pytest.raises(Refused, match="验证码不对"):
                signs(made, other_than(code))
        with pytest.raises(Refused, match="验证码不对"):
            signs(made, code)
        assert signs(made, sent(made)).state == "serving"  # the control: a new one

    @pytest.mark.parametrize(("minutes", "good"), [(9, True), (10, False)])
    def test_ten_minutes_later_it_is_over(self, people, clock, minutes, good):
        made = rows.invited(rows.case(people))
        code = sent(made)
        clock.shift(minutes * MINUTE)
        if good:
            assert signs(made, code).state == "serving"
        else:
            with pytest.raises(Refused, match="验证码不对"):
                signs(made, code)

    def test_a_new_one_voids_the_old(self, people, clock):
        made = rows.invited(rows.case(people))
        old, new = sent(made), sent(made)
        if old != new:
            with pytest.raises(Refused, match="验证码不对"):
                signs(made, old)
        assert signs(made, new).state == "serving"

    def test_of_another_invitation_it_is_worth_nothing(self, people, clock):
        made = rows.invited(rows.case(people))
        code = sent(made, 1)
        with pytest.raises(Refused, match="验证码不对"):
            signs(made, code, 0)

    def test_without_any_the_answer_is_the_same(self, people, clock):
        made = rows.invited(rows.case(people))
        with pytest.raises(Refused, match="验证码不对，或者已经失效"):
            signs(made, "000000")

    def test_five_an_hour_and_no_more(self, people, clock):
        made = rows.invited(rows.case(people))
        for _ in range(5):
            sent(made)
        with pytest.raises(Refused, match="一小时内最多发送五次"):
            sent(made)
        sent(made, 1)  # the control: somebody else
        clock.shift(61 * MINUTE)
        sent(made)

    def test_it_is_used_once(self, people, clock):
        made = rows.invited(rows.case(people))
        code = sent(made)
        signs(made, code)
        assert codes.spend_a_try(made.seat(0), code, by=made.users[0]) is None

    def test_what_was_refused_for_another_reason_may_be_signed_with_it(self, people, clock):
        made = rows.invited(rows.case(people))
        code = sent(made)
        with pytest.raises(Refused, match="声明的文字有了新的版本"):
            signs(made, code, version="2025-1")
        assert OneTimeCode.objects.get().tries == 0
        assert signs(made, code).state == "serving"

    def test_nobody_else_asks_for_it_or_tries_it(self, people, clock):
        made = rows.invited(rows.case(people))
        for other in (made.users[1], made.staff, people.liu):
            with pytest.raises(PermissionDenied):
                codes.send(made.seat(0), by=other)
            with pytest.raises(PermissionDenied):
                codes.spend_a_try(made.seat(0), "123456", by=other)
        assert not OneTimeCode.objects.exists()

    def test_where_no_mail_goes_out_the_old_one_stays_good(self, people, clock, monkeypatch):
        made = rows.invited(rows.case(people))
        code = sent(made)
        with monkeypatch.context() as broken:
            broken.setattr(codes, "_mail", lambda *_, **__: (_ for _ in ()).throw(OSError("no route")))
            page = browser(made.users[0])
            answer = page.post(f"/evaluations/invitations/{made.seat(0).pk}/code/", follow=True)
        assert "邮件现在发不出去" in answer.content.decode()
        assert signs(made, code).state == "serving"


@pytest.mark.django_db
class TestOnThePage:
    def accept(self, made, **said):
        form = {"sign-name": "安一鸣", "sign-code": "123456", "version": statement.VERSION} | said
        return browser(made.users[0]).post(f"/evaluations/invitations/{made.seat(0).pk}/accept/", form)

    def test_the_name_must_be_the_own(self, people, clock):
        made = rows.invited(rows.case(people))
        code = sent(made)
        answer = self.accept(made, **{"sign-name": "白若兰", "sign-code": code})
        assert answer.status_code == 422
        assert "请签写您本人的姓名“安一鸣”。" in answer.content.decode()
        assert OneTimeCode.objects.get().tries == 0

    @pytest.mark.parametrize("typed", ["12345", "1234567", "12345a", "१२३४५६", ""])
    def test_what_is_no_code_spends_no_try(self, people, clock, typed):
        made = rows.invited(rows.case(people))
        sent(made)
        answer = self.accept(made, **{"sign-code": typed})
        assert answer.status_code == 422
        assert OneTimeCode.objects.get().tries == 0

    def test_full_width_digits_with_blanks_are_understood(self, people, clock):
        made = rows.invited(rows.case(people))
        code = sent(made)
        wide = "".join(chr(ord(digit) + 0xFEE0) for digit in code)
        answer = self.accept(made, **{"sign-code": f" {wide[:3]} {wide[3:]}"})
        assert (answer.status_code, answer["Location"]) == (302, made.evaluation.get_absolute_url())

    def test_a_wrong_code_stands_beside_its_field_and_a_try_is_spent_for_good(self, people, clock):
        """The form's own transaction leaves nothing behind, the try stays."""
        made = rows.invited(rows.case(people))
        code = sent(made)
        answer = self.accept(made, **{"sign-code": other_than(code)})
        assert answer.status_code == 422
        assert "验证码不对，或者已经失效" in answer.content.decode()
        assert OneTimeCode.objects.get().tries == 1

    def test_pressed_twice_one_code_goes_out_and_again_from_the_new_page_another(self, people, clock):
        made = rows.invited(rows.case(people))
        page = browser(made.users[0])
        path = made.seat(0).get_absolute_url()

        def form() -> dict:
            shown = page.get(path).content.decode()
            return {
                "once": re.search(r'name="once" value="([^"]+)"><input type="hidden" name="after"', shown)[1],
                "after": re.search(r'name="after" value="(\d+)"', shown)[1],
            }

        said = form()
        for _ in range(2):
            page.post(f"{path}code/", said)
        assert OneTimeCode.objects.count() == 1
        page.post(f"{path}code/", form())
        assert OneTimeCode.objects.count() == 2


@pytest.mark.django_db(transaction=True)
def test_of_two_who_sign_at_the_same_moment_with_one_code_one_does():
    people = cast()
    made = rows.invited(rows.case(people))
    code = sent(made)
    gate, done = threading.Barrier(2), []

    def press() -> None:
        gate.wait()
        try:
            signs(made, code)
            done.append("signed")
        except Refused:
            done.append("refused")
        connection.close()

    threads = [threading.Thread(target=press) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(done) == ["refused", "signed"]
    assert Statement.objects.count() == 1


@pytest.mark.django_db(transaction=True)
def test_ten_who_guess_at_the_same_moment_have_five_tries_together():
    people = cast()
    made = rows.invited(rows.case(people))
    code = sent(made)
    gate = threading.Barrier(10)

    def guess() -> None:
        gate.wait()
        assert codes.spend_a_try(made.seat(0), other_than(code), by=made.users[0]) is None
        connection.close()

    threads = [threading.Thread(target=guess) for _ in range(10)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert OneTimeCode.objects.get().tries == 5
