"""Who may open and who may send what: every address of ours, asked as everybody, against one table.

A row says for reading and for sending what each kind of person gets: `+` it is there, `-` refused (403), `0` it does
not exist for them (404), `>` to the sign-in, `x` it takes no such method (405). An address without a row fails.
"""

import re
from datetime import timedelta

import pytest
from django.core.files.base import ContentFile
from django.urls import URLResolver, get_resolver, reverse
from django.utils import timezone

from consultations.analysis.models import Coding
from consultations.exports.models import ExportJob
from consultations.invitations import links
from consultations.programme import actions as programme
from consultations.submissions import actions as writing
from consultations.submissions.models import Submission
from consultations.summaries.models import Finding, Summary
from consultations.surveys import compiling, lifecycle
from engagement.events import queries as events
from engagement.messaging import building
from engagement.stakeholders.models import Membership, RegisterImport
from tests.factories.accounts import UserFactory
from tests.factories.analysis import CodeFactory, CodeFrameFactory, agreed_note, coded
from tests.factories.events import (
    AttendanceFactory,
    EventFactory,
    NoteAmendmentFactory,
    NoteFactory,
    RegistrationFactory,
    TopicFactory,
)
from tests.factories.invitations import InvitationFactory, ReminderPlanFactory
from tests.factories.messaging import MessageFactory
from tests.factories.programme import AssignmentFactory, ConsultationFactory, DocumentFactory, ThemeFactory
from tests.factories.stakeholders import OrganisationFactory
from tests.factories.submissions import EvidenceDocumentFactory, SubmissionFactory, partner, submitted
from tests.factories.surveys import SurveyFactory, make_definition, sample_pages

pytestmark = pytest.mark.django_db

PEOPLE = (
    "administrator",
    "engagement",  # of the consultation
    "officer",  # of the consultation
    "other engagement",  # of another one
    "other officer",
    "lead",  # of the organisation whose draft it is
    "viewer",  # of that organisation
    "sender",  # of the organisation whose response was sent
    "neighbour",  # of an organisation with a draft of its own
    "individual",
    "closed",  # an administrator whose account was closed
    "nobody",
)


@pytest.fixture
def it():
    """A consultation with one of everything, another organisation's draft, and what is not public yet."""
    it = Sample()
    return it


