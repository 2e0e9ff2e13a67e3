"""What was decided is proposed in the annual report of that year; the enterprise confirms it there, or says otherwise."""

import re

import pytest
import time_machine

from registry.models import Officer
from registry.reports import content, draft, services
from registry.reports.models import AnnualReport
from registry.reports.sections import key_of
from tests.appraisal.rows import TODAY, YEAR, world
from tests.cast import browser

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def noon():
    with time_machine.travel("2026-11-20T12:00:00+08:00", tick=False):
        yield


@pytest.fixture
def here():
    return world()


def opened(here) -> AnnualReport:
    return services.open_report(here.firm, YEAR, by=here.fang, today=TODAY)


def said_of(report: AnnualReport, post: Officer) -> dict[str, list[str]]:
    prefix = f"appraisal-{key_of(post)}_"
    return {name.removeprefix(prefix): said for name, said in report.draft.items() if name.startswith(prefix)}


DECIDED = {
    "g1": ["19"],
    "g2": ["16"],
    "g3": ["39"],
    "g4": ["5"],
    "g5": ["17.5"],
    "decision": ["renewed"],
    "result": ["2026年11月20日评价第 1 版，已知部分 74/75"],
}


def test_a_report_begun_after_the_decision_is_filled_in_with_it(here):
    here.appraisal(p3_1="4", p5_1="2.5")
    report = opened(here)
    assert said_of(report, here.post) == DECIDED
    parts = {code: lines for code, _, lines in _parts(report)}
    words = {label: said for _, label, said in parts["appraisal"]}
    assert words["王雪松：考核得分"] == "96.5 分，满分 100；其中已知部分 74/75"
    assert words["考核后的决定"] == "续聘"


def test_a_reward_beside_the_decision_goes_along_in_words(here):
    here.appraisal(decision__reward="奖励", decision__reward_what="年度奖金 2 万元")
    said = said_of(opened(here), here.post)
    assert said["decision"] == ["renewed"]
    assert said["result"] == ["2026年11月20日评价第 1 版，已知部分 75/75；奖励：年度奖金 2 万元"]
    assert "续聘；奖励" in browser(here.wei).get("/appraisals/").content.decode()


def _parts(report):
    form = draft.form_of(report, today=TODAY)
    return content.parts_of(form, form.said())


def test_one_begun_before_it_offers_it_and_takes_it_over_on_demand(here):
    report = opened(here)
    client, where = browser(here.fang), f"/reports/{report.pk}/edit/"
    offer = "本企业已经作出考核决定，与这里填的不同"
    assert offer not in client.get(where).content.decode()
    here.appraisal(p3_1="4", p5_1="2.5")
    assert offer in client.get(where).content.decode()
    report.refresh_from_db()
    assert said_of(report, here.post) == {}  # nothing silently
    answer = client.post(
        where, {"version": "1", "duty-goals": "合格率 99%", "action": "take-over"}, follow=True
    )
    report.refresh_from_db()
    assert said_of(report, here.post) == DECIDED
    assert report.draft["duty-goals"] == ["合格率 99%"]
    assert offer not in answer.content.decode() and "考核结果已填入，请核对。" in answer.content.decode()


def test_the_enterprise_may_say_otherwise_and_is_told_that_it_differs(here):
    here.appraisal()
    report, client = opened(here), browser(here.fang)
    where = f"/reports/{report.pk}/edit/"
    typed = {name: said[0] for name, said in report.draft.items()}
    client.post(where, typed | {"version": "1", f"appraisal-{key_of(here.post)}_g3": "30"})
    report.refresh_from_db()
    assert said_of(report, here.post)["g3"] == ["30"]
    assert "与这里填的不同" in client.get(where).content.decode()


def test_a_correction_is_offered_anew(here):
    made = here.appraisal(until="reopened")
    report = opened(here)
    assert said_of(report, here.post)["g3"] == ["40"]  # until the new decision the old one counts
    client = browser(here.fang)
    typed = {name: said[0] for name, said in made.draft.items()} | {"g3-3_1": "1"}
    client.post(f"/appraisals/{made.pk}/edit/", typed)
    made.refresh_from_db()
    client.post(f"/appraisals/{made.pk}/check/", {"version": made.draft_version, "considered": "on"})
    assert draft.to_take_over(report, today=TODAY) == {
        f"appraisal-{key_of(here.post)}_g3": ["36"],
        f"appraisal-{key_of(here.post)}_result": ["2026年11月20日评价第 2 版，已知部分 71/75"],
    }


def test_of_another_year_nothing_is_proposed(here):
    here.appraisal(year=2025)
    assert said_of(opened(here), here.post) == {}


def test_the_county_sees_it_in_the_report_and_nowhere_else(here):
    made = here.appraisal()
    county = browser(here.lu)
    for address in (made.get_absolute_url(), f"/appraisals/{made.pk}/appraisal.pdf"):
        assert county.get(address).status_code == 404
    page = county.get(f"/desk/officers/{here.post.pk}/").content.decode()
    assert not re.search(r"/appraisals/", page)
