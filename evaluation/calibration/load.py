"""The cases that are shipped, their papers set in type; may be run at every start."""

from decimal import Decimal

from django.db import transaction

from cqo_portal.jurisdictions.scheme import EvaluationScheme
from cqo_portal.papers.accepting import Remade, remake
from cqo_portal.printing.documents import pdf_of
from cqo_portal.reference.files import read
from evaluation.frozen import scheme_by
from evaluation.models import CalibrationCase, Proof
from evaluation.scoring import band_with


def load_calibration() -> int:
    """How many cases were new. One that stands is left alone: a better one is another case, with another code.

    OSError on a machine without Pango: papers cannot be set there.
    """
    standing = set(CalibrationCase.objects.values_list("code", flat=True))
    new = [said for said in read("calibration")["calibration"] if said["code"] not in standing]
    for said in new:
        _load(said, [(paper, typeset(paper)) for paper in said["papers"]])
    return len(new)


def typeset(paper: dict) -> Remade:
    """One paper of the file as PDF: the same words, the same bytes."""
    return remake(pdf_of("calibration_paper.html", {"paper": paper}))


@transaction.atomic
def _load(said: dict, papers: list[tuple[dict, Remade]]) -> None:
    case = CalibrationCase.objects.create(
        code=said["code"],
        name=said["name"],
        rule_edition=said["rule_edition"],
        content=_content(said),
        reference={code: {"coefficient": c, "why": why} for code, (c, why) in said["reference"].items()},
    )
    for paper, made in papers:
        Proof(calibration=case, supports=paper["supports"]).keep(made, sent_as=paper["name"])


def _content(said: dict) -> dict:
    """As an application says it, as far as a sheet shows it; its papers are rows."""
    scheme = scheme_by(said["rule_edition"])
    rows = {code: _assessed(c, text, scheme) for code, (c, text) in said["self_assessment"].items()}
    words = {name: said[name] for name in ("recommendation", "report")}
    return words | {"self_assessment": rows, "proofs": []}


def _assessed(coefficient: str, text: str, scheme: EvaluationScheme) -> dict:
    band = band_with(Decimal(coefficient), scheme)
    return {"band": band.number, "coefficient": coefficient, "text": text}
