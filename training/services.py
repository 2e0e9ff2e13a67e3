"""Courses and sessions as they are planned, and who came: each act in one transaction, with its record."""

import hashlib
from collections.abc import Mapping, Sequence
from datetime import datetime
from decimal import Decimal

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.db.backends.postgresql.psycopg_any import DateTimeTZRange

from cqo_portal.audit.record import record
from cqo_portal.parties.models import Institution, Office, Person
from cqo_portal.parties.names import masked_name
from cqo_portal.parties.people import known, met
from cqo_portal.ui import identity
from cqo_portal.workflow.engine import Refused
from cqo_portal.workflow.series import next_in
from training import ledger
from training.checks import hours_for, minutes_taught
from training.models import Course, Meeting, RosterLine, Session, SessionHours, Source, class_label
from training.permissions import holds_trainings, organises

ONLY_AFTER_POSTING = ("place", "trainer")
WORDS = (*ONLY_AFTER_POSTING, "course", "held", "first_day", "last_day", "year")
POSTED_STAYS = "这一场已经入账，日期、学时和上课时间不能再改；登记错了的，请冲正后另建场次。"
KIND_STAYS = "已经有场次用这门课程，类别不能再改；请另建课程。"
CHANGED_MEANWHILE = "您打开这一页以后，同事改过它，还没有保存。下面是您填的；请另开一页看看现在的内容，再保存一次，即以您填的为准。"
OWN_CAUSE = "名单里不能登记或者改动您本人，请同事办理。"


def house_of(by) -> dict:
    """Who holds what this person plans. Raises `PermissionDenied` for whoever acts for nobody that does."""
    if not holds_trainings.test(by):
        raise PermissionDenied
    return {"institution": by.acting.institution, "office": by.acting.office}


# ── courses ───────────────────────────────────────────────────────────────────────────────────
class KindStays(Refused):
    """Sessions were planned under that kind: what their certificates prove hangs on it."""


@transaction.atomic
def write_course(course: Course | None, values: Mapping, *, by, seen: str | None = None) -> Course:
    """A new course, or other words for one; sessions keep the title they were planned under. Raises `Refused`.

    `seen`: the `version_of` what the form was opened on.
    """
    house = house_of(by)
    if course is not None and not organises.test(by, course):
        raise PermissionDenied
    made = _held(course) if course else Course(**house, created_by=by)
    _refuse_what_was_changed(course and made, seen)
    if Course.objects.filter(**house, name=values["name"]).exclude(pk=made.pk).exists():
        raise Refused("已经有一门同名的课程，请改用原来的那一门，或者换一个名称。")
    if course and values.get("kind", made.kind) != made.kind and made.sessions.exists():
        raise KindStays(KIND_STAYS)
    before = {name: getattr(made, name) for name, value in values.items() if getattr(made, name) != value}
    for name, value in values.items():
        setattr(made, name, value)
    made.save()
    if course is None:
        record("write-course", made, by=by)
    else:
        after = {name: values[name] for name in before}
        record("edit-course", made, by=by, data={"before": before, "after": after})
    return made


def version_of(planned: Course | Session) -> str:
    """What a form is opened on, to come back with it: nobody overwrites unseen what a colleague wrote meanwhile."""
    if isinstance(planned, Course):
        said = {name: getattr(planned, name) for name in ("name", "kind", "about", "fields", "active")}
    else:
        said = _what_stays(planned) | {name: getattr(planned, name) for name in ONLY_AFTER_POSTING}
    return hashlib.sha256(repr(sorted(said.items())).encode()).hexdigest()


def seen_with(form, planned: Course | Session) -> str:
    """What the form goes on being opened on: whoever was told of another version has seen it, nobody else."""
    if form.is_bound and CHANGED_MEANWHILE not in form.non_field_errors():
        return form.data.get("seen", "")
    return version_of(planned)


def _refuse_what_was_changed(planned: Course | Session | None, seen: str | None) -> None:
    if planned and seen and seen != version_of(planned):
        raise Refused(CHANGED_MEANWHILE)


