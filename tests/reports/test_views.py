"""Annual reports in the browser: what each role is answered, bad input, double clicks, how many queries a list takes."""

from datetime import date
from uuid import uuid4

import pytest
import time_machine
from django.urls import reverse

from cqo_portal.accounts.models import Role
from registry.models import Officer
from registry.reports import roster, services
from registry.reports.models import AnnualReport, ReportPin, RollUp, SignOff
from tests.cast import browser, user
from tests.reports.world import AFTER, IN_TIME, YEAR, enterprise, post, typed

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def december():
    with time_machine.travel("2026-12-10T12:00:00+08:00", tick=False):
        yield


def text(answer) -> str:
    return answer.content.decode()


def title(answer) -> str:
    return text(answer).split("<h1>")[1].split("</h1>")[0]


def url(name: str, *args) -> str:
    return reverse(f"reports:{name}", args=args)


def flat(said: dict[str, list[str]]) -> dict[str, str]:
    return {name: values[0] for name, values in said.items()}


# ── the index answers for everybody ───────────────────────────────────────────────────────────
def test_the_index_says_the_fact_for_each_role(world):
    world.report("jia", until="at_county")
    assert "2026 年度报告" in text(browser(world.clerks["yi"]).get(url("index")))
    assert title(browser(world.chen).get(url("index"))) == "2026 年度报告：1 份等我局接收"
    assert title(browser(world.gao).get(url("index"))) == "2026 年度报告：应报 4 家，已收 0 家"
    assert title(browser(world.lin).get(url("index"))) == "2026 年度报告：应报 4 家，已收 0 家"
    other = user("body", Role.BODY, body_name="评价机构")
    assert "不经手年度报告" in text(browser(other).get(url("index")))


def test_a_voluntary_report_is_labelled(people):
    for who in (people.liu, people.wang, people.meng, people.hao):
        assert "自愿使用" in text(browser(who).get(url("index")))


@pytest.mark.parametrize("value", ["", "x", "\0", "9999", "²026", "-1", "2026' OR 1=1", "9" * 3000])
def test_false_parameters_are_answered(world, value):
    world.report("jia")
    for who in (world.clerks["jia"], world.chen, world.gao):
        client = browser(who)
        for name in ("year", "list", "after", "before", "pin", "version", "with"):
            assert client.get(url("index"), {name: value}).status_code == 200
            report = AnnualReport.objects.get()
            assert client.get(url("report", report.pk), {name: value}).status_code == 200


def test_a_year_nobody_means_and_an_office_elsewhere_are_not_found(world):
    client = browser(world.chen)
    for address in (
        url("office", 1999, "410101"),
        url("office", 2030, "410101"),
        url("office", YEAR, "410102"),
    ):
        assert client.get(address).status_code == 404
    assert client.get(url("locked", YEAR, "410101")).status_code == 404  # nothing is signed yet
    assert browser(world.gao).get(url("sign", YEAR, "410101")).status_code == 403


# ── the enterprise ────────────────────────────────────────────────────────────────────────────
def test_a_double_click_on_start_opens_one_report(world):
    client = browser(world.clerks["jia"])
    first = client.post(url("start"), {"year": "2026"})
    assert client.post(url("start"), {"year": "2026"}).url == first.url
    assert AnnualReport.objects.count() == 1


def test_years_that_cannot_be_reported_are_refused_with_a_sentence(world):
    client = browser(world.clerks["jia"])
    for year in ("2019", "2027", "", "x"):
        assert "只能报本年和上一年" in text(client.post(url("start"), {"year": year}, follow=True))
    wu = browser(world.clerks["wu"])
    assert "这一年不用报" in text(wu.post(url("start"), {"year": "2026"}, follow=True))
    assert not AnnualReport.objects.exists()


def test_errors_stand_beside_the_fields_and_nothing_typed_is_lost(world):
    clerk = world.clerks["jia"]
    report = services.open_report(world.firms["jia"], YEAR, by=clerk, today=IN_TIME)
    said = flat(typed(report, on=IN_TIME, duty__trainings="很多", duty__goals="目标<b>一</b>"))
    answer = browser(clerk).post(url("edit", report.pk), said | {"action": "check"})
    assert answer.status_code == 422
    assert "有 1 处需要改正" in text(answer)
    assert 'value="很多"' in text(answer)
    assert "目标&lt;b&gt;一&lt;/b&gt;" in text(answer)


