"""The only writer of the register: a fact is entered with the day it holds from, and the post follows it."""

from collections.abc import Mapping
from datetime import date

from cqo_portal.parties.models import Organisation
from registry.models import Entry, Filing, Officer


def enter(
    organisation: Organisation,
    values: Mapping[str, str],
    *,
    effective_on: date,
    post: Officer | None = None,
    filing: Filing | None = None,
    by=None,
    reason: str = "",
) -> list[Entry]:
    """Record facts of a post, or of the enterprise where `post` is None. Runs in the caller's transaction."""
    return [
        Entry.objects.create(
            organisation=organisation,
            post=post,
            name=name,
            value=value,
            effective_on=effective_on,
            filing=filing,
            by=by,
            reason=reason,
        )
        for name, value in values.items()
    ]
