"""What is known of experts that a conflict could rest on: as many questions for many experts as for one."""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from datetime import date
from uuid import UUID

from django.db.models import Exists, OuterRef, Q

from cqo_portal.parties.models import Person
from cqo_portal.parties.search import fold
from evaluation import conflicts
from evaluation.conflicts import Employer, Known, Relation, Source, Taught
from evaluation.experts.models import Employment, Interest, Lecture
from evaluation.experts.ties import trainers_in
from registry.models import Officer
from training.models import Entry, Session


def facts_of(people: Iterable[Person], *, candidate: Person, day: date) -> dict[UUID, Known]:
    """{person's key: what is known} on `day`, of each of these people towards the candidate; what ended before is in it.

    A fact stands in it once for each source that knows it. Of panels it says nothing.
    """
    people = list(people)
    keys = [person.pk for person in people]
    employers = _by_person([*_posts(keys, day), *_employments(keys, day)])
    interests = _by_person(_interests(keys, day))
    taught = _by_person(_taught(people, candidate, day))
    return {
        person.pk: Known(
            person_key=str(person.pk),
            name=person.name,
            employers=tuple(employers[person.pk]),
            taught=tuple(taught[person.pk]),
            interests=tuple(interests[person.pk]),
        )
        for person in people
    }


def _by_person(rows: Iterable[tuple[UUID, object]]) -> dict[UUID, list]:
    found = defaultdict(list)
    for person, fact in rows:
        found[person].append(fact)
    return found


def _posts(people: list[UUID], day: date) -> Iterator[tuple[UUID, Employer]]:
    """Posts on the register; those an entry of the talent pool rests on are among them."""
    held = Officer.objects.filter(person__in=people, appointed_on__lte=day).select_related("organisation")
    for post in held.order_by("appointed_on", "id"):
        of = post.organisation
        yield (
            post.person_id,
            Employer(
                code=of.credit_code,
                name=of.name,
                begins=post.appointed_on,
                ends=post.ended_on,
                source=Source.REGISTER,
            ),
        )


def _employments(people: list[UUID], day: date) -> Iterator[tuple[UUID, Employer]]:
    held = Employment.objects.holding().filter(person__in=people, begins__lte=day)
    for row in held.order_by("begins", "id"):
        yield (
            row.person_id,
            Employer(code=row.code, name=row.name, begins=row.begins, ends=row.ends, source=_source(row)),
        )


def _interests(people: list[UUID], day: date) -> Iterator[tuple[UUID, conflicts.Interest]]:
    begun = Q(begins=None) | Q(begins__lte=day)
    for row in Interest.objects.holding().filter(begun, person__in=people).order_by("id"):
        yield (
            row.person_id,
            conflicts.Interest(
                kind=Relation(row.kind),
                source=_source(row),
                person_name=row.name,
                organisation_code=row.code,
                organisation_name=row.organisation,
                begins=row.begins,
                ends=row.ends,
            ),
        )


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
        named = {fold(part) for part in trainers_in(session.trainer)}
        for person in people:
            source = said.get((session.pk, person.pk))
            if source is None and fold(person.name) in named:
                source = Source.BY_NAME
            if source:
                yield (
                    person.pk,
                    Taught(
                        candidate_key=str(candidate.pk),
                        session=session.number,
                        what=session.name,
                        on=session.last_day,
                        by=str(session.organiser),
                        source=source,
                    ),
                )


def _source(row) -> Source:
    return Source.BODY if row.institution_id else Source.DECLARED
