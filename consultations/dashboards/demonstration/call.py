"""The call for evidence of 2018-19: what it says of itself, its themes, papers, surveys, and how its time went."""

from __future__ import annotations

from datetime import date, datetime
from pathlib import Path
from typing import Any

from django.utils import timezone

from consultations.dashboards.demonstration import papers
from consultations.dashboards.demonstration.clock import Agenda, local
from consultations.dashboards.demonstration.register import AREAS
from consultations.dashboards.demonstration.sentences import FRAME
from consultations.dashboards.demonstration.staff import Staff
from consultations.programme import actions as programme
from consultations.programme import lifecycle
from consultations.programme.models import Consultation
from consultations.surveys import actions as surveys
from consultations.surveys import lifecycle as publishing
from consultations.surveys import translations, xlsform
from consultations.surveys.models import Question, Survey
from engagement.core import uploads
from engagement.stakeholders.models import Area

REFERENCE = "north-east-lis"
QUESTIONNAIRES = Path(__file__).parent / "questionnaires"
# The questionnaires that can be answered in Welsh too.
WELSH_TITLES = {"call-for-evidence": "Cwestiynau i bawb", "people": "Pobl: sgiliau a gwaith"}
SURVEYS = ("call-for-evidence", "ideas", "people", "infrastructure", "business-environment", "places")
OPENS, FIRST_CLOSE, LAST_DAY = date(2018, 12, 3), date(2019, 2, 8), date(2019, 2, 15)
EXTENDED_ON = date(2019, 2, 4)
PURPOSE = (
    "We are preparing a Local Industrial Strategy for the North East and ask for your evidence: what to build on, what "
    "holds productivity back, and what should be done first. What you tell us decides what the strategy says to 2030."
)
BACKGROUND = (
    "In July 2018 the North East was chosen for the first wave of Local Industrial Strategies. The strategy will be a "
    "plan to 2030, built on evidence and agreed with government. It does not replace the Strategic Economic Plan: it "
    "says which few things matter most for productivity and living standards in the seven local authority areas and "
    "the two combined authorities.\n\n"
    "The questions follow the five foundations of productivity. Answer those that you know something about; a letter "
    "is as welcome as the form."
)
NEXT = (
    "Two officers read and code every answer and the agreed notes of every event. What we heard is published with the "
    "numbers behind it before the board of the partnership decides on the draft strategy."
)
PRIVACY = (
    "The partnership uses what you send to prepare the strategy, as a task in the public interest. We keep names and "
    "addresses for two years after the report, then delete them. You choose whether your response is published with "
    "your name, without it, or not at all. The law on access to information may still require us to release it. You "
    "can ask to see, correct or withdraw what we hold: write to the address on this page."
)
# A later theme carries its grand challenge in the words of its description.
SCHEME = "Five foundations of productivity"
CORRECTED = "How many vacancies were hard to fill in the last twelve months, in all your sites in the area?"


