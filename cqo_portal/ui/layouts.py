"""How forms are laid out, once: `crispy-forms` layouts in the words of the design.

    self.helper = plain_helper(
        Section("一 企业", Code("credit_code"), Wide("name"), Amount("persons"), id="s-enterprise"),
        Section("二 首席质量官", "name", Segmented("graduated"), Day("born_on"), id="s-officer"),
    )

Fields stand in two columns; `Wide` takes both. A section carries the time it was last saved.
"""

from crispy_forms.helper import FormHelper
from crispy_forms.layout import HTML, Field, Layout, LayoutObject
from crispy_forms.utils import TEMPLATE_PACK
from django.template.loader import render_to_string


def plain_helper(*parts) -> FormHelper:
    """A helper for a form whose <form> tag, token, error summary and buttons the page writes itself."""
    helper = FormHelper()
    helper.form_tag = False
    helper.disable_csrf = True
    helper.form_show_errors = False  # the page shows one summary for all its forms
    helper.layout = Layout(*parts)
    return helper


class Section(LayoutObject):
    """A titled part of a long form; `id` is what the table of contents points to."""

    def __init__(self, title: str, *fields, id: str) -> None:  # noqa: A002 -- reads like the attribute it becomes
        self.title = title
        self.fields = list(fields)
        self.css_id = id

    def render(self, form, context, template_pack=TEMPLATE_PACK, **kwargs) -> str:
        fields = self.get_rendered_fields(form, context, template_pack, **kwargs)
        known = {"section": self, "fields": fields, "saved_at": context.get("saved_at")}
        return render_to_string("ui/layout/section.html", known)


class Wide(Field):
    """A field over both columns."""

    def __init__(self, *args, **kwargs) -> None:
        super().__init__(*args, wrapper_class="span-all", **kwargs)


class Code(Field):
    """A code or number that is read character by character; never filled in by the browser."""

    def __init__(self, *args, wide: bool = False, **kwargs) -> None:
        kwargs.setdefault("wrapper_class", "span-all" if wide else "")
        super().__init__(*args, css_class="code w-id", autocomplete="off", spellcheck="false", **kwargs)


class Day(Field):
    """A date, as narrow as dates are."""

    def __init__(self, *args, **kwargs) -> None:
        super().__init__(*args, css_class="w-date", **kwargs)


class Amount(Field):
    """A number, right-aligned; its unit belongs into the help text."""

    def __init__(self, *args, **kwargs) -> None:
        super().__init__(*args, css_class="w-num num", inputmode="decimal", autocomplete="off", **kwargs)


class Segmented(Field):
    """Two to four short answers side by side."""

    template = "ui/layout/segmented.html"


class Fragment(HTML):
    """A template among the fields, with the context of the page: `Fragment("registry/_size.html")`."""

    def __init__(self, template_name: str) -> None:
        super().__init__(f'{{% include "{template_name}" %}}')
