"""Experience cases, pairings, the talent pool: fields and constraints."""

from registry.talent.models.case import Case, Consent
from registry.talent.models.pairing import Meeting, Pairing
from registry.talent.models.pool import PoolEntry, PoolMove

__all__ = ["Case", "Consent", "Meeting", "Pairing", "PoolEntry", "PoolMove"]
