"""What a body types about its certificates."""

from datetime import date

from django import forms
from django.core.exceptions import ValidationError

from certificates.life.acts import Said, against_recovering, against_the_day, days_for, grounds_given
from certificates.models import Act, Certificate
from cqo_portal.papers.accepting import NotAccepted, Remade, accept
from cqo_portal.parties.identifiers import tidied
from cqo_portal.parties.models import Institution, Office
from cqo_portal.parties.numbers import CODE
from cqo_portal.ui.fields import DayField, PlainField, ProseField
from cqo_portal.ui.forms import SpokenForm


class CodeForm(SpokenForm):
    """机构代号: it stands in every number, so it is chosen once."""

    code = PlainField(
        label="机构代号",
        max_length=20,
        help_text="2–10 位大写字母或数字，例如 JSHZ；印在每一张证书的编号里。",
    )

    def clean_code(self) -> str:
        code = tidied(self.cleaned_data["code"])
        if not CODE.fullmatch(code):
            raise ValidationError("机构代号请填 2–10 位大写字母或数字，例如 JSHZ。")
        if Office.objects.filter(pk=code).exists() or Institution.objects.filter(code=code).exists():
            raise ValidationError("这个代号已经有别的机构在用，请另取一个。")
        return code


class ActForm(SpokenForm):
    """An act on a certificate: its ground, from which day on, why, by which document."""

    ground = forms.ChoiceField(label="情形", widget=forms.RadioSelect)
    effective_on = DayField(label="生效日期")
    reason = ProseField(
        label="事由", max_length=1000, rows=4, help_text="本人和所在组织看得到，公开核验不显示。"
    )
    evidence = PlainField(
        label="依据的文书",
        max_length=300,
        required=False,
        help_text="名称、文号、日期，例如 行政处罚决定书 苏市监罚〔2026〕18号；与下面的扫描件至少有一样。",
    )
    file = forms.FileField(label="文书的扫描件（PDF 或图片）", required=False, allow_empty_file=True)

    def __init__(self, *args, kind: str, certificate: Certificate, today: date, **kwargs) -> None:
        super().__init__(*args, **kwargs)
        self.kind, self.certificate, self.today = kind, certificate, today
        self.made: Remade | None = None
        first, last = days_for(kind, certificate, today)
        between = f"{first} 至 {last} 之间" if first < last else f"只能是 {last}"
        self.fields["effective_on"].help_text = f"{between}；以后的日子到时候再办。"
        if kind == Act.Kind.RESUME:
            del self.fields["effective_on"]  # from today on
            self.fields["evidence"].help_text = "名称、文号、日期，例如 恢复证书的决定 苏质评〔2026〕3号。"
        if known := grounds_given(kind, certificate, today):
            self.fields["ground"].choices = [(each.key, f"{each.label}（{each.said}）") for each in known]
            for name in ("evidence", "file"):
                self.fields[name].optional = False  # one of the two is asked for
        else:
            del self.fields["ground"]
        if kind == Act.Kind.RECOVER:
            self.fields["effective_on"].label = "收回日期"
            self.fields["reason"].label = "收回的情况"
            self.fields["evidence"].help_text = "名称、文号、日期，例如 交回证书的签收单 2026-10-08。"

    def clean_effective_on(self) -> date:
        day = self.cleaned_data["effective_on"]
        against = (
            against_recovering(self.certificate, day, self.today)
            if self.kind == Act.Kind.RECOVER
            else against_the_day(self.kind, self.certificate, day, self.today)
        )
        if against:
            raise ValidationError(against)
        return day

    def clean_file(self):
        """Made anew before anything is locked."""
        upload = self.cleaned_data.get("file")
        if upload is None:
            return None
        try:
            self.made = accept(upload)
        except NotAccepted as refused:
            raise ValidationError(str(refused)) from refused
        return upload

    def clean(self) -> dict:
        said = self.cleaned_data
        if self.data.get("seen") != str(len(self.certificate.acts.all())):
            self.add_error(None, "打开这一页以后，这张证书又办理过；请看清现在的状态，再办理。")
        if "ground" in self.fields and not (
            said.get("evidence") or said.get("file") or self.errors.get("file")
        ):
            self.add_error("evidence", "请写明依据的文书，或者上传扫描件。")
        return said

    def said(self) -> Said:
        words = self.cleaned_data
        papers = ((self.made, words["file"].name),) if self.made else ()
        return Said(
            effective_on=words.get("effective_on", self.today),
            ground=words.get("ground", ""),
            reason=words["reason"],
            evidence=words["evidence"],
            papers=papers,
        )
