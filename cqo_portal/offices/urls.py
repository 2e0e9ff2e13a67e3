from django.urls import path

from cqo_portal.offices.models import Registration
from cqo_portal.offices.views import accounts, experts, moves, registrations
from cqo_portal.offices.workflow import REGISTRATION
from cqo_portal.workflow.views import step_view

app_name = "offices"
urlpatterns = [
    path("", accounts.index, name="index"),
    path("accounts/", accounts.account_list, name="account-list"),
    path("accounts/new/", accounts.account_create, name="account-create"),
    path("accounts/<int:pk>/", accounts.account, name="account"),
    path("accounts/<int:pk>/roles/", accounts.give, name="give"),
    path("accounts/<int:pk>/password/", accounts.password, name="password"),
    path("accounts/<int:pk>/disable/", accounts.disable, name="disable"),
    path("accounts/<int:pk>/enable/", accounts.enable, name="enable"),
    path("roles/<int:pk>/withdraw/", accounts.withdraw, name="withdraw"),
    path("roles/<int:pk>/person/", experts.role_person, name="role-person"),
    path("experts/<uuid:pk>/account/", experts.account, name="expert-account"),
    path("hand-overs/", accounts.hand_over_list, name="hand-over-list"),
    path("hand-overs/<uuid:pk>/", accounts.hand_over, name="hand-over"),
    path("list/", accounts.office_list, name="office-list"),
    path("list/<slug:code>/", accounts.office, name="office"),
    path("moves/", moves.move_list, name="move-list"),
    path("moves/new/", moves.find, name="move-find"),
    path("moves/new/<uuid:pk>/", moves.create, name="move-create"),
    path("moves/<uuid:pk>/", moves.move, name="move"),
    path("moves/<uuid:pk>/steps/<slug:step>/", moves.step, name="move-step"),
    path("register/", registrations.register, name="register"),
    path("register/size/", registrations.register_size, name="register-size"),
    path("registrations/", registrations.registration_list, name="registration-list"),
    path("registrations/<uuid:pk>/", registrations.registration, name="registration"),
    path("registrations/<uuid:pk>/licence/", registrations.licence, name="licence"),
    path("registrations/<uuid:pk>/licence/<int:number>.png", registrations.licence_page, name="licence-page"),
    path("registrations/<uuid:pk>/phone/", registrations.phone, name="phone"),
    path("registrations/<uuid:pk>/pass-on/", registrations.pass_on, name="pass-on"),
    path(
        "registrations/<uuid:pk>/steps/<slug:step>/",
        step_view(Registration, REGISTRATION),
        name="registration-step",
    ),
]
