"""到场证明: the papers an entry rests on, how its line came about, and the same file used twice."""

from datetime import date

import pytest
from django.db import IntegrityError, InternalError, connection, transaction
from django.test.utils import CaptureQueriesContext

from cqo_portal.audit.models import Event
from cqo_portal.papers.accepting import NotAccepted
from cqo_portal.workflow.engine import Refused, perform
from tests.cast import browser, picture
from tests.duties import rows as duties
from tests.training import rows
from training import doubts, evidence, flagging, ledger
from training.models import Entry, Flag, SessionEvidence
from training.workflow import CANCEL, CONFIRM

DAY = date(2026, 10, 17)

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("that_day")]


@pytest.fixture
def tan(people):
    """Somebody of a provider that the city commissioned."""
    made = rows.provider()
    rows.commission(made.acting.institution, people.offices["130900"], by=people.meng)
    return made


@pytest.fixture
def wang():
    return rows.person()


def session(by, who=None, *, papers=(), post=True, day=DAY, **said):
    """A session with somebody on its roster and papers of these shades; posted."""
    held = rows.session(by, day=day, **said)
    rows.came(held, who or rows.person())
    for shade in papers:
        evidence.attach(held, picture(shade=shade), by=by)
    return rows.posted(held, by=by) if post else held


def said(held) -> list[str]:
    return [flag.said for flag in Flag.objects.filter(entry__session=held, kind="same_proof")]


class TestPapers:
    def test_they_are_shown_page_by_page_and_the_look_of_an_office_is_written_down_once(self, tan, people):
        held = session(tan, papers=(1,))
        paper = held.evidence.get()
        address = f"/training/evidence/{paper.pk}/pages/1.png"
        for who in (tan, people.meng, people.meng):
            assert browser(who).get(address).headers["Content-Type"] == "image/png"
        looks = Event.objects.about(held).filter(action=Event.PAPER)
        assert [(event.actor, event.data["proof"]) for event in looks] == [(people.meng, str(paper.pk))]
        page = browser(people.meng).get(f"/training/sessions/{held.pk}/evidence/").content.decode()
        assert address in page and "拿掉" not in page and 'type="file"' not in page

    def test_whose_hours_they_are_does_not_see_who_else_came(self, tan, wang, people):
        paper = session(tan, wang, papers=(1,)).evidence.get()
        for who in (duties.himself(wang), people.liu, rows.provider("别家培训学校", username="other")):
            assert browser(who).get(f"/training/evidence/{paper.pk}/").status_code == 404
        assert browser(tan).get(f"/training/evidence/{paper.pk}/").status_code == 200  # the control

    def test_a_page_takes_one_and_says_what_is_wrong_with_another(self, tan):
        held = session(tan, post=False)
        address = f"/training/sessions/{held.pk}/evidence/"
        client = browser(tan)
        nothing = client.post(address)
        assert nothing.status_code == 422 and "请选择文件，再上传。" in nothing.content.decode()
        assert client.post(address, {"file": picture()}).status_code == 302
        again = client.post(address, {"file": picture()})
        assert again.status_code == 422 and "这份材料已经交过了。" in again.content.decode()
        assert held.evidence.count() == 1

    def test_a_session_holds_only_so_many(self, tan, monkeypatch):
        monkeypatch.setattr(evidence, "MOST_PAPERS", 2)
        held = session(tan, papers=(1, 2), post=False)
        with pytest.raises(NotAccepted, match="一场最多交 2 件"):
            evidence.attach(held, picture(shade=3), by=tan)

    def test_before_the_posting_one_is_taken_away_and_its_row_stays(self, tan):
        held = session(tan, papers=(1,), post=False)
        paper = held.evidence.get()
        browser(tan).post(f"/training/evidence/{paper.pk}/remove/")
        assert held.evidence.current().count() == 0 and held.evidence.count() == 1
        assert browser(tan).get(f"/training/evidence/{paper.pk}/").status_code == 404
        with pytest.raises(Refused, match="这份材料已经拿掉了"):
            evidence.take_away(paper, by=tan)
        evidence.attach(held, picture(shade=1), by=tan)  # the same file may come back
        assert held.evidence.current().count() == 1

    def test_after_the_posting_none_goes_and_more_may_come(self, tan):
        held = session(tan, papers=(1,))
        paper = held.evidence.get()
        with pytest.raises(Refused, match="已经入账，到场证明不能再拿掉"):
            evidence.take_away(paper, by=tan)
        evidence.attach(held, picture(shade=2), by=tan)
        assert held.evidence.current().count() == 2

    def test_a_cancelled_session_takes_none(self, tan):
        held = session(tan, post=False)
        held.roster.all().delete()
        perform(CANCEL, held, by=tan, note="报名的人太少")
        answer = browser(tan).post(f"/training/sessions/{held.pk}/evidence/", {"file": picture()})
        assert answer.status_code == 422 and "这一场已经取消" in answer.content.decode()

    @pytest.mark.parametrize(
        "attack",
        [
            lambda paper: SessionEvidence.objects.filter(pk=paper.pk).update(digest="0" * 64),
            lambda paper: SessionEvidence.objects.filter(pk=paper.pk).update(file="papers/other.png"),
            lambda paper: SessionEvidence.objects.filter(pk=paper.pk).update(removed_at=paper.uploaded_at),
            lambda paper: SessionEvidence.objects.filter(pk=paper.pk)._raw_delete("default"),
        ],
    )
    def test_the_database_keeps_what_entries_rest_on(self, tan, attack):
        paper = session(tan, papers=(1,)).evidence.get()
        with pytest.raises(InternalError), transaction.atomic():
            attack(paper)
        paper.refresh_from_db()
        assert paper.removed_at is None

    def test_the_preview_says_that_nothing_bears_the_lines(self, tan):
        held = session(tan, post=False)
        address = f"/training/sessions/{held.pk}/post/"
        assert "还没有到场证明" in browser(tan).get(address).content.decode()
        held.roster.update(source="signed")
        assert "还没有到场证明" not in browser(tan).get(address).content.decode()
        held.roster.update(source="upload")
        evidence.attach(held, picture(), by=tan)
        assert "还没有到场证明" not in browser(tan).get(address).content.decode()

    def test_the_chain_is_held_once_the_file_is_written_and_before_others_are_asked_for(self, tan):
        held = session(tan, post=False)
        with CaptureQueriesContext(connection) as asked:
            evidence.attach(held, picture(), by=tan)
        said = [each["sql"] for each in asked]

        def first(words: str, start: int = 0) -> int:
            return next(n for n, sql in enumerate(said) if n >= start and words in sql)

        written, locked = first('INSERT INTO "training_sessionevidence"'), first("pg_advisory_xact_lock")
        assert written < locked < first('FROM "training_sessionevidence"', start=written)


