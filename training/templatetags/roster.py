"""The forms that take a roster, for whatever page shows them: `{% include "training/_paste.html" %}` wants a session."""

from django import template

from cqo_portal.imports.forms import FileForm
from training.forms.pasting import PasteForm
from training.models import Session

register = template.Library()


@register.simple_tag
def paste_form(session: Session, sent: PasteForm | None = None) -> PasteForm:
    """The one that was sent, with its mistakes, or an empty one."""
    return sent or PasteForm(session=session, auto_id="paste-%s")


@register.simple_tag
def file_form(sent: FileForm | None = None) -> FileForm:
    return sent or FileForm(auto_id="upload-%s")
