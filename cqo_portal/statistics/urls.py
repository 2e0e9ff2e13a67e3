from django.urls import path

from cqo_portal.statistics import views

app_name = "statistics"
urlpatterns = [
    path("", views.index, name="index"),
    path("roster/", views.roster, name="roster"),
    path("roster/order/", views.order, name="roster-order"),
    path("orders/", views.orders, name="orders"),
    path("orders/<uuid:pk>/", views.order_detail, name="order"),
    path("orders/<uuid:pk>/file/", views.order_file, name="order-file"),
    path("published/", views.published_list, name="published-list"),
    path("published/<uuid:pk>/", views.published, name="published"),
    path("published/<uuid:pk>/cell/", views.published_cell, name="published-cell"),
    path("published/<uuid:pk>/why/", views.published_why, name="published-why"),
    path("published/<uuid:pk>/<slug:as_format>/", views.published_file, name="published-file"),
    path("years/<int:year>/<slug:office>/", views.year, name="year"),
    path("years/<int:year>/<slug:office>/lock/", views.lock, name="year-lock"),
    path("years/<int:year>/<slug:office>/report.pdf", views.year_report, name="year-report"),
    path("<slug:subject>/", views.table, name="table"),
    path("<slug:subject>/cell/", views.cell, name="cell"),
    path("<slug:subject>/why/", views.why, name="why"),
    path("<slug:subject>/publish/", views.publish, name="publish"),
    path("<slug:subject>/<slug:as_format>/", views.table_file, name="table-file"),
]
