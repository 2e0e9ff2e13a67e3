"""Who runs the mail. Who reads what was said of a case: `told.py`, behind the door of the case itself."""

from cqo_portal.accounts.models import Role
from cqo_portal.accounts.permissions import acts_as

is_operator = acts_as(Role.ADMIN)  # keeps the house running; decides no case
