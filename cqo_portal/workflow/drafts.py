"""A draft kept as typed, with a version: whoever saves from an older page is told so, and nothing typed is lost.

For models with `draft` {input name: [typed values]}, `draft_version`, `draft_saved_at`, `draft_saved_by`, `state`, `round`.
"""

from collections.abc import Callable, Mapping

from django.db import models, transaction
from django.http import QueryDict
from django.utils import timezone

NOT_ANSWERS = frozenset({"csrfmiddlewaretoken", "version", "action"})


class Stale(Exception):
    """Somebody, perhaps the same person in another window, saved after this page was opened; `kept` stands now."""

    def __init__(self, kept: models.Model) -> None:
        super().__init__(str(kept.pk))
        self.kept = kept


def save(
    obj: models.Model,
    typed: dict[str, list[str]],
    *,
    version: int | None,
    by,
    along: tuple[str, ...],
    follows: Callable[[models.Model], set[str]] = lambda kept: set(),
):
    """Keep what was typed. `version` is the one the page was opened with; None overwrites knowingly.

    `along`: relations to fetch with the row; `follows` changes what follows from the draft, and names the fields.
    Raises `Stale`, also where the case moved on: other inputs are open then.
    """
    with transaction.atomic():
        rows = type(obj)._base_manager.select_for_update(no_key=True, of=("self",))
        kept = rows.select_related(*along).get(pk=obj.pk)
        if kept.draft == typed:
            return kept
        moved = (kept.state, kept.round) != (obj.state, obj.round)
        if moved or (version is not None and version != kept.draft_version):
            raise Stale(kept)
        kept.draft = typed
        kept.draft_version += 1
        kept.draft_saved_at, kept.draft_saved_by = timezone.now(), str(by)[:100]
        fields = {"draft", "draft_version", "draft_saved_at", "draft_saved_by"}
        kept.save(update_fields=fields | follows(kept))
    return kept


def answers(posted: QueryDict) -> dict[str, list[str]]:
    """What a form says, without what the page adds to it."""
    return {name: values for name, values in posted.lists() if name not in NOT_ANSWERS}


def merged(
    draft: Mapping[str, list[str]], posted: QueryDict, *, is_open: Callable[[str], bool]
) -> dict[str, list[str]]:
    """The draft with what the browser sent, as far as `is_open` says of an input's name that it may be changed.

    A browser does not send an unticked box, so an open input that is missing is empty now.
    """
    kept = {name: values for name, values in draft.items() if not is_open(name)}
    return kept | {name: values for name, values in answers(posted).items() if is_open(name)}


def version_of(posted: Mapping[str, str]) -> int | None:
    """The version a page was opened with, as it came along with its form."""
    typed = posted.get("version", "")
    return int(typed) if typed.isascii() and typed.isdigit() and len(typed) < 10 else None


def as_query(typed: Mapping[str, list[str]]) -> QueryDict:
    """A draft as a form takes it."""
    query = QueryDict(mutable=True)
    for name, values in typed.items():
        query.setlist(name, values)
    return query
