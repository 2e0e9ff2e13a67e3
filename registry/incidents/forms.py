"""What an office writes down about a fact, and why it takes it back."""

from django import forms

from cqo_portal.accounts.scope import within_area
from cqo_portal.jurisdictions.vocabulary import AccidentLevel, Fault
from cqo_portal.parties import identifiers
from cqo_portal.parties.models import Organisation, Person
from cqo_portal.ui import layouts as lay
from cqo_portal.ui.fields import DayField, PersonNameField, PlainField, ProseField
from registry.incidents.models import Incident

PERSON, ENTERPRISE = "person", "enterprise"
ACCIDENTS = frozenset({Fault.ACCIDENT.value, Fault.ACCIDENT_OF_ORGANISATION.value})
ANSWERS = {"yes": True, "no": False, "unknown": None}


class IncidentForm(forms.Form):
    about = forms.ChoiceField(
        label="关于谁", choices=[(PERSON, "个人"), (ENTERPRISE, "企业")], widget=forms.RadioSelect
    )
    name = PersonNameField(
        label="姓名", max_length=100, required=False, help_text="关于个人时填写，与认定文书一致。"
    )
    identity_kind = forms.ChoiceField(
        label="证件类型",
        choices=Person.IdentityKind.choices,
        initial=Person.IdentityKind.RESIDENT,
        required=False,
    )
    identity_number = PlainField(
        label="证件号码", max_length=40, required=False, help_text="关于个人时填写；加密保存，屏幕上遮盖。"
    )
    credit_code = PlainField(
        label="企业的统一社会信用代码",
        max_length=40,
        required=False,
        help_text="关于企业时必填；关于个人时填当时所在的企业，不清楚可以不填。",
    )
    fault = forms.ChoiceField(label="情形", choices=[("", "请选择"), *((f.value, f.label) for f in Fault)])
    accident_level = forms.ChoiceField(
        label="事故等级",
        choices=[("", "不是事故"), *((a.value, a.label) for a in AccidentLevel)],
        required=False,
    )
    responsible = forms.ChoiceField(
        label="认定负有责任",
        choices=[("yes", "是"), ("no", "否"), ("unknown", "文书未写明")],
        widget=forms.RadioSelect,
        help_text="关于个人时指本人的责任，关于企业时指企业的责任。",
    )
    occurred_on = DayField(label="发生日期", required=False, help_text="例如 2026-03-18；不清楚可以不填。")
    document_number = PlainField(label="认定文书号", max_length=100)
    issued_by = PlainField(label="认定机关", max_length=200)
    found_on = DayField(label="认定日期", help_text="文书作出的日期；有年限的规则从这一天起算。")
    said = ProseField(label="认定内容", max_length=2000, rows=4)

    rows = (
        lay.Section(
            "一 关于谁",
            lay.Segmented("about"),
            "name",
            "identity_kind",
            lay.Code("identity_number"),
            lay.Code("credit_code", wide=True),
            id="s-about",
        ),
        lay.Section(
            "二 什么事实",
            lay.Wide("fault"),
            "accident_level",
            lay.Segmented("responsible"),
            lay.Day("occurred_on"),
            id="s-fact",
        ),
        lay.Section(
            "三 认定文书",
            "document_number",
            "issued_by",
            lay.Day("found_on"),
            lay.Wide("said"),
            id="s-document",
        ),
    )

    def __init__(self, *args, user, today, **kwargs) -> None:
        self.user, self.today = user, today
        super().__init__(*args, **kwargs)
        for field in self.fields.values():
            verb = "选择" if isinstance(field, forms.ChoiceField) else "填写"
            field.error_messages["required"] = f"请{verb}{field.label}。"

    @property
    def helper(self):
        return lay.plain_helper(*self.rows)

    @property
    def values(self) -> dict:
        """As `services.enter` takes them."""
        said = self.cleaned_data
        of_a_person = said["about"] == PERSON
        return {
            "name": said["name"] if of_a_person else "",
            "identity_kind": said["identity_kind"] if of_a_person else "",
            "identity_number": said["identity_number"] if of_a_person else None,
            "organisation": said.get("organisation"),
            "responsible": ANSWERS[said["responsible"]],
            **{
                name: said[name]
                for name in (
                    "fault", "accident_level", "occurred_on", "document_number", "issued_by", "found_on", "said",
                )
            },
        }  # fmt: skip

    def clean(self):
        said = self.cleaned_data
        if said.get("about") == PERSON:
            self._check_the_person(said)
        if said.get("credit_code"):
            said["organisation"] = self._enterprise(said["credit_code"])
        elif said.get("about") == ENTERPRISE:
            self._fault("credit_code", "请填写企业的统一社会信用代码。")
        self._check_the_accident(said)
        self._check_the_days(said)

    def _check_the_person(self, said: dict) -> None:
        for name, sentence in (("name", "请填写姓名。"), ("identity_number", "请填写证件号码。")):
            if not said.get(name):
                self._fault(name, sentence)
        said["identity_kind"] = said.get("identity_kind") or Person.IdentityKind.RESIDENT
        if typed := said.get("identity_number"):
            try:
                said["identity_number"] = identifiers.identity_number(
                    typed, kind=said["identity_kind"], today=self.today
                )
            except identifiers.Invalid as invalid:
                self._fault("identity_number", str(invalid))

    def _enterprise(self, typed: str) -> Organisation | None:
        """Of the own area: an office puts nothing on the record of somebody else's enterprise."""
        try:
            code = identifiers.credit_code(typed, accept_wrong_check=True)
        except identifiers.Invalid as invalid:
            self._fault("credit_code", str(invalid))
            return None
        acting = self.user.acting
        ours = Organisation.objects.filter(within_area(acting))
        found = ours.filter(credit_code=code).first()
        if found is None:
            self._fault(
                "credit_code", "本辖区没有登记这家企业，请核对代码；外地企业请转告当地市场监管部门登记。"
            )
        return found

    def _check_the_accident(self, said: dict) -> None:
        fault, level = said.get("fault"), said.get("accident_level")
        if fault in ACCIDENTS and not level:
            self._fault("accident_level", "这种情形是事故，请选择事故等级。")
        if fault and fault not in ACCIDENTS and level:
            self._fault("accident_level", "这种情形不是事故，请选“不是事故”，或者改选情形。")
        of_an_enterprise = said.get("about") == ENTERPRISE
        if of_an_enterprise and fault and fault != Fault.ACCIDENT_OF_ORGANISATION.value:
            self._fault("fault", "这种情形说的是个人，请改选“个人”；企业名下只登记所在组织发生的质量事故。")

    def _check_the_days(self, said: dict) -> None:
        occurred, found = said.get("occurred_on"), said.get("found_on")
        if found and found > self.today:
            self._fault("found_on", "认定日期在今天之后，请核对。")
        if occurred and found and occurred > found:
            self._fault("occurred_on", "发生日期晚于认定日期，请核对。")

    def _fault(self, name: str, sentence: str) -> None:
        if name not in self.errors:
            self.add_error(name, sentence)


