"""The kinds of message annual reports cause, and who gets them."""

from cqo_portal.accounts.holders import holders
from cqo_portal.accounts.models import Role, User
from cqo_portal.notifications.catalogue import Kind, add
from registry.reports.queries import expected
from registry.reports.schedule import schedule_for


def the_enterprise(subject):
    """Of a report or of a reminder."""
    return holders(role=Role.ENTERPRISE, organisation=subject.organisation_id)


def the_county(report):
    return holders(role=Role.COUNTY, office=report.office_id)


def the_office_above(roll_up):
    role = {"county": Role.CITY, "city": Role.PROVINCE}.get(roll_up.office.level)
    return holders(role=role, office=roll_up.office.parent_id) if role else User.objects.none()


def those_who_owe(roll_up):
    """Every enterprise of the county that has not handed in a report yet."""
    cut_off = schedule_for(roll_up.office, roll_up.year, today=roll_up.opened_at.date()).cut_off
    owing = expected(roll_up.year, cut_off=cut_off).filter(office=roll_up.office_id, report_state=None)
    return holders(role=Role.ENTERPRISE, organisation__in=owing.values("pk"))


add(
    Kind("report-opened", recipients=those_who_owe),
    Kind("report-submitted", recipients=the_county),
    Kind("report-returned", recipients=the_enterprise),
    Kind("report-received", recipients=the_enterprise),
    Kind("report-reminder", recipients=the_enterprise),
    Kind("report-signed", recipients=the_office_above),
)
