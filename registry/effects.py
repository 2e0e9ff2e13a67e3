"""What the register takes from an accepted filing, kind by kind. Facts go in through `entries.enter` only.

A fact is entered with the day it holds from; where a filing only repeats what is on record, nothing is entered.
"""

from collections import defaultdict
from collections.abc import Mapping
from datetime import date, timedelta

from cqo_portal.jurisdictions.calendar import Years
from cqo_portal.parties import identifiers
from cqo_portal.parties.models import Organisation, Person
from registry import content as said_in
from registry.entries import enter, remember
from registry.entry_kinds import as_text
from registry.experience import since
from registry.facts import periods_of
from registry.models import Entry, Filing, Officer
from registry.record import MARKS, changed, differs

ONE_DAY = timedelta(days=1)
COLUMN_OF = {"job_title": "title"}  # where the register calls a field of the form by another name
OF_THE_ENTERPRISE = (
    "name", "credit_code", "office", "industry", "persons", "revenue", "assets", "size", "size_year", "sector",
)  # fmt: skip


def take_in(filing: Filing, content: Mapping, *, today: date, by=None) -> Officer:
    """Enter what the filing says. Returns the post it is about: the new one, or the one that changed."""
    return _OF[filing.kind](filing, content, today, by)


# ── a person takes the post ───────────────────────────────────────────────────────────────────
def _appointment(filing: Filing, content: Mapping, today: date, by) -> Officer:
    post = _new_post(filing, content, today)
    said, appointment = content["officer"], content["appointment"]
    facts = {
        "in_office": "yes",
        "name": post.name,
        "post": said["post"],
        "education": said["education"],
        "title": said["job_title"],
        "term_ends": post.term_ends,
        **{mark: bool(appointment[mark]) for mark in MARKS},
        **_certificate_named(said),
        **_work_begun(content, on=post.appointed_on),
    }
    sealed = {"phone": said["phone"]}
    enter(
        filing.organisation,
        facts,
        effective_on=post.appointed_on,
        post=post,
        filing=filing,
        by=by,
        sealed=sealed,
    )
    # The county is the filing's: the words still name the old one where the enterprise moved under way.
    enterprise = {**content["enterprise"], "office": filing.office_id}
    _enterprise_as_said(filing, enterprise, on=post.appointed_on, by=by)
    return post


def _certificate_named(said: Mapping) -> dict[str, str]:
    """The number of the training certificate, where one was typed: the office accepted it with the appointment."""
    number = said.get("training_certificate") if said.get("trained") == "yes" else ""
    return {"training_certificate": number} if number else {}


def _work_begun(content: Mapping, *, on: date) -> dict[str, date]:
    """Since when the officer works in quality, as the experience that was told adds up on the day of the appointment."""
    begun = since(periods_of(content), on=on)
    return {"quality_since": begun} if begun else {}


def _replacement(filing: Filing, content: Mapping, today: date, by) -> Officer:
    _leave(filing, last_day=date.fromisoformat(content["predecessor"]["last_day"]), by=by)
    return _appointment(filing, content, today, by)


def _new_post(filing: Filing, content: Mapping, today: date) -> Officer:
    officer, appointment = content["officer"], content["appointment"]
    person, appointed_on = _person_of(officer), date.fromisoformat(appointment["appointed_on"])
    return Officer.objects.create(
        name=officer["name"],
        person=person,
        organisation=filing.organisation,
        office=filing.office,
        filing=filing,
        post=officer["post"],
        education=officer["education"],
        title=officer["job_title"],
        appointed_on=appointed_on,
        term_ends=Years(int(appointment["term_years"])).last_day_from(appointed_on),
        filing_number=filing.filing_number,
        filed_on=today,
        **{mark: bool(appointment[mark]) for mark in MARKS},
    )


def _person_of(said: Mapping) -> Person:
    """The same identity number is the same person, wherever they serve."""
    kind, number = said["identity_kind"], said["identity_number"]
    known = Person.objects.filter(identity_index=Person.index_of(kind, number)).first()
    person = known or Person(identity_kind=kind, identity_number=number, name=said["name"])
    person.phone = said["phone"]  # the name of one who is known follows from the entries of all posts
    if facts := identifiers.facts_of_identity(kind, number):
        person.born_on, person.sex = facts.born_on, facts.sex
    person.save()
    return person