def test_from_the_form_over_the_check_to_the_county(world):
    clerk = world.clerks["jia"]
    report = services.open_report(world.firms["jia"], YEAR, by=clerk, today=IN_TIME)
    client = browser(clerk)
    said = flat(typed(report, on=IN_TIME))
    assert client.post(url("edit", report.pk), said | {"action": "check"}).url == url("check", report.pk)
    version = AnnualReport.objects.get().draft_version
    unconfirmed = client.post(url("check", report.pk), {"version": version})
    assert unconfirmed.status_code == 422
    assert "请确认内容属实" in text(unconfirmed)
    stale = client.post(url("check", report.pk), {"version": version - 1, "truthful": "on"})
    assert stale.status_code == 409
    done = client.post(url("check", report.pk), {"version": version, "truthful": "on"}, follow=True)
    assert "已报送" in text(done)
    again = client.post(url("check", report.pk), {"version": version, "truthful": "on"}, follow=True)
    assert again.status_code == 200  # the second click finds the report handed in
    assert AnnualReport.objects.get().round == 1


def test_a_second_window_gets_409_by_hand_and_a_stale_mark_by_autosave(world):
    report = world.report("jia", until="draft")
    client = browser(world.clerks["jia"])
    said = flat(report.draft) | {"version": report.draft_version, "duty-trainings": "8"}
    assert 'data-saved-at="12:00:00"' in text(client.post(url("autosave", report.pk), said))
    said["duty-trainings"] = "9"
    assert "data-stale" in text(client.post(url("autosave", report.pk), said))
    by_hand = client.post(url("edit", report.pk), said)
    assert by_hand.status_code == 409
    assert "在另一个窗口" in text(by_hand)
    assert 'value="9"' in text(by_hand)
    assert AnnualReport.objects.get().draft["duty-trainings"] == ["8"]


def test_what_was_handed_in_is_closed_to_the_form_and_its_autosave(world):
    report = world.report("jia", until="at_county")
    client = browser(world.clerks["jia"])
    assert client.get(url("edit", report.pk)).url == url("report", report.pk)
    assert "data-closed" in text(client.post(url("autosave", report.pk), {"duty-goals": "x"}))
    assert AnnualReport.objects.get().draft == report.draft


# ── the county ────────────────────────────────────────────────────────────────────────────────
def test_pins_say_which_section_and_an_unknown_one_is_refused(world):
    report = world.report("jia", until="at_county")
    client = browser(world.chen)
    for said in ({"section": "x", "reason": "y"}, {"section": "duty", "reason": " "}, {}):
        assert "请写明这一部分须改正什么" in text(client.post(url("pin", report.pk), said, follow=True))
    shown = client.post(url("pin", report.pk), {"section": "duty", "reason": "目标没有量化"}, follow=True)
    assert "退回企业（1 项）" in text(shown)
    client.post(url("unpin", report.pk, ReportPin.objects.get().pk))
    assert not ReportPin.objects.exists()


def test_the_county_reads_what_differs_from_last_year(world):
    world.report("jia", year=2025, on=date(2025, 12, 1), duty__trainings="7")
    report = world.report("jia", until="at_county", duty__trainings="9")
    page = text(browser(world.chen).get(url("report", report.pk)))
    assert '<span class="diff-old">7</span> → <span class="diff-new">9</span>' in page
    assert "履行职责 <small>与上年报告不同 1 处" in page


def test_a_bulk_is_previewed_and_the_remarkable_ones_are_not_ticked(world):
    jia = world.report("jia", until="at_county")
    had = {"incidents__had": "yes", "incidents__count": "1", "incidents__level": "ordinary"}
    yi = world.report("yi", until="at_county", **had, incidents__account="已整改")
    client = browser(world.chen)
    page = text(client.get(url("receive"), {"report": [str(jia.pk), str(yi.pk)]}))
    assert "将接收 1 份，1 份请先看" in page
    assert "申报事故 1 起" in page
    assert page.count(" checked") == 1
    done = client.post(url("receive"), {"report": [str(jia.pk), "x", str(uuid4())]}, follow=True)
    assert "已接收 1 份" in text(done)
    assert "没有选中待接收的报告" in text(client.post(url("receive"), {"report": str(jia.pk)}, follow=True))
    assert AnnualReport.objects.get(pk=yi.pk).state == "at_county"


def test_a_clerk_next_door_receives_nothing(world):
    jia = world.report("jia", until="at_county")
    browser(world.xu).post(url("receive"), {"report": str(jia.pk)})
    assert AnnualReport.objects.get().state == "at_county"
    assert browser(world.xu).get(url("report", jia.pk)).status_code == 404
    assert browser(world.gao).post(url("receive"), {"report": str(jia.pk)}).status_code == 403


