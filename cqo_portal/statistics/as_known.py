"""The register as it stood: enterprises and posts of a day, as they were known on another, from the entries alone.

Whatever makes an enterprise or a post enters its facts. A row of before, without any entry, stands as it is shown.
"""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from django.db.models import Aggregate, Exists, JSONField, OuterRef, Q, QuerySet

from cqo_portal.parties.models import Organisation
from cqo_portal.statistics.asked import AsOf
from registry.entry_kinds import IN_OFFICE, as_text
from registry.history import Said, Spell, spells
from registry.models import Entry, Officer

OF_ENTERPRISES = ("office", "name", "credit_code", "industry", "size", "sector")
OF_POSTS = (
    "name",
    "post",
    "education",
    "title",
    "in_decision_layer",
    "is_top_manager",
    "is_safety_director",
    "term_ends",
)
ONLY_ENTERED = ("quality_since", "training_certificate")  # no column of a post holds them


@dataclass(frozen=True)
class Enterprise:
    """`office`: the county it belonged to."""

    pk: UUID
    office: str
    name: str
    credit_code: str
    industry: str
    size: str
    sector: str


@dataclass(frozen=True)
class Post:
    """One post: `since` and `until` of its last stretch that had begun; `facts` as text, see `registry.entry_kinds`."""

    pk: UUID
    organisation: UUID
    person: UUID
    sex: str
    born_on: date | None
    filing_number: str
    filed_on: date | None
    since: date
    until: date | None
    spells: tuple[Spell, ...]
    facts: dict[str, str]

    def serves_on(self, day: date) -> bool:
        return any(spell.holds_on(day) for spell in self.spells)

    def served_between(self, first: date, last: date) -> bool:
        return any(each.since <= last and (each.until is None or each.until >= first) for each in self.spells)


def candidates(counties: Collection[str]) -> QuerySet[Organisation]:
    """Every enterprise that may have belonged to one of these counties on some day."""
    said = Entry.objects.filter(post=None, name="office", value__in=counties, organisation=OuterRef("pk"))
    return Organisation.objects.filter(Q(office__in=counties) | Exists(said))


def offices_of(organisations: QuerySet[Organisation], at: AsOf) -> dict[UUID, str]:
    """The county each belonged to; nothing else is asked."""
    entries = Entry.objects.filter(post=None, organisation__in=organisations.order_by().values("pk"))
    told, untold = _facts(entries, ("office",), at)
    return {
        pk: _answered(("office",), [office], told.get(pk, {}), untold.get(pk, ()))["office"]
        for pk, office in organisations.order_by().values_list("pk", "office")
    }


def with_posts(counties: Collection[str], day: date) -> QuerySet[Organisation]:
    """Those of them where somebody may have begun to serve by that day."""
    begun = Entry.objects.filter(name=IN_OFFICE, post=OuterRef("pk"), effective_on__lte=day)
    posts = Officer.objects.filter(Q(appointed_on__lte=day) | Exists(begun), organisation=OuterRef("pk"))
    return candidates(counties).filter(Exists(posts))


def enterprises(
    counties: Collection[str], at: AsOf, *, among: QuerySet | None = None
) -> dict[UUID, Enterprise]:
    """Those that belonged to one of the counties; `among`: looked for only there."""
    possible = candidates(counties) if among is None else among
    entries = Entry.objects.filter(post=None, organisation__in=possible.order_by().values("pk"))
    told, untold = _facts(entries, OF_ENTERPRISES, at)
    found = {}
    for pk, *row in possible.order_by("pk").values_list("pk", *OF_ENTERPRISES):
        facts = _answered(OF_ENTERPRISES, row, told.get(pk, {}), untold.get(pk, ()))
        if facts["office"] in counties:
            found[pk] = Enterprise(pk, **facts)
    return found


def posts(organisations: Iterable[UUID] | QuerySet, at: AsOf) -> list[Post]:
    """Posts that had begun by that day, in the order of their keys."""
    organisations = organisations if isinstance(organisations, QuerySet) else list(organisations)
    return _posts(Officer.objects.filter(organisation__in=organisations), at)


def _posts(officers: QuerySet, at: AsOf) -> list[Post]:
    entries = Entry.objects.filter(post__in=officers.order_by().values("pk"))
    stretches = _stretches(entries.filter(name=IN_OFFICE), at)
    told, untold = _facts(entries, (*OF_POSTS, *ONLY_ENTERED), at, of="post")
    fixed = ("organisation", "person", "person__sex", "person__born_on", "filing_number", "filed_on")
    rows = officers.order_by("pk").values_list("pk", *fixed, "appointed_on", "ended_on", *OF_POSTS)
    found = []
    for pk, organisation, person, sex, born_on, number, filed_on, appointed_on, ended_on, *row in rows:
        if pk in stretches:
            held = stretches[pk]
        else:
            known = filed_on is None or filed_on <= at.known
            held = (Spell(appointed_on, ended_on),) if known else ()
        begun = [spell for spell in held if spell.since <= at.on]
        if not begun:
            continue
        facts = _answered(OF_POSTS, row, told.get(pk, {}), untold.get(pk, ()))
        facts |= {name: told.get(pk, {}).get(name, "") for name in ONLY_ENTERED}
        last = begun[-1]
        found.append(
            Post(
                pk, organisation, person, sex, born_on, number or "", filed_on,
                last.since, last.until, tuple(held), facts,
            )
        )  # fmt: skip
    return found


def _stretches(entries: QuerySet, at: AsOf) -> dict[UUID, tuple[Spell, ...]]:
    told: dict[UUID, list[Said]] = {}
    for post, *said in entries.order_by("pk").values_list(
        "post", "pk", "value", "effective_on", "recorded_at", "corrects"
    ):
        told.setdefault(post, []).append(Said(*said))
    return {post: tuple(spells(said, known_on=at.known)) for post, said in told.items()}


Told = dict[UUID, dict[str, str]]


def _facts(
    entries: QuerySet, names: tuple[str, ...], at: AsOf, *, of: str = "organisation"
) -> tuple[Told, dict[UUID, set[str]]]:
    """What was known of each, and of which facts nothing was known yet."""
    entries = entries.filter(name__in=names)
    picked = entries.known_on(at.known).nearest_to(at.on)
    told = dict(
        Entry.objects.filter(pk__in=picked.values("pk"))
        .values_list(of)
        .annotate(told=_Gathered("name", "value"))
    )
    later: dict[UUID, set[str]] = {}
    for pk, name in entries.filter(recorded_at__gte=at.recorded_before).values_list(of, "name").distinct():
        if name not in told.get(pk, {}):
            later.setdefault(pk, set()).add(name)
    return told, later


class _Gathered(Aggregate):
    """All facts of one thing as one object: a row for each fact would be ten times as many to fetch."""

    function = "jsonb_object_agg"
    arity = 2
    output_field = JSONField()


def _answered(
    names: tuple[str, ...], row: list, told: dict[str, str], untold: Collection[str]
) -> dict[str, str]:
    """The entry; else, where none was ever made, the row; else nothing."""
    return {
        name: told[name] if name in told else "" if name in untold else as_text(value)
        for name, value in zip(names, row, strict=True)
    }
