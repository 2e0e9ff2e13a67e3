"""The demonstration: a small city told through the product's own services, so that nothing in it is faked."""

import json
from datetime import date
from functools import cached_property

from django.conf import settings
from django.contrib.auth.hashers import make_password
from django.core.files.uploadedfile import SimpleUploadedFile

from cqo_portal.accounts.models import Assignment, Role, User
from cqo_portal.desk.demo_appraisal import Appraisals
from cqo_portal.desk.demo_calibration import Calibration
from cqo_portal.desk.demo_cases import Cases
from cqo_portal.desk.demo_evaluations import Evaluations
from cqo_portal.desk.demo_experts import Experts
from cqo_portal.desk.demo_trainings import Trainings
from cqo_portal.desk.demo_year import Year, acting
from cqo_portal.jurisdictions.vocabulary import Size
from cqo_portal.parties import size
from cqo_portal.parties.models import Institution, Office, Organisation
from cqo_portal.printing.documents import pdf_of
from cqo_portal.reminders.scan import scan
from cqo_portal.workflow.engine import perform
from registry import draft, facts, services
from registry.entries import enter
from registry.entry_kinds import OF_AN_ENTERPRISE
from registry.models import Filing, Proof
from registry.workflow import FILE, RETURN, SEND_UP, SUBMIT