# ── signing ───────────────────────────────────────────────────────────────────────────────────
def test_signing_asks_for_a_statement_and_for_each_county_that_did_not(world):
    with time_machine.travel("2027-01-08T12:00:00+08:00", tick=False):
        client = browser(world.gao)
        address = url("sign", YEAR, "410100")
        page = text(client.get(address))
        assert "东湖区没有签报，原因" in page
        missing = client.post(address, {"statement": "", "absent_410101": "停电"})
        assert missing.status_code == 422
        assert "请写签报说明。" in text(missing)
        assert "西山区没有签报：请写明原因" in text(missing)
        assert "停电" in text(missing)
        assert not RollUp.objects.exists()
        said = {"statement": "同意", "absent_410101": "停电", "absent_410102": "换人"}
        assert "按各行重新计算，与签报时一字不差" in text(client.post(address, said, follow=True))
        assert "已经签报" in text(client.post(address, said, follow=True))
        assert SignOff.objects.count() == 1


def test_too_early_a_sign_off_is_refused_with_the_day(world):
    answer = browser(world.chen).post(url("sign", YEAR, "410101"), {"statement": "同意"})
    assert answer.status_code == 409
    assert "2027-01-01 起可以签报" in text(answer)


def test_the_office_above_is_told_and_reads_the_roster(world):
    world.report("jia")
    services.sign(world.east, YEAR, statement="同意", absences={}, by=world.chen, today=AFTER)
    assert [m.title for m in world.gao.messages.all()] == ["东湖区已签报 2026 年度汇总"]
    page = text(browser(world.gao).get(url("locked", YEAR, "410101")))
    assert "花名册（3 人，2026-12-31 在任）" in page
    assert "赵一" in page


def test_a_roster_signed_before_a_column_was_added_still_opens(world, monkeypatch):
    services.sign(world.east, YEAR, statement="同意", absences={}, by=world.chen, today=AFTER)
    monkeypatch.setitem(roster.COLUMNS, "later", "后来的栏目")
    page = text(browser(world.chen).get(url("locked", YEAR, "410101")))
    assert "后来的栏目" in page
    assert "赵一" in page


NASTY = "\"'></title></textarea></script><img src=x onerror=alert(1)>{{7|add:7}}"


def test_no_text_that_anybody_wrote_becomes_markup(world):
    for firm in world.firms.values():
        firm.name = NASTY
        firm.save()
    Officer.objects.update(name=NASTY, post=NASTY)
    world.report("jia", year=2025, on=date(2025, 12, 1), duty__goals=NASTY, awards__awards=NASTY)
    drafted = world.report("yi", until="draft", duty__goals=NASTY, officers__remark=NASTY)
    waiting = world.report("jia", until="at_county", duty__improvements=NASTY)
    services.pin(waiting, section="duty", reason=NASTY, by=world.chen)
    services.sign(world.west, YEAR, statement=NASTY, absences={}, by=world.xu, today=AFTER)
    why = {"410101": NASTY}
    services.sign(world.city, YEAR, statement=NASTY, absences=why, by=world.gao, today=AFTER)
    seen = [
        (world.clerks["yi"], url("edit", drafted.pk)),
        (world.clerks["jia"], url("report", waiting.pk)),
        (world.chen, url("report", waiting.pk)),
        (world.chen, f"{url('receive')}?report={waiting.pk}"),
        (world.chen, url("index")),
        (world.gao, url("locked", YEAR, "410100")),
        (world.lin, url("index")),
    ]
    for who, address in seen:
        page = text(browser(who).get(address))
        assert "alert(1)" in page, address  # the control: the text is there
        assert "<img src=x" not in page, address
        assert "14" not in page.split("alert(1)", 1)[1][:12], address


# ── how many queries a list takes ─────────────────────────────────────────────────────────────
def more_enterprises(world, number: int) -> None:
    for n in range(number):
        post(enterprise(world.west, f"第{n}家"), f"人{n}", date(2024, 1, 1))


@pytest.mark.parametrize("rows", [1, 3])
@pytest.mark.parametrize(
    ("who", "which", "queries"),
    [("xu", "missing", 13), ("gao", "missing", 12), ("lin", "missing", 12)],
    ids=["county", "city", "province"],
)
def test_the_board_takes_as_many_queries_for_three_as_for_one(
    world, django_assert_num_queries, rows, who, which, queries
):
    more_enterprises(world, rows - 1)
    client = browser(getattr(world, who))
    client.get(url("index"))
    with django_assert_num_queries(queries):
        client.get(url("index"), {"list": which})


@pytest.mark.parametrize("keys", [("jia",), ("jia", "yi", "bing")], ids=["one", "three"])
@pytest.mark.parametrize(
    ("until", "which", "queries"),
    [("at_county", "missing", 13), ("received", "received", 13), ("received", "supplement", 12)],
    ids=["queue", "received", "supplement"],
)
def test_queue_and_lists_take_as_many_queries_for_three_as_for_one(
    world, django_assert_num_queries, keys, until, which, queries
):
    on = AFTER if which == "supplement" else IN_TIME
    for key in keys:
        world.report(key, until=until, on=on)
    client = browser(world.chen)
    client.get(url("index"))
    with django_assert_num_queries(queries):
        client.get(url("index"), {"list": which})
