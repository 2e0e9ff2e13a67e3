"""Predicates about a person alone: in which role do they act now?

`rules` predicates compose with `&`, `|`, `~`. An assignment counts only while the request acts in it.
"""

from uuid import UUID

from django.db.models import Q
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


def has_a_part(
    user, *, person: UUID | None = None, organisation: UUID | None = None, institution: UUID | None = None
) -> bool:
    """Whether somebody is the person, or works for the enterprise or the institution, in any role of theirs.

    A part counts also after the role was withdrawn: who left an enterprise yesterday is no stranger to it today, and
    a role could be given up for a day to decide in one's own cause.
    """
    wanted = {"person": person, "organisation": organisation, "institution": institution}
    theirs = Q(pk__in=[])
    for name, key in wanted.items():
        if key is not None:
            theirs |= Q(**{name: key})
    return user.assignments.filter(theirs).exists()
