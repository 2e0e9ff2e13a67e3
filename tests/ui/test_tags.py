"""How a value looks: literal expectations for every tag and filter of the design."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from decimal import Decimal
from enum import Enum, IntEnum

import pytest
from django import forms
from django.forms import formset_factory
from django.template import Context, Template
from hypothesis import given
from hypothesis import strategies as st

from cqo_portal.ui.templatetags import ui

FRIDAY = date(2026, 11, 20)


def drawn(template: str, **context) -> str:
    return Template(template).render(Context(context)).strip()


# ── signs ──────────────────────────────────────────────────────────────────────────────────────
def test_an_icon_is_one_use_of_the_sprite_and_silent_to_screen_readers():
    assert drawn('{% icon "ok" %}') == (
        '<svg class="i" viewBox="0 0 16 16" aria-hidden="true"><use href="/static/img/icons.svg#i-ok"/></svg>'
    )


@pytest.mark.parametrize(
    ("code", "tone", "sign", "word"),
    [
        ("met", "ok", "ok", "符合"),
        ("unmet", "no", "no", "不符合"),
        ("unknown", "unk", "unk", "无法判定"),
        ("discretion", "disc", "disc", "裁量"),
        ("at_county", "mine", "half", "待县级预审"),
        ("at_city", "mine", "half", "待市级备案"),
        ("returned", "warn", "back", "退回补正"),
        ("filed", "ok", "ok", "已备案"),
    ],
)
def test_a_state_is_an_icon_and_a_word(code, tone, sign, word):
    html = drawn("{% state code %}", code=code)
    assert html.startswith(f'<span class="state state-{tone}"><svg')
    assert f"#i-{sign}" in html
    assert html.endswith(f"{word}</span>")


def test_a_state_takes_another_word_and_members_of_either_kind_of_enum():
    class Verdict(Enum):
        UNMET = "unmet"

    class Order(IntEnum):
        UNMET = 0

    assert drawn('{% state v "2 条不符合" %}', v=Verdict.UNMET).endswith("2 条不符合</span>")
    assert drawn("{% state v %}", v=Order.UNMET) == drawn("{% state v %}", v=Verdict.UNMET)


def test_a_state_nobody_knows_shows_its_code_escaped():
    assert drawn("{% state v %}", v="<b>").endswith("&lt;b&gt;</span>")


def test_every_state_of_a_filing_has_a_look():
    from registry.models import Filing

    assert set(Filing.State.values) <= ui.STATES.keys()


def test_every_state_of_a_certificate_has_a_look():
    from cqo_portal.jurisdictions.vocabulary import CertificateState

    assert {state.value for state in CertificateState} == ui.STANDINGS.keys()


def test_a_standing_names_its_day():
    html = drawn('{% standing "suspended" since %}', since=date(2026, 9, 3))
    assert html.startswith('<span class="standing standing-suspended">')
    assert html.endswith("暂停 · 2026-09-03 起</span>")


def test_a_tally_lists_the_open_verdicts_first_and_leaves_out_what_nobody_got():
    html = drawn("{% tally counts %}", counts={"met": 4, "discretion": 1, "unmet": 2, "unknown": 0})
    assert [word for word in ("不符合", "无法判定", "裁量") if word in html] == ["不符合", "裁量"]
    assert html.index("2 不符合") < html.index("4 符合") < html.index("1 裁量")


@pytest.mark.parametrize(("letters", "on"), [("AAAAA", 5), ("AAA", 3), ("AA", 2)])
def test_a_grade_is_as_many_steps_as_letters(letters, on):
    html = drawn("{% grade letters %}", letters=letters)
    assert html.count('class="on"') == on
    assert html.count('class="off"') == 5 - on


def test_a_single_a_is_no_grade():
    assert drawn('{% grade "A" %}') == '<span class="grade grade-none">A（不予评级）</span>'


# ── days and times ─────────────────────────────────────────────────────────────────────────────
def test_days_in_tables_in_sentences_and_with_their_year():
    assert ui.day(FRIDAY) == "2026-11-20"
    assert ui.day_long(FRIDAY) == "11月20日（周五）"
    assert ui.day_full(date(2029, 6, 7)) == "2029年6月7日"
    assert ui.weekday(date(2026, 11, 22)) == "星期日"


def test_an_edition_is_told_by_its_name():
    assert ui.edition("cangzhou-2023") == "《沧州市企业首席质量官管理办法》（2023-01-01 起适用）"
    assert "草案）（2023-01-01 起适用）" in ui.edition("jiangsu-2023-draft")
    assert ui.edition("nowhere-1999") == ""


def test_instants_are_told_in_beijing_time():
    late_in_london = datetime(2026, 11, 17, 22, 58, 9, tzinfo=UTC)
    assert ui.moment(late_in_london) == "2026-11-18 06:58"
    assert ui.day(late_in_london) == "2026-11-18"
    assert ui.clock(late_in_london) == "06:58:09"
    assert ui.clock(time(14, 31, 52)) == "14:31:52"


@pytest.mark.parametrize(
    ("at", "said"),
    [
        (datetime(2026, 11, 20, 1, 12, tzinfo=UTC), "今天 09:12"),
        (datetime(2026, 11, 19, 8, 40, tzinfo=UTC), "昨天 16:40"),
        (datetime(2026, 11, 18, 8, 0, tzinfo=UTC), "11月18日"),
        (datetime(2025, 12, 31, 8, 0, tzinfo=UTC), "2025-12-31"),
    ],
)
def test_an_instant_is_near_or_far(at, said):
    assert ui.near(at, FRIDAY) == said


@pytest.mark.parametrize("show", [ui.day, ui.day_long, ui.day_full, ui.weekday, ui.moment, ui.clock])
def test_no_day_is_shown_as_nothing(show):
    assert show(None) == ""


# ── numbers ────────────────────────────────────────────────────────────────────────────────────
@pytest.mark.parametrize(
    ("value", "shown"),
    [
        (0, "0"),
        (999, "999"),
        (1000, "1\u00a0000"),
        (41200, "41\u00a0200"),
        (Decimal("-1234.50"), "\u22121\u00a0234.50"),
    ],
)
def test_numbers_stand_in_groups_of_three(value, shown):
    assert ui.grouped(value) == shown


@given(st.integers(min_value=-(10**12), max_value=10**12))
def test_grouping_changes_no_digit(number):
    assert int(ui.grouped(number).replace("\u00a0", "").replace("\u2212", "-")) == number


@pytest.mark.parametrize(
    ("value", "shown"),
    [
        ("6", "6.0"),
        ("13.5", "13.5"),
        ("0.25", "0.25"),
        ("-3", "\u22123.0"),
        ("1E+1", "10.0"),
        ("18.50", "18.5"),
    ],
)
def test_hours_show_one_decimal_at_least_and_are_never_rounded(value, shown):
    assert ui.hours(Decimal(value)) == shown


def test_points_are_shown_as_computed():
    assert ui.points(Decimal("449.5")) == "449.5"
    assert ui.points(Decimal("1000")) == "1\u00a0000.0"
    assert ui.points(Decimal("0")) == "0.0"
    assert ui.points(Decimal(1348) / 3) == "449.33…"  # cut, never rounded: 449.996 is not 450
    assert ui.points(Decimal("449.996")) == "449.99…"


def test_shares_have_one_decimal_and_none_without_a_whole():
    assert ui.percent(188, 242) == "77.7"
    assert ui.percent(1, 8) == "12.5"
    assert ui.percent(5, 10000) == "0.1"
    assert ui.percent(3, 0) == "–"


def test_an_identity_number_is_masked():
    assert ui.masked("130922198703140426") == "130922********0426"
    assert ui.masked(None) == ""


@pytest.mark.parametrize(
    ("size", "shown"),
    [
        (1, "1\u00a0KB"),
        (325_632, "318\u00a0KB"),
        (2_516_582, "2.3\u00a0MB"),
        (20 * 1024 * 1024, "20\u00a0MB"),
    ],
)
def test_sizes_of_files(size, shown):
    assert ui.filesize(size) == shown


# ── rulers ─────────────────────────────────────────────────────────────────────────────────────
@dataclass
class Measure:
    value: int
    threshold: int


@dataclass
class Clause:
    verdict: str
    value: str
    threshold: str
    ruler: Measure


def test_a_ruler_shows_value_threshold_and_gap_on_one_scale():
    geometry = ui.ruler(Clause("unmet", "8 个月", "10 个月", Measure(8, 10)))
    assert geometry == {
        "label": "8 个月，门槛 10 个月",
        "tone": "no",
        "value": "60.00%",
        "gap_from": "60.00%",
        "gap": "15.00%",
        "threshold": "75.00%",
        "anchor": "middle",
        "mark": "10 个月",
    }


def test_a_value_far_beyond_its_threshold_still_fits():
    geometry = ui.ruler(Clause("met", "100", "4", Measure(100, 4)))
    assert geometry["value"] == "92.59%"
    assert geometry["threshold"] == "3.70%"
    assert geometry["anchor"] == "start"
    assert geometry["gap"] == "0.00%"


@given(st.integers(0, 100_000), st.integers(1, 100_000))
def test_nothing_on_a_ruler_leaves_it(value, threshold):
    geometry = ui.ruler(Clause("unmet", "v", "t", Measure(value, threshold)))
    shares = {name: Decimal(geometry[name].rstrip("%")) for name in ("value", "gap", "threshold")}
    assert all(0 <= share <= 100 for share in shares.values())
    assert (shares["value"] < shares["threshold"]) == (value < threshold) or shares["gap"] <= Decimal("0.01")


def test_a_ruler_is_drawn_with_attributes_and_no_style():
    html = drawn("{% ruler clause %}", clause=Clause("unmet", "8 个月", "10 个月", Measure(8, 10)))
    assert '<rect class="val val-no" x="0" y="8" width="60.00%" height="5"/>' in html
    assert '<line class="min" x1="75.00%" x2="75.00%" y1="4" y2="17"/>' in html
    assert 'role="img" aria-label="8 个月，门槛 10 个月"' in html
    assert "style" not in html


def test_a_gauge_shows_a_part_that_does_not_count_yet():
    html = drawn('{% gauge 12 18 part=3 threshold=14 mark="须 14" label="计入 12，未计入 3" %}')
    assert 'width="66.67%"' in html
    assert '<rect class="part" x="66.67%" y="8" width="16.67%" height="5"/>' in html
    assert '<text x="77.78%" y="29" text-anchor="middle">须 14</text>' in html


# ── forms ──────────────────────────────────────────────────────────────────────────────────────
class Appointment(forms.Form):
    name = forms.CharField(label="姓名", help_text="与证件一致")
    level = forms.ChoiceField(label="学历", choices=[("a", "甲"), ("b", "乙")], widget=forms.RadioSelect)
    remark = forms.CharField(label="备注", required=False)


def test_the_summary_links_every_mistake_to_its_control():
    form = Appointment({}, prefix="p")
    form.is_valid()
    form.add_error(None, "两处不能都空着。")
    assert ui.mistakes_in(form) == [
        ("", "", "两处不能都空着。"),
        ("id_p-name", "姓名", "这个字段是必填项。"),
        ("id_p-level_0", "学历", "这个字段是必填项。"),
    ]
    html = drawn("{% error_summary form %}", form=form)
    assert "有 3 处需要改正" in html
    assert '<a href="#id_p-name">姓名：这个字段是必填项。</a>' in html


def test_the_summary_counts_the_rows_of_a_formset():
    rows = formset_factory(Appointment, extra=0)(
        {"form-TOTAL_FORMS": "2", "form-INITIAL_FORMS": "2", "form-0-name": "甲", "form-0-level": "a"}
    )
    assert [mistake.target for mistake in ui.mistakes_in(rows)] == ["id_form-1-name", "id_form-1-level_0"]


def test_without_a_mistake_there_is_no_summary():
    assert drawn("{% error_summary form %}", form=Appointment()) == ""


def test_only_what_may_stay_empty_is_marked():
    form = Appointment()
    assert [ui.is_optional(form[name]) for name in ("name", "level", "remark")] == [False, False, True]
    form.fields["remark"].optional = False
    assert ui.is_optional(form["remark"]) is False
