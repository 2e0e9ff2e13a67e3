"""Predicates about tables: who reads figures, who locks them, who takes lists of people away.

Names of people and enterprises are the business of offices (`works_at_an_office`); an administrator sees figures only.
"""

from rules import predicate

from cqo_portal.accounts.models import Role
from cqo_portal.accounts.permissions import acts_as
from cqo_portal.imports.permissions import the_system, works_at_an_office

__all__ = ["of_the_own_office", "publishes", "reads_figures", "the_system", "works_at_an_office"]


reads_figures = works_at_an_office | acts_as(Role.ADMIN)


@predicate
def of_the_own_office(user, office) -> bool:
    return user.acting.office_id == office.pk


publishes = works_at_an_office & of_the_own_office
