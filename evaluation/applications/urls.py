"""Its addresses; `evaluation.urls` collects them."""

urlpatterns: list = []
