"""What the pages of accounts, registrations and moves ask."""

from django import forms
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.core.validators import RegexValidator
from django.db.models import TextChoices

from cqo_portal.accounts.models import AT_AN_OFFICE, Assignment, Role, User
from cqo_portal.jurisdictions.vocabulary import Sector
from cqo_portal.parties import identifiers, size
from cqo_portal.parties.models import Institution, Office, Organisation, Person
from cqo_portal.reference.queries import industry_choices
from cqo_portal.ui import layouts as lay
from cqo_portal.ui.fields import DayField, PersonNameField, PhoneField, PlainField, ProseField
from cqo_portal.ui.forms import say_what_is_missing
from cqo_portal.wording import day_full
from registry.sections import EnterpriseSection

USERNAME = RegexValidator(
    r"\A[a-z0-9][a-z0-9._-]{3,29}\Z", "用户名为 4–30 位小写字母、数字、点、横线或下划线，以字母或数字开头。"
)
# Django's own catalogue says some of these in English.
WEAK = {
    "password_too_short": "密码太短，至少要 12 个字符；一句自己记得住的话就很好。",
    "password_too_common": "这个密码太常见，容易被猜到，请换一个。",
    "password_too_similar": "密码和用户名、姓名或邮箱太像，请换一个。",
}


class Spoken(forms.Form):
    """A form that says what is missing by its name."""

    def __init__(self, *args, **kwargs) -> None:
        super().__init__(*args, **kwargs)
        say_what_is_missing(self)


def reason_field(label: str, **more) -> ProseField:
    return ProseField(label=label, max_length=1000, rows=3, **more)


def free_username(name: str) -> str:
    if User.objects.filter(username__iexact=name).exists():
        raise ValidationError("这个用户名已经有人用了，请换一个。")
    return name


# ── accounts ──────────────────────────────────────────────────────────────────────────────────
class AccountForm(Spoken):
    username = forms.CharField(
        label="用户名", max_length=30, validators=[USERNAME], help_text="小写字母、数字，4–30 位。"
    )
    full_name = PersonNameField(label="姓名", max_length=100)
    email = forms.EmailField(
        label="电子邮箱",
        max_length=254,
        required=False,
        help_text="没有邮箱的，只能用一次性密码，收不到邮件提醒。",
    )

    def clean_username(self) -> str:
        return free_username(self.cleaned_data["username"])


# Roles that are held as a person, and what is said where the person is not known yet.
NOT_ON_RECORD = {
    Role.OFFICER: "名录里没有这个人；备案完成以后才能给首席质量官岗位。",
    Role.EXPERT: "平台还没有登记这个人；评价机构聘任以后才能给评价专家岗位。",
}


