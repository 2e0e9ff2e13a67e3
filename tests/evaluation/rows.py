"""Evaluations brought to any stage, made directly: the steps themselves are what the tests take."""

import hashlib
import io
from dataclasses import dataclass
from datetime import date, datetime, time
from decimal import Decimal
from zoneinfo import ZoneInfo

import pikepdf
from django.core.files.base import ContentFile
from django.db import transaction

from cqo_portal.accounts.models import Role, User
from cqo_portal.audit.record import record
from cqo_portal.digests import sha256
from cqo_portal.jurisdictions import pack
from cqo_portal.papers.accepting import remake
from cqo_portal.parties.models import Institution, Person
from evaluation.models import (
    Application,
    Evaluation,
    Interview,
    InterviewRecord,
    Mark,
    Panellist,
    Pin,
    Proof,
    Sheet,
    SignedSheet,
    Submission,
)
from registry.models import Officer
from tests.cast import user
from tests.talent.rows import post

TODAY = date(2026, 11, 20)
EDITION = "jiangsu-2023-draft"
SCHEME = pack(EDITION).evaluation
# Adults with right check digits, invented otherwise.
NUMBERS = (
    "320102197001010018",
    "320102197101010013",
    "320102197201010019",
    "320102197301010014",
    "320102197401010010",
)


def person(name: str, number: str) -> Person:
    index = Person.index_of("resident", number)
    return Person.objects.filter(identity_index=index).first() or Person.objects.create(
        name=name, identity_kind="resident", identity_number=number
    )


def body(name: str = "江苏质量评价中心", **more) -> Institution:
    return Institution.objects.get_or_create(name=name, defaults=more)[0]


def content(**more) -> dict:
    """What an application says; see `evaluation.applications.content.content_of`."""
    rows = {
        row.code: {"band": 4, "coefficient": "0.7", "text": f"{row.label}：近三年的做法与结果。"}
        for row in SCHEME.indicators
    }
    return {
        "recommendation": "该同志履职三年，同意推荐。",
        "report": "任职以来主持质量管理体系建设。",
        "self_assessment": rows,
        "proofs": [],
    } | more


def application(
    people,
    *,
    state: str = "accepted",
    house: Institution | None = None,
    officer: Officer | None = None,
    **more,
) -> Application:
    """Of the officer of hengtong, or of another one."""
    held = Officer.objects.filter(organisation=people.hengtong, ended_on=None)
    officer = officer or held.first() or post(people.hengtong)
    fresh = state in ("draft", "discarded")
    said = {
        "number": None if fresh else f"PJ-2026-{Application.objects.count() + 1:04d}",
        "rule_edition": "" if fresh else EDITION,
        "submitted_on": None if fresh else TODAY,
        "round": 0 if fresh else 1,
        "body": house or body(),
    } | more
    made = Application.objects.create(
        name=officer.name,
        officer=officer,
        person=officer.person,
        organisation=officer.organisation,
        created_by=people.liu,
        **said,
    )
    moved(made, *APPLIED[state])
    if not fresh:
        submitted(made, by=people.liu)
    return made


# By which states each is reached: the triggers stand in tests too.
APPLIED = {
    "draft": (),
    "discarded": ("discarded",),
    "submitted": ("submitted",),
    "accepted": ("submitted", "accepted"),
    "refused": ("submitted", "refused"),
}
SEATED = {"proposed": (), "invited": ("invited",), "serving": ("invited", "serving")}


@transaction.atomic
def moved(row, *states: str):
    """Straight to the last of them, each move with its event."""
    for state in states:
        record("brought", row, before=row.state, after=state)
        row.state = state
        row.save(update_fields=["state"])
    return row


def seated(run: Evaluation, who: Person, *, state: str = "serving", **more) -> Panellist:
    return moved(Panellist.objects.create(evaluation=run, person=who, **more), *SEATED[state])


def submitted(made: Application, *, by: User, **more) -> Submission:
    said = content(**more)
    return Submission.objects.create(
        application=made, round=made.round, content=said, judgement={}, digest=sha256(said), by=by
    )


def proof(
    made: Application, *, by: User, name: str = "质量月报", supports=("7.4.4",), pages: int = 3, **more
) -> Proof:
    """A paper as it would lie there; its bytes are no real PDF: ask `papers` for one where pages are shown."""
    raw = f"%PDF {name}".encode()
    paper = Proof(
        application=made,
        name=f"{name}.pdf",
        media_type="application/pdf",
        size=len(raw),
        pages=pages,
        digest=hashlib.sha256(raw).hexdigest(),
        supports=list(supports),
        uploaded_by=by,
        **more,
    )
    paper.file.save(f"{paper.pk}.pdf", ContentFile(raw), save=False)
    paper.save()
    return paper


def readable(
    made: Application, *, by: User, name: str = "质量月报", supports=("7.4.4",), pages: int = 3
) -> Proof:
    """A paper whose pages can be drawn."""
    sheets = pikepdf.new()
    for _ in range(pages):
        sheets.add_blank_page(page_size=(420, 594))
    raw = io.BytesIO()
    sheets.save(raw)
    paper = Proof(application=made, supports=list(supports), uploaded_by=by)
    paper.keep(remake(raw.getvalue()), sent_as=f"{name}.pdf")
    return paper


@dataclass(frozen=True)
class Panel:
    """An evaluation, its leader first among `experts`, each with an account; `staff` acts for the body."""

    evaluation: Evaluation
    staff: User
    experts: tuple[User, ...]
    panellists: tuple[Panellist, ...]

    @property
    def leader(self) -> User:
        return self.experts[0]

    def sheet(self, number: int) -> Sheet:
        return Sheet.objects.get(panellist=self.panellists[number])


