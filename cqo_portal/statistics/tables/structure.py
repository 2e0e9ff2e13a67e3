"""队伍结构: who is in the register, and of those in office education, title, age, and what else they are."""

from collections.abc import Iterator
from datetime import date

from cqo_portal.jurisdictions.vocabulary import Level, Rank, Size
from cqo_portal.statistics.counting import Balance, Column, Record
from cqo_portal.statistics.subject import BY_OFFICE, Subject, counted, of_scale, shared
from cqo_portal.statistics.world import World
from registry.history import YES

AGES = (
    ("35", "35 岁以下", 0, 34),
    ("45", "35–44 岁", 35, 44),
    ("55", "45–54 岁", 45, 54),
    ("56", "55 岁以上", 55, 200),
)
ALSO = {
    "in_decision_layer": "在决策层",
    "is_top_manager": "最高管理者本人",
    "is_safety_director": "兼质量安全总监",
}
UNSAID = "none_said"


def records(world: World) -> Iterator[Record]:
    """Every post that had begun, of enterprises of the area."""
    for post in world.posts:
        firm = world.enterprises[post.organisation]
        yield Record(
            f"post:{post.pk}",
            {
                "county": firm.office,
                "size": firm.size,
                "serves": post.serves_on(world.at.on),
                "education": _known(Level, post.facts["education"]),
                "title": _known(Rank, post.facts["title"]),
                "age": age_on(post.born_on, world.at.on),
                **{name: post.facts[name] == YES for name in ALSO},
            },
        )


def _known(scale, said: str) -> str:
    return said if said in {each.value for each in scale} else UNSAID


def age_on(born_on: date | None, day: date) -> int | None:
    """In whole years; who was born on 29 February is a year older from 1 March on."""
    if born_on is None:
        return None
    return day.year - born_on.year - ((day.month, day.day) < (born_on.month, born_on.day))


def columns(world: World) -> list[Column]:
    def serves(record: Record) -> bool:
        return record["serves"]

    def who(name: str, value: str):
        return lambda record: record["serves"] and record[name] == value

    def aged(least: int, most: int):
        return lambda record: (
            record["serves"] and record["age"] is not None and least <= record["age"] <= most
        )

    def also(name: str):
        return lambda record: record["serves"] and record[name]

    educations = [(each.value, each.label) for each in Level] + [(UNSAID, "未登记")]
    titles = [(each.value, each.label) for each in Rank] + [(UNSAID, "未登记")]
    return [
        counted("ever", "累计任职", group="名录", unit="人次"),
        counted("serves", "在任", serves, group="名录"),
        counted("left", "已离任", lambda record: not record["serves"], group="名录"),
        *(
            counted(f"education.{code}", label, who("education", code), group="学历（在任）")
            for code, label in educations
        ),
        *(
            counted(f"title.{code}", label, who("title", code), group="职称（在任）")
            for code, label in titles
        ),
        *(
            counted(f"age.{code}", label, aged(least, most), group="年龄（在任）")
            for code, label, least, most in AGES
        ),
        counted(
            "age.none",
            "未登记",
            lambda record: record["serves"] and record["age"] is None,
            group="年龄（在任）",
        ),
        *(counted(f"also.{name}", label, also(name), group="岗位（在任）") for name, label in ALSO.items()),
        shared("layer", "决策层占比", also("in_decision_layer"), among=serves, group="岗位（在任）"),
    ]


def balances(world: World) -> tuple[Balance, ...]:
    return (
        Balance("ever", ("serves", "left")),
        Balance("serves", (*(f"education.{each.value}" for each in Level), f"education.{UNSAID}")),
        Balance("serves", (*(f"title.{each.value}" for each in Rank), f"title.{UNSAID}")),
        Balance("serves", (*(f"age.{code}" for code, *_ in AGES), "age.none")),
    )


STRUCTURE = Subject(
    code="structure",
    version=1,
    title="首席质量官队伍结构",
    lede="名录里在任和离任多少人；在任的学历、职称、年龄和岗位；在几家任职的，每家各计一次",
    records=records,
    columns=columns,
    balances=balances,
    dimensions=(BY_OFFICE, of_scale("size", "按企业规模", "规模", Size)),
)
