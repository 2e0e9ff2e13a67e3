"""Facts on record: written down, corrected, withdrawn, seen by those concerned only; and what they do to a case."""

import pytest
from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, InternalError, connection, transaction

from cqo_portal.accounts.models import Role
from cqo_portal.audit.models import Event
from cqo_portal.notifications.models import Message
from cqo_portal.parties.models import Office, Person
from cqo_portal.workflow.engine import Refused, perform
from registry import facts
from registry.incidents import services
from registry.incidents.models import Incident
from registry.workflow import FILE, SEND_UP
from tests.cast import CODES, IDENTITY, TODAY, browser, user
from tests.incidents.rows import about_the_enterprise, of_an_enterprise, on_record, typed

pytestmark = pytest.mark.django_db


def officer_account():
    person = Person.objects.filter(identity_index=Person.index_of("resident", IDENTITY)).first()
    person = person or Person.objects.create(
        name="王雪松", identity_kind="resident", identity_number=IDENTITY
    )
    return user("officer", Role.OFFICER, person=person)


def seen_by(people, who) -> int:
    return Incident.objects.visible_to(who).latest_words().count()


class TestWritingDown:
    def test_a_county_records_what_was_found_about_a_person(self, people):
        answer = browser(people.wang).post("/incidents/new/", typed(found_on="２０２６年５月６日"))
        made = Incident.objects.get()
        assert (answer.status_code, answer.url) == (302, f"/incidents/{made.pk}/")
        assert (made.about, made.masked_identity, made.office_id) == (
            "王雪松",
            "110105********002X",
            "130981",
        )
        assert made.document == "沧州市应急管理局《沧应急认〔2026〕7号》（2026-05-06）"
        assert Event.objects.about(made).get().action == "record-fact"

    def test_the_number_lies_sealed_and_is_shown_masked(self, people):
        made = on_record(by=people.wang)
        assert IDENTITY not in str(Incident.objects.filter(pk=made.pk).values_list("identity_number").get())
        for path in ("/incidents/", f"/incidents/{made.pk}/", f"/incidents/{made.pk}/correct/"):
            page = browser(people.wang).get(path).content.decode()
            assert IDENTITY not in page and "110105********002X" in page

    @pytest.mark.parametrize(
        ("changes", "sentence"),
        [
            ({"name": ""}, "请填写姓名。"),
            ({"identity_number": "110105194912310021"}, "校验位"),
            ({"accident_level": ""}, "这种情形是事故，请选择事故等级。"),
            ({"fault": "criminal"}, "这种情形不是事故"),
            ({"found_on": "2099-01-01"}, "认定日期在今天之后"),
            ({"occurred_on": "2026-05-07"}, "发生日期晚于认定日期"),
            ({"responsible": None}, "请选择认定负有责任。"),
            ({"document_number": ""}, "请填写认定文书号。"),
            ({"credit_code": CODES[1]}, "本辖区没有登记这家企业"),
            ({"about": "enterprise", "credit_code": ""}, "请填写企业的统一社会信用代码。"),
            ({"about": "enterprise", "credit_code": CODES[0]}, "这种情形说的是个人"),
            ({"said": "看不见\u202e的"}, "看不见"),
        ],
        ids=range(12),
    )
    def test_what_is_wrong_is_said_and_nothing_typed_is_lost(self, people, changes, sentence):
        answer = browser(people.wang).post("/incidents/new/", typed(**changes))
        page = answer.content.decode()
        assert answer.status_code == 422
        assert sentence in page
        assert "沧州市应急管理局" in page
        assert not Incident.objects.exists()

    def test_whoever_serves_no_office_writes_nothing(self, people):
        for who in (people.liu, officer_account()):
            assert browser(who).post("/incidents/new/", typed()).status_code == 403
            with pytest.raises(PermissionDenied):
                on_record(by=who)
        assert not Incident.objects.exists()

    def test_nothing_said_is_changed_in_place(self, people):
        made = on_record(by=people.wang)
        with pytest.raises(TypeError):
            made.save()
        with pytest.raises(Exception, match="Cannot update"), transaction.atomic():
            Incident._base_manager.filter(pk=made.pk).update(said="别的")


