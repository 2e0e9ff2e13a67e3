"""The filing offices a deployment begins with; from then on the table is the administrator's."""

from cqo_portal.parties.models import Office
from cqo_portal.reference.load import load_missing

COLUMNS = ("code", "name", "area", "level", "jurisdiction", "parent_id", "active")


def load_offices() -> int:
    return load_missing(Office, "offices", columns=COLUMNS)
