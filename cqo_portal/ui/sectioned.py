"""A long form in sections, each a form of its own over one draft."""

from collections.abc import Iterator
from dataclasses import dataclass

from django import forms


class SectionedForm:
    """All sections, in the order of the page."""

    sections: list[forms.Form]

    def is_valid(self) -> bool:
        found = [section.errors for section in self.sections]  # asks every one, also after the first fault
        return not any(found)

    def faults(self) -> Iterator[tuple[str, str, str]]:
        """(input id, label, sentence) of every error, in the order of the page."""
        for section in self.sections:
            for bound in section:
                where = f"{bound.auto_id}_0" if bound.use_fieldset else bound.auto_id
                yield from ((where, str(bound.label), sentence) for sentence in bound.errors)

    def forgive_what_is_empty(self) -> None:
        """While one is still typing, an empty field is not yet a mistake."""
        for section in self.sections:
            for name in empty_in(section):
                del section.errors[name]

    def inputs(self) -> Iterator[forms.BoundField]:
        for section in self.sections:
            yield from section


def empty_in(section: forms.Form) -> list[str]:
    """The fields in error only because nothing stands in them."""
    in_error = (name for name in section.errors if name in section.fields)
    return [name for name in in_error if section[name].value() in (None, "", [])]


# ── beside the form ───────────────────────────────────────────────────────────────────────────
@dataclass(frozen=True)
class Chapter:
    """One entry of the table of contents (`components/toc.html`)."""

    anchor: str
    title: str
    status: str  # wrong | done | none
    note: str


def chapter_of(section: forms.Form, *, checked: bool) -> Chapter:
    """How a section stands. `checked`: the person asked to go on, so that what is empty is wrong too.

    To be asked before `forgive_what_is_empty`.
    """
    empty = len(empty_in(section))
    wrong = len(section.errors) - (0 if checked else empty)
    if wrong:
        return Chapter(section.code, section.title, "wrong", f"{wrong} 处有误")
    if empty:
        return Chapter(section.code, section.title, "none", f"还有 {empty} 处没填")
    return Chapter(section.code, section.title, "done", "已填完")
