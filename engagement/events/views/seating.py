"""People at tables: shared out, moved, printed."""

from __future__ import annotations

from typing import Any

from django import forms as django_forms
from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpResponse
from django.shortcuts import redirect
from django.urls import reverse

from engagement.core.views import ActionView, PageView
from engagement.events import rules, seating
from engagement.events.views.people import OfPerson
from engagement.events.views.staff import OfStaffEvent
from engagement.stakeholders.models import Organisation


class Seating(OfStaffEvent, PageView):
    """The list of tables, for the screen and for paper."""

    access = rules.can_read
    template_name = "events/manage/seating.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        rounds, nowhere = seating.at_tables(self.subject)
        pairs = self.subject.apart.select_related("first", "second").order_by("pk")
        return super().get_context_data(rounds=rounds, nowhere=nowhere, apart=list(pairs), **kwargs)


class ShareOut(OfStaffEvent, ActionView):
    """Shares everybody out anew, with who must sit apart."""

    class ShareForm(django_forms.Form):
        apart = django_forms.CharField(
            label="Not together, one pair a line",
            required=False,
            widget=django_forms.Textarea(attrs={"rows": 4}),
            help_text="Two organisations of the register with a semicolon between them.",
        )

        def clean_apart(self) -> list[tuple[Organisation, Organisation]]:
            pairs, problems = [], []
            for number, line in enumerate(self.cleaned_data["apart"].splitlines(), 1):
                names = [name.strip() for name in line.split(";") if name.strip()]
                if not names:
                    continue
                found = [Organisation.objects.filter(name__iexact=name).first() for name in names]
                missing = [name for name, one in zip(names, found, strict=True) if one is None]
                if len(names) != 2:
                    problems.append(f"Line {number}: name two organisations with a semicolon between them.")
                elif missing:
                    problems.append(f"Line {number}: the register has no organisation called “{missing[0]}”.")
                elif found[0] is not None and found[1] is not None:
                    pairs.append((found[0], found[1]))
            if problems:
                raise ValidationError(problems)
            return pairs

    access = rules.can_run
    form_class = ShareForm
    template_name = "events/manage/share_out.html"

    def get_initial(self) -> dict[str, Any]:
        pairs = self.subject.apart.select_related("first", "second").order_by("pk")
        return {"apart": "\n".join(f"{pair.first.name}; {pair.second.name}" for pair in pairs)}

    def act(self, form: Any) -> None:
        seating.keep_apart(self.subject, form.cleaned_data["apart"])
        shared = seating.share_out(self.subject.pk, actor=self.request.user)
        messages.success(self.request, f"{shared.seated} {'person sits' if shared.seated == 1 else 'people sit'} down.")
        if shared.homeless:
            messages.warning(self.request, f"No chair is left for {', '.join(shared.homeless)}. Add a table or chairs.")
        if shared.uneasy:
            messages.warning(self.request, f"Could not be kept apart: {', '.join(shared.uneasy)}. Move them by hand.")

    def get_success_url(self) -> str:
        return reverse("events:seating", args=[self.subject.public_id])


class MoveTable(OfPerson, ActionView):
    """One person to another table; one POST, then back to the list."""

    class MoveForm(django_forms.Form):
        table = django_forms.TypedChoiceField(required=False, coerce=int, empty_value=None)

    access = rules.can_run
    http_method_names = ["post"]
    form_class = MoveForm

    def get_form(self, form_class: Any = None) -> Any:
        form = super().get_form(form_class)
        form.fields["table"].choices = [("", ""), *self.subject.tables.values_list("pk", "name")]
        return form

    def act(self, form: Any) -> None:
        seating.move(self.get_person().pk, form.cleaned_data["table"], actor=self.request.user)

    def get_success_url(self) -> str:
        return reverse("events:seating", args=[self.subject.public_id])

    def form_invalid(self, form: Any) -> HttpResponse:
        for problem in form.non_field_errors() or ["There is no such table."]:
            messages.error(self.request, problem)
        return redirect(self.get_success_url())
