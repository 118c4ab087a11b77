"""Evidence for tests: documents that came with submissions, through the product's own doors."""

from __future__ import annotations

from typing import Any

from consultations.evidence import lifecycle
from consultations.evidence.models import EvidenceItem
from consultations.submissions import actions
from consultations.submissions import lifecycle as sending
from consultations.submissions.models import Submission
from tests.factories.files import PDF, sent
from tests.factories.programme import ConsultationFactory
from tests.factories.stakeholders import OrganisationFactory
from tests.factories.submissions import partner


def brought(
    consultation: Any = None,
    *,
    content: bytes = PDF,
    name: str = "skills.pdf",
    title: str = "Skills survey",
    confidentiality: str = Submission.Confidentiality.NAMED,
    organisation: Any = None,
) -> Submission:
    """A sent submission of an organisation that holds nothing but one document."""
    consultation = consultation or ConsultationFactory()
    organisation = organisation or OrganisationFactory()
    user = partner(organisation)
    draft = actions.start(consultation, user, organisation)
    actions.add_document(draft.pk, sent(name, content), title=title, actor=user)
    actions.choose_confidentiality(draft.pk, confidentiality, reason="It names customers.", actor=user)
    return sending.submit(draft.pk, actor=user)


def item_of(submission: Submission) -> EvidenceItem:
    """The entry for the one document of a submission."""
    return EvidenceItem.objects.get(sources__document__submission=submission)


def catalogued(item: EvidenceItem, actor: Any, **facts: Any) -> EvidenceItem:
    """The entry, described: open and citable unless the facts say otherwise."""
    return lifecycle.catalogue(
        item.pk,
        actor=actor,
        **{
            "title": "Skills survey 2018",
            "author": "Tyneside Skills Board",
            "dated": "March 2018",
            "year": 2018,
            "method": EvidenceItem.Method.SURVEY,
            "sensitivity": EvidenceItem.Sensitivity.OPEN,
            **facts,
        },
    )
