"""What waits at a county: which filings could go up now, and why the others cannot. A fixed number of queries.

The guards of SEND_UP are asked here of all filings at once; of the few with facts on record, or whose person serves
elsewhere too, the guard itself is asked. A guard that has no such form yet is asked one by one;
and `perform` asks every guard again when the batch is sent.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from django.db.models import F, Q

from cqo_portal.accounts.models import Assignment
from registry.incidents.models import Incident
from registry.models import Determination, Filing, Officer, ReturnItem, Submission
from registry.same_person import UNDER_WAY
from registry.workflow import SEND_UP, nothing_is_pinned, the_open_is_decided, the_same_person_is_settled

MOST = 200  # in one batch: one act locks them all, and somebody reads the list
OPEN_VERDICTS = ("unmet", "unknown")

Objections = Mapping[UUID, str]


@dataclass(frozen=True)
class Waiting:
    """A filing at the county, and a sentence why it cannot go up now (empty: it can)."""

    filing: Filing
    objection: str

    @property
    def ready(self) -> bool:
        return not self.objection

    @property
    def token(self) -> str:
        """What the browser sends back: which filing, and in which round it was looked at."""
        return f"{self.filing.pk}:{self.filing.round}"


def waiting_at(user, *, today: date, notice=None, voluntary: bool = False) -> list[Waiting]:
    """The oldest filings that await this county: all, those under a notice, or those under none."""
    found = Filing.objects.awaiting(user).for_list().select_related("notice")
    if notice is not None:
        found = found.filter(notice=notice)
    elif voluntary:
        found = found.filter(notice=None)
    return examined(list(found[:MOST]), user=user, today=today)


def examined(filings: Sequence[Filing], *, user, today: date) -> list[Waiting]:
    said: dict[UUID, list[str]] = {filing.pk: [] for filing in filings}
    for objections in (
        _own_part(filings, user),
        *(_asked(guard, filings, today) for guard in SEND_UP.guards),
    ):
        for pk, sentence in objections.items():
            said[pk].append(sentence)
    return [Waiting(filing, " ".join(said[filing.pk])) for filing in filings]


def _asked(guard: Callable, filings: Sequence[Filing], today: date) -> Objections:
    of_all = {
        nothing_is_pinned: _pinned,
        the_open_is_decided: _undecided,
        the_same_person_is_settled: _unsettled,
    }.get(guard)
    return of_all(filings, today) if of_all else _one_by_one(guard, filings, today)


def _one_by_one(guard: Callable, filings: Sequence[Filing], today: date) -> Objections:
    answers = ((filing.pk, guard(filing, today)) for filing in filings)
    return {pk: reason for pk, reason in answers if reason}


def _pinned(filings: Sequence[Filing], today: date) -> Objections:
    unsent = ReturnItem.objects.filter(filing__in=filings, sent_at=None, round=F("filing__round"))
    held = set(unsent.values_list("filing", flat=True))
    return dict.fromkeys(held, "有没发出的补正项，须先退回企业或者删去。")


def _undecided(filings: Sequence[Filing], today: date) -> Objections:
    """By the judgement kept with the last round; where facts were recorded the guard itself is asked, as they weigh at once."""
    live = _with_facts(filings)
    kept = [filing for filing in filings if filing not in live]
    return {**_as_judged_then(kept), **_one_by_one(the_open_is_decided, live, today)}


def _with_facts(filings: Sequence[Filing]) -> list[Filing]:
    """The few whose person or enterprise something was ever said against, corrected and withdrawn words as well.

    What stands against the person never weighs in the judgement kept: it was the enterprise that handed in.
    """
    people = {filing.identity_index for filing in filings if filing.identity_index}
    enterprises = {filing.organisation_id for filing in filings}
    about = Q(identity_index__in=people) | Q(organisation__in=enterprises, identity_index="")
    said = Incident.objects.filter(about).values_list("identity_index", "organisation")
    spoken_of = {index or organisation for index, organisation in said}
    return [f for f in filings if spoken_of & {f.identity_index, f.organisation_id}]


def _as_judged_then(filings: Sequence[Filing]) -> Objections:
    """Open clauses of the judgement kept, without those decided in writing since."""
    doubtful = [f.pk for f in filings if any(f.tally.get(verdict) for verdict in OPEN_VERDICTS)]
    if not doubtful:
        return {}
    now = {"filing__in": doubtful, "round": F("filing__round")}
    decided = set(Determination.objects.filter(**now).values_list("filing", "clause"))
    found = {}
    for submission in Submission.objects.filter(**now):
        names = [
            f"“{c['label']}”"
            for c in _open_clauses(submission)
            if (submission.filing_id, c["key"]) not in decided
        ]
        if names:
            found[submission.filing_id] = f"{'、'.join(names)}尚未符合，须写认定理由或者退回企业。"
    return found


def _unsettled(filings: Sequence[Filing], today: date) -> Objections:
    return _one_by_one(the_same_person_is_settled, _held_elsewhere(filings), today)


def _held_elsewhere(filings: Sequence[Filing]) -> list[Filing]:
    """The few whose person serves, or is to serve, another enterprise: only of these the guard itself is asked."""
    indexes = {filing.identity_index for filing in filings if filing.identity_index}
    posts = Officer.objects.filter(person__identity_index__in=indexes)
    under_way = Filing.objects.filter(identity_index__in=indexes, state__in=UNDER_WAY)
    places = set(posts.values_list("person__identity_index", "organisation"))
    places |= set(under_way.values_list("identity_index", "organisation"))
    elsewhere: dict[str, set] = {}
    for index, organisation in places:
        elsewhere.setdefault(index, set()).add(organisation)
    return [f for f in filings if elsewhere.get(f.identity_index, set()) - {f.organisation_id}]


def _open_clauses(submission: Submission) -> list[dict]:
    return [c for c in submission.judgement.get("clauses", ()) if c["verdict"] in OPEN_VERDICTS]


def _own_part(filings: Sequence[Filing], user) -> Objections:
    """Whoever has a part in a filing never passes it on; a colleague does."""
    own = {f.pk for f in filings if f.created_by_id == user.pk}
    own |= set(Submission.objects.filter(filing__in=filings, by=user).values_list("filing", flat=True))
    served = set(
        Assignment.objects.filter(user=user, organisation__isnull=False).values_list(
            "organisation", flat=True
        )
    )
    own |= {f.pk for f in filings if f.organisation_id in served}
    return dict.fromkeys(own, "您参与过这件的申报，须由同事上报。")
