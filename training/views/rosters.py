"""The roster of a session, line by line: by number, confirmed by a masked name; corrected; taken away."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST

from cqo_portal.parties.models import Person
from cqo_portal.parties.names import masked_name
from cqo_portal.parties.people import known
from cqo_portal.ui.identity import IdentityForm, mark, may_look, was_looked_at
from cqo_portal.workflow.engine import Refused
from cqo_portal.workflow.once import once
from training import services
from training.forms.rosters import EnterForm, line_form
from training.forms.sessions import hours_name
from training.models import RosterLine, Session
from training.permissions import organises
from training.views.sessions import page_of, visible

TOO_MANY = "本单位一天内按证件号码核对已满 300 次。名单较长的，请改用导入名单；急需的，明天再核对。"
UNKNOWN = "平台还没有这个证件号码，请填写全名，加入名单时登记。"


def _own(request, pk) -> Session:
    session = visible(request, pk)
    if not organises.test(request.user, session):
        raise PermissionDenied
    return session


@login_required
@require_POST
def check(request, pk):
    """Whose number that is: the masked name, to be confirmed; or that a full name is needed."""
    session = _own(request, pk)
    form = IdentityForm(request.POST, today=timezone.localdate())
    if not form.is_valid():
        return _answer(request, session, form=form, status=422)
    return _looked(request, session, form)


def _looked(request, session: Session, form: IdentityForm):
    """The second step of the form, after the look is noted; hours and meetings are proposed or kept."""
    if not may_look(request):
        form.add_error("identity_number", TOO_MANY)
        return _answer(request, session, form=form, status=429)
    said = {name: form.cleaned_data[name] for name in ("identity_kind", "identity_number")}
    person = services.look_up(
        session, kind=said["identity_kind"], number=said["identity_number"], by=request.user
    )
    return _answer(
        request, session, form=_second_step(request, session, said), status=200, **_found(person, said)
    )


def _second_step(request, session: Session, said: dict) -> EnterForm:
    asked = EnterForm(session=session, today=timezone.localdate())
    typed = {name: request.POST[name] for name in asked.fields if name in request.POST and name != "meetings"}
    return EnterForm(session=session, today=timezone.localdate(), initial=typed | said)


def _found(person: Person | None, said: dict) -> dict:
    return {
        "checked": True,
        "masked": masked_name(person.name) if person else "",
        "unknown": "" if person else UNKNOWN,
        "seen": mark(said),
    }


def _answer(request, session: Session, *, form, status: int, **more):
    """The form alone for htmx, else the whole page with it."""
    if request.htmx:
        page = {"session": session, "form": form, **more}
        return render(request, "training/_enter.html", page, status=200)  # htmx swaps no refusals in
    return render(
        request, "training/session.html", page_of(request, session, form=form, **more), status=status
    )


@login_required
@require_POST
@once
def add(request, pk):
    """Put whoever was confirmed on the roster; a number nobody looked at is looked at first."""
    session, today = _own(request, pk), timezone.localdate()
    number = IdentityForm(request.POST, today=today)
    if not number.is_valid():
        return _answer(request, session, form=number, status=422)
    said = number.cleaned_data
    if not was_looked_at(request, said):
        return _looked(request, session, number)
    person = known(said["identity_kind"], said["identity_number"])
    form = EnterForm(request.POST, session=session, today=today)
    form.is_valid()
    if person is None and not form.cleaned_data.get("name") and "name" not in form.errors:
        form.add_error("name", UNKNOWN)
    status = 422
    if not form.errors:
        try:
            _count_a_guess(request, session, person, form.said)
            lines = services.enter(session, form.said, by=request.user)
        except TooMany:
            form.add_error("identity_number", TOO_MANY)
            status = 429
        except Refused as refused:
            form.add_error("identity_number", str(refused))
        else:
            messages.success(request, f"{lines[0].name}已加入名单。")
            return redirect(session)
    return _answer(request, session, form=form, status=status, **_found(person, said))


class TooMany(Exception):
    """The house has no look left today."""


def _count_a_guess(request, session: Session, person: Person | None, said: dict) -> None:
    """A name typed for a known number is told right or wrong. Where no look is left, neither; a wrong one is a look."""
    if person is None or not said["name"]:
        return
    fits = said["name"] == person.name
    if not may_look(request, only_ask=fits):
        raise TooMany
    if not fits:
        services.look_up(session, kind=said["identity_kind"], number=said["identity_number"], by=request.user)


# ── a line ────────────────────────────────────────────────────────────────────────────────────
def _line(request, pk, line) -> RosterLine:
    session = _own(request, pk)
    return get_object_or_404(session.roster.select_related("person", "session"), pk=line)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
@once
def correct(request, pk, line):
    """Other hours, or other meetings."""
    found = _line(request, pk, line)
    form = line_form(found, request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        hours = form.cleaned_data[hours_name(found.course_class)]
        try:
            services.correct_line(found, hours=hours, meetings=form.attended, by=request.user)
        except Refused as refused:
            form.add_error(None, str(refused))
        else:
            messages.success(request, f"{found.name}的学时和到场已改正。")
            return redirect(found.session)
    page = {"line": found, "session": found.session, "form": form}
    return render(request, "training/line_form.html", page, status=422 if form.errors else 200)


@login_required
@require_POST
def drop(request, pk, line):
    """Two clicks in a row take it away once: the second finds nothing left, and says so."""
    session = _own(request, pk)
    found = session.roster.select_related("person", "session").filter(pk=line).first()
    if found is None:
        messages.info(request, "这一行已经不在名单里了。")
        return redirect(session)
    return _done(request, found, services.drop_line, said=f"{found.name}已从名单去掉。")


@login_required
@require_POST
def settle(request, pk, line):
    found = _line(request, pk, line)
    return _done(request, found, services.settle_doubt, said=f"已核对：{found.name}与证件号码是同一人。")


def _done(request, line: RosterLine, act, *, said: str):
    try:
        act(line, by=request.user)
    except Refused as refused:
        messages.error(request, str(refused))
    else:
        messages.success(request, said)
    return redirect(line.session)
