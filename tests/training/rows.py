"""Trainings in a few words: an institution, its commission, a session, people who came."""

from datetime import date, datetime, timedelta
from decimal import Decimal
from itertools import count
from zoneinfo import ZoneInfo

from django.db.backends.postgresql.psycopg_any import DateTimeTZRange

from cqo_portal.accounts.models import Role, User
from cqo_portal.parties.models import Institution, Office, Person
from cqo_portal.workflow.engine import perform
from tests.cast import TODAY, institution, user
from training.models import Commission, Course, Meeting, RosterLine, Session, SessionHours, Source
from training.workflow import POST

HERE = ZoneInfo("Asia/Shanghai")
_numbers = count(1)


def person(name: str = "王雪松") -> Person:
    """Somebody with a valid number of his own."""
    return Person.objects.create(
        name=name, identity_kind="resident", identity_number=identity(next(_numbers))
    )


def identity(serial: int) -> str:
    """A valid resident's number, invented: in a place that there is, a thousand born on each day from 1980-01-01 on."""
    day, place = divmod(serial, 1000)
    body = f"130981{date(1980, 1, 1) + timedelta(days=day):%Y%m%d}{place:03d}"
    weights = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
    total = sum(int(digit) * weight for digit, weight in zip(body, weights, strict=True))
    return body + "10X98765432"[total % 11]


def provider(name: str = "沧州质量培训学校", *, username: str = "tan") -> User:
    return user(username, Role.PROVIDER, institution=institution(name))


def commission(held_by: Institution, office: Office, *, by: User, **said) -> Commission:
    words = {"document": "沧市监质〔2026〕1号", "first_day": date(2026, 1, 1), "last_day": date(2028, 12, 31)}
    document = (words | said).pop("document")
    known_by = {"institution": held_by, "office": office, "document": document}
    return Commission.objects.get_or_create(**known_by, defaults=words | said | {"by": by})[0]


def course(by: User, *, name: str = "首席质量官任职培训", kind: str = "initial") -> Course:
    house = {"institution": by.acting.institution, "office": by.acting.office}
    found = Course.objects.filter(name=name, **house).first()
    return found or Course.objects.create(name=name, kind=kind, created_by=by, **house)


def session(
    by: User,
    *,
    hours: dict[int | None, str] | None = None,
    times: tuple[tuple[datetime, datetime], ...] = (),
    day: date = date(2026, 10, 17),
    first_day: date | None = None,
    name: str = "首席质量官任职培训",
    **said,
) -> Session:
    """A session of one day; `times` makes it one with meetings, as pairs of local moments."""
    of = course(by, name=name)
    words = {
        "number": f"PX-{next(_numbers):04d}",
        "held": Session.Place.ON_SITE if times else Session.Place.OWN_PACE,
        "place": "沧州市质量大厦三楼",
        "trainer": "周明远",
        "year": day.year,
    }
    made = Session.objects.create(
        course=of,
        name=of.name,
        institution=of.institution,
        office=of.office,
        first_day=first_day or day,
        last_day=day,
        created_by=by,
        **words | said,
    )
    for course_class, amount in (hours or {None: "6"}).items():
        SessionHours.objects.create(session=made, course_class=course_class, hours=Decimal(amount))
    for begins, ends in times:
        Meeting.objects.create(session=made, during=DateTimeTZRange(begins, ends))
    return made


def at(day: date, hour: int, minute: int = 0) -> datetime:
    return datetime(day.year, day.month, day.day, hour, minute, tzinfo=HERE)


def came(
    to: Session, who: Person, hours: str | None = None, *, course_class: int | None = None, **said
) -> RosterLine:
    given = to.hours.get(course_class=course_class).hours
    return RosterLine.objects.create(
        session=to,
        person=who,
        name=who.name,
        course_class=course_class,
        hours=Decimal(hours) if hours else given,
        source=Source.NUMBER,
        **said,
    )


def posted(to: Session, *, by: User, today: date = TODAY) -> Session:
    return perform(POST, to, by=by, today=today)