class Call:
    """The consultation and its surveys while the agenda runs."""

    def __init__(self, staff: Staff) -> None:
        self.staff = staff
        self.consultation: Consultation
        self.surveys: dict[str, Survey] = {}

    def plan(self, agenda: Agenda) -> None:
        """Everything that happens to the consultation itself between November 2018 and February 2019."""
        staff = self.staff
        agenda.add(local(date(2018, 11, 5), 10), self._create)
        agenda.add(local(date(2018, 11, 20), 14), self._publish_surveys)
        agenda.add(
            local(date(2018, 11, 22), 11),
            lambda: lifecycle.submit_for_review(self.consultation.pk, actor=staff.engagement),
        )
        agenda.add(
            local(date(2018, 11, 26), 15), lambda: lifecycle.schedule(self.consultation.pk, actor=staff.administrator)
        )
        agenda.add(local(OPENS), self.keep_time)
        agenda.add(local(date(2018, 12, 6), 16), self._correct_wording)
        agenda.add(local(EXTENDED_ON, 11), self._extend)
        agenda.add(local(date(2019, 2, 16), 0, 1), self.keep_time)
        agenda.add(
            local(date(2019, 2, 18), 9), lambda: lifecycle.start_analysis(self.consultation.pk, actor=staff.officer)
        )

    def fresh(self) -> Consultation:
        """The consultation as it is now."""
        self.consultation = Consultation.objects.get(pk=self.consultation.pk)
        return self.consultation

    def opens_at(self) -> datetime:
        return local(OPENS)

    def last_moment(self) -> datetime:
        """When answers can be begun for the last time."""
        return local(LAST_DAY, 23, 59, 59)

    def keep_time(self) -> None:
        lifecycle.keep_time(timezone.now())
        self.fresh()

    def _create(self) -> None:
        staff = self.staff
        self.consultation = programme.create_consultation(
            actor=staff.engagement,
            reference=REFERENCE,
            title="North East Local Industrial Strategy: call for evidence",
            kind=Consultation.Kind.CALL_FOR_EVIDENCE,
            purpose=PURPOSE,
            background=BACKGROUND,
            what_happens_next=NEXT,
            decision_owner="The board of the North East Local Enterprise Partnership",
            contact_email="strategy@soundings.example",
            privacy_notice=PRIVACY,
            minutes_needed=20,
            opens_at=local(OPENS),
            closes_at=local(FIRST_CLOSE, 23, 59, 59),
            response_due_on=date(2019, 5, 10),
        )
        areas = list(Area.objects.filter(code__in=[code for code, _, _, _ in AREAS]))
        programme.change_facts(self.consultation, actor=staff.engagement, areas=areas)
        for code, name, description, _ in FRAME[:5]:
            programme.add_theme(
                self.consultation, actor=staff.engagement, code=code, name=name, description=description, scheme=SCHEME
            )
        for user, role in (
            (staff.second_engagement, "engagement"),
            (staff.officer, "officer"),
            (staff.second_officer, "officer"),
        ):
            programme.assign(self.consultation, user=user, role=role, actor=staff.engagement)
        for title, name, content in (
            ("Prospectus: towards a Local Industrial Strategy", "prospectus.pdf", papers.prospectus()),
            ("The evidence base in two pages", "evidence-base.pdf", papers.evidence_base()),
        ):
            checked = uploads.check(name, content, most_megabytes=20)
            programme.add_document(self.consultation, actor=staff.engagement, title=title, upload=checked)

    def _publish_surveys(self) -> None:
        for code in SURVEYS:
            survey = import_questionnaire(self.consultation, code, self.staff.engagement)
            theme = self.consultation.themes.filter(code=code).first()
            if theme is not None:
                surveys.change_survey(
                    survey, title=survey.title, intro=survey.intro, theme=theme, actor=self.staff.engagement
                )
            self.surveys[code] = put_live(survey, self.staff.engagement)

    def _correct_wording(self) -> None:
        """Partners asked what was meant: the wording is corrected, and answers keep the version they were given to."""
        survey = self.surveys["people"]
        question = Question.objects.select_related("page__survey").get(survey=survey, code="hard_to_fill")
        surveys.save_question(question.page, {"label": CORRECTED}, question=question)
        publishing.publish(survey.pk, actor=self.staff.second_engagement)
        survey.refresh_from_db()

    def _extend(self) -> None:
        lifecycle.extend(
            self.consultation.pk,
            actor=self.staff.administrator,
            closes_at=local(LAST_DAY, 23, 59, 59),
            reason="Snow closed schools and colleges in the last week of January, and two of them asked for more time.",
        )
        self.fresh()


def import_questionnaire(consultation: Consultation, name: str, actor: Any) -> Survey:
    """A survey from one of our workbooks, read and imported as on the page."""
    path = QUESTIONNAIRES / f"{name}.xlsx"
    survey = surveys.import_workbook(consultation, xlsform.read(path.read_bytes(), path.name), actor=actor)[0]
    # A workbook has no place for the title in another language.
    if name in WELSH_TITLES:
        translations.save(survey, "cy", {"survey:title": WELSH_TITLES[name]}, actor=actor)
    return survey


def put_live(survey: Survey, actor: Any) -> Survey:
    publishing.publish(survey.pk, actor=actor)
    publishing.go_live(survey.pk, actor=actor)
    return Survey.objects.select_related("current_version").get(pk=survey.pk)
