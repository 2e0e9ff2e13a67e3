"""The core: a filing, the register, the frame, the account."""

from registry.workflow import FILING

STEPS = {"registry:step": FILING}
SAID = {
    "registry:reveal": {"why": "核对"},
    "desk:reveal-identity": {"why": "核对"},
    "registry:pin": {"key": "officer.post", "reason": "请改正"},
    "registry:determine": {"clause": "training", "reason": "认可"},
}

TABLE = """
registry:filing [draft] GET: 302 200 404 404 404 404 404 404 404 404 404 404
registry:filing [at_county,returned,at_city,filed] GET: 302 200 404 200 404 200 200 404 404 404 404 404
registry:filing POST: 405
registry:filing-edit [draft] GET: 302 200 404 404 404 404 404 404 404 404 404 404
registry:filing-edit [at_county,at_city,filed] GET: 302 302 404 403 404 403 403 404 404 404 404 404
registry:filing-edit [returned] GET: 302 200 404 403 404 403 403 404 404 404 404 404
registry:filing-edit [draft] POST: 302 302 404 404 404 404 404 404 404 404 404 404
registry:filing-edit [at_county,returned,at_city,filed] POST: 302 302 404 403 404 403 403 404 404 404 404 404
registry:filing-autosave GET: 302/405
registry:filing-autosave [draft] POST: 302 200 404 404 404 404 404 404 404 404 404 404
registry:filing-autosave [at_county,returned,at_city,filed] POST: 302 200 404 403 404 403 403 404 404 404 404 404
registry:filing-check [draft] GET: 302 200 404 404 404 404 404 404 404 404 404 404
registry:filing-check [at_county,at_city,filed] GET: 302 302 404 403 404 403 403 404 404 404 404 404
registry:filing-check [returned] GET: 302 200 404 403 404 403 403 404 404 404 404 404
registry:filing-check [draft] POST: 302 409 404 404 404 404 404 404 404 404 404 404
registry:filing-check [at_county,at_city,filed] POST: 302 302 404 403 404 403 403 404 404 404 404 404
registry:filing-check [returned] POST: 302 409 404 403 404 403 403 404 404 404 404 404
registry:proof-attach GET: 302/405
registry:proof-attach [draft] POST: 302 302 404 404 404 404 404 404 404 404 404 404
registry:proof-attach [at_county,returned,at_city,filed] POST: 302 302 404 403 404 403 403 404 404 404 404 404
registry:pin GET: 302/405
registry:pin [draft] POST: 302 403 404 404 404 404 404 404 404 404 404 404
registry:pin [at_county] POST: 302 403 404 302 404 403 403 404 404 404 404 404
registry:pin [returned,filed] POST: 302 403 404 403 404 403 403 404 404 404 404 404
registry:pin [at_city] POST: 302 403 404 403 404 302 403 404 404 404 404 404
registry:unpin GET: 302/405
registry:unpin [draft] POST: 302 403 404 404 404 404 404 404 404 404 404 404
registry:unpin [at_county] POST: 302 403 404 302 404 403 403 404 404 404 404 404
registry:unpin [returned,filed] POST: 302 403 404 403 404 403 403 404 404 404 404 404
registry:unpin [at_city] POST: 302 403 404 403 404 302 403 404 404 404 404 404
registry:determine GET: 302/405
registry:determine [draft] POST: 302 403 404 404 404 404 404 404 404 404 404 404
registry:determine [at_county,returned,at_city,filed] POST: 302 403 404 302 404 302 403 404 404 404 404 404
registry:reveal [draft] GET: 302/404
registry:reveal [at_county,returned,at_city,filed] GET: 302 200 404 200 404 200 200 404 404 404 404 404
registry:reveal [draft] POST: 302/404
registry:reveal [at_county,returned,at_city,filed] POST: 302 200 404 200 404 200 200 404 404 404 404 404
registry:proof [draft] GET: 302 200 404 404 404 404 404 404 404 404 404 404
registry:proof [at_county,returned,at_city,filed] GET: 302 200 404 200 404 200 200 404 404 404 404 404
registry:proof POST: 405
registry:proof-page [draft] GET: 302 200 404 404 404 404 404 404 404 404 404 404
registry:proof-page [at_county,returned,at_city,filed] GET: 302 200 404 200 404 200 200 404 404 404 404 404
registry:proof-page POST: 405
registry:proof-remove GET: 302/405
registry:proof-remove [draft] POST: 302 302 404 404 404 404 404 404 404 404 404 404
registry:proof-remove [at_county,returned,at_city,filed] POST: 302 302 404 403 404 403 403 404 404 404 404 404
registry:step submit [draft] POST: 302 302 404 404 404 404 404 404 404 404 404 404
registry:step submit [at_county,returned,at_city,filed] POST: 302 302 404 403 404 403 403 404 404 404 404 404
registry:step withdraw [draft] POST: 302 302 404 404 404 404 404 404 404 404 404 404
registry:step withdraw [at_county,returned,at_city,filed] POST: 302 302 404 403 404 403 403 404 404 404 404 404
registry:step discard [draft] POST: 302 302 404 404 404 404 404 404 404 404 404 404
registry:step discard [at_county,returned,at_city,filed] POST: 302 302 404 403 404 403 403 404 404 404 404 404
registry:step send-up [draft] POST: 302 403 404 404 404 404 404 404 404 404 404 404
registry:step send-up [at_county,returned,at_city,filed] POST: 302 403 404 302 404 403 403 404 404 404 404 404
registry:step recall [draft] POST: 302 403 404 404 404 404 404 404 404 404 404 404
registry:step recall [at_county,returned,at_city,filed] POST: 302 403 404 302 404 403 403 404 404 404 404 404
registry:step return [draft] POST: 302 403 404 404 404 404 404 404 404 404 404 404
registry:step return [at_county,returned,at_city,filed] POST: 302 403 404 302 404 403 403 404 404 404 404 404
registry:step return-from-city [draft] POST: 302 403 404 404 404 404 404 404 404 404 404 404
registry:step return-from-city [at_county,returned,at_city,filed] POST: 302 403 404 403 404 302 403 404 404 404 404 404
registry:step file [draft] POST: 302 403 404 404 404 404 404 404 404 404 404 404
registry:step file [at_county,returned,at_city,filed] POST: 302 403 404 403 404 302 403 404 404 404 404 404
registry:filing-list GET: 302/200
registry:filing-list POST: 405
registry:filing-create GET: 302 200 200 403 403 403 403 403 403 403 403 403
registry:filing-create POST: 302 302 302 403 403 403 403 403 403 403 403 403
registry:change-create GET: 302 200 200 403 403 403 403 403 403 403 403 403
registry:change-create POST: 302 422 422 403 403 403 403 403 403 403 403 403
registry:step submit [at_county] GET: 302/405
registry:step withdraw [at_county] GET: 302/405
registry:step discard [at_county] GET: 302/405
registry:step send-up [at_county] GET: 302/405
registry:step recall [at_county] GET: 302/405
registry:step return [at_county] GET: 302/405
registry:step return-from-city [at_county] GET: 302/405
registry:step file [at_county] GET: 302/405
desk:register GET: 302/200
desk:register POST: 405
desk:dossier GET: 302 200 404 200 404 200 200 200 404 404 404 404
desk:dossier POST: 405
desk:reveal-identity GET: 302 200 404 200 404 200 200 200 404 404 404 404
desk:reveal-identity POST: 302 200 404 200 404 200 200 200 404 404 404 404
home GET: 302/200
home POST: 405
notifications:inbox GET: 302/200
notifications:inbox POST: 405
notifications:read GET: 302/405
notifications:read POST: 302 404 404 302 404 404 404 404 404 404 404 404
notifications:read-all GET: 302/405
notifications:read-all POST: 302
accounts:act GET: 302/405
accounts:act POST: 302 302 404 404 404 404 404 404 404 404 404 404
rules-index GET: 200
rules-index POST: 405
rules GET: 200
rules POST: 405
style GET: 200
style POST: 405
healthz GET: 200
healthz POST: 405
readyz GET: 200
readyz POST: 405
account_login GET: 200/302
account_login POST: 200/302
account_login PUT: 200/302
account_login DELETE: 405/302
account_logout GET: 302/200
account_logout POST: 302
account_inactive GET: 200
account_inactive POST: 405
account_signup GET: 200/302
account_signup POST: 200/302
account_signup PUT: 200/302
account_signup DELETE: 200/302
account_reauthenticate GET: 302/200
account_reauthenticate POST: 302/200
account_reauthenticate PUT: 302/200
account_email GET: 302/200
account_email POST: 302
account_email PUT: 302
account_email_verification_sent GET: 200
account_email_verification_sent POST: 405
account_change_password GET: 302/200
account_change_password POST: 302/200
account_change_password PUT: 302/200
account_set_password GET: 302
account_set_password POST: 302
account_set_password PUT: 302
account_set_password DELETE: 302
account_reset_password GET: 200
account_reset_password POST: 200
account_reset_password PUT: 200
account_confirm_login_code GET: 302
account_confirm_login_code POST: 302
account_confirm_login_code PUT: 302
account_confirm_login_code DELETE: 302
account_confirm_email GET: 200
account_confirm_email POST: 404
account_reset_password_from_key_done GET: 200
account_reset_password_from_key_done POST: 405
account_reset_password_from_key GET: 200
account_reset_password_from_key POST: 200
account_reset_password_from_key PUT: 200
account_reset_password_from_key DELETE: 200
account_reset_password_done GET: 200
account_reset_password_done POST: 405
mfa_index GET: 302/200
mfa_index POST: 302/405
mfa_authenticate GET: 302
mfa_authenticate POST: 302
mfa_authenticate PUT: 302
mfa_authenticate DELETE: 302
mfa_reauthenticate GET: 302
mfa_reauthenticate POST: 302
mfa_reauthenticate PUT: 302
mfa_reauthenticate DELETE: 302
mfa_activate_totp GET: 302
mfa_activate_totp POST: 302
mfa_activate_totp PUT: 302
mfa_activate_totp DELETE: 302
mfa_deactivate_totp GET: 302/404
mfa_deactivate_totp POST: 302/404
mfa_deactivate_totp PUT: 302/404
mfa_deactivate_totp DELETE: 302/404
mfa_view_recovery_codes GET: 302/404
mfa_view_recovery_codes POST: 302/405
mfa_generate_recovery_codes GET: 302
mfa_generate_recovery_codes POST: 302
mfa_generate_recovery_codes PUT: 302
mfa_generate_recovery_codes DELETE: 302
mfa_download_recovery_codes GET: 302/404
mfa_download_recovery_codes POST: 302/404
mfa_download_recovery_codes PUT: 302/404
mfa_download_recovery_codes DELETE: 302/404
mfa_list_webauthn GET: 302/200
mfa_list_webauthn POST: 302/405
mfa_add_webauthn GET: 302
mfa_add_webauthn POST: 302
mfa_add_webauthn PUT: 302
mfa_add_webauthn DELETE: 302
mfa_reauthenticate_webauthn GET: 302
mfa_reauthenticate_webauthn POST: 302
mfa_reauthenticate_webauthn PUT: 302
mfa_reauthenticate_webauthn DELETE: 302
mfa_remove_webauthn GET: 302
mfa_remove_webauthn POST: 302
mfa_remove_webauthn PUT: 302
mfa_remove_webauthn DELETE: 302
mfa_edit_webauthn GET: 302
mfa_edit_webauthn POST: 302
mfa_edit_webauthn PUT: 302
mfa_edit_webauthn DELETE: 302
usersessions_list GET: 302/200
usersessions_list POST: 302
usersessions_list PUT: 302
"""
