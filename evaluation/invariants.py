"""What must hold of every evaluation, asked of the rows themselves: computed again, compared, counted.

The database refuses what would break any of this. Here it is looked for all the same: in a restored copy, after somebody
worked with the owner's rights, by an auditor who trusts neither.
"""

from collections.abc import Callable, Iterator
from decimal import Decimal, DecimalException
from itertools import islice
from typing import NamedTuple

from django.db import models
from django.db.models import Exists, F, OuterRef, Q, QuerySet, Subquery, TextField
from django.db.models.fields.json import KeyTextTransform
from django.db.models.functions import Cast, Coalesce
from django.utils.module_loading import import_string

from cqo_portal.audit.models import Event
from cqo_portal.digests import sha256
from cqo_portal.jurisdictions import NoSuchRule
from cqo_portal.wording import plain_decimal
from evaluation.frozen import alternatives_of, digest_of, read, result_of
from evaluation.models import (
    Appeal,
    Application,
    CoSignature,
    Decision,
    Evaluation,
    Outcome,
    Panellist,
    Publication,
    ReportVersion,
    Sheet,
    SignedSheet,
    Statement,
)
from evaluation.scoring import Unscorable

AT_ONCE = 200
E, S = Evaluation.State, Sheet.State
MOVING = (Application, Panellist, Evaluation, Sheet, Appeal)
ON_RECORD = (
    (CoSignature, "application"),
    (Statement, "panellist"),
    (SignedSheet, "sheet"),
    (Outcome, "evaluation"),
    (ReportVersion, "evaluation"),
    (Decision, "evaluation"),
)  # rows, and the field that names what their event is about
CONCLUDED = (E.REPORTING, E.AT_BODY, E.DECIDED, E.PUBLISHED)
BROKEN = (Unscorable, KeyError, TypeError, AttributeError, ValueError, DecimalException, NoSuchRule)


class Breach(NamedTuple):
    row: models.Model
    why: str

    def __str__(self) -> str:
        return f"{self.row._meta.db_table} {self.row.pk}：{self.why}"


class Check(NamedTuple):
    """`rows`: how many there are to look at; `breaches`: those that do not hold, one after the other."""

    name: str
    rows: Callable[[], int]
    breaches: Callable[[], Iterator[Breach]]


def breaches(rows: QuerySet, why: str) -> Iterator[Breach]:
    return (Breach(row, why) for row in rows.iterator(chunk_size=AT_ONCE))


# ── row by row: what is computed ──────────────────────────────────────────────────────────────
def _signed_sheets() -> Iterator[Breach]:
    for row in SignedSheet.objects.order_by("id").iterator(chunk_size=AT_ONCE):
        if sha256(row.content) != row.digest:
            yield Breach(row, "内容与摘要不符")


def _outcomes() -> Iterator[Breach]:
    for row in Outcome.objects.select_related("evaluation").order_by("id").iterator(chunk_size=AT_ONCE):
        try:
            yield from (Breach(row, why) for why in _against(row))
        except BROKEN as broken:
            yield Breach(row, f"不能由冻结的内容重新算出：{broken}")


def _against(row: Outcome) -> Iterator[str]:
    result = result_of(row.frozen)
    if result != row.result:
        yield "结果与重新算出的不同"
    if row.grade != result["grade"]:
        yield f"等级是 {row.grade}，重新算出的是 {result['grade']}"
    if row.total != Decimal(result["total"]).quantize(row.total):
        yield f"总分是 {plain_decimal(row.total)}，重新算出的是 {result['total']}"
    if row.frozen["fragile"]["alternatives"] != alternatives_of(row.frozen):
        yield "等级是否稳定与重新算出的不同"
    if not row.rule_edition == row.frozen["edition"] == row.evaluation.rule_edition:
        yield "规则版本与案卷的不同"
    if row.frozen["aggregation"] != row.evaluation.aggregation:
        yield "合成方式与案卷的不同"
    if row.digest != digest_of(row.frozen, row.result):
        yield "内容与摘要不符"


