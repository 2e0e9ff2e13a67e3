"""A body with engaged experts, each with an account and an address, and a case that waits for its panel."""

import re
from dataclasses import dataclass
from datetime import date

from django.core import mail

from cqo_portal.accounts.models import Assignment, Role, User
from cqo_portal.parties.models import Person
from cqo_portal.workflow.engine import perform
from evaluation.experts.models import Expert
from evaluation.models import Application, Evaluation, Panellist
from evaluation.panels import codes, services, statement
from evaluation.panels.workflow import BUTTONS
from tests.cast import user
from tests.evaluation import rows
from tests.evaluation.rows import TODAY, panel
from tests.talent.rows import post
from tests.training.rows import identity

NAMES = ("安一鸣", "白若兰", "陈守仁", "邓可欣", "方振华", "高明远", "韩雪")


@dataclass(frozen=True)
class Case:
    """A case in CONVENING; `staff` acts for the body, `experts` are engaged there, `users` are theirs."""

    evaluation: Evaluation
    staff: User
    experts: tuple[Expert, ...]
    users: tuple[User, ...]

    def seat(self, number: int) -> Panellist:
        return Panellist.objects.get(evaluation=self.evaluation, person=self.experts[number].person)

    def now(self) -> Evaluation:
        return Evaluation.objects.get(pk=self.evaluation.pk)


def case(people, *, experts: int = 4, **more) -> Case:
    made = panel(people, state="convening", size=0, **more)
    engaged = tuple(engage(made.staff, number) for number in range(experts))
    users = tuple(account(expert.person, f"engaged-{n}") for n, expert in enumerate(engaged))
    return Case(made.evaluation, made.staff, engaged, users)


def engage(staff: User, number: int, *, fields=("spc",), name: str = "") -> Expert:
    person = rows.person(name or NAMES[number], identity(900 + number))
    there = Expert.objects.filter(person=person, institution=staff.acting.institution).engaged().first()
    return there or Expert.objects.create(
        name=person.name,
        person=person,
        institution=staff.acting.institution,
        fields=list(fields),
        reason="高校教授。",
        engaged_on=date(2026, 1, 5),
        created_by=staff,
    )


def account(person: Person, username: str, *, email: str = "") -> User:
    held = Assignment.objects.filter(person=person, role=Role.EXPERT).select_related("user").first()
    made = held.user.acting_as(held) if held else user(username, Role.EXPERT, person=person)
    made.email = email or f"{username}@example.com"
    made.save(update_fields=["email"])
    return made


def named(made: Case, count: int = 3, *, leader: int = 0) -> Case:
    """The first `count` experts named, one of them leads."""
    for number in range(count):
        services.propose(
            made.evaluation, made.experts[number], leads=number == leader, by=made.staff, today=TODAY
        )
    return made


def invited(made: Case, count: int = 3, **more) -> Case:
    named(made, count, **more)
    services.invite(made.evaluation, by=made.staff, today=TODAY)
    return made


def declared(made: Case, number: int) -> Panellist:
    """The expert signs the statement with the code of the letter."""
    codes.send(made.seat(number), by=made.users[number])
    code = code_in(mail.outbox[-1].body)
    return services.declare(
        made.seat(number),
        name=made.experts[number].name,
        code=code,
        version=statement.VERSION,
        by=made.users[number],
        today=TODAY,
    )


def code_in(letter: str) -> str:
    return re.search(r"(?m)^(\d{6})$", letter)[1]


def serving(made: Case, count: int = 3, **more) -> Case:
    invited(made, count, **more)
    for number in range(count):
        declared(made, number)
    return made


def begun(made: Case, count: int = 3) -> Case:
    serving(made, count)
    perform(BUTTONS["begin"], made.evaluation, by=made.staff, today=TODAY)
    return made


def another(people, made: Case) -> Evaluation:
    """A case of another officer, of another enterprise, at the same body."""
    firm = people.dan.acting.organisation
    officer = post(firm, name="丁鹏", number="11010119900307100X")
    application = Application.objects.create(
        name=officer.name,
        officer=officer,
        person=officer.person,
        organisation=firm,
        created_by=people.dan,
        number="PJ-2026-0900",
        rule_edition=rows.EDITION,
        submitted_on=TODAY,
        round=1,
        body=made.evaluation.body,
    )
    rows.moved(application, "submitted", "accepted")
    return Evaluation.objects.create(
        application=application,
        submission=rows.submitted(application, by=people.dan),
        number=application.number,
        body=made.evaluation.body,
        rule_edition=rows.EDITION,
        created_by=made.staff,
    )
