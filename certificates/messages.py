"""The kinds of message a certificate causes: to the holder in person, and to the enterprise it names."""

from cqo_portal.accounts.holders import holders
from cqo_portal.accounts.models import Role
from cqo_portal.notifications.catalogue import Kind, add
from registry.models import Officer


def whom_it_concerns(certificate):
    """Of one that was never sent nobody heard, so nobody hears what became of it; nor an enterprise the holder has left."""
    holder = holders(role=Role.OFFICER, person=certificate.person_id)
    if not certificate.sent_at:
        return holder.none()
    here = {"organisation": certificate.organisation_id, "person": certificate.person_id}
    if not Officer.objects.in_office().filter(**here).exists():
        return holder
    return holder | holders(role=Role.ENTERPRISE, organisation=certificate.organisation_id)


def whom_a_successor_concerns(certificate):
    """Those, and the body that issued it, where another one issued the next."""
    act = certificate.acts.filter(kind="supersede").select_related("successor").last()
    told = whom_it_concerns(certificate)
    if act is None or act.successor.body_id == certificate.body_id:
        return told
    return told | holders(role=Role.BODY, institution=certificate.body_id)


add(
    Kind("certificate-issued", recipients=whom_it_concerns),
    Kind("certificate-suspended", recipients=whom_it_concerns),
    Kind("certificate-resumed", recipients=whom_it_concerns),
    Kind("certificate-discontinued", recipients=whom_it_concerns),
    Kind("certificate-void", recipients=whom_it_concerns),
    Kind("certificate-superseded", recipients=whom_a_successor_concerns),
)
