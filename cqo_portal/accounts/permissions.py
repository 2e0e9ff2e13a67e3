"""Predicates about a person alone: in which role do they act now?

`rules` predicates compose with `&`, `|`, `~`. An assignment counts only while the request acts in it.
"""

from rules import Predicate

from cqo_portal.accounts.models import Role


def acts_as(role: Role) -> Predicate:
    """True for whoever acts in `role` at this moment."""

    def acts(user) -> bool:
        return user is not None and user.acting is not None and user.acting.role == role

    return Predicate(acts, name=f"acts_as_{role}")


is_enterprise = acts_as(Role.ENTERPRISE)
is_county = acts_as(Role.COUNTY)
is_city = acts_as(Role.CITY)
is_province = acts_as(Role.PROVINCE)
is_officer = acts_as(Role.OFFICER)
is_body = acts_as(Role.BODY)
is_provider = acts_as(Role.PROVIDER)
