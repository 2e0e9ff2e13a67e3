"""Certificates of training: who can have one, gapless numbers, the same bytes for ever, void by a row of its own."""

import hashlib
from datetime import date
from decimal import Decimal as D

import pypdfium2
import pytest
import time_machine
from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, InternalError, connection, transaction
from django.test.utils import CaptureQueriesContext

from cqo_portal.accounts.models import Assignment, Role
from cqo_portal.audit.models import Event
from cqo_portal.notifications.models import Message
from cqo_portal.parties.models import Institution
from cqo_portal.workflow.engine import Refused
from tests.cast import TODAY, browser, user
from tests.duties import rows as duties
from tests.talent.rows import post
from tests.training import rows
from tests.training.certified import held, issued, with_code
from training import completions, ledger
from training.models import Completion, Imprint, Settlement, Voiding

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def noon():
    with time_machine.travel("2026-11-20T12:00:00+08:00", tick=False):
        yield


@pytest.fixture
def tan(people):
    made = with_code(rows.provider())
    rows.commission(made.acting.institution, people.offices["130900"], by=people.meng)
    return made


@pytest.fixture
def wang():
    return rows.person()


def text_of(content: bytes) -> str:
    read = pypdfium2.PdfDocument(bytes(content))
    try:
        return "".join("".join(page.get_textpage().get_text_range() for page in read).split())
    finally:
        read.close()


class TestIssuing:
    def test_what_is_printed_is_what_is_on_record(self, tan, wang, people):
        session = held(tan, wang, hours={1: "14", 2: "7"}, first_day=date(2026, 10, 15))
        (made,) = issued(session, wang, by=tan)
        assert made.number == "CQPX-CZPX-2026-0001-" + made.number[-1]
        assert completions.NUMBERS.parsed(made.number).serial == 1
        assert (made.name, made.kind, made.total, made.issued_on) == ("王雪松", "initial", D("21.00"), TODAY)
        assert (made.rule_edition, made.clause, made.cites) == ("cangzhou-2023", "initial", "第六条")
        assert (made.institution, made.authority) == (tan.acting.institution, people.offices["130900"])
        read = text_of(made.imprint.content)
        for words in (
            made.number,
            "培训证书",
            "王雪松",
            "沧州质量培训学校",
            "首席质量官任职培训",
            "2026年10月15日至2026年10月17日",
            "第一类 14.0 学时",
            "第二类 7.0 学时",
            "《沧州市企业首席质量官管理办法》第六条",
            "二〇二六年十一月二十日",
            "不是聘任证书，也不是评价证书，不含等级",
        ):
            assert words.replace(" ", "") in read, words
        assert hashlib.sha256(made.imprint.content).hexdigest() == made.imprint.digest

    def test_numbers_have_no_gap_within_code_and_year(self, tan, people):
        three = [rows.person(name) for name in ("王一", "王二", "王三")]
        session = held(tan, *three)
        issued(session, three[0], by=tan)
        with pytest.raises(Refused):  # nothing of it stays, not even the number
            issued(session, three[1], three[0], by=tan)
        issued(session, *three[1:], by=tan)
        numbers = sorted(Completion.objects.values_list("number", flat=True))
        assert [completions.NUMBERS.parsed(each).serial for each in numbers] == [1, 2, 3]

    def test_behind_a_session_over_two_commissions_stands_who_gave_the_one_it_ended_under(
        self, tan, wang, people
    ):
        """Two commissions of the city, one after the other, and a later one of the province."""
        school, city, province = tan.acting.institution, people.offices["130900"], people.offices["130000"]
        before = {"first_day": date(2025, 1, 1), "last_day": date(2025, 12, 31)}
        rows.commission(school, city, by=people.meng, document="旧", **before)
        rows.commission(school, province, by=people.hao, document="省", first_day=date(2026, 6, 1))
        days = {"first_day": date(2025, 12, 30), "day": date(2026, 1, 2)}
        (made,) = issued(held(tan, wang, hours={None: "6"}, **days), wang, by=tan)
        assert (made.authority, made.rule_edition) == (city, "cangzhou-2023")
        uncovered = rows.session(tan, day=date(2024, 5, 1))  # the control: whoever commissioned it last
        assert completions.authority_of(uncovered) == province

    def test_an_office_prints_its_own_code(self, people, wang):
        session = held(people.wang, wang)
        (made,) = issued(session, wang, by=people.wang)
        assert made.number.startswith("CQPX-130981-2026-0001-")
        assert (made.office, made.authority) == (people.offices["130981"],) * 2

    def test_who_cannot_have_one_and_why(self, tan, wang, people):
        short, gone, flagged, rare = (rows.person(name) for name in ("李少", "李冲", "李查", "李\U000e0001"))
        session = rows.session(tan)
        for person in (wang, gone, flagged, rare):
            rows.came(session, person)
        rows.came(session, short, "5.5")
        rows.posted(session, by=tan)
        ledger.reverse(gone.entries.get(), reason="误登", by=tan)
        flagged.entries.get().flags.create(kind="long_day", said="一天过多")
        user_himself = Assignment.objects.create(user=tan, role=Role.OFFICER, person=wang)
        found = {each.name: each.against for each in completions.candidates(session, by=tan)}
        assert found["李少"] == "学时少于本场规定的学时，没有学完。"
        assert found["李冲"] == "本场的学时已冲正，没有可以证明的。"
        assert found["李查"] == "学时有核查事项，还没有结论或者不予计入。"
        assert "在证书字体中没有" in found["李\U000e0001"]
        assert found["王雪松"] == "这是您本人，请由同事办理。"
        user_himself.delete()
        for person in (short, gone, flagged, rare):
            with pytest.raises(Refused, match=person.name):
                issued(session, person, by=tan)
        assert not Completion.objects.exists()
        Settlement.objects.create(
            flag=flagged.entries.get().flags.get(), counts=True, reason="已核", by=people.meng
        )
        issued(session, wang, flagged, by=tan)  # the control

    def test_once_per_person_and_session_while_not_void(self, tan, wang):
        session = held(tan, wang)
        (made,) = issued(session, wang, by=tan)
        with pytest.raises(Refused, match=f"已经发过证书 {made.number}"):
            issued(session, wang, by=tan)
        twin = Completion.objects.get()
        twin.pk, twin._state.adding, twin.number = None, True, "X"
        twin.id = Completion._meta.pk.get_default()
        with pytest.raises(IntegrityError, match="holds a certificate of this session"), transaction.atomic():
            twin.save()
        completions.void(made, reason="姓名印错", by=tan, today=TODAY)
        (again,) = issued(session, wang, by=tan)
        assert again.number != made.number
        assert Completion.objects.count() == 2

    def test_not_before_it_is_posted_and_not_without_a_code(self, tan, wang):
        session = rows.session(tan)
        rows.came(session, wang)
        with pytest.raises(Refused, match="还没有入账"):
            issued(session, wang, by=tan)
        session = rows.posted(session, by=tan)
        Institution.objects.update(code=None)
        with pytest.raises(Refused, match="还没有机构代号"):
            issued(session, wang, by=tan)

    def test_another_house_issues_nothing(self, tan, wang, people):
        session = held(tan, wang)
        for stranger in (rows.provider("泊头培训中心", username="bo"), people.meng, people.liu):
            with pytest.raises(PermissionDenied):
                issued(session, wang, by=stranger)

    def test_the_holder_is_told(self, tan, wang):
        himself = user("himself", Role.OFFICER, person=wang)
        issued(held(tan, wang), wang, by=tan)
        assert Message.objects.get(kind="completion-issued").recipient == himself


