"""What an office may import into the register: enterprises, and officers with their appointments.

An import says what an office knows, not what was filed: a post that stands on a filing is never changed by it,
and no enterprise moves to another office. One import is one act in the audit; its facts are entered together.
"""

from cqo_portal.imports.catalogue import Kind, add
from cqo_portal.imports.permissions import works_at_an_office
from registry.importing.columns import officer_columns
from registry.importing.enterprises import EnterpriseWork, enterprise_columns
from registry.importing.officers import OfficerWork

add(
    Kind(
        code="enterprises",
        place=1,
        label="企业名单",
        about="企业的名称、代码、县（市、区）、行业和规模数据；已有的按代码更新，空格不改动已有的内容。",
        columns=enterprise_columns,
        unique=("credit_code",),
        doubled="与第 {number} 行的代码重复。",
        allowed=works_at_an_office,
        work=EnterpriseWork,
        asks_year=True,
    ),
    Kind(
        code="officers",
        place=2,
        label="首席质量官及聘任",
        about="已经在任的首席质量官：人员和聘任情况，直接载入名录，不经备案。企业须已在企业库里。",
        columns=officer_columns,
        unique=("credit_code", "identity_number"),
        doubled="与第 {number} 行是同一企业的同一个人。",
        allowed=works_at_an_office,
        work=OfficerWork,
        leads_to="desk:register",
    ),
)
