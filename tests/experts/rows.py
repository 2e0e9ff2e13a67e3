"""Experts in a few words: a body, whoever it engaged, and their accounts."""

from cqo_portal.accounts.models import Role, User
from cqo_portal.parties.models import Person
from evaluation.experts import services
from evaluation.experts.models import Expert
from registry.talent import services as talent
from registry.talent.models import PoolEntry
from tests.cast import TODAY, institution, user
from tests.training import rows

FIELDS = ["spc", "machinery"]


def body(name: str = "沧州质量评价中心", *, username: str = "body") -> User:
    return user(username, Role.BODY, institution=institution(name))


def in_pool(people, person: Person, *, officer=None, fields=FIELDS, **changes) -> PoolEntry:
    """Somebody in the pool of Cangzhou, who agreed to it."""
    said = {"entered_on": TODAY, "reason": "愿意承担评审任务。", "consent_name": person.name}
    entry = talent.admit(
        person,
        officer=officer,
        city=people.offices["130900"],
        fields=list(fields),
        by=people.meng,
        today=TODAY,
        **said,
    )
    for name, value in changes.items():
        setattr(entry, name, value)
    entry.save()
    return entry


def engaged(by: User, person: Person | None = None, *, fields=FIELDS, **changes) -> Expert:
    """Engaged directly by the body."""
    person = person or rows.person("陆一鸣")
    said = {"identity_kind": person.identity_kind, "identity_number": person.identity_number, "name": ""}
    said |= {"fields_of": list(fields), "reason": "高校教授。"} | changes
    return services.engage_directly(said, by=by, today=TODAY)


def himself(person: Person, username: str = "yiming") -> User:
    """The expert with an account of his own."""
    return user(username, Role.EXPERT, person=person)
