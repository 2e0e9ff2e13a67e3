"""An enterprise's report: pre-filled, handed in, returned by section, received, opened again; and two windows."""

from datetime import date
from decimal import Decimal
from uuid import uuid4

import pytest
from django.core.exceptions import PermissionDenied

from cqo_portal.audit.models import Event
from cqo_portal.workflow.drafts import Stale
from cqo_portal.workflow.engine import Refused, perform
from registry.incidents.models import Incident
from registry.lists.models import Award
from registry.reports import content, draft, proposals, services
from registry.reports.models import AnnualReport, ReportVersion
from registry.reports.pages.report import form_page
from registry.reports.queries import posts_of
from registry.reports.schedule import duties_of, schedule_for
from registry.reports.sections import key_of
from registry.reports.workflow import AMEND, CORRECT, KEEP, RECEIVE, RETURN, SUBMIT, WITHDRAW
from tests.reports import world as told
from tests.reports.world import AFTER, CUT_OFF, IN_TIME, YEAR, typed

pytestmark = pytest.mark.django_db


def versions(report) -> list[tuple[int, str, str]]:
    return [(v.number, v.get_kind_display(), v.reason) for v in report.versions.all()]


def reopened(world, report, *, step=AMEND, note="培训场次填错了", today=IN_TIME):
    return perform(step, report, by=world.clerks["jia"], note=note, today=today)


# ── the shape comes from the pack ─────────────────────────────────────────────────────────────
def test_hubei_gives_clause_and_cut_off_and_two_classes_of_hours(world):
    schedule = schedule_for(world.east, YEAR, today=IN_TIME)
    assert (schedule.cut_off, schedule.cites, schedule.voluntary) == (CUT_OFF, "三（二）", False)
    old = duties_of(schedule.pack, appointed_on=date(2023, 3, 1), year=YEAR)
    assert [(d.label, d.hours) for d in old] == [
        ("继续教育（第一类内容）", Decimal(14)),
        ("继续教育（第二类内容）", Decimal(30)),
    ]
    new = duties_of(schedule.pack, appointed_on=date(2026, 9, 1), year=YEAR)
    assert [(d.label, d.hours) for d in new] == [
        ("任职培训（第一类内容）", Decimal(21)),
        ("继续教育（第二类内容）", Decimal(30)),
    ]


@pytest.mark.parametrize("jurisdiction", ["cangzhou", "fujian", "jiangsu", "hangzhou"])
def test_where_the_text_asks_for_no_report_it_is_voluntary_and_says_so(db, jurisdiction):
    office = told.office("430101", "南区", "county", None, jurisdiction)
    schedule = schedule_for(office, YEAR, today=IN_TIME)
    assert schedule.voluntary
    assert schedule.cut_off == CUT_OFF
    assert "自愿" in schedule.basis


def test_hangzhou_asks_for_the_points_of_its_appraisal_and_tells_the_known_part(db):
    world = told.world(jurisdiction="hangzhou")
    report = services.open_report(world.firms["jia"], YEAR, by=world.clerks["jia"], today=IN_TIME)
    key = key_of(posts_of(world.firms["jia"], YEAR).get())
    points = {
        f"appraisal-{key}_g{code}": p
        for code, p in zip("12345", ("18", "15", "36.5", "4", "12"), strict=True)
    }
    said = typed(report, on=IN_TIME) | {name: [value] for name, value in points.items()}
    form = draft.form_of(report, today=IN_TIME, typed=said)
    assert list(form.faults()) == []
    lines = {key: words for _, _, lines in content.parts_of(form, form.said()) for key, _, words in lines}
    assert lines[f"appraisal.{key}_points"] == "85.5 分，满分 100；其中已知部分 69.5/75"

    said[f"appraisal-{key}_g3"], said[f"appraisal-{key}_g5"] = ["40.5"], [""]
    wrong = [sentence for _, _, sentence in draft.form_of(report, today=IN_TIME, typed=said).faults()]
    assert wrong == ["这一项最多 40 分，请核对。", "考核了就请填齐各项；没有得分的填 0。"]


