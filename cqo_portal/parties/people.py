"""Natural persons by the number of their document: whoever is known, and whoever is met for the first time."""

from django.db import IntegrityError, transaction

from cqo_portal.parties.identifiers import facts_of_identity
from cqo_portal.parties.models import Person


def known(kind: str, number: str) -> Person | None:
    return Person.objects.filter(identity_index=Person.index_of(kind, number)).first()


def met(kind: str, number: str, *, name: str) -> Person:
    """Somebody the platform did not know; or, where another form was quicker, whom it knows by now."""
    person = Person(name=name, identity_kind=kind, identity_number=number)
    if facts := facts_of_identity(kind, number):
        person.born_on, person.sex = facts
    try:
        with transaction.atomic():
            person.save()
    except IntegrityError:
        return Person.objects.get(identity_index=Person.index_of(kind, number))
    return person
