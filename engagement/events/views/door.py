"""At the door: who is here, by name or code, with and without a network."""

from __future__ import annotations

import json
import uuid
from typing import Any

from django import forms as django_forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils import timezone
from django.views.generic import View

from engagement.core.views import ActionView, AsksFirst, Guarded, PageView
from engagement.events import actions, forms, lifecycle, presence, queries, rules
from engagement.events.models import Registration, Scan
from engagement.events.views.staff import OfStaffEvent, staff_crumbs

# What the desk calls the device that sends a form; scripts give their own.
DESK = "the desk"


class OfDoor(OfStaffEvent):
    """A page of the day."""

    def door_url(self, words: str = "") -> str:
        address = reverse("events:door", args=[self.subject.public_id])
        return f"{address}?q={words}" if words else address

    def get_success_url(self) -> str:
        return self.door_url()

    def say(self, scan: Scan) -> None:
        """What came of a report, to whoever sent it."""
        refused = scan.answer == Scan.Answer.REFUSED
        (messages.error if refused else messages.success)(self.request, scan.said)  # type: ignore[attr-defined]


class Door(OfDoor, PageView):
    """Search, one button for each person, a form for walk-ins. Without words it names nobody: it is kept on devices."""

    access = rules.can_run
    template_name = "events/manage/door.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        form = forms.DoorFilter(self.request.GET)
        words = form.cleaned_data["q"].strip() if form.is_valid() else ""
        people = list(presence.found(self.subject, words)) if words else []
        return super().get_context_data(
            form=form,
            words=words,
            found=[(person, uuid.uuid4()) for person in people[: presence.FOUND_AT_MOST]],
            is_more=len(people) > presence.FOUND_AT_MOST,
            counts=presence.counts(self.subject),
            walk_in=forms.WalkInForm(prefix="walk"),
            crumbs=staff_crumbs(self.subject),
            **kwargs,
        )


class Figures(OfDoor, PageView):
    """Attendance as it stands, for the page at the door to show and show again."""

    access = rules.can_read
    template_name = "events/manage/_figures.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        counts = presence.counts(self.subject)
        return super().get_context_data(
            counts=counts,
            by_sector=queries.attendance_by_sector(self.subject) if counts["came"] else None,
            by_organisation=queries.attendance_by_organisation(self.subject) if counts["came"] else None,
            refused=list(presence.refused(self.subject)),
            **kwargs,
        )


class CheckIn(OfDoor, ActionView):
    """One person, by name: one POST, then back to the search."""

    access = rules.can_run
    http_method_names = ["post"]
    form_class = forms.CheckInForm

    def act(self, form: Any) -> None:
        person = get_object_or_404(self.subject.registrations, public_id=self.kwargs["person_id"])
        seen = lifecycle.Report(
            scan_id=form.cleaned_data["scan_id"],
            kind=form.cleaned_data["kind"],
            at=timezone.now(),
            person=person.public_id,
        )
        self.say(lifecycle.report(self.subject.pk, seen, device=DESK, actor=self.request.user))

    def form_invalid(self, form: Any) -> HttpResponse:
        messages.error(self.request, "That was no report of somebody coming or leaving. Search for the name again.")
        return redirect(self.door_url())


class WalkIn(OfDoor, ActionView):
    access = rules.can_run
    form_class = forms.WalkInForm
    template_name = "events/manage/walk_in.html"
    prefix = "walk"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        crumbs = [*staff_crumbs(self.subject), ("At the door", self.door_url())]
        return super().get_context_data(crumbs=crumbs, counts=presence.counts(self.subject), **kwargs)

    def act(self, form: Any) -> None:
        facts = form.cleaned_data
        seen = lifecycle.Report(
            scan_id=facts["scan_id"],
            kind=Scan.Kind.WALK_IN,
            at=timezone.now(),
            name=facts["name"],
            email=facts["email"],
            organisation_name=facts["organisation_name"],
            kind_of_partner=facts["kind"],
        )
        self.say(lifecycle.report(self.subject.pk, seen, device=DESK, actor=self.request.user))


