"""A sheet is saved row by row, each save on the version it was based on, and signed once as it was looked at.

Every save holds the sheet's row: signing waits for it, and what comes after the signature is refused.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from uuid import UUID

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils import timezone

from cqo_portal.audit.models import Event
from cqo_portal.audit.record import record
from cqo_portal.digests import sha256
from cqo_portal.jurisdictions.scheme import Band, EvaluationScheme, Indicator
from cqo_portal.notifications.outbox import queue
from cqo_portal.wording import moment_full, plain_decimal
from cqo_portal.workflow.engine import Refused, moved, perform
from evaluation.frozen import scheme_of
from evaluation.models import Interview, InterviewRecord, Mark, Pin, Sheet, SignedSheet
from evaluation.permissions import scores
from evaluation.sheets.dossier import proofs_of
from evaluation.workflow.evaluation import may_be_opened
from evaluation.workflow.holding import locked
from evaluation.workflow.sheet import signing, the_panel_scores

SINCE_NOT_TALKED = "先由组长记录面试，或者钉上材料。"
NOT_TALKED = "只依据面试，还没有面试记录"
MOST_PINS = 40  # of one row


@dataclass(frozen=True)
class Place:
    """What a mark rests on: a page of a proof, counted from 1; without a proof the interview."""

    proof: UUID | None = None
    page: int | None = None

    @property
    def key(self) -> str:
        """As inputs of the page carry it."""
        return f"{self.proof}:{self.page}" if self.proof else "interview"


@dataclass(frozen=True)
class Entry:
    """One row as somebody writes it. `places` in the order they were pinned."""

    band: int | None = None
    coefficient: Decimal | None = None
    comment: str = ""
    places: tuple[Place, ...] = ()

    def says_as(self, other: "Entry") -> bool:
        mine, theirs = ((e.band, e.coefficient, e.comment, frozenset(e.places)) for e in (self, other))
        return mine == theirs


class Stale(Exception):
    """The row was saved elsewhere since this page was drawn. `mark`: what lies there now."""

    def __init__(self, mark: Mark) -> None:
        super().__init__(mark.version)
        self.mark = mark


class Closed(Refused):
    """The sheet is written no more: signed, set aside, or its panel does not score now."""


# ── saving ────────────────────────────────────────────────────────────────────────────────────
def save(sheet: Sheet, indicator: Indicator, entry: Entry, *, version: int, by) -> Mark:
    """Keep one row; `version` is the one the page showed, 0 where nothing was kept.

    Raises `Stale`, `Closed`, `Refused` with sentences, or `PermissionDenied`.
    """
    with transaction.atomic():
        held = _held(sheet)
        if not scores.test(by, held):
            raise PermissionDenied
        if why := why_closed(held):
            raise Closed(why)
        mark = held.marks.filter(indicator=indicator.code).first()
        mark = mark or Mark(sheet=held, indicator=indicator.code, version=0)
        kept = entry_of(mark)
        entry = _settled(entry, kept, scheme_of(held))
        if entry.says_as(kept):
            return mark
        if version != mark.version:
            raise Stale(mark)
        _refuse_foreign_places(held, entry)
        _write(mark, entry)
    return mark


def _held(sheet: Sheet) -> Sheet:
    rows = Sheet.objects.select_for_update(no_key=True, of=("self",))
    return rows.select_related("panellist__evaluation__submission", "calibration").get(pk=sheet.pk)


def why_closed(sheet: Sheet) -> str | None:
    """A sentence, or None while the sheet may be written."""
    if sheet.state == Sheet.State.SIGNED:
        return f"这份评分表已于 {moment_full(timezone.localtime(sheet.moved_at))} 签署，不能再改动。"
    if sheet.state == Sheet.State.SET_ASIDE:
        return "这份评分表已封存，不计入结果，不能再改动。"
    if the_panel_scores(sheet, None):
        return "这次评价现在不在独立评分阶段，评分表不能改动。"
    return None


def _settled(entry: Entry, kept: Entry, scheme: EvaluationScheme) -> Entry:
    """The coefficient that goes with the band. One left over from the former band goes; any other outside it is refused."""
    if entry.band is None:
        if entry.coefficient is not None and entry.coefficient != kept.coefficient:
            raise Refused("请先选档，再定系数。")
        return _with(entry, None)
    band = band_numbered(entry.band, scheme)
    if len(band.coefficients) == 1:
        return _with(entry, band.coefficients[0])
    if entry.coefficient is None or entry.coefficient in band.coefficients:
        return entry
    if entry.band != kept.band and entry.coefficient == kept.coefficient:
        return _with(entry, None)
    allowed = "、".join(map(str, band.coefficients))
    raise Refused(f"系数 {plain_decimal(entry.coefficient)} 不在 {band.number} 档里，这一档可选 {allowed}。")


def _with(entry: Entry, coefficient: Decimal | None) -> Entry:
    return Entry(entry.band, coefficient, entry.comment, entry.places)


def band_numbered(number: int, scheme: EvaluationScheme) -> Band:
    """Raises `StopIteration` for a number the scheme does not know: forms let none through."""
    return next(band for band in scheme.bands if band.number == number)


def _refuse_foreign_places(sheet: Sheet, entry: Entry) -> None:
    if len(set(entry.places)) > MOST_PINS:
        raise Refused(f"每行最多钉 {MOST_PINS} 处依据，请留下最要紧的。")
    asked = {place.proof for place in entry.places if place.proof}
    pages = dict(proofs_of(sheet).filter(pk__in=asked).values_list("pk", "pages")) if asked else {}
    for place in entry.places:
        if place.proof and not 1 <= (place.page or 0) <= pages.get(place.proof, 0):
            raise Refused("依据里有一页不在这份案卷里，请重新翻到那一页再钉。")


def _write(mark: Mark, entry: Entry) -> None:
    mark.band, mark.coefficient, mark.comment = entry.band, entry.coefficient, entry.comment
    mark.version += 1
    mark.save()
    wanted = dict.fromkeys(entry.places)
    for pin in mark.pins.all():
        if (place := place_of(pin)) in wanted:
            del wanted[place]
        else:
            pin.delete()
    Pin.objects.bulk_create(Pin(mark=mark, proof_id=place.proof, page=place.page) for place in wanted)


def place_of(pin: Pin) -> Place:
    return Place(pin.proof_id, pin.page)


def entry_of(mark: Mark) -> Entry:
    places = tuple(map(place_of, mark.pins.all())) if mark.pk else ()
    return Entry(mark.band, mark.coefficient, mark.comment, places)


def marks_of(sheet: Sheet) -> dict[str, Mark]:
    """{indicator code: mark} of the rows somebody wrote something in, with their pins."""
    return {mark.indicator: mark for mark in sheet.marks.prefetch_related("pins")}


# ── what it says, and what is missing ─────────────────────────────────────────────────────────
def content_of(sheet: Sheet) -> dict:
    """The sheet word for word, in one spelling: every indicator, numbers as text, pins in order of paper and page."""
    return content_from({code: entry_of(mark) for code, mark in marks_of(sheet).items()}, scheme_of(sheet))


def content_from(entries: Mapping[str, Entry], scheme: EvaluationScheme) -> dict:
    return {"marks": {row.code: _said(entries.get(row.code, Entry())) for row in scheme.indicators}}


def _said(entry: Entry) -> dict:
    places = sorted(entry.places, key=lambda place: (place.proof is None, str(place.proof), place.page or 0))
    return {
        "band": entry.band,
        "coefficient": None if entry.coefficient is None else plain_decimal(entry.coefficient),
        "comment": entry.comment,
        "pins": [
            {"proof": str(place.proof), "page": place.page} if place.proof else {"interview": True}
            for place in places
        ],
    }


def entries_in(content: dict) -> dict[str, Entry]:
    """What was signed, as rows again."""
    return {
        code: Entry(
            said["band"],
            None if said["coefficient"] is None else Decimal(said["coefficient"]),
            said["comment"],
            tuple(Place(UUID(p["proof"]), p["page"]) if "proof" in p else Place() for p in said["pins"]),
        )
        for code, said in content["marks"].items()
    }


def talked_in(sheet: Sheet) -> bool:
    """Whether a mark may rest on the interview alone. 8.3 has the panel judge papers and hold the interview, in no order:
    it may be held while they score, and until somebody wrote down what was said nobody can look at what a mark rests on.
    In practice there is nobody to talk to, so nothing is asked.
    """
    if sheet.calibration_id:
        return True
    records = InterviewRecord.objects.filter(interview__evaluation=sheet.panellist.evaluation_id)
    return records.filter(interview__kind=Interview.Kind.INTERVIEW).exists()


def missing_in(entry: Entry, *, talked: bool) -> tuple[str, ...]:
    """What this row lacks before it can be signed. `talked`: an interview is on record.

    A comment is asked of every row: 逐项写明证据和理由. A nought needs its reason most, and the report is drafted from them.
    """
    if entry.band is None:
        return ("未评",)
    if entry.coefficient is None:
        return ("未定系数",)
    lacks = []
    if entry.coefficient and not entry.places:
        lacks.append("缺依据")
    if entry.coefficient and set(entry.places) == {Place()} and not talked:
        lacks.append(NOT_TALKED)
    if not entry.comment.strip():
        lacks.append("缺评语")
    return tuple(lacks)


def missing(sheet: Sheet) -> list[str]:
    """Sentences: everything that stands between this sheet and its signature."""
    entries = {code: entry_of(mark) for code, mark in marks_of(sheet).items()}
    return missing_from(entries, scheme_of(sheet).indicators, talked=talked_in(sheet))


def missing_from(entries: Mapping[str, Entry], rows: Iterable[Indicator], *, talked: bool) -> list[str]:
    """A sentence for each of `rows` that lacks something, in their order; a row without an entry lacks everything."""
    lacking = ((row, missing_in(entries.get(row.code, Entry()), talked=talked)) for row in rows)
    return [f"{row.code} {row.label}{'、'.join(lacks)}。" for row, lacks in lacking if lacks]


# ── signing ───────────────────────────────────────────────────────────────────────────────────
def sign(
    sheet: Sheet, *, name: str, digest: str, seen: Mapping[str, int], by, today: date | None = None
) -> Sheet:
    """Freeze the sheet as it was looked at, or raise `Refused`.

    `digest`: of the content the page showed; `seen` {indicator: version} tells, where it differs, which rows did.
    The evaluation is held first, then the sheet: of signing and of closing at the same moment one comes second.
    """

    def it_is_what_was_looked_at(held, today):
        if sha256(content_of(held)) == digest:
            return None
        return _differs(held, seen)

    def nothing_is_missing(held, today):
        lacks = missing(held)
        more = SINCE_NOT_TALKED if any(NOT_TALKED in said for said in lacks) else ""
        return f"还不能签署：{''.join(lacks)}{more}" if lacks else None

    def signed_by_its_author(held, today):
        return None if name == held.person.name else f"请由本人签写姓名“{held.person.name}”。"

    def effect(held, today, by):
        _append(held, name=name, by=by)
        return moved(held, today, by)

    step = signing(effect, signed_by_its_author, it_is_what_was_looked_at, nothing_is_missing)
    with transaction.atomic():
        if sheet.panellist_id:
            locked(sheet.panellist.evaluation_id)
        signed = perform(step, sheet, by=by, today=today)
        _tell_the_leader(signed)
    return signed


def _tell_the_leader(signed: Sheet) -> None:
    """With the last signature it is the leader's move. Nobody else is told: who reads the letter reads the count anyway."""
    if signed.calibration_id:
        return
    evaluation = signed.panellist.evaluation
    if may_be_opened(evaluation, timezone.localdate()):
        event = Event.objects.about(signed).latest("id")
        queue("sheets-signed", evaluation, cause=f"event:{event.pk}")


