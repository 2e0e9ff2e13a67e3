"""Imports: the office of the person who sent a file decides on it; nobody else knows of it."""

from cqo_portal.imports.workflow import OF_PEOPLE
from tests.imports.files import run_of, workbook

STEPS = {"imports:step": OF_PEOPLE}
SAID = {"imports:fix": {"cell-persons": "300"}}
HEADER = ("企业名称", "统一社会信用代码", "行业代码", "从业人员", "营业收入（万元）")


def objects(people):
    """wang's file: one good row, and one to put right."""
    run = run_of(
        workbook(
            HEADER,
            ("泊头恒通管件有限公司", "91130981MAYG58BR3P", "33", 360, 8000),
            ("泊头某厂", "91440101MA5CJQ4N59", "33", "约三百", 8000),
        ),
        by=people.wang,
    )
    of_the_run = {"pk": run.pk}
    asked = dict.fromkeys(("imports:run", "imports:progress", "imports:refused", "imports:step"), of_the_run)
    steps = {f"imports:step {step}": of_the_run | {"step": step} for step in OF_PEOPLE}
    return (
        asked
        | steps
        | {"imports:fix": of_the_run | {"number": 3}, "imports:template": {"kind": "enterprises"}}
    )


TABLE = """
imports:index GET: 302 403 403 200 200 200 200 403 403 403 200 403
imports:index POST: 302 403 403 422 422 422 422 403 403 403 403 403
imports:template GET: 302 404 404 200 200 200 200 404 404 404 404 404
imports:template POST: 405
imports:run GET: 302 404 404 200 404 404 404 404 404 404 404 404
imports:run POST: 405
imports:progress GET: 302 404 404 200 404 404 404 404 404 404 404 404
imports:progress POST: 405
imports:fix GET: 302/405
imports:fix POST: 302 404 404 302 404 404 404 404 404 404 404 404
imports:refused GET: 302 404 404 200 404 404 404 404 404 404 404 404
imports:refused POST: 405
imports:step apply-all GET: 302/405
imports:step apply-all POST: 302 404 404 302 404 404 404 404 404 404 404 404
imports:step apply-good GET: 302/405
imports:step apply-good POST: 302 404 404 302 404 404 404 404 404 404 404 404
imports:step discard GET: 302/405
imports:step discard POST: 302 404 404 302 404 404 404 404 404 404 404 404
"""
