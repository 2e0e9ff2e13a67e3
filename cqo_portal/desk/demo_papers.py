"""The papers of the demonstration's applications: typeset and made anew once, handed in by everybody."""

from cqo_portal.papers.accepting import Remade, remake
from cqo_portal.printing.documents import pdf_of
from evaluation.sheets.marks import Place


class Papers:
    """`told`: [{"key", "name", "pages": [{"code", "title", "lines", "table"}]}]; a page supports its indicator."""

    def __init__(self, told: list[dict]) -> None:
        self.told = {said["key"]: said for said in told}
        self._made: dict[str, Remade] = {}

    def made(self, key: str) -> Remade:
        """Behind the fence once a paper, however many hand it in: that is most of what it costs."""
        if key not in self._made:
            self._made[key] = remake(pdf_of("demo_proof.html", {"paper": self.told[key]}))
        return self._made[key]

    def name(self, key: str) -> str:
        return f"{self.told[key]['name']}.pdf"

    def supports(self, key: str) -> list[str]:
        return sorted({page["code"] for page in self.told[key]["pages"]})

    def places(self, code: str, proofs: dict[str, object]) -> tuple[Place, ...]:
        """The pages that speak of an indicator, among the papers of one application; `proofs`: {key: Proof}."""
        return tuple(
            Place(proof.pk, number)
            for key, proof in proofs.items()
            for number, page in enumerate(self.told[key]["pages"], start=1)
            if page["code"] == code
        )
