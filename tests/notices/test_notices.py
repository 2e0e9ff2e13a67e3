"""A notice: what is published stays said, who is addressed, and what counts as an answer."""

from datetime import date

import pytest
import time_machine
from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, InternalError, transaction
from django.urls import reverse

from cqo_portal.audit.append_only import Unsayable
from cqo_portal.audit.models import Event
from cqo_portal.notifications.models import Message
from cqo_portal.parties.models import Office
from cqo_portal.workflow.engine import Refused, perform
from registry.lists.models import AboveScale, Award
from registry.models import Filing
from registry.notices import services
from registry.notices.audience import audience, by_county, list_year
from registry.notices.models import Answer, Notice
from registry.notices.queries import open_notice, owed
from registry.notices.workflow import PUBLISH, WITHDRAW
from tests.cast import TODAY, browser
from tests.notices.rows import draft, published, said

pytestmark = pytest.mark.django_db


class TestPublishing:
    def test_the_counties_and_the_enterprises_addressed_are_told_and_nobody_else(self, people):
        published(people)
        told = Message.objects.filter(kind="notice-published").order_by("recipient__username")
        assert list(told.values_list("recipient__username", flat=True)) == ["dan", "liu", "qing", "wang"]
        assert told[0].title == "关于2026年度集中备案的通告（11月30日（周一）截止）"

    def test_a_notice_to_one_county_reaches_only_that_county(self, people):
        notice = published(people, counties=["130922"])
        told = Message.objects.filter(kind="notice-published").order_by("recipient__username")
        assert list(told.values_list("recipient__username", flat=True)) == ["dan", "qing"]
        assert [organisation.name for organisation in audience(notice)] == ["青县盛禾包装有限公司"]
        assert open_notice(people.hengtong, "appointment", TODAY) is None

    def test_the_edition_is_fixed_and_the_act_is_on_record(self, people):
        notice = published(people)
        assert (notice.state, notice.rule_edition) == ("published", "cangzhou-2023")
        acts = Event.objects.about(notice).order_by("id").values_list("action", "after")
        assert list(acts) == [("open", "draft"), ("publish", "published")]

    def test_only_the_city_whose_notice_it_is_publishes(self, people):
        notice = draft(people)
        for who in (people.wang, people.hao, people.liu):
            with pytest.raises(PermissionDenied):
                perform(PUBLISH, notice, by=who, today=TODAY)

    def test_a_window_that_has_passed_is_not_published(self, people):
        notice = draft(people, opens_on=date(2026, 10, 1), closes_on=date(2026, 11, 19))
        with pytest.raises(Refused, match="截止日期已经过去"):
            perform(PUBLISH, notice, by=people.meng, today=TODAY)

    def test_a_notice_to_nobody_is_not_published(self, people):
        Office.objects.create(
            code="130924",
            name="海兴县市场监督管理局",
            area="海兴县",
            level="county",
            jurisdiction="cangzhou",
            parent=people.offices["130900"],
        )
        with pytest.raises(Refused, match="没有一家企业"):
            perform(PUBLISH, draft(people, counties=["130924"]), by=people.meng, today=TODAY)

    def test_where_the_rules_know_no_collective_filing_nothing_is_published(self, people):
        Office.objects.filter(pk="130900").update(jurisdiction="jiangsu")
        with pytest.raises(Refused, match="没有设集中备案"):
            perform(PUBLISH, draft(people), by=people.meng, today=TODAY)

    def test_words_that_changed_after_the_preview_are_not_published(self, people):
        notice = draft(people)
        services.save_draft(notice, said(title="改过的"), version=1, by=people.meng)
        with pytest.raises(services.Stale):
            services.publish(notice, version=1, by=people.meng, today=TODAY)
        assert Notice.objects.get().state == "draft"
        assert services.publish(notice, version=2, by=people.meng, today=TODAY).title == "改过的"

    def test_two_clerks_do_not_overwrite_each_others_draft(self, people):
        notice = draft(people)
        services.save_draft(notice, said(title="先存的"), version=1, by=people.meng)
        with pytest.raises(services.Stale):
            services.save_draft(notice, said(title="后存的"), version=1, by=people.meng)
        assert Notice.objects.get().title == "先存的"