def _held(course: Course) -> Course:
    """The course as it stands, until the act is done: no session is planned of it while its kind changes."""
    return Course._base_manager.select_for_update(no_key=True).get(pk=course.pk)


# ── sessions ──────────────────────────────────────────────────────────────────────────────────
@transaction.atomic
def plan_session(values: Mapping, *, by) -> Session:
    """A session of one of the house's courses, with its number."""
    house, course = house_of(by), _held(values["course"])
    if not organises.test(by, course):
        raise PermissionDenied
    words = {name: values[name] for name in WORDS}
    number = _next_number(by.acting.institution or by.acting.office, values["first_day"].year)
    made = Session.objects.create(number=number, name=course.name, created_by=by, **house, **words)
    _give(made, hours=values["hours"], times=values["times"])
    record("plan", made, by=by, data=_as_data(values))
    return made


def _next_number(house: Institution | Office, year: int) -> str:
    key = house_key(house)
    return f"PX-{key}-{year}-{next_in(f'session:{key}:{year}'):04d}"


def house_key(house: Institution | Office) -> str:
    """How a house is called in its numbers: an office by its code, a provider by its own or by its key."""
    if isinstance(house, Office):
        return house.pk
    return house.code or house.pk.hex[:8].upper()


@transaction.atomic
def change_session(session: Session, values: Mapping, *, by, seen: str | None = None) -> Session:
    """Plan it anew; of a posted session only where and by whom. `seen` as in `write_course`. Raises `Refused`."""
    session = _locked(session, by=by)
    _refuse_what_was_changed(session, seen)
    if session.state == Session.State.POSTED:
        names = ONLY_AFTER_POSTING
        if any(values.get(name, held) != held for name, held in _what_stays(session).items()):
            raise Refused(POSTED_STAYS)
    else:
        names = WORDS
        session.name = _held(values["course"]).name
        _give(session, hours=values["hours"], times=values["times"])
    for name in names:
        setattr(session, name, values[name])
    session.save()
    record("change", session, by=by, data=_as_data({name: values[name] for name in names}))
    return session


def _what_stays(session: Session) -> dict:
    """Of a posted session, as `change_session` takes it."""
    words = {name: getattr(session, name) for name in WORDS if name not in ONLY_AFTER_POSTING}
    hours = {each.course_class: each.hours for each in session.hours.all()}
    times = [(each.during.lower, each.during.upper) for each in session.meetings.all()]
    return words | {"hours": hours, "times": times}


def _locked(session: Session, *, by) -> Session:
    """The session held until the act is done: nobody posts it meanwhile. Refuses what is cancelled."""
    session = Session._base_manager.select_for_update(no_key=True).get(pk=session.pk)
    if not organises.test(by, session):
        raise PermissionDenied
    if session.state == Session.State.CANCELLED:
        raise Refused("这一场已经取消，不能再办理。")
    return session


def _give(session: Session, *, hours: Mapping[int | None, Decimal], times: Sequence[tuple]) -> None:
    _give_hours(session, hours)
    _give_meetings(session, times)


def _give_hours(session: Session, hours: Mapping[int | None, Decimal]) -> None:
    """Fewer hours than somebody has are caught at the posting; a class that is gone could not be corrected."""
    held = session.roster.order_by("course_class").values_list("course_class", flat=True).distinct()
    if gone := "、".join(class_label(each) for each in held if each not in hours):
        raise Refused(f"名单里已经有人登记了{gone}学时，不能去掉；请先在名单里去掉这些行。")
    session.hours.all().delete()
    SessionHours.objects.bulk_create(
        SessionHours(session=session, course_class=key, hours=ledger.exact(amount))
        for key, amount in hours.items()
    )


