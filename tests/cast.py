"""The cast of every test: a county clerk's city, told in a dozen lines, through the product's own services."""

import io
import re
from dataclasses import dataclass
from datetime import date

from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from PIL import Image

from cqo_portal.accounts.models import Assignment, Role, User
from cqo_portal.parties.models import Institution, Office, Organisation
from cqo_portal.workflow.engine import perform
from registry import draft, services
from registry.models import Filing
from registry.workflow import FILE, SEND_UP, SUBMIT

TODAY = date(2026, 11, 20)
PASSWORD = "right horse battery staple"

# Valid by their check digits, invented otherwise.
CODES = ("91130981MAYG58BR3P", "91350200776049653A", "91440101MA5CJQ4N59")
IDENTITY = "11010519491231002X"


def offices() -> dict[str, Office]:
    province = Office.objects.create(
        code="130000", name="河北省市场监督管理局", area="河北省", level="province", jurisdiction="cangzhou"
    )
    city = Office.objects.create(
        code="130900",
        name="沧州市市场监督管理局",
        area="沧州市",
        level="city",
        jurisdiction="cangzhou",
        parent=province,
    )
    counties = {
        code: Office.objects.create(
            code=code,
            name=f"{area}市场监督管理局",
            area=area,
            level="county",
            jurisdiction="cangzhou",
            parent=city,
        )
        for code, area in (("130981", "泊头市"), ("130922", "青县"))
    }
    return {"130000": province, "130900": city, **counties}


def organisation(office: Office, *, code: str = CODES[0], name: str = "泊头恒通管件有限公司") -> Organisation:
    return Organisation.objects.create(
        credit_code=code, name=name, office=office, industry="33", persons=350, revenue=8000, size="medium"
    )


def institution(name: str) -> Institution:
    return Institution.objects.get_or_create(name=name)[0]


def user(username: str, role: str, **scope) -> User:
    made = User(username=username, full_name=username)
    made.set_password(PASSWORD)
    made.save()
    return made.acting_as(Assignment.objects.create(user=made, role=role, **scope))


def browser(user: User | None = None) -> Client:
    """A browser in which `user` has signed in. It shows failures as a visitor sees them: status 500, no exception."""
    client = Client(raise_request_exception=False)
    if user:
        client.force_login(user)
    return client


def bare(answer) -> bytes:
    """The body without the token that differs from answer to answer."""
    return re.sub(rb'(csrfmiddlewaretoken" value="|X-CSRFToken": ")\w+', rb"\1", answer.content)


def typed(**changes: str) -> dict[str, list[str]]:
    """A complete form as a browser sends it; `officer__name="…"` replaces one input, None drops it."""
    said = {
        "enterprise-credit_code": CODES[0],
        "enterprise-name": "泊头恒通管件有限公司",
        "enterprise-office": "130981",
        "enterprise-industry": "33",
        "enterprise-persons": "350",
        "enterprise-revenue": "8000",
        "officer-name": "王雪松",
        "officer-identity_kind": "resident",
        "officer-identity_number": IDENTITY,
        "officer-phone": "13800138000",
        "officer-education": "bachelor",
        "officer-graduated": "yes",
        "officer-job_title": "intermediate",
        "officer-job_title_on": "2015-06-30",
        "officer-trained": "yes",
        "officer-post": "副总经理",
        "experience-TOTAL_FORMS": "1",
        "experience-INITIAL_FORMS": "0",
        "experience-MIN_NUM_FORMS": "0",
        "experience-MAX_NUM_FORMS": "30",
        "experience-0-begins": "2019-03",
        "experience-0-ends": "",
        "experience-0-employer": "泊头恒通管件有限公司",
        "experience-0-post": "质量部经理",
        "experience-0-kind": "management",
        "appointment-appointed_by": "top_manager",
        "appointment-appointer": "高建勋",
        "appointment-document_number": "恒质〔2026〕9号",
        "appointment-appointed_on": "2026-09-21",
        "appointment-term_years": "3",
        "appointment-in_decision_layer": "on",
    }
    for name, value in changes.items():
        section, _, field = name.partition("__")
        said[f"{section}-{field.replace('__', '-')}"] = value
    return {name: [value] for name, value in said.items() if value is not None}


def picture(*, shade: int = 200) -> SimpleUploadedFile:
    """A scanned sheet, as small as a scan can be."""
    out = io.BytesIO()
    Image.new("L", (60, 80), shade).save(out, format="PNG")
    return SimpleUploadedFile("扫描件.png", out.getvalue(), "image/png")


@dataclass(frozen=True)
class Cast:
    """liu files for hengtong; wang pre-reviews in Botou, meng files in Cangzhou; dan is a stranger."""

    offices: dict[str, Office]
    hengtong: Organisation
    liu: User
    wang: User
    meng: User
    hao: User
    dan: User
    qing: User  # a county clerk next door

    def filing(
        self, *, until: str = "draft", papers: tuple[str, ...] = ("training",), **changes: str
    ) -> Filing:
        """A filing brought as far as `until`, by the people whose move it was."""
        filing = services.open_filing(self.hengtong, by=self.liu, today=TODAY)
        draft.save(filing, typed(**changes), version=None, by=self.liu)
        for shade, kind in enumerate(papers):
            services.attach_proof(filing, picture(shade=shade), kind=kind, by=self.liu)
        for state, step, by in (
            ("at_county", SUBMIT, self.liu),
            ("at_city", SEND_UP, self.wang),
            ("filed", FILE, self.meng),
        ):
            if filing.state == until:
                break
            filing = perform(step, filing, by=by, today=TODAY)
            assert filing.state == state
        return Filing.objects.get(pk=filing.pk)


def cast() -> Cast:
    held = offices()
    hengtong = organisation(held["130981"])
    return Cast(
        offices=held,
        hengtong=hengtong,
        liu=user("liu", Role.ENTERPRISE, organisation=hengtong),
        wang=user("wang", Role.COUNTY, office=held["130981"]),
        meng=user("meng", Role.CITY, office=held["130900"]),
        hao=user("hao", Role.PROVINCE, office=held["130000"]),
        dan=user(
            "dan",
            Role.ENTERPRISE,
            organisation=organisation(held["130922"], code=CODES[1], name="青县盛禾包装有限公司"),
        ),
        qing=user("qing", Role.COUNTY, office=held["130922"]),
    )
