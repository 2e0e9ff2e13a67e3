"""Predicates about a notice."""

from rules import predicate

from cqo_portal.accounts.models import Role
from cqo_portal.accounts.permissions import is_city, is_enterprise


@predicate
def is_of_its_city(user, notice) -> bool:
    return user.acting.office_id == notice.office_id


issues = is_city & is_of_its_city
answers = is_enterprise


def regulates(user) -> bool:
    acting = getattr(user, "acting", None)
    return acting is not None and acting.role in (Role.COUNTY, Role.CITY, Role.PROVINCE)
