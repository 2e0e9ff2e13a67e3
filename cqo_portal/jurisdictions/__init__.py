"""The rules of five jurisdictions as data. Ask here; nothing else knows which editions exist."""

from datetime import date

from . import cangzhou, fujian, hangzhou, hubei, jiangsu
from .schema import RulePack

_PUBLISHED: tuple[RulePack, ...] = (
    *cangzhou.EDITIONS,
    *jiangsu.EDITIONS,
    *hangzhou.EDITIONS,
    *hubei.EDITIONS,
    *fujian.EDITIONS,
)


class NoSuchRule(LookupError):
    """No pack answers the question; the message is a sentence for people."""


def all_packs() -> tuple[RulePack, ...]:
    return _PUBLISHED


def jurisdictions() -> tuple[str, ...]:
    return tuple(dict.fromkeys(known.jurisdiction for known in _PUBLISHED))


def pack(edition: str) -> RulePack:
    """The edition a record was fixed to, for good."""
    for known in _PUBLISHED:
        if known.edition == edition:
            return known
    raise NoSuchRule(f"没有名为“{edition}”的规则版本；现有：{'、'.join(p.edition for p in _PUBLISHED)}。")


def editions(jurisdiction: str) -> tuple[RulePack, ...]:
    """Oldest first."""
    found = tuple(known for known in _PUBLISHED if known.jurisdiction == jurisdiction)
    if not found:
        raise NoSuchRule(f"没有“{jurisdiction}”的规则；现有：{'、'.join(jurisdictions())}。")
    return found


def pack_on(jurisdiction: str, day: date) -> RulePack:
    """The edition applied in a jurisdiction on that day."""
    return edition_on(editions(jurisdiction), day)


def edition_on(editions: tuple[RulePack, ...], day: date) -> RulePack:
    """Of editions in order: the latest one begun by that day, unless it has ended."""
    begun = [known for known in editions if known.in_force_from <= day]
    if not begun:
        raise NoSuchRule(
            f"{editions[0].label}的规则自 {editions[0].in_force_from:%Y-%m-%d} 起适用，"
            f"{day:%Y-%m-%d} 没有可以适用的版本。"
        )
    latest = begun[-1]
    if latest.in_force_until and latest.in_force_until < day:
        raise NoSuchRule(
            f"{latest.label}的规则适用至 {latest.in_force_until:%Y-%m-%d}，{day:%Y-%m-%d} 没有可以适用的版本。"
        )
    return latest