class TestSource:
    @pytest.mark.parametrize(
        ("source", "word"), [("number", "按证件号码登记"), ("upload", "名单导入"), ("signed", "扫码签到")]
    )
    def test_an_entry_keeps_how_its_line_came_about_and_the_person_reads_it(self, tan, wang, source, word):
        held = session(tan, wang, post=False)
        held.roster.update(source=source)
        rows.posted(held, by=tan)
        assert Entry.objects.get().source == source
        assert word in browser(tan).get(f"/training/sessions/{held.pk}/entries/").content.decode()
        ledger_page = browser(duties.himself(wang)).get("/hours/?year=2026", follow=True).content.decode()
        assert word in ledger_page

    def test_a_reversal_says_the_same(self, tan):
        entry = session(tan).entries.get()
        assert ledger.reverse(entry, reason="误登", by=tan).source == "number"

    def test_of_a_self_report_it_is_that(self):
        county = duties.county("hubei")
        post = duties.post(county)
        report = duties.report(post.person, to=county, by=duties.himself(post.person), on=DAY, papers=(1,))
        perform(CONFIRM, report, by=duties.clerk_of(county))
        entry = Entry.objects.get()
        assert entry.source == "report"
        assert [paper.pk for paper in entry.evidence] == [paper.pk for paper in report.evidence.all()]

    @pytest.mark.parametrize("source", ["", "report", "hearsay"])
    def test_the_database_asks_for_one_that_fits(self, tan, source):
        held = session(tan)
        kept = Entry.objects.values("person_id", "institution_id", "year", "by_id", "on").get()
        new = {"session": held, "hours": "1", "course_class": 2} | kept
        with pytest.raises(IntegrityError, match="entry_says_its_source"), transaction.atomic():
            Entry.objects.create(**new, source=source)
        Entry.objects.create(**new, source="upload")  # the control


