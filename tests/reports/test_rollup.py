"""Who owes, who is late, what is locked: a world of two counties and five enterprises, every figure by hand."""

from datetime import date

import pytest
from django.core.exceptions import PermissionDenied
from django.db import Error, InternalError, connection, transaction

from cqo_portal.digests import canonical, sha256
from cqo_portal.workflow.engine import Refused, perform
from registry.lists.models import AboveScale, Award
from registry.reports import rollup, services
from registry.reports.models import Reminder, RollUp, SignOff
from registry.reports.queries import expected
from registry.reports.rollup import Completeness
from registry.reports.workflow import CORRECT, RECEIVE
from tests.reports.world import AFTER, CUT_OFF, IN_TIME, YEAR, office, post

pytestmark = pytest.mark.django_db


def standings(world, office) -> dict[str, str]:
    rows = expected(YEAR, cut_off=CUT_OFF).filter(office=office)
    return {row.name[0]: row.standing for row in rows}


def sign(office, by, *, today=AFTER, **absences) -> SignOff:
    services.sign(office, YEAR, statement="核对无误", absences=absences, by=by, today=today)
    return SignOff.objects.get(roll_up__office=office, roll_up__year=YEAR)


# ── who owes ──────────────────────────────────────────────────────────────────────────────────
def test_whoever_had_an_officer_on_one_day_of_the_year_owes_a_report(world):
    assert standings(world, world.east) == {"甲": "missing", "乙": "missing", "丙": "missing"}
    assert standings(world, world.west) == {"丁": "missing"}  # 戊's officer left on the last day of 2025


def test_an_officer_who_left_on_the_first_of_january_served(world):
    post(world.firms["wu"], "郑七", date(2020, 1, 1), date(2026, 1, 1))
    assert standings(world, world.west) == {"丁": "missing", "戊": "missing"}


def test_handed_in_is_not_yet_received(world):
    world.report("jia", until="at_county")
    assert standings(world, world.east)["甲"] == "missing"
    below = rollup.completeness(world.east, year=YEAR, cut_off=CUT_OFF)
    assert below == {"410101": Completeness(expected=3, received=0, late=0, missing=3, waiting=1)}


def test_the_day_of_the_cut_off_still_counts_and_the_next_is_late(world):
    world.report("jia", on=CUT_OFF)
    world.report("yi", on=date(2027, 1, 1))
    assert standings(world, world.east) == {"甲": "received", "乙": "late", "丙": "missing"}
    assert rollup.completeness(world.city, year=YEAR, cut_off=CUT_OFF) == {
        "410101": Completeness(3, 1, 1, 1, 0),
        "410102": Completeness(1, 0, 0, 1, 0),
    }
    assert rollup.completeness(world.province, year=YEAR, cut_off=CUT_OFF) == {
        "410100": Completeness(4, 1, 1, 2, 0)
    }


def test_handed_in_on_time_and_received_afterwards_is_on_time(world):
    report = world.report("jia", until="at_county", on=CUT_OFF)
    perform(RECEIVE, report, by=world.chen, today=AFTER)
    assert standings(world, world.east)["甲"] == "received"


# ── the figures, by hand ──────────────────────────────────────────────────────────────────────
EAST = {
    "expected": 3, "received": 2, "late": 1, "missing": 0,
    "officers": 4,  # 赵一; 钱二 and 孙三; 李四
    "hours_met": 2,  # 赵一 50 ≥ 14 and 30; 孙三 50 ≥ 21 and 30. 钱二 left in June: cannot be told
    "hours_unmet": 0, "hours_unknown": 2,  # 钱二, and 李四 whose report is late
    "incidents": 2,  # 乙 declared two; what 丙 declares comes too late
    "renewed": 2, "dismissed": 0, "rewarded": 1,  # 赵一 rewarded; 钱二 and 孙三 renewed
    "undecided": 1,  # 李四
}  # fmt: skip
WEST = {
    "expected": 1, "received": 1, "late": 0, "missing": 0, "officers": 1,
    "hours_met": 0, "hours_unmet": 1, "hours_unknown": 0,  # 20 hours of class 2, 30 are due
    "incidents": 0, "renewed": 0, "dismissed": 1, "rewarded": 0, "undecided": 0,
}  # fmt: skip
CITY = {
    "expected": 4, "received": 3, "late": 1, "missing": 0, "officers": 5,
    "hours_met": 2, "hours_unmet": 1, "hours_unknown": 2, "incidents": 2,
    "renewed": 2, "dismissed": 1, "rewarded": 1, "undecided": 1,
}  # fmt: skip


