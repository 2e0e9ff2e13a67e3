"""The kinds of message of accounts, registrations and moves, and who gets them."""

from cqo_portal.accounts.holders import holders
from cqo_portal.accounts.models import AT_AN_OFFICE, Role, User
from cqo_portal.notifications.catalogue import Kind, add


# ── registrations ─────────────────────────────────────────────────────────────────────────────
def the_county_asked(registration):
    return holders(role=Role.COUNTY, office=registration.office_id)


def the_clerks_on_record(registration):
    clerks = holders(role=Role.ENTERPRISE, organisation__credit_code=registration.credit_code)
    return clerks.exclude(pk=registration.applicant_id)


def the_applicant(registration):
    return [registration.applicant]


# ── moves ─────────────────────────────────────────────────────────────────────────────────────
def who_accepts(move):
    return holders(role__in=AT_AN_OFFICE, office__in=move.answered_by)


def who_proposed(move):
    return holders(office=move.proposed_at_office_id)


def both_counties(move):
    return holders(role=Role.COUNTY, office__in=(move.from_office_id, move.to_office_id))


def everybody_concerned(move):
    return (both_counties(move) | holders(role=Role.ENTERPRISE, organisation=move.organisation_id)).distinct()


# ── hand-over ─────────────────────────────────────────────────────────────────────────────────
def who_remains(kept):
    """Those who hold the same role at the same place; without a place nobody is told."""
    if not (kept.office_id or kept.organisation_id):
        return User.objects.none()
    same = holders(role=kept.role, office=kept.office_id, organisation=kept.organisation_id)
    return same.exclude(pk=kept.user_id)


add(
    Kind("registration-waiting", recipients=the_county_asked),
    Kind("registration-asked", recipients=the_clerks_on_record),
    Kind("registration-decided", recipients=the_applicant),
    Kind("registration-joined", recipients=the_clerks_on_record),
    Kind("move-proposed", recipients=who_accepts),
    Kind("move-accepted", recipients=both_counties),
    Kind("move-refused", recipients=who_proposed),
    Kind("move-withdrawn", recipients=who_accepts),
    Kind("move-done", recipients=everybody_concerned),
    Kind("handover-kept", recipients=who_remains),
)
