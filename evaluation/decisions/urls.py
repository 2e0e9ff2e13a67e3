"""Its addresses; `evaluation.urls` collects them."""

from django.urls import path

from evaluation.decisions import case  # noqa: F401 -- the blocks of the page of a case
from evaluation.decisions.views import appeals, decision, report

urlpatterns = [
    path("<uuid:pk>/report/", report.page, name="report"),
    path("<uuid:pk>/report/autosave/", report.autosave, name="report-autosave"),
    path("<uuid:pk>/report/save/", report.save, name="report-save"),
    path("<uuid:pk>/report/follow/", report.follow, name="report-follow"),
    path("<uuid:pk>/report/hand-in/", report.hand_in, name="report-hand-in"),
    path("<uuid:pk>/report/<int:number>/sign-off/", report.sign_off, name="report-sign-off"),
    path("<uuid:pk>/report/<int:number>/pdf/", report.pdf, name="report-pdf"),
    path("<uuid:pk>/report/<int:number>/signed/", report.signed, name="report-signed"),
    path("<uuid:pk>/decision/", decision.decision, name="decision"),
    path("<uuid:pk>/decision/send-back/", decision.send_back, name="decision-send-back"),
    path("<uuid:pk>/publication/", decision.publication, name="publication"),
    path("<uuid:pk>/notice/", decision.notice, name="notice"),
    path("<uuid:pk>/appeal/", appeals.new, name="appeal-new"),
    path("<uuid:pk>/review/", appeals.review, name="review-new"),
    path("appeals/", appeals.index, name="appeals"),
    path("appeals/<uuid:pk>/", appeals.appeal, name="appeal"),
    path("appeals/<uuid:pk>/steps/<slug:step>/", appeals.take_step, name="appeal-step"),
]
