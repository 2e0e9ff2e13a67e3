"""Who should sit on a panel: how many there must be, and in which order experts are proposed.

Values in, values out. A proposal is an order with its reasons; the body invites whom it wants.
"""

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date

from cqo_portal.jurisdictions.scheme import PanelRule


@dataclass(frozen=True)
class Expert:
    """`name_key`: by which names are sorted (pinyin); `fields`: in words, as they are shown."""

    key: str
    name_key: str
    fields: frozenset[str]


@dataclass(frozen=True)
class Proposed:
    expert: Expert
    reasons: tuple[str, ...]


def objections(members: Collection[str], leaders: Collection[str], rule: PanelRule) -> tuple[str, ...]:
    """What stands in the way of a panel of these people; the leader is one of them, named among `members` or not."""
    found = too_few(len({*members, *leaders}), rule), without_one_leader(len(set(leaders)))
    return tuple(filter(None, found))


def too_few(size: int, rule: PanelRule) -> str | None:
    if size >= rule.least:
        return None
    assumed = "，推定" if rule.reading else ""
    return f"评价组连组长至少 {rule.least} 人（{rule.cites}{assumed}），现在 {size} 人。"


def without_one_leader(leading: int) -> str | None:
    if leading == 1:
        return None
    return f"评价组只有一名组长，现在指定了 {leading} 名。" if leading else "评价组还没有组长。"


def advice(
    members: Collection[str], leaders: Collection[str], rule: PanelRule, *, usual: int = 0
) -> tuple[str, ...]:
    """What would be better and is not asked. `usual`: how many the body itself set."""
    return tuple(_advice(len({*members, *leaders}), rule, usual))


def _advice(size: int, rule: PanelRule, usual: int) -> Iterator[str]:
    if rule.odd_advised and size % 2 == 0:
        yield f"评价组宜为单数，现在 {size} 人。"
    if size < usual:
        yield f"本机构定为 {usual} 人，现在 {size} 人。"


def ranking(
    experts: Iterable[Expert],
    wanted: Collection[str],
    load: Mapping[str, int],
    last_served: Mapping[str, date],
) -> tuple[Proposed, ...]:
    """Who knows most of the fields wanted, then who carries least, then who has waited longest, then by name.

    `wanted`: fields in words, in the order to say them; `load`: panels of the last twelve months and those under way,
    by expert; `last_served`: the day of the last panel, who is missing never served.
    """

    def place(expert: Expert) -> tuple[int, int, date, str, str]:
        fit = sum(field in expert.fields for field in wanted)
        waited_since = last_served.get(expert.key, date.min)
        return -fit, load.get(expert.key, 0), waited_since, expert.name_key, expert.key

    return tuple(
        Proposed(
            expert,
            tuple(_reasons(expert, wanted, load.get(expert.key), last_served.get(expert.key))),
        )
        for expert in sorted(experts, key=place)
    )


def _reasons(expert: Expert, wanted: Collection[str], load: int | None, served: date | None) -> Iterator[str]:
    known = [field for field in wanted if field in expert.fields]
    if wanted:
        yield f"专业对口：{'、'.join(known)}。" if known else "没有对口的专业。"
    yield f"近 12 个月和正在进行的评价 {load} 个。" if load else "近 12 个月没有参加评价。"
    yield f"上次参加评价在 {served:%Y-%m-%d}。" if served else "还没有参加过评价。"
