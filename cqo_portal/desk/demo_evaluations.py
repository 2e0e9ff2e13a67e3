"""The evaluations of the demonstration: a body on record, and another that asks to be."""

from datetime import date, timedelta

from django.core.files.uploadedfile import SimpleUploadedFile

from cqo_portal.accounts.models import Assignment, Role, User
from cqo_portal.desk.demo_year import acting
from cqo_portal.offices.switching import switch
from cqo_portal.parties.models import Institution, Office
from cqo_portal.printing.documents import pdf_of
from cqo_portal.reference.files import read
from cqo_portal.workflow.engine import perform
from evaluation.bodies import services
from evaluation.bodies.models import BodyPaper, BodyRecord
from evaluation.bodies.workflow import MUST_BE_THERE, SUBMIT

WORDS = ("jurisdiction", "credit_code", "rules_title", "resources", "authority", "authority_contact")


class Evaluations:
    """What `fixtures/demo_evaluations.json` tells, after the trainings of a `desk.demo.Story`."""

    def __init__(self, story) -> None:
        self.story, self.today = story, story.today
        self.told = read("demo_evaluations")

    def tell(self) -> None:
        admin = acting(Assignment.objects.get(user__username=Role.ADMIN))
        for said in self.told["opens"]:
            office = Office.objects.get(pk=said["office"])
            switch(office, on=True, reason=said["reason"], by=admin, today=self.today)
        for said in self.told["bodies"]:
            self._body(said)

    def _day(self, days: int) -> date:
        return self.today + timedelta(days=days)

    def _body(self, said: dict) -> None:
        by, office = self._staff(said), Office.objects.get(pk=said["office"])
        words = {name: said[name] for name in WORDS}
        record = services.draft({"office": office} | words, by=by)
        for kind in MUST_BE_THERE:
            services.attach(record, self._paper(record, kind), kind=kind, by=by)
        record = perform(SUBMIT, record, by=by, today=self.today)
        if said["until"] == "in_force":
            self._file(record, said)
            services.set_clocks(record.institution, said["clocks"], by=by)

    def _file(self, record: BodyRecord, said: dict) -> None:
        days = {"first_day": self._day(said["begins"]), "last_day": self._day(said["ends"])}
        clerk = self.story.regulator(record.office)
        services.file_it(record, {"document": said["document"]} | days, by=clerk, today=self.today)

    def _staff(self, said: dict) -> User:
        """Somebody of the body; where the accounts have none, the demo makes one."""
        held = Assignment.objects.filter(user__username=said["by"]).first()
        if held is None:
            user = self.story.account(said["by"], said["full_name"])
            institution = Institution.objects.create(name=said["name"])
            held = Assignment.objects.create(user=user, role=Role.BODY, institution=institution)
        return acting(held)

    def _paper(self, record: BodyRecord, kind: BodyPaper.Kind) -> SimpleUploadedFile:
        sheet = pdf_of("demo_body.html", {"record": record, "kind": kind, "today": self.today})
        return SimpleUploadedFile(f"{kind.label}.pdf", sheet, "application/pdf")
