from django.apps import AppConfig


class AccountsConfig(AppConfig):
    name = "cqo_portal.accounts"
    label = "accounts"
    verbose_name = "账号与岗位"
