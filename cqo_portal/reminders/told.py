"""告知记录: what was said of a case, to whom, which way, and when. Whoever may see the case sees what concerns his side of it."""

from collections.abc import Callable, Iterable

from django.apps import apps
from django.core.exceptions import ObjectDoesNotExist, ValidationError
from django.db.models import Model, Q, QuerySet
from django.http import Http404

from cqo_portal.accounts.models import AT_AN_OFFICE, Assignment, Role, User
from cqo_portal.notifications.models import Message

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
    """Newest first. An office and a body read what was said to all sides, others what was said to theirs; of experts nobody
    but the body, and each of himself."""
    said = Message.objects.filter(_about(case)).select_related("recipient", "carried_by")
    acting = user.acting
    if acting is not None and acting.role == Role.BODY:
        return said
    own = Q(recipient=user)
    experts = User.objects.filter(assignments__role=Role.EXPERT).values("pk")
    said = said.filter(own | ~Q(recipient__in=experts))
    if acting is not None and acting.role in AT_AN_OFFICE:
        return said
    held = {"organisation": "organisation_id", "person": "person_id", "institution": "institution_id"}
    for name, attribute in held.items():
        if key := getattr(acting, attribute, None):
            seats = Assignment.objects.filter(active=True, **{name: key})
            own |= Q(recipient__in=seats.values("user"))
    return said.filter(own)


def _about(case: Model) -> Q:
    """Of the case, and of those parts of it that somebody is told of by themselves."""
    about = Q(subject_type=case._meta.label_lower, subject_id=str(case.pk))
    for parts in _parts.get(type(case), _none)(case):
        keys = [str(key) for key in parts.order_by().values_list("pk", flat=True)]
        about |= Q(subject_type=parts.model._meta.label_lower, subject_id__in=keys)
    return about