class TestWhoSees:
    def test_a_fact_about_a_person_is_for_him_and_the_offices_of_his_area(self, people):
        people.filing(until="filed")  # in office in Botou
        on_record(by=people.qing)  # found next door
        seen = {
            who: seen_by(people, account)
            for who, account in {
                "wang": people.wang,
                "qing": people.qing,
                "meng": people.meng,
                "hao": people.hao,
                "liu": people.liu,
                "dan": people.dan,
                "officer": officer_account(),
                "admin": user("admin", Role.ADMIN),
            }.items()
        }
        assert seen == {
            "wang": 1, "qing": 1, "meng": 1, "hao": 1, "liu": 0, "dan": 0, "officer": 1, "admin": 0,
        }  # fmt: skip

    def test_without_a_post_here_the_county_next_door_sees_nothing(self, people):
        made = on_record(by=people.qing)
        assert seen_by(people, people.wang) == 0
        assert browser(people.wang).get(f"/incidents/{made.pk}/").status_code == 404

    def test_a_fact_about_an_enterprise_is_for_it_and_its_offices(self, people):
        made = about_the_enterprise(people.hengtong, by=people.meng)
        assert [seen_by(people, who) for who in (people.liu, people.wang, people.meng, people.hao)] == [
            1,
            1,
            1,
            1,
        ]
        assert [seen_by(people, who) for who in (people.dan, people.qing, officer_account())] == [0, 0, 0]
        assert browser(people.liu).get(f"/incidents/{made.pk}/").status_code == 200
        for path in ("correct/", "withdraw/"):
            assert (
                browser(people.liu).post(f"/incidents/{made.pk}/{path}", {"reason": "不对"}).status_code
                == 403
            )
            assert (
                browser(people.dan).post(f"/incidents/{made.pk}/{path}", {"reason": "不对"}).status_code
                == 404
            )

    def test_those_concerned_are_told(self, people):
        account = officer_account()
        on_record(by=people.wang)
        about_the_enterprise(people.hengtong, by=people.meng)
        told = set(Message.objects.filter(kind="fact-recorded").values_list("recipient__username", "title"))
        assert told == {
            ("officer", "王雪松的不利事实已登记：本人涉及的质量安全事故"),
            ("liu", "泊头恒通管件有限公司的不利事实已登记：所在组织发生的质量事故"),
            ("wang", "泊头恒通管件有限公司的不利事实已登记：所在组织发生的质量事故"),
        }
        assert account.username == "officer"


