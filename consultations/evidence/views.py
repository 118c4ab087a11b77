"""The register of evidence: a list across consultations, and a page for each piece."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse, reverse_lazy

from consultations.evidence import actions, forms, lifecycle, policy, queries, rules
from consultations.evidence.models import EvidenceItem, Use
from consultations.programme import queries as programme
from consultations.programme.models import Consultation
from consultations.programme.rules import analyses
from consultations.submissions import confidentiality
from consultations.submissions.files import tells_in_words
from consultations.submissions.views.beside import as_attachment
from engagement.core.errors import Refused
from engagement.core.views import ActionView, AsksFirst, Guarded, ListPage, PageView

REGISTER = ("Evidence", reverse_lazy("evidence:list"))
HIGHEST = 2**31


class Register(ListPage):
    """Everything that came to the consultations of this person or is used there."""

    access = rules.can_list
    template_name = "evidence/list.html"
    context_object_name = "items"

    def get_queryset(self) -> QuerySet[EvidenceItem]:
        chosen = self.request.GET
        rows = queries.narrowed(queries.visible_to(self.request.user), chosen)
        return queries.with_sources(queries.ordered(rows, chosen.get("order", "")), self.request.user)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        user, chosen = self.request.user, self.request.GET
        consultations = programme.visible_to(user).order_by("title", "pk").values_list("reference", "title")
        filters = forms.FilterForm(
            chosen, facets=queries.facets(queries.visible_to(user), chosen), consultations=list(consultations)
        )
        context = super().get_context_data(
            filters=filters, is_filtered=any(chosen.get(name) for name in filters.fields if name != "order"), **kwargs
        )
        context["rows"] = [(item, whose(item, item.seen, item.live)) for item in context["items"]]
        return context


def whose(item: EvidenceItem, seen: list[Any], live: list[Any]) -> list[str]:
    """Who sent it, as far as this member of staff may know."""
    return policy.submitters(seen, is_public=False) if seen else policy.submitters(live, is_public=True)


class OfItem:
    """A page of one piece; `self.subject` is the EvidenceItem, found among those that the person may know of."""

    request: Any
    kwargs: dict[str, Any]
    subject: EvidenceItem

    def get_subject(self) -> EvidenceItem:
        if self.kwargs["number"] >= HIGHEST:
            raise Http404
        return get_object_or_404(queries.visible_to(self.request.user), pk=self.kwargs["number"])

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        kwargs.setdefault("crumbs", [REGISTER, (self.subject.reference, self.get_success_url())])
        return super().get_context_data(item=self.subject, **kwargs)  # type: ignore[misc]

    def get_success_url(self) -> str:
        return reverse("evidence:item", args=[self.subject.pk])


class Item(OfItem, PageView):
    """What it is, who sent it, where it is used, and its file."""

    access = rules.can_read
    template_name = "evidence/item.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        item, user = self.subject, self.request.user
        live, seen = list(queries.sources_of(item)), list(queries.visible_sources(item, user))
        uses = list(item.uses.select_related("consultation", "actor").order_by("pk"))
        theirs = set(programme.visible_to(user).values_list("pk", flat=True))
        may_fetch = item.state not in {EvidenceItem.State.QUARANTINED, EvidenceItem.State.WITHDRAWN}
        may_fetch = may_fetch and bool(seen or policy.may_leave(item, live))
        documents = [source.document for source in seen]
        return super().get_context_data(
            sources=seen,
            submitters=whose(item, seen, live),
            areas=list(item.areas.order_by("name", "pk")),
            uses=[(use, use.consultation_id in theirs and analyses(user, use.consultation)) for use in uses],
            cited=[one for one in queries.cited_in(item) if one.is_public or one.consultation.pk in theirs],
            tells=sorted({words for one in documents if (words := tells_in_words(one))}),
            description=policy.description(item, live),
            may_leave=policy.may_leave(item, live),
            may_catalogue=rules.can_catalogue(user, item),
            may_fetch=may_fetch,
            says_why=bool(documents)
            and all(confidentiality.reading_is_recorded(user, one.submission) for one in documents),
            crumbs=[REGISTER],
            **kwargs,
        )


class Edit(OfItem, ActionView):
    """Describe it, from then on it can be cited."""

    access = rules.can_catalogue
    form_class = forms.CatalogueForm
    template_name = "evidence/edit.html"

    def get_form_kwargs(self) -> dict[str, Any]:
        # A copy: what is typed must not reach the row before the act.
        return {**super().get_form_kwargs(), "instance": EvidenceItem.objects.get(pk=self.subject.pk)}

    def act(self, form: forms.CatalogueForm) -> None:
        lifecycle.catalogue(self.subject.pk, actor=self.request.user, **form.facts())
        messages.success(self.request, f"{self.subject.reference} is catalogued and can be cited by its number.")


class Fetch(OfItem, Guarded):
    """The file, as a download; a POST, because who fetched it is written down."""

    access = rules.can_fetch
    http_method_names = ("post",)

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
        try:
            document = actions.fetch(self.subject, actor=request.user, reason=request.POST.get("reason", "")[:2000])
        except Refused as refused:
            messages.warning(request, refused.message)
            return redirect(self.get_success_url())
        return as_attachment(document)


class Quarantine(OfItem, ActionView):
    """Asks why, then gives the file to nobody."""

    access = rules.can_catalogue
    form_class = forms.ReasonForm
    template_name = "evidence/quarantine.html"

    def act(self, form: forms.ReasonForm) -> None:
        lifecycle.quarantine(self.subject.pk, actor=self.request.user, reason=form.cleaned_data["reason"])
        messages.success(self.request, f"{self.subject.reference} is quarantined: its file is given to nobody.")


class Release(AsksFirst, OfItem, PageView):
    access = rules.can_catalogue
    action = "Release it"

    def question(self) -> str:
        return f"Release {self.subject.reference} from quarantine?"

    def consequence(self) -> str:
        return "Its file can be fetched again by those who work on the consultation, and it can be cited."

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        lifecycle.release(self.subject.pk, actor=request.user)
        messages.success(request, f"{self.subject.reference} is released.")
        return redirect(self.get_success_url())


class UseElsewhere(OfItem, ActionView):
    """Use it in another consultation that this person analyses."""

    access = rules.can_read
    form_class = forms.UseForm
    template_name = "evidence/use.html"

    def consultations(self) -> QuerySet[Consultation]:
        mine = programme.visible_to(self.request.user).order_by("title", "pk")
        ids = [one.pk for one in mine if analyses(self.request.user, one)]
        return mine.filter(pk__in=ids)

    def get_form_kwargs(self) -> dict[str, Any]:
        return {**super().get_form_kwargs(), "consultations": self.consultations()}

    def act(self, form: forms.UseForm) -> None:
        chosen = form.cleaned_data["consultation"]
        actions.use_in(self.subject.pk, chosen, actor=self.request.user, note=form.cleaned_data["note"])
        messages.success(self.request, f"{self.subject.reference} is in the register of “{chosen.title}” as well.")


class StopUsing(AsksFirst, OfItem, PageView):
    access = rules.can_read
    action = "Take it out"

    def use(self) -> Use:
        """Found among the uses in consultations that this person analyses."""
        mine = programme.visible_to(self.request.user)
        found = get_object_or_404(
            self.subject.uses.select_related("consultation"), pk=min(self.kwargs["use"], HIGHEST), consultation__in=mine
        )
        if not analyses(self.request.user, found.consultation):
            raise Http404
        return found

    def question(self) -> str:
        return f"Take {self.subject.reference} out of “{self.use().consultation.title}”?"

    def consequence(self) -> str:
        return "It stays in the register of the consultation that it came to."

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        try:
            actions.stop_using(self.use().pk, actor=request.user)
        except Refused as refused:
            messages.error(request, refused.message)
            return redirect(self.get_success_url())
        messages.success(request, "It is used there no more.")
        # It may have been all that let this person know of it.
        is_still_theirs = queries.visible_to(request.user).filter(pk=self.subject.pk).exists()
        return redirect(self.get_success_url() if is_still_theirs else reverse("evidence:list"))
