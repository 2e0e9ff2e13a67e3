"""How a value looks, once for all pages. A builtin: templates need no {% load %}.

Numbers are shown as they were computed, never rounded; groups of three are parted by a no-break space.
"""

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from decimal import ROUND_HALF_UP, Decimal
from enum import Enum
from typing import NamedTuple

from django import template
from django.conf import settings
from django.forms import BaseForm, BaseFormSet, BoundField, CheckboxInput, Select
from django.template.loader import render_to_string
from django.templatetags.static import static
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString

from cqo_portal import wording
from cqo_portal.jurisdictions import NoSuchRule, pack
from cqo_portal.parties import identifiers

register = template.Library()


# ── Signs ─────────────────────────────────────────────────────────────────────────────────────


@register.simple_tag
def icon(name: str, cls: str = "") -> SafeString:
    """`{% icon "ok" %}`: a sign from the sprite. Never alone: a word beside it, or `aria-label` around it."""
    return format_html(
        '<svg class="i{}" viewBox="0 0 16 16" aria-hidden="true"><use href="{}#i-{}"/></svg>',
        f" {cls}" if cls else "",
        static("img/icons.svg"),
        name,
    )


@dataclass(frozen=True)
class Look:
    tone: str  # the class: state-ok, state-no, …
    sign: str
    word: str


STATES: dict[str, Look] = {
    # verdicts
    "met": Look("ok", "ok", "符合"),
    "unmet": Look("no", "no", "不符合"),
    "unknown": Look("unk", "unk", "无法判定"),
    "discretion": Look("disc", "disc", "裁量"),
    # the life of a filing
    "draft": Look("unk", "edit", "草稿"),
    "at_county": Look("mine", "half", "待县级预审"),
    "at_city": Look("mine", "half", "待市级备案"),
    "returned": Look("warn", "back", "退回补正"),
    "filed": Look("ok", "ok", "已备案"),
    "discarded": Look("unk", "x", "已作废"),
    # a post
    "active": Look("ok", "ok", "在任"),
    "ending": Look("warn", "clock", "任期将满"),
    "ended": Look("unk", "stop", "已离任"),
    "vacant": Look("warn", "ring", "空缺"),
    # whose move, and how a proof or a field stands
    "mine": Look("mine", "half", "轮到我"),
    "waiting": Look("unk", "clock", "等别人"),
    "uploaded": Look("ok", "ok", "已上传"),
    "missing": Look("unk", "unk", "还缺"),
    "wrong": Look("no", "no", "有误"),
    "late": Look("no", "warn", "已过期限"),
    "soon": Look("warn", "clock", "将到期"),
    "none": Look("unk", "ring", "未开始"),
}


@register.simple_tag
def state(code, word: str = "") -> SafeString:
    """`{% state "met" %}`, `{% state filing.state %}`, `{% state clause.verdict "4 条符合" %}`."""
    look = STATES.get(code_of(code)) or Look("unk", "ring", code_of(code))
    return format_html(
        '<span class="state state-{}">{}{}</span>', look.tone, icon(look.sign), word or look.word
    )


@register.simple_tag
def state_icon(code, cls: str = "") -> SafeString:
    """Only the sign of a state, where the word stands beside it anyway."""
    look = STATES.get(code_of(code))
    return icon(look.sign if look else "ring", cls)


STANDINGS: dict[str, tuple[str, str]] = {
    "valid": ("ok", "有效"),
    "suspended": ("pause", "暂停"),
    "discontinued": ("stop", "中止"),
    "void": ("void", "作废"),
    "expired": ("expired", "到期失效"),
    "superseded": ("swap", "已换证"),
}


@register.simple_tag
def standing(code, since: date | None = None) -> SafeString:
    """Standing of a certificate; the shape of the frame says it too."""
    sign, word = STANDINGS[code_of(code)]
    when = f" · {day(since)} 起" if since else ""
    return format_html(
        '<span class="standing standing-{}">{}{}{}</span>', code_of(code), icon(sign), word, when
    )


