"""What the record says against experts judging a candidate: as many questions for a hundred of them as for one."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from datetime import date
from uuid import UUID

from django.db.models import QuerySet

from cqo_portal.accounts.models import Assignment, Role
from cqo_portal.parties.models import Person
from cqo_portal.parties.search import fold
from evaluation import conflicts
from evaluation.conflicts import Kind, Relation, Source
from evaluation.experts.facts import facts_of
from evaluation.experts.ties import Employer, Facts, Taught, Tie
from evaluation.models import Application, Conflict, Evaluation, Panellist
from evaluation.workflow.evaluation import rule_of
from registry.models import Submission

RELATIONS = {
    "kinship": Relation.KINSHIP,
    "supervisor": Relation.SUPERVISION,
    "business": Relation.BUSINESS,
    "other": Relation.OTHER,
}
Found = dict[UUID, tuple[conflicts.Conflict, ...]]


def detected(evaluation: Evaluation, people: Iterable[Person], *, day: date) -> Found:
    """{person's key: conflicts}, for everybody asked about; nothing found is an empty tuple."""
    people = {person.pk: person for person in people}
    application, candidate = evaluation.application, evaluation.application.person
    known = facts_of([*people.values(), candidate], candidate=candidate, day=day)
    judged, sat = _judged(evaluation, people), _sat_together(evaluation, people)
    beyond = _beyond_the_rule(evaluation, people)
    whom = _candidate(application, known[candidate.pk])
    return {
        key: (
            *conflicts.conflicts(
                _expert(person, known[key], judged[key], sat[key]), whom, on=day, rule=rule_of(evaluation)
            ),
            *beyond[key],
        )
        for key, person in people.items()
    }


def words_of(found: Iterable[conflicts.Conflict]) -> str:
    return "".join(each.sentence for each in found)


# ── into the values the rule knows ────────────────────────────────────────────────────────────
def _expert(person: Person, facts: Facts, judged: list[str], sat: list[tuple[UUID, str]]) -> conflicts.Known:
    return conflicts.Known(
        person_key=str(person.pk),
        name=person.name,
        employers=tuple(map(_employer, facts.employers)),
        taught=tuple(map(_taught, facts.taught)),
        interests=tuple(map(_interest, facts.ties)),
        judged=tuple(conflicts.Judged(candidate_key=key, number=number) for key, number in judged),
        sat_with=tuple(conflicts.SatWith(person_key=key, number=number) for key, number in sat),
    )


def _candidate(application: Application, facts: Facts) -> conflicts.Candidate:
    """Who recommends is the employer now; the others are known from the register and from the filings."""
    recommends = application.organisation
    own = conflicts.Employer(
        code=recommends.credit_code, name=recommends.name, begins=application.officer.appointed_on
    )
    known = [own, *map(_employer, facts.employers), *_worked_before(application.person_id)]
    return conflicts.Candidate(
        person_key=str(application.person_id), name=application.name, employers=tuple(_once_each(known))
    )


def _once_each(employers: Iterable[conflicts.Employer]) -> Iterator[conflicts.Employer]:
    """The stays with an organisation as one, from the first day to the last: a post and the experience filed with it
    are two sources of one stay. By name, as experience has no code.
    """
    stays = defaultdict(list)
    for each in employers:
        stays[fold(each.name)].append(each)
    for held in sorted(stays.values(), key=lambda held: min(each.begins for each in held)):
        ends = [each.ends for each in held]
        yield replace(
            held[0],
            code=next((each.code for each in held if each.code), ""),
            begins=min(each.begins for each in held),
            ends=None if None in ends else max(ends),
        )


def _worked_before(person: UUID) -> Iterator[conflicts.Employer]:
    """The experience that was filed with the appointments, in the words that were accepted."""
    said = Submission.objects.filter(filing__officer__person=person).order_by("filing", "-round")
    for submission in said.distinct("filing"):
        for row in submission.content.get("experience", []):
            yield conflicts.Employer(
                code="",
                name=row["employer"],
                begins=date.fromisoformat(row["begins"]),
                ends=date.fromisoformat(row["ends"]) if row["ends"] else None,
            )


def _employer(row: Employer) -> conflicts.Employer:
    return conflicts.Employer(code=row.code, name=row.name, begins=row.begins, ends=row.ends)


def _taught(row: Taught) -> conflicts.Taught:
    return conflicts.Taught(candidate_key=str(row.candidate), what=row.session, on=row.on, by=str(row.source))


def _interest(row: Tie) -> conflicts.Interest:
    return conflicts.Interest(
        kind=RELATIONS[row.kind],
        person_name=row.name,
        organisation_code=row.code,
        organisation_name=row.organisation,
        begins=row.begins,
        ends=row.ends,
    )


# ── earlier panels ────────────────────────────────────────────────────────────────────────────
def _elsewhere(evaluation: Evaluation, people: Mapping) -> QuerySet:
    return Panellist.objects.filter(person__in=people).exclude(evaluation=evaluation)


def _judged(evaluation: Evaluation, people: Mapping) -> dict[UUID, list[tuple[str, str]]]:
    """Who has scored this officer; and of an earlier run of the same application everybody who was let into the file."""
    application = evaluation.application
    seats = _elsewhere(evaluation, people).filter(
        evaluation__application__person=application.person_id, statement__isnull=False
    )
    scored = _elsewhere(evaluation, people).filter(
        evaluation__application__person=application.person_id, sheet__isnull=False
    )
    found = defaultdict(list)
    for seat in (seats | scored).select_related("evaluation").order_by("evaluation__number").distinct():
        found[seat.person_id].append((str(application.person_id), seat.evaluation.number))
    return found


def _sat_together(evaluation: Evaluation, people: Mapping) -> dict[UUID, list[tuple[str, str]]]:
    candidate = evaluation.application.person_id
    found = defaultdict(list)
    seats = _elsewhere(evaluation, people).filter(
        state="serving", evaluation__panellists__person=candidate, evaluation__panellists__state="serving"
    )
    for seat in seats.exclude(person=candidate).select_related("evaluation").order_by("evaluation__number"):
        found[seat.person_id].append((str(candidate), seat.evaluation.number))
    return found


# ── what else stands against it ───────────────────────────────────────────────────────────────
def _beyond_the_rule(evaluation: Evaluation, people: Mapping) -> dict[UUID, list[conflicts.Conflict]]:
    """A recusal in an earlier panel over the same officer, and a role at the enterprise held here."""
    application, cites = evaluation.application, f"{rule_of(evaluation).cites} 公正性要求"
    found = defaultdict(list)
    recorded = Conflict.objects.filter(
        panellist__person__in=people, panellist__evaluation__application__person=application.person_id
    ).exclude(panellist__evaluation=evaluation)
    for row in recorded.select_related("panellist__evaluation"):
        said = f"在 {row.panellist.evaluation.number} 中已因“{row.said.rstrip('。')}”回避。"
        found[row.panellist.person_id].append(conflicts.Conflict(Kind.DECLARED, said, Source.DETECTED, cites))
    acting = Assignment.objects.filter(
        active=True, role=Role.ENTERPRISE, organisation=application.organisation_id
    )
    held = Assignment.objects.filter(role=Role.EXPERT, person__in=people, user__assignments__in=acting)
    said = f"在本平台以{application.organisation.name}经办人的身份办事。"
    for person in held.values_list("person", flat=True).distinct():
        found[person].append(conflicts.Conflict(Kind.SAME_ORGANISATION, said, Source.DETECTED, cites))
    return found
