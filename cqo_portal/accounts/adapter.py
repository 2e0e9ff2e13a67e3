"""Where our house differs from allauth's defaults."""

from allauth.account.adapter import DefaultAccountAdapter
from allauth.mfa.adapter import DefaultMFAAdapter

from cqo_portal.sealed import seal, unseal

TOTP_SECRETS = "mfa_authenticator.data:secret"


class AccountAdapter(DefaultAccountAdapter):
    """Accounts are opened by an administrator; nobody signs up."""

    def is_open_for_signup(self, request) -> bool:
        return False


class MFAAdapter(DefaultMFAAdapter):
    """One-time-code secrets lie sealed: allauth stores them in clear unless told otherwise."""

    def encrypt(self, text: str) -> str:
        return seal(text.encode(), place=TOTP_SECRETS)

    def decrypt(self, encrypted_text: str) -> str:
        return unseal(encrypted_text, place=TOTP_SECRETS).decode()
