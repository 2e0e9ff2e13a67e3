"""The appraisals of the demonstration: an enterprise of Hangzhou decided last year's and is in the middle of this one's."""

from datetime import date

from cqo_portal.accounts.models import Assignment
from cqo_portal.desk.demo_year import acting
from cqo_portal.offices.switching import switch
from cqo_portal.parties.models import Office
from cqo_portal.reference.files import read
from cqo_portal.ui.fields import slug_of
from cqo_portal.workflow.engine import perform
from evaluation.appraisal import draft, services
from evaluation.appraisal.form import OWN, key_of
from evaluation.appraisal.models import Appraisal
from evaluation.appraisal.workflow import DECIDE


class Appraisals:
    """What `fixtures/demo_appraisal.json` tells, around the filings of a `desk.demo.Story`."""

    def __init__(self, story) -> None:
        self.story, self.today = story, story.today
        self.told = read("demo_appraisal")

    def switch_on(self) -> None:
        """The offices of Hangzhou are shipped switched off; the administrator switches on what the demonstration needs."""
        by = acting(Assignment.objects.get(role="admin"))
        for code in self.told["offices"]:
            switch(Office.objects.get(pk=code), on=True, reason=self.told["reason"], by=by, today=self.today)

    def tell(self) -> None:
        firm = self.story.organisations[self.told["enterprise"]]
        by, post = self.story.clerk(firm), firm.officers.get()
        decided_on = date(self.today.year, 1, 12)
        last = services.begin(post, self.today.year - 1, by=by, today=decided_on)
        draft.save(last, self._typed(last, on=decided_on), version=None, by=by)
        perform(DECIDE, last, by=by, today=decided_on)
        this = services.begin(post, self.today.year, by=by, today=self.today)
        begun = {self._name(code): [self.told["given"][code]] for code in self.told["this_year"]}
        draft.save(this, begun, version=None, by=by)

    def _typed(self, appraisal: Appraisal, *, on: date) -> dict[str, list[str]]:
        """The points of the story; what is on record is agreed to where it gives points, and overruled where it does not."""
        typed = {self._name(code): given for code, given in self.told["given"].items()}
        typed |= {"decision-outcome": self.told["outcome"], "decision-reason": self.told["decision"]}
        for section in draft.form_of(appraisal, today=on).groups:
            for item in section.group.items:
                name, proposal = f"{section.code}-{key_of(item)}", section.proposal(item)
                if proposal:
                    typed[f"{name}_by"] = f"agree-{proposal}"
                elif proposal is not None:
                    typed[f"{name}_by"] = OWN
                    typed |= {
                        name: self.told["overruled"]["points"],
                        f"{name}_why": self.told["overruled"]["why"],
                    }
        return {name: [value] for name, value in typed.items()}

    def _name(self, code: str) -> str:
        return f"g{code[0]}-{slug_of(code)}"
