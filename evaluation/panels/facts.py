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
from evaluation.conflicts import Kind, Known
from evaluation.experts.facts import facts_of
from evaluation.models import Application, Coincidence, Conflict, Evaluation, Panellist
from evaluation.workflow.evaluation import rule_of
from registry.models import Submission

Found = dict[UUID, tuple[conflicts.Conflict, ...]]


def detected(evaluation: Evaluation, people: Iterable[Person], *, day: date) -> Found:
    """{person's key: conflicts}, for everybody asked about; nothing found is an empty tuple.

    What rests on a name alone is left out where the body found in writing that it is about somebody else.
    """
    people = {person.pk: person for person in people}
    application, candidate = evaluation.application, evaluation.application.person
    known = facts_of([*people.values(), candidate], candidate=candidate, day=day)
    judged, sat = _judged(evaluation, people), _sat_together(evaluation, people)
    beyond = _beyond_the_rule(evaluation, people)
    whom, others = _candidate(application, known[candidate.pk]), _coincidences(evaluation, people)
    found = {}
    for key in people:
        expert = replace(known[key], judged=tuple(judged[key]), sat_with=tuple(sat[key]))
        against = conflicts.conflicts(expert, whom, on=day, rule=rule_of(evaluation))
        standing = (each for each in against if not (each.by_name and (key, each.fingerprint) in others))
        found[key] = (*standing, *beyond[key])
    return found


def words_of(found: Iterable[conflicts.Conflict]) -> str:
    return "".join(each.sentence for each in found)


# ── the candidate ─────────────────────────────────────────────────────────────────────────────
def _candidate(application: Application, known: Known) -> conflicts.Candidate:
    """Who recommends is the employer now; the others are known from the register and from the filings."""
    recommends = application.organisation
    own = conflicts.Employer(
        code=recommends.credit_code, name=recommends.name, begins=application.officer.appointed_on
    )
    stays = [own, *known.employers, *_worked_before(application.person_id)]
    return conflicts.Candidate(
        person_key=known.person_key, name=application.name, employers=tuple(_once_each(stays))
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
            source=None,
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


# ── earlier panels ────────────────────────────────────────────────────────────────────────────
def _elsewhere(evaluation: Evaluation, people: Mapping) -> QuerySet:
    return Panellist.objects.filter(person__in=people).exclude(evaluation=evaluation)


def _judged(evaluation: Evaluation, people: Mapping) -> dict[UUID, list[conflicts.Judged]]:
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
        found[seat.person_id].append(
            conflicts.Judged(candidate_key=str(application.person_id), number=seat.evaluation.number)
        )
    return found


def _sat_together(evaluation: Evaluation, people: Mapping) -> dict[UUID, list[conflicts.SatWith]]:
    candidate = evaluation.application.person_id
    found = defaultdict(list)
    seats = _elsewhere(evaluation, people).filter(
        state="serving", evaluation__panellists__person=candidate, evaluation__panellists__state="serving"
    )
    for seat in seats.exclude(person=candidate).select_related("evaluation").order_by("evaluation__number"):
        found[seat.person_id].append(
            conflicts.SatWith(person_key=str(candidate), number=seat.evaluation.number)
        )
    return found


# ── what else stands against it ───────────────────────────────────────────────────────────────
def _beyond_the_rule(evaluation: Evaluation, people: Mapping) -> dict[UUID, list[conflicts.Conflict]]:
    """A recusal in an earlier panel over the same officer, and a role at the enterprise held here, now or once."""
    application, cites = evaluation.application, conflicts.cites(rule_of(evaluation))
    found = defaultdict(list)
    recorded = Conflict.objects.filter(
        panellist__person__in=people, panellist__evaluation__application__person=application.person_id
    ).exclude(panellist__evaluation=evaluation)
    for row in recorded.select_related("panellist__evaluation"):
        said = f"在 {row.panellist.evaluation.number} 中已因“{row.said.rstrip('。')}”回避。"
        found[row.panellist.person_id].append(conflicts.Conflict(Kind.DECLARED, said, cites=cites))
    for person, acts in _clerks(application, people).items():
        kind = Kind.SAME_ORGANISATION if acts else Kind.EARLIER_ORGANISATION
        said = f"{'' if acts else '曾'}在本平台以{application.organisation.name}经办人的身份办事。"
        found[person].append(conflicts.Conflict(kind, said, cites=cites))
    return found


def _clerks(application: Application, people: Mapping) -> dict[UUID, bool]:
    """Which of these people have had a role at the enterprise, in the same account; and whether they act in it still."""
    held = Assignment.objects.filter(
        role=Role.ENTERPRISE,
        organisation=application.organisation_id,
        user__assignments__role=Role.EXPERT,
        user__assignments__person__in=people,
    )
    return dict(held.order_by("active").values_list("user__assignments__person", "active"))


def _coincidences(evaluation: Evaluation, people: Mapping) -> set[tuple[UUID, str]]:
    """What the body found to be about others of the same name."""
    said = Coincidence.objects.filter(evaluation=evaluation, person__in=people)
    return set(said.values_list("person", "fingerprint"))
