"""Audit draws: frozen, seeded, looked at, closed; and what anybody may know of them."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import HttpResponse, StreamingHttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.template.loader import render_to_string
from django.utils import timezone
from django.utils.http import content_disposition_header
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from cqo_portal.accounts.models import AT_AN_INSTITUTION, AT_AN_OFFICE, Role
from cqo_portal.ui.paging import keyset
from cqo_portal.workflow.engine import Refused, open_to
from cqo_portal.workflow.notes import refuse
from cqo_portal.workflow.once import once
from training import drawing, ledger
from training.draw import list_of
from training.forms.audits import FreezeForm, OutcomeForm, SeedForm, WordsForm
from training.forms.rosters import ReasonForm
from training.looking import note_look
from training.models import Draw, Drawn, Entry, Stratum
from training.permissions import draws, finds_an_outcome, runs_a_draw, settles_flags
from training.workflow import CALL_OFF, CLOSE, DRAW, SEED

PER_PAGE = 50
MAY_LOOK = AT_AN_OFFICE | AT_AN_INSTITUTION
TONES = {"frozen": "waiting", "seeded": "mine", "closed": "met", "cancelled": "discarded"}
VERDICTS = {"true": "met", "false": "unmet", "unclear": "unknown"}
D = Draw.State


@require_safe
@login_required
def index(request):
    acting = request.user.acting
    if acting is None or acting.role not in MAY_LOOK:
        raise PermissionDenied
    seen = Draw.objects.visible_to(request.user).for_list()
    page = keyset(seen, request.GET, order=("-frozen_at", "-id"), per_page=PER_PAGE)
    rows = [(draw, TONES[draw.state]) for draw in page]
    return render(
        request, "training/draws.html", {"page": page, "rows": rows, "draws": draws.test(request.user)}
    )


# ── freezing ──────────────────────────────────────────────────────────────────────────────────
@login_required
@require_http_methods(["GET", "HEAD", "POST"])
@once
def new(request):
    if not draws.test(request.user):
        raise PermissionDenied
    today = timezone.localdate()
    form = FreezeForm(request.POST if request.method == "POST" else None, today=today)
    if request.method == "POST" and form.is_valid():
        try:
            made = drawing.freeze(form.cleaned_data, by=request.user, today=today)
        except Refused as refused:
            form.add_error(None, str(refused))
        else:
            messages.success(request, "名单已封存，笔数和摘要已经公布。最早明天录入种子。")
            return redirect(made)
    return render(request, "training/draw_new.html", {"form": form}, status=422 if form.errors else 200)


# ── reading ───────────────────────────────────────────────────────────────────────────────────
def _draw(request, pk) -> Draw:
    return get_object_or_404(Draw.objects.visible_to(request.user).for_list(), pk=pk)


def _strata(request, draw: Draw) -> QuerySet:
    """All of them for the office and those above it; for an organiser its own."""
    acting = request.user.acting
    if Draw.objects.as_a_whole(acting).filter(pk=draw.pk).exists():
        return draw.strata.all()
    house = {"institution": acting.institution_id, "office": acting.office_id}
    return draw.strata.filter(**house)


def _page(request, draw: Draw) -> dict:
    user, strata = request.user, _strata(request, draw)
    rows, whole = drawing.figures_of(draw, strata)
    drawn = Drawn.objects.filter(stratum__in=strata).for_list() if draw.seed else Drawn.objects.none()
    return {
        "draw": draw,
        "tone": TONES[draw.state],
        "figures": rows,
        "whole": whole,
        "is_whole": whole.size == draw.size,
        "drawn": [(each, _last(each), _may_open(user, draw, each)) for each in drawn],
        "steps": {step.name for step in open_to(user, draw, steps=DRAW.values())},
        "runs": runs_a_draw.test(user, draw),
        "may_seed_today": timezone.localdate() > draw.frozen_on,
        "recipe": _recipe(draw, strata) if draw.seed else "",
    }


def _may_open(user, draw: Draw, drawn: Drawn) -> bool:
    """Those above see numbers; records are opened where they are looked at, and by their organiser."""
    acting, stratum = user.acting, drawn.stratum
    if acting.office_id:
        return acting.office_id in (draw.office_id, stratum.office_id)
    return acting.institution_id == stratum.institution_id


def _last(drawn: Drawn):
    """(outcome, its look), or nothing yet."""
    last = next(iter(drawn.outcomes.all()), None)
    return (last, VERDICTS[last.verdict]) if last else None


def _recipe(draw: Draw, strata) -> str:
    return render_to_string("training/recipe.txt", {"draw": draw, "strata": list(strata)})


@require_safe
@login_required
def draw(request, pk):
    return render(request, "training/draw.html", _page(request, _draw(request, pk)))


@require_safe
@login_required
def population(request, pk):
    """The frozen list, octet by octet as its digest was taken; an organiser's part has a digest of its own."""
    found = _draw(request, pk)
    lines = list_of(drawing.population_of(_strata(request, found)))
    answer = StreamingHttpResponse((line.encode() for line in lines), content_type="text/csv; charset=utf-8")
    answer.headers["Content-Disposition"] = content_disposition_header(True, f"{found.number}.csv")
    return answer


