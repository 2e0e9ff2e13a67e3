"""The calibration case in the demonstration: whoever may begin at once has scored it; one expert has not."""

from decimal import Decimal

from cqo_portal.accounts.models import Assignment, Role
from cqo_portal.desk.demo_year import acting
from cqo_portal.digests import sha256
from cqo_portal.reference.files import read
from evaluation.calibration.load import load_calibration
from evaluation.calibration.services import start
from evaluation.frozen import scheme_of
from evaluation.models import CalibrationCase, Proof
from evaluation.scoring import band_with
from evaluation.sheets import marks
from evaluation.sheets.dossier import indicator_of
from evaluation.sheets.marks import Entry, Place


class Calibration:
    """What `fixtures/demo_calibration.json` tells, after the experts of a `desk.demo.Story`."""

    def __init__(self) -> None:
        self.told = read("demo_calibration")
        load_calibration()
        self.case = CalibrationCase.objects.get(code=self.told["case"])
        self.papers = {paper.name.removesuffix(".pdf"): paper for paper in self.case.proofs.all()}

    def tell(self) -> None:
        for account, coefficients in self.told["marks"].items():
            expert = acting(Assignment.objects.get(role=Role.EXPERT, user__username=account))
            self._score(expert, coefficients.split())

    def _score(self, expert, coefficients: list[str]) -> None:
        sheet = start(self.case, by=expert)
        for said, coefficient in zip(self.told["rows"], coefficients, strict=True):
            entry = self._entry(said, Decimal(coefficient), scheme_of(sheet))
            marks.save(sheet, indicator_of(sheet, said["indicator"]), entry, version=0, by=expert)
        said = sha256(marks.content_of(sheet))
        marks.sign(sheet, name=sheet.person.name, digest=said, seen={}, by=expert)

    def _entry(self, said: dict, coefficient: Decimal, scheme) -> Entry:
        paper: Proof = self.papers[said["paper"]]
        places = (Place(paper.pk, said["page"]),) if coefficient else ()
        return Entry(band_with(coefficient, scheme).number, coefficient, said["comment"], places)
