"""The kinds of message appraisals cause, and who gets them."""

from cqo_portal.accounts.holders import holders
from cqo_portal.accounts.models import Role
from cqo_portal.notifications.catalogue import Kind, add


def the_officer(appraisal):
    return holders(role=Role.OFFICER, person=appraisal.post.person_id)


def the_enterprise(remark):
    return holders(role=Role.ENTERPRISE, organisation=remark.decision.appraisal.post.organisation_id)


add(
    Kind("appraisal-decided", recipients=the_officer),
    Kind("appraisal-remarked", recipients=the_enterprise),
)
