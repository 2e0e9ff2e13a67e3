from training.models.completion import Completion, Imprint, Voiding
from training.models.draw import Draw, Drawn, Outcome, Sealed, Stratum
from training.models.explanation import Explanation
from training.models.ledger import Entry, Flag, Posting, Presence, Settlement
from training.models.organiser import Commission, Organised
from training.models.provider_report import ProviderReport, ProviderReportVersion
from training.models.selfreport import Evidence, SelfReport
from training.models.session import (
    Course,
    Meeting,
    RosterLine,
    Session,
    SessionEvidence,
    SessionHours,
    Source,
    class_label,
)

__all__ = [
    "Commission",
    "Completion",
    "Course",
    "Draw",
    "Drawn",
    "Entry",
    "Evidence",
    "Explanation",
    "Flag",
    "Imprint",
    "Meeting",
    "Organised",
    "Outcome",
    "Posting",
    "Presence",
    "ProviderReport",
    "ProviderReportVersion",
    "RosterLine",
    "Sealed",
    "SelfReport",
    "Session",
    "SessionEvidence",
    "SessionHours",
    "Settlement",
    "Source",
    "Stratum",
    "Voiding",
    "class_label",
]
