"""The calendar of days off: which years are known, and how another one comes in."""

from functools import wraps

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied, ValidationError
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_safe

from cqo_portal.accounts.models import Role
from cqo_portal.accounts.permissions import acts_as
from cqo_portal.desk.announcing import Announcement, announce, shown_to
from cqo_portal.reference.announcement import Unreadable, by_holiday, read
from cqo_portal.reference.models import CalendarYear
from cqo_portal.reference.queries import missing_year
from cqo_portal.ui.fields import PlainField, ProseField, WholeNumberField
from cqo_portal.ui.forms import SpokenForm
from cqo_portal.workflow.once import once

keeps_the_calendar = acts_as(Role.CITY) | acts_as(Role.PROVINCE) | acts_as(Role.ADMIN)
EARLIEST, LATEST = 2015, 2100


def keepers_only(view):
    @login_required
    @wraps(view)
    def guarded(request, *args, **kwargs):
        if not keeps_the_calendar.test(request.user):
            raise PermissionDenied
        return view(request, *args, **kwargs)

    return guarded


class AnnouncementForm(SpokenForm):
    year = WholeNumberField(label="哪一年的放假安排", max_length=10, example="2027")
    source = PlainField(
        label="通知的名称和文号",
        max_length=200,
        help_text="例如：国务院办公厅关于2027年部分节假日安排的通知（国办发明电〔2026〕…号）",
    )
    text = ProseField(
        label="通知原文",
        max_length=5000,
        rows=10,
        help_text="从“一、元旦：……”起整段贴进来，平台自己认出日期，并核对星期和天数。",
    )

    def clean_year(self) -> int:
        year = self.cleaned_data["year"]
        if not EARLIEST <= year <= LATEST:
            raise ValidationError(f"请填 {EARLIEST} 到 {LATEST} 之间的年份。")
        return year

    def clean(self) -> None:
        said = self.cleaned_data
        if not self.errors:
            try:
                self.days = read(said["text"], year=said["year"])
            except Unreadable as wrong:
                self.add_error("text", str(wrong))

    def announcement(self) -> Announcement:
        said = self.cleaned_data
        return Announcement(said["year"], said["source"], tuple(self.days), timezone.localdate())


@require_safe
@keepers_only
def years(request):
    known = CalendarYear.objects.prefetch_related("days").order_by("-year")
    missing = missing_year({each.year for each in known}, today=timezone.localdate())
    shown = [(each, by_holiday(each.days.all())) for each in known]
    return render(request, "desk/calendar.html", {"years": shown, "missing": missing})


@require_http_methods(["GET", "HEAD", "POST"])
@keepers_only
@once
def enter(request):
    """First what the words were read as and what that moves; then, on the same words, the act."""
    if request.method != "POST":
        known = set(CalendarYear.objects.values_list("year", flat=True))
        missing = missing_year(known, today=timezone.localdate())
        form = AnnouncementForm(initial={"year": missing or ""})
        return render(request, "desk/calendar_enter.html", {"form": form})
    form = AnnouncementForm(request.POST)
    if not form.is_valid():
        return render(request, "desk/calendar_enter.html", {"form": form}, status=422)
    if "back" in request.POST:
        return render(request, "desk/calendar_enter.html", {"form": form})
    found = form.announcement()
    if "confirm" not in request.POST:
        shown = shown_to(request.user, found.moved)
        page = {"form": form, "announcement": found, "shown": shown, "others": len(found.moved) - len(shown)}
        return render(request, "desk/calendar_preview.html", page)
    moved = announce(found, by=request.user)
    messages.success(request, f"{found.year} 年放假安排已录入，{len(moved)} 个期限随之移动。")
    return redirect("desk:calendar")