class TakeList(OfDoor, ActionView):
    """A printed list taken over: everybody came except those who are ticked, or only those came."""

    access = rules.can_run
    form_class = forms.ListForm
    template_name = "events/manage/take_list.html"

    def unmarked(self) -> list[tuple[Registration, str]]:
        people = queries.roster(self.subject, attendance="unmarked")
        return [(one, ", ".join(filter(None, [one.name, presence.organisation_of(one)]))) for one in people]

    def get_form_kwargs(self) -> dict[str, Any]:
        return {**super().get_form_kwargs(), "people": self.unmarked()}

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        crumbs = [*staff_crumbs(self.subject), ("At the door", self.door_url())]
        return super().get_context_data(crumbs=crumbs, counts=queries.attendance_counts(self.subject), **kwargs)

    def act(self, form: Any) -> None:
        ticked_came = form.cleaned_data["meaning"] == forms.ListForm.CAME
        came, absent = lifecycle.take_list(
            self.subject.pk, form.ticked(), ticked_came=ticked_came, actor=self.request.user
        )
        messages.success(self.request, f"{came} marked as having come, {absent} as absent.")

    def get_success_url(self) -> str:
        return reverse("events:roster", args=[self.subject.public_id])


class Snapshot(OfDoor, Guarded, View):
    """What a device at the door keeps."""

    access = rules.can_run

    def get(self, request: HttpRequest, **kwargs: Any) -> JsonResponse:
        return JsonResponse(presence.snapshot(self.subject))


class Sync(OfDoor, Guarded, View):
    """Reports of a device, many at once; each has its own answer, so that sending them again does no harm."""

    access = rules.can_run
    http_method_names = ["post"]

    def post(self, request: HttpRequest, **kwargs: Any) -> JsonResponse:
        try:
            batch = json.loads(request.body)
            items, device = batch["items"], str(batch.get("device", ""))[:40]
        except (ValueError, KeyError, TypeError, AttributeError):
            return JsonResponse({"error": "This is no list of reports."}, status=400)
        if not isinstance(items, list):
            return JsonResponse({"error": "This is no list of reports."}, status=400)
        answers = [self.answer(item, device) for item in items[: forms.MOST_AT_ONCE] if isinstance(item, dict)]
        return JsonResponse({"answers": answers, "server_time": int(timezone.now().timestamp() * 1000)})

    def answer(self, item: dict[str, Any], device: str) -> dict[str, Any]:
        """What came of one item, under the number that the device gave it."""
        number = str(item.get("scan_id", ""))
        try:
            if item.get("kind") == "note":
                return {"scan_id": number, **self.write(item)}
            seen = forms.report_of(item, timezone.now())
        except forms.NotUnderstood as problem:
            return {"scan_id": number, "answer": Scan.Answer.REFUSED, "words": str(problem)}
        scan = lifecycle.report(self.subject.pk, seen, device=device, actor=self.request.user)
        return {"scan_id": number, "answer": scan.answer, "words": scan.said}

    def write(self, item: dict[str, Any]) -> dict[str, Any]:
        """A point that was written without a network; raises NotUnderstood."""
        number = forms.number_of(item)
        event = self.subject
        point = forms.point_of(item, topics=event.topics.all(), organisations=queries.heard_organisations(event))
        lifecycle.write_note(event.pk, point, device_id=number, actor=self.request.user)
        return {"answer": Scan.Answer.DONE, "words": "The point is saved."}


class NewCode(AsksFirst, OfDoor, ActionView):
    """Another code for somebody whose own fell into wrong hands."""

    access = rules.can_run
    form_class = django_forms.Form
    action = "Make a new code"

    def person(self) -> Registration:
        return get_object_or_404(self.subject.registrations, public_id=self.kwargs["person_id"])

    def question(self) -> str:
        return f"Make a new code for {self.person().name}?"

    def consequence(self) -> str:
        return "The code that they have opens nothing any more. The new one stands on the page of their booking."

    def act(self, form: Any) -> None:
        actions.renew_code(self.person().pk, actor=self.request.user)
        messages.success(self.request, "The old code opens nothing any more.")

    def get_success_url(self) -> str:
        return reverse("events:person", args=[self.subject.public_id, self.kwargs["person_id"]])


class Badges(OfDoor, PageView):
    """Names to print and cut out, ten on a page of A4."""

    access = rules.can_read
    template_name = "events/manage/badges.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        expected = presence.expected(self.subject)
        people = [(one, presence.organisation_of(one), presence.table_of(one)) for one in expected]
        return super().get_context_data(people=people, **kwargs)
