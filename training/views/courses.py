"""Courses: what a house teaches."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_safe

from cqo_portal.reference import expertise
from cqo_portal.ui.paging import keyset
from cqo_portal.workflow.engine import Refused
from cqo_portal.workflow.once import once
from training import services
from training.forms.courses import CourseForm, words_of
from training.models import Course
from training.packs import office_training_of
from training.permissions import holds_trainings, organises

PER_PAGE = 50


@require_safe
@login_required
def courses(request):
    """The house's own, in pinyin order."""
    if not holds_trainings.test(request.user):
        raise PermissionDenied
    text, acting = request.GET.get("q", "").strip()[:60], request.user.acting
    rows = Course.objects.of_organiser(acting).defer("search", "haystack").matching(text)
    page = keyset(rows, request.GET, order=("pinyin", "id"), per_page=PER_PAGE)
    shown = [(course, expertise.named(course.fields)) for course in page]
    own = office_training_of(acting.office, timezone.localdate()) if acting.office else None
    return render(request, "training/courses.html", {"page": page, "rows": shown, "text": text, "own": own})


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
@once
def new(request):
    if not holds_trainings.test(request.user):
        raise PermissionDenied
    return _written(request, course=None)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
@once
def edit(request, pk):
    course = get_object_or_404(Course.objects.visible_to(request.user), pk=pk)
    if not organises.test(request.user, course):
        raise PermissionDenied
    return _written(request, course=course)


def _written(request, *, course: Course | None):
    posted = request.POST if request.method == "POST" else None
    form = CourseForm(posted, initial=words_of(course) if course else None)
    if posted is not None and form.is_valid():
        try:
            services.write_course(course, form.values, by=request.user, seen=request.POST.get("seen"))
        except Refused as refused:
            form.add_error(_beside(refused), str(refused))
        else:
            messages.success(request, "课程已保存，可以用它新建场次。")
            return redirect("training:courses")
    page = {"form": form, "course": course, "seen": services.seen_with(form, course) if course else ""}
    return render(request, "training/course_form.html", page, status=422 if form.errors else 200)


def _beside(refused: Refused) -> str | None:
    """The field a refusal is about; None for what is about the whole."""
    if str(refused) == services.CHANGED_MEANWHILE:
        return None
    return "kind" if isinstance(refused, services.KindStays) else "name"
