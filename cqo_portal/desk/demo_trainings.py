"""The trainings of the demonstration: a provider with its commission, sessions held and to come, and a county's own."""

from datetime import date, datetime, time, timedelta
from decimal import Decimal

from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone

from cqo_portal.accounts.models import Assignment, Role, User
from cqo_portal.desk.demo_year import acting
from cqo_portal.parties.models import Office
from cqo_portal.printing.documents import pdf_of
from cqo_portal.reference.files import read
from cqo_portal.workflow.engine import perform
from training import evidence, services
from training.forms.courses import WORDS
from training.models import Commission, Course, Session
from training.workflow import POST

MORNING, AFTERNOON = (time(9), time(12)), (time(14), time(17))


class Trainings:
    """What `fixtures/demo_trainings.json` tells, after the filings of a `desk.demo.Story`."""

    def __init__(self, story) -> None:
        self.story, self.today = story, story.today
        self.told = read("demo_trainings")
        self.courses: dict[str, Course] = {}

    def tell(self) -> None:
        self._commission()
        for said in self.told["courses"]:
            words = {"active": True} | {name: said[name] for name in WORDS if name in said}
            self.courses[said["key"]] = services.write_course(None, words, by=self._by(said["by"]))
        for said in self.told["sessions"]:
            self._session(said)

    def _by(self, username: str) -> User:
        return acting(Assignment.objects.get(user__username=username))

    def _day(self, days: int) -> date:
        return self.today + timedelta(days=days)

    def _commission(self) -> None:
        institution, said = self._by(self.told["provider"]).acting.institution, self.told["commission"]
        institution.code = self.told["code"]
        institution.save()
        city = Office.objects.get(pk=read("demo_year")["city"])
        Commission.objects.create(
            institution=institution,
            office=city,
            document=said["document"],
            first_day=self._day(said["begins"]),
            last_day=self._day(said["ends"]),
            by=self.story.regulator(city),
        )

    def _session(self, said: dict) -> None:
        course, day = self.courses[said["course"]], self._day(said["day"])
        by = self._by(self.told["provider"] if course.institution_id else Role.COUNTY)
        session = services.plan_session(
            {
                "course": course,
                "held": Session.Place.ON_SITE,
                "place": said["place"],
                "trainer": said["trainer"],
                "first_day": day,
                "last_day": day,
                "year": day.year,
                "hours": {None: Decimal(said["hours"])},
                "times": _times(day, [MORNING] if said.get("morning") else [MORNING, AFTERNOON]),
            },
            by=by,
        )
        for enterprise in said["people"]:
            self._came(session, enterprise, by=by)
        if said["posted"]:
            evidence.attach(session, _sheet(session), by=by)
            perform(POST, session, by=by, today=self.today)

    def _came(self, session: Session, enterprise: str, *, by: User) -> None:
        person = self.story.organisations[enterprise].officers.latest("appointed_on").person
        services.enter(
            session,
            {
                "identity_kind": person.identity_kind,
                "identity_number": person.identity_number,
                "name": "",
                "hours": {each.course_class: each.hours for each in session.hours.all()},
                "meetings": [],
            },
            by=by,
        )


def _sheet(session: Session) -> SimpleUploadedFile:
    """The sign-in sheet of a roster, as its organiser would scan it."""
    people = [line.person for line in session.roster.for_list()]
    words = {"session": session, "meetings": session.meetings.all(), "people": people}
    return SimpleUploadedFile(
        f"签到表 {session.number}.pdf", pdf_of("demo_sheet.html", words), "application/pdf"
    )


def _times(day: date, times) -> list[tuple[datetime, datetime]]:
    return [tuple(timezone.make_aware(datetime.combine(day, clock)) for clock in each) for each in times]