class TestWhatWasSaidStays:
    @pytest.mark.parametrize("field", ["title", "text", "number"])
    def test_no_word_of_a_published_notice_changes_even_past_python(self, people, field):
        notice = published(people)
        with pytest.raises(InternalError, match="Cannot update"), transaction.atomic():
            Notice.objects.filter(pk=notice.pk).update(**{field: "别的"})
        assert getattr(Notice.objects.get(), field) == getattr(notice, field)

    def test_nor_its_window_nor_whom_it_addresses(self, people):
        notice = published(people)
        for change in (
            {"opens_on": date(2026, 11, 2)},
            {"closes_on": date(2026, 12, 1)},
            {"counties": ["130922"]},
        ):
            with pytest.raises((InternalError, IntegrityError)), transaction.atomic():
                Notice.objects.filter(pk=notice.pk).update(**change)

    def test_a_draft_may_change(self, people):
        """The control of the two above."""
        assert Notice.objects.filter(pk=draft(people).pk).update(title="别的") == 1

    def test_a_published_notice_is_no_draft_any_more(self, people):
        notice = published(people)
        with pytest.raises(Refused, match="原文不能再改"):
            services.save_draft(notice, said(), version=1, by=people.meng)

    def test_it_is_extended_with_a_reason_and_everybody_is_told(self, people):
        notice = published(people)
        services.amend(notice, text="企业反映时间紧。", until=date(2026, 12, 15), by=people.meng, today=TODAY)
        notice = Notice.objects.get()
        assert (str(notice.closes_on), str(notice.until)) == ("2026-11-30", "2026-12-15")
        assert notice.is_open(date(2026, 12, 15)) and not notice.is_open(date(2026, 12, 16))
        told = Message.objects.filter(kind="notice-amended").order_by("recipient__username")
        assert list(told.values_list("recipient__username", flat=True)) == ["dan", "liu", "qing", "wang"]
        assert told[0].title == "延期至12月15日（周二）：关于2026年度集中备案的通告"
        with pytest.raises(Unsayable):
            notice.amendments.update(text="别的")

    def test_it_is_never_shortened(self, people):
        notice = published(people)
        with pytest.raises(Refused, match="延期只能更晚"):
            services.amend(notice, text="提前", until=date(2026, 11, 29), by=people.meng, today=TODAY)

    def test_a_refusal_stands_beside_the_day_and_what_was_typed_stays(self, people):
        notice = published(people)
        said = {"until": "2026-11-29", "text": "企业反映时间紧。"}
        answer = browser(people.meng).post(reverse("notices:amend", args=[notice.pk]), said)
        assert answer.status_code == 422
        assert answer.context["amendment_form"].errors["until"] == [
            "现在的截止日期是 2026-11-30，延期只能更晚。"
        ]
        assert "企业反映时间紧。</textarea>" in answer.content.decode()

    def test_withdrawing_needs_a_reason_and_ends_the_window(self, people):
        notice = published(people)
        with pytest.raises(Refused, match="请写明理由"):
            perform(WITHDRAW, notice, by=people.meng, today=TODAY)
        perform(WITHDRAW, notice, by=people.meng, note="时间有误，另行通告。", today=TODAY)
        assert open_notice(people.hengtong, "appointment", TODAY) is None
        assert "时间有误，另行通告。" in Message.objects.filter(kind="notice-withdrawn").first().body


class TestTheWindow:
    @pytest.mark.parametrize(
        ("day", "open"),
        [("2026-10-31", False), ("2026-11-01", True), ("2026-11-30", True), ("2026-12-01", False)],
    )
    def test_it_opens_and_closes_by_its_dates_both_days_included(self, people, day, open):  # noqa: A002
        notice = published(people)
        found = open_notice(people.hengtong, "appointment", date.fromisoformat(day))
        assert (found == notice) is open

    def test_a_notice_on_changes_says_nothing_of_new_posts(self, people):
        notice = published(people, appointments=False)
        assert open_notice(people.hengtong, "appointment", TODAY) is None
        assert open_notice(people.hengtong, "change", TODAY) == notice

    def test_of_two_open_notices_the_one_that_closes_first_is_answered(self, people):
        published(people)
        first = published(people, closes_on=date(2026, 11, 25))
        assert open_notice(people.hengtong, "appointment", TODAY) == first

    def test_a_draft_opens_no_window(self, people):
        draft(people)
        assert open_notice(people.hengtong, "appointment", TODAY) is None

    def test_a_filing_within_the_window_is_collective_and_stays_so(self, people):
        notice = published(people)
        filing = people.filing(until="at_county")
        assert filing.notice == notice

    def test_a_filing_outside_any_window_is_voluntary(self, people):
        """The control of the one above."""
        published(people, opens_on=date(2026, 11, 21))
        assert people.filing(until="at_county").notice is None