class AssignmentForm(Spoken):
    """A role and the place it is held at; which place is asked depends on the role."""

    role = forms.ChoiceField(label="岗位", choices=[("", "请选择"), *Role.choices])
    office = forms.ModelChoiceField(
        Office.objects.none(),
        label="管辖机构",
        required=False,
        empty_label="不适用",
        help_text="县级、市级、省级岗位须选，级别要相同。",
    )
    credit_code = PlainField(
        label="企业的统一社会信用代码", max_length=40, required=False, help_text="企业经办人须填。"
    )
    institution = PlainField(
        label="评价机构、培训机构的名称",
        max_length=200,
        required=False,
        help_text="评价机构、培训机构须填。",
    )
    identity_number = PlainField(
        label="本人身份证号",
        max_length=40,
        required=False,
        help_text="首席质量官、评价专家须填，只用来找到平台登记的本人，不保存。",
        widget=forms.TextInput(attrs={"autocomplete": "off", "data-private": ""}),
    )

    def __init__(self, *args, user: User, today, **kwargs) -> None:
        self.user, self.today = user, today
        super().__init__(*args, **kwargs)
        self.fields["office"].queryset = Office.objects.filter(active=True)

    def clean(self):
        role = self.cleaned_data.get("role")
        if role and not self.errors:
            self.scope = self._scope(Role(role))
            held = Assignment.objects.filter(user=self.user, role=role, active=True)
            if not self.errors and held.filter(**self.scope).exists():
                self.add_error("role", "这个账号已经有同样的岗位。")

    def _scope(self, role: Role) -> dict:
        if role in AT_AN_OFFICE:
            return {"office": self._office(role)}
        if role == Role.ENTERPRISE:
            return {"organisation": self._organisation()}
        if role in NOT_ON_RECORD:
            return {"person": self._person(otherwise=NOT_ON_RECORD[role])}
        return {"institution": self._institution(role) if role != Role.ADMIN else None}

    def _institution(self, role: Role) -> Institution | None:
        """A provider is on record with whoever commissioned it before anybody works for it here."""
        name = self.cleaned_data.get("institution", "")
        found = Institution.objects.filter(name=name).first() if name else None
        if not name:
            self.add_error("institution", "请填写机构的名称。")
        elif found is None and role == Role.PROVIDER:
            self.add_error("institution", "没有登记这个名称的培训机构；请核对名称，或请委托机关先登记。")
        return found or (Institution(name=name) if name and not self.errors else None)

    def _office(self, role: Role) -> Office | None:
        office = self.cleaned_data.get("office")
        if office is None or office.level != role.value:
            self.add_error("office", f"请选{Office.Level(role.value).label}的管辖机构。")
        return office

    def _organisation(self) -> Organisation | None:
        code = identifiers.tidied(self.cleaned_data.get("credit_code", ""))
        found = Organisation.objects.filter(credit_code=code).first() if code else None
        if found is None:
            self.add_error("credit_code", "没有登记这个代码的企业；请核对，或者请企业自行注册。")
        return found

    def _person(self, *, otherwise: str) -> Person | None:
        typed = self.cleaned_data.get("identity_number", "")
        try:
            number = identifiers.identity_number(typed, today=self.today)
        except identifiers.Invalid as invalid:
            self.add_error("identity_number", str(invalid))
            return None
        found = Person.objects.filter(identity_index=Person.index_of("resident", number)).first()
        if found is None:
            self.add_error("identity_number", otherwise)
        return found


class ExpertAccountForm(Spoken):
    """For an expert a body engaged; the name is the person's, the address is where links and codes go."""

    username = forms.CharField(
        label="用户名", max_length=30, validators=[USERNAME], help_text="小写字母、数字，4–30 位。"
    )
    email = forms.EmailField(
        label="本人的电子邮箱",
        max_length=254,
        help_text="设置密码的链接和签署时的一次性验证码发到这里，须是本人自己的邮箱。",
    )

    def clean_username(self) -> str:
        return free_username(self.cleaned_data["username"])


class EndForm(Spoken):
    """Why an account or a role ends; and, where nobody remains, why that may be."""

    reason = reason_field("理由", help_text="例如：工作调动，已办交接。会写进交接清单。")
    nobody = reason_field("无人接手的理由", required=False)

    def __init__(self, *args, alone: bool, **kwargs) -> None:
        super().__init__(*args, **kwargs)
        if alone:
            self.fields["nobody"].required = True
            self.fields["nobody"].error_messages["required"] = "这个岗位没有别的人，请写明无人接手的理由。"
        else:
            del self.fields["nobody"]


class ReasonForm(Spoken):
    reason = reason_field("理由")


class AccountFilter(forms.Form):
    class Active(TextChoices):
        YES = "yes", "使用中"
        NO = "no", "已停用"

    class SignedIn(TextChoices):
        MONTH = "month", "30 天内登录过"
        LONG_AGO = "long", "90 天没有登录"
        NEVER = "never", "从未登录"

    q = forms.CharField(label="用户名、姓名、企业", required=False, max_length=100)
    role = forms.ChoiceField(label="岗位", choices=[("", "各种岗位"), *Role.choices], required=False)
    office = forms.ModelChoiceField(
        Office.objects.all(), label="机构", required=False, empty_label="各个机构"
    )
    active = forms.ChoiceField(label="状态", choices=[("", "使用中和停用"), *Active.choices], required=False)
    seen = forms.ChoiceField(label="登录", choices=[("", "不论登录"), *SignedIn.choices], required=False)