class TestKept:
    @pytest.fixture
    def made(self, tan, wang):
        return issued(held(tan, wang), wang, by=tan)[0]

    def test_the_bytes_stay_whatever_happens_to_names(self, made, tan, wang):
        before = bytes(made.imprint.content)
        wang.name = "王改名"
        wang.save()
        Institution.objects.update(name="改了名的学校")
        kept = Imprint.objects.get()
        assert bytes(kept.content) == before
        assert kept.words["name"] == "王雪松"
        assert Completion.objects.get().name == "王雪松"

    def test_other_bytes_than_the_digest_says_are_refused(self, made, tan):
        with pytest.raises(IntegrityError, match="imprint_digest_is_of_its_bytes"), transaction.atomic():
            Imprint.objects.create(completion=made, words={}, content=b"x", digest="0" * 64)

    def test_nothing_of_it_is_changed(self, made):
        for table in ("training_completion", "training_imprint"):
            with pytest.raises(InternalError, match="Cannot update or delete"), transaction.atomic():
                Completion.objects.raw(f"UPDATE {table} SET id = id RETURNING id")._fetch_all()


class TestVoiding:
    @pytest.fixture
    def made(self, tan, wang):
        return issued(held(tan, wang), wang, by=tan)[0]

    def test_it_needs_a_reason_and_comes_once(self, made, tan):
        with pytest.raises(Refused, match="请写明作废的理由"):
            completions.void(made, reason="  ", by=tan, today=TODAY)
        completions.void(made, reason="姓名印错", by=tan, today=TODAY)
        with pytest.raises(Refused, match="已经作废"):
            completions.void(made, reason="再来", by=tan, today=TODAY)
        assert Voiding.objects.get().reason == "姓名印错"

    def test_the_authority_may_and_a_stranger_may_not(self, made, people):
        for stranger in (people.wang, people.hao, rows.provider("泊头培训中心", username="bo")):
            with pytest.raises(PermissionDenied):
                completions.void(made, reason="x", by=stranger, today=TODAY)
        completions.void(made, reason="核查不实", by=people.meng, today=TODAY)

    def test_a_reversal_afterwards_puts_it_in_doubt(self, made, tan, wang):
        assert not Completion.objects.in_doubt().exists()
        ledger.reverse(wang.entries.get(), reason="未到", by=tan)
        assert Completion.objects.in_doubt().get() == made
        assert Completion.objects.for_list().get().is_in_doubt
        completions.void(made, reason="学时已冲正", by=tan, today=TODAY)
        assert not Completion.objects.in_doubt().exists()