class TestChanging:
    def test_a_correction_takes_its_place_and_the_first_word_stays(self, people):
        made = on_record(by=people.wang)
        said = typed(
            accident_level="ordinary", identity_number=made.masked_identity, reason="认定书复核改为一般事故"
        )
        answer = browser(people.wang).post(f"/incidents/{made.pk}/correct/", said | {"row": str(made.pk)})
        assert (answer.status_code, answer.url) == (302, f"/incidents/{made.pk}/")
        now = Incident.objects.latest_words().get()
        assert (now.accident_level, now.identity_number, now.act) == ("ordinary", IDENTITY, "corrected")
        page = browser(people.wang).get(f"/incidents/{made.pk}/").content.decode()
        assert (
            "理由：认定书复核改为一般事故" in page and "当时的内容：本人涉及的质量安全事故，较大事故" in page
        )

    def test_what_was_withdrawn_counts_no_more_and_stays_readable(self, people):
        made = on_record(by=people.wang)
        assert Incident.objects.counting().count() == 1
        answer = browser(people.wang).post(f"/incidents/{made.pk}/withdraw/", {"reason": "文书已被撤销"})
        assert answer.status_code == 302
        assert Incident.objects.counting().count() == 0
        assert "文书已被撤销" in browser(people.wang).get(f"/incidents/{made.pk}/").content.decode()
        assert "王雪松" not in browser(people.wang).get("/incidents/").content.decode().split("<main")[1]
        assert "王雪松" in browser(people.wang).get("/incidents/?standing=withdrawn").content.decode()

    def test_a_withdrawal_without_a_reason_is_not_made(self, people):
        made = on_record(by=people.wang)
        assert (
            browser(people.wang).post(f"/incidents/{made.pk}/withdraw/", {"reason": " "}).status_code == 422
        )
        assert Incident.objects.count() == 1

    def test_of_two_at_once_the_second_is_told_and_loses_nothing(self, people):
        made = on_record(by=people.wang)
        services.withdraw(made, reason="文书已被撤销", by=people.meng)
        said = typed(reason="改等级", row=str(made.pk), said="我写的长句子")
        answer = browser(people.wang).post(f"/incidents/{made.pk}/correct/", said)
        assert answer.status_code == 409
        assert "已由 meng 于" in answer.content.decode() and "我写的长句子" in answer.content.decode()
        with pytest.raises(services.Superseded, match="meng"):
            services.withdraw(made, reason="再来", by=people.wang)
        assert Incident.objects.count() == 2

    def test_the_database_lets_one_row_follow(self, people):
        made = on_record(by=people.wang)
        services.withdraw(made, reason="撤销", by=people.wang)
        same = {name: getattr(made, name) for name in services.SAID}
        with pytest.raises(IntegrityError), transaction.atomic():
            Incident(**same, act="corrected", previous=made, office=made.office, by=people.wang).save()

    def test_only_its_office_or_the_one_above_changes_it(self, people):
        people.filing(until="filed")
        made = on_record(by=people.qing)
        with pytest.raises(PermissionDenied):
            services.withdraw(made, reason="不是我们的", by=people.wang)
        assert browser(people.wang).get(f"/incidents/{made.pk}/").status_code == 200
        assert browser(people.wang).get(f"/incidents/{made.pk}/correct/").status_code == 403
        services.withdraw(made, reason="市局撤销", by=people.meng)


