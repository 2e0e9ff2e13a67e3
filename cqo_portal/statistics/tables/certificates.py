"""评价证书: how every certificate that was issued stands, and in which month those in force will end."""

from collections.abc import Iterator

from cqo_portal.jurisdictions.calendar import shifted
from cqo_portal.jurisdictions.vocabulary import CertificateState
from cqo_portal.statistics.counting import Balance, Column, Record
from cqo_portal.statistics.subject import BY_OFFICE, Subject, counted, institutions_named, of_found
from cqo_portal.statistics.world import World

S = CertificateState
ENDS = (S.VALID.value, S.SUSPENDED.value)
MONTHS = 12


def records(world: World) -> Iterator[Record]:
    """Every certificate of an enterprise of the area that had become a paper."""
    for held in world.certificates:
        last = held.validity.last_day
        yield Record(
            f"certificate:{held.pk}",
            {
                "county": world.county_of(held.organisation),
                "body": str(held.body),
                "grade": held.grade,
                "state": held.standing.state.value,
                "this_year": held.validity.first_day.year == world.at.year,
                "ends": f"{last:%Y-%m}",
                "renewable": held.is_valid and held.validity.reapply_opens <= world.at.on,
            },
        )


def months_of(world: World) -> list[str]:
    """The month of that day and the eleven after it."""
    first = world.at.on.replace(day=1)
    return [f"{shifted(first, months=n):%Y-%m}" for n in range(MONTHS)]


def columns(world: World) -> list[Column]:
    months = months_of(world)

    def stands(state: S):
        return lambda record: record["state"] == state.value

    def ending(month: str):
        return lambda record: record["state"] in ENDS and record["ends"] == month

    return [
        counted("n", "累计签发", unit="张"),
        counted("this_year", "本年签发", lambda record: record["this_year"]),
        *(counted(f"state.{state.value}", state.label, stands(state), group="状态") for state in S),
        counted("renewable", "可以再评价", lambda record: record["renewable"], group="状态"),
        counted("ending", "合计", lambda record: record["state"] in ENDS, group="到期月份（有效、暂停）"),
        *(
            counted(f"ends.{n}", f"{month[:4]}年{int(month[5:])}月", ending(month), group="到期月份（有效、暂停）")
            for n, month in enumerate(months)
        ),
        counted(
            "ends.later", "以后",
            lambda record: record["state"] in ENDS and record["ends"] > months[-1],
            group="到期月份（有效、暂停）",
        ),
    ]  # fmt: skip


def balances(world: World) -> tuple[Balance, ...]:
    return (
        Balance("n", tuple(f"state.{state.value}" for state in S)),
        Balance("ending", (*(f"ends.{n}" for n in range(MONTHS)), "ends.later")),
        Balance("ending", tuple(f"state.{state}" for state in ENDS)),
    )


def _grades(keys: set[str]) -> dict[str, str]:
    return {}


CERTIFICATES = Subject(
    code="certificates",
    version=1,
    title="评价证书状态与到期",
    lede="签发的证书现在怎样，未来十二个月每月有多少张到期",
    records=records,
    columns=columns,
    balances=balances,
    dimensions=(
        BY_OFFICE,
        of_found("body", "按评价机构", "评价机构", institutions_named),
        of_found("grade", "按等级", "等级", _grades),
    ),
)
