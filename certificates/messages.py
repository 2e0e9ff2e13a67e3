"""The kinds of message a certificate causes: to the holder in person, and to the enterprise it names."""

from cqo_portal.accounts.holders import holders
from cqo_portal.accounts.models import Role
from cqo_portal.notifications.catalogue import Kind, add


def whom_it_concerns(certificate):
    """Of one that was never sent nobody heard, so nobody hears what became of it."""
    holder = holders(role=Role.OFFICER, person=certificate.person_id)
    enterprise = holders(role=Role.ENTERPRISE, organisation=certificate.organisation_id)
    return holder | enterprise if certificate.sent_at else holder.none()


add(
    Kind("certificate-issued", recipients=whom_it_concerns),
    Kind("certificate-suspended", recipients=whom_it_concerns),
    Kind("certificate-resumed", recipients=whom_it_concerns),
    Kind("certificate-discontinued", recipients=whom_it_concerns),
    Kind("certificate-void", recipients=whom_it_concerns),
)