class CorrectionForm(IncidentForm):
    """The same, said anew, and why."""

    reason = PlainField(label="更正理由", max_length=500, min_length=2)
    rows = (*IncidentForm.rows, lay.Section("四 为什么更正", lay.Wide("reason"), id="s-reason"))

    @staticmethod
    def initial_of(incident: Incident) -> dict:
        answers = {value: word for word, value in ANSWERS.items()}
        said = {
            name: getattr(incident, name) or ""
            for name in IncidentForm.base_fields
            if hasattr(incident, name)
        }
        return said | {
            "about": PERSON if incident.of_a_person else ENTERPRISE,
            "identity_number": incident.masked_identity,
            "credit_code": incident.organisation.credit_code if incident.organisation else "",
            "responsible": answers[incident.responsible],
        }

    def __init__(self, *args, incident: Incident, **kwargs) -> None:
        self.incident = incident
        super().__init__(*args, initial=self.initial_of(incident), **kwargs)

    def clean_identity_number(self) -> str:
        """Shown masked; sent back as it was shown, it stays what it is."""
        typed = self.cleaned_data["identity_number"]
        kept = self.incident.identity_number
        return (
            kept
            if kept and identifiers.tidied(typed) == identifiers.tidied(self.incident.masked_identity)
            else typed
        )


class WithdrawalForm(forms.Form):
    reason = ProseField(
        label="撤销理由",
        max_length=500,
        min_length=2,
        rows=3,
        error_messages={"required": "请写明撤销理由。"},
        help_text="例如：认定文书已被撤销，写明撤销的文书号。",
    )
