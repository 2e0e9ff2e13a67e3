"""告知记录: what was said of a case, to whom, which way, and when. Whoever may see the case sees what concerns his side of it."""

from django.apps import apps
from django.core.exceptions import ObjectDoesNotExist, ValidationError
from django.db.models import Model, Q, QuerySet
from django.http import Http404

from cqo_portal.accounts.models import AT_AN_OFFICE, Role
from cqo_portal.notifications.models import Message

# Of an evaluation nobody but the body reads who sits on the panel; so what was said to experts is the body's to read.
SEES_EVERYBODY = frozenset({*AT_AN_OFFICE, Role.BODY})


def case_of(user, label: str, key: str) -> Model:
    """The case itself, through its own door. Raises Http404."""
    try:
        model = apps.get_model(label)
        seen = model._default_manager.visible_to(user)
        return seen.get(pk=model._meta.pk.to_python(key))
    except (LookupError, ValueError, AttributeError, ValidationError, ObjectDoesNotExist) as unknown:
        raise Http404 from unknown


def said_of(case: Model, user) -> QuerySet[Message]:
    """Newest first. An office and a body read what was said to all sides, others what was said to theirs."""
    said = Message.objects.about(case).select_related("recipient", "carried_by")
    acting = user.acting
    if acting.role in AT_AN_OFFICE:
        return said.exclude(recipient__assignments__role=Role.EXPERT)
    if acting.role == Role.BODY:
        return said
    side = {
        "organisation": acting.organisation_id,
        "person": acting.person_id,
        "institution": acting.institution_id,
    }
    ours = Q(recipient=user)
    for name, key in side.items():
        if key is not None:
            ours |= Q(**{f"recipient__assignments__{name}": key})
    return said.filter(ours).distinct()
