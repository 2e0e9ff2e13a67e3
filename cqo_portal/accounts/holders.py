"""Who holds a role somewhere: messages go to everybody who does, never to one person."""

from django.db.models import QuerySet

from cqo_portal.accounts.models import User


def holders(**scope) -> QuerySet[User]:
    """Active people with one active assignment that is all of this: `holders(role=Role.CITY, office="130900")`."""
    wanted = {f"assignments__{key}": value for key, value in scope.items()}
    return User.objects.filter(is_active=True, assignments__active=True, **wanted).distinct()
