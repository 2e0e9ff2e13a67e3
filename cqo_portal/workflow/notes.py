"""What was typed for a step that was refused is not lost: it stands in its field again, with the reason beside it.

    {% typed_for "withdraw" as typed %}
    <details class="sure" data-menu{% if typed %} open{% endif %}> …
    {% note_field "withdraw" label="撤回的理由" rows=2 %}

A refusal leads back to the page of the object (its address, its list, “back” and reload stay what they are); the words
wait in the session for just that page. Where the step is not open any more there is no field: they are handed back in
a message, to be copied.
"""

from dataclasses import dataclass

from django import template
from django.contrib import messages

from cqo_portal.workflow.engine import Refused, Transition

register = template.Library()
KEPT = "typed_for_a_step"
TO_COPY = "写过的话在这里，可以复制："
LONGEST = 20_000  # of a sentence that is handed back: as long as the longest field


@dataclass(frozen=True)
class Typed:
    """The note as typed, and why the step was refused."""

    note: str
    reasons: list[str]


def refuse(request, refused: Refused, *words: str) -> None:
    """Say why nothing was done; `words` are sentences typed for it whose form is not shown again."""
    for reason in refused.reasons:
        messages.error(request, reason)
    if said := "".join(f"“{each.strip()[:LONGEST]}”" for each in words if each.strip()):
        messages.warning(request, f"{TO_COPY}{said}")


def keep(request, address: str, step: Transition, typed: Typed) -> None:
    """Until the page at `address` is shown. Of a note beyond all measure the beginning: sessions are rows."""
    request.session[KEPT] = [address, step.name, typed.note[: 2 * step.longest_note], typed.reasons]


@register.simple_tag(takes_context=True)
def typed_for(context, step: str) -> Typed | None:
    """Every step of a page asks; the first takes what was kept for the page out of the session."""
    request = context["request"]
    if not hasattr(request, KEPT):
        here = request.session.get(KEPT, [""])[0] == request.path
        take = (
            request.session.get if request.method == "HEAD" else request.session.pop
        )  # of HEAD nobody sees the page
        setattr(request, KEPT, take(KEPT) if here else None)
    kept = getattr(request, KEPT)
    return Typed(*kept[2:]) if kept and kept[1] == step else None


@register.inclusion_tag("workflow/note.html", takes_context=True)
def note_field(
    context, step: str, *, label: str = "理由", rows: int = 3, longest: int = 1000, initial: str = ""
):
    """The field for the reason a step asks for. `longest` in characters, at most the step's own."""
    typed = typed_for(context, step)
    shown = {"step": step, "label": label, "rows": rows, "longest": longest}
    return shown | {"typed": typed, "note": typed.note if typed else initial}
