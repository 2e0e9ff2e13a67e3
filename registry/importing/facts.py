"""Entries of an import, made together."""

from datetime import date, timedelta

from cqo_portal.imports.catalogue import Errand
from cqo_portal.imports.enterprises import CHUNK
from cqo_portal.parties.models import Organisation
from registry.entries import enter_many
from registry.entry_kinds import IN_OFFICE, OF_A_POST, OF_AN_ENTERPRISE, as_text
from registry.history import NO, YES
from registry.models import Entry, Officer


class Facts:
    """Entries of an import. `entries.enter` makes each its own act, and the chain of acts is everybody's: a file of
    thousands would keep all offices waiting. An import is one act; its run is the record."""

    def __init__(self, errand: Errand) -> None:
        self.errand = errand
        self.made: list[Entry] = []

    def of_an_enterprise(self, organisation: Organisation, *, before: Organisation | None) -> None:
        """What is new or differs, from today on: a list does not say since when."""
        for name in OF_AN_ENTERPRISE:
            column = "office_id" if name == "office" else name
            text = as_text(getattr(organisation, column))
            if text and (before is None or text != as_text(getattr(before, column))):
                self._add(organisation, None, name, text, on=self.errand.today)

    def of_a_new_post(self, post: Officer) -> None:
        for name in OF_A_POST:
            if name not in (IN_OFFICE, "phone"):
                self._add(post.organisation, post, name, as_text(getattr(post, name)), on=post.appointed_on)
        self._add(post.organisation, post, IN_OFFICE, YES, on=post.appointed_on)
        if post.ended_on:
            self.of_an_end(post)

    def of_changes(self, post: Officer, *, before: Officer) -> None:
        for name in OF_A_POST:
            text = as_text(getattr(post, name, None))
            if name not in (IN_OFFICE, "phone") and text != as_text(getattr(before, name, None)):
                self._add(post.organisation, post, name, text, on=self.errand.today)

    def of_an_end(self, post: Officer) -> None:
        self._add(post.organisation, post, IN_OFFICE, NO, on=post.ended_on + timedelta(days=1))

    def also(self, post: Officer, name: str, text: str) -> None:
        """A fact without a column of its own."""
        self._add(post.organisation, post, name, text, on=post.appointed_on)

    def _add(
        self, organisation: Organisation, post: Officer | None, name: str, text: str, *, on: date
    ) -> None:
        self.made.append(
            Entry(
                organisation=organisation,
                post=post,
                name=name,
                value=text,
                effective_on=on,
                by=self.errand.by,
                reason=f"导入：{self.errand.source}",
            )
        )
        if len(self.made) >= CHUNK:
            self.enter()

    def enter(self) -> None:
        enter_many(self.made, batch=CHUNK)
        self.made = []
