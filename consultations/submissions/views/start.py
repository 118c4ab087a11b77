"""Beginning to answer: for whom, and what we have to know of them."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.contrib.auth.views import redirect_to_login
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext, gettext_lazy

from consultations.programme import queries as programme
from consultations.programme.models import Consultation
from consultations.submissions import actions, forms, queries, rules
from consultations.submissions.models import Submission
from consultations.submissions.views.base import sent_sentence, with_query
from consultations.surveys.definition import load
from consultations.surveys.minutes import minutes_for
from engagement.accounts.rules import is_staff_member
from engagement.core.views import ActionView
from engagement.stakeholders.models import Area, Kind, Organisation
from engagement.stakeholders.queries import memberships_of

SELF, NEW, MEMBERS = "self", "new", "members"
HATS = {SELF: gettext_lazy("For myself"), NEW: gettext_lazy("For an organisation that is not listed here")}


def areas_of(consultation: Consultation) -> QuerySet[Area]:
    """The areas that this consultation speaks of, else all that people live in."""
    own = consultation.areas.order_by("name", "pk")
    places = [Area.Level.AUTHORITY, Area.Level.OUTSIDE]
    return own if own.exists() else Area.objects.filter(level__in=places).order_by("level", "name", "pk")


def minutes_altogether(consultation: Consultation) -> int:
    """About how many minutes all surveys that can be answered take; 0 while there is none."""
    surveys = queries.live_surveys(consultation.pk)
    return minutes_for(
        [page for survey in surveys if survey.current_version for page in load(survey.current_version).pages]
    )


class OfPublicConsultation:
    """A page of one consultation that everybody may know of."""

    request: Any
    kwargs: dict[str, Any]
    subject: Consultation

    def get_subject(self) -> Consultation:
        return get_object_or_404(programme.readable_by(self.request.user), reference=self.kwargs["reference"])

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        address = reverse("programme:consultation", args=[self.subject.reference])
        crumbs = [(self.subject.title, address)]
        return super().get_context_data(of=self.subject, crumbs=crumbs, **kwargs)  # type: ignore[misc]


class Respond(OfPublicConsultation, ActionView):
    """Choose the hat. Somebody with one hat and a response under way is taken straight to it.

    Where an account is not needed, those without one choose a way first; everywhere else they sign in.
    """

    access = rules.signed_in
    open_to_all = True
    form_class = forms.HatForm
    template_name = "submissions/respond.html"

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if request.user.is_authenticated:
            return super().dispatch(request, *args, **kwargs)
        consultation = self.get_subject()
        if not rules.takes_without_account(consultation):
            return redirect_to_login(request.get_full_path())
        self.subject = consultation
        context = OfPublicConsultation.get_context_data(
            self, why_not=rules.why_not_start(consultation), next=request.get_full_path()
        )
        return render(request, "submissions/start_ways.html", context)

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        present = self.present()
        if len(present) == 1 and len(self.hats()) <= len(HATS) + 1:
            return self.to(present[0])
        return super().get(request, *args, **kwargs)

    def organisations(self) -> list[Organisation]:
        """Those for which the person may write."""
        if not hasattr(self, "_organisations"):
            held = memberships_of(self.request.user).filter(role__in=rules.WRITERS)
            self._organisations = [] if is_staff_member(self.request.user) else [one.organisation for one in held]
        return self._organisations

    def why_not(self) -> str:
        """Why nobody that the person may write for can start now; empty as soon as one can, having more time."""
        hats = [*self.organisations(), None]
        sentences = [rules.why_not_start(self.subject, organisation=hat, user=self.request.user) for hat in hats]
        return "" if "" in sentences else sentences[-1]

    def hats(self) -> list[tuple[str, str]]:
        found = []
        for organisation in self.organisations():
            found.append((str(organisation.public_id), gettext("For %(name)s") % {"name": organisation.name}))
            if organisation.is_representative:
                found.append(
                    (
                        f"{organisation.public_id}:{MEMBERS}",
                        gettext("For the members of %(name)s") % {"name": organisation.name},
                    )
                )
        return [*found, *HATS.items()]

    def present(self) -> list[Submission]:
        """What the person has here already, for themselves or for their organisations."""
        if not hasattr(self, "_present"):
            rows = queries.own(self.request.user).filter(consultation=self.subject, is_test=False)
            rows = rows.exclude(state__in=Submission.SET_ASIDE)
            self._present = list(rows.select_related("organisation").order_by("pk"))
        return self._present

    def get_form_kwargs(self) -> dict[str, Any]:
        return {**super().get_form_kwargs(), "hats": self.hats()}

    def get_initial(self) -> dict[str, Any]:
        """Whoever acts for one organisation only is most likely here for it, and need not choose."""
        held = self.organisations()
        return {"hat": str(held[0].public_id)} if len(held) == 1 else {}

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(
            why_not=self.why_not(),
            present=self.present(),
            nobody=not self.organisations(),
            minutes=minutes_altogether(self.subject),
            **kwargs,
        )

    def act(self, form: forms.HatForm) -> None:
        hat, _, capacity = form.cleaned_data["hat"].partition(":")
        # What the link brings for hidden questions goes on to where the response begins.
        brought = actions.hidden_values(self.subject.pk, self.request.GET)
        self.address = with_query(
            reverse("submissions:about_you", args=[self.subject.reference]),
            new="1" if hat == NEW else "",
            **{code: value for values in brought.values() for code, value in values.items()},
        )
        if hat in HATS:
            found = queries.present_of(self.subject, user=self.request.user) if hat == SELF else None
            if found is None:
                actions.refuse_new(self.subject, self.request.user, personal=hat == SELF)
            else:
                self.address = self.place_of(found)
            return
        organisation = next(one for one in self.organisations() if str(one.public_id) == hat)
        found = queries.present_of(self.subject, organisation=organisation)
        if found is None or found.is_draft:
            is_new = found is None
            found = actions.start(self.subject, self.request.user, organisation, capacity=capacity)
            if is_new:
                actions.bring(found, self.request.GET, actor=self.request.user)
        self.address = self.place_of(found)

    def place_of(self, submission: Submission) -> str:
        if submission.is_draft:
            return reverse("submissions:tasks", args=[submission.public_id])
        messages.info(self.request, sent_sentence(submission))
        return reverse("submissions:receipt", args=[submission.public_id])

    def to(self, submission: Submission) -> HttpResponse:
        return redirect(self.place_of(submission))

    def get_success_url(self) -> str:
        return self.address


class AboutYou(OfPublicConsultation, ActionView):
    """What figures need to know of a person, or of an organisation that is new to us; then the response begins."""

    access = rules.signed_in
    form_class = forms.AboutYouForm
    template_name = "submissions/about_you.html"

    @property
    def is_personal(self) -> bool:
        return not self.request.GET.get("new")

    def get_form_kwargs(self) -> dict[str, Any]:
        return {**super().get_form_kwargs(), "personal": self.is_personal, "areas": areas_of(self.subject)}

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        why_not = rules.why_not_start(self.subject, user=self.request.user if self.is_personal else None)
        return super().get_context_data(personal=self.is_personal, why_not=why_not, **kwargs)

    def act(self, form: forms.AboutYouForm) -> None:
        kind: Kind = form.cleaned_data["kind"]
        areas: list[Area] = list(form.cleaned_data["areas"])
        if self.is_personal:
            self.submission = actions.start(self.subject, self.request.user, kind=kind, areas=areas)
        else:
            self.submission = actions.start_for_new(
                self.subject, self.request.user, name=form.cleaned_data["name"], kind=kind, areas=areas
            )
        actions.bring(self.submission, self.request.GET, actor=self.request.user)

    def get_success_url(self) -> str:
        return reverse("submissions:tasks", args=[self.submission.public_id])