@register.simple_tag
def standing_icon(code) -> SafeString:
    """Only the sign of a standing, where the word stands beside it."""
    return icon(STANDINGS[code_of(code)][0])


VERDICTS = ("unmet", "unknown", "met", "discretion")


@register.inclusion_tag("components/tally.html")
def tally(counts: dict | None, in_words: bool = True) -> dict:
    """`{% tally filing.tally %}`: how many clauses got which verdict; the open ones first."""
    counts = {code_of(code): number for code, number in (counts or {}).items()}
    return {"counts": [(code, counts[code]) for code in VERDICTS if counts.get(code)], "in_words": in_words}


@register.inclusion_tag("components/grade.html")
def grade(letters: str, large: bool = False) -> dict:
    """`{% grade "AAAA" %}`: the letters and as many of five steps. One A alone is no grade."""
    number = len(letters)
    steps = [
        {"on": n < number, "x": f"{0.5 + 7.2 * n:.1f}", "y": f"{9.5 - 2 * n:.1f}", "height": 2 + 2 * n}
        for n in range(5)
    ]
    return {"letters": letters, "graded": number > 1, "steps": steps, "large": large}


@register.simple_tag
def told(case) -> SafeString:
    """`{% told filing %}`: the way to what was said of a case, to whom and when."""
    where = reverse("reminders:told", args=[case._meta.label_lower, case.pk])
    return format_html('<a class="more" href="{}">告知记录</a>', where)


# ── Days and times ────────────────────────────────────────────────────────────────────────────


@register.filter
def day(value: date | None) -> str:
    """In tables and fields: 2026-11-20."""
    return _date(value).isoformat() if value else ""


@register.filter
def day_long(value: date | None) -> str:
    """In sentences: 11月20日（周五）."""
    return wording.day_long(_date(value)) if value else ""


@register.filter
def day_full(value: date | None) -> str:
    """Where the year matters: 2026年11月20日."""
    return wording.day_full(_date(value)) if value else ""


@register.filter
def weekday(value: date | None) -> str:
    """星期五."""
    return f"星期{wording.WEEKDAYS[_date(value).weekday()]}" if value else ""


@register.filter
def moment(value: datetime | None) -> str:
    """An instant, in Beijing time: 2026-11-18 14:58."""
    return f"{timezone.localtime(value):%Y-%m-%d %H:%M}" if value else ""


@register.filter
def clock(value: datetime | time | None) -> str:
    """A time of today: 14:31:52."""
    if not value:
        return ""
    return f"{timezone.localtime(value) if isinstance(value, datetime) else value:%H:%M:%S}"


@register.filter
def near(value: datetime | None, today: date) -> str:
    """An instant as one remembers it: 今天 09:12, 昨天 16:40, 11月18日, 2025-12-31."""
    if not value:
        return ""
    local = timezone.localtime(value)
    if local.date() == today:
        return f"今天 {local:%H:%M}"
    if local.date() == today - timedelta(days=1):
        return f"昨天 {local:%H:%M}"
    return f"{local.month}月{local.day}日" if local.year == today.year else f"{local:%Y-%m-%d}"


@register.filter
def days_here(value: datetime, today: date | None = None) -> str:
    """How long something has lain where it lies: 今天, 3 天."""
    days = ((today or timezone.localdate()) - timezone.localdate(value)).days
    return f"{days} 天" if days > 0 else "今天"


@register.filter
def days_after(value: date, what: str) -> str:
    """How long ago that was, by its name: `{{ filing.submitted_on|days_after:"受理" }}` says 受理后 12 天."""
    return wording.days_after(what, (timezone.localdate() - value).days)


# ── Numbers ───────────────────────────────────────────────────────────────────────────────────


@register.filter
def grouped(value: int | Decimal | None) -> str:
    """Groups of three from 1 000 on, parted so that no line breaks inside: 41 200."""
    return "" if value is None else wording.grouped(value)


