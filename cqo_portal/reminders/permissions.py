"""Who runs the mail, and who reads what was said of a case."""

from cqo_portal.accounts.models import Role
from cqo_portal.accounts.permissions import acts_as

is_operator = acts_as(Role.ADMIN)  # keeps the house running; decides no case
