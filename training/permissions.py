"""Predicates about trainings: who holds them, who confirms, who commissions."""

from django.utils import timezone
from rules import predicate

from cqo_portal.accounts.permissions import (
    has_a_part,
    is_body,
    is_city,
    is_county,
    is_officer,
    is_provider,
    is_province,
)
from cqo_portal.parties.models import Office

is_office = is_county | is_city | is_province

holds_trainings = is_provider | is_office
commissions_providers = is_city | is_province


@predicate
def is_of_the_own_house(user, organised) -> bool:
    """Held by the institution or the office one acts for."""
    acting = user.acting
    if organised.institution_id:
        return acting.institution_id == organised.institution_id
    return acting.office_id == organised.office_id


@predicate
def is_the_person(user, thing) -> bool:
    return user.acting.person_id == thing.person_id


@predicate
def has_a_part_in_it(user, thing) -> bool:
    """Whoever is the person, in whatever role, decides nothing about his own hours."""
    return has_a_part(user, person=thing.person_id)


@predicate
def is_of_the_own_office(user, commission) -> bool:
    return user.acting.office_id == commission.office_id


organises = holds_trainings & is_of_the_own_house
ends_a_commission = commissions_providers & is_of_the_own_office
confirms_hours = (is_county | is_body) & is_of_the_own_house & ~has_a_part_in_it
withdraws_a_report = is_officer & is_the_person


@predicate
def oversees_its_organiser(user, entry) -> bool:
    """An office that had commissioned the provider by then, or the office above the one that held the training.

    Before the first commission of all: whoever commissioned it since. Where there is none: of a provider any province,
    of the highest office itself. `EntryQuerySet.overseen_by` says the same of rows.
    """
    office = user.acting.office_id
    if entry.institution_id:
        held_on = entry.last_day if hasattr(entry, "last_day") else entry.on
        known = entry.institution.commissions.values_list("office", "first_day")
        then = {of for of, begins in known if begins <= held_on}
        offices = then or {of for of, begins in known if begins <= timezone.localdate()}
        return office in offices or (is_province(user) and not offices)
    return entry.office.parent_id == office or (entry.office.parent_id is None and entry.office_id == office)


oversees = is_office & oversees_its_organiser


@predicate
def works_for_its_organiser(user, entry) -> bool:
    """In another role, for the institution or the office that held it."""
    others = user.assignments.exclude(pk=user.acting.pk)
    if entry.institution_id:
        return others.filter(institution=entry.institution_id).exists()
    return others.filter(office=entry.office_id).exclude(office=user.acting.office_id).exists()


@predicate
def posted_it(user, entry) -> bool:
    return entry.by_id == user.pk


has_no_part = ~has_a_part_in_it & ~works_for_its_organiser & ~posted_it
settles_flags = oversees & has_no_part
explains_flags = (holds_trainings | is_body) & is_of_the_own_house


def settles_all(user, entries) -> bool:
    """`settles_flags` of every one of these entries: what is alike for one organiser is asked once of each."""
    outside = oversees & ~works_for_its_organiser
    organisers = {(each.institution_id, each.office_id): each for each in entries}
    people = {each.person_id for each in entries}
    return (
        not any(posted_it.test(user, each) for each in entries)
        and all(outside.test(user, each) for each in organisers.values())
        and not user.assignments.filter(person__in=people).exists()
    )


@predicate
def confirmed_it(user, entry) -> bool:
    """Hours that somebody reported himself, and this house confirmed."""
    return entry.self_report_id is not None


# ── reversals ─────────────────────────────────────────────────────────────────────────────────
takes_back = organises | (is_body & is_of_the_own_house & confirmed_it) | settles_flags
takes_back_all = organises | (oversees & ~works_for_its_organiser)  # of a session

# ── audit draws ───────────────────────────────────────────────────────────────────────────────
draws = commissions_providers
runs_a_draw = draws & is_of_the_own_office


@predicate
def runs_its_draw(user, drawn) -> bool:
    return runs_a_draw(user, drawn.stratum.draw)


@predicate
def has_no_part_in_its_entry(user, drawn) -> bool:
    return has_no_part(user, drawn.entry)


finds_an_outcome = runs_its_draw & has_no_part_in_its_entry


@predicate
def is_of_the_authority(user, completion) -> bool:
    return completion.authority_id is not None and completion.authority_id == user.acting.office_id


voids = organises | (is_office & is_of_the_authority)


# ── providers on record ───────────────────────────────────────────────────────────────────────
@predicate
def commissioned_it_or_nobody_did(user, institution) -> bool:
    """Its data are kept by whoever commissioned it (or stands above); a new one by whoever comes to commission it."""
    commissions = institution.commissions.all()
    below = Office.objects.below(user.acting.office)
    return not commissions.exists() or commissions.filter(office__in=below).exists()


keeps_the_institution = commissions_providers & commissioned_it_or_nobody_did


# ── yearly reports of providers ───────────────────────────────────────────────────────────────
@predicate
def is_of_the_own_institution(user, report) -> bool:
    return user.acting.institution_id == report.institution_id


@predicate
def works_for_it_too(user, report) -> bool:
    """Whoever works for the provider in any role receives nothing of it."""
    return has_a_part(user, institution=report.institution_id)


hands_in_reports = is_provider & is_of_the_own_institution
receives_reports = is_office & is_of_the_own_office & ~works_for_it_too
