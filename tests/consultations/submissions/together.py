"""An organisation with a lead, a writer, a reader and an approver, and a response that is complete."""

from __future__ import annotations

from typing import Any

from consultations.submissions import actions
from consultations.submissions.models import Response, Submission
from engagement.stakeholders.models import Contact, Membership
from tests.factories.stakeholders import ContactFactory, OrganisationFactory
from tests.factories.submissions import partner
from tests.factories.surveys import SAMPLE_ANSWERS, published_survey


class Team:
    """`lead`, `writer`, `reader` and `approver` are accounts; `submission` is theirs, and `survey` what it answers."""

    def __init__(self, *, answers: dict[str, Any] | None = None, name: str = "Tyne Works") -> None:
        self.organisation = OrganisationFactory(name=name)
        self.survey = published_survey(code="views", title="Your views")
        self.consultation = self.survey.consultation
        self.lead = partner(self.organisation, role=Membership.Role.LEAD, name="Lena Lead")
        self.writer = partner(self.organisation, role=Membership.Role.CONTRIBUTOR, name="Will Writer")
        self.reader = partner(self.organisation, role=Membership.Role.VIEWER, name="Rita Reader")
        self.approver = partner(self.organisation, role=Membership.Role.APPROVER, name="Anna Approver")
        self.submission = actions.start(self.consultation, self.lead, self.organisation)
        given = SAMPLE_ANSWERS if answers is None else answers
        actions.fill(self.submission, self.survey, given, actor=self.writer)
        actions.choose_confidentiality(self.submission.pk, "named", actor=self.lead)
        self.submission.refresh_from_db()

    @property
    def response(self) -> Response:
        return Response.objects.get(submission=self.submission)

    def again(self) -> Submission:
        self.submission = Submission.objects.select_related("consultation", "organisation").get(pk=self.submission.pk)
        return self.submission

    def contact(self, user: Any) -> Contact:
        return Contact.objects.get(user=user)

    def outside(self, name: str = "Olive Outside") -> Any:
        """Somebody of no organisation, with an account."""
        return ContactFactory(signs_in=True, name=name).user

    def save(self, code: str, value: Any, *, user: Any = None, page: str = "growth") -> None:
        actions.save_section(self.response.pk, page_code=page, answers={code: value}, actor=user or self.writer)
