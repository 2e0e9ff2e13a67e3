"""The lives of an annual report and of a roll-up. Who may do what, when, and what follows: read this file only.

draft ──submit──▶ at_county ──receive──▶ received ──amend (by the cut-off)──▶ reopened ──submit──▶ at_county
  ▲ ◀──withdraw───┘   │ return                └─────correct (afterwards)────────▶ │ keep ──▶ received
                      ▼
                   returned ──submit──▶ at_county

A roll-up: open ──sign──▶ signed, after the cut-off, once and for all.
"""

from datetime import date, timedelta

from django.utils import timezone

from cqo_portal.audit.models import Event
from cqo_portal.digests import sha256
from cqo_portal.parties.models import Office
from cqo_portal.wording import day_full
from cqo_portal.workflow.engine import Transition, by_name, guard_states, moved
from registry.reports import content, draft, rollup
from registry.reports.models import AnnualReport, Reception, ReportVersion, RollUp
from registry.reports.permissions import is_reporter, receives, signs
from registry.reports.queries import posts_of
from registry.reports.schedule import schedule_for

S = AnnualReport.State
K = ReportVersion.Kind


# ── guards ────────────────────────────────────────────────────────────────────────────────────
def everything_is_filled_in(report, today):
    count = len(list(draft.form_of(report, today=today).faults()))
    return f"还有 {count} 处没有填好，请改正后再报送。" if count else None


def somebody_served(report, today):
    if posts_of(report.organisation, report.year).exists():
        return None
    return f"名录里没有 {report.year} 年度任职的首席质量官；请先办理任职备案，再报年度报告。"


def something_is_pinned(report, today):
    return None if _unsent(report).exists() else "请至少指出一个须改正的部分，再退回。"


def nothing_is_pinned(report, today):
    return "还有没发出的补正项：请先退回企业，或者把补正项删去。" if _unsent(report).exists() else None


def the_cut_off_is_ahead(report, today):
    cut_off = _cut_off(report, today)
    if today <= cut_off:
        return None
    return (
        f"{day_full(cut_off)}已经截止，数字已按截止日计算；请改用“截止后更正”，更正另列，不改变锁定的数字。"
    )


def the_cut_off_is_past(report, today):
    cut_off = _cut_off(report, today)
    return f"{day_full(cut_off)}才截止，现在请用“重新填报”。" if today <= cut_off else None


def the_year_is_over(roll_up, today):
    cut_off = schedule_for(roll_up.office, roll_up.year, today=today).cut_off
    if today > cut_off:
        return None
    return f"截止日是{day_full(cut_off)}，当天仍在收报；{day_full(cut_off + timedelta(days=1))}起可以签报。"


def nothing_lies_undecided(roll_up, today):
    if roll_up.office.level != Office.Level.COUNTY:
        return None
    cut_off = schedule_for(roll_up.office, roll_up.year, today=today).cut_off
    count = rollup.undecided_in_time(roll_up.office, year=roll_up.year, cut_off=cut_off).count()
    return f"还有 {count} 份截止前报来的没有办理：请先接收或者退回，再签报。" if count else None


def somebody_below_signed(roll_up, today):
    """Without a single signed figure there is nothing to add up, and the lock could never be opened again."""
    if roll_up.office.level == Office.Level.COUNTY:
        return None
    below = rollup.children_of(roll_up.office)
    if below.filter(roll_ups__year=roll_up.year, roll_ups__state=RollUp.State.SIGNED).exists():
        return None
    return "下级局一个都没有签报，没有可以汇总的数字；请等它们签报。"


def everybody_below_signed_or_is_named(roll_up, today):
    if roll_up.office.level == Office.Level.COUNTY:
        return None
    unsigned = rollup.unsigned_children(roll_up.office, year=roll_up.year)
    names = [one.area for one in unsigned if not roll_up.absences.get(one.pk, "").strip()]
    return f"{'、'.join(names)}还没有签报：请等其签报，或者逐一写明原因。" if names else None


def _unsent(report):
    return report.pins.filter(round=report.round, sent_at=None)


def _cut_off(report, today) -> date:
    return schedule_for(report.office, report.year, today=today).cut_off


# ── effects ───────────────────────────────────────────────────────────────────────────────────
def hand_in(report, today, by):
    """Append a version. What was handed in by the cut-off counts; what comes later is listed beside."""
    form = draft.form_of(report, today=today)
    said = content.content_of(form, typed=report.draft)
    report.round += 1
    report.office = report.organisation.office
    report.rule_edition = form.schedule.pack.edition if form.schedule.pack else ""
    ReportVersion.objects.create(
        report=report,
        number=report.round,
        kind=_kind(report, today=today, cut_off=form.schedule.cut_off),
        reason=_reason(report),
        content=said,
        summary=content.summary_of(form, said["said"]),
        digest=sha256({"report": str(report.pk), "version": report.round, "content": said}),
        on=today,
        by=by,
    )
    return {"round", "office", "rule_edition", *moved(report, today, by)}


