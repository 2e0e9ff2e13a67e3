"""The outcomes of a rehearsal as a table: who, where, judged how before and after, and by which clause."""

from import_export import resources
from import_export.fields import Field

from registry.rehearsal.models import Outcome


class OutcomeExport(resources.ModelResource):
    """Rows need `officer__organisation` and `officer__office`."""

    enterprise = Field("officer__organisation__name", column_name="企业名称")
    credit_code = Field("officer__organisation__credit_code", column_name="统一社会信用代码")
    area = Field("officer__office__area", column_name="所属县（市、区）")
    name = Field("officer__name", column_name="首席质量官姓名")
    before = Field("said_before", column_name="现行判断")
    after = Field("said_after", column_name="预演判断")
    clauses = Field(column_name="由哪条决定")

    class Meta:
        model = Outcome
        fields = ("enterprise", "credit_code", "area", "name", "before", "after", "clauses")
        export_order = fields

    def dehydrate_clauses(self, outcome: Outcome) -> str:
        return "\n".join(f"{line['label']}（{line['cites']}）{line['why']}" for line in outcome.clauses)
