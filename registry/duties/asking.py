"""From the register and the ledger to the arithmetic: what one post asked in one year, and how far it is met."""

import re
import unicodedata
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cache
from uuid import UUID

from django.db.models import Func, QuerySet, TextField

from cqo_portal.jurisdictions.schema import Duty, RulePack
from registry.editions import edition_or_none, judged_on
from registry.models import Entry as Fact
from registry.models import Officer
from training import completions, sources
from training.hours import Earned, Post, Progress, Trained, progress
from training.models import SelfReport

CERTIFICATE = "training_certificate"
UNSEEN = r"[-\s\u00ad\u200b-\u2015\u2060-\u2064\u2212\ufeff]+"


def bare_number(typed: str) -> str:
    """The same of one number, as `Bare` says it of a column."""
    return re.sub(UNSEEN, "", unicodedata.normalize("NFKC", typed)).upper()


class Bare(Func):
    """A number without its width, case, blanks and dashes, the unseen ones too: old rows hold it as it was typed."""

    output_field = TextField()
    template = f"upper(regexp_replace(normalize(%(expressions)s, NFKC), '{UNSEEN}', '', 'g'))"


@dataclass(frozen=True)
class Asked:
    """The duties of one post in one year. Without a pack, or with one that asks nothing, `found` is empty."""

    post: Officer
    pack: RulePack | None
    found: tuple[Progress, ...]

    @property
    def due(self) -> tuple[Progress, ...]:
        return tuple(each for each in self.found if each.due)

    @property
    def short(self) -> tuple[Progress, ...]:
        return tuple(each for each in self.due if each.missing)

    @property
    def pending(self) -> bool:
        """Whether something would be added once nothing stands against it."""
        return any(each.might_count for each in self.found)


def asked_of(
    posts: Sequence[Officer],
    *,
    year: int,
    earned: Mapping[object, Iterable[Earned]],
    today: date,
    packs: Mapping[str, RulePack | None] | None = None,
) -> list[Asked]:
    """What each post asks, by the edition its office works by. `earned` by the key of the person.

    `packs`: the edition of each office, where the caller knows them already.
    """
    people = [post.person_id for post in posts]
    trained, named = completions.trained(people), numbers_of(posts)
    certified = sources.certified_on(people)
    pack_at = cache(lambda office: edition_or_none(office, judged_on(year, today=today)))
    found = []
    for post in posts:
        pack = pack_at(post.office) if packs is None else packs.get(post.office_id)
        papers = [*trained.get(post.person_id, ()), *named.get(post.pk, ())]
        as_known = post_of(post, trained=papers, certified=certified)
        lines = earned.get(post.person_id, ())
        duties = progress(pack, year=year, post=as_known, earned=lines, today=today) if pack else ()
        found.append(Asked(post, pack, duties))
    return found


def numbers_of(posts: Sequence[Officer]) -> dict[UUID, list[Trained]]:
    """Certificates of elsewhere that the register knows by their number: an office accepted it with the appointment."""
    found: dict[UUID, list[Trained]] = defaultdict(list)
    appointed = {post.pk: post.appointed_on for post in posts}
    for post, number in certificates_of_elsewhere().filter(post__in=posts).values_list("post", "value"):
        found[post].append(Trained(on=appointed[post], number=number))
    return found


def certificates_of_elsewhere() -> QuerySet[Fact]:
    """Numbers of our own making prove by themselves, of the person they were issued to (`completions.trained`)."""
    named = Fact.objects.standing().filter(name=CERTIFICATE).exclude(value="")
    return named.alias(bare=Bare("value")).exclude(bare__startswith=completions.NUMBERS.prefix)


def only_of(report: SelfReport) -> list[Duty]:
    """The duties of the person that count trainings of certain organisers only: whoever confirms looks at that."""
    posts = Officer.objects.in_office().filter(person=report.person_id).select_related("office__parent")
    packs = {edition_or_none(post.office, report.last_day) for post in posts} - {None}
    duties = (duty for pack in packs for duty in pack.training if duty.organisers)
    return [duty for duty in duties if report.activity in {each.value for each in duty.accepts}]


def post_of(post: Officer, *, trained: Iterable[Trained], certified: dict) -> Post:
    certificate = certified.get(post.person_id)
    return Post(
        appointed_on=post.appointed_on,
        left_on=post.ended_on,
        trained=tuple(trained),
        certified_on=certificate.first_day if certificate else None,
        certificate_ends=certificate.last_day if certificate else None,
        activities=certificate.activities if certificate else 1,
    )
