"""Every component in every state on one page, for those who build pages."""

from __future__ import annotations

from datetime import date
from typing import Any

from django import forms
from django.core.paginator import Paginator

from engagement.accounts.rules import is_staff_member
from engagement.core.charts import Bar, Course, Figure, Point
from engagement.core.views import PageView


class SampleForm(forms.Form):
    """One field of each look."""

    name = forms.CharField(label="Name of the organisation", help_text="As it is registered.")
    email = forms.EmailField(label="E-mail address")
    sector = forms.ChoiceField(
        label="Sector", choices=[("business", "Business"), ("education", "Education")], widget=forms.RadioSelect
    )
    themes = forms.MultipleChoiceField(
        label="Themes",
        choices=[("ideas", "Ideas"), ("places", "Places")],
        widget=forms.CheckboxSelectMultiple,
        required=False,
    )
    area = forms.ChoiceField(label="Area", choices=[("durham", "County Durham"), ("wear", "Sunderland")])
    day = forms.DateField(label="Day", required=False)
    text = forms.CharField(
        label="What would help?", widget=forms.Textarea(attrs={"rows": 4, "data-count-words": "150"}), required=False
    )


class Style(PageView):
    """The style page."""

    access = is_staff_member
    template_name = "core/style_page.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        rows = [Bar("Business", 31), Bar("Education", 12), Bar("Voluntary and community", 9, "one is thin")]
        return super().get_context_data(
            form=SampleForm(auto_id="sample_%s"),
            wrong_form=SampleForm({"email": "not an address", "sector": "none"}, auto_id="wrong_%s"),
            filter_form=SampleForm(auto_id="filter_%s"),
            figure=Figure("Submissions by sector", "submissions", 52, rows),
            suppressed_figure=Figure(
                "Submissions by area", "submissions", 21, [Bar("Gateshead", None), Bar("Wear", 14)]
            ),
            course=Course(
                "Submissions over time",
                "submissions",
                [Point(date(2018, 12, 3), 0), Point(date(2019, 1, 25), 31, "Reminder"), Point(date(2019, 2, 8), 74)],
                target=100,
            ),
            page_obj=Paginator(range(120), 25).page(3),
            crumbs=[("Consultations", "#main"), ("Style", "")],
            tasks=[
                {"title": "Skills", "url": "#main", "hint": "", "state": "completed", "label": "Completed"},
                {
                    "title": "Check and send",
                    "url": "",
                    "hint": "When all is answered",
                    "state": "waiting",
                    "label": "Cannot start yet",
                },
            ],
            rows=[("Name", "Tyne Castings Ltd", "#main", "the name"), ("Sector", "Business")],
            steps=[
                {"title": "Opened", "text": "3 December 2018", "done": True, "current": False},
                {"title": "Closes", "text": "8 February 2019", "done": False, "current": True},
            ],
            **kwargs,
        )
