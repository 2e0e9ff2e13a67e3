"""企业首席质量官评价表 (table A.1), as it was decided."""

from cqo_portal.jurisdictions import pack
from cqo_portal.printing.documents import pdf_of
from evaluation.appraisal.models import Decision


def as_pdf(decision: Decision) -> bytes:
    """The same bytes whenever it is made, until the officer adds a remark: the time on it is that of the decision."""
    said = decision.content
    words = {
        "title": f"{decision.appraisal.year} 年度首席质量官评价表",
        "organisation": said["organisation"],
        "number": f"第 {decision.number} 版",
        "made_at": decision.at,
        "decision": decision,
        "said": said,
        "rules": pack(decision.rule_edition),
        "remarks": list(decision.remarks.select_related("by")),
    }
    return pdf_of("appraisal.html", words)