class TestAnswering:
    def test_an_enterprise_without_an_officer_cannot_say_that_nothing_changed(self, people):
        notice = published(people)
        with pytest.raises(Refused, match="没有贵企业在任的首席质量官"):
            services.answer_unchanged(notice, people.hengtong, by=people.liu, today=TODAY)
        assert not Answer.objects.exists()

    def test_with_an_officer_in_office_it_can_once(self, people):
        people.filing(until="filed")
        notice = published(people)
        answer = services.answer_unchanged(notice, people.hengtong, by=people.liu, today=TODAY)
        assert Event.objects.about(answer).get().action == "answer"
        with pytest.raises(Refused, match="已经答复过"):
            services.answer_unchanged(notice, people.hengtong, by=people.liu, today=TODAY)
        assert Answer.objects.count() == 1
        with pytest.raises(Unsayable):
            Answer.objects.all().delete()

    def test_it_is_owed_until_it_is_answered(self, people):
        people.filing(until="filed")
        notice = published(people)
        before = owed(people.hengtong, today=TODAY)
        assert [(each.notice, each.done, each.left) for each in before] == [(notice, None, "还有 10 天")]
        services.answer_unchanged(notice, people.hengtong, by=people.liu, today=TODAY)
        assert owed(people.hengtong, today=TODAY)[0].done.label == "已答复：没有变化"

    def test_a_filing_answers_it_too(self, people):
        published(people)
        assert owed(people.hengtong, today=TODAY)[0].done is None
        people.filing(until="at_county")
        done = owed(people.hengtong, today=TODAY)[0].done
        assert done.label == "已提交任职备案，待县级预审"
        assert done.url == f"/filings/{Filing.objects.get().pk}/"

    def test_nothing_is_owed_under_a_notice_that_does_not_reach_the_enterprise(self, people):
        notice = published(people, counties=["130922"])
        assert owed(people.hengtong, today=TODAY) == []
        with pytest.raises(Refused, match="没有面向贵企业"):
            services.answer_unchanged(notice, people.hengtong, by=people.liu, today=TODAY)

    def test_after_the_last_day_nothing_is_owed(self, people):
        notice = published(people)
        assert owed(people.hengtong, today=date(2026, 12, 1)) == []
        with pytest.raises(Refused, match="不在集中备案的时间内"):
            services.answer_unchanged(notice, people.hengtong, by=people.liu, today=date(2026, 12, 1))

    def test_what_is_owed_costs_a_fixed_number_of_queries(self, people, django_assert_num_queries):
        published(people)
        with django_assert_num_queries(4):
            owed(people.hengtong, today=TODAY)
        published(people, closes_on=date(2026, 11, 28))
        published(people, closes_on=date(2026, 11, 29))
        with django_assert_num_queries(4):
            assert len(owed(people.hengtong, today=TODAY)) == 3

    def test_without_a_notice_it_costs_one(self, people, django_assert_num_queries):
        with django_assert_num_queries(1):
            assert owed(people.hengtong, today=TODAY) == []


def test_the_preview_counts_every_county_exactly(people):
    found = by_county(draft(people))
    assert [(each.office.area, each.count) for each in found] == [("青县", 1), ("泊头市", 1)]


@time_machine.travel("2026-11-30 23:30:00+08:00", tick=False)
def test_the_last_day_ends_at_midnight_in_beijing(people, client):
    published(people)
    client.force_login(people.liu)
    assert "今天截止" in client.get("/notices/").content.decode()


class TestTheLists:
    """Whom a notice to those on a list addresses: it goes by the lists as they stand."""

    def listed(self, people, year: int, *, kind="industry"):
        return AboveScale.objects.create(organisation=people.hengtong, year=year, kind=kind, by=people.meng)

    def names(self, notice) -> list[str]:
        return [organisation.name for organisation in audience(notice)]

    def test_only_who_is_on_the_list_of_the_year_is_addressed(self, people):
        self.listed(people, 2026)
        notice = published(people, addressed="industry")
        assert self.names(notice) == ["泊头恒通管件有限公司"]
        assert open_notice(people.hengtong, "change", TODAY) == notice
        assert open_notice(people.dan.acting.organisation, "change", TODAY) is None
        assert [(each.office.area, each.count) for each in by_county(notice)] == [("青县", 0), ("泊头市", 1)]

    def test_services_are_not_industry(self, people):
        self.listed(people, 2026, kind="services")
        with pytest.raises(Refused, match="没有一家企业"):
            published(people, addressed="industry")

    def test_while_the_list_of_the_year_is_not_there_the_last_one_counts(self, people):
        self.listed(people, 2024), self.listed(people, 2027)
        notice = draft(people, addressed="industry")
        assert (list_year(notice), self.names(notice)) == (2024, ["泊头恒通管件有限公司"])

    def test_an_older_list_does_not_count_beside_a_newer_one(self, people):
        self.listed(people, 2025)
        dan = people.dan.acting.organisation
        AboveScale.objects.create(organisation=dan, year=2026, kind="industry", by=people.meng)
        assert self.names(draft(people, addressed="industry")) == ["青县盛禾包装有限公司"]

    def test_who_was_taken_off_is_not_addressed(self, people):
        entry = self.listed(people, 2026)
        entry.ended_at, entry.ended_by, entry.ended_reason = entry.at, people.meng, "退出规上"
        entry.save()
        assert self.names(draft(people, addressed="industry")) == []

    def test_an_award_once_won_stays_won(self, people):
        Award.objects.create(
            organisation=people.hengtong, year=2021, name="市长质量奖", level="city", by=people.meng
        )
        assert self.names(draft(people, addressed="awards")) == ["泊头恒通管件有限公司"]
