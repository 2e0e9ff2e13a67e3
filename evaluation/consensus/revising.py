"""A member changes the own sheet after seeing the others': a further version with its reason; the first one stays."""

from decimal import Decimal

from django.core.exceptions import PermissionDenied
from django.db import transaction

from cqo_portal.audit.record import record
from cqo_portal.digests import sha256
from cqo_portal.jurisdictions.scheme import EvaluationScheme
from cqo_portal.wording import plain_decimal
from cqo_portal.workflow.engine import Refused
from evaluation.consensus.marks import INTERVIEW
from evaluation.frozen import scheme_of
from evaluation.models import Evaluation, SignedSheet
from evaluation.permissions import serves
from evaluation.scoring import band_with
from evaluation.workflow.holding import held

TOO_LATE = "合议已经结束，评分表不能再修改。"
MEANWHILE = "这份评分表在您打开以后又签署了一版，请看过新的一版再改。"
NOTHING = "没有改动任何系数或评语，不用签署新的一版。"


def revise(
    evaluation: Evaluation, marks: dict[str, dict], *, number: int | None, reason: str, name: str, by
) -> SignedSheet:
    """Sign version `number` + 1 of the own sheet.

    `marks`: {indicator: {"coefficient": Decimal, "comment": str, "interview": bool}} of what was on the page, where
    `interview` adds the interview to what the mark rests on. Raises `Refused`, `PermissionDenied`.
    """
    with transaction.atomic():
        case = held(
            evaluation, by=by, allowed=serves, states=(Evaluation.State.CONSENSUS,), otherwise=TOO_LATE
        )
        last = last_of(case, by=by)
        if last.number != number:
            raise Refused(MEANWHILE)
        content = revised(last.content, marks, scheme_of(case))
        if content == last.content:
            raise Refused(NOTHING)
        return _sign(last, content, reason=reason, name=name, by=by)


def last_of(evaluation: Evaluation, *, by) -> SignedSheet:
    """The version of the own sheet that counts. Raises `PermissionDenied` where there is none."""
    mine = SignedSheet.objects.filter(
        sheet__panellist__evaluation=evaluation,
        sheet__panellist__person=by.acting.person_id,
        sheet__panellist__state="serving",
    )
    if (last := mine.select_related("sheet").order_by("-number").first()) is None:
        raise PermissionDenied
    return last


def revised(content: dict, marks: dict[str, dict], scheme: EvaluationScheme) -> dict:
    """The content with what was changed; a mark nobody touched stays word for word. Raises `Refused`."""
    before = content["marks"]
    after = {code: _mark(before[code], said, scheme) for code, said in marks.items()}
    if unborne := [code for code, mark in after.items() if Decimal(mark["coefficient"]) and not mark["pins"]]:
        raise Refused(f"{'、'.join(sorted(unborne))}的系数大于 0，要有依据：请勾选面试，或者把系数改回 0。")
    return {**content, "marks": {**before, **after}}


def _mark(before: dict, said: dict, scheme: EvaluationScheme) -> dict:
    same = Decimal(before["coefficient"]) == said["coefficient"]
    adds = said["interview"] and INTERVIEW not in before["pins"]
    return {
        **before,
        "band": before["band"] if same else band_with(said["coefficient"], scheme).number,
        "coefficient": before["coefficient"] if same else plain_decimal(said["coefficient"]),
        "comment": said["comment"],
        "pins": [*before["pins"], INTERVIEW] if adds else before["pins"],
    }


def _sign(last: SignedSheet, content: dict, *, reason: str, name: str, by) -> SignedSheet:
    digest = sha256(content)
    said = {"digest": digest, "number": last.number + 1}
    record("revise", last.sheet, by=by, note=reason, data=said)  # before the row: none comes past the chain
    return SignedSheet.objects.create(
        sheet=last.sheet,
        number=last.number + 1,
        content=content,
        digest=digest,
        reason=reason,
        name=name,
        by=by,
    )