# ── pre-filled ────────────────────────────────────────────────────────────────────────────────
def test_standing_words_of_last_year_come_along_and_counts_do_not(world):
    world.report("jia", year=2025, on=date(2025, 12, 1), duty__goals="合格率 98%", duty__trainings="7")
    report = services.open_report(world.firms["jia"], YEAR, by=world.clerks["jia"], today=IN_TIME)
    assert report.draft == {"duty-goals": ["合格率 98%"]}

    draft.save(report, typed(report, on=IN_TIME, duty__trainings="9"), version=None, by=world.clerks["jia"])
    page = form_page(AnnualReport.objects.get(pk=report.pk), world.clerks["jia"])
    changed = {line.label: (line.was, line.value) for line in page["differences"]}
    assert changed["质量目标"] == ("合格率 98%", "出厂合格率 99.5%")
    assert changed["组织质量培训"] == ("7", "9")
    assert "受训人次" not in changed
    hints = {field.label: str(field.help_text) for field in page["form"].inputs()}
    assert hints["组织质量培训"] == '场。 <span class="last-year">7</span>'
    assert "last-year" not in hints["质量目标"]  # it was carried along


def test_what_last_year_said_cannot_become_markup(world):
    world.report("jia", year=2025, on=date(2025, 12, 1), awards__awards="<script>一</script>")
    report = services.open_report(world.firms["jia"], YEAR, by=world.clerks["jia"], today=IN_TIME)
    hints = {
        field.label: str(field.help_text) for field in form_page(report, world.clerks["jia"])["form"].inputs()
    }
    assert "&lt;script&gt;一&lt;/script&gt;" in hints["本年度所获质量方面的奖项"]


def test_what_was_never_received_is_no_model_for_the_next_year(world):
    world.report("jia", year=2025, on=date(2025, 12, 1), until="at_county")
    report = services.open_report(world.firms["jia"], YEAR, by=world.clerks["jia"], today=IN_TIME)
    assert report.draft == {}


def test_a_source_of_hours_proposes_its_values(world, monkeypatch):
    monkeypatch.setattr(proposals, "_hours", [])
    proposals.add_hours(lambda post, year: {"continuing-class-1": Decimal("14.5")})
    report = services.open_report(world.firms["jia"], YEAR, by=world.clerks["jia"], today=IN_TIME)
    key = key_of(posts_of(world.firms["jia"], YEAR).get())
    assert report.draft == {f"hours-{key}_continuing-class-1": ["14.5"]}


def test_awards_and_incidents_on_record_are_there_before_anybody_types(world):
    jia, clerk = world.firms["jia"], world.clerks["jia"]
    Award.objects.create(
        organisation=jia, year=YEAR, name="市长质量奖", level="city", granted_by="市政府", by=world.gao
    )
    Award.objects.create(organisation=jia, year=2025, name="旧奖", level="city", by=world.gao)
    said = {
        "fault": "accident_of_organisation",
        "accident_level": "ordinary",
        "document_number": "东市监罚〔2026〕3号",
        "issued_by": "东湖区市场监督管理局",
        "found_on": date(2026, 5, 2),
        "said": "批次不合格",
        "office": world.east,
        "by": world.chen,
    }
    Incident.objects.create(thread=uuid4(), organisation=jia, **said)
    Incident.objects.create(thread=uuid4(), organisation=world.firms["yi"], **said)
    Incident.objects.create(thread=uuid4(), organisation=jia, **said | {"found_on": date(2025, 5, 2)})
    report = services.open_report(jia, YEAR, by=clerk, today=IN_TIME)
    assert report.draft == {"awards-awards": ["市长质量奖，市级，市政府"]}
    assert form_page(report, clerk)["incidents_on_record"] == [
        "2026-05-02 所在组织发生的质量事故一般（东市监罚〔2026〕3号）"
    ]


def test_there_is_one_report_a_year_and_none_without_an_officer(world):
    first = services.open_report(world.firms["jia"], YEAR, by=world.clerks["jia"], today=IN_TIME)
    assert services.open_report(world.firms["jia"], YEAR, by=world.clerks["jia"], today=IN_TIME) == first
    with pytest.raises(Refused, match="这一年不用报"):
        services.open_report(world.firms["wu"], YEAR, by=world.clerks["wu"], today=IN_TIME)


