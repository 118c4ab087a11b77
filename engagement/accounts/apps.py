from django.apps import AppConfig


class AccountsConfig(AppConfig):
    name = "engagement.accounts"
    label = "accounts"