def _kind(report, *, today: date, cut_off: date) -> str:
    before = report.versions.filter(number__lt=report.round)
    if today > cut_off:
        in_time = before.filter(on__lte=cut_off).exclude(reception=None).exists()
        return K.CORRECTING if in_time else K.LATE
    if not before.exists():
        return K.FIRST
    return K.AMENDED if before.exclude(reception=None).exists() else K.CORRECTED


def _reason(report) -> str:
    """Why a received report was opened again: said at that step, kept with the version that follows."""
    last = Event.objects.about(report).exclude(after="").exclude(action="withdraw").order_by("-id").first()
    opened_again = last is not None and last.action in ("amend", "correct")
    return last.note if opened_again else ""


def take(report, today, by):
    Reception.objects.create(version=report.versions.get(number=report.round), by=by)
    return moved(report, today, by)


def send_back(report, today, by):
    _unsent(report).update(sent_at=timezone.now())
    return moved(report, today, by)


def restore(report, today, by):
    """What was typed since the reopening is given up; the draft says again what was handed in last."""
    report.draft = report.versions.get(number=report.round).content["typed"]
    report.draft_version += 1
    return {"draft", "draft_version", *moved(report, today, by)}


def lock_the_figures(roll_up, today, by):
    rollup.seal(roll_up, today=today, by=by)
    return ()


# ── the tables ────────────────────────────────────────────────────────────────────────────────
SUBMIT = Transition(
    name="submit",
    label="报送县局",
    done="已报送。县级市场监督管理局接收后会通知您。",
    source=frozenset({S.DRAFT, S.RETURNED, S.REOPENED}),
    target=S.AT_COUNTY,
    allowed=is_reporter,
    guards=(somebody_served, everything_is_filled_in),
    effect=hand_in,
    announces="report-submitted",
)
WITHDRAW = Transition(
    name="withdraw",
    label="撤回修改",
    done="已撤回，可以修改后重新报送。",
    source=frozenset({S.AT_COUNTY}),
    target=S.DRAFT,
    allowed=is_reporter,
    guards=(nothing_is_pinned,),
    effect=moved,
)
RECEIVE = Transition(
    name="receive",
    label="接收",
    done="已接收，并通知企业。",
    source=frozenset({S.AT_COUNTY}),
    target=S.RECEIVED,
    allowed=receives,
    guards=(nothing_is_pinned,),
    effect=take,
    announces="report-received",
)
RETURN = Transition(
    name="return",
    label="退回企业",
    done="已退回企业补正，只有所列部分可以改动。",
    source=frozenset({S.AT_COUNTY}),
    target=S.RETURNED,
    allowed=receives,
    guards=(something_is_pinned,),
    effect=send_back,
    announces="report-returned",
)
AMEND = Transition(
    name="amend",
    label="重新填报",
    done="已重新打开；改好后再报送一次，原来的一版在接收新版之前仍然有效。",
    source=frozenset({S.RECEIVED}),
    target=S.REOPENED,
    allowed=is_reporter,
    guards=(the_cut_off_is_ahead,),
    effect=moved,
    asks_why=True,
)
CORRECT = Transition(
    name="correct",
    label="截止后更正",
    done="可以更正了；更正另列，不改变已经锁定的数字。",
    source=frozenset({S.RECEIVED}),
    target=S.REOPENED,
    allowed=is_reporter,
    guards=(the_cut_off_is_past,),
    effect=moved,
    asks_why=True,
)
KEEP = Transition(
    name="keep",
    label="不改了",
    done="仍以原来接收的一版为准，刚才的改动没有保留。",
    source=frozenset({S.REOPENED}),
    target=S.RECEIVED,
    allowed=is_reporter,
    effect=restore,
)
REPORT = by_name(SUBMIT, WITHDRAW, RECEIVE, RETURN, AMEND, CORRECT, KEEP)

SIGN = Transition(
    name="sign",
    label="签报锁定",
    done="已签报，数字锁定；以后收到的另列，不再改动。",
    source=frozenset({RollUp.State.OPEN}),
    target=RollUp.State.SIGNED,
    allowed=signs,
    guards=(
        the_year_is_over,
        nothing_lies_undecided,
        somebody_below_signed,
        everybody_below_signed_or_is_named,
    ),
    effect=lock_the_figures,
    announces="report-signed",
)

guard_states(AnnualReport, REPORT.values())
guard_states(RollUp, [SIGN])
