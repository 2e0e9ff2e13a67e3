"""What was shown about a person on a day: the facts a judgement is made of. `None` = not shown."""

from dataclasses import dataclass
from datetime import date

from cqo_portal.jurisdictions.vocabulary import AccidentLevel, Appointer, Fault, Level, Rank, Size

from .experience import Period


@dataclass(frozen=True)
class QualityCertificate:
    """A 质量专业技术人员职业资格 certificate; `Rank.NONE` says there is none."""

    level: Rank
    issued_on: date | None = None


@dataclass(frozen=True)
class Declared:
    """Something declared or found against a person; how far it counts is the pack's business.

    `document` names the finding where an office has it on record; what the person declared has none.
    """

    fault: Fault
    found_on: date | None = None
    accident_level: AccidentLevel | None = None
    responsible: bool | None = None
    document: str = ""


@dataclass(frozen=True)
class Appointment:
    by: Appointer | None


@dataclass(frozen=True, kw_only=True)
class TrainingCertificate:
    """A number of a training certificate of this portal as it was typed; without a day it is not known as this person's."""

    number: str
    provider: str = ""
    issued_on: date | None = None


@dataclass(frozen=True, kw_only=True)
class Facts:
    """`education` is the highest level entered, `graduated` whether it was finished.

    `training_certificate`: backs `trained` where a number of this portal was typed.
    `disqualifications`: empty = declared that there are none. `recorded`: what offices have on record, declared or not.
    `appointment`: None = no appointment is on the table,
    only the person is judged; `Appointment(None)` = who appoints was not shown.
    """

    on: date
    education: Level | None = None
    graduated: bool | None = True
    title: Rank | None = None
    quality_qualification: QualityCertificate | None = None
    experience: tuple[Period, ...] | None = None
    trained: bool | None = None
    training_certificate: TrainingCertificate | None = None
    size: Size | None = None
    disqualifications: tuple[Declared, ...] | None = None
    recorded: tuple[Declared, ...] = ()
    appointment: Appointment | None = None