class TestTheSameFileTwice:
    def test_of_two_sessions_the_later_one_is_flagged_with_every_line(self, tan, wang):
        first = session(tan, papers=(1,))
        second = session(tan, wang, papers=(1,), day=date(2026, 10, 24), post=False)
        rows.came(second, rows.person("李四"))
        assert "证明材料重复使用 2 笔" in (
            browser(tan).get(f"/training/sessions/{second.pk}/post/").content.decode()
        )
        rows.posted(second, by=tan)
        assert len(set(said(second))) == 1 and len(said(second)) == 2
        assert said(second)[0].startswith(f"同一文件已用于另一场培训（{first.number}，")
        assert not said(first)
        assert not wang.entries.counting().exists()

    def test_another_file_is_none(self, tan):
        """The control."""
        session(tan, papers=(1,))
        assert not said(session(tan, papers=(2,), day=date(2026, 10, 24)))

    def test_whoever_was_first_is_not_held_up_by_what_waits(self, tan):
        first = session(tan, papers=(1,), post=False)
        session(tan, papers=(1,), day=date(2026, 10, 24), post=False)
        assert not said(rows.posted(first, by=tan))

    @pytest.mark.parametrize("end", ["removed", "cancelled"])
    def test_what_was_taken_back_is_no_use(self, tan, end):
        first = session(tan, papers=(1,), post=False)
        if end == "removed":
            evidence.take_away(first.evidence.get(), by=tan)
        else:
            first.roster.all().delete()
            perform(CANCEL, first, by=tan, note="报名的人太少")
        assert not said(session(tan, papers=(1,), day=date(2026, 10, 24)))

    def test_whoever_reversed_a_wrong_posting_enters_it_anew_with_the_same_sheet(self, tan):
        first = session(tan, papers=(1,))
        ledger.reverse(first.entries.get(), reason="学时登错", by=tan)
        assert not said(session(tan, papers=(1,)))

    def test_a_paper_that_comes_after_the_posting_flags_what_stands_once(self, tan, wang):
        first = session(tan, papers=(1,))
        second = session(tan, wang, day=date(2026, 10, 24))
        reversed_one = session(tan, day=date(2026, 10, 25))
        ledger.reverse(reversed_one.entries.get(), reason="误登", by=tan)
        for held in (second, reversed_one):
            evidence.attach(held, picture(shade=1), by=tan)
            evidence.attach(held, picture(shade=9), by=tan)
        assert [each.startswith(f"同一文件已用于另一场培训（{first.number}，") for each in said(second)] == [
            True
        ]
        assert not said(reversed_one)

    @pytest.mark.parametrize(("sheet", "questions"), [(2, 2), (9, 1)])
    def test_an_answer_about_one_sheet_is_none_about_another(self, tan, wang, people, sheet, questions):
        """The control: a sheet of its own, after which nothing more is asked."""
        first, other = session(tan, papers=(1,)), session(tan, papers=(2,), day=date(2026, 10, 18))
        held = session(tan, wang, day=date(2026, 10, 24))
        evidence.attach(held, picture(shade=1), by=tan)
        flagging.settle(list(Flag.objects.all()), counts=True, reason="一张签到表，两场都在", by=people.meng)
        evidence.attach(held, picture(shade=sheet), by=tan)
        numbers = [each.number for each in (first, other)][:questions]
        assert [text.split("（")[1].split("，")[0] for text in said(held)] == numbers
        assert wang.entries.counting().exists() is (questions == 1)

    def test_a_sheet_handed_in_as_a_self_report_too_needs_a_reason(self, tan):
        county = duties.county("hubei")
        post = duties.post(county)
        held = session(tan, post.person, papers=(1,))
        report = duties.report(post.person, to=county, by=duties.himself(post.person), on=DAY, papers=(1,))
        (doubt,) = doubts.doubts_about(report)
        assert doubt.said.startswith(f"同一文件已用于另一场培训（{held.number}，")
        with pytest.raises(Refused, match="同一文件已用于另一场培训.*请写明理由"):
            perform(CONFIRM, report, by=duties.clerk_of(county))

    def test_and_the_other_way_round(self, tan):
        county = duties.county("hubei")
        post = duties.post(county)
        report = duties.report(post.person, to=county, by=duties.himself(post.person), on=DAY, papers=(1,))
        perform(CONFIRM, report, by=duties.clerk_of(county))
        held = session(tan, papers=(1,))
        assert said(held)[0].startswith(f"同一文件已用于一份自报（{report.entries.get().number}，")


@pytest.mark.parametrize("count", [1, 3])
def test_the_page_asks_the_same_for_three_papers_as_for_one(tan, count, django_assert_num_queries):
    held = session(tan, papers=range(count))
    client = browser(tan)
    address = f"/training/sessions/{held.pk}/evidence/"
    client.get(address)
    with django_assert_num_queries(6):
        page = client.get(address).content.decode()
    assert page.count("1 页 · ") == count


def test_a_colleague_of_the_office_uploads_nothing_for_a_provider(tan, people):
    held = session(tan, post=False)
    answer = browser(people.meng).post(f"/training/sessions/{held.pk}/evidence/", {"file": picture()})
    assert answer.status_code == 403
    assert browser(people.liu).get(answer.request["PATH_INFO"]).status_code == 404
