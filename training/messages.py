"""The kinds of message a training causes, and who gets them."""

from cqo_portal.accounts.holders import holders
from cqo_portal.accounts.models import AT_AN_INSTITUTION, AT_AN_OFFICE, Role
from cqo_portal.notifications.catalogue import Kind, add


def the_person(report):
    return holders(role=Role.OFFICER, person=report.person_id)


def whoever_confirms(report):
    if report.office_id:
        return holders(role=Role.COUNTY, office=report.office_id)
    return holders(role=Role.BODY, institution=report.institution_id)


def the_authority(report):
    return holders(office=report.office_id, role__in=[Role.COUNTY, Role.CITY, Role.PROVINCE])


def the_provider(report):
    return holders(role=Role.PROVIDER, institution=report.institution_id)


def whose_hours(settlement):
    return holders(role=Role.OFFICER, person=settlement.flag.entry.person_id)


def whoever_held_it(settlement):
    entry = settlement.flag.entry
    if entry.office_id:
        return holders(role__in=AT_AN_OFFICE, office=entry.office_id)
    return holders(role__in=AT_AN_INSTITUTION, institution=entry.institution_id)


def whoever_was_drawn(draw):
    """The organisers with at least one record in the sample."""
    drawn = draw.strata.filter(share__gt=0)
    institutions, offices = drawn.values("institution"), drawn.values("office")
    of_institutions = holders(role__in=AT_AN_INSTITUTION, institution__in=institutions)
    return of_institutions | holders(role__in=AT_AN_OFFICE, office__in=offices)


add(
    Kind("self-report-sent", recipients=whoever_confirms),
    Kind("self-report-confirmed", recipients=the_person),
    Kind("self-report-refused", recipients=the_person),
    Kind("provider-commissioned", recipients=the_provider),
    Kind("provider-commission-ended", recipients=the_provider),
    Kind("completion-issued", recipients=the_person),
    Kind("completion-void", recipients=the_person),
    Kind("provider-report-handed-in", recipients=the_authority),
    Kind("provider-report-received", recipients=the_provider),
    Kind("provider-report-returned", recipients=the_provider),
    Kind("hours-reversed", recipients=the_person),
    Kind("flag-settled", recipients=whose_hours),
    Kind("flags-settled", recipients=whoever_held_it),
    Kind("draw-seeded", recipients=whoever_was_drawn),
    Kind("draw-closed", recipients=whoever_was_drawn),
)
