"""Who is here? The roster, attendance, and people entered by staff."""

from __future__ import annotations

from typing import Any
from urllib.parse import parse_qsl, urlencode

from django import forms as django_forms
from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse

from engagement.core.views import ActionView, ListPage, PageView
from engagement.events import actions, forms, lifecycle, queries, rules
from engagement.events.models import Attendance, Registration
from engagement.events.views.staff import OfStaffEvent, staff_crumbs


class Roster(OfStaffEvent, ListPage):
    access = rules.can_read
    template_name = "events/manage/roster.html"

    def get_queryset(self) -> Any:
        self.filter = forms.RosterFilter(self.request.GET)
        chosen = self.filter.cleaned_data if self.filter.is_valid() else {}
        return queries.roster(
            self.subject,
            words=chosen.get("q", "").strip(),
            state=chosen.get("state", ""),
            attendance=chosen.get("attendance", ""),
            sector=chosen.get("sector", ""),
        )

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(
            filter=self.filter,
            counts=queries.attendance_counts(self.subject),
            waiting=self.subject.registrations.queue().count(),
            statuses=Attendance.Status.choices,
            query=self.request.GET.urlencode(),
            **kwargs,
        )


class PrintList(OfStaffEvent, PageView):
    """The list for the door: names and organisations with a box to tick, nothing about needs."""

    access = rules.can_read
    template_name = "events/manage/print.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(people=list(queries.roster(self.subject)), **kwargs)


class OfPerson(OfStaffEvent):
    """A page about one person of an event."""

    def get_person(self) -> Registration:
        people = self.subject.registrations.select_related("kind__sector", "organisation", "attendance", "slot")
        person = get_object_or_404(people.defer(*queries.NEEDS), public_id=self.kwargs["person_id"])  # type: ignore[attr-defined]
        person.event = self.subject
        return person

    def roster_url(self, person: Registration | None = None, query: str = "") -> str:
        """The roster as the person saw it, at the row they were at."""
        address = reverse("events:roster", args=[self.subject.public_id])
        safe = urlencode(parse_qsl(query))
        anchor = f"#person-{person.pk}" if person is not None else ""
        return address + (f"?{safe}" if safe else "") + anchor


class Mark(OfPerson, ActionView):
    """One person's attendance; one POST, then back to their row."""

    access = rules.can_run
    http_method_names = ["post"]

    class MarkForm(django_forms.Form):
        status = django_forms.ChoiceField(choices=[("", "Not marked"), *Attendance.Status.choices], required=False)
        query = django_forms.CharField(required=False)

    form_class = MarkForm

    def act(self, form: Any) -> None:
        actions.mark(self.get_person().pk, form.cleaned_data["status"], actor=self.request.user)

    def get_success_url(self) -> str:
        return self.roster_url(self.get_person(), self.request.POST.get("query", ""))

    def form_invalid(self, form: Any) -> HttpResponse:
        for problem in form.non_field_errors() or ["That is no way to mark attendance."]:
            messages.error(self.request, problem)
        return redirect(self.get_success_url())


class MarkRest(OfPerson, ActionView):
    access = rules.can_run
    form_class = django_forms.Form
    template_name = "events/manage/mark_rest.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(counts=queries.attendance_counts(self.subject), **kwargs)

    def act(self, form: Any) -> None:
        marked = actions.mark_rest_absent(self.subject.pk, actor=self.request.user)
        noun = "person is" if marked == 1 else "people are"
        messages.success(self.request, f"{marked} {noun} marked as absent.")

    def get_success_url(self) -> str:
        return self.roster_url()


class AddPerson(OfPerson, ActionView):
    access = rules.can_run
    form_class = forms.StaffPersonForm
    template_name = "events/manage/add_person.html"
    person: Registration

    def get_initial(self) -> dict[str, Any]:
        is_there = self.subject.has_begun or self.subject.is_over
        return {"what": forms.StaffPersonForm.WALK_IN if is_there else forms.StaffPersonForm.BOOKING}

    def act(self, form: forms.StaffPersonForm) -> None:
        values = dict(form.cleaned_data)
        if values.pop("what") == forms.StaffPersonForm.WALK_IN:
            self.person = lifecycle.walk_in(self.subject.pk, **values, actor=self.request.user)
            messages.success(self.request, f"{self.person.name} is marked as having come.")
            return
        source = Registration.Source.STAFF
        self.person = lifecycle.register(self.subject.pk, **values, source=source, actor=self.request.user)
        state = "has a place" if self.person.state == Registration.State.CONFIRMED else "is on the waiting list"
        messages.success(self.request, f"{self.person.name} {state}.")

    def get_success_url(self) -> str:
        return self.roster_url()


class Person(OfPerson, PageView):
    access = rules.can_read
    template_name = "events/manage/person.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        person = self.get_person()
        sees_needs = rules.sees_needs(self.request.user, self.subject)
        return super().get_context_data(
            person=person,
            position=queries.place_in_queue(person),
            party=queries.party_of(person),
            needs=queries.needs_of(self.subject).filter(pk=person.pk).first() if sees_needs else None,
            sees_needs=sees_needs,
            answers=queries.answers_of(person),
            crumbs=[*staff_crumbs(self.subject), ("People", self.roster_url())],
            may_cancel=person.state in Registration.LIVE and not self.subject.has_begun and not self.subject.is_over,
            **kwargs,
        )


class EditPerson(OfPerson, ActionView):
    access = rules.can_run
    form_class = forms.PlaceForm
    template_name = "events/manage/edit_person.html"

    def get_form_kwargs(self) -> dict[str, Any]:
        return {**super().get_form_kwargs(), "registration": self.get_person()}

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(person=self.get_person(), **kwargs)

    def act(self, form: Any) -> None:
        actions.describe_person(self.get_person().pk, **form.cleaned_data, actor=self.request.user)

    def get_success_url(self) -> str:
        return reverse("events:person", args=[self.subject.public_id, self.kwargs["person_id"]])


class CancelPerson(OfPerson, ActionView):
    access = rules.can_run
    form_class = django_forms.Form
    template_name = "events/manage/cancel_person.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        person = self.get_person()
        if person.state not in Registration.LIVE:
            raise Http404("This booking was given up already.")
        return super().get_context_data(person=person, **kwargs)

    def act(self, form: Any) -> None:
        person = lifecycle.cancel(self.get_person().pk, actor=self.request.user)
        messages.success(self.request, f"The booking of {person.name} is cancelled, and they are being told.")

    def get_success_url(self) -> str:
        return self.roster_url()
