"""Who rehearses and who adopts."""

from rules import predicate

from cqo_portal.accounts.models import Role
from cqo_portal.accounts.permissions import acts_as, is_city

rehearses = is_city | acts_as(Role.PROVINCE)


@predicate
def of_the_own_office(user, run) -> bool:
    return user.acting.office_id == run.office_id


adopts = is_city & of_the_own_office
