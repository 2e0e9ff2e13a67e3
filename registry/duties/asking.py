"""From the register and the ledger to the arithmetic: what one post asked in one year, and how far it is met."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cache

from cqo_portal.jurisdictions.schema import RulePack
from registry.editions import edition_or_none, judged_on
from registry.models import Officer
from training import completions, sources
from training.hours import Earned, Post, Progress, progress


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
    trained, certified = completions.trained_on(people), sources.certified_on(people)
    pack_at = cache(lambda office: edition_or_none(office, judged_on(year, today=today)))
    found = []
    for post in posts:
        pack = pack_at(post.office) if packs is None else packs.get(post.office_id)
        as_known = post_of(post, trained=trained, certified=certified)
        lines = earned.get(post.person_id, ())
        duties = progress(pack, year=year, post=as_known, earned=lines) if pack else ()
        found.append(Asked(post, pack, duties))
    return found


def post_of(post: Officer, *, trained: dict, certified: dict) -> Post:
    certificate = certified.get(post.person_id)
    return Post(
        appointed_on=post.appointed_on,
        left_on=post.ended_on,
        trained_on=trained.get(post.person_id),
        certified_on=certificate.first_day if certificate else None,
        certificate_ends=certificate.last_day if certificate else None,
    )
