"""A certificate in a few words: a session posted by a provider with a code, and issued to who came."""

from cqo_portal.accounts.models import User
from cqo_portal.parties.models import Person
from tests.cast import TODAY
from tests.training import rows
from training import completions
from training.models import Completion, Session


def with_code(provider: User, code: str = "CZPX") -> User:
    provider.acting.institution.code = code
    provider.acting.institution.save()
    return provider


def held(provider: User, *people: Person, **said) -> Session:
    """A session these people came to, posted."""
    session = rows.session(provider, **said)
    for person in people:
        for each in session.hours.all():
            rows.came(session, person, course_class=each.course_class)
    return rows.posted(session, by=provider)


def issued(session: Session, *people: Person, by: User) -> list[Completion]:
    return completions.issue(session, [person.pk for person in people], by=by, today=TODAY)
