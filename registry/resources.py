"""What leaves the register as a table: the columns and how each is said. No identity number, phones masked."""

from datetime import date

from import_export import resources
from import_export.fields import Field

from cqo_portal.jurisdictions.vocabulary import Level, Rank, Size
from cqo_portal.parties import identifiers
from cqo_portal.parties.models import Organisation
from registry.models import Officer


def _word(scale, code: str) -> str:
    return next((member.label for member in scale if member.value == code), code or "")


class _Plain(resources.ModelResource):
    """Values as they are: a day stays a day, the writer of the table knows what to do with it."""

    def export_field(self, field, instance, **kwargs):
        said = getattr(self, f"dehydrate_{self.get_field_name(field)}", None)
        if said is not None:
            return said(instance)
        value = field.get_value(instance)
        return value() if callable(value) else value


class OfficerExport(_Plain):
    """One row for each post, as the register shows it on a day. Rows need `person`, `organisation`, `office`."""

    enterprise = Field("organisation__name", column_name="企业名称")
    credit_code = Field("organisation__credit_code", column_name="统一社会信用代码")
    area = Field("office__area", column_name="所属县（市、区）")
    industry = Field("organisation__industry", column_name="行业代码")
    size = Field(column_name="规模")
    name = Field("name", column_name="首席质量官姓名")
    sex = Field("person__get_sex_display", column_name="性别")
    education = Field(column_name="学历")
    title = Field(column_name="职称")
    post = Field("post", column_name="现任职务")
    in_decision_layer = Field(column_name="是否决策层")
    appointed_on = Field("appointed_on", column_name="聘任日期")
    term_ends = Field("term_ends", column_name="任期至")
    ended_on = Field("ended_on", column_name="离任日期")
    standing = Field(column_name="任职情况")
    filing_number = Field("filing_number", column_name="备案号")
    filed_on = Field("filed_on", column_name="备案日期")
    phone = Field(column_name="联系电话")

    class Meta:
        model = Officer
        fields = (
            "enterprise credit_code area industry size name sex education title post in_decision_layer "
            "appointed_on term_ends ended_on standing filing_number filed_on phone"
        ).split()
        export_order = fields

    def __init__(self, *, today: date) -> None:
        super().__init__()
        self.today = today

    def dehydrate_size(self, post: Officer) -> str:
        return _word(Size, post.organisation.size)

    def dehydrate_education(self, post: Officer) -> str:
        return _word(Level, post.education)

    def dehydrate_title(self, post: Officer) -> str:
        return _word(Rank, post.title)

    def dehydrate_in_decision_layer(self, post: Officer) -> str:
        return "是" if post.in_decision_layer else "否"

    def dehydrate_standing(self, post: Officer) -> str:
        if post.ended_on:
            return "已离任"
        return "任期已满" if post.term_ends < self.today else "在任"

    def dehydrate_phone(self, post: Officer) -> str:
        return identifiers.masked_phone(post.person.phone) if post.person.phone else ""


class VacantExport(_Plain):
    """One row for each enterprise without an officer. Rows need `office`, `last_name` and `left_on`."""

    name = Field("name", column_name="企业名称")
    credit_code = Field("credit_code", column_name="统一社会信用代码")
    area = Field("office__area", column_name="所属县（市、区）")
    industry = Field("industry", column_name="行业代码")
    size = Field(column_name="规模")
    last_name = Field("last_name", column_name="上一任首席质量官")
    left_on = Field("left_on", column_name="离任日期")

    class Meta:
        model = Organisation
        fields = "name credit_code area industry size last_name left_on".split()
        export_order = fields

    def dehydrate_size(self, enterprise: Organisation) -> str:
        return _word(Size, enterprise.size)
