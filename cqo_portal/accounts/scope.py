"""Which rows lie within the assignment somebody acts in. The law of it stands here; a `visible_to` says the rest."""

from django.db.models import Q

from cqo_portal.accounts.models import Role

NOTHING = Q(pk__in=[])
DOWN_TO = {Role.COUNTY: "", Role.CITY: "__parent", Role.PROVINCE: "__parent__parent"}


def within_area(acting, office: str = "office") -> Q:
    """Rows whose `office` is the one a person acts for, or lies below it; nothing for roles at no office."""
    if acting.role not in DOWN_TO:
        return NOTHING
    return Q(**{f"{office}{DOWN_TO[acting.role]}": acting.office_id})


def within_scope(acting) -> Q:
    """Rows of the own enterprise, or of the own area."""
    if acting.role == Role.ENTERPRISE:
        return Q(organisation=acting.organisation_id)
    return within_area(acting)