class Sample:
    """Made once for the test: `people` by the names in PEOPLE, `where` is what the addresses are made of."""

    def __init__(self) -> None:
        consultation = ConsultationFactory(reference="growing", title="Growing together")
        elsewhere = ConsultationFactory(reference="elsewhere", draft=True)
        theme = ThemeFactory(consultation=consultation, code="skills", name="Skills")
        document = DocumentFactory(consultation=consultation)
        survey = SurveyFactory(consultation=consultation, code="views", title="Your views")
        compiling.rebuild(survey, make_definition(code="views", title="Your views", pages=sample_pages()))
        lifecycle.publish(survey.pk, actor=None)
        lifecycle.go_live(survey.pk, actor=None)
        survey.refresh_from_db()
        page = survey.pages.first()

        engagement = AssignmentFactory(consultation=consultation)
        officer = AssignmentFactory(consultation=consultation, role="officer").user
        tyne, wear, tees = (OrganisationFactory(name=f"{river} Works") for river in ("Tyne", "Wear", "Tees"))
        lead, individual = partner(tyne), UserFactory()
        sender, neighbour = partner(wear), partner(tees)
        draft = writing.start(consultation, lead, tyne)
        writing.start(consultation, neighbour, tees)
        writing.start(consultation, individual, None)
        evidence = EvidenceDocumentFactory(submission=draft)
        sent = submitted(consultation, survey, organisation=wear, user=sender, statement="Buses end too early.")
        sent_evidence = EvidenceDocumentFactory(submission=sent)
        self.people = {
            "administrator": UserFactory(administrator=True),
            "engagement": engagement.user,
            "officer": officer,
            "other engagement": AssignmentFactory(consultation=elsewhere).user,
            "other officer": AssignmentFactory(consultation=elsewhere, role="officer").user,
            "lead": lead,
            "viewer": partner(tyne, role=Membership.Role.VIEWER),
            "sender": sender,
            "neighbour": neighbour,
            "individual": individual,
            "closed": UserFactory(administrator=True, is_active=False),
            "nobody": None,
        }

        event = EventFactory(slug="round-table")
        TopicFactory(event=event)
        person = RegistrationFactory(event=event)
        programme.link_event(consultation, event, themes=[theme], actor=None)
        amendment = NoteAmendmentFactory()
        note = amendment.note
        came = AttendanceFactory(registration__event=note.event).registration
        agreed = agreed_note(consultation, "Every table spoke of buses.")
        invitation = InvitationFactory(consultation=consultation)
        step = ReminderPlanFactory(consultation=consultation)
        frame = CodeFrameFactory(consultation=consultation)
        code = CodeFactory(frame=frame, code="skills", label="Skills")
        coding = coded(agreed, code, officer).codings.get()
        summary = Summary.objects.create(
            consultation=consultation, title="What we heard", state=Summary.State.PUBLISHED, author=officer
        )
        finding = Finding.objects.create(summary=summary, kind=Finding.Kind.CONTEXT, text="Buses matter.")
        job = ExportJob.objects.create(
            consultation=consultation,
            profile="full",
            format="csv",
            requested_by=officer,
            state=ExportJob.State.AWAITING,
            reason="A mailing",
        )
        message = MessageFactory(failed=True)
        batch = RegisterImport.objects.create(file_name="register.csv", requested_by=engagement.user)
        contact = tyne.memberships.first().contact
        invitation_token = links.follow_url(invitation).rstrip("/").rsplit("/", 1)[-1]
        stop_token = building.unsubscribe_url("reminder", message.address_key).rstrip("/").rsplit("/", 1)[-1]

        own = {"public_id": draft.public_id}
        received = {"submission": sent.reference}
        of_survey = {"code": survey.code}
        of_page, of_question = {"pk": page.pk, **of_survey}, {"pk": page.questions.first().pk, **of_survey}
        of_event = {"public_id": event.public_id}
        of_note = {"public_id": note.event.public_id, "note_id": note.public_id}
        self.by_app = {
            "accounts": {"public_id": UserFactory(officer=True).public_id},
            "analysis": {"kind": "note", "pk": agreed.pk, "code": code.code},
            "events": of_event,
            "exports": {"job": job.public_id},
            "invitations": {"public_id": invitation.public_id, "token": invitation_token},
            "messaging": {"public_id": message.public_id, "token": stop_token, "act": "send-again"},
            "programme": {"public_id": document.public_id, "code": theme.code, "group": "about", "way": "up"},
            "stakeholders": {"public_id": tyne.public_id, "contact": contact.public_id},
            "submissions": {**own, **received, "survey": survey.code, "page": page.code, "number": 1},
            "summaries": {"version": summary.version, "finding": finding.public_id},
            "surveys": of_survey,
        }
        self.by_name = {
            "analysis:remove_coding": {"pk": coding.pk},
            "core:mail_message": {"name": "one"},
            "core:mail_attachment": {"name": "one", "number": 1},
            "events:attendee_notes": {"token": events.notes_token(came)},
            "events:propose_amendment": {"token": events.notes_token(came), "public_id": note.public_id},
            "events:decide_amendment": {**of_note, "amendment_id": amendment.public_id},
            "events:change_state": {**of_event, "move": "close"},
            "events:event": {"slug": event.slug},
            "events:book": {"slug": event.slug},
            "events:booked": {"slug": event.slug},
            "programme:event_themes": of_event,
            "programme:end_assignment": {"pk": engagement.pk},
            "programme:move": {"move": "pause"},
            "stakeholders:preview": {"public_id": batch.public_id},
            "stakeholders:bad_rows": {"public_id": batch.public_id},
            "stakeholders:discard": {"public_id": batch.public_id},
            "submissions:own_document": {**own, "document": evidence.public_id},
            "submissions:remove_document": {**own, "document": evidence.public_id},
            "submissions:document": {**received, "document": sent_evidence.public_id},
            "submissions:receipt": {"public_id": sent.public_id},
            "submissions:reopen": {"public_id": sent.public_id},
            "surveys:new_question": {**of_page, "kind": "integer"},
        }
        for name in ("booking", "give_up", "booking_calendar"):
            self.by_name[f"events:{name}"] = {"token": events.booking_token(person)}
        for name in ("person", "edit_person", "cancel_person", "mark"):
            self.by_name[f"events:{name}"] = {**of_event, "person_id": person.public_id}
        for name in ("edit_note", "agree_note", "dispute_note", "amend_note"):
            self.by_name[f"events:{name}"] = of_note
        for name in ("page", "delete_page", "choose_kind", "page_up", "page_down", "copy_page"):
            self.by_name[f"surveys:{name}"] = of_page
        for name in ("question", "delete_question", "question_up", "question_down", "copy_question"):
            self.by_name[f"surveys:{name}"] = of_question

    def address(self, name: str, parts: set[str], defaults: dict) -> str:
        app = name.partition(":")[0]
        known = {"reference": "growing", **self.by_app.get(app, {}), **self.by_name.get(name, {})}
        return reverse(name, kwargs={part: known[part] for part in parts if part not in defaults})

# --- who ------------------------------------------------------------------------------------------------

# Profiles, in the order of PEOPLE. `+` went past the guard, whatever the page said then.
ALL = "++++++++++++"
SIGNED_IN = "++++++++++>>"
STAFF = "+++++----->>"
ENGAGEMENT = "++-+------>>"
ADMINISTRATORS = "+--------->>"


def addresses(resolver=None, app=""):
    """(name, parts of the address, what the address book itself fills in) of everything that is ours."""
    for pattern in (resolver or get_resolver()).url_patterns:
        if isinstance(pattern, URLResolver):
            yield from addresses(pattern, pattern.namespace or app)
        elif app:
            yield f"{app}:{pattern.name}", set(pattern.pattern.regex.groupindex), pattern.default_args

def outcome(response) -> str:
    """One letter for what the guard said."""
    if response.status_code in {301, 302, 303} and reverse("account_login") in response.headers["Location"]:
        return ">"
    return {403: "-", 404: "0", 500: "!"}.get(response.status_code, "+")


def test_dump(it, signed_in, client):
    from django.db import transaction
    from tests.plugins.client import StrictClient
    out = {}
    cookies = {}
    for who, user in it.people.items():
        c = StrictClient()
        if user: c.force_login(user)
        cookies[who] = c.cookies.output(header="", sep=";")
        cookies[who] = {k: m.value for k, m in c.cookies.items()}
    for name, parts, defaults in addresses():
        try: path = it.address(name, parts, defaults)
        except Exception as e: out[name] = "ADDR " + repr(e)[:80]; continue
        rows = []
        for method in ("get", "post"):
            row = ""
            for who in PEOPLE:
                c = StrictClient(raise_request_exception=False)
                for k, v in cookies[who].items(): c.cookies[k] = v
                with transaction.atomic():
                    try:
                        r = getattr(c, method)(path); row += outcome(r)
                        if r.status_code == 405: row = row[:-1] + "x"
                    except AssertionError as e: row += "W"
                    transaction.set_rollback(True)
            rows.append(row)
        out[name] = rows
    import json
    open("/tmp/r10/matrix.json", "w").write(json.dumps(out, indent=1))