# ── the one in office changes, stays on, or leaves ────────────────────────────────────────────
def _data(filing: Filing, content: Mapping, today: date, by) -> Officer:
    """Only what differs from the record of the day it was said: the rest may have changed since by another act."""
    new = changed(content, content["was"])
    on = filing.effective_on
    if enterprise := new.get("enterprise"):
        enter(filing.organisation, enterprise, effective_on=on, filing=filing, by=by)
    facts = {
        COLUMN_OF.get(n, n): v for part in ("officer", "appointment") for n, v in new.get(part, {}).items()
    }
    phone = facts.pop("phone", None)
    if facts or phone:
        sealed = {"phone": phone} if phone else None
        enter(
            filing.organisation,
            facts,
            effective_on=on,
            post=_post(filing),
            filing=filing,
            by=by,
            sealed=sealed,
        )
    return filing.post


def _renewal(filing: Filing, content: Mapping, today: date, by) -> Officer:
    was = content["was"]["appointment"]["term_ends"]
    _, ends = said_in.term_of_renewal(content["renewal"], old_end=was)
    facts = {"term_ends": ends}
    enter(
        filing.organisation, facts, effective_on=filing.effective_on, post=_post(filing), filing=filing, by=by
    )
    return filing.post


def _departure(filing: Filing, content: Mapping, today: date, by) -> Officer:
    return _leave(filing, last_day=date.fromisoformat(content["departure"]["last_day"]), by=by)


def _leave(filing: Filing, *, last_day: date, by) -> Officer:
    facts = {"in_office": "no"}
    enter(
        filing.organisation, facts, effective_on=last_day + ONE_DAY, post=_post(filing), filing=filing, by=by
    )
    return filing.post


def _post(filing: Filing) -> Officer:
    """The post the change is of, with its beginnings on record: a change says only what changed."""
    filing.post.organisation = filing.organisation  # one object: the projection follows on it
    remember(filing.post)
    return filing.post


_OF = {
    Filing.Kind.APPOINTMENT: _appointment,
    Filing.Kind.REPLACEMENT: _replacement,
    Filing.Kind.DATA: _data,
    Filing.Kind.RENEWAL: _renewal,
    Filing.Kind.DEPARTURE: _departure,
}


# ── the enterprise, as an appointment describes it ────────────────────────────────────────────
def _enterprise_as_said(filing: Filing, said: Mapping, *, on: date, by) -> None:
    """What it says anew holds from the appointment, or from the day of what it takes the place of, if later."""
    known, by_day = facts_of(filing.organisation), defaultdict(dict)
    for name in OF_THE_ENTERPRISE:
        entered = known.get(name)
        if entered is None or differs(f"enterprise.{name}", as_text(said[name]), entered.value):
            by_day[max(on, entered.effective_on) if entered else on][name] = said[name]
    for day, facts in sorted(by_day.items()):
        enter(filing.organisation, facts, effective_on=day, filing=filing, by=by)


def facts_of(organisation: Organisation, *, post: Officer | None = None) -> dict[str, Entry]:
    """Of each fact the entry that takes effect last: a later filing follows upon it."""
    rows = (
        Entry.objects.standing().filter(organisation=organisation, post=post).order_by("effective_on", "pk")
    )
    return {entry.name: entry for entry in rows}


def facts_above(filing: Filing, content: Mapping, *, day: date) -> list[Entry]:
    """Entries that took effect after `day` and would stand above what a change of that day enters."""
    names = _NAMES_OF.get(filing.kind, lambda content: ((), ()))(content)
    found = []
    for post, of_these in zip((filing.post, None), names, strict=True):
        known = facts_of(filing.organisation, post=post) if of_these else {}
        found += [known[name] for name in of_these if name in known and known[name].effective_on > day]
    return found


def _names_of_data(content: Mapping) -> tuple[tuple[str, ...], tuple[str, ...]]:
    new = changed(content, content["was"])
    of_the_post = (
        COLUMN_OF.get(name, name) for part in ("officer", "appointment") for name in new.get(part, {})
    )
    return tuple(of_the_post), tuple(new.get("enterprise", ()))


_NAMES_OF = {  # (facts of the post, facts of the enterprise) a change enters
    Filing.Kind.DATA: _names_of_data,
    Filing.Kind.RENEWAL: lambda content: (("term_ends",), ()),
}
