"""Whom a session belongs to."""

from allauth.account.auth_backends import AuthenticationBackend

from cqo_portal.accounts.models import Assignment, User


class WithRoles(AuthenticationBackend):
    def get_user(self, user_id: int) -> User | None:
        """The person with the roles that may be acted in, read in one question: every page needs both."""
        roles = Assignment.objects.filter(user=user_id, active=True).select_related("user").with_scope()
        user = roles[0].user if roles else super().get_user(user_id)
        if user is None or not self.user_can_authenticate(user):
            return None
        user.roles = roles
        return user