# ── what is asked ─────────────────────────────────────────────────────────────────────────────
@pytest.mark.parametrize(
    ("said", "sentence"),
    [
        ({"officers__agreed": "no"}, "请写明名录与实际任职哪里不一致。"),
        ({"duty__vetoes": "2"}, "行使过质量否决的，请写明事由。"),
        ({"duty__trainings": "0"}, "没有组织培训，受训人次应为 0。"),
        ({"duty__projects": "两项"}, "请填整数，例如 386。"),
        ({"incidents__had": "no", "incidents__count": "1"}, "没有发生事故的，起数应空着或填 0。"),
    ],
    ids=["disagrees", "veto", "trained", "words", "incidents"],
)  # fmt: skip
def test_what_does_not_fit_together_is_said_beside_the_field(world, said, sentence):
    report = services.open_report(world.firms["jia"], YEAR, by=world.clerks["jia"], today=IN_TIME)
    form = draft.form_of(report, today=IN_TIME, typed=typed(report, on=IN_TIME, **said))
    assert [fault for _, _, fault in form.faults()] == [sentence]


def test_full_width_digits_and_impossible_hours(world):
    report = services.open_report(world.firms["jia"], YEAR, by=world.clerks["jia"], today=IN_TIME)
    form = draft.form_of(report, today=IN_TIME, typed=typed(report, on=IN_TIME, hours="１４．５"))
    assert "14.5" in form.said()["hours"].values()
    form = draft.form_of(report, today=IN_TIME, typed=typed(report, on=IN_TIME, hours="2000.5"))
    assert {fault for _, _, fault in form.faults()} == {"一年不会超过 2000 学时，请核对。"}


# ── handed in, returned, received ─────────────────────────────────────────────────────────────
def test_a_return_opens_only_the_sections_it_names(world):
    report = world.report("jia", until="at_county")
    services.pin(report, section="duty", reason="目标没有量化", by=world.chen)
    with pytest.raises(Refused, match="没发出的补正项"):
        perform(RECEIVE, report, by=world.chen, today=IN_TIME)
    report = perform(RETURN, report, by=world.chen, today=IN_TIME)
    assert draft.unlocked(report) == {"duty"}
    posted = draft.as_query({"duty-goals": ["合格率 99.9%"], "awards-awards": ["省长质量奖"]})
    kept = draft.merged(report, posted)
    assert kept["duty-goals"] == ["合格率 99.9%"]
    assert "awards-awards" not in kept
    assert kept["officers-agreed"] == ["yes"]
    told = world.clerks["jia"].messages.filter(kind="report-returned").first()
    assert "目标没有量化" in told.body

    draft.save(report, report.draft | {"duty-goals": ["合格率 99.9%"]}, version=None, by=world.clerks["jia"])
    report.refresh_from_db()
    report = perform(SUBMIT, report, by=world.clerks["jia"], today=IN_TIME)
    assert versions(report) == [(1, "首次报送", ""), (2, "改后重报", "")]
    assert ReportVersion.objects.get(number=1).content["said"]["duty"]["goals"] == "出厂合格率 99.5%"


def test_a_return_without_an_item_is_refused_and_a_report_with_a_fault_is_not_handed_in(world):
    report = world.report("jia", until="at_county")
    with pytest.raises(Refused, match="至少指出一个"):
        perform(RETURN, report, by=world.chen, today=IN_TIME)
    other = world.report("yi", until="draft", duty__goals="")
    with pytest.raises(Refused, match="还有 1 处没有填好"):
        perform(SUBMIT, other, by=world.clerks["yi"], today=IN_TIME)


def test_a_received_report_is_opened_again_with_a_reason_and_the_old_version_counts_until_then(world):
    report = world.report("jia")
    with pytest.raises(Refused, match="请写明理由"):
        reopened(world, report, note=" ")
    report = reopened(world, report)
    assert report.state == "reopened"
    report = world.report("jia", duty__trainings="5", until="at_county")
    assert versions(report) == [(1, "首次报送", ""), (2, "截止前修改", "培训场次填错了")]


