"""Drafts as they are typed: kept whole, saved with a version, open only where a return unlocked something.

A model with a draft has `draft` {input name: [typed values]}, `draft_version`, `draft_saved_at`, `draft_saved_by`,
`state` and `round`.
"""

from collections.abc import Callable, Mapping

from django.db import models, transaction
from django.http import QueryDict
from django.utils import timezone

NOT_ANSWERS = frozenset({"csrfmiddlewaretoken", "version", "action"})
Typed = Mapping[str, list[str]]


class Stale(Exception):
    """Somebody else saved the draft after this page was opened: `kept` is what lies there now."""

    def __init__(self, kept: models.Model) -> None:
        super().__init__(kept.draft_version)
        self.kept = kept


def merged(draft: Typed, posted: QueryDict, *, is_open: Callable[[str], bool]) -> dict[str, list[str]]:
    """The draft with what the browser sent, as far as `is_open` says of an input's name that it may be changed.

    A browser does not send an unticked box, so an open input that is missing is empty now.
    """
    kept = {name: values for name, values in draft.items() if not is_open(name)}
    return kept | sent(posted, is_open=is_open)


def sent(posted: QueryDict, *, is_open: Callable[[str], bool]) -> dict[str, list[str]]:
    return {name: values for name, values in posted.lists() if name not in NOT_ANSWERS and is_open(name)}


def save(
    seen: models.Model,
    typed: dict[str, list[str]],
    *,
    version: int | None,
    by,
    related: tuple[str, ...] = (),
    also: Callable[[models.Model], set[str]] = lambda kept: set(),
) -> models.Model:
    """Keep what was typed. `version` is the one the page was opened with; None overwrites knowingly.

    `also` changes what follows from the draft, and names the fields. Raises `Stale`.
    """
    with transaction.atomic():
        rows = type(seen)._base_manager.select_for_update(no_key=True, of=("self",))
        kept = rows.select_related(*related).get(pk=seen.pk)
        if kept.draft == typed:
            return kept
        moved = (kept.state, kept.round) != (seen.state, seen.round)  # then other inputs are open than were
        if moved or (version is not None and version != kept.draft_version):
            raise Stale(kept)
        kept.draft = typed
        kept.draft_version += 1
        kept.draft_saved_at, kept.draft_saved_by = timezone.now(), str(by)[:100]
        fields = {"draft", "draft_version", "draft_saved_at", "draft_saved_by"}
        kept.save(update_fields=fields | also(kept))
    return kept


def as_query(typed: Typed) -> QueryDict:
    query = QueryDict(mutable=True)
    for name, values in typed.items():
        query.setlist(name, values)
    return query


def version_typed(request) -> int | None:
    """The version a page was opened with, as its form sent it back."""
    typed = request.POST.get("version", "")
    return int(typed) if typed.isascii() and typed.isdigit() and len(typed) < 10 else None