def _frozen_sheets() -> Iterator[Breach]:
    """What was frozen of each member is what that member signed, in the version that is named."""
    rows = Outcome.objects.order_by("id").iterator(chunk_size=AT_ONCE)
    while some := list(islice(rows, AT_ONCE)):
        sheets = {str(m.get("sheet")) for row in some for m in _members(row)}
        signed = SignedSheet.objects.filter(sheet__in=filter(_is_a_key, sheets)).select_related(
            "sheet__panellist"
        )
        there = {(str(each.sheet_id), each.number): each for each in signed}
        decided = set(Decision.objects.filter(outcome__in=some).values_list("outcome", flat=True))
        for row in some:
            for member in _members(row):
                try:
                    kept = there.get((str(member.get("sheet")), member.get("version")))
                    why = list(_against_member(row, member, kept, decided=row.pk in decided))
                except BROKEN as broken:
                    why = [f"不能与签署的评分表核对：{broken}"]
                yield from (Breach(row, f"{member.get('name')}：{each}") for each in why)


def _members(row: Outcome) -> list[dict]:
    members = row.frozen.get("members") if isinstance(row.frozen, dict) else None
    return [each for each in members if isinstance(each, dict)] if isinstance(members, list) else []


def _is_a_key(text: str) -> bool:
    try:
        models.UUIDField().to_python(text)
    except Exception:
        return False
    return True


def _against_member(row: Outcome, member: dict, kept: SignedSheet | None, *, decided: bool) -> Iterator[str]:
    if (
        kept is None
        or kept.sheet.panellist is None
        or kept.sheet.panellist.evaluation_id != row.evaluation_id
    ):
        yield "没有这一版签署的评分表"
        return
    sheet, said = kept.sheet, kept.content.get("marks", {})
    if member.get("panellist") != str(sheet.panellist_id):
        yield "评分表是另一位成员的"
    if member.get("digest") != kept.digest:
        yield "摘要与签署的评分表不同"
    if read(member.get("coefficients", {})) != read(
        {code: mark["coefficient"] for code, mark in said.items()}
    ):
        yield "冻结的系数与签署的评分表不同"
    if sheet.state == S.SET_ASIDE and (decided or sheet.moved_at < row.at):
        yield "计入了已经封存、不予计入的评分表"


# ── set by set: what belongs together ─────────────────────────────────────────────────────────
def _events() -> Iterator[Breach]:
    return without_a_record(*ON_RECORD)


def without_a_record(*on_record: tuple[type[models.Model], str]) -> Iterator[Breach]:
    """Rows whose digest no event says, about the sheet or the case they belong to."""
    events = Event.objects.annotate(said=KeyTextTransform("digest", "data"))
    for model, subject in on_record:
        said = events.filter(
            subject_type=model._meta.get_field(subject).related_model._meta.label_lower,
            subject_id=Cast(OuterRef(f"{subject}_id"), TextField()),
            said=OuterRef("digest"),
        )
        yield from breaches(
            model.objects.filter(~Exists(said)).order_by("pk"), "审计链里没有写下这一行的记录"
        )


def _moves() -> Iterator[Breach]:
    return moved_without_a_record(*MOVING)


def moved_without_a_record(*moving: type[models.Model]) -> Iterator[Breach]:
    """Where a case or a sheet is, the last move on record says too."""
    for model in moving:
        moves = Event.objects.filter(
            subject_type=model._meta.label_lower, subject_id=Cast(OuterRef("pk"), TextField())
        ).exclude(after="")
        begins = str(model._meta.get_field("state").default)
        last = Coalesce(Subquery(moves.order_by("-id").values("after")[:1]), models.Value(begins))
        yield from breaches(
            model.objects.annotate(last=last).exclude(state=F("last")).order_by("pk"),
            "状态与记录的最后一步不同",
        )


