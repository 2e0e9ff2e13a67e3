"""The clocks of a body: the usual ones, its own, and by when a step is due."""

from datetime import date

import pytest
from django.core.exceptions import PermissionDenied

from cqo_portal.audit.append_only import Unsayable
from cqo_portal.audit.models import Event
from cqo_portal.jurisdictions import pack
from cqo_portal.reference.load import load_working_days
from cqo_portal.reference.queries import working_calendar
from evaluation.bodies import services, texts, usual
from evaluation.bodies.models import Clocks
from evaluation.bodies.standing import clocks_of, text_of
from tests.bodies import rows
from tests.cast import browser

pytestmark = pytest.mark.django_db

TYPED = {step: str(days) for step, (_, days) in usual.DAYS.items()} | {
    "aggregation": "consensus",
    "panel_size": "3",
    "activities": "1",
}


@pytest.fixture
def shen(people):
    return rows.body()


def saved(shen, **changes):
    return browser(shen).post("/bodies/clocks/", TYPED | changes)


class TestTheUsualOnes:
    def test_a_body_that_set_none_works_by_them(self, shen):
        clocks = clocks_of(shen.acting.institution)
        assert clocks.pk is None
        assert {step: days for step, (_, days) in clocks.days.items()} == {
            "formal_review": 5,
            "completion": 15,
            "convening": 10,
            "scoring": 15,
            "report": 10,
            "decision": 10,
            "appeal_lodging": 15,
            "appeal_answer": 30,
        }
        assert (clocks.aggregation, clocks.panel_size, clocks.activities) == ("consensus", 3, 1)

    def test_they_fit_every_text_that_evaluates(self):
        """Where a text asks for more than our defaults, the defaults must follow."""
        for text in texts.evaluating().values():
            assert Clocks().panel_size >= texts.panel(text).least
            assert Clocks().activities >= texts.least_activities(text)
            assert Clocks().aggregation in {each.value for each in texts.panel(text).aggregations}

    def test_only_texts_with_a_scheme_evaluate(self):
        assert texts.evaluating() == {"jiangsu": pack("jiangsu-2023-draft")}
        assert texts.chapter(pack("jiangsu-2023-draft")).cites == "第6章"
        assert texts.least_activities(pack("jiangsu-2023-draft")) == 1

    def test_a_body_works_by_the_text_of_its_record(self, people, shen):
        assert text_of(shen.acting.institution).jurisdiction == "jiangsu"
        record = rows.filed(shen, people.meng)
        assert text_of(record.institution) == record.pack


class TestSetting:
    def test_the_newest_counts_and_the_others_stay(self, shen):
        for days in ("12", "18"):
            assert saved(shen, scoring=days).status_code == 302
        assert clocks_of(shen.acting.institution).scoring == 18
        assert [row.scoring for row in Clocks.objects.all()] == [18, 12]
        told = [
            event.data["after"]["scoring"]
            for event in Event.objects.filter(action="set-clocks").order_by("id")
        ]
        assert told == [12, 18]
        page = browser(shen).get("/bodies/clocks/").content.decode()
        assert "独立评分：15 个工作日 → 12 个工作日" in page
        assert "独立评分：12 个工作日 → 18 个工作日" in page

    def test_the_same_again_adds_nothing(self, shen):
        saved(shen, scoring="12")
        saved(shen, scoring="12", once="another")
        assert Clocks.objects.count() == 1

    @pytest.mark.parametrize(
        ("change", "said"),
        [
            ({"scoring": "0"}, "请填 1 至 250 之间的整数。"),
            ({"scoring": "251"}, "请填 1 至 250 之间的整数。"),
            ({"scoring": "1.5"}, "请填整数"),
            ({"scoring": ""}, "请填写独立评分。"),
            ({"panel_size": "2"}, "请填 3 至 15 之间的整数。"),
            ({"panel_size": "16"}, "请填 3 至 15 之间的整数。"),
            ({"activities": "0"}, "请填 1 至 20 之间的整数。"),
            ({"activities": "21"}, "请填 1 至 20 之间的整数。"),
            ({"aggregation": "median"}, "选择一个有效的选项"),
        ],
    )
    def test_what_does_not_fit_is_said_beside_the_field(self, shen, change, said):
        answer = saved(shen, **change)
        assert answer.status_code == 422
        assert said in answer.content.decode()
        assert not Clocks.objects.exists()

    @pytest.mark.parametrize(
        "change", [{"scoring": "1"}, {"scoring": "２５０"}, {"panel_size": "15"}, {"activities": "20"}]
    )
    def test_the_bounds_themselves_fit(self, shen, change):
        assert saved(shen, **change).status_code == 302

    @pytest.mark.parametrize(("size", "advised"), [("3", False), ("4", True), ("5", False)])
    def test_an_even_panel_is_advised_against_and_taken(self, shen, size, advised):
        client = browser(shen)
        page = client.post("/bodies/clocks/", TYPED | {"panel_size": size}, follow=True).content.decode()
        assert ("是双数，宜为单数（8.3）" in page) is advised
        assert clocks_of(shen.acting.institution).panel_size == int(size)

    def test_nothing_of_them_is_changed(self, shen):
        saved(shen)
        with pytest.raises(Unsayable):
            Clocks.objects.update(scoring=1)
        with pytest.raises(Unsayable):
            Clocks.objects.get().delete()

    def test_nobody_sets_those_of_another_body(self, people, shen):
        other = rows.body("泊头质量评价所", username="other")
        words = {name: getattr(clocks_of(shen.acting.institution), name) for name in services.CLOCKS_SAID}
        with pytest.raises(PermissionDenied):
            services.set_clocks(shen.acting.institution, words, by=other)
        with pytest.raises(PermissionDenied):
            services.set_clocks(shen.acting.institution, words, by=people.meng)


def test_a_step_is_due_after_its_working_days(shen):
    load_working_days()
    clocks, calendar = clocks_of(shen.acting.institution), working_calendar()
    due = clocks.due(
        "formal_review", date(2026, 9, 24), calendar
    )  # Thursday; 25 to 27 September are holidays
    assert (due.day, due.provisional) == (date(2026, 10, 9), False)
    beyond = clocks.due("appeal_answer", date(2026, 12, 1), calendar)
    assert (beyond.day, beyond.provisional) == (date(2027, 1, 12), True)
    assert "2027 年放假安排尚未公布" in beyond.arithmetic
