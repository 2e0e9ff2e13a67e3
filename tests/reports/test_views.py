"""Annual reports in the browser: what each role is answered, bad input, double clicks, how many queries a list takes."""

from datetime import date
from uuid import uuid4

import pytest
import time_machine
from django.urls import reverse

from cqo_portal.accounts.models import Role
from cqo_portal.workflow.engine import perform
from registry.models import Officer
from registry.reports import roster, services
from registry.reports.models import AnnualReport, ReportPin, RollUp, SignOff
from registry.reports.workflow import AMEND, REPORT, SUBMIT
from tests.cast import browser, institution, user
from tests.reports.world import AFTER, IN_TIME, YEAR, enterprise, post, typed
from tests.reports.world import world as world_of

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
    assert title(browser(world.gao).get(url("index"))) == "2026 年度报告：应报 4 家，已接收 0 家"
    assert title(browser(world.lin).get(url("index"))) == "2026 年度报告：应报 4 家，已接收 0 家"
    other = user("body", Role.BODY, institution=institution("评价机构"))
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
        services.sign(world.east, YEAR, statement="同意", absences={}, by=world.chen, today=AFTER)
        page = text(client.get(address))
        assert "西山区没有签报，原因" in page
        missing = client.post(address, {"statement": "", "absent_410102": ""})
        assert missing.status_code == 422
        assert "请写签报说明。" in text(missing)
        assert "西山区没有签报：请写明原因" in text(missing)
        assert not RollUp.objects.filter(office=world.city).exists()
        said = {"statement": "同意", "absent_410102": "换人"}
        assert "按各行重新计算，与签报时一字不差" in text(client.post(address, said, follow=True))
        assert "已经签报" in text(client.post(address, said, follow=True))
        assert SignOff.objects.filter(roll_up__office=world.city).count() == 1


def test_the_city_is_told_which_counties_it_waits_for_and_only_then_offered_to_sign(world):
    offer = f'href="{url("sign", YEAR, "410100")}">核对并签报'
    with time_machine.travel("2027-01-08T12:00:00+08:00", tick=False):
        board = text(browser(world.gao).get(url("index"), {"year": YEAR}))
        assert "2 处下级局还没有签报：东湖区、西山区" in board
        assert "现在没有可以汇总的数字" in board
        assert url("sign", YEAR, "410100") not in board
        alone = browser(world.gao).post(
            url("sign", YEAR, "410100"),
            {"statement": "同意", "absent_410101": "停电", "absent_410102": "停电"},
        )
        assert alone.status_code == 409
        assert "下级局一个都没有签报" in text(alone)

        services.sign(world.east, YEAR, statement="同意", absences={}, by=world.chen, today=AFTER)
        board = text(browser(world.gao).get(url("index"), {"year": YEAR}))
        assert "1 处下级局还没有签报：西山区" in board
        assert "它们以后再签也补不进来" in board
        assert "不等了，写明原因后签报" in board
        assert offer not in board

        services.sign(world.west, YEAR, statement="同意", absences={}, by=world.xu, today=AFTER)
        board = text(browser(world.gao).get(url("index"), {"year": YEAR}))
        assert offer in board
        assert "还没有签报" not in board


def test_a_county_where_nobody_owes_a_report_has_nothing_to_sign(world):
    Officer.objects.filter(organisation__office=world.west).delete()
    services.sign(world.east, YEAR, statement="同意", absences={}, by=world.chen, today=AFTER)
    with time_machine.travel("2027-01-08T12:00:00+08:00", tick=False):
        client = browser(world.gao)
        board = text(client.get(url("index"), {"year": YEAR}))
        assert "另有 1 处没有任职的企业，不用签报" in board
        answer = client.post(url("sign", YEAR, "410100"), {"statement": "同意"}, follow=True)
        assert "西山区市场监督管理局没有签报</b>：没有应报企业。" in text(answer)


# ── numbers and what they lead to ─────────────────────────────────────────────────────────────
def test_each_number_leads_to_just_its_enterprises_and_title_tiles_and_lists_agree(world):
    world.report("jia")
    world.report("yi", on=AFTER)
    world.report("bing", on=AFTER, until="at_county")
    with time_machine.travel("2027-01-09T12:00:00+08:00", tick=False):
        client = browser(world.gao)
        board = client.get(url("index"), {"year": YEAR})
        assert title(board) == "2026 年度报告：应报 4 家，已接收 2 家"
        assert [(tile.label, tile.number) for tile in board.context["tiles"]] == [
            ("应报企业", 4), ("按时接收", 1), ("逾期", 1), ("未报", 2),
        ]  # fmt: skip
        for tile in board.context["tiles"]:
            listed = client.get(url("index") + tile.href.removesuffix("#lists"))
            assert len(listed.context["page"].rows) == tile.number
        names = {
            which: [one.name[0] for one in client.get(url("index"), {"list": which}).context["page"]]
            for which in ("missing", "waiting", "late", "received", "taken")
        }
        assert {which: sorted(found) for which, found in names.items()} == {
            "missing": ["丁", "丙"], "waiting": ["丙"], "late": ["乙"], "received": ["甲"], "taken": ["乙", "甲"],
        }  # fmt: skip


def test_no_list_leads_to_a_draft_that_is_the_enterprises_alone(world):
    drafted, handed_in = world.report("jia", until="draft"), world.report("yi")
    page = text(browser(world.chen).get(url("index"), {"list": "expected"}))
    assert url("report", handed_in.pk) in page  # the control
    assert url("report", drafted.pk) not in page


