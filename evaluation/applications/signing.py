"""会签: which side somebody signs for, by which name, and whether a signature still covers what is written."""

from dataclasses import dataclass

from django import forms

from cqo_portal.accounts.models import Role
from cqo_portal.ui.fields import OwnNameField
from cqo_portal.ui.forms import SpokenForm
from evaluation.models import Application, CoSignature

Side = CoSignature.Side


def side_of(user) -> str:
    return Side.OFFICER if user.acting.role == Role.OFFICER else Side.ENTERPRISE


def name_of(user, application: Application) -> str:
    """The officer signs as the register has him, whoever acts for the enterprise by the name of the account."""
    return application.name if side_of(user) == Side.OFFICER else str(user)


@dataclass(frozen=True)
class Signed:
    """One side: its last signature, and whether that covers what is written now."""

    side: str
    signature: CoSignature | None
    digest: str

    @property
    def label(self) -> str:
        return Side(self.side).label

    @property
    def covers(self) -> bool:
        return self.signature is not None and self.signature.digest == self.digest


def signatures(application: Application, digest: str) -> list[Signed]:
    """Both sides, with one question."""
    last = {each.side: each for each in application.co_signatures.select_related("by").order_by("id")}
    return [Signed(side, last.get(side), digest) for side in Side.values]


class SignForm(SpokenForm):
    """`name`: what must be typed; `digest`: of the words that lay on the page."""

    name = OwnNameField(label="签写姓名")
    truthful = forms.BooleanField(
        label="以上内容和材料真实，签写后由签写人负责",
        error_messages={"required": "请确认内容和材料真实，再签写。"},
    )
    digest = forms.CharField(max_length=64, widget=forms.HiddenInput)

    def __init__(self, *args, expected: str, **kwargs) -> None:
        super().__init__(*args, **kwargs)
        self.fields["name"].expected = expected
        self.fields["name"].help_text = f"请照写：{expected}"