@pytest.fixture
def reported(world):
    had = {"incidents__had": "yes", "incidents__count": "2", "incidents__level": "ordinary"}
    world.report("jia", decision="rewarded")
    world.report("yi", **had, incidents__account="批次召回，已整改")
    world.report("bing", on=AFTER, **had, incidents__account="包装破损")
    world.report("ding", hours="20", decision="dismissed")
    return world


def test_each_figure_of_a_county_is_what_one_counts_by_hand(reported):
    assert sign(reported.east, reported.chen).figures == EAST
    assert sign(reported.west, reported.xu).figures == WEST


def test_city_and_province_are_the_sums(reported):
    world = reported
    sign(world.east, world.chen)
    sign(world.west, world.xu)
    assert sign(world.city, world.gao).figures == CITY
    assert sign(world.province, world.lin).figures == CITY


def test_a_county_that_did_not_sign_is_named_with_the_reason_and_adds_nothing(reported):
    world = reported
    sign(world.east, world.chen)
    with pytest.raises(Refused, match="西山区还没有签报"):
        sign(world.city, world.gao)
    signed = sign(world.city, world.gao, **{"410102": "机构搬迁，数据没有核完"})
    assert signed.figures == EAST
    absent = [row for row in signed.rows if row["standing"] == "missing"]
    assert [(row["office"], row["reason"]) for row in absent] == [("410102", "机构搬迁，数据没有核完")]


# ── when and by whom ──────────────────────────────────────────────────────────────────────────
def test_nobody_signs_before_the_day_after_the_cut_off(reported):
    with pytest.raises(Refused, match="2027年1月1日起可以签报"):
        sign(reported.west, reported.xu, today=CUT_OFF)
    assert not RollUp.objects.exists()  # a refusal leaves nothing behind
    assert sign(reported.west, reported.xu, today=date(2027, 1, 1)).figures == WEST


def test_a_county_first_deals_with_what_was_handed_in_on_time(world):
    world.report("jia", until="at_county")
    with pytest.raises(Refused, match="还有 1 份截止前报来的没有办理"):
        sign(world.east, world.chen)


def test_what_was_handed_in_too_late_does_not_hold_up_the_sign_off(world):
    world.report("jia", until="at_county", on=AFTER)
    assert sign(world.east, world.chen).figures["missing"] == 3


def test_nobody_signs_for_another_office_and_nobody_twice(reported):
    with pytest.raises(PermissionDenied):
        sign(reported.west, reported.chen)
    with pytest.raises(PermissionDenied):
        sign(reported.west, reported.gao)
    sign(reported.west, reported.xu)
    with pytest.raises(Refused, match="已由 xu"):
        sign(reported.west, reported.xu)


# ── locked ────────────────────────────────────────────────────────────────────────────────────
def test_what_comes_after_the_sign_off_stands_beside_and_changes_no_byte(reported):
    world = reported
    signed = sign(world.east, world.chen)
    before = canonical(rollup.body_of(signed))
    jia = world.firms["jia"].annual_reports.get()
    jia = perform(CORRECT, jia, by=world.clerks["jia"], note="学时多报了", today=AFTER)
    world.report("jia", on=AFTER, hours="3")

    after = SignOff.objects.get(pk=signed.pk)
    assert canonical(rollup.body_of(after)) == before
    assert after.figures == EAST
    assert rollup.still_holds(after)
    late = rollup.supplement(world.east, year=YEAR, cut_off=CUT_OFF, signed_at=signed.at)
    said = {(v.report.organisation.name[0], v.get_kind_display(), v.reason) for v in late}
    assert said == {("丙", "逾期报送", ""), ("甲", "截止后更正", "学时多报了")}
    assert not rollup.supplement(world.west, year=YEAR, cut_off=CUT_OFF).exists()


def test_the_digest_is_over_the_rows_and_a_changed_row_is_seen(reported):
    signed = sign(reported.east, reported.chen)
    assert signed.digest == sha256(rollup.body_of(signed))
    assert rollup.still_holds(signed)
    signed.rows[0]["standing"] = "missing"  # the control: one word of one row
    assert not rollup.still_holds(signed)
    signed.refresh_from_db()
    signed.rows[0]["digest"] = "0" * 64
    assert not rollup.still_holds(signed)
    signed.refresh_from_db()
    signed.roster = [row | {"name": "某人"} for row in signed.roster]
    assert not rollup.still_holds(signed)


