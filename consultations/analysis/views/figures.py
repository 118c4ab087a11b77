"""What did they say, and how sure is that?"""

from __future__ import annotations

from typing import Any

from consultations.analysis import figures, rules
from consultations.analysis.forms import FigureFilter
from consultations.programme.views.base import OfConsultation
from consultations.submissions import queries as submissions
from engagement.core.views import PageView


class Figures(OfConsultation, PageView):
    """Question by question: chart, table, base; or who answered and what was raised."""

    access = rules.can_read
    template_name = "analysis/figures.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        consultation = self.consultation
        surveys = list(consultation.surveys.exclude(current_version=None))
        form = FigureFilter(self.request.GET, surveys=surveys)
        chosen = form.chosen()
        split = chosen.get("split", "")
        survey = next((one for one in surveys if one.code == chosen.get("survey")), None)
        context: dict[str, Any] = {"form": form, "survey": survey, "split": split, "questions": [], "overview": []}
        context["lateness"] = submissions.lateness(consultation)
        if survey is not None:
            context["questions"] = figures.survey_figures(consultation, survey, split=split)
        else:
            rows = [by for by in ("sector", "area", "channel", "timing", "capacity", "confidentiality") if by != split]
            known = figures.census(consultation)
            context["overview"] = [figures.who_answered(consultation, by, split=split, known=known) for by in rows]
            context["voices"] = figures.voices(consultation)
            context["raised"] = figures.codes_by_sector(consultation)
        return super().get_context_data(**context, **kwargs)