@require_safe
@login_required
def recipe(request, pk):
    found = _draw(request, pk)
    return _as_text(found, _recipe(found, _strata(request, found)))


def _as_text(draw: Draw, text: str) -> HttpResponse:
    answer = HttpResponse(text, content_type="text/plain; charset=utf-8")
    answer.headers["Content-Disposition"] = content_disposition_header(True, f"{draw.number}-验算.txt")
    return answer


# ── the seed, and the end ─────────────────────────────────────────────────────────────────────
def _to_run(request, pk) -> Draw:
    found = _draw(request, pk)
    if not runs_a_draw.test(request.user, found):
        raise PermissionDenied
    return found


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
@once
def seed(request, pk):
    found, today = _to_run(request, pk), timezone.localdate()
    if found.state != D.FROZEN:
        messages.error(request, f"这次抽查现在的状态是“{found.get_state_display()}”，不能再录入种子。")
        return redirect(found)
    form = SeedForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        try:
            drawing.sow(found, form.cleaned_data, by=request.user, today=today)
        except Refused as refused:
            form.add_error(None, str(refused))
        else:
            messages.success(request, SEED.done)
            return redirect(found)
    page = {"draw": found, "form": form, "may_seed_today": today > found.frozen_on}
    return render(request, "training/draw_seed.html", page, status=422 if form.errors else 200)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
@once
def close(request, pk):
    return _end(request, pk, step=CLOSE)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
@once
def cancel(request, pk):
    return _end(request, pk, step=CALL_OFF)


def _end(request, pk, *, step):
    found, today = _to_run(request, pk), timezone.localdate()
    if found.state not in step.source:
        messages.error(request, f"这次抽查现在的状态是“{found.get_state_display()}”，不能{step.label}。")
        return redirect(found)
    closes = step is CLOSE
    words = (
        {"label": "结论", "missing": "请写结论。"}
        if closes
        else {"label": "取消的理由", "missing": "请写明理由。"}
    )
    form = WordsForm(request.POST if request.method == "POST" else None, **words)
    if request.method == "POST" and form.is_valid():
        said = form.cleaned_data["words"]
        try:
            if closes:
                drawing.close(found, conclusion=said, by=request.user, today=today)
            else:
                drawing.cancel(found, reason=said, by=request.user, today=today)
        except Refused as refused:
            form.add_error(None, str(refused))
        else:
            messages.success(request, step.done)
            return redirect(found)
    rows, whole = drawing.figures_of(found, found.strata.all())
    page = {"draw": found, "form": form, "closes": closes, "step": step, "figures": rows, "whole": whole}
    return render(request, "training/draw_end.html", page, status=422 if form.errors else 200)


# ── one drawn record ──────────────────────────────────────────────────────────────────────────
def _drawn(request, pk) -> Drawn:
    seen = Drawn.objects.visible_to(request.user).select_related(
        "stratum__draw__office",
        "record__entry__person",
        "record__entry__session",
        "record__entry__self_report",
        "record__entry__posting__by",
        "record__entry__institution",
        "record__entry__office",
    )
    return get_object_or_404(seen, pk=pk)