def test_the_database_refuses_to_change_or_remove_a_sign_off(reported):
    sign(reported.west, reported.xu)
    for statement in ("UPDATE reports_signoff SET statement = 'x'", "DELETE FROM reports_signoff"):
        with pytest.raises(Error, match="append_only|Cannot"), transaction.atomic():
            connection.cursor().execute(statement)
    with pytest.raises(Error), transaction.atomic():
        connection.cursor().execute("UPDATE reports_rollup SET state = 'open'")
    with connection.cursor() as cursor:  # the control: an open roll-up's words may still be written
        cursor.execute("UPDATE reports_rollup SET statement = statement WHERE state = 'open'")


def test_the_roster_names_those_in_office_on_the_cut_off_day_with_their_hours(reported):
    signed = sign(reported.east, reported.chen)
    rows = [(row["organisation"][0], row["name"], row["hours"]) for row in signed.roster]
    assert rows == [("甲", "赵一", "100"), ("乙", "孙三", "100"), ("丙", "李四", "")]
    assert signed.roster[0]["education"] == "本科"
    assert [row["above_scale"] for row in signed.roster] == [
        "",
        "",
        "",
    ]  # no list of the year: nothing is claimed
    assert {"phone", "identity_number"} & set(signed.roster[0]) == set()


def test_the_roster_takes_scale_and_awards_from_the_lists(reported):
    jia, by = reported.firms["jia"], reported.gao
    AboveScale.objects.create(organisation=jia, year=YEAR, kind="industry", by=by)
    Award.objects.create(organisation=jia, year=2024, name="市长质量奖", level="city", by=by)
    Award.objects.create(organisation=jia, year=2027, name="省长质量奖", level="province", by=by)
    roster = sign(reported.east, reported.chen).roster
    hill = office("420200", "山城市", "city", reported.province, "hubei")
    elsewhere = office("420201", "北山区", "county", hill, "hubei")
    assert AboveScale.objects.of(YEAR).around(reported.west).count() == 1  # one list for the whole city
    assert (
        not AboveScale.objects.of(YEAR).around(elsewhere).exists()
    )  # another city has none, and claims nothing
    assert [(row["above_scale"], row["awards"]) for row in roster] == [
        ("是", "市长质量奖（2024）"),
        ("否", ""),
        ("否", ""),
    ]


# ── opening and reminding ─────────────────────────────────────────────────────────────────────
def test_a_city_opens_the_year_for_its_counties_and_nobody_is_told_twice(world, mailoutbox):
    world.report("jia", until="at_county")
    assert services.open_year(world.city, YEAR, by=world.gao, today=IN_TIME) == 3  # 乙, 丙, 丁
    assert RollUp.objects.count() == 3
    services.open_year(world.east, YEAR, by=world.chen, today=IN_TIME)
    told = [
        m.title for clerk in world.clerks.values() for m in clerk.messages.all() if m.kind == "report-opened"
    ]
    assert told == ["2026 年度报告开始填报"] * 3


def test_a_reminder_goes_out_once_a_year_and_only_to_those_who_owe(world):
    world.report("jia", until="at_county")
    owing = list(services.owing_now(world.east, YEAR, today=IN_TIME))
    assert [one.name[0] for one in owing] == ["丙", "乙"]  # bing, yi
    assert services.remind(owing, YEAR, by=world.chen, today=IN_TIME) == (2, 0)
    assert services.remind(owing, YEAR, by=world.chen, today=IN_TIME) == (0, 0)
    assert not services.owing_now(world.east, YEAR, today=IN_TIME).exists()
    assert Reminder.objects.count() == 2
    assert [m.title for m in world.clerks["yi"].messages.filter(kind="report-reminder")] == [
        "请报送 2026 年度报告"
    ]


@pytest.mark.parametrize(
    "attack",
    [
        lambda found: found.update(statement="别的话"),
        lambda found: found.update(absences={"410102": "没有理由"}),
        lambda found: found.update(year=2025),
        lambda found: found._raw_delete("default"),
    ],
)
def test_the_database_holds_a_signed_roll_up_as_it_was_signed(world, attack):
    roll_up, _ = services.roll_up_of(world.east, YEAR, by=world.chen)
    RollUp.objects.filter(pk=roll_up.pk).update(statement="还没有签")  # the control: until then it is open
    sign(world.east, world.chen)
    with pytest.raises(InternalError, match="Cannot update or delete"), transaction.atomic():
        attack(RollUp.objects.filter(pk=roll_up.pk))
    assert RollUp.objects.get(pk=roll_up.pk).statement == "核对无误"
