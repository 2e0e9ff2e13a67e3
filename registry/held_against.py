"""From facts on record to what the rules weigh: whose, as known when, and how far they speak of the person."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from datetime import datetime
from uuid import UUID

from django.db.models import Q

from cqo_portal.jurisdictions.vocabulary import AccidentLevel, Fault
from cqo_portal.parties.models import Person
from registry.incidents.models import Incident
from registry.models import Filing, Officer
from registry.shown import Declared

CLOSED = (Filing.State.FILED, Filing.State.DISCARDED)


def identity_index(filing: Filing, content: Mapping) -> str:
    """Of whom the words speak, as the blind index: as they say, or else of whoever holds the post that changes."""
    officer = content.get("officer") or {}
    kind, number = officer.get("identity_kind"), officer.get("identity_number")
    if kind and number:
        return Person.index_of(kind, number)
    speaks_of_another = filing.kind in (Filing.Kind.APPOINTMENT, Filing.Kind.REPLACEMENT)
    return "" if speaks_of_another else filing.post.person.identity_index


def held_against(filing: Filing, content: Mapping, *, of_the_person: bool) -> tuple[Declared, ...]:
    """What stands against the enterprise and, `of_the_person`, against the officer: as known when it was decided.

    An enterprise that types an identity number must not learn from the verdict what is on a stranger's record:
    only the judgement an office sees takes the person's record in.
    """
    return recorded_against(
        identity_index=identity_index(filing, content) if of_the_person else "",
        organisation=filing.organisation_id,
        at=filing.moved_at if filing.state in CLOSED else None,
    )


def recorded_against(
    *, identity_index: str, organisation, at: datetime | None = None
) -> tuple[Declared, ...]:
    """Facts on record about a person and an enterprise (either may be empty), as known `at` a moment, or now."""
    rows = Incident.objects.against(identity_index=identity_index, organisation=organisation).counting(at)
    return tuple(_as_declared(incident) for incident in rows.order_by("found_on", "id"))


def recorded_against_all(posts: Iterable[Officer]) -> dict[UUID, tuple[Declared, ...]]:
    """{post: what is on record about its person and its enterprise now}, with one question for all of them.

    Posts need `person`.
    """
    people, enterprises = defaultdict(list), defaultdict(list)
    for post in posts:
        people[post.person.identity_index].append(post.pk)
        enterprises[post.organisation_id].append(post.pk)
    about = Q(identity_index__in=people) | Q(organisation__in=enterprises, identity_index="")
    found: dict[UUID, tuple[Declared, ...]] = defaultdict(tuple)
    for incident in Incident.objects.filter(about).counting().order_by("found_on", "id"):
        of_a_person = incident.of_a_person
        for pk in people[incident.identity_index] if of_a_person else enterprises[incident.organisation_id]:
            found[pk] += (_as_declared(incident),)
    return found


def _as_declared(incident: Incident) -> Declared:
    """That an enterprise bore the blame does not yet say that the officer did: his part stays open."""
    borne = incident.responsible
    return Declared(
        fault=Fault(incident.fault),
        found_on=incident.found_on,
        accident_level=AccidentLevel(incident.accident_level) if incident.accident_level else None,
        responsible=borne if incident.of_a_person or borne is False else None,
        document=incident.document,
    )
