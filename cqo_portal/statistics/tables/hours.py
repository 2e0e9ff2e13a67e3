"""培训学时: of each duty of the texts, how many owe it this year, how many have met it, and how many hours count."""

from collections.abc import Iterator

from cqo_portal.jurisdictions.schema import Duty
from cqo_portal.jurisdictions.vocabulary import Size
from cqo_portal.statistics.counting import Balance, Column, Record, Sort
from cqo_portal.statistics.learned import progress_of
from cqo_portal.statistics.subject import BY_OFFICE, Subject, counted, of_scale, shared
from cqo_portal.statistics.world import World
from training.hours import Unit, unit_of


def records(world: World) -> Iterator[Record]:
    """Every post in office."""
    county_of = {post.pk: world.county_of(post.organisation) for post in world.serving}
    pack_of = {pk: world.packs.get(county) for pk, county in county_of.items()}
    found = progress_of(world.serving, world.at, pack_of=pack_of)
    for post in world.serving:
        facts = {"county": county_of[post.pk], "size": world.enterprises[post.organisation].size}
        for each in found.get(post.pk, ()):
            facts |= {
                f"due.{each.duty.key}": each.due,
                f"met.{each.duty.key}": each.met,
                f"counted.{each.duty.key}": each.counted if each.due else None,
            }
        due = [each for each in found.get(post.pk, ()) if each.due]
        facts |= {"asked": bool(due), "all_met": bool(due) and all(each.met for each in due)}
        yield Record(f"post:{post.pk}", facts)


def duties_of(world: World) -> list[Duty]:
    """The duties of every edition that some county here works by, in the order of the texts."""
    packs = {
        pack.edition: pack for code, pack in sorted(world.packs.items()) if pack and code in world.counties
    }
    return list({duty.key: duty for pack in packs.values() for duty in pack.training}.values())


def columns(world: World) -> list[Column]:
    def asked(record: Record) -> bool:
        return record["asked"]

    return [
        counted("n", "在任", unit="人"),
        counted("asked", "有学时要求", asked, group="全部要求"),
        counted("met", "都达标", lambda record: record["all_met"], group="全部要求"),
        counted(
            "short", "未达标", lambda record: record["asked"] and not record["all_met"], group="全部要求"
        ),
        shared("share", "达标率", lambda record: record["all_met"], among=asked, group="全部要求"),
        *(column for duty in duties_of(world) for column in _columns(duty)),
    ]


def _columns(duty: Duty) -> Iterator[Column]:
    group = f"{duty.label}（{duty.cites}）"

    def due(record: Record) -> bool:
        return bool(record[f"due.{duty.key}"])

    def met(record: Record) -> bool:
        return due(record) and record[f"met.{duty.key}"]

    def short(record: Record) -> bool:
        return due(record) and not record[f"met.{duty.key}"]

    yield counted(f"{duty.key}.due", "应学", due, group=group)
    yield counted(f"{duty.key}.met", "达标", met, group=group)
    yield counted(f"{duty.key}.short", "未达标", short, group=group)
    yield shared(f"{duty.key}.share", "达标率", met, among=due, group=group)
    if unit_of(duty) is Unit.HOURS:
        yield Column(
            code=f"{duty.key}.hours",
            label="计入学时",
            group=group,
            unit="学时",
            sort=Sort.SUM,
            counts=due,
            amount=lambda record: record[f"counted.{duty.key}"],
        )


def balances(world: World) -> tuple[Balance, ...]:
    duties = (Balance(f"{d.key}.due", (f"{d.key}.met", f"{d.key}.short")) for d in duties_of(world))
    return (Balance("asked", ("met", "short")), *duties)


HOURS = Subject(
    code="hours",
    version=1,
    title="培训学时与达标情况",
    lede="在任首席质量官本年学了多少，每一项要求有多少人达标；在几家任职的，每家各计一次",
    records=records,
    columns=columns,
    balances=balances,
    dimensions=(BY_OFFICE, of_scale("size", "按企业规模", "规模", Size)),
)
