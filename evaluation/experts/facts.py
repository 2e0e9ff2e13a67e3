"""What is known of experts that a conflict could rest on: as many questions for many experts as for one."""

from collections.abc import Iterable, Iterator
from datetime import date
from uuid import UUID

from django.db.models import Exists, OuterRef, Q

from cqo_portal.parties.models import Person
from cqo_portal.parties.search import fold
from evaluation.experts.models import Employment, Interest, Lecture
from evaluation.experts.ties import Employer, Facts, Source, Taught, Tie, by_person, names_whom
from registry.models import Officer
from training.models import Entry, Session


def facts_of(people: Iterable[Person], *, candidate: Person, day: date) -> dict[UUID, Facts]:
    """{person's key: facts} on `day`, of each of these people towards the candidate. What ended before is in it.

    A fact stands in it once for each source that knows it.
    """
    people = list(people)
    keys = [person.pk for person in people]
    employers = by_person(keys, [*_posts(keys, day), *_employments(keys, day)])
    ties = by_person(keys, _ties(keys, day))
    taught = by_person(keys, _taught(people, candidate, day))
    return {key: Facts(key, employers[key], taught[key], ties[key]) for key in keys}


def _posts(people: list[UUID], day: date) -> Iterator[tuple[UUID, Employer]]:
    """Posts on the register; those an entry of the talent pool rests on are among them."""
    held = Officer.objects.filter(person__in=people, appointed_on__lte=day).select_related("organisation")
    for post in held.order_by("appointed_on", "id"):
        of = post.organisation
        yield (
            post.person_id,
            Employer(of.credit_code, of.name, post.appointed_on, post.ended_on, Source.REGISTER),
        )


def _employments(people: list[UUID], day: date) -> Iterator[tuple[UUID, Employer]]:
    held = Employment.objects.holding().filter(person__in=people, begins__lte=day)
    for row in held.order_by("begins", "id"):
        yield row.person_id, Employer(row.code, row.name, row.begins, row.ends, _source(row))


def _ties(people: list[UUID], day: date) -> Iterator[tuple[UUID, Tie]]:
    begun = Q(begins=None) | Q(begins__lte=day)
    for row in Interest.objects.holding().filter(begun, person__in=people).order_by("id"):
        tie = Tie(row.kind, row.name, row.organisation, row.code, row.begins, row.ends, _source(row))
        yield row.person_id, tie


def _taught(people: list[Person], candidate: Person, day: date) -> Iterator[tuple[UUID, Taught]]:
    """Sessions the candidate has hours of. Whoever said that he taught is named once, by what was said."""
    learned = Entry.objects.standing().filter(session=OuterRef("pk"), person=candidate)
    held = Session.objects.filter(Exists(learned), first_day__lte=day).order_by("last_day", "number")
    sessions = list(held.select_related("institution", "office").defer("search", "haystack"))
    said = {
        (row.session_id, row.person_id): _source(row)
        for row in Lecture.objects.holding().filter(session__in=sessions, person__in=people)
    }
    for session in sessions:
        for person in people:
            source = said.get((session.pk, person.pk))
            if source is None and names_whom(session.trainer, person.name, fold=fold):
                source = Source.BY_NAME
            if source:
                words = (session.number, session.name, str(session.organiser), session.last_day)
                yield person.pk, Taught(candidate.pk, *words, source)


def _source(row) -> Source:
    return Source.BODY if row.institution_id else Source.DECLARED
