"""The experts of the demonstration: people out of the pool and others, engaged by the demonstration's body."""

from datetime import date

from cqo_portal.accounts.models import Assignment, Role, User
from cqo_portal.desk.demo_year import acting
from cqo_portal.parties.models import Office, Person
from cqo_portal.parties.people import met
from cqo_portal.reference.files import read
from evaluation.experts import services
from evaluation.experts.models import Employment
from registry.talent import services as talent
from registry.talent.models import PoolEntry


class Experts:
    """What `fixtures/demo_experts.json` tells, after the filings of a `desk.demo.Story`."""

    def __init__(self, story) -> None:
        self.story, self.today = story, story.today
        self.body = acting(Assignment.objects.get(role=Role.BODY, user__username="body"))
        self.city = story.regulator(Office.objects.get(pk=read("demo_year")["city"]))

    def tell(self) -> None:
        for said in read("demo_experts")["experts"]:
            user = User.objects.get(username=said["account"])
            person = met("resident", said["identity_number"], name=user.full_name)
            self._engage(person, said)
            role = Assignment.objects.create(user=user, role=Role.EXPERT, person=person)
            self._speaks(acting(role), said)

    def _engage(self, person: Person, said: dict) -> None:
        if said.get("pool"):
            entry = self._into_the_pool(person, said["fields"])
            services.engage_from_pool(entry, fields=said["fields"], by=self.body, today=self.today)
            return
        words = {"identity_kind": "resident", "identity_number": said["identity_number"], "name": person.name}
        words |= {"fields_of": said["fields"], "reason": said["reason"]}
        services.engage_directly(words, by=self.body, today=self.today)

    def _into_the_pool(self, person: Person, fields: list[str]) -> PoolEntry:
        return talent.admit(
            person,
            officer=None,
            city=self.city.acting.office,
            fields=fields,
            entered_on=self.today,
            reason="愿意承担评审任务。",
            consent_name=person.name,
            by=self.city,
            today=self.today,
        )

    def _speaks(self, expert: User, said: dict) -> None:
        """What he declares, an employment at an enterprise of the demonstration by its code."""
        for row in said["employments"]:
            begins, ends = (row[key] and date.fromisoformat(row[key]) for key in ("begins", "ends"))
            if firm := self.story.organisations.get(row.get("enterprise")):
                row = row | {"name": firm.name, "code": firm.credit_code}
            words = {"name": row["name"], "code": row["code"], "note": row["note"]}
            services.declare(
                Employment(person=expert.acting.person, begins=begins, ends=ends, **words), by=expert
            )
        if said["confirms"]:
            services.confirm(by=expert, today=self.today)