class Story:
    """Tells `fixtures/demo.json` once: accounts, enterprises, then each filing as far as it has come."""

    def __init__(self, *, today: date) -> None:
        self.today = today
        self.told = json.loads((settings.BASE_DIR / "fixtures" / "demo.json").read_text(encoding="utf-8"))
        self.organisations: dict[str, Organisation] = {}

    def is_told(self) -> bool:
        return User.objects.filter(is_demo=True).exists()

    def tell(self, *, progress=lambda sentence: None) -> None:
        self._enterprises()
        self._accounts()
        year, appraisals = Year(self), Appraisals(self)
        appraisals.switch_on()
        year.the_city_asks()
        for number, said in enumerate(self.told["filings"], start=1):
            progress(f"演示备案 {number}/{len(self.told['filings'])}：{said['name'] or '一份草稿'}")
            self._filing(said)
        self._officer()
        progress("演示的其余部分：变更、名单、年报、经验、监督、机构")
        year.goes_on()
        progress("演示的培训：委托、课程、场次和学时")
        Trainings(self).tell()
        progress("演示的企业评价：杭州的一家企业")
        appraisals.tell()
        progress("演示的评价专家：入库、聘任、申报")
        Experts(self).tell()
        progress("演示的校准案例：几位专家的评分")
        Calibration().tell()
        progress("演示的评价：评价机构")
        Evaluations(self).tell()
        Cases(self).tell(progress=progress)
        progress("演示的提醒：今天该说的")
        scan(self.today)

    def _enterprises(self) -> None:
        named = {held_at for _, _, role, held_at in self.told["accounts"] if role == Role.ENTERPRISE}
        for number, said in enumerate(self.told["enterprises"], start=1):
            organisation = Organisation.objects.create(
                name=said["name"],
                credit_code=said["credit_code"],
                office=Office.objects.get(pk=said["office"]),
                industry=said["industry"],
                persons=said["persons"],
                revenue=said["revenue"],
                assets=said["assets"],
                **_sized(said),
                size_year=self.today.year - 1,
                sector=size.sector(said["industry"]).value,
            )
            shown = {n: getattr(organisation, "office_id" if n == "office" else n) for n in OF_AN_ENTERPRISE}
            enter(organisation, shown, effective_on=date(self.today.year - 1, 1, 1), reason="演示数据")
            self.organisations[said["key"]] = organisation
            if said["key"] not in named:
                clerk = self.account(f"enterprise{number}", said["clerk"])
                Assignment.objects.create(user=clerk, role=Role.ENTERPRISE, organisation=organisation)

    def _accounts(self) -> None:
        for username, full_name, role, held_at in self.told["accounts"]:
            user = self.account(username, full_name)
            if role not in (Role.OFFICER, Role.EXPERT):  # their persons exist only later
                Assignment.objects.create(user=user, role=role, **self._scope(role, held_at))

    def _scope(self, role: str, held_at: str) -> dict:
        if role in {Role.COUNTY, Role.CITY, Role.PROVINCE}:
            return {"office_id": held_at}
        if role == Role.ENTERPRISE:
            return {"organisation": self.organisations[held_at]}
        return {"institution": Institution.objects.get_or_create(name=held_at)[0] if held_at else None}

    def _officer(self) -> None:
        account = next(row for row in self.told["accounts"] if row[2] == Role.OFFICER)
        post = self.organisations[account[3]].officers.get()
        Assignment.objects.create(
            user=User.objects.get(username=account[0]), role=Role.OFFICER, person=post.person
        )

    def account(self, username: str, full_name: str) -> User:
        return User.objects.create(
            username=username,
            full_name=full_name,
            email=f"{username}@demo.example",
            password=self._password,
            is_demo=True,
        )

    @cached_property
    def _password(self) -> str:
        """Hashed once: all demo accounts share one password, and Argon2 is slow on purpose."""
        return make_password(settings.DEMO_PASSWORD)

    def _filing(self, said: dict) -> None:
        organisation = self.organisations[said["enterprise"]]
        clerk = self.clerk(organisation)
        filing = services.open_filing(organisation, by=clerk, today=self.today)
        if said["until"] == "draft":
            return
        typed = filing.draft | _typed(said, organisation)
        draft.save(filing, typed, version=None, by=clerk)
        for kind in said["papers"]:
            services.attach_proof(filing, self.paper(kind, said, organisation), kind=kind, by=clerk)
        Filing.objects.filter(pk=filing.pk).update(plea=said["plea"])
        self._go_on(filing, said, clerk=clerk)

    def _go_on(self, filing: Filing, said: dict, *, clerk: User) -> None:
        filing = perform(SUBMIT, filing, by=clerk, note=said["plea"], today=self.today)
        county, city = self.regulator(filing.office), self.regulator(filing.office.parent)
        until = said["until"]
        if until == "returned":
            for key, reason in said["pins"]:
                services.pin(filing, key=key, reason=reason, cites="第六条", by=county)
            perform(RETURN, filing, by=county, today=self.today)
        if until in ("at_city", "filed"):
            for clause in facts.undecided(filing):
                reason = "材料与原件核对一致，视为符合。"
                services.determine(filing, clause=clause.key, reason=reason, by=county)
            perform(SEND_UP, filing, by=county, today=self.today)
        if until == "filed":
            perform(FILE, filing, by=city, today=self.today)

    def clerk(self, organisation: Organisation) -> User:
        return acting(Assignment.objects.get(role=Role.ENTERPRISE, organisation=organisation))

    def regulator(self, office: Office) -> User:
        """Somebody of that office; the demo makes one where the accounts have none."""
        role = Role(office.level)
        held = Assignment.objects.filter(role=role, office=office).first()
        if held is None:
            user = self.account(
                f"{role}-{office.pk}", f"{office.area}{'预审' if role == Role.COUNTY else '经办'}员"
            )
            held = Assignment.objects.create(user=user, role=role, office=office)
        return acting(held)

    def paper(self, kind: str, said: dict, organisation) -> SimpleUploadedFile:
        """A sheet as an enterprise would scan it."""
        words = {"said": said, "organisation": organisation, "kind": Proof.Kind(kind), "today": self.today}
        sheet = pdf_of("demo_paper.html", words)
        return SimpleUploadedFile(f"{Proof.Kind(kind).label}.pdf", sheet, "application/pdf")


def _sized(said: dict) -> dict:
    figures = {name: said[name] and size.Decimal(said[name]) for name in ("persons", "revenue", "assets")}
    try:
        return {"size": size.classify(said["industry"], **figures).size.value}
    except size.Unclear:
        return {"size": Size.UNCLASSIFIED.value}


def _typed(said: dict, organisation: Organisation) -> dict[str, list[str]]:
    """The words of the story as a browser would send them."""
    officer = ("name", "identity_number", "phone", "education", "graduated", "job_title", "job_title_on")
    typed = {f"officer-{name}": said[name] for name in (*officer, "post", "trained")}
    for number, row in enumerate(said["experience"]):
        row = row | {"employer": row["employer"] or organisation.name}
        typed |= {f"experience-{number}-{name}": value for name, value in row.items()}
    typed |= {
        "experience-TOTAL_FORMS": str(len(said["experience"])),
        "appointment-appointed_by": "top_manager",
        "appointment-appointer": said["appointer"],
        "appointment-document_number": f"质任〔{said['appointed_on'][:4]}〕9号",
        "appointment-appointed_on": said["appointed_on"],
        "appointment-in_decision_layer": "on",
    } | said.get("typed", {})
    return {name: [value] for name, value in typed.items() if value}
