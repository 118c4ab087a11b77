"""E-mails that were saved as files; telling senders that their response arrived; whether it came in time."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.template.defaultfilters import filesizeformat
from django.urls import reverse
from django.utils import timezone

from consultations.programme import queries as programme
from consultations.programme import rules as programme_rules
from consultations.programme.models import Consultation
from consultations.programme.views.base import OfConsultation
from consultations.submissions import actions, lifecycle, mailforms, rules
from consultations.submissions.models import Acknowledgement, ReceivedMail
from consultations.submissions.views.beside import as_attachment
from consultations.submissions.views.staff import Document, OfReceived
from consultations.submissions.views.start import areas_of
from engagement.core.access import Rule
from engagement.core.errors import Refused
from engagement.core.views import ActionView, AsksFirst, PageView
from engagement.stakeholders.models import Membership

ENTERS = "submissions:list"
# The subject of the pages of a mail is the mail.
runs_it = Rule(lambda user, mail: programme_rules.runs(user, mail.consultation), "runs_it")


class BringMail(OfConsultation, ActionView):
    """Choose the file; below it the mails that were brought in and wait to be entered."""

    access = programme_rules.runs
    form_class = mailforms.MailFileForm
    template_name = "submissions/bring_mail.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        waiting = ReceivedMail.objects.filter(consultation=self.subject, submission=None).select_related("uploaded_by")
        return super().get_context_data(waiting=list(waiting.order_by("pk")), nav_current=ENTERS, **kwargs)

    def act(self, form: mailforms.MailFileForm) -> None:
        self.mail = actions.bring_mail(self.subject, form.cleaned_data["file"], actor=self.request.user)

    def get_success_url(self) -> str:
        return reverse("submissions:enter_mail", args=[self.subject.reference, self.mail.public_id])


class OfMail(OfConsultation):
    """A page of one mail that waits to be entered."""

    subject: ReceivedMail  # type: ignore[assignment]

    def get_subject(self) -> ReceivedMail:  # type: ignore[override]
        rows = ReceivedMail.objects.select_related("consultation", "submission")
        rows = rows.filter(consultation__in=programme.visible_to(self.request.user))
        return get_object_or_404(rows, consultation__reference=self.kwargs["reference"], public_id=self.kwargs["mail"])

    @property
    def consultation(self) -> Consultation:
        return self.subject.consultation

    def get_success_url(self) -> str:
        return reverse("submissions:bring_mail", args=[self.consultation.reference])


class EnterMail(OfMail, ActionView):
    """What is in it, and from whom it is; then the same pages that partners fill in."""

    creates_once = True
    access = runs_it
    form_class = mailforms.EnterMailForm
    template_name = "submissions/enter_mail.html"

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if self.subject.submission is not None:
            messages.info(request, f"This e-mail was entered as {self.subject.submission.reference}.")
            return redirect("submissions:detail", self.consultation.reference, self.subject.submission.reference)
        return super().get(request, *args, **kwargs)

    def attachments(self) -> list[tuple[int, Any, str]]:
        """(number, attachment, why it is not kept) of each."""
        if not hasattr(self, "_attachments"):
            self._mail = actions.read_again(self.subject)
            self._attachments = [
                (number, one, actions.why_not_kept(one)) for number, one in enumerate(self._mail.attachments)
            ]
        return self._attachments

    def get_form_kwargs(self) -> dict[str, Any]:
        kept = [
            (str(number), f"{one.name} ({filesizeformat(len(one.content))})")
            for number, one, why_not in self.attachments()
            if not why_not
        ]
        return {
            **super().get_form_kwargs(),
            "areas": areas_of(self.consultation),
            "attachments": kept,
            "has_text": bool(self.subject.text),
        }

    def get_initial(self) -> dict[str, Any]:
        mail = self.subject
        sent_on = timezone.localdate(mail.sent_at) if mail.sent_at else None
        held = Membership.objects.current().filter(
            contact__email__iexact=mail.sender_email, organisation__closed_at=None
        )
        organisation = held.select_related("organisation").order_by("pk").first() if mail.sender_email else None
        return {
            # The day that the sender's machine wrote, unless it is still to come.
            "received_on": sent_on if sent_on and sent_on <= timezone.localdate() else None,
            "organisation": organisation.organisation.public_id if organisation else None,
            "name": "" if organisation else mail.sender_name,
            "email": mail.sender_email,
            "takes_text": True,
            "attachments": [
                str(number) for number, one, why_not in self.attachments() if not why_not and not one.is_inline
            ],
        }

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        left_out = [(one.name, why_not) for _, one, why_not in self.attachments() if why_not]
        return super().get_context_data(
            mail=self.subject, left_out=left_out, notes=self._mail.notes, nav_current=ENTERS, **kwargs
        )

    def act(self, form: mailforms.EnterMailForm) -> None:
        given = form.cleaned_data
        self.submission = actions.enter_mail(
            self.subject.pk,
            received_on=given["received_on"],
            actor=self.request.user,
            organisation=given["organisation"],
            name=given["name"],
            email=given["email"],
            kind=given["kind"],
            areas=list(given["areas"]),
            takes_text=given.get("takes_text", False),
            attachments=form.chosen(),
        )

    def get_success_url(self) -> str:
        messages.success(
            self.request,
            f"Its reference is {self.submission.reference}. Type in what it answers; the original is kept with it.",
        )
        return reverse("submissions:tasks", args=[self.submission.public_id])


class WaitingMailFile(OfMail, PageView):
    """The original of a mail that waits, as a download."""

    access = runs_it

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
        if self.subject.submission is not None or not self.subject.is_cleared:
            return redirect(self.get_success_url())
        return as_attachment(self.subject)


class DiscardMail(AsksFirst, OfMail, PageView):
    access = runs_it
    action = "Discard it"
    is_danger = True

    def question(self) -> str:
        return f"Discard the e-mail “{self.subject}”?"

    def consequence(self) -> str:
        return "The file is deleted and nothing of it is kept. For an e-mail that was brought in by mistake."

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(nav_current=ENTERS, **kwargs)

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        try:
            actions.discard_mail(self.subject.pk, actor=request.user)
            messages.success(request, "Discarded.")
        except Refused as refused:
            messages.error(request, refused.message)
        return redirect(self.get_success_url())


class MailFile(Document):
    """The original e-mail of a response, as a download."""

    access = rules.handles
    kind = "mail"

    def document(self) -> ReceivedMail:
        return get_object_or_404(
            ReceivedMail.objects.filter(submission=self.subject).exclude(submission__state="withdrawn")
        )


class Acknowledge(OfReceived, ActionView):
    """The letter to the sender, ready to be printed, and how they are told."""

    access = rules.handles
    form_class = mailforms.AcknowledgeForm
    template_name = "submissions/acknowledge.html"

    def get_form_kwargs(self) -> dict[str, Any]:
        return {**super().get_form_kwargs(), "has_address": bool(self.subject.respondent_email)}

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(
            submission=self.subject,
            told=Acknowledgement.objects.filter(submission=self.subject).select_related("actor").first(),
            back=self.detail_url(),
            nav_current=ENTERS,
            **kwargs,
        )

    def act(self, form: mailforms.AcknowledgeForm) -> None:
        lifecycle.acknowledge(self.subject.pk, how=form.cleaned_data["how"], actor=self.request.user)
        messages.success(self.request, "Written down: the sender has the reference.")

    def get_success_url(self) -> str:
        return self.detail_url()


class DecideTiming(OfReceived, ActionView):
    """Whether a letter that came after the close, or was held up, counts as on time; with the reason."""

    access = rules.decides
    form_class = mailforms.TimingForm
    template_name = "submissions/set_aside.html"

    def get_initial(self) -> dict[str, Any]:
        return {"timing": self.subject.timing, "reason": self.subject.timing_reason}

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(
            submission=self.subject,
            title="On time or late?",
            text="By the day it came it is decided by itself. Decide otherwise where that is fair, and say why: it is "
            "reported either way.",
            action="Save the decision",
            cancel_url=self.detail_url(),
            nav_current=ENTERS,
            **kwargs,
        )

    def act(self, form: mailforms.TimingForm) -> None:
        lifecycle.decide_timing(
            self.subject.pk,
            timing=form.cleaned_data["timing"],
            reason=form.cleaned_data["reason"],
            actor=self.request.user,
        )
        messages.success(self.request, "The decision is kept with the response.")

    def get_success_url(self) -> str:
        return self.detail_url()
