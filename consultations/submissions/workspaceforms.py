"""What colleagues of one organisation type besides their answers."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext, gettext_lazy

from consultations.submissions.models import SectionAssignment
from consultations.submissions.queries import Place
from engagement.core.inputs import DayInput
from engagement.stakeholders.models import Membership

ROLES = (
    (Membership.Role.CONTRIBUTOR.value, gettext_lazy("Writes: answers questions and comments")),
    (Membership.Role.APPROVER.value, gettext_lazy("Approves: signs off what is sent, and can write too")),
    (Membership.Role.VIEWER.value, gettext_lazy("Reads: sees everything and changes nothing")),
    (Membership.Role.LEAD.value, gettext_lazy("Leads: invites colleagues, shares out sections, sends")),
)
PERSON, OUTSIDE, BODY = "person", "outside", "body"
MOST_WORDS_OF_COMMENT = 5000


class RoleForm(forms.Form):
    """What a colleague may do."""

    role = forms.ChoiceField(
        label=gettext_lazy("What may this person do?"),
        choices=ROLES,
        widget=forms.RadioSelect,
        error_messages={"required": gettext_lazy("Say what this person may do.")},
    )


class ColleagueForm(RoleForm):
    """Somebody who is to write, read or approve along."""

    name = forms.CharField(
        label=gettext_lazy("Name"),
        max_length=150,
        error_messages={"required": gettext_lazy("Write the name of your colleague.")},
    )
    email = forms.EmailField(
        label=gettext_lazy("E-mail address"),
        help_text=gettext_lazy("We write to this address once, and say that you asked us to."),
        error_messages={"required": gettext_lazy("Write the e-mail address of your colleague.")},
    )
    field_order = ("name", "email", "role")


class ShareOutForm(forms.Form):
    """Each section with a colleague, a day and a lock. `sections` are (place, title)."""

    def __init__(
        self,
        *args: Any,
        sections: list[tuple[Place, str]],
        people: list[Membership],
        present: dict[Place, SectionAssignment],
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        self.sections = sections
        choices = [("", gettext("Nobody in particular")), *((str(one.contact_id), one.contact.name) for one in people)]
        for number, (place, title) in enumerate(sections):
            row = present.get(place)
            self.fields[f"who-{number}"] = forms.ChoiceField(
                label=gettext("Who writes “%(title)s”?") % {"title": title},
                choices=choices,
                required=False,
                initial=str(row.contact_id) if row else "",
            )
            self.fields[f"due-{number}"] = forms.DateField(
                label=gettext("Until when? “%(title)s”") % {"title": title},
                required=False,
                initial=row.due_on if row else None,
                widget=DayInput(),
                error_messages={
                    "invalid": gettext("Write the day of “%(title)s” like 14 March 2027.") % {"title": title}
                },
            )
            self.fields[f"lock-{number}"] = forms.BooleanField(
                label=gettext("Only this person may change “%(title)s”") % {"title": title},
                required=False,
                initial=row.is_locked if row else False,
            )

    def rows(self) -> list[dict[str, Any]]:
        """The fields of each section, for the page."""
        return [
            {
                "title": title,
                "who": self[f"who-{number}"],
                "due": self[f"due-{number}"],
                "lock": self[f"lock-{number}"],
            }
            for number, (_, title) in enumerate(self.sections)
        ]

    def chosen(self) -> dict[Place, tuple[int | None, Any, bool]]:
        """Section -> (key of the contact or None, day or None, whether only they may change it)."""
        given = self.cleaned_data
        return {
            place: (int(given[f"who-{n}"]) if given[f"who-{n}"] else None, given[f"due-{n}"], given[f"lock-{n}"])
            for n, (place, _) in enumerate(self.sections)
        }


class CommentForm(forms.Form):
    """A comment on a section or one of its questions. `places` are (value, words) in groups."""

    about = forms.ChoiceField(label=gettext_lazy("About"))
    text = forms.CharField(
        label=gettext_lazy("Your comment"),
        help_text=gettext_lazy("Only your colleagues read it. It is never sent with the response."),
        max_length=MOST_WORDS_OF_COMMENT,
        widget=forms.Textarea(attrs={"rows": 4}),
        error_messages={
            "required": gettext_lazy("Write your comment."),
            "max_length": gettext_lazy("The comment is too long. Write at most 5,000 characters."),
        },
    )

    def __init__(self, *args: Any, places: list[Any], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["about"].choices = places  # type: ignore[attr-defined]


class AskForm(forms.Form):
    """Who is to approve it: a colleague, somebody else by name and address, or a body that meets on a day."""

    whom = forms.ChoiceField(
        label=gettext_lazy("Who approves it?"),
        widget=forms.RadioSelect,
        error_messages={"required": gettext_lazy("Say who approves it.")},
    )
    name = forms.CharField(label=gettext_lazy("Name of the other person"), max_length=150, required=False)
    email = forms.EmailField(
        label=gettext_lazy("E-mail address of the other person"),
        help_text=gettext_lazy(
            "They get a link to this response only. To open it they sign in with this address; they see nothing else."
        ),
        required=False,
    )
    body = forms.CharField(
        label=gettext_lazy("Name of the body"),
        help_text=gettext_lazy("For example Cabinet."),
        max_length=150,
        required=False,
    )
    meets_on = forms.DateField(
        label=gettext_lazy("When does it meet?"),
        required=False,
        widget=DayInput(),
        error_messages={"invalid": gettext_lazy("Write the day like 14 March 2027.")},
    )
    note = forms.CharField(
        label=gettext_lazy("A note for them"),
        required=False,
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 3}),
    )

    def __init__(self, *args: Any, people: list[Membership], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.people = {str(one.contact.public_id): one.contact for one in people}
        whom: Any = self.fields["whom"]
        whom.choices = [
            *((key, contact.name) for key, contact in self.people.items()),
            (OUTSIDE, gettext("Somebody else")),
            (BODY, gettext("A body that meets, such as a board or a cabinet")),
        ]

    def clean(self) -> dict[str, Any]:
        given = super().clean() or {}
        needed = {
            OUTSIDE: {"name": gettext("Write the name."), "email": gettext("Write the e-mail address.")},
            BODY: {
                "body": gettext("Write the name of the body."),
                "meets_on": gettext("Write the day on which it meets."),
            },
        }
        for name, sentence in needed.get(given.get("whom", ""), {}).items():
            if not given.get(name) and name not in self.errors:
                self.add_error(name, sentence)
        return given


class ReturnForm(forms.Form):
    """Why the text is not approved."""

    reasons = forms.CharField(
        label=gettext_lazy("What has to be changed?"),
        max_length=10_000,
        widget=forms.Textarea(attrs={"rows": 5}),
        error_messages={"required": gettext_lazy("Write what has to be changed.")},
    )


class DecisionForm(forms.Form):
    """What a body decided."""

    outcome = forms.ChoiceField(
        label=gettext_lazy("What was decided?"),
        choices=(
            ("approved", gettext_lazy("It was approved")),
            ("returned", gettext_lazy("It was not approved")),
        ),
        widget=forms.RadioSelect,
        error_messages={"required": gettext_lazy("Say what was decided.")},
    )
    decided_on = forms.DateField(
        label=gettext_lazy("When was it decided?"),
        widget=DayInput(),
        error_messages={
            "required": gettext_lazy("Write the day of the decision."),
            "invalid": gettext_lazy("Write the day like 14 March 2027."),
        },
    )
    minute_reference = forms.CharField(
        label=gettext_lazy("Where does it stand in the minutes?"),
        help_text=gettext_lazy("For example CAB/2027/31."),
        max_length=120,
        error_messages={"required": gettext_lazy("Write where the decision stands in the minutes.")},
    )
    reasons = forms.CharField(
        label=gettext_lazy("What has to be changed?"),
        help_text=gettext_lazy("Only if it was not approved."),
        required=False,
        max_length=10_000,
        widget=forms.Textarea(attrs={"rows": 4}),
    )

    def clean_decided_on(self) -> Any:
        decided_on = self.cleaned_data["decided_on"]
        if decided_on > timezone.localdate():
            raise forms.ValidationError(gettext("This day is still to come. Enter the decision when it was made."))
        return decided_on
