"""What must hold of reports, decisions and appeals, asked of the rows themselves; `manage.py check_invariants` asks all."""

import hashlib
from collections.abc import Iterator

from cqo_portal.digests import sha256
from evaluation.decisions.appeals import dossier_digest
from evaluation.decisions.deciding import words_of
from evaluation.decisions.versions import digest_of
from evaluation.models import Appeal, Decision, Panellist, ReportVersion


def broken() -> Iterator[str]:
    """A sentence for each row that does not hold."""
    yield from _reports()
    yield from _decisions()
    yield from _appeals()


def _reports() -> Iterator[str]:
    for version in ReportVersion.objects.select_related("outcome", "evaluation").iterator(chunk_size=20):
        if hashlib.sha256(bytes(version.pdf)).hexdigest() != version.pdf_digest:
            yield f"{version}：PDF 与登记的 SHA-256 不符。"
        if digest_of(version.outcome.digest, version.content, version.pdf_digest) != version.digest:
            yield f"{version}：内容与登记的 SHA-256 不符。"


def _decisions() -> Iterator[str]:
    found = Decision.objects.select_related("report", "outcome", "evaluation__application")
    for decision in found.defer("report__pdf", "report__content").iterator(chunk_size=200):
        if decision.grade != decision.outcome.grade or decision.report.outcome_id != decision.outcome_id:
            yield f"{decision}：决定的等级不是报告所依据的结论。"
        if sha256(words_of(decision)) != decision.digest:
            yield f"{decision}：决定与登记的 SHA-256 不符。"


def _appeals() -> Iterator[str]:
    found = Appeal.objects.select_related(
        "run", "evaluation__submission", "evaluation__decision__publication"
    )
    for appeal in found.iterator(chunk_size=200):
        if dossier_digest(appeal.evaluation) != appeal.dossier_digest:
            yield f"{appeal}：案卷与提出时封存的不一致。"
        if appeal.run and (twice := _sits_twice(appeal)):
            yield f"{appeal}：{'、'.join(twice)}在原评价组里，又在复评的评价组里。"


def _sits_twice(appeal: Appeal) -> list[str]:
    old = Panellist.objects.serving().filter(evaluation=appeal.evaluation_id).values("person")
    again = Panellist.objects.on_the_panel().filter(evaluation=appeal.run_id, person__in=old)
    return list(again.values_list("person__name", flat=True))