def test_after_the_cut_off_it_is_a_correction(world):
    report = world.report("jia")
    with pytest.raises(Refused, match="2026年12月31日已经截止"):
        reopened(world, report, today=AFTER)
    with pytest.raises(Refused, match="2026年12月31日才截止"):
        reopened(world, report, step=CORRECT, today=CUT_OFF)
    reopened(world, report, step=CORRECT, today=AFTER)
    report = world.report("jia", on=AFTER, duty__trainings="5")
    assert versions(report)[-1] == (2, "截止后更正", "培训场次填错了")


def test_who_gives_up_the_change_stands_by_what_was_received(world):
    report = reopened(world, world.report("jia"))
    draft.save(report, report.draft | {"duty-goals": ["别的"]}, version=None, by=world.clerks["jia"])
    report = perform(KEEP, AnnualReport.objects.get(pk=report.pk), by=world.clerks["jia"], today=IN_TIME)
    assert report.state == "received"
    assert report.draft["duty-goals"] == ["出厂合格率 99.5%"]
    assert len(versions(report)) == 1


def test_withdrawn_and_handed_in_again(world):
    report = world.report("jia", until="at_county")
    report = perform(WITHDRAW, report, by=world.clerks["jia"], today=IN_TIME)
    report = perform(SUBMIT, report, by=world.clerks["jia"], today=IN_TIME)
    assert [kind for _, kind, _ in versions(report)] == ["首次报送", "改后重报"]


def test_nobody_receives_a_report_of_an_enterprise_they_work_for(world):
    report = world.report("jia", until="at_county")
    world.chen.assignments.create(role="enterprise", organisation=world.firms["jia"])
    with pytest.raises(PermissionDenied):
        perform(RECEIVE, report, by=world.chen, today=IN_TIME)


def test_the_county_sees_that_the_register_changed_since(world):
    report = world.report("jia", until="at_county")
    said = report.versions.get().content
    posts = posts_of(world.firms["jia"], YEAR)
    assert content.register_differs(said, list(posts)) == []  # the control
    posts.update(ended_on=date(2026, 11, 30))
    assert [s[:4] for s in content.register_differs(said, list(posts_of(world.firms["jia"], YEAR)))] == [
        "报告所列",
        "名录现在",
    ]


def test_every_step_is_on_record(world):
    report = reopened(world, world.report("jia"))
    done = Event.objects.about(report).order_by("id").values_list("action", "before", "after")
    assert list(done) == [
        ("open", "", "draft"),
        ("submit", "draft", "at_county"),
        ("receive", "at_county", "received"),
        ("amend", "received", "reopened"),
    ]


# ── two windows, and many at once ─────────────────────────────────────────────────────────────
def test_the_second_window_is_told_and_overwrites_only_knowingly(world):
    clerk = world.clerks["jia"]
    report = world.report("jia", until="draft")
    version = report.draft_version
    draft.save(report, report.draft | {"duty-trainings": ["5"]}, version=version, by=clerk)
    with pytest.raises(Stale):
        draft.save(report, report.draft | {"duty-trainings": ["6"]}, version=version, by=clerk)
    assert AnnualReport.objects.get().draft["duty-trainings"] == ["5"]
    draft.save(report, report.draft | {"duty-trainings": ["6"]}, version=None, by=clerk)
    assert AnnualReport.objects.get().draft["duty-trainings"] == ["6"]


def test_in_a_bulk_one_that_cannot_be_received_does_not_hold_up_the_others(world):
    jia, yi = world.report("jia", until="at_county"), world.report("yi", until="at_county")
    services.pin(yi, section="hours", reason="缺证明", by=world.chen)
    done = services.receive_many([jia, yi], by=world.chen, today=IN_TIME)
    assert [r.organisation.name[0] for r in done.taken] == ["甲"]
    assert [(r.organisation.name[0], why) for r, why in done.refused] == [
        ("乙", "还有没发出的补正项：请先退回企业，或者把补正项删去。")
    ]
