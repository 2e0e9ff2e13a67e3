from training.models.ledger import Entry, Flag, Posting, Presence, Settlement
from training.models.organiser import Commission, Organised
from training.models.selfreport import Evidence, SelfReport
from training.models.session import Course, Meeting, RosterLine, Session, SessionHours, class_label

__all__ = [
    "Commission",
    "Course",
    "Entry",
    "Evidence",
    "Flag",
    "Meeting",
    "Organised",
    "Posting",
    "Presence",
    "RosterLine",
    "SelfReport",
    "Session",
    "SessionHours",
    "Settlement",
    "class_label",
]
