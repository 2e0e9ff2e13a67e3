"""Which rows lie within the assignment somebody acts in. The law of it stands here; a `visible_to` says the rest."""

from django.db.models import Exists, OuterRef, Q

from cqo_portal.accounts.models import Role
from cqo_portal.parties.models import Office, Organisation

NOTHING = Q(pk__in=[])
DOWN_TO = {Role.COUNTY: "", Role.CITY: "__parent", Role.PROVINCE: "__parent__parent"}


def within_area(acting, office: str = "office") -> Q:
    """Rows whose `office` is the one a person acts for, or lies below it; nothing for roles at no office."""
    if acting.role not in DOWN_TO:
        return NOTHING
    return Q(**{f"{office}{DOWN_TO[acting.role]}": acting.office_id})


def offices_within(acting) -> list[str]:
    """The keys of the offices that `within_area` means and that have enterprises.

    For large tables: told which offices, the database knows how many rows it will find; of a join it takes the average.
    """
    down = DOWN_TO[acting.role].lstrip("_") or "pk"
    theirs = Exists(Organisation.objects.filter(office=OuterRef("pk")))
    return list(Office.objects.filter(theirs, **{down: acting.office_id}).values_list("pk", flat=True))


def within_scope(acting) -> Q:
    """Rows of the own enterprise, or of the own area."""
    if acting.role == Role.ENTERPRISE:
        return Q(organisation=acting.organisation_id)
    return within_area(acting)
