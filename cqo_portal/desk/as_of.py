"""One enterprise in the register: who held the post on a day, as known on another; every stretch and every entry."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date, timedelta
from functools import cached_property

from django import forms
from django.db.models import Q

from cqo_portal.parties.models import Office, Organisation
from cqo_portal.reference.models import Industry
from cqo_portal.ui.fields import DayField
from cqo_portal.ui.paging import Page, keyset
from registry.entries import said_in
from registry.entry_kinds import IN_OFFICE, OF_A_POST, OF_AN_ENTERPRISE, EntryKind, kind_of
from registry.history import Spell, day_after, spells
from registry.models import Entry, Filing, Officer
from registry.permissions import corrects, is_not_about_the_county

ENTRIES_A_PAGE = 60
ORDER = {name: place for place, name in enumerate((*OF_A_POST, *OF_AN_ENTERPRISE))}  # as people ask for them
SHORTEST_SCALE = timedelta(days=365)


class AsOfForm(forms.Form):
    """`?on=2026-05-01&known=2026-06-15`; what is not said means today."""

    on = DayField(label="哪一天的情况", required=False, help_text="例如 2026-05-01。")
    known = DayField(
        label="按哪一天掌握的", required=False, help_text="那天日终以前登记的算数，以后的更正不算。"
    )


@dataclass(frozen=True)
class AsOf:
    """The question: the state of day `on`, as the register knew it at the end of day `known`."""

    on: date
    known: date
    today: date

    @property
    def is_now(self) -> bool:
        return self.on == self.known == self.today

    def learned_later(self, entry: Entry) -> bool:
        """Whether an entry speaks of that day, and came only after what was known then."""
        if entry.recorded_at < day_after(self.known):
            return False
        return entry.effective_on <= self.on or bool(
            entry.corrects and entry.corrects.effective_on <= self.on
        )


def who(organisation: Organisation, question: AsOf) -> list[Officer]:
    """Who was in office; normally one, none where the post was vacant."""
    held = Officer.objects.filter(organisation=organisation)
    found = held.in_office_on(question.on, known=question.known)
    return list(found.select_related("person", "office").order_by("appointed_on", "id"))


def is_told(organisation: Organisation, question: AsOf) -> bool:
    """Whether the register said anything of that day by then: without an officer, a vacancy; else nobody knew."""
    told = Entry.objects.filter(organisation=organisation, name=IN_OFFICE).known_on(question.known)
    return told.holding_on(question.on).exists()


# ── the words of an entry ─────────────────────────────────────────────────────────────────────
@dataclass(frozen=True)
class Line:
    """An entry as people read it."""

    entry: Entry
    kind: EntryKind
    value: str
    correctable: bool = False
    later: bool = False  # it speaks of the asked day, and was not known on the other

    @property
    def corrected_by(self) -> Entry | None:
        return getattr(self.entry, "corrected_by", None)

    @property
    def source(self) -> str:
        """Where it comes from, for the reader of the table."""
        if self.entry.filing_id:
            return self.entry.filing.get_kind_display()
        return "更正" if self.entry.corrects_id else "登记"


class Words:
    """Codes as words, looked up once for all entries of a page."""

    def __init__(self, entries: Iterable[Entry]) -> None:
        wanted = {"office": set(), "industry": set()}
        for entry in entries:
            if entry.post_id is None and entry.name in wanted:
                wanted[entry.name].add(entry.value)
        self.offices = Office.objects.in_bulk(wanted["office"])
        digits = {code.lstrip("ABCDEFGHIJKLMNOPQRST") for code in wanted["industry"]}
        self.industries = {row.code: str(row) for row in Industry.objects.filter(code__in=digits)}

    def of(self, entry: Entry) -> tuple[EntryKind, str]:
        kind, text = kind_of(entry.name, of_a_post=entry.post_id is not None), said_in(entry)
        match kind.sort:
            case "office" if text in self.offices:
                return kind, self.offices[text].area
            case "industry":
                return kind, self.industries.get(text, text) or "–"
            case "office":
                return kind, text
        return kind, kind.shown(text)


def lines_of(
    entries: Iterable[Entry], *, correctable: bool = False, question: AsOf | None = None
) -> list[Line]:
    entries = list(entries)
    words = Words(entries)
    return [
        Line(
            entry,
            *words.of(entry),
            correctable=correctable and may_be_corrected(entry),
            later=question is not None and question.learned_later(entry),
        )
        for entry in entries
    ]


def may_be_corrected(entry: Entry) -> bool:
    return not hasattr(entry, "corrected_by") and is_not_about_the_county.test(None, entry)


# ── stretches in office, on one scale ─────────────────────────────────────────────────────────
@dataclass(frozen=True)
class Stretch:
    """A stretch in office (or, without an officer, a vacancy) and its place on the scale, in per cent."""

    spell: Spell
    officer: Officer | None
    x: str
    width: str

    @property
    def is_vacancy(self) -> bool:
        return self.officer is None


class Scale:
    """From the first day anybody held the post to today (or the last known day, where that is later)."""

    def __init__(self, held: list[tuple[Spell, Officer]], *, question: AsOf) -> None:
        days = [spell.since for spell, _ in held] + [spell.until for spell, _ in held if spell.until]
        days += [question.on, question.today]
        self.begins = min([*days, question.today - SHORTEST_SCALE])
        self.ends = max(days)
        self.question = question

    def at(self, day: date) -> float:
        return 100 * (day - self.begins).days / ((self.ends - self.begins).days + 1)

    def placed(self, spell: Spell, officer: Officer | None) -> Stretch:
        until = min(spell.until or self.ends, self.ends)
        x, right = self.at(spell.since), self.at(until + timedelta(days=1))
        return Stretch(spell, officer, f"{x:.2f}%", f"{max(right - x, 0.4):.2f}%")

    @property
    def mark(self) -> str:
        return f"{self.at(self.question.on):.2f}%"


def vacancies(held: list[tuple[Spell, Officer]], *, today: date) -> list[Spell]:
    """The days between, and after the last: from the first day anybody held the post."""
    found, free_from = [], None
    for spell, _ in sorted(held, key=lambda one: one[0].since):
        if free_from is not None and spell.since > free_from:
            found.append(Spell(free_from, spell.since - timedelta(days=1)))
        if spell.until is None:
            return found
        free_from = max(free_from or spell.until, spell.until + timedelta(days=1))
    return [*found, Spell(free_from)] if free_from is not None and free_from <= today else found


# ── the page ──────────────────────────────────────────────────────────────────────────────────
class EnterprisePage:
    """Everything `templates/desk/enterprise_register.html` asks for."""

    def __init__(self, organisation: Organisation, *, params, user, today: date) -> None:
        self.organisation, self.user, self.today = organisation, user, today
        self.form = AsOfForm(params if "on" in params or "known" in params else None)
        said = self.form.cleaned_data if self.form.is_bound and self.form.is_valid() else {}
        self.question = AsOf(said.get("on") or today, said.get("known") or today, today)
        self.params = params

    @cached_property
    def posts(self) -> list[Officer]:
        held = Officer.objects.visible_to(self.user).filter(organisation=self.organisation)
        return list(held.select_related("person", "office").order_by("appointed_on", "id"))

    @cached_property
    def holders(self) -> list[Officer]:
        return who(self.organisation, self.question)

    @cached_property
    def is_told(self) -> bool:
        return bool(self.holders) or is_told(self.organisation, self.question)

    @cached_property
    def learned_later(self) -> list[Line]:
        """What was recorded since and speaks of that day, without what was corrected again."""
        if self.question.known >= self.today:
            return []
        since = Q(recorded_at__gte=day_after(self.question.known))
        of_that_day = Q(effective_on__lte=self.question.on) | Q(corrects__effective_on__lte=self.question.on)
        entries = Entry.objects.filter(since, of_that_day, organisation=self.organisation).standing()
        return lines_of(entries.select_related("post", "corrects").order_by("id"), question=self.question)

    @cached_property
    def today_of_that_day(self) -> list[Officer]:
        """Who it was by all that is known now."""
        return who(self.organisation, replace(self.question, known=self.today))

    @cached_property
    def held(self) -> list[tuple[Spell, Officer]]:
        """Each stretch as known on the asked day; a post without entries stands as the table has it."""
        told: dict[object, list] = {}
        for entry in Entry.objects.filter(organisation=self.organisation, name=IN_OFFICE):
            told.setdefault(entry.post_id, []).append(entry.said)
        found = []
        for post in self.posts:
            known = spells(told.get(post.pk, ()), known_on=self.question.known)
            if post.pk not in told:
                known = [Spell(post.appointed_on, post.ended_on)]
            found += [(spell, post) for spell in known]
        return sorted(found, key=lambda one: one[0].since)

    @cached_property
    def stretches(self) -> list[Stretch]:
        placed = [self.scale.placed(spell, post) for spell, post in self.held]
        empty = [self.scale.placed(spell, None) for spell in vacancies(self.held, today=self.today)]
        return sorted([*placed, *empty], key=lambda one: one.spell.since)

    @cached_property
    def scale(self) -> Scale:
        return Scale(self.held, question=self.question)

    @cached_property
    def facts(self) -> list[Line]:
        """What the enterprise and whoever held the post were on record for, on the asked day."""
        held = {post.pk for post in self.holders}
        entries = Entry.objects.filter(organisation=self.organisation).known_on(self.question.known)
        holding = entries.holding_on(self.question.on).select_related("post")
        told = [e for e in holding if e.post_id is None or (e.post_id in held and e.name != IN_OFFICE)]
        return sorted(lines_of(told), key=lambda line: ORDER.get(line.entry.name, len(ORDER)))

    @property
    def facts_of_the_enterprise(self) -> list[Line]:
        return [line for line in self.facts if line.entry.post_id is None]

    @property
    def facts_of_the_post(self) -> list[Line]:
        return [line for line in self.facts if line.entry.post_id is not None]

    @cached_property
    def page(self) -> Page:
        entries = Entry.objects.filter(organisation=self.organisation).select_related(
            "post", "by", "filing", "corrects", "corrected_by__by"
        )
        entries = entries.defer("filing__draft", "filing__search", "filing__haystack", "post__search")
        return keyset(entries, self.params, order=("-id",), per_page=ENTRIES_A_PAGE)

    @cached_property
    def lines(self) -> list[Line]:
        return lines_of(self.page, correctable=self.may_correct, question=self.question)

    @cached_property
    def may_correct(self) -> bool:
        return corrects.test(self.user, Entry(organisation=self.organisation))

    @cached_property
    def under_way(self) -> Filing | None:
        seen = Filing.objects.visible_to(self.user).under_way().filter(organisation=self.organisation)
        return seen.for_list().first()
