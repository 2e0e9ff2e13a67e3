from evaluation.models.application import (
    Application,
    CoSignature,
    Determination,
    Proof,
    Refusal,
    ReturnItem,
    Submission,
)
from evaluation.models.calibration import CalibrationCase
from evaluation.models.consensus import Agreed, Deliberation, Interview, InterviewRecord, Outcome
from evaluation.models.decision import (
    Appeal,
    Decision,
    Publication,
    Report,
    ReportVersion,
    SignOff,
)
from evaluation.models.panel import Coincidence, Conflict, Evaluation, OneTimeCode, Panellist, Statement
from evaluation.models.sheet import Mark, Pin, Sheet, SignedSheet

__all__ = [
    "Agreed",
    "Appeal",
    "Application",
    "CalibrationCase",
    "CoSignature",
    "Coincidence",
    "Conflict",
    "Decision",
    "Deliberation",
    "Determination",
    "Evaluation",
    "Interview",
    "InterviewRecord",
    "Mark",
    "OneTimeCode",
    "Outcome",
    "Panellist",
    "Pin",
    "Proof",
    "Publication",
    "Refusal",
    "Report",
    "ReportVersion",
    "ReturnItem",
    "Sheet",
    "SignOff",
    "SignedSheet",
    "Statement",
    "Submission",
]