def test_what_was_locked_leads_to_the_locked_rows(world):
    world.report("jia")
    services.sign(world.east, YEAR, statement="同意", absences={}, by=world.chen, today=AFTER)
    world.report("yi", on=AFTER)
    with time_machine.travel("2027-01-09T12:00:00+08:00", tick=False):
        client = browser(world.chen)
        tiles = client.get(url("index"), {"year": YEAR}).context["tiles"]
        assert [(tile.label, tile.number) for tile in tiles] == [
            ("应报企业", 3), ("按时接收", 1), ("逾期", 0), ("未报", 2),
        ]  # fmt: skip
        for tile in tiles:
            assert len(client.get(tile.href).context["rows"]) == tile.number


def test_the_queue_says_which_were_received_before(world):
    world.report("yi", until="at_county")
    amended = perform(AMEND, world.report("jia"), by=world.clerks["jia"], note="填错了", today=IN_TIME)
    perform(SUBMIT, amended, by=world.clerks["jia"], today=IN_TIME)
    board = browser(world.chen).get(url("index"))
    assert title(board) == "2026 年度报告：2 份等我局接收"
    assert "等接收的 2 份</h2><p>先到的在前；其中 1 份接收过，改后重报" in text(board)
    assert [tile.note for tile in board.context["tiles"]][3] == "其中 1 份待接收"


# ── where no text asks for a report ───────────────────────────────────────────────────────────
@pytest.mark.parametrize("jurisdiction", ["cangzhou", "jiangsu", "hangzhou", "fujian"])
def test_where_no_text_asks_nobody_owes_until_an_office_asks(db, jurisdiction):
    told = world_of(jurisdiction=jurisdiction)
    page = text(browser(told.clerks["jia"]).get(url("index")))
    assert "没有要求，可以自愿报" in page
    assert "开始填写" not in page
    board = browser(told.gao).get(url("index"))
    assert title(board) == "2026 年度没有组织收报"
    assert [tile.label for tile in board.context["tiles"]] == ["有任职的企业", "已接收", "待接收"]
    assert "提醒没报的" not in text(browser(told.chen).get(url("index")))
    refused = browser(told.chen).post(url("remind", YEAR, "410101"), follow=True)
    assert "没有组织收报，没有要提醒的" in text(refused)

    assert "通知了 4 个企业账号" in text(browser(told.gao).post(url("open", YEAR, "410100"), follow=True))
    assert "开始填写" in text(browser(told.clerks["jia"]).get(url("index")))
    assert title(browser(told.gao).get(url("index"))) == "2026 年度报告：有任职的 4 家，已接收 0 家"
    assert "提醒没报的 3 家" in text(browser(told.chen).get(url("index")))


def test_a_year_nobody_collected_is_not_signed_and_not_opened_afterwards(db):
    told = world_of(jurisdiction="cangzhou")
    told.report("jia")
    with time_machine.travel("2027-01-08T12:00:00+08:00", tick=False):
        board = text(browser(told.chen).get(url("index"), {"year": YEAR}))
        assert "这一年没有组织收报，不用签报" in board
        assert "组织收报并通知企业" not in board
        answer = browser(told.chen).post(url("sign", YEAR, "410101"), {"statement": "同意"})
        assert answer.status_code == 409
        assert "没有组织收报，没有可以签报的数字" in text(answer)
        late = browser(told.chen).post(url("open", YEAR, "410101"), follow=True)
        assert "不再组织 2026 年度收报" in text(late)
        assert not RollUp.objects.exists()


def test_too_early_a_sign_off_is_refused_with_the_day(world):
    answer = browser(world.chen).post(url("sign", YEAR, "410101"), {"statement": "同意"})
    assert answer.status_code == 409
    assert "2027年1月1日起可以签报" in text(answer)


def test_the_office_above_is_told_and_reads_the_roster(world):
    world.report("jia")
    services.sign(world.east, YEAR, statement="同意", absences={}, by=world.chen, today=AFTER)
    assert [m.title for m in world.gao.messages.all()] == ["东湖区已签报 2026 年度汇总"]
    page = text(browser(world.gao).get(url("locked", YEAR, "410101")))
    assert "花名册（3 人，2026年12月31日在任）" in page
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
    [("xu", "missing", 14), ("gao", "missing", 12), ("lin", "missing", 12)],
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
    [("at_county", "missing", 14), ("received", "received", 14), ("received", "supplement", 13)],
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


def test_that_a_reception_is_final_is_said_before_it_and_holds_after_it(world):
    report = world.report("jia", until="at_county")
    clerk = browser(world.chen)
    assert "接收以后不能撤销" in text(clerk.get(url("receive"), {"report": str(report.pk)}))
    assert "接收以后不能撤销" in text(clerk.get(url("report", report.pk)))
    clerk.post(url("receive"), {"report": str(report.pk)})
    assert "接收以后不能撤销" not in text(clerk.get(url("report", report.pk)))
    ways_on = [step for step in REPORT.values() if "received" in step.source]
    assert [step.name for step in ways_on] == ["amend", "correct"]
    assert not any(step.allowed.test(world.chen, report) for step in ways_on)
    assert ways_on[0].allowed.test(world.clerks["jia"], report)  # the control: the enterprise says it anew