@register.filter
def hours(value: Decimal | None) -> str:
    """Class hours with one decimal at least: 6.0, 13.5, 0.25."""
    return "" if value is None else wording.grouped(_at_least_one_decimal(Decimal(value)))


@register.filter
def points(value: Decimal | None) -> str:
    """Points as they were computed, one decimal at least: 449.5, 1 000.0. A quotient that goes on is cut: 449.99…"""
    cut = "" if value is None else wording.cut_decimal(Decimal(value))
    return cut if cut.endswith("…") else hours(value)


@register.filter
def percent(part: Decimal | int, whole: Decimal | int) -> str:
    """A share with one decimal, the sign stands in the header: 77.7. Without a whole there is no share."""
    if not whole:
        return "–"
    return str((Decimal(part) * 100 / Decimal(whole)).quantize(Decimal("0.1"), ROUND_HALF_UP))


@register.filter
def masked(number: str | None) -> str:
    """An identity number as the screen may show it: 130922********0426."""
    return identifiers.masked(number) if number else ""


@register.filter
def edition(code: str) -> str:
    """An edition by its name, never by its code: 《…管理办法》（2023-01-01 起适用）; an unknown code is left out."""
    try:
        rules = pack(code)
    except NoSuchRule:
        return ""
    return f"{rules.title}{'（草案）' if rules.is_draft else ''}（{day(rules.in_force_from)} 起适用）"


