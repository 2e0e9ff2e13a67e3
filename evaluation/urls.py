"""All of an evaluation's addresses in one namespace; each part of its life says its own."""

from evaluation.applications.urls import urlpatterns as applications
from evaluation.calibration.urls import urlpatterns as calibration
from evaluation.consensus.urls import urlpatterns as consensus
from evaluation.decisions.urls import urlpatterns as decisions
from evaluation.panels.urls import urlpatterns as panels
from evaluation.retrospect.urls import urlpatterns as retrospect
from evaluation.sheets.urls import urlpatterns as sheets

app_name = "evaluation"
urlpatterns = [
    *applications,
    *panels,
    *sheets,
    *calibration,
    *consensus,
    *decisions,
    *retrospect,
]
