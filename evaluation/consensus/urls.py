"""Its addresses; `evaluation.urls` collects them."""

from django.urls import path

from evaluation.consensus import case  # noqa: F401 -- what it puts on the page of a case
from evaluation.consensus.views import board, interviews, revising

urlpatterns = [
    path("<uuid:pk>/consensus/", board.page, name="consensus"),
    path("<uuid:pk>/consensus/autosave/", board.autosave, name="consensus-autosave"),
    path("<uuid:pk>/consensus/save/", board.save, name="consensus-save"),
    path("<uuid:pk>/consensus/now/", board.now, name="consensus-now"),
    path("<uuid:pk>/consensus/cursor/", board.cursor, name="consensus-cursor"),
    path("<uuid:pk>/consensus/steps/<slug:step>/", board.take_step, name="consensus-step"),
    path("<uuid:pk>/consensus/revise/", revising.revise, name="revise"),
    path("<uuid:pk>/consensus/proofs/<uuid:proof>/<int:number>/", board.proof, name="consensus-proof"),
    path("<uuid:pk>/interviews/", interviews.index, name="interviews"),
    path("<uuid:pk>/interviews/new/", interviews.new, name="interview-new"),
    path("<uuid:pk>/interviews/<uuid:interview>/edit/", interviews.edit, name="interview-edit"),
    path("<uuid:pk>/interviews/<uuid:interview>/cancel/", interviews.cancel, name="interview-cancel"),
    path("<uuid:pk>/interviews/<uuid:interview>/record/", interviews.write_down, name="interview-record"),
]