def _give_meetings(session: Session, times: Sequence[tuple]) -> None:
    """Those that stay keep their keys, which rosters name."""
    wanted = {(begins, ends) for begins, ends in times}
    kept = {(each.during.lower, each.during.upper): each for each in session.meetings.all()}
    gone = [meeting.pk for time, meeting in kept.items() if time not in wanted]
    if session.roster.filter(meetings__overlap=gone).exists():
        raise Refused("要去掉的上课时间已经有人登记或者签到，不能再改；请先在名单里改正这些人的到场。")
    session.meetings.filter(pk__in=gone).delete()
    new = sorted(wanted - kept.keys())
    Meeting.objects.bulk_create(Meeting(session=session, during=DateTimeTZRange(*time)) for time in new)


def _as_data(values: Mapping) -> dict:
    """What was said, for the record: values as text."""
    plain = {name: str(value) for name, value in values.items() if name not in ("hours", "times")}
    if "hours" in values:
        plain["hours"] = {str(key): str(amount) for key, amount in values["hours"].items()}
        plain["times"] = [[moment.isoformat() for moment in time] for time in values["times"]]
    return plain


# ── the roster, by number ─────────────────────────────────────────────────────────────────────
def look_up(session: Session, *, kind: str, number: str, by) -> Person | None:
    """Whoever has that number, or None."""
    if not organises.test(by, session):
        raise PermissionDenied
    return identity.look_up(kind, number, by=by, why=f"登记培训名单：{session}")


@transaction.atomic
def enter(session: Session, said: Mapping, *, by) -> list[RosterLine]:
    """Put somebody on the roster. `said`: identity_kind, identity_number, name, hours by class, meetings.

    An empty name means: whoever is known under that number. Raises `Refused`.
    """
    session = _locked(session, by=by)
    person = known(said["identity_kind"], said["identity_number"]) or _newly_met(said)
    if said["name"] and said["name"] != person.name:
        raise Refused("这个证件号码在平台登记的不是这个姓名，请对照证件逐字核对号码和姓名。")
    _refuse_own(person, by=by)
    if session.roster.filter(person=person).exists():
        raise Refused(f"{masked_name(person.name)}已经在名单里，不用再登记；要改学时，请在名单里改。")
    if ledger.standing_in(session, [person.pk]):
        raise Refused(f"{masked_name(person.name)}在本场已经入账；要改学时，请先冲正原记录。")
    lines = [
        RosterLine(
            session=session,
            person=person,
            name=person.name,
            course_class=key,
            hours=ledger.exact(amount),
            meetings=said["meetings"],
            source=Source.NUMBER,
            by=by,
        )
        for key, amount in said["hours"].items()
    ]
    made = RosterLine.objects.bulk_create(lines)
    record("enter-roster", session, by=by, data=_of(made))
    return made


def _newly_met(said: Mapping) -> Person:
    if not said["name"]:
        raise Refused("平台还没有这个证件号码，请填写全名。")
    return met(said["identity_kind"], said["identity_number"], name=said["name"])


def _refuse_own(person: Person, *, by) -> None:
    if by.assignments.filter(person=person).exists():
        raise Refused(OWN_CAUSE)


def _of(lines: Sequence[RosterLine]) -> dict:
    hours = {str(line.course_class): str(line.hours) for line in lines}
    return {"person": str(lines[0].person_id), "hours": hours, "meetings": lines[0].meetings}


@transaction.atomic
def correct_line(line: RosterLine, *, hours: Decimal, meetings: list[int], by) -> RosterLine:
    """Other hours, or other meetings. From then on signing adds nothing; how the line came about stays its source."""
    session = _locked(line.session, by=by)
    line = _line_now(session, line)
    _refuse_own(line.person, by=by)
    line.hours, line.meetings, line.corrected = ledger.exact(hours), meetings, True
    line.save(update_fields=["hours", "meetings", "corrected"])
    record("correct-roster", session, by=by, data=_of([line]))
    return line


@transaction.atomic
def settle_doubt(line: RosterLine, *, by) -> None:
    """Somebody compared name and number with the document: it is the person on record."""
    session = _locked(line.session, by=by)
    line = _line_now(session, line)
    _refuse_own(line.person, by=by)
    if not session.roster.filter(person=line.person, in_doubt=True).update(in_doubt=False):
        raise Refused("这一行没有要核对的姓名，可能已由同事核对。")
    record("settle-roster", session, by=by, data={"person": str(line.person_id), "typed": line.name})


