"""One act on many invitations: first exactly who and what, then the act."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse

from consultations.invitations import actions, emails, queries, rules
from consultations.invitations.forms import LedgerForm, ManyForm
from consultations.invitations.models import Invitation
from consultations.programme.views.base import OfConsultation
from engagement.core.errors import Refused
from engagement.core.views import ActionView
from engagement.messaging.models import OutgoingMessage


class Many(OfConsultation, ActionView, abstract=True):
    """The preview of a choice, and the act itself when it is confirmed."""

    access = rules.can_invite
    form_class = ManyForm
    template_name = "invitations/many_check.html"
    # What can be done with it and what not; the question for one and for many; the button; what is said afterwards.
    choose: Callable[..., actions.Chosen]
    title: tuple[str, str]
    meaning: str
    button: str
    said: tuple[str, str]
    writes = False
    is_danger = False

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        return HttpResponseRedirect(self.get_success_url())

    def form_valid(self, form: ManyForm) -> HttpResponse:
        if form.cleaned_data["confirmed"]:
            return super().form_valid(form)
        return self.render_to_response(self.preview(form, self.chosen_rows(form)))

    def form_invalid(self, form: ManyForm) -> HttpResponse:
        if form.cleaned_data.get("shown"):
            return self.render_to_response(self.preview(form, self.chosen_rows(form)), status=422)
        for sentence in form.non_field_errors():
            messages.error(self.request, sentence)
        return HttpResponseRedirect(self.get_success_url())

    def rows(self) -> Any:
        """Every invitation of the consultation with what its message needs, in the order of the ledger."""
        return (
            Invitation.objects.filter(consultation=self.subject)
            .select_related("consultation", "contact__user", "organisation")
            .order_by(*queries.ORDERS["organisation"][1])
        )

    def chosen_rows(self, form: ManyForm) -> list[Invitation]:
        """Those that were ticked, or all that fit the filter of the list they were ticked in."""
        if marks := form.marks():
            public_ids = {mark.partition(":")[0] for mark in marks}
            return [row for row in self.rows() if str(row.public_id) in public_ids]
        if not form.cleaned_data["everyone"]:
            return list(self.rows().filter(public_id__in=form.ticked()))
        narrow = LedgerForm(self.request.POST, counts=queries.group_counts(self.subject)).narrow()
        return list(self.rows().filter(pk__in=queries.narrowed(self.subject, narrow).values("pk")))

    def preview(self, form: ManyForm, rows: list[Invitation]) -> dict[str, Any]:
        chosen = type(self).choose(rows)
        reference = self.subject.reference
        many = len(chosen.ready)
        return super().get_context_data(
            form=form,
            title=self.title[0] if many == 1 else self.title[1].format(many),
            meaning=self.meaning,
            button=self.button,
            is_danger=self.is_danger,
            chosen=chosen,
            shown=" ".join(actions.mark_of(invitation) for invitation in chosen.ready),
            words=emails.words_of(self.subject) if self.writes and many else "",
            example=self.example(chosen),
            why_not=actions.why_not_invite(self.subject) if self.writes else "",
            nav_current="invitations:ledger",
            crumbs=[("People invited", reverse("invitations:ledger", args=[reference]))],
        )

    def example(self, chosen: actions.Chosen) -> OutgoingMessage | None:
        """The message as one of them would get it: the one whose button was pressed, or else the first."""
        if not self.writes or not chosen.ready:
            return None
        wanted = self.request.POST.get("read", "")
        one = next((row for row in chosen.ready if str(row.public_id) == wanted), chosen.ready[0])
        return emails.invitation_draft(one)

    def act(self, form: ManyForm) -> None:
        done = self.do(form)
        one, more = self.said
        many = len(done.ready)
        if many:
            messages.success(self.request, one if many == 1 else more.format(many))
        for invitation, reason in done.left_out:
            messages.info(self.request, f"Left out: {invitation}. {reason}")
        if not many and not done.left_out:
            raise Refused("There is nothing left to do: these invitations are not here any more.")

    def do(self, form: ManyForm) -> actions.Chosen:
        raise NotImplementedError

    def get_success_url(self) -> str:
        return reverse("invitations:ledger", args=[self.subject.reference])


class SendManyAgain(Many):
    choose = staticmethod(actions.sendable)
    title = ("Send 1 invitation again?", "Send {} invitations again?")
    meaning = "They go out with the next messages, to the addresses that stand in the register."
    button = "Send again"
    said = ("1 invitation goes out again.", "{} invitations go out again.")
    writes = True

    def do(self, form: ManyForm) -> actions.Chosen:
        return actions.send_many_again(self.subject, form.marks(), form.cleaned_data["words"], actor=self.request.user)


class CancelMany(Many):
    choose = staticmethod(actions.cancellable)
    title = ("Cancel 1 invitation?", "Cancel {} invitations?")
    meaning = "Nothing more is sent on account of them, their links stop working, and they count in no figure."
    button = "Cancel"
    said = ("1 invitation is cancelled.", "{} invitations are cancelled.")
    is_danger = True

    def do(self, form: ManyForm) -> actions.Chosen:
        return actions.cancel_many(self.subject, form.marks(), actor=self.request.user)
