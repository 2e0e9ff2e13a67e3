"""告知记录: what was said of a case, to whom, which way, and when. Whoever may see the case sees what concerns his side of it."""

from collections.abc import Callable, Iterable

from django.apps import apps
from django.core.exceptions import ObjectDoesNotExist, ValidationError
from django.db.models import Model, Q, QuerySet
from django.http import Http404

from cqo_portal.accounts.models import AT_AN_OFFICE, Role
from cqo_portal.notifications.models import Message

# Of an evaluation nobody but the body reads who sits on the panel; so what was said to experts is the body's to read.
SEES_EVERYBODY = frozenset({*AT_AN_OFFICE, Role.BODY})

_parts: dict[type[Model], Callable[[Model], Iterable[QuerySet]]] = {}


def tell_with(case: type[Model], parts: Callable[[Model], Iterable[QuerySet]]) -> None:
    """What was said of these rows belongs to the history of the case they are a part of."""
    _parts[case] = parts


def _none(case: Model) -> tuple:
    return ()


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
    said = Message.objects.filter(_about(case)).select_related("recipient", "carried_by")
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


def _about(case: Model) -> Q:
    """Of the case, and of those parts of it that somebody is told of by themselves."""
    about = Q(subject_type=case._meta.label_lower, subject_id=str(case.pk))
    for parts in _parts.get(type(case), _none)(case):
        keys = [str(key) for key in parts.order_by().values_list("pk", flat=True)]
        about |= Q(subject_type=parts.model._meta.label_lower, subject_id__in=keys)
    return about
