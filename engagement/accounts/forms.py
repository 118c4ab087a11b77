"""Signing in and up, and what administrators decide about accounts."""

from __future__ import annotations

from typing import Any

from allauth.account.fields import PasswordField
from allauth.account.forms import AddEmailForm, LoginForm, ResetPasswordForm, SignupForm
from django import forms
from django.utils.translation import gettext, gettext_lazy, gettext_noop

from engagement.accounts.models import User

ADDRESS_ERRORS = {
    "required": gettext_lazy("Give an e-mail address."),
    "invalid": gettext_lazy("Write an e-mail address like name@example.org."),
}
# Words of allauth's own forms, which comes without a Welsh catalogue: ours has them.
OF_ALLAUTH = (
    gettext_noop("Code"),
    gettext_noop("Authenticator code"),
    gettext_noop("Current Password"),
    gettext_noop("New Password"),
    gettext_noop("New Password (again)"),
    gettext_noop("Password (again)"),
    gettext_noop("You must type the same password each time."),
    gettext_noop("Use your password"),
    gettext_noop("Use authenticator app or code"),
)


def _as_ours(field: forms.Field) -> None:
    """The label says it all, so the placeholder goes; our words for what can be wrong."""
    field.label = gettext("E-mail address")
    field.widget.attrs.pop("placeholder", None)
    field.error_messages |= ADDRESS_ERRORS


class SignInForm(LoginForm):
    """Address and password. Those without a password ask for a code, which has its own form."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _as_ours(self.fields["login"])
        # allauth leaves the password out when nobody is asked for one at sign-up; staff have one nevertheless.
        password = PasswordField(label=gettext("Password"), autocomplete="current-password")
        password.widget.attrs.pop("placeholder", None)
        password.error_messages["required"] = gettext("Give your password, or ask for a code instead.")
        self.fields["password"] = password


class SignUpForm(SignupForm):
    """Name and address; a code sent there proves that it is theirs."""

    name = forms.CharField(
        label=gettext_lazy("Name"),
        max_length=150,
        widget=forms.TextInput(attrs={"autocomplete": "name"}),
        error_messages={"required": gettext_lazy("Give your name.")},
    )
    field_order = ["name", "email"]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _as_ours(self.fields["email"])

    def clean_name(self) -> str:
        return " ".join(self.cleaned_data["name"].split())


class AddressForm(AddEmailForm):
    """One more address of the account."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _as_ours(self.fields["email"])


class ForgottenPasswordForm(ResetPasswordForm):
    """Where the code for a new password goes."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _as_ours(self.fields["email"])


class NameForm(forms.Form):
    name = forms.CharField(
        label=gettext_lazy("Name"),
        max_length=150,
        widget=forms.TextInput(attrs={"autocomplete": "name"}),
        error_messages={"required": gettext_lazy("Give your name.")},
    )

    def clean_name(self) -> str:
        return " ".join(self.cleaned_data["name"].split())


STAFF_ROLES = [choice for choice in User.StaffRole.choices if choice[0]]
ROLE_HINTS = {
    "": "Answers consultations, for themselves or for organisations.",
    "engagement": "Runs consultations, invitations, events and the register.",
    "officer": "Codes what was said, writes summaries, exports.",
    "administrator": "May do everything, and gives these roles.",
}


def _role_field(choices: list[tuple[str, Any]]) -> forms.ChoiceField:
    field = forms.ChoiceField(label="Role", choices=choices, widget=forms.RadioSelect, required=bool(choices[0][0]))
    field.widget.hints = ROLE_HINTS
    field.error_messages["required"] = "Choose a role."
    return field


class StaffRoleForm(forms.Form):
    """What somebody may do as a member of staff; “partner” takes the role away."""

    staff_role = _role_field(list(User.StaffRole.choices))


class InviteStaffForm(forms.Form):
    name = forms.CharField(label="Name", max_length=150, error_messages={"required": "Give the person's name."})
    email = forms.EmailField(label="E-mail address", max_length=254, error_messages=ADDRESS_ERRORS)
    staff_role = _role_field(STAFF_ROLES)

    def clean_name(self) -> str:
        return " ".join(self.cleaned_data["name"].split())

    def clean_email(self) -> str:
        return str(self.cleaned_data["email"]).lower()


class SearchForm(forms.Form):
    """Which accounts to list."""

    q = forms.CharField(label="Search", required=False, max_length=200, help_text="Name or e-mail address")
    who = forms.ChoiceField(
        label="Who",
        required=False,
        choices=[("", "Staff"), *STAFF_ROLES, ("partners", "Partners"), ("closed", "Closed accounts")],
    )


class NoQuestionsForm(forms.Form):
    """A page that only asks for a confirmation."""