def panel(
    people,
    *,
    state: str = "scoring",
    size: int = 3,
    serving: bool = True,
    leader: Person | None = None,
    officer: Officer | None = None,
    staff: User | None = None,
    **more,
) -> Panel:
    """An evaluation at `state`, with `size` experts who serve (or are proposed), each with an open sheet once it scores.

    `leader`: a person with an account as expert already, instead of the first; `staff`: of the body that runs it.
    """
    house = staff.acting.institution if staff else body()
    made = application(people, house=house, officer=officer)
    run = Evaluation.objects.create(
        application=made,
        submission=made.submissions.get(),
        number=made.number,
        body=house,
        rule_edition=EDITION,
        created_by=people.liu,
        state="convening",
        **more,
    )
    staff = staff or User.objects.filter(username="shen").first()
    staff = staff or user("shen", Role.BODY, institution=house)
    staff.acting = staff.acting or staff.assignments.first()
    experts, panellists = [], []
    for number in range(size):
        who = (leader if not number else None) or person(f"专家{'甲乙丙丁戊'[number]}", NUMBERS[number])
        name = f"expert-{number}"
        held = User.objects.filter(assignments__role=Role.EXPERT, assignments__person=who).first()
        account = held or user(name, Role.EXPERT, person=who)
        experts.append(account.acting_as(account.assignments.get()))
        panellists.append(
            seated(
                run,
                who,
                state="serving" if serving else "proposed",
                is_leader=number == 0,
                answer_by=TODAY if serving else None,
            )
        )
    if state != "convening":
        for each in panellists:
            Sheet.objects.create(panellist=each, person=each.person, rule_edition=EDITION)
        brought_to(run, state)
    return Panel(run, staff, tuple(experts), tuple(panellists))


def brought_to(run: Evaluation, state: str) -> None:
    """Straight to a stage."""
    path = ["convening", "scoring", "consensus", "reporting", "at_body", "decided", "published"]
    moved(run, *path[path.index(run.state) + 1 : path.index(state) + 1])


def closed_again(run: Evaluation) -> None:
    """Back to where the panel is completed: nobody reads the sheets of the others any more."""
    run.refresh_from_db()
    moved(run, "convening")


def filled(sheet: Sheet, coefficient: str = "0.7", **others: str) -> Sheet:
    """Every indicator scored and borne by an interview that was held; `others` by code with underscores: `_7_2="1.0"`."""
    if sheet.panellist_id and not sheet.panellist.evaluation.interviews.exists():
        held(sheet.panellist.evaluation, by=sheet.panellist.evaluation.created_by)
    marks = {row.code: coefficient for row in SCHEME.indicators}
    marks |= {code.strip("_").replace("_", "."): value for code, value in others.items()}
    for code, value in marks.items():
        made = Mark.objects.create(
            sheet=sheet,
            indicator=code,
            band=band_of(Decimal(value)),
            coefficient=Decimal(value),
            comment=f"{code} 的评语",
        )
        if Decimal(value):
            Pin.objects.create(mark=made)
    return sheet


def band_of(value: Decimal) -> int:
    return next(band.number for band in SCHEME.bands if value in band.coefficients)


def said(coefficient: str = "0.7", **others: str) -> dict:
    """The content of a signed sheet: every indicator at `coefficient`, borne by the interview; `_7_3="0.85"` changes one.

    Integrity is given in full, as the finding of most tests is: who signed less disagrees with it.
    """
    values = {row.code: coefficient for row in SCHEME.indicators} | {"7.2": "1.0"}
    values |= {code.strip("_").replace("_", "."): value for code, value in others.items()}
    return {
        "marks": {
            code: {
                "band": band_of(Decimal(value)),
                "coefficient": value,
                "comment": f"{code} 的评语",
                "pins": [{"interview": True}] if Decimal(value) else [],
            }
            for code, value in values.items()
        }
    }


@transaction.atomic
def signed(sheet: Sheet, *, by: User, content: dict | None = None, **more) -> SignedSheet:
    """Signed as its author would, each row with its event."""
    content = content or said()
    record("sign-content", sheet, by=by, data={"digest": sha256(content)})
    made = SignedSheet.objects.create(
        sheet=sheet, content=content, digest=sha256(content), name=sheet.person.name, by=by, **more
    )
    if sheet.state == "open":
        record("sign", sheet, by=by, before="open", after="signed")
        sheet.state = "signed"
        sheet.save(update_fields=["state"])
    return made


def deliberating(people, *marks: dict, state: str = "consensus", **more) -> Panel:
    """A panel whose sheets are signed and open; `marks`: `said(…)` of each member, by default three alike."""
    marks = marks or (said(), said(), said())
    made = panel(people, size=len(marks), **more)
    for number, content in enumerate(marks):
        signed(made.sheet(number), by=made.experts[number], content=content)
    brought_to(made.evaluation, state)
    return made


def met(made: Panel, *, held_on: date = TODAY) -> Interview:
    """An interview that was held and written down."""
    return held(made.evaluation, by=made.leader, held_on=held_on)


def held(run: Evaluation, *, by: User, held_on: date = TODAY) -> Interview:
    kept = Interview.objects.create(
        evaluation=run,
        kind="interview",
        planned_at=datetime.combine(held_on, time(9), tzinfo=ZoneInfo("Asia/Shanghai")),
        place="评价中心三楼",
        by=by,
    )
    InterviewRecord.objects.create(
        interview=kept, held_on=held_on, present="本人、评价组三人", notes="逐项核实。", by=by
    )
    return kept