# ── moves ─────────────────────────────────────────────────────────────────────────────────────
class MoveForm(Spoken):
    to = forms.ModelChoiceField(Office.objects.none(), label="迁到", empty_label="请选择")
    effective_on = DayField(label="生效日", help_text="从这一天起由接收机构管辖；以后的日期到日自动办结。")
    document = PlainField(
        label="依据文件", max_length=100, help_text="文号或函件，例如沧市监函〔2026〕12号。"
    )
    reason = reason_field("理由")

    def __init__(self, *args, destinations, earliest=None, **kwargs) -> None:
        self.earliest = earliest
        super().__init__(*args, **kwargs)
        self.fields["to"].queryset = destinations
        self.fields["to"].label_from_instance = lambda office: f"{office.name}（{office.parent.area}）"

    def clean_effective_on(self):
        day = self.cleaned_data["effective_on"]
        if day and self.earliest and day < self.earliest:
            raise ValidationError(f"名录里已有{day_full(self.earliest)}起的管辖记载，生效日不能早于它。")
        return day


# ── registration ──────────────────────────────────────────────────────────────────────────────
class EnterpriseForm(EnterpriseSection):
    """The filing's own questions about the enterprise; asked before any rules are known to apply."""

    title = "企业"

    def __init__(self, *args, today, **kwargs) -> None:
        super().__init__(*args, today=today, pack=None, **kwargs)

    def shape(self) -> None:
        offered = Office.objects.filing().select_related("parent")
        self.fields["office"].queryset = offered
        self.fields["office"].label_from_instance = lambda office: f"{office.parent.area} {office.area}"
        self.fields["office"].help_text = "企业住所所在地；由当地市场监督管理局核对营业执照。"
        self.fields["industry"].choices = [("", "请选择"), *industry_choices()]
        self.fields["persons"].optional = self.fields["revenue"].optional = False

    @property
    def helper(self):
        return lay.plain_helper(lay.Section("企业", *self.rows, id="s-enterprise"))

    def derived(self) -> dict:
        """Size and sector as far as they follow from what was typed, with the arithmetic."""
        said = self.cleaned_data if self.is_bound and self.errors is not None else {}
        industry = said.get("industry")
        found = {"sized": None, "sector": None, "size_year": self.today.year - 1}
        if not industry:
            return found | {"size_problem": "填好行业、从业人员和营业收入后，这里会写出规模和算法。"}
        found["sector"] = Sector(size.sector(industry))
        try:
            figures = {name: said.get(name) for name in ("persons", "revenue", "assets")}
            return found | {"sized": size.classify(industry, **figures)}
        except size.Unclear as unclear:
            return found | {"size_problem": str(unclear)}

    @property
    def code_in_doubt(self) -> bool:
        """Whether to offer that the licence really bears a code whose check digit is wrong."""
        if self["credit_code_as_printed"].value():
            return True
        try:
            identifiers.credit_code(self["credit_code"].value() or "")
        except identifiers.Invalid as invalid:
            return invalid.check_digit
        return False


class ContactForm(Spoken):
    prefix = "clerk"

    full_name = PersonNameField(label="经办人姓名", max_length=100)
    phone = PhoneField(label="联系电话", max_length=30, help_text="手机或带区号的固定电话；加密保存。")
    email = forms.EmailField(label="电子邮箱", max_length=254, help_text="注册结果和以后的提醒发到这里。")

    @property
    def helper(self):
        return lay.plain_helper(lay.Section("经办人", *self.fields, id="s-clerk"))


class ClerkForm(ContactForm):
    username = forms.CharField(
        label="用户名",
        max_length=30,
        validators=[USERNAME],
        help_text="小写字母、数字，4–30 位，以后用它登录。",
        widget=forms.TextInput(attrs={"autocomplete": "username", "spellcheck": "false"}),
    )
    password = forms.CharField(
        label="密码",
        help_text="至少 12 个字符，不要用单位名称、姓名或常见的词。",
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
        strip=False,
    )
    again = forms.CharField(
        label="再输一次密码",
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
        strip=False,
    )

    def clean_username(self) -> str:
        return free_username(self.cleaned_data["username"])

    def clean(self):
        said = self.cleaned_data
        if not (password := said.get("password")):
            return
        user = User(
            username=said.get("username", ""),
            full_name=said.get("full_name", ""),
            email=said.get("email", ""),
        )
        try:
            validate_password(password, user)
        except ValidationError as weak:
            for fault in weak.error_list:
                self.add_error("password", WEAK.get(fault.code, fault))
        if said.get("again") and said["again"] != password:
            self.add_error("again", "两次输入的密码不一样。")


class LicenceForm(Spoken):
    file = forms.FileField(label="营业执照", help_text="PDF、JPG 或 PNG，清楚、完整，不超过 20 MB。")
