"""The papers the demonstration hands in for a body: told apart, or the second would be refused as handed in already."""

from django.template.loader import render_to_string

from cqo_portal.parties.models import Institution
from evaluation.bodies.models import BodyRecord
from evaluation.bodies.workflow import MUST_BE_THERE


def test_each_paper_that_must_be_there_says_something_else():
    record = BodyRecord(institution=Institution(name="江苏质量评价中心"), rules_title="评价管理办法")
    said = {
        render_to_string("print/demo_body.html", {"record": record, "kind": kind}) for kind in MUST_BE_THERE
    }
    assert len(said) == len(MUST_BE_THERE) == 3
