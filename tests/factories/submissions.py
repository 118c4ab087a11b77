"""Submissions for tests: drafts by factory, sent ones through the product's own doors."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import factory

from consultations.programme.models import Consultation
from consultations.submissions import actions, lifecycle
from consultations.submissions.models import AnswerFile, EvidenceDocument, Response, Submission
from consultations.surveys.models import Survey
from engagement.stakeholders.models import Area, Membership, Organisation
from tests.factories.accounts import UserFactory
from tests.factories.programme import ConsultationFactory
from tests.factories.stakeholders import ContactFactory, MembershipFactory, OrganisationFactory
from tests.factories.surveys import SAMPLE_ANSWERS, published_survey


class SubmissionFactory(factory.django.DjangoModelFactory):
    """A draft of an organisation, begun by a person who may write for it."""

    class Meta:
        model = Submission

    consultation = factory.SubFactory(ConsultationFactory)
    reference = factory.Sequence(lambda n: f"TEST-{n:05}")
    organisation = factory.SubFactory(OrganisationFactory)
    respondent = factory.SubFactory(UserFactory)
    respondent_name = factory.LazyAttribute(lambda o: o.respondent.name if o.respondent else "")
    respondent_email = factory.LazyAttribute(lambda o: o.respondent.email if o.respondent else "")
    capacity = factory.LazyAttribute(lambda o: "organisation" if o.organisation else "self")

    class Params:
        personal = factory.Trait(organisation=None)


class ResponseFactory(factory.django.DjangoModelFactory):
    """Answers to a live survey of the submission's consultation."""

    class Meta:
        model = Response

    submission = factory.SubFactory(SubmissionFactory)
    survey = factory.LazyAttribute(lambda o: published_survey(o.submission.consultation))
    version = factory.LazyAttribute(lambda o: o.survey.current_version)
    data = factory.LazyFunction(dict)


def partner(organisation: Organisation | None = None, *, role: str = Membership.Role.LEAD, **facts: Any) -> Any:
    """A person who can sign in; with an organisation, one of its people."""
    if organisation is None:
        return UserFactory(**facts)
    contact = ContactFactory(signs_in=True, **facts)
    MembershipFactory(contact=contact, organisation=organisation, role=role)
    return contact.user


def submitted(
    consultation: Consultation | None = None,
    survey: Survey | None = None,
    *,
    answers: dict[str, Any] | None = None,
    organisation: Organisation | None = None,
    user: Any = None,
    personal: bool = False,
    confidentiality: str = Submission.Confidentiality.NAMED,
    reason: str = "It names our customers.",
    stricter: dict[str, dict[str, str]] | None = None,
    statement: str = "",
    channel: str = Submission.Channel.ONLINE,
    areas: list[Area] | None = None,
    now: datetime | None = None,
    **facts: Any,
) -> Submission:
    """A sent submission, through start, save, confidentiality and `lifecycle.submit`.

    Without `answers` the sample answers to the sample pages. `channel` and further facts are set before it is sent.
    """
    if survey is None:
        survey = published_survey(consultation)
    consultation = consultation or survey.consultation
    if not personal:
        organisation = organisation or OrganisationFactory()
        user = user or partner(organisation)
    user = user or partner()
    submission = actions.start(consultation, user, organisation, areas=areas)
    if channel != Submission.Channel.ONLINE:
        facts = {"channel": channel, "received_on": submission.created_at.date(), **facts}
    if facts:
        Submission.objects.filter(pk=submission.pk).update(**facts)
    actions.fill(submission, survey, SAMPLE_ANSWERS if answers is None else answers, actor=user)
    if statement:
        actions.save_statement(submission.pk, statement, actor=user)
    actions.choose_confidentiality(submission.pk, confidentiality, reason=reason, stricter=stricter, actor=user)
    return lifecycle.submit(submission.pk, actor=user, now=now)


class EvidenceDocumentFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = EvidenceDocument

    submission = factory.SubFactory(SubmissionFactory)
    title = factory.Sequence(lambda n: f"Evidence {n}")
    file = factory.django.FileField(filename="evidence.txt", data=b"What we found.\n")
    file_name = "evidence.txt"
    content_type = "text/plain"
    size = 15
    sha256 = factory.Sequence(lambda n: f"{n:064x}")


class AnswerFileFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = AnswerFile

    response = factory.SubFactory(ResponseFactory)
    question_code = "plan"
    file = factory.django.FileField(filename="plan.txt", data=b"What we plan.\n")
    file_name = "plan.txt"
    content_type = "text/plain"
    size = 14
    sha256 = factory.Sequence(lambda n: f"{n:064x}")
