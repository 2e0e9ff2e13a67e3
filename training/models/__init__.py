from training.models.draw import Draw, Drawn, Outcome, Sealed, Stratum
from training.models.explanation import Explanation
from training.models.ledger import Entry, Flag, Posting, Presence, Settlement
from training.models.organiser import Commission, Organised
from training.models.selfreport import SelfReport
from training.models.session import Course, Meeting, RosterLine, Session, SessionHours, class_label

__all__ = [
    "Commission",
    "Course",
    "Draw",
    "Drawn",
    "Entry",
    "Explanation",
    "Flag",
    "Meeting",
    "Organised",
    "Outcome",
    "Posting",
    "Presence",
    "RosterLine",
    "Sealed",
    "SelfReport",
    "Session",
    "SessionHours",
    "Settlement",
    "Stratum",
    "class_label",
]