def _signed_or_not() -> Iterator[Breach]:
    first = SignedSheet.objects.filter(sheet=OuterRef("pk"), number=1)
    signed = Sheet.objects.filter(state=S.SIGNED)
    yield from breaches(signed.filter(~Exists(first)).order_by("pk"), "已签署，但没有签署的内容")
    yield from breaches(
        Sheet.objects.filter(Exists(first), state=S.OPEN).order_by("pk"), "签署过，却还在评分中"
    )


def _decisions() -> Iterator[Breach]:
    rows = Decision.objects.order_by("pk")
    yield from breaches(rows.exclude(grade=F("outcome__grade")), "等级与合议结论的不同")
    yield from breaches(rows.exclude(outcome__evaluation=F("evaluation")), "合议结论是另一个案卷的")
    yield from breaches(rows.exclude(report__outcome=F("outcome")), "评价报告是另一个合议结论的")
    later = Outcome.objects.filter(evaluation=OuterRef("evaluation"), number__gt=OuterRef("outcome__number"))
    yield from breaches(rows.filter(Exists(later)), "决定以后又有合议结论")


def _in_order() -> Iterator[Breach]:
    """Published needs a publication, that a decision, that an outcome; and none is there too early."""
    cases, of_it = Evaluation.objects.order_by("pk"), {"evaluation": OuterRef("pk")}
    outcome, decision = Outcome.objects.filter(**of_it), Decision.objects.filter(**of_it)
    publication = Publication.objects.filter(decision__evaluation=OuterRef("pk"))
    over = (E.DECIDED, E.PUBLISHED)
    for rows, why in (
        (cases.filter(~Exists(outcome), state__in=CONCLUDED), "合议以后的环节，却没有合议结论"),
        (cases.filter(~Exists(decision), state__in=over), "已作决定，却没有评价决定"),
        (cases.filter(~Exists(publication), state=E.PUBLISHED), "已公布，却没有公布的记录"),
        (cases.filter(Exists(decision)).exclude(state__in=over), "有评价决定，却还没有到决定的环节"),
        (cases.filter(Exists(publication)).exclude(state=E.PUBLISHED), "有公布的记录，却没有公布"),
    ):
        yield from breaches(rows, why)


def _numbers() -> Iterator[Breach]:
    """The outcomes of a case are numbered from 1 without a gap: none was taken away."""
    before = Outcome.objects.filter(evaluation=OuterRef("evaluation"), number=OuterRef("number") - 1)
    yield from breaches(
        Outcome.objects.filter(~Exists(before), ~Q(number=1)).order_by("pk"), "前一版合议结论不在了"
    )


def count(*counted: type[models.Model]) -> Callable[[], int]:
    return lambda: sum(model.objects.count() for model in counted)


CHECKS = (
    Check("已签评分表的摘要", count(SignedSheet), _signed_sheets),
    Check("合议结论由冻结的内容重新算出", count(Outcome), _outcomes),
    Check("冻结的系数就是签署的系数", count(Outcome), _frozen_sheets),
    Check("合议结论的版次", count(Outcome), _numbers),
    Check("评分表的状态与签署", count(Sheet), _signed_or_not),
    Check("评价决定的等级就是合议结论的等级", count(Decision), _decisions),
    Check("结论、决定、公布依次齐备", count(Evaluation), _in_order),
    Check("每一步在审计链里", count(*MOVING), _moves),
    Check("签署、结论、报告、决定在审计链里", count(*(model for model, _ in ON_RECORD)), _events),
)


# ── what the apps above have to ask ───────────────────────────────────────────────────────────
_above: list[str] = []


def add_checks(path: str) -> None:
    """Where a tuple of checks lies, by its dotted name: what they need is loaded when they are asked, not at every start."""
    _above.append(path)


def checks_above() -> Iterator[Check]:
    for path in _above:
        yield from import_string(path)