def _append(sheet: Sheet, *, name: str, by) -> None:
    content = content_of(sheet)
    said = sha256(content)
    record("sign-content", sheet, by=by, rule_edition=sheet.rule_edition, data={"digest": said})
    SignedSheet.objects.create(sheet=sheet, content=content, digest=said, name=name, by=by)


def _differs(sheet: Sheet, seen: Mapping[str, int]) -> str:
    lines = "；".join(_lines_of(sheet, seen))
    told = f"：{lines}" if lines else ""
    return f"打开这一页以后，评分表在别处改过{told}。请先看过现在的内容，再签署。"


def _lines_of(sheet: Sheet, seen: Mapping[str, int]) -> Iterator[str]:
    marks = marks_of(sheet)
    for row in scheme_of(sheet).indicators:
        if (mark := marks.get(row.code)) and mark.version != seen.get(row.code, 0):
            at = timezone.localtime(mark.saved_at)
            yield f"{row.code} {row.label} {at:%H:%M:%S} 存为{in_words(entry_of(mark))}"


def in_words(entry: Entry) -> str:
    """One row in a line, for whoever compares."""
    if entry.band is None:
        score = "未评"
    elif entry.coefficient is None:
        score = f"{entry.band} 档、未定系数"
    else:
        score = f"{entry.band} 档、系数 {plain_decimal(entry.coefficient)}"
    return f"{score}、依据 {len(entry.places)} 处、评语 {len(entry.comment)} 字"