class TestAboutSomebodyElse:
    """Corrected to be about another one, a fact is two facts: each of the two sees the own one alone."""

    OTHER = "130981198104264928"
    WHY = "同名误登，实为靳海燕；原登记的王雪松无责任。"

    def corrected(self, people, made, **changes):
        said = typed(reason=self.WHY, row=str(made.pk)) | changes
        answer = browser(people.wang).post(f"/incidents/{made.pk}/correct/", said)
        assert answer.status_code == 302
        return Incident.objects.exclude(thread=made.thread).get()

    def to_the_other(self, people, made):
        return self.corrected(
            people, made, name="靳海燕", identity_number=self.OTHER, said="认定靳海燕负责。"
        )

    def account(self, name: str, number: str):
        person = Person.objects.create(name=name, identity_kind="resident", identity_number=number)
        return user(name, Role.OFFICER, person=person)

    def test_the_one_is_withdrawn_and_the_other_begins(self, people):
        made = on_record(by=people.wang)
        new = self.to_the_other(people, made)
        assert (new.act, new.previous, new.office_id, new.reason) == ("recorded", None, "130981", "")
        last = Incident.objects.filter(thread=made.thread).latest_words().get()
        assert (last.act, last.name, last.reason) == ("withdrawn", "王雪松", "登记的对象有误，予以撤销。")
        assert Incident.objects.counting().get() == new
        assert Event.objects.about(new).get().note == self.WHY

    def test_neither_reads_of_the_other(self, people):
        first, second = self.account("王雪松", IDENTITY), self.account("靳海燕", self.OTHER)
        made = on_record(by=people.wang)
        new = self.to_the_other(people, made)
        for who, own, others, name in ((first, made, new, "靳海燕"), (second, new, made, "王雪松")):
            page = browser(who).get(f"/incidents/{own.thread}/").content.decode()
            assert name not in page and self.WHY not in page
            assert browser(who).get(f"/incidents/{others.thread}/").status_code == 404
            letters = Message.objects.filter(kind="fact-recorded", recipient=who)
            assert letters and not any(name in letter.title + letter.body for letter in letters)

    def test_the_one_who_was_meant_by_mistake_is_told_that_it_no_longer_counts(self, people):
        first = self.account("王雪松", IDENTITY)
        self.to_the_other(people, on_record(by=people.wang))
        titles = Message.objects.filter(recipient=first).order_by("id").values_list("title", flat=True)
        assert list(titles) == [
            "王雪松的不利事实已登记：本人涉及的质量安全事故",
            "王雪松的不利事实已撤销：本人涉及的质量安全事故",
        ]

    def test_from_an_enterprise_to_another_and_to_a_person_too(self, people):
        made = about_the_enterprise(people.hengtong, by=people.meng)
        said = of_an_enterprise(credit_code=CODES[1], reason=self.WHY, row=str(made.pk))
        assert browser(people.meng).post(f"/incidents/{made.pk}/correct/", said).status_code == 302
        assert [seen_by(people, who) for who in (people.liu, people.dan)] == [1, 1]
        new = Incident.objects.counting().get()
        page = browser(people.dan).get(f"/incidents/{new.thread}/").content.decode()
        assert "恒通" not in page and self.WHY not in page

    def test_another_workplace_of_the_same_person_is_a_correction_as_ever(self, people):
        """The control."""
        made = on_record(by=people.wang)
        said = typed(credit_code=CODES[0], reason="补上企业", row=str(made.pk))
        assert browser(people.wang).post(f"/incidents/{made.pk}/correct/", said).status_code == 302
        assert Incident.objects.latest_words().get().act == "corrected"

    def test_of_two_at_once_the_second_begins_nothing(self, people):
        made = on_record(by=people.wang)
        services.withdraw(made, reason="文书已被撤销", by=people.meng)
        values = {name: getattr(made, name) for name in services.SAID}
        with pytest.raises(services.Superseded, match="meng"):
            services.correct(made, values | {"identity_number": self.OTHER}, reason=self.WHY, by=people.wang)
        assert Incident.objects.count() == 2

    def test_the_database_lets_no_word_follow_on_somebody_else(self, people):
        made = on_record(by=people.wang)
        values = {name: getattr(made, name) for name in services.SAID} | {"identity_number": self.OTHER}
        after = Incident(**values, act="corrected", previous=made, office=made.office, by=people.wang)
        with pytest.raises(InternalError, match="not about whom it follows"), transaction.atomic():
            after.save()

    def test_a_word_on_somebody_who_is_not_concerned_is_not_shown(self, people):
        """Threads from before the rule: the owner switches it off, as a restored backup would."""
        second = self.account("靳海燕", self.OTHER)
        made = on_record(by=people.wang, document_number="只关王雪松〔1〕号")
        values = {name: getattr(made, name) for name in services.SAID}
        values |= {"name": "靳海燕", "identity_number": self.OTHER, "document_number": "二号"}
        with connection.cursor() as cursor:
            cursor.execute(
                "SET CONSTRAINTS ALL IMMEDIATE; ALTER TABLE incidents_incident DISABLE TRIGGER USER"
            )
            Incident(**values, act="corrected", previous=made, office=made.office, by=people.wang).save()
            cursor.execute("ALTER TABLE incidents_incident ENABLE TRIGGER USER")
        page = browser(second).get(f"/incidents/{made.thread}/").content.decode()
        assert "二号" in page and "只关王雪松" not in page