def _record(
    request, drawn: Drawn, *, form: OutcomeForm | None = None, reversal: ReasonForm | None = None
) -> dict:
    user, entry, draw = request.user, drawn.entry, drawn.stratum.draw
    outcomes = list(drawn.outcomes.select_related("by"))
    last = outcomes[0] if outcomes else None
    mirror = Entry.objects.filter(reverses=entry).first()
    looks = draw.state == D.SEEDED and finds_an_outcome.test(user, drawn)
    reverses = last and last.verdict == "false" and mirror is None and _reverses(user, drawn)
    said = f"抽查 {draw.number} 核查不实：{last.looked_at}" if last else ""
    return {
        "drawn": drawn,
        "entry": entry,
        "draw": draw,
        "outcomes": [(each, VERDICTS[each.verdict]) for each in outcomes],
        "mirror": mirror,
        "presences": list(entry.presences.all()),
        "papers": entry.evidence.count(),
        "opens_session": user.acting.role in AT_AN_OFFICE | {Role.PROVIDER},
        "runs": runs_a_draw.test(user, draw),
        "form": (form or OutcomeForm(initial={"after": last.pk if last else None})) if looks else None,
        "reversal": (reversal or ReasonForm(initial={"reason": said[:300]})) if reverses else None,
    }


def _reverses(user, drawn: Drawn) -> bool:
    return finds_an_outcome.test(user, drawn) and settles_flags.test(user, drawn.entry)


@require_safe
@login_required
def drawn(request, pk):
    found = _drawn(request, pk)
    note_look(found.entry.session, by=request.user, today=timezone.localdate())
    return render(request, "training/drawn.html", _record(request, found))


@login_required
@require_POST
@once
def find(request, pk):
    found = _drawn(request, pk)
    if not finds_an_outcome.test(request.user, found):
        raise PermissionDenied
    form = OutcomeForm(request.POST)
    if form.is_valid():
        try:
            drawing.find(found, **form.cleaned_data, by=request.user)
        except Refused as refused:
            form.add_error(None, str(refused))
            form.now_seen(found.outcomes.first())
        else:
            messages.success(request, "核查结果已记下。")
            return redirect(found)
    return render(request, "training/drawn.html", _record(request, found, form=form), status=422)


@login_required
@require_POST
@once
def reverse(request, pk):
    """What was found untrue is taken back, with the words of the finding."""
    found = _drawn(request, pk)
    if not _reverses(request.user, found):
        raise PermissionDenied
    form = ReasonForm(request.POST)
    last = found.outcomes.first()
    if last is None or last.verdict != "false":
        messages.error(request, "核查结果是“不实”的记录才从这里冲正。")
        return redirect(found)
    if form.is_valid():
        try:
            ledger.reverse(found.entry, reason=form.cleaned_data["reason"], by=request.user)
        except Refused as refused:
            refuse(request, refused, form.cleaned_data["reason"])
        else:
            messages.success(request, f"{found.entry.number} 已冲正，本人的学时账里看得到理由。")
        return redirect(found)
    return render(request, "training/drawn.html", _record(request, found, reversal=form), status=422)


# ── what anybody may know ─────────────────────────────────────────────────────────────────────
@require_safe
def public_draws(request):
    page = keyset(Draw.objects.for_list(), request.GET, order=("-frozen_at", "-id"), per_page=PER_PAGE)
    rows = [(draw, TONES[draw.state]) for draw in page]
    return render(request, "training/public_draws.html", {"page": page, "rows": rows})


@require_safe
def public_draw(request, number):
    """Counts, seed, source, digest and recipe; no record, and nobody's name."""
    found = get_object_or_404(Draw.objects.for_list(), number=number)
    strata = list(Stratum.objects.filter(draw=found))
    rows, whole = drawing.figures_of(found, strata)
    page = {"draw": found, "tone": TONES[found.state], "figures": rows, "whole": whole}
    page |= {"recipe": _recipe(found, strata) if found.seed else ""}
    return render(request, "training/public_draw.html", page)
