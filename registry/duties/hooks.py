"""What the ledger tells pages below: hours for the yearly report, hours of the same identity for the deciding office."""

from collections.abc import Sequence
from decimal import Decimal

from django.db.models import Count, F, Sum
from django.db.models.functions import Coalesce
from django.utils import timezone

from cqo_portal.parties.models import Person
from cqo_portal.wording import plain_decimal
from registry.duties.asking import asked_of
from registry.duties.lines import earned_by, lines_of
from registry.models import Officer
from registry.same_person import Post
from training.hours import ZERO, Unit
from training.models import Entry


def hours_on_record(post: Officer, year: int) -> dict[str, Decimal]:
    """The hours that count towards each duty; where a text has none, all that stand in the year as `total`."""
    earned = {post.person_id: earned_by(lines_of([post.person_id]).get(post.person_id, ()))}
    (asked,) = asked_of([post], year=year, earned=earned, today=timezone.localdate())
    in_hours = [each for each in asked.found if each.unit is Unit.HOURS]
    if not in_hours:
        counting = Entry.objects.counting().filter(person=post.person_id, year=year)
        return _if_any({"total": counting.balance()})
    return _if_any({each.duty.key: sum((e.hours for e in each.entries), ZERO) for each in in_hours})


def _if_any(found: dict[str, Decimal]) -> dict[str, Decimal]:
    return {name: hours.normalize() + 0 for name, hours in found.items() if hours}


def hours_elsewhere(posts: Sequence[Post]) -> list[str]:
    """Hours of the identity by year, and of how many organisers. Hours are the person's: all posts say the same."""
    people = {each.person.pk for each in posts if each.person}
    indexes = {each.filing.identity_index for each in posts if each.filing and not each.person} - {""}
    people |= set(Person.objects.filter(identity_index__in=indexes).values_list("pk", flat=True))
    house = Coalesce(F("institution__name"), F("office__name"))
    counting = Entry.objects.counting().filter(person__in=people).order_by()
    years = counting.values("year").annotate(total=Sum("hours"), houses=Count(house, distinct=True))
    said = "；".join(
        f"{each['year']} 年 {plain_decimal(each['total'])} 学时（{each['houses']} 家主办单位）"
        for each in years.order_by("-year")
    )
    return [said or "没有记录"] * len(posts)