@transaction.atomic
def drop_line(line: RosterLine, *, by) -> None:
    session = _locked(line.session, by=by)
    line = _line_now(session, line)
    _refuse_own(line.person, by=by)
    record("drop-roster", session, by=by, data=_of([line]))
    line.delete()


def _line_now(session: Session, line: RosterLine) -> RosterLine:
    """As it is under the lock; a colleague may have been quicker."""
    found = session.roster.select_related("person").filter(pk=line.pk).first()
    if found is None:
        raise Refused("这一行已经不在名单里了，可能已由同事去掉或者入账。")
    return found


# ── signing in ────────────────────────────────────────────────────────────────────────────────
@transaction.atomic
def sign_in(meeting: Meeting, *, kind: str, number: str, name: str, at: datetime) -> None:
    """Somebody typed name and number at the door. What is known of the number is told to nobody.

    Raises `Refused` where the session takes nobody any more, whoever it is.
    """
    session = _still_taking(meeting)
    typed = {"identity_kind": kind, "identity_number": number, "name": name}
    person = known(kind, number) or _newly_met(typed)
    _sign(session, meeting, person, name=name, in_doubt=person.name != name, at=at, by=None)


@transaction.atomic
def sign_in_person(meeting: Meeting, person: Person, *, at: datetime, by) -> None:
    """The same for somebody who is signed in."""
    _sign(_still_taking(meeting), meeting, person, name=person.name, in_doubt=False, at=at, by=by)


def _still_taking(meeting: Meeting) -> Session:
    """Its session, held. Whoever scanned in time may send what he typed after it was cancelled, changed or posted."""
    session = Session._base_manager.select_for_update(no_key=True).get(pk=meeting.session_id)
    if session.state != Session.State.PLANNED or not session.meetings.filter(pk=meeting.pk).exists():
        raise Refused("这一节不再签到。")
    return session


def _sign(session: Session, meeting: Meeting, person: Person, *, name: str, in_doubt: bool, at, by) -> None:
    """Meetings add up on the person's lines; what the organiser wrote or corrected stays as it is."""
    lines = list(session.roster.filter(person=person))
    written = any(line.source != Source.SIGNED or line.corrected for line in lines)
    signed = {key for line in lines for key in line.meetings}
    if in_doubt:
        _doubt(session, meeting, person, typed=name)
    if written or meeting.pk in signed:
        return
    meetings = sorted({*signed, meeting.pk})
    for course_class, hours in _shares(session, meetings).items():
        RosterLine.objects.update_or_create(
            session=session,
            person=person,
            course_class=course_class,
            defaults={"hours": hours, "meetings": meetings, "in_doubt": in_doubt or _doubted(lines)},
            create_defaults={
                "name": name,
                "hours": hours,
                "meetings": meetings,
                "in_doubt": in_doubt,
                "source": Source.SIGNED,
                "by": by,
                "at": at,
            },
        )
    record("sign-in", session, by=by, data={"person": str(person.pk), "meeting": meeting.pk})


def _doubt(session: Session, meeting: Meeting, person: Person, *, typed: str) -> None:
    """Another name for the same number: whoever signed before may not have been he."""
    signed = session.roster.filter(person=person, source=Source.SIGNED, corrected=False, in_doubt=False)
    if signed.update(in_doubt=True):
        record("sign-in", session, data={"person": str(person.pk), "meeting": meeting.pk, "typed": typed})


def _doubted(lines: Sequence[RosterLine]) -> bool:
    return any(line.in_doubt for line in lines)


def _shares(session: Session, meetings: Sequence[int]) -> dict[int | None, Decimal]:
    """By class, what to propose for whoever was at these meetings."""
    times = {each.pk: (each.during.lower, each.during.upper) for each in session.meetings.all()}
    attended, of = minutes_taught(times[key] for key in meetings), minutes_taught(times.values())
    return {
        each.course_class: hours_for(each.hours, attended=attended, of=of) for each in session.hours.all()
    }
