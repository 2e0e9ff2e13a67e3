"""What must hold of reports, decisions and appeals beyond their grades; asked by `manage.py check_invariants` with the others."""

import hashlib
from collections.abc import Iterator

from cqo_portal.digests import sha256
from evaluation.decisions.appeals import dossier_digest
from evaluation.decisions.deciding import words_of
from evaluation.decisions.versions import digest_of
from evaluation.invariants import BROKEN, Breach, Check
from evaluation.models import (
    Appeal,
    Decision,
    Evaluation,
    Panellist,
    Proof,
    ReportVersion,
    Statement,
    Submission,
)


def _reports() -> Iterator[Breach]:
    found = ReportVersion.objects.select_related("outcome").order_by("evaluation", "number")
    for version in found.iterator(chunk_size=20):  # each carries its PDF
        if hashlib.sha256(bytes(version.pdf)).hexdigest() != version.pdf_digest:
            yield Breach(version, "PDF 与摘要不符")
        if digest_of(version.outcome.digest, version.content, version.pdf_digest) != version.digest:
            yield Breach(version, "内容与摘要不符")


def _decisions() -> Iterator[Breach]:
    found = Decision.objects.select_related("report", "outcome").defer("report__pdf", "report__content")
    for decision in found.order_by("pk").iterator(chunk_size=200):
        if sha256(words_of(decision)) != decision.digest:
            yield Breach(decision, "内容与摘要不符")


def _dossiers() -> Iterator[Breach]:
    found = Appeal.objects.select_related("evaluation__submission", "evaluation__decision__publication")
    for appeal in found.order_by("lodged_on", "number").iterator(chunk_size=200):
        try:
            same = dossier_digest(appeal.evaluation) == appeal.dossier_digest
        except (*BROKEN, Decision.DoesNotExist) as broken:
            yield Breach(appeal, f"案卷不能重新算出：{broken}")
        else:
            if not same:
                yield Breach(appeal, "案卷与提出时封存的不一致")


def _panels() -> Iterator[Breach]:
    """Whoever was let into the file sits in no later run of the same application."""
    for run in Evaluation.objects.filter(run__gt=1).order_by("pk").iterator(chunk_size=200):
        earlier = Panellist.objects.filter(
            evaluation__application=run.application_id, evaluation__run__lt=run.run
        )
        old = earlier.serving() | earlier.filter(statement__isnull=False)
        old |= earlier.filter(sheet__isnull=False)
        for seat in run.panellists.on_the_panel().filter(person__in=old.values("person")):
            yield Breach(seat, "参加过同一申请以前的评价，又在复评的评价组里")


def _submissions() -> Iterator[Breach]:
    """The words an appeal's dossier knows by their digest alone."""
    for row in Submission.objects.order_by("pk").iterator(chunk_size=200):
        if sha256(row.content) != row.digest:
            yield Breach(row, "申请内容与摘要不符")


def _statements() -> Iterator[Breach]:
    for row in Statement.objects.order_by("pk").iterator(chunk_size=200):
        if sha256(row.text) != row.digest:
            yield Breach(row, "公正性声明的文字与摘要不符")


def _proofs() -> Iterator[Breach]:
    """The files themselves, one after the other: every page an expert pinned lies in one of them."""
    for row in Proof.objects.order_by("pk").iterator(chunk_size=200):
        try:
            with row.file.open("rb") as file:
                same = hashlib.file_digest(file, "sha256").hexdigest() == row.digest
        except OSError as lost:
            yield Breach(row, f"材料的文件读不出来：{lost.strerror or lost}")
        else:
            if not same:
                yield Breach(row, "材料的文件与摘要不符")


CHECKS = (
    Check("评价申请各轮的内容", Submission.objects.count, _submissions),
    Check("公正性声明的文字", Statement.objects.count, _statements),
    Check("证实性材料的文件", Proof.objects.count, _proofs),
    Check("评价报告的内容与 PDF", ReportVersion.objects.count, _reports),
    Check("评价决定的摘要", Decision.objects.count, _decisions),
    Check("申诉时封存的案卷", Appeal.objects.count, _dossiers),
    Check("复评的评价组没有原成员", Evaluation.objects.filter(run__gt=1).count, _panels),
)
