"""Every table there is, in the order people read them."""

from cqo_portal.statistics.subject import Subject
from cqo_portal.statistics.tables.certificates import CERTIFICATES
from cqo_portal.statistics.tables.coverage import COVERAGE
from cqo_portal.statistics.tables.evaluations import EVALUATIONS
from cqo_portal.statistics.tables.filings import FILINGS
from cqo_portal.statistics.tables.hours import HOURS
from cqo_portal.statistics.tables.providers import PROVIDERS
from cqo_portal.statistics.tables.reports import REPORTS
from cqo_portal.statistics.tables.structure import STRUCTURE
from cqo_portal.statistics.tables.trend import TREND

SUBJECTS: dict[str, Subject] = {
    each.code: each
    for each in (
        COVERAGE,
        FILINGS,
        STRUCTURE,
        HOURS,
        PROVIDERS,
        EVALUATIONS,
        CERTIFICATES,
        REPORTS,
        TREND,
    )
}
