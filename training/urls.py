"""Trainings: held by providers and offices, posted into the ledger."""

from django.urls import path

from training.views import draws, flags

app_name = "training"
urlpatterns: list = [
    path("flags/", flags.index, name="flags"),
    path("flags/<int:pk>/", flags.flag, name="flag"),
    path("flags/<int:pk>/settle/", flags.settle, name="flag-settle"),
    path("flags/<int:pk>/explain/", flags.explain, name="flag-explain"),
    path("flags/sessions/<uuid:pk>/<slug:kind>/", flags.many, name="flags-many"),
    path("flags/sessions/<uuid:pk>/<slug:kind>/settle/", flags.settle_many, name="flags-settle"),
    path("draws/", draws.index, name="draws"),
    path("draws/new/", draws.new, name="draw-new"),
    path("draws/public/", draws.public_draws, name="public-draws"),
    path("draws/public/<slug:number>/", draws.public_draw, name="public-draw"),
    path("draws/records/<int:pk>/", draws.drawn, name="drawn"),
    path("draws/records/<int:pk>/find/", draws.find, name="drawn-find"),
    path("draws/records/<int:pk>/reverse/", draws.reverse, name="drawn-reverse"),
    path("draws/<uuid:pk>/", draws.draw, name="draw"),
    path("draws/<uuid:pk>/population.csv", draws.population, name="draw-population"),
    path("draws/<uuid:pk>/recipe.txt", draws.recipe, name="draw-recipe"),
    path("draws/<uuid:pk>/seed/", draws.seed, name="draw-seed"),
    path("draws/<uuid:pk>/close/", draws.close, name="draw-close"),
    path("draws/<uuid:pk>/cancel/", draws.cancel, name="draw-cancel"),
]
