"""The bases of every page: a page without a declared rule cannot be defined.

A view class says `access = <Rule>`; `get_subject()` finds the thing within what the person may see (404
otherwise), and the rule is asked about that thing (403 otherwise). Both happen before any method runs, so a
POST by somebody who may not is refused before its form is looked at.
"""

from __future__ import annotations

from typing import Any, ClassVar

from django import forms
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.http import HttpRequest, HttpResponse, HttpResponseBase, HttpResponseRedirect
from django.views.generic import FormView, ListView, TemplateView, View

from engagement.core import sentforms
from engagement.core.access import Rule
from engagement.core.errors import Refused

READING = {"GET", "HEAD", "OPTIONS"}


class Guarded(View):
    """A view with a rule in front of it.

    `open_to_all = True` takes the page out of the site-wide demand to be signed in. `changes` is for a page that more
    people may read than may send its form: a second rule, asked before anything but a reading method runs.
    """

    access: ClassVar[Rule]
    changes: ClassVar[Rule | None] = None
    open_to_all: ClassVar[bool] = False
    subject: Any = None

    def __init_subclass__(cls, *, abstract: bool = False, **kwargs: Any) -> None:
        super().__init_subclass__(**kwargs)
        if not abstract and not isinstance(getattr(cls, "access", None), Rule):
            raise TypeError(f"{cls.__module__}.{cls.__name__} is a page without a rule: give it `access = ...`")

    @classmethod
    def as_view(cls, **initkwargs: Any) -> Any:
        view = super().as_view(**initkwargs)
        view.login_required = not cls.open_to_all  # type: ignore[attr-defined]
        return view

    def get_subject(self) -> Any:
        """The thing this page is about, from a query scoped to the person; raises Http404 outside of it."""
        return None

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        self.subject = self.get_subject()
        if not self.access(request.user, self.subject):
            raise PermissionDenied
        changes = type(self).changes
        if changes is not None and request.method not in READING and not changes(request.user, self.subject):
            raise PermissionDenied
        return super().dispatch(request, *args, **kwargs)


class PageView(Guarded, TemplateView, abstract=True):
    """A page to read."""


class ListPage(Guarded, ListView, abstract=True):
    """A page that lists rows, in pages of 50; asking for a page past the end shows the last one."""

    paginate_by = 50

    def paginate_queryset(self, queryset: Any, page_size: int) -> Any:
        paginator = self.get_paginator(queryset, page_size)
        page = paginator.get_page(self.request.GET.get(self.page_kwarg))
        return paginator, page, page.object_list, page.has_other_pages()


class ActionView(Guarded, FormView, abstract=True):
    """A page with one form and one act. A refusal comes back as an error on the form.

    `creates_once = True` is for an act that makes something new: the same form sent twice makes it once, and both
    sendings lead to it. The act and its `get_success_url` then run in one transaction.
    """

    creates_once: ClassVar[bool] = False

    def get_form(self, form_class: Any = None) -> Any:
        form = super().get_form(form_class)
        if self.creates_once:
            form.fields[sentforms.FIELD] = forms.CharField(
                max_length=60, required=False, widget=forms.HiddenInput, initial=sentforms.new_key
            )
            if helper := getattr(form, "helper", None):
                helper.render_hidden_fields = True
        return form

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        return self._led_before() or super().post(request, *args, **kwargs)

    def _led_before(self) -> HttpResponse | None:
        """The way to what this very form created already."""
        address = sentforms.landing(sentforms.mark_of(self.request)) if self.creates_once else ""
        return HttpResponseRedirect(address) if address else None

    def _create_once(self, form: Any) -> HttpResponse:
        form.cleaned_data.pop(sentforms.FIELD, None)
        mark = sentforms.mark_of(self.request)
        with transaction.atomic():
            if mark and not sentforms.claim(mark):
                address = sentforms.landing(mark)
            else:
                self.act(form)
                address = self.get_success_url()
                sentforms.landed(mark, address)
        return HttpResponseRedirect(address)

    def act(self, form: Any) -> Any:
        """Do the one thing this page is for; raise Refused with a sentence when a rule says no."""
        raise NotImplementedError

    def form_valid(self, form: Any) -> HttpResponse:
        try:
            if self.creates_once:
                return self._create_once(form)
            self.act(form)
        except Refused as refused:
            field = refused.field if refused.field in form.fields else None
            form.add_error(field, refused.message)
            return self.form_invalid(form)
        return super().form_valid(form)

    def form_invalid(self, form: Any) -> HttpResponse:
        # What makes it invalid may be what the first sending created a moment ago: a reference that is taken.
        if self.request.method == "POST" and (way := self._led_before()):
            return way
        return self.render_to_response(self.get_context_data(form=form), status=422)


class AsksFirst:
    """Put before a page whose `post` does something that cannot be undone: a GET asks, and the answer is the POST.

    Needs the page's `get_success_url`, where “Go back” leads. The button that led here becomes a link, so that one
    stray press changes nothing.
    """

    http_method_names = ("get", "head", "options", "post")
    template_name = "core/ask_first.html"
    extra_context = None
    action = ""
    is_danger = False

    def question(self) -> str:
        """The heading: what would be done, to which thing, ending in a question mark."""
        raise NotImplementedError

    def consequence(self) -> str:
        """What will be different afterwards, and for whom."""
        raise NotImplementedError

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(  # type: ignore[misc]
            question=self.question(),
            consequence=self.consequence(),
            action=self.action,
            is_danger=self.is_danger,
            back=self.get_success_url(),  # type: ignore[attr-defined]
            **kwargs,
        )
