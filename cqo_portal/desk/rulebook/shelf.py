"""Which edition is shown, which others there are, and what one changed of the one before."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from cqo_portal.desk.rulebook.book import Book, Line
from cqo_portal.desk.rulebook.chapters import read
from cqo_portal.desk.rulebook.summary import conditions, procedure
from cqo_portal.jurisdictions import NoSuchRule, edition_on, editions, jurisdictions
from cqo_portal.jurisdictions.schema import RulePack


@dataclass(frozen=True)
class Change:
    section: str
    label: str
    was: str
    now: str


def chosen(known: tuple[RulePack, ...], *, asked: str | None, today: date) -> RulePack:
    """The edition the address names, else the one applied today, else the newest."""
    named = next((each for each in known if each.edition == asked), None)
    return named or applied(known, today=today) or known[-1]


def applied(known: tuple[RulePack, ...], *, today: date) -> RulePack | None:
    try:
        return edition_on(known, today)
    except NoSuchRule:
        return None


def successor(known: tuple[RulePack, ...], pack: RulePack) -> RulePack | None:
    later = [each for each in known if each.in_force_from > pack.in_force_from]
    return later[0] if later else None


def changes(before: Book, after: Book) -> list[Change]:
    """Line by line what one edition says and the other does not; clause numbers alone are no change."""
    titles = dict.fromkeys(section.title for book in (after, before) for section in book.sections)
    return [change for title in titles for change in _changes_in(title, before, after)]


def _changes_in(title: str, before: Book, after: Book) -> Iterator[Change]:
    then, now = _top_lines(before, title), _top_lines(after, title)
    for anchor in dict.fromkeys((*then, *now)):
        was, line = then.get(anchor), now.get(anchor)
        texts = was.text if was else "", line.text if line else ""
        if texts[0] != texts[1]:
            yield Change(title, (line or was).label, *texts)


def _top_lines(book: Book, title: str) -> dict[str, Line]:
    found = [s for s in book.sections if s.title == title]
    return {line.anchor: line for section in found for line in (*section.lines, *section.rows)}


@dataclass(frozen=True)
class Edition:
    """One edition on the shelf: applied today, replaced by a later one, or not yet begun."""

    pack: RulePack
    applied: bool
    replaced_by: RulePack | None

    @property
    def standing(self) -> str:
        if self.applied:
            return "今天适用"
        if self.replaced_by:
            return f"{self.replaced_by.in_force_from:%Y-%m-%d} 起由后一版代替"
        return f"{self.pack.in_force_from:%Y-%m-%d} 起适用"

    @property
    def conditions(self) -> str:
        return conditions(self.pack)

    @property
    def procedure(self) -> str:
        return procedure(self.pack)


def editions_of(known: tuple[RulePack, ...], *, today: date) -> list[Edition]:
    now = applied(known, today=today)
    return [Edition(each, each is now, successor(known, each)) for each in known]


def shelf(*, today: date) -> list[tuple[str, list[Edition]]]:
    """Every jurisdiction with its editions, newest first."""
    return [
        (editions(name)[0].label, editions_of(editions(name), today=today)[::-1]) for name in jurisdictions()
    ]


def page(known: tuple[RulePack, ...], *, asked: str | None, today: date) -> dict:
    """One edition to read, and what it changed of the one before."""
    pack = chosen(known, asked=asked, today=today)
    book, earlier = read(pack), [each for each in known if each.in_force_from < pack.in_force_from]
    return {
        "pack": pack,
        "book": book,
        "editions": editions_of(known, today=today),
        "edition": next(e for e in editions_of(known, today=today) if e.pack is pack),
        "earlier": earlier[-1] if earlier else None,
        "changes": changes(read(earlier[-1]), book) if earlier else [],
    }
