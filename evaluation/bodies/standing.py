"""How a body stands on a day: by which record, which clocks, which text; and why it may accept nothing."""

from datetime import date

from cqo_portal.jurisdictions.schema import RulePack
from cqo_portal.parties.models import Institution
from cqo_portal.wording import day_full
from evaluation.bodies import texts
from evaluation.bodies.models import BodyRecord, Clocks
from evaluation.bodies.queries import BodyRecordQuerySet


def _records(institution: Institution) -> BodyRecordQuerySet:
    return BodyRecord.objects.filter(institution=institution)


def record_of(institution: Institution, day: date) -> BodyRecord | None:
    """The record that holds on that day; at most one does. None: the body may not accept anything."""
    return _records(institution).valid_on(day).select_related("office", "institution").first()


def clocks_of(institution: Institution) -> Clocks:
    """Those that count now; where the body set none, the usual ones, not saved."""
    return Clocks.objects.newest(institution) or Clocks(institution=institution)


def text_of(institution: Institution) -> RulePack:
    """The text a body evaluates by: that of its latest record, or, without one, the first that knows bodies."""
    said = _records(institution).order_by("-created_at").values_list("jurisdiction", flat=True).first()
    return texts.evaluating()[said or next(iter(texts.evaluating()))]


def why_not(institution: Institution, day: date, *, doing: str = "受理评价申请") -> str | None:
    """Why this body may not do this on that day, as a sentence with its clause; None where it may."""
    if record_of(institution, day):
        return None
    known = list(_records(institution).order_by("-first_day", "-created_at"))
    cites = texts.chapter(text_of(institution)).cites
    return f"{institution}{_standing(known, day)}，不能{doing}（{cites}）。"


def _standing(known: list[BodyRecord], day: date) -> str:
    """The reason that lies nearest to that day: suspended, over, still to come, asked for, or nothing at all."""
    recorded = [each for each in known if each.first_day]
    begun = next((each for each in recorded if each.first_day <= day), None)
    if begun and (begun.holds_until is None or begun.holds_until >= day):
        suspended = begun.suspensions.filter(first_day__lte=day).last()
        return f"的登记自{day_full(suspended.first_day)}起暂停"
    coming = [each.first_day for each in recorded if each.first_day > day and not each.ended_on]
    if coming:
        return f"自{day_full(min(coming))}起才在案"
    if over := begun or next(iter(recorded), None):
        how, when = ("终止", over.ended_on) if over.ended_on else ("届满", over.last_day)
        return f"的登记已于{day_full(when)}{how}"
    return "的登记还在办理" if known else "没有在案"


def learning_asked(institution: Institution, pack: RulePack) -> str:
    """What a holder of a certificate of this body owes in each certificate year, with its clause; empty where nothing."""
    duty = texts.continuing(pack)
    if duty is None:
        return ""
    times = max(clocks_of(institution).activities, duty.activities or 1)
    return f"取得证书以后，每个证书年至少参加 {times} 次继续教育活动（{duty.cites}；次数由{institution}定）。"
