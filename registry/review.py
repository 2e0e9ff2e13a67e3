"""The reviewing side of a case in the browser: pins and phrases, what became of a return, the same person elsewhere."""

from dataclasses import replace

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.http import urlencode
from django.views.decorators.http import require_http_methods, require_POST

from cqo_portal.accounts.models import Role
from registry import forms, phrases, returns, same_person, services
from registry.models import Filing, Phrase
from registry.pages.case import case_page, is_open_clause
from registry.pages.returns import clause_of, composer, pins
from registry.permissions import decides
from registry.review_forms import PhraseForm, PinForm, SamePersonForm, place_label


def _case_to_decide(request, pk) -> Filing:
    seen = Filing.objects.visible_to(request.user).select_related("organisation", "office__parent__parent")
    filing = get_object_or_404(seen, pk=pk)
    if not decides.test(request.user, filing):
        raise PermissionDenied
    return filing


# ── pins ──────────────────────────────────────────────────────────────────────────────────────
@login_required
@require_POST
def pin(request, pk):
    """Note one thing to correct. `use`: a phrase was chosen, it goes into the reason and nothing is kept yet."""
    filing = _case_to_decide(request, pk)
    form = PinForm(request.POST, filing=filing)
    if "use" in request.POST:
        return _composing(request, filing, form, use=request.POST["use"])
    if not form.is_valid():
        return _composing(request, filing, form)
    said = form.cleaned_data
    cites = _cites(filing, said, user=request.user)
    if item := form.waiting():
        returns.rewrite(filing, item, reason=said["reason"], cites=cites, by=request.user)
    else:
        place = {name: said[name] for name in ("key", "reason", "proof", "page")}
        services.pin(filing, **place, cites=cites, by=request.user)
    if said["keep"]:
        phrases.keep(key=said["key"], text=said["reason"][:300], cites=cites, by=request.user)
        messages.success(request, "已记下这一项，并存为本局的常用语。")
    return redirect(f"{filing.get_absolute_url()}{_still_looking_at(said)}#composer")


def _cites(filing: Filing, said: dict, *, user) -> str:
    """The article of the phrase that was used, else the one a return of this address usually rests on."""
    used = phrases.at_hand(user.acting.office).filter(pk=said["phrase"]).first() if said["phrase"] else None
    return used.cites if used and used.cites else clause_of(filing, said["key"])


def _still_looking_at(said: dict) -> str:
    if not said.get("viewed"):
        return ""
    return f"?{urlencode({'proof': said['viewed'], 'page': said.get('viewed_page') or 1})}"


def _composing(request, filing: Filing, form: PinForm, *, use: str = "") -> HttpResponse:
    """The case again with what was typed in the composer; a phrase that was chosen is added to it."""
    typed = request.POST
    looked_at = {"proof": typed.get("viewed", ""), "page": typed.get("viewed_page", "")}
    page = case_page(filing, request.user, looked_at)
    asked = {
        "pin": "page"
        if typed.get("on_page") and typed.get("key", "").startswith("proof.")
        else typed.get("key", "")
    }
    asked |= {"item": typed.get("item", "")}
    opened = composer(filing, asked, user=request.user, viewed=page["viewed"], pins=pins(filing))
    if opened is None:
        messages.error(request, "没有这一栏，请从内容右边的标记重新指出。")
        return render(request, "registry/filing_review.html", page, status=422)
    chosen = next((phrase for phrase in opened.phrases if str(phrase.pk) == use), None)
    reason = "\n".join(
        part for part in (typed.get("reason", "").strip(), chosen.text if chosen else "") if part
    )
    errors = [] if chosen else [sentence for said in form.errors.values() for sentence in said]
    page["composer"] = replace(opened, reason=reason, phrase=chosen, errors=errors)
    return render(request, "registry/filing_review.html", page, status=422 if errors else 200)


@login_required
@require_POST
def unpin(request, pk, item):
    filing = _case_to_decide(request, pk)
    services.unpin(filing, item_pk=item, by=request.user)
    return redirect(f"{filing.get_absolute_url()}#composer")


@login_required
@require_POST
def check(request, pk, item):
    """Of one item of the last return: put right (`fixed=yes`), or asked for again in the same words."""
    filing = _case_to_decide(request, pk)
    sent = filing.return_items.select_related("proof").exclude(sent_at=None).filter(round__lt=filing.round)
    asked = get_object_or_404(sent, pk=item)
    if request.POST.get("fixed") == "yes":
        returns.found_fixed(filing, asked, by=request.user)
    else:
        returns.ask_again(filing, asked, by=request.user)
        messages.success(request, "已再次列入补正项，理由照上次写，可以改写。")
    return redirect(f"{filing.get_absolute_url()}#answers")


@login_required
@require_POST
def determine(request, pk):
    filing = _case_to_decide(request, pk)
    form = forms.DeterminationForm(request.POST)
    if form.is_valid() and is_open_clause(filing, form.cleaned_data["clause"]):
        services.determine(filing, **form.cleaned_data, by=request.user)
    else:
        messages.error(request, "请写明认定理由。")
    return redirect(f"{filing.get_absolute_url()}#clauses")


# ── the same person ───────────────────────────────────────────────────────────────────────────
@login_required
@require_POST
def decide_person(request, pk):
    """Concurrent, moved, or a mistaken number: kept, and not asked again for the same posts."""
    filing = _case_to_decide(request, pk)
    form = SamePersonForm(request.POST)
    if not form.is_valid():
        page = case_page(filing, request.user, {}, person_form=form)
        return render(request, "registry/filing_review.html", page, status=422)
    try:
        made = same_person.decide(filing, **form.cleaned_data, by=request.user)
    except same_person.NothingToDecide as changed:
        messages.error(request, str(changed))
    else:
        said = (
            "证件号码已列入补正项，请退回企业核对。"
            if made.verdict == made.Verdict.MISTAKEN
            else "同样的任职不再重问。"
        )
        messages.success(request, f"已认定：{made.get_verdict_display()}。{said}")
    return redirect(f"{filing.get_absolute_url()}#same-person")


# ── phrases ───────────────────────────────────────────────────────────────────────────────────
def _reviewer(request) -> None:
    if request.user.acting is None or request.user.acting.role not in (Role.COUNTY, Role.CITY):
        raise PermissionDenied


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def phrase_list(request):
    """What is at hand when something is returned; a POST keeps a sentence for the own office."""
    _reviewer(request)
    form = PhraseForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        phrases.keep(**form.cleaned_data, by=request.user)
        messages.success(request, "已存为本局的常用语。")
        return redirect("registry:phrases")
    rows = [(place_label(phrase.key), phrase) for phrase in phrases.at_hand(request.user.acting.office)]
    shown = {
        "form": form,
        "own": [(place, phrase) for place, phrase in rows if phrase.office_id],
        "shipped": [(place, phrase) for place, phrase in rows if not phrase.office_id],
    }
    return render(request, "registry/phrases.html", shown, status=422 if form.errors else 200)


@login_required
@require_POST
def phrase_retire(request, pk):
    """Off the list, or back on it: only what the own office keeps."""
    _reviewer(request)
    phrase = get_object_or_404(Phrase, pk=pk, office=request.user.acting.office)
    active = request.POST.get("active") == "yes"
    phrases.retire(phrase, active=active, by=request.user)
    messages.success(request, "已恢复使用。" if active else "已停用；已经发出的退回不受影响。")
    return redirect("registry:phrases")