class TestWhatHappensMeanwhile:
    @pytest.mark.parametrize("meanwhile", ["reversed", "refused", "nothing"])
    def test_what_was_taken_back_while_it_was_printed_has_no_certificate(
        self, tan, people, wang, monkeypatch, meanwhile
    ):
        session = held(tan, wang)
        entry = wang.entries.get()
        printed = completions.imprint.printed

        def slowly(words, *, made_at):
            if meanwhile == "reversed":
                ledger.reverse(entry, reason="没有到场", by=tan)
            elif meanwhile == "refused":
                duties.flagged(entry, counts=False, by=people.meng)
            return printed(words, made_at=made_at)

        monkeypatch.setattr(completions.imprint, "printed", slowly)
        if meanwhile == "nothing":  # the control
            assert issued(session, wang, by=tan)
            return
        with pytest.raises(Refused):
            issued(session, wang, by=tan)
        assert not Completion.objects.exists()

    def test_a_line_found_not_to_count_puts_a_certificate_in_doubt(self, tan, people, wang):
        (made,) = issued(held(tan, wang), wang, by=tan)
        flag = duties.flagged(wang.entries.get())
        assert not Completion.objects.in_doubt().exists()
        duties.Settlement.objects.create(flag=flag, counts=False, reason="未到场", by=people.meng)
        assert Completion.objects.in_doubt().get() == made


class TestTrained:
    def test_the_standing_certificates_of_an_initial_training_with_their_hours(self, tan, wang):
        first = issued(held(tan, wang, day=date(2026, 10, 1)), wang, by=tan)[0]
        with time_machine.travel("2026-11-25T12:00:00+08:00"):
            session = held(tan, wang, day=date(2026, 10, 2))
            completions.issue(session, [wang.pk], by=tan, today=date(2026, 11, 25))
        assert [each.on for each in completions.trained([wang.pk])[wang.pk]] == [TODAY, date(2026, 11, 25)]
        completions.void(first, reason="印错", by=tan, today=TODAY)
        assert [each.on for each in completions.trained([wang.pk])[wang.pk]] == [date(2026, 11, 25)]

    def test_continuing_education_does_not_train(self, tan, wang):
        session = rows.session(tan, name="继续教育")
        type(session.course).objects.filter(pk=session.course_id).update(kind="continuing")
        rows.came(session, wang)
        rows.posted(session, by=tan)
        (made,) = issued(session, wang, by=tan)
        assert made.kind == "continuing"
        assert completions.trained([wang.pk]) == {}


