from django.urls import path

from certificates.views import certificates, issuing

app_name = "certificates"
urlpatterns = [
    path("", certificates.index, name="index"),
    path("issue/", issuing.issue, name="issue"),
    path("code/", issuing.code, name="code"),
    path("batches/<uuid:pk>/", issuing.batch, name="batch"),
    path("batches/<uuid:pk>/send/", issuing.send_batch, name="batch-send"),
    path("<uuid:pk>/", certificates.certificate, name="certificate"),
    path("<uuid:pk>/pdf/", certificates.pdf, name="pdf"),
    path("<uuid:pk>/acts/<slug:kind>/", certificates.act, name="act"),
    path("<uuid:pk>/abandon/", certificates.abandon, name="abandon"),
    path("<uuid:pk>/send/", certificates.send, name="send"),
    path("<uuid:pk>/renew/", certificates.renew, name="renew"),
    path("evidence/<uuid:pk>/", certificates.evidence, name="evidence"),
]
