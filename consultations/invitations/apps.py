from django.apps import AppConfig


class InvitationsConfig(AppConfig):
    name = "consultations.invitations"
    label = "invitations"