@register.filter
def filesize(size: int) -> str:
    """318 KB, 2.4 MB, 20 MB."""
    if size < 1024 * 1024:
        return f"{max(size // 1024, 1)}{wording.NBSP}KB"
    whole, tenths = divmod(size * 10 // (1024 * 1024), 10)
    return f"{whole}.{tenths}{wording.NBSP}MB" if tenths else f"{whole}{wording.NBSP}MB"


# ── Rulers ────────────────────────────────────────────────────────────────────────────────────

THRESHOLD_AT = Decimal(75)  # where the threshold stands as long as the value is not far beyond it
TONES = {"met": "ok", "unmet": "no", "unknown": "warn"}


@register.inclusion_tag("components/ruler.html")
def ruler(clause) -> dict:
    """Value, threshold and gap of a clause on one scale, as its `ruler` measures them (in one unit)."""
    ratio = Decimal(clause.ruler.value) / Decimal(clause.ruler.threshold)
    full = max(ratio * Decimal("1.08"), 100 / THRESHOLD_AT)  # the right end, in thresholds
    return {
        "label": f"{clause.value}，门槛 {clause.threshold}",
        "tone": TONES.get(code_of(clause.verdict), "warn"),
        "value": _percent(ratio / full),
        "gap_from": _percent(ratio / full),
        "gap": _percent(max(1 - ratio, Decimal(0)) / full),
        "threshold": _percent(1 / full),
        "anchor": _anchor(1 / full),
        "mark": clause.threshold,
    }


@register.inclusion_tag("components/ruler.html")
def gauge(
    value, of, *, part=0, threshold=None, mark: str = "", label: str = "", tone: str = "accent"
) -> dict:
    """How far of a whole: `{% gauge 40 61 label="61 天中的第 40 天" %}`; `part` lies beyond the value."""
    whole = Decimal(of) or Decimal(1)
    return {
        "label": label,
        "tone": tone,
        "value": _percent(Decimal(value) / whole),
        "part_from": _percent(Decimal(value) / whole),
        "part": _percent(Decimal(part) / whole) if part else "",
        "threshold": _percent(Decimal(threshold) / whole) if threshold is not None else "",
        "anchor": _anchor(Decimal(threshold) / whole) if threshold is not None else "",
        "mark": mark,
    }


# ── Forms ─────────────────────────────────────────────────────────────────────────────────────


class Mistake(NamedTuple):
    target: str  # the id of the control, so that the link puts the cursor into it
    label: str
    said: str


@register.inclusion_tag("components/error_summary.html")
def error_summary(*forms: BaseForm | BaseFormSet) -> dict:
    """On top of the page: what is to be corrected, each a link to its control."""
    return {"mistakes": [mistake for form in forms if form is not None for mistake in mistakes_in(form)]}


def mistakes_in(form: BaseForm | BaseFormSet) -> list[Mistake]:
    if isinstance(form, BaseFormSet):
        whole = [Mistake("", "", said) for said in form.non_form_errors()]
        return whole + [mistake for one in form.forms for mistake in mistakes_in(one)]
    whole = [Mistake("", "", said) for said in form.non_field_errors()]
    return whole + [
        Mistake(control_id(field), str(field.label), said) for field in form for said in field.errors
    ]


def control_id(field: BoundField) -> str:
    """The control to jump to: of a group of radio buttons the first."""
    return f"{field.auto_id}_0" if field.use_fieldset else field.auto_id


@register.filter
def is_optional(field: BoundField) -> bool:
    """Whether 选填 stands beside the label. A draft demands nothing, so a field may say `optional` itself."""
    return getattr(field.field, "optional", not field.field.required)


CONTROLS = {
    "code": "code w-id",  # read character by character
    "day": "w-date",
    "amount": "w-num num",
}


@register.simple_tag
def field(bound: BoundField, manner: str = "") -> SafeString:
    """`{% field form.name "wide code" %}`: one field outside a crispy layout, in the same look.

    Manner: `wide` over both columns, `code` `day` `amount` the width of the control, `segmented` radio
    buttons side by side.
    """
    manners = manner.split()
    template = "ui/layout/segmented.html" if "segmented" in manners else "bootstrap5/field.html"
    shown = {
        "field": bound,
        "form_show_labels": True,
        "wrapper_class": "span-all" if "wide" in manners else "",
        "control_class": " ".join(CONTROLS[word] for word in manners if word in CONTROLS),
    }
    return render_to_string(template, shown)


@register.simple_tag
def control(bound: BoundField, css: str = "") -> SafeString:
    """The input itself with the classes it needs. No placeholder: the label above says it already."""
    widget = bound.field.widget
    if isinstance(widget, CheckboxInput):
        kind = "form-check-input"
    else:
        kind = "form-select" if isinstance(widget, Select) else "form-control"
    classes = (widget.attrs.get("class", ""), css, kind, "is-invalid" if bound.errors else "")
    return bound.as_widget(attrs={"class": " ".join(filter(None, classes)), "placeholder": False})


@register.simple_tag
def upload_limit() -> str:
    """The largest proof one may hand in: 20 MB."""
    return filesize(settings.PAPER_MAX_BYTES)


# ── Who runs this portal: also on pages that are drawn without a request ──────────────────────


@register.simple_tag
def authority() -> str:
    return getattr(settings, "AUTHORITY", "")


@register.simple_tag
def contact() -> str:
    return getattr(settings, "CONTACT", "")


@register.simple_tag
def public_url() -> str:
    """Where this deployment says it is reached; the host of a request is whatever was sent."""
    return settings.PUBLIC_URL


# ── What all of them use ──────────────────────────────────────────────────────────────────────


def code_of(value: str | Enum) -> str:
    """A state by its code, whether a row holds it as text or a pure module as a member of an enum."""
    if not isinstance(value, Enum):
        return str(value)
    return value.value if isinstance(value.value, str) else value.name.lower()


def _date(value: date | datetime) -> date:
    return timezone.localtime(value).date() if isinstance(value, datetime) else value


def _at_least_one_decimal(value: Decimal) -> Decimal:
    value = value.normalize()
    return value if value.as_tuple().exponent <= -1 else value.quantize(Decimal("0.1"))


def _percent(share: Decimal) -> str:
    return f"{min(share, Decimal(1)) * 100:.2f}%"


def _anchor(share: Decimal) -> str:
    """Text at the ends of a scale leans inwards."""
    if share < Decimal("0.1"):
        return "start"
    return "end" if share > Decimal("0.9") else "middle"
