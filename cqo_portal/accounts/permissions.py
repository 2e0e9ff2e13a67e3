"""Predicates about a person alone: in which role do they act now?

`rules` predicates compose with `&`, `|`, `~`. An assignment counts only while the request acts in it.
"""

from rules import Predicate, predicate

from cqo_portal.accounts.models import Role


def acts_as(role: Role) -> Predicate:
    """True for whoever acts in `role` at this moment."""

    def acts(user) -> bool:
        return user is not None and user.acting is not None and user.acting.role == role

    return Predicate(acts, name=f"acts_as_{role}")


is_enterprise = acts_as(Role.ENTERPRISE)
is_officer = acts_as(Role.OFFICER)
is_county = acts_as(Role.COUNTY)
is_city = acts_as(Role.CITY)
is_province = acts_as(Role.PROVINCE)
is_admin = acts_as(Role.ADMIN)
is_regulator = is_county | is_city | is_province


@predicate
def acts_for_the_office_of(user, obj) -> bool:
    """The office the user acts for is the object's filing office or stands above it."""
    office = user.acting.office if user.acting else None
    return office is not None and office.is_or_is_above(obj.office)
