from training.models.completion import Completion, Imprint, Voiding
from training.models.ledger import Entry, Flag, Posting, Presence, Settlement
from training.models.organiser import Commission, Organised
from training.models.provider_report import ProviderReport, ProviderReportVersion
from training.models.selfreport import Evidence, SelfReport
from training.models.session import Course, Meeting, RosterLine, Session, SessionHours, class_label

__all__ = [
    "Commission",
    "Completion",
    "Course",
    "Entry",
    "Evidence",
    "Flag",
    "Imprint",
    "Meeting",
    "Organised",
    "Posting",
    "Presence",
    "ProviderReport",
    "ProviderReportVersion",
    "RosterLine",
    "SelfReport",
    "Session",
    "SessionHours",
    "Settlement",
    "Voiding",
    "class_label",
]