class TestInACase:
    """Hubei's clause, where the cast's offices work by Hubei's rules."""

    @pytest.fixture
    def hubei(self, people):
        Office.objects.update(jurisdiction="hubei")
        people.hengtong.refresh_from_db()
        return people

    def filing(self, people, **more):
        return people.filing(until="at_county", appointment__no_faults="on", **more)

    def line(self, filing):
        found = facts.judge_submitted(filing)
        return next(clause for clause in found.clauses if clause.key == "hb-2-2-3")

    def test_recorded_today_it_holds_up_what_is_under_way(self, hubei):
        filing = self.filing(hubei)
        assert self.line(filing).verdict.value == "met"
        on_record(by=hubei.qing)
        assert self.line(filing).verdict.value == "unmet"
        with pytest.raises(Refused, match="较大以上质量安全事故并负有责任"):
            perform(SEND_UP, filing, by=hubei.wang, today=TODAY)
        page = browser(hubei.wang).get(filing.get_absolute_url()).content.decode()
        assert (
            "已登记的事实：本人涉及的质量安全事故，较大事故，负有责任，文书 沧州市应急管理局《沧应急认〔2026〕7号》"
            in page
        )

    def test_withdrawn_it_lets_it_go_on(self, hubei):
        filing = self.filing(hubei)
        services.withdraw(on_record(by=hubei.qing), reason="撤销", by=hubei.qing)
        assert self.line(filing).verdict.value == "met"
        perform(SEND_UP, filing, by=hubei.wang, today=TODAY)

    def test_the_enterprise_does_not_learn_it_from_the_verdict(self, hubei):
        """Whoever types a number must not find out what is on a stranger's record."""
        on_record(by=hubei.qing)
        filing = self.filing(hubei)
        assert "unmet" not in filing.tally
        page = browser(hubei.liu).get(filing.get_absolute_url()).content.decode()
        assert "已登记的事实" not in page and "沧应急认" not in page
        assert "已登记的事实" in browser(hubei.wang).get(filing.get_absolute_url()).content.decode()

    def test_an_accident_of_the_enterprise_leaves_open_whether_he_bears_it(self, hubei):
        about_the_enterprise(hubei.hengtong, by=hubei.wang)
        filing = self.filing(hubei)
        assert self.line(filing).verdict.value == "unknown"
        assert "本人责任的认定" in self.line(filing).why
        page = browser(hubei.liu).get(filing.get_absolute_url()).content.decode()
        assert "已登记的事实：所在组织发生的质量事故，较大事故，文书" in page

    def test_an_accident_it_did_not_answer_for_does_not_count(self, hubei):
        about_the_enterprise(hubei.hengtong, by=hubei.wang, responsible=False)
        assert self.line(self.filing(hubei)).verdict.value == "met"

    def test_what_is_filed_keeps_the_verdict_it_was_filed_with(self, hubei):
        filing = perform(SEND_UP, self.filing(hubei), by=hubei.wang, today=TODAY)
        filing = perform(FILE, filing, by=hubei.meng, today=TODAY)
        on_record(by=hubei.qing)
        assert self.line(filing).verdict.value == "met"

    def test_somebody_elses_record_does_not_count(self, hubei):
        on_record(by=hubei.qing, identity_number="130981198104264928", name="靳海燕")
        assert self.line(self.filing(hubei)).verdict.value == "met"

    def test_cangzhou_judges_as_before(self, people):
        on_record(by=people.qing)
        filing = people.filing(until="at_county")
        assert facts.judge_submitted(filing).tally == filing.tally
        perform(SEND_UP, filing, by=people.wang, today=TODAY)


class TestTheList:
    @pytest.mark.parametrize("rows", [1, 3])
    def test_costs_the_same_however_long(self, people, rows, django_assert_num_queries):
        for number in range(rows):
            on_record(by=people.wang, document_number=f"{number} 号")
        client = browser(people.wang)
        client.get("/incidents/")
        with django_assert_num_queries(6):
            assert client.get("/incidents/").content.decode().count("data-row") == rows

    def test_an_empty_one_says_what_to_do(self, people):
        assert "本辖区没有登记过不利事实" in browser(people.wang).get("/incidents/").content.decode()
        assert "没有登记关于您的事实" in browser(people.liu).get("/incidents/").content.decode()

    def test_garbage_in_the_address_is_answered(self, people):
        on_record(by=people.wang)
        for query in ("standing=x", "after=%00", "before=zzz", "standing=%FF&after=1"):
            assert browser(people.wang).get(f"/incidents/?{query}").status_code == 200


def test_an_enterprise_with_a_wrong_code_of_another_county_is_not_found(people):
    answer = browser(people.wang).post("/incidents/new/", of_an_enterprise(credit_code=CODES[1]))
    assert answer.status_code == 422
    assert (
        browser(people.meng).post("/incidents/new/", of_an_enterprise(credit_code=CODES[1])).status_code
        == 302
    )
