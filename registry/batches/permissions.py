"""Predicates about a batch."""

from rules import predicate

from cqo_portal.accounts.permissions import is_county


@predicate
def is_of_its_county(user, batch) -> bool:
    return user.acting.office_id == batch.office_id


sends = is_county
recalls = is_county & is_of_its_county
