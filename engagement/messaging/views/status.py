"""Whether messages leave: the state of sending, the switch that stops it, and the addresses to put right."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import messages
from django.db.models import QuerySet
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils import timezone

from engagement.core.templatetags.ui import moment
from engagement.core.views import ActionView, AsksFirst, ListPage, PageView
from engagement.messaging import lifecycle, queries, rules
from engagement.messaging.forms import StartForm, StopForm
from engagement.messaging.models import OutgoingMessage, Suppression


class StatusPage(PageView):
    """Is anything stuck, and why; the same number of queries however many messages there are."""

    access = rules.looks_after_messages
    template_name = "messaging/status.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        mine = queries.visible_to(self.request.user)
        out, totals = queries.line(), queries.totals(mine)
        states = [
            {"state": value, "tag": OutgoingMessage(state=value).tag, "label": label, "many": totals[value]}
            for value, label in OutgoingMessage.State.choices
        ]
        now = timezone.now()
        facts = [
            ("Sending", "Stopped" if out.stopped_at else "On"),
            ("Last look for due messages", moment(out.looked_at) or "None yet"),
            ("Oldest message that is due and waits", moment(totals["oldest"]) or "None"),
            ("Sent within a day", str(totals["day"])),
            (
                "Mail server",
                f"Did not answer {out.failures} times in a row; next attempt {moment(out.paused_until)}"
                if out.paused_until and out.paused_until > now
                else f"Did not answer {out.failures} times in a row"
                if out.failures
                else "Answers",
            ),
        ]
        return super().get_context_data(
            crumbs=[("Messages", reverse("messaging:list"))],
            out=out,
            facts=facts,
            states=states,
            troubles=queries.troubles(out, now),
            kinds=queries.by_kind(mine),
            held=queries.held(mine),
            reasons=queries.why_not_sent(mine),
            faulty=queries.faulty().count(),
            acts=queries.acts_of_staff(),
            **kwargs,
        )


class OfLine(ActionView, abstract=True):
    access = rules.looks_after_messages

    def get_success_url(self) -> str:
        return reverse("messaging:status")

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        crumbs = [("Messages", reverse("messaging:list")), ("Status", reverse("messaging:status"))]
        return super().get_context_data(crumbs=crumbs, **kwargs)


class StopView(OfLine):
    """The switch: nothing more leaves."""

    form_class = StopForm
    template_name = "messaging/stop.html"

    def act(self, form: forms.Form) -> None:
        lifecycle.stop_sending(form.cleaned_data["why"], actor=self.request.user)
        messages.success(self.request, "Sending is stopped. Messages wait until somebody starts it again.")


class StartView(OfLine):
    """Sending goes on, with what is due or after a look at it."""

    form_class = StartForm
    template_name = "messaging/start.html"

    def act(self, form: forms.Form) -> None:
        held = lifecycle.start_sending(hold_older=form.cleaned_data["older"] == "hold", actor=self.request.user)
        words = f" {held} messages that were due are held until they are released." if held else ""
        messages.success(self.request, f"Sending goes on.{words}")

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        out, now = queries.line(), timezone.now()
        due = queries.visible_to(self.request.user).filter(state=OutgoingMessage.State.PLANNED, due_at__lte=now)
        return super().get_context_data(out=out, due=due.count(), **kwargs)


class OfMailing(AsksFirst, OfLine, abstract=True):
    """All held messages of the mailing that one message belongs to."""

    form_class = forms.Form

    def get_subject(self) -> OutgoingMessage:
        return get_object_or_404(queries.visible_to(self.request.user), public_id=self.kwargs["public_id"])

    def _named(self) -> str:
        held = queries.visible_to(self.request.user).filter(rule=self.subject.rule, state=OutgoingMessage.State.HELD)
        return f"{held.count()} held messages such as “{self.subject.subject}”"


class ReleaseAllView(OfMailing):
    action = "Release them"

    def question(self) -> str:
        return f"Release {self._named()}?"

    def consequence(self) -> str:
        return "They go out with the next messages that are due. Each is asked once more whether it is still wanted."

    def act(self, form: forms.Form) -> None:
        many = lifecycle.release_all(self.subject.rule, actor=self.request.user)
        messages.success(self.request, f"{many} messages go out.")


class DropAllView(OfMailing):
    action = "Do not send them"
    is_danger = True

    def question(self) -> str:
        return f"Leave out {self._named()}?"

    def consequence(self) -> str:
        return "They will not be sent. This cannot be undone."

    def act(self, form: forms.Form) -> None:
        many = lifecycle.drop_all(self.subject.rule, actor=self.request.user)
        messages.success(self.request, f"{many} messages will not be sent.")


class AddressList(ListPage):
    """Addresses that nothing is sent to until somebody puts them right, with the people who have them."""

    access = rules.looks_after_messages
    template_name = "messaging/addresses.html"
    context_object_name = "rows"

    def get_queryset(self) -> QuerySet[Suppression]:
        return queries.faulty()

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context = super().get_context_data(crumbs=[("Messages", reverse("messaging:list"))], **kwargs)
        rows = list(context["rows"])
        people = queries.holders([row.email or "" for row in rows])
        for row in rows:
            row.holder = people.get((row.email or "").lower())
        context["rows"] = rows
        return context


class PutRightView(AsksFirst, ActionView):
    """Messages go to an address again."""

    access = rules.looks_after_messages
    form_class = forms.Form
    action = "Send to it again"

    def get_subject(self) -> Suppression:
        found = queries.faulty() if rules.looks_after_messages(self.request.user, None) else Suppression.objects.none()
        return get_object_or_404(found, pk=self.kwargs["pk"])

    def question(self) -> str:
        return f"Send messages to {self.subject.email or 'this address'} again?"

    def consequence(self) -> str:
        return "The next messages go there. If one comes back again, the address stands here again."

    def act(self, form: forms.Form) -> None:
        lifecycle.put_right(self.subject.pk, actor=self.request.user)
        messages.success(self.request, "Messages go to this address again.")

    def get_success_url(self) -> str:
        return reverse("messaging:addresses")