class TestPages:
    @pytest.fixture
    def three(self, tan):
        """A session of three: one can have a certificate, one has one, one came for less."""
        people = [rows.person(name) for name in ("王甲", "李乙", "赵丙")]
        session = rows.session(tan)
        for person, hours in zip(people, (None, None, "3"), strict=True):
            rows.came(session, person, hours)
        session = rows.posted(session, by=tan)
        issued(session, people[1], by=tan)
        return session, people

    def test_the_preview_says_who_who_not_and_why(self, tan, three):
        session, _ = three
        page = browser(tan).get(f"/training/sessions/{session.pk}/completions/").content.decode()
        assert "可以发 1 张培训证书，1 人暂时不能" in page
        assert "学时少于本场规定的学时，没有学完。" in page
        assert page.index("王甲") < page.index("赵丙") < page.index("李乙")

    def test_one_act_issues_for_all_that_were_ticked_or_for_nobody(self, tan, three):
        session, (able, _, short) = three
        client, path = browser(tan), f"/training/sessions/{session.pk}/completions/"
        for ticked, said in (
            ([], "请至少选一个人"),
            (["x"], "没有入账的学时"),
            ([str(able.pk), str(short.pk)], "赵丙：学时少于本场规定的学时"),
        ):
            answer = client.post(path, {"person": ticked})
            assert (answer.status_code, said in answer.content.decode()) == (422, True)
            assert Completion.objects.count() == 1
        assert client.post(path, {"person": [str(able.pk)]}).status_code == 302
        assert Completion.objects.count() == 2

    def test_the_same_bytes_are_downloaded_by_whoever_may(self, tan, three, people):
        _, (_, holder, _) = three
        made = Completion.objects.get()
        officer = post(people.hengtong, name="李乙", number=holder.identity_number)
        assert officer.person == holder
        himself = user("himself", Role.OFFICER, person=holder)
        path = f"/training/completions/{made.pk}/pdf/"
        answers = {
            who: browser(who).get(path) for who in (tan, himself, people.liu, people.wang, people.meng)
        }
        with time_machine.travel("2031-01-01T12:00:00+08:00"):
            answers[people.hao] = browser(people.hao).get(path)
        assert {answer.status_code for answer in answers.values()} == {200}
        assert {answer.content for answer in answers.values()} == {bytes(made.imprint.content)}
        for stranger in (people.dan, people.qing, rows.provider("泊头培训中心", username="bo")):
            assert browser(stranger).get(path).status_code == 404
        answer = answers[tan]
        assert answer["Content-Type"] == "application/pdf"
        assert "attachment" in answer["Content-Disposition"]

    def test_an_office_that_looks_is_on_record_once_a_day(self, tan, three, people):
        made = Completion.objects.get()
        for _ in range(2):
            browser(people.meng).get(made.get_absolute_url())
            browser(people.meng).get(f"{made.get_absolute_url()}pdf/")
        browser(tan).get(made.get_absolute_url())
        looks = Event.objects.about(made.person).filter(action="look")
        assert [(look.actor, look.data["completion"]) for look in looks] == [(people.meng, made.number)]

    def test_it_is_voided_on_its_page(self, tan, three):
        made, client = Completion.objects.get(), browser(tan)
        answer = client.post(f"{made.get_absolute_url()}void/", {"reason": " "})
        assert (answer.status_code, "请填写理由" in answer.content.decode()) == (422, True)
        client.post(f"{made.get_absolute_url()}void/", {"reason": "姓名印错"})
        page = client.get(made.get_absolute_url()).content.decode()
        assert "已作废，不再作为培训的证明" in page and "姓名印错" in page
        assert "作废这张证书" not in page
        listed = client.get("/training/completions/").content.decode()
        assert made.number in listed and "作废" in listed

    def test_the_list_is_searched_and_narrowed(self, tan, three):
        session, (able, _, _) = three
        issued(session, able, by=tan)
        ledger.reverse(able.entries.get(), reason="未到", by=tan)
        client = browser(tan)
        for address, seen, unseen in (
            ("?q=李乙", "李乙", "王甲"),
            ("?q=0002", "王甲", "李乙"),
            ("?standing=doubt", "王甲", "李乙"),
        ):
            page = client.get(f"/training/completions/{address}").content.decode()
            assert (seen in page, unseen in page) == (True, False), address

    def test_it_asks_the_same_for_three_rows_as_for_one(self, tan, people):
        client = browser(people.meng)

        def asked(path: str) -> int:
            client.get(path)
            with CaptureQueriesContext(connection) as questions:
                assert client.get(path).status_code == 200
            return len(questions)

        session = held(tan, *[rows.person(name) for name in ("王甲", "李乙", "赵丙")])
        everybody = [each.person for each in completions.candidates(session, by=tan)]
        issued(session, everybody[0], by=tan)
        paths = ("/training/completions/", f"/training/providers/{tan.acting.institution_id}/")
        one = [asked(path) for path in paths]
        issued(session, *everybody[1:], by=tan)
        assert (one, [asked(path) for path in paths]) == ([7, 15], [7, 15])

    def test_the_preview_asks_the_same_for_three_people_as_for_one(self, tan):
        client, found = browser(tan), []
        for count in (1, 3):
            session = held(tan, *[rows.person(f"王{count}{number}") for number in range(count)])
            path = f"/training/sessions/{session.pk}/completions/"
            client.get(path)
            with CaptureQueriesContext(connection) as questions:
                client.get(path)
            found.append(len(questions))
        assert found == [11, 11]
