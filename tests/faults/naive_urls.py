"""The control of the race test: the same decision, read, checked and written without a lock."""

from django.contrib.auth.decorators import login_required
from django.db import transaction
from django.http import HttpResponse
from django.urls import path

from cqo_portal.audit.record import record
from cqo_portal.urls import urlpatterns as real
from registry.models import Filing
from tests.cast import TODAY


@login_required
def decide(request, pk):
    filing = Filing.objects.get(pk=pk)
    if filing.state != "at_city":
        return HttpResponse("late", status=409)
    with transaction.atomic():
        record("naive", filing, by=request.user, before="at_city", after="filed")
        Filing.objects.filter(pk=pk).update(state="filed", filing_number=str(pk), filed_on=TODAY)
    return HttpResponse("done")


urlpatterns = [path("naive/<uuid:pk>/", decide), *real]
