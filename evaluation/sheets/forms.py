"""What comes from the page of a sheet: one row, or the signature."""

from decimal import Decimal
from uuid import UUID

from django import forms
from django.core.exceptions import ValidationError

from cqo_portal.jurisdictions.scheme import EvaluationScheme
from cqo_portal.ui.fields import PersonNameField, ProseField
from cqo_portal.ui.forms import SpokenForm
from evaluation.limits import COMMENT
from evaluation.sheets.marks import MOST_PINS, Entry, Place

LARGEST = 2**31 - 1


class PlacesField(forms.MultipleChoiceField):
    """`<proof>:<page>` or `interview`, as often as there are pins. Which proofs there are, the service knows."""

    def clean(self, value) -> tuple[Place, ...]:
        keys = dict.fromkeys(value or ())
        if len(keys) > MOST_PINS:
            raise ValidationError(f"每行最多钉 {MOST_PINS} 处依据，请留下最要紧的。")
        return tuple(map(_place, keys))


def _place(key: str) -> Place:
    if key == Place().key:
        return Place()
    proof, _, page = key.partition(":")
    try:
        if page.isascii() and page.isdigit() and len(page) < 5:
            return Place(UUID(proof), int(page))
    except ValueError:
        pass
    raise ValidationError("依据里有一处认不出来，请重新翻到那一页再钉。")


class RowForm(SpokenForm):
    band = forms.TypedChoiceField(label="档", coerce=int, required=False, empty_value=None)
    coefficient = forms.TypedChoiceField(label="系数", coerce=Decimal, required=False, empty_value=None)
    comment = ProseField(label="评语", max_length=COMMENT, required=False)
    pin = PlacesField(label="依据", required=False)
    add = PlacesField(required=False)  # the button of a page without scripts: one more place
    version = forms.IntegerField(required=False, min_value=0, max_value=LARGEST)

    def __init__(self, *args, scheme: EvaluationScheme, **kwargs) -> None:
        super().__init__(*args, **kwargs)
        self.fields["band"].choices = [("", ""), *((str(each.number), each.label) for each in scheme.bands)]
        self.fields["coefficient"].choices = [("", ""), *((str(c), str(c)) for c in scheme.coefficients)]
        self.fields["band"].error_messages["invalid_choice"] = "没有这一档，请重新选。"
        self.fields["coefficient"].error_messages["invalid_choice"] = "没有这个系数，请在选定的一档里取值。"

    @property
    def entry(self) -> Entry:
        said = self.cleaned_data
        return Entry(said["band"], said["coefficient"], said["comment"], (*said["pin"], *said["add"]))

    @property
    def problems(self) -> list[str]:
        return [sentence for said in self.errors.values() for sentence in said]


class SignForm(SpokenForm):
    """`digest` and `seen` are what the page showed: `7.1.1:3 7.1.2:1 …`."""

    name = PersonNameField(label="本人签写姓名", max_length=100)
    digest = forms.CharField(max_length=64, required=False)
    seen = forms.CharField(max_length=1000, required=False)


def versions_in(seen: str) -> dict[str, int]:
    """What cannot be read is left out: it then counts as not looked at."""
    found = {}
    for part in seen.split():
        code, _, version = part.partition(":")
        if version.isascii() and version.isdigit() and len(version) < 10:
            found[code] = int(version)
    return found
