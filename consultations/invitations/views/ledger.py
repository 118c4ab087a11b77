"""Who has not answered, and what did we do about it?"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django import forms
from django.contrib import messages
from django.db.models import QuerySet
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.functional import cached_property

from consultations.invitations import actions, deadlines, lifecycle, queries, rules
from consultations.invitations.forms import LedgerForm, NoteForm
from consultations.invitations.models import Invitation
from consultations.programme.models import Consultation
from consultations.programme.views.base import OfConsultation
from engagement.core.templatetags.ui import moment
from engagement.core.views import ActionView, ListPage, PageView
from engagement.messaging.models import OutgoingMessage
from engagement.messaging.rules import looks_after_messages


class Ledger(OfConsultation, ListPage):
    access = rules.can_read_ledger
    template_name = "invitations/ledger.html"
    context_object_name = "rows"

    @cached_property
    def counts(self) -> dict[str, int]:
        return queries.group_counts(self.subject)

    @cached_property
    def filter_form(self) -> LedgerForm:
        return LedgerForm(self.request.GET or None, counts=self.counts)

    @cached_property
    def narrow(self) -> queries.Narrow:
        return self.filter_form.narrow()

    def get_queryset(self) -> QuerySet[Invitation]:
        return queries.ledger(self.subject, self.narrow)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        narrow = self.narrow
        context = super().get_context_data(
            filter_form=self.filter_form,
            is_filtered=narrow != queries.Narrow(order=narrow.order),
            order_words=queries.ORDERS[narrow.order][0].lower(),
            counts=self.counts,
            answered_base=f"of {self.counts['organisations']} invited",
            may_invite=rules.can_invite(self.request.user, self.subject),
            why_not=actions.why_not_invite(self.subject),
            **kwargs,
        )
        rows = list(context["page_obj"])
        context["last"] = queries.last_messages(rows)
        context["changes"] = queries.last_changes(rows)
        context["late"] = queries.late(self.subject, rows)
        context["more_time"] = deadlines.own_times(self.subject, rows)
        return context


class OfInvitation:
    """A staff page of one invitation; the rules are asked about its consultation."""

    request: Any
    kwargs: dict[str, Any]
    subject: Consultation
    invitation: Invitation

    def get_subject(self) -> Consultation:
        rows = queries.visible_to(self.request.user).filter(consultation__reference=self.kwargs["reference"])
        rows = rows.select_related("consultation", "organisation", "contact", "invited_by", "delegated_from__contact")
        self.invitation = get_object_or_404(rows, public_id=self.kwargs["public_id"])
        return self.invitation.consultation

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        reference = self.subject.reference
        return super().get_context_data(  # type: ignore[misc]
            consultation=self.subject,
            nav_current="invitations:ledger",
            invitation=self.invitation,
            crumbs=[("People invited", reverse("invitations:ledger", args=[reference]))],
            **kwargs,
        )

    def get_success_url(self) -> str:
        return reverse("invitations:invitation", args=[self.subject.reference, self.invitation.public_id])


def facts_of(invitation: Invitation) -> list[tuple[str, Any]]:
    """The terms and values of one invitation's summary; what has not happened is left out."""
    contact = invitation.contact
    facts = [
        ("Contact", f"{contact.name}\n{contact.email}"),
        ("For", invitation.organisation or "Themselves"),
        ("Invited", moment(invitation.created_at)),
        ("Invited by", invitation.invited_by),
        ("Reason given", invitation.declined_reason if invitation.state == Invitation.State.DECLINED else ""),
        ("Passed on by", invitation.delegated_from.contact if invitation.delegated_from else ""),
    ]
    return [(term, value) for term, value in facts if value]


class InvitationPage(OfInvitation, PageView):
    """What became of one invitation, with every message that went on account of it."""

    access = rules.can_read_ledger
    template_name = "invitations/invitation.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        invitation = self.invitation
        written = OutgoingMessage.objects.filter(
            about_kind=Invitation._meta.label_lower, about_key=str(invitation.pk)
        ).defer("text_body", "html_body", "calendar")
        may = rules.can_invite(self.request.user, self.subject)
        return super().get_context_data(
            written=list(written.order_by("due_at", "pk")),
            facts=facts_of(invitation),
            changes=list(invitation.changes.select_related("actor", "passed_to")),
            more_time=deadlines.own_times(self.subject, [invitation]).get(invitation.pk),
            may_give_time=may and not actions.why_no_more_time(self.subject),
            partner=invitation.organisation.name if invitation.organisation else invitation.contact.email,
            may_note=rules.can_read_ledger(self.request.user, self.subject),
            may_read_messages=looks_after_messages(self.request.user),
            may_send_again=may and invitation.state in Invitation.UNANSWERED,
            may_cancel=may and invitation.may_move_to(Invitation.State.CANCELLED),
            **kwargs,
        )


class ActOnInvitation(OfInvitation, ActionView, abstract=True):
    """One act on one invitation, asked once more before it is done."""

    access = rules.can_invite
    form_class = forms.Form
    template_name = "invitations/confirm.html"
    button: str
    title: str
    meaning: str
    said: str
    does: Callable[..., Any]

    def act(self, form: forms.Form) -> None:
        type(self).does(self.invitation.pk, actor=self.request.user)
        messages.success(self.request, self.said)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(
            title=f"{self.title} {self.invitation}?",
            meaning=self.meaning,
            button=self.button,
            cancel=self.get_success_url(),
            danger=False,
            **kwargs,
        )


class SendAgain(ActOnInvitation):
    button = "Send the invitation again"
    title = "Send the invitation again to"
    meaning = "It goes out with the next messages, to the address that stands in the register."
    said = "The invitation goes out again."
    does = staticmethod(actions.send_again)


class Cancel(ActOnInvitation):
    button = "Cancel the invitation"
    title = "Cancel the invitation of"
    meaning = "Nothing more is sent on account of it, and it counts in no figure. You can invite them again later."
    said = "The invitation is cancelled."
    does = staticmethod(lifecycle.cancel)


class AddNote(OfInvitation, ActionView):
    """A remark of staff that stands in the history of an invitation."""

    access = rules.can_read_ledger
    form_class = NoteForm
    template_name = "invitations/note.html"
    creates_once = True

    def act(self, form: NoteForm) -> None:
        actions.note(self.invitation.pk, form.cleaned_data["text"], actor=self.request.user)
        messages.success(self.request, "The note is kept.")
