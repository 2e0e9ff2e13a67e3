"""The tables of the registry: filings and what was said in them; the register and the facts behind it."""

from registry.models.filing import (
    Determination,
    Filing,
    IdentityDecision,
    ItemCheck,
    Phrase,
    Proof,
    ReturnItem,
    Submission,
)
from registry.models.register import Adoption, Entry, Officer

__all__ = [
    "Adoption",
    "Determination",
    "Entry",
    "Filing",
    "IdentityDecision",
    "ItemCheck",
    "Officer",
    "Phrase",
    "Proof",
    "ReturnItem",
    "Submission",
]
