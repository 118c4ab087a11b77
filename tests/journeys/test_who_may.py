"""Who may open and who may send what: every address of ours, asked as everybody, against one table.

A row says what each kind of person gets: `+` past the guard, `-` refused (403), `0` it does not exist for them (404),
`>` to the sign-in. An address without a row fails. Only the guards are asked; nothing behind them runs.
"""

from datetime import time

import pytest
from django.contrib.auth.models import AnonymousUser
from django.contrib.messages.storage.cookie import CookieStorage
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpResponse
from django.urls import URLResolver, get_resolver, resolve, reverse
from django.utils import timezone
from django.views.generic import View

from consultations.evidence import lifecycle as register_of_evidence
from consultations.exports.models import ExportJob
from consultations.invitations import links
from consultations.notices import following
from consultations.programme import actions as programme
from consultations.programme.models import Consultation
from consultations.submissions import actions as writing
from consultations.submissions.models import Approval, BulkEntry, ReceivedMail
from consultations.summaries.models import Finding, Summary
from consultations.surveys import compiling, library, lifecycle, removals
from engagement.accounts.models import User
from engagement.core import tokens
from engagement.events import afterwards, codes, invitees
from engagement.events import queries as events
from engagement.events.models import EventStep, Invitee, Need, NotePicture, Venue
from engagement.messaging import building
from engagement.messaging.models import Suppression
from engagement.stakeholders.models import ContactMerge, Interaction, Membership, Merge, RegisterImport, Segment
from tests.factories.accounts import UserFactory
from tests.factories.analysis import CodeFactory, CodeFrameFactory, agreed_note, coded
from tests.factories.events import (
    AttendanceFactory,
    EventFactory,
    NoteAmendmentFactory,
    RegistrationFactory,
    TopicFactory,
)
from tests.factories.invitations import InvitationFactory
from tests.factories.messaging import MessageFactory
from tests.factories.notices import FollowerFactory, StepFactory
from tests.factories.programme import AssignmentFactory, ConsultationFactory, DocumentFactory, ThemeFactory
from tests.factories.stakeholders import ContactFactory, OrganisationFactory
from tests.factories.submissions import AnswerFileFactory, EvidenceDocumentFactory, partner, submitted
from tests.factories.surveys import PictureFactory, SurveyFactory, make_definition, sample_pages
from tests.journeys.who_may import TABLE

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
    "nobody",
)


@pytest.fixture
def it():
    """A consultation with one of everything, another organisation's draft, and what is not public yet."""
    return Sample()


def individuals_entry(user):
    """The register's entry of somebody of no organisation, who is asked to approve what another one wrote."""
    return ContactFactory(name=user.name, email=user.email, user=user)


class Sample:
    """Made once for the test: `people` by the names in PEOPLE; `address` fills in what an address is made of."""

    def __init__(self) -> None:
        consultation = ConsultationFactory(reference="growing", title="Growing together")
        elsewhere = ConsultationFactory(reference="elsewhere", draft=True)
        theme = ThemeFactory(consultation=consultation, code="skills", name="Skills")
        document = DocumentFactory(consultation=consultation)
        survey = SurveyFactory(consultation=consultation, code="views", title="Your views")
        compiling.rebuild(survey, make_definition(code="views", title="Your views", pages=sample_pages()))
        lifecycle.publish(survey.pk, actor=None)
        lifecycle.go_live(survey.pk, actor=None)
        deleted = removals.delete_question(survey.questions.get(code="provider"))
        survey.refresh_from_db()
        page = survey.pages.first()
        item = library.save(page.questions.get(code="invests"), topic="Growth")

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
        piece = register_of_evidence.take_in(sent_evidence)
        use = piece.uses.create(consultation=ConsultationFactory(reference="third"))
        remark = writing.comment(draft.pk, text="Say more of skills.", actor=lead)
        approval = Approval.objects.create(
            submission=draft,
            requested_by=lead,
            approver=individuals_entry(individual),
            approver_name="I",
            fingerprint="x",
        )
        mail = ReceivedMail.objects.create(consultation=consultation, file_name="x.eml", size=1, sha256="a" * 64)
        own_file = AnswerFileFactory(response=writing.begin_response(draft, survey))
        sent_file = AnswerFileFactory(response=sent.responses.get())
        picture = PictureFactory(survey=survey)
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
            "nobody": None,
        }

        event = EventFactory(slug="round-table")
        TopicFactory(event=event)
        person = RegistrationFactory(event=event)
        waiting = RegistrationFactory(event=event, state="waiting")
        event.keepers.add(engagement.user)
        need = Need.objects.create(registration=person, type="parking", due_on="2027-01-04")
        asked_to_come = Invitee.objects.create(
            event=event, name="Ada", email="ada@partner.example", email_key="x", sent_at=timezone.now()
        )
        venue = Venue.objects.create(name="Exchange Hall")
        programme.link_event(consultation, event, themes=[theme], actor=None)
        amendment = NoteAmendmentFactory()
        note = amendment.note
        came = AttendanceFactory(registration__event=note.event).registration
        chart = NotePicture.objects.create(
            note=note, file="chart.png", file_name="chart.png", content_type="image/png", size=1, sha256="x", words="A"
        )
        agreed = agreed_note(consultation, "Every table spoke of buses.")
        invitation = InvitationFactory(consultation=consultation)
        step, follower = StepFactory(consultation=consultation), FollowerFactory(consultation=consultation)
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
        interaction = Interaction.objects.create(
            organisation=tyne, way="call", on="2026-01-05", text="x", follow_up_on="2026-01-06"
        )
        merged = Merge.objects.create(kept=tyne, merged=OrganisationFactory())
        same_person = ContactMerge.objects.create(kept=contact, merged=ContactFactory())
        invitation_token = links.follow_url(invitation).rstrip("/").rsplit("/", 1)[-1]
        stop_token = building.unsubscribe_url("news", message.address_key).rstrip("/").rsplit("/", 1)[-1]

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
            "evidence": {"number": piece.pk},
            "exports": {"job": job.public_id},
            "invitations": {"public_id": invitation.public_id, "token": invitation_token},
            "notices": {"step": step.public_id, "code": "notices-reminder", "language": "en-gb"},
            "plans": {"code": "notices-reminder", "language": "en-gb"},
            "messaging": {"public_id": message.public_id, "token": stop_token, "act": "send-again"},
            "programme": {"public_id": document.public_id, "code": theme.code, "group": "about", "way": "up"},
            "stakeholders": {
                "public_id": tyne.public_id,
                "contact": contact.public_id,
                "other": merged.merged.public_id,
                "segment": Segment.objects.create(name="On the Tyne").public_id,
            },
            "submissions": {**own, **received, "survey": survey.code, "page": page.code, "number": 1, "token": "x"},
            "summaries": {"version": summary.version, "finding": finding.public_id},
            "surveys": of_survey,
        }
        self.by_name = {
            "notices:confirm": {"token": tokens.sign(following.CONFIRM, str(follower.public_id))},
            "notices:stop_following": {"token": tokens.sign(following.STOP, str(follower.public_id))},
            "evidence:stop_using": {"number": piece.pk, "use": use.pk},
            "analysis:remove_coding": {"pk": coding.pk},
            "messaging:preferences": {"token": tokens.sign(building.PREFERENCES, message.address_key)},
            "messaging:put_right": {
                "pk": Suppression.objects.create(address_key=message.address_key, cause="bounced").pk
            },
            "core:mail_message": {"name": "one"},
            "core:mail_attachment": {"name": "one", "number": 1},
            "events:feedback": {"token": afterwards.feedback_token(came)},
            "events:picture": {**of_note, "picture_id": chart.public_id},
            "events:remove_picture": {**of_note, "picture_id": chart.public_id},
            "events:attendee_picture": {
                "token": events.notes_token(came),
                "public_id": note.public_id,
                "picture_id": chart.public_id,
            },
            "events:public_write_up": {"slug": event.slug},
            "events:attendee_notes": {"token": events.notes_token(came)},
            "events:propose_amendment": {"token": events.notes_token(came), "public_id": note.public_id},
            "events:decide_amendment": {**of_note, "amendment_id": amendment.public_id},
            "events:change_state": {**of_event, "move": "close"},
            "events:event": {"slug": event.slug},
            "events:edit_venue": {"public_id": venue.public_id},
            "events:need": {**of_event, "need_id": need.public_id},
            "events:take_back": {**of_event, "invitee_id": asked_to_come.public_id},
            "events:invited": {"token": invitees.token_of(asked_to_come)},
            "events:decline_invitation": {"token": invitees.token_of(asked_to_come)},
            "events:give_by_hand": {**of_event, "person_id": waiting.public_id},
            "events:calendar": {"slug": event.slug},
            "events:book": {"slug": event.slug},
            "events:booked": {"slug": event.slug},
            "programme:event_themes": of_event,
            "programme:end_assignment": {"pk": engagement.pk},
            "programme:move": {"move": "pause"},
            "stakeholders:preview": {"public_id": batch.public_id},
            "stakeholders:bad_rows": {"public_id": batch.public_id},
            "stakeholders:discard": {"public_id": batch.public_id},
            "stakeholders:stop_import": {"public_id": batch.public_id},
            "stakeholders:import_again": {"public_id": batch.public_id},
            "stakeholders:change_note": {"note": interaction.public_id},
            "stakeholders:follow_up": {"note": interaction.public_id},
            "stakeholders:undo_merge": {"merge": merged.public_id},
            "stakeholders:undo_contact_merge": {"merge": same_person.public_id},
            "submissions:own_document": {**own, "document": evidence.public_id},
            "submissions:remove_document": {**own, "document": evidence.public_id},
            "submissions:document": {**received, "document": sent_evidence.public_id},
            "submissions:own_file": {**own, "document": own_file.public_id},
            "submissions:file": {**received, "document": sent_file.public_id},
            "submissions:find_file": {"file": sent_file.public_id},
            "submissions:publishing": {**own, "survey": survey.code, "question": "barriers_text"},
            "submissions:enter_mail": {"mail": mail.public_id},
            "submissions:waiting_mail_file": {"mail": mail.public_id},
            "submissions:discard_mail": {"mail": mail.public_id},
            "submissions:test_file": {**received, "document": sent_file.public_id},
            "surveys:picture": {"picture": picture.public_id},
            "submissions:receipt": {"public_id": sent.public_id},
            "submissions:change_colleague": {**own, "colleague": contact.public_id},
            "submissions:remove_colleague": {**own, "colleague": contact.public_id},
            "submissions:resolve_comment": {**own, "comment": remark.public_id},
            "submissions:approval": {"approval": approval.public_id},
            "submissions:return_it": {"approval": approval.public_id},
            "submissions:approval_file": {"approval": approval.public_id, "file": evidence.public_id},
            "submissions:reopen": {"public_id": sent.public_id},
            "surveys:new_question": {**of_page, "kind": "integer"},
            "surveys:translate": {"language": "cy"},
            "surveys:translations_file": {"language": "cy", "kind": "xlsx"},
            "surveys:read_translations": {"language": "cy"},
            "accounts:language": {"code": "cy"},
            "surveys:let_drafts_move": {**of_survey, "number": 1},
            "surveys:put_back": {**of_survey, "pk": deleted.pk},
            "surveys:remove_from_library": {**of_page, "item": item.pk},
        }
        for name in ("booking", "give_up", "booking_calendar", "take_up", "hand_on"):
            self.by_name[f"events:{name}"] = {"token": events.booking_token(person)}
        self.by_name["entrance:code"] = {"code": codes.issue(person)}
        for name in (
            "person",
            "edit_person",
            "cancel_person",
            "mark",
            "check_in",
            "new_code",
            "hand_on_person",
            "move_table",
        ):
            self.by_name[f"events:{name}"] = {**of_event, "person_id": person.public_id}
        papers = BulkEntry.objects.create(
            survey=survey, version=1, file_name="papers.xlsx", sha256="f" * 64, requested_by=engagement.user
        )
        for name in ("bulk_entry", "stop_bulk_entry", "bulk_entry_again"):
            self.by_name[f"submissions:{name}"] = {"job": papers.public_id}
        planned = EventStep.objects.create(event=event, kind="reminder", anchor="starts", days=-1, local_time=time(9))
        for name in ("step", "stop_step", "restart_step", "preview", "test_step", "history"):
            self.by_name[f"events:{name}"] = {**of_event, "step": planned.public_id}
        for name in ("edit_note", "agree_note", "dispute_note", "amend_note"):
            self.by_name[f"events:{name}"] = of_note
        for name in (
            "page",
            "delete_page",
            "choose_kind",
            "page_up",
            "page_down",
            "copy_page",
            "page_condition",
            "library",
        ):
            self.by_name[f"surveys:{name}"] = of_page
        for name in (
            "question",
            "delete_question",
            "question_up",
            "question_down",
            "copy_question",
            "question_condition",
            "save_to_library",
        ):
            self.by_name[f"surveys:{name}"] = of_question

    def address(self, name: str, parts: set[str], defaults: dict) -> str:
        app = name.partition(":")[0]
        known = {"reference": "growing", **self.by_app.get(app, {}), **self.by_name.get(name, {})}
        return reverse(name, kwargs={part: known[part] for part in parts if part not in defaults})


def rows():
    """name -> (for reading, for sending)."""
    found = {}
    for profile, words in TABLE.items():
        reading, _, sending = profile.partition(" ")
        app = ""
        for word in words.split():
            if word.endswith(":"):
                app = word
            else:
                assert app + word not in found, f"{app}{word} stands in the table twice"
                found[app + word] = (reading, sending or reading)
    return found


def addresses(resolver=None, app=""):
    """(name, parts of the address, what the address book fills in itself) of everything that is ours."""
    for pattern in (resolver or get_resolver()).url_patterns:
        if isinstance(pattern, URLResolver):
            yield from addresses(pattern, pattern.namespace or app)
        elif app:
            yield f"{app}:{pattern.name}", set(pattern.pattern.regex.groupindex), pattern.default_args


@pytest.fixture
def asked(monkeypatch, rf):
    """`asked(person, method, path)` -> what the guard of the page says; nothing behind the guard runs."""
    monkeypatch.setattr(View, "dispatch", lambda view, request, *args, **kwargs: HttpResponse())

    def ask(person, method, path):
        view, args, kwargs = resolve(path)
        if person is None and view.login_required:
            return ">"
        request = getattr(rf, method)(path)
        request.user, request.session = person or AnonymousUser(), {}
        request._messages = CookieStorage(request)
        try:
            response = view(request, *args, **kwargs)
        except Http404:
            return "0"
        except PermissionDenied:
            return "-"
        return ">" if reverse("account_login") in response.headers.get("Location", "") else "+"

    return ask


def test_every_address_lets_in_whom_the_table_says(it, asked):
    table, wrong = rows(), []
    for name, parts, defaults in addresses():
        if name not in table:
            wrong.append(f"{name} has no row")
            continue
        path = it.address(name, parts, defaults)
        for method, said in zip(("get", "post"), table.pop(name), strict=True):
            found = "".join(asked(it.people[who], method, path) for who in PEOPLE)
            if found != said:
                people = [who for who, one, other in zip(PEOPLE, found, said, strict=True) if one != other]
                wrong.append(f"{method} {name}: {found} and not {said} ({', '.join(people)})")

    assert wrong == []
    assert not table, f"Rows without an address: {sorted(table)}"


def test_a_closed_account_is_nobody(it, signed_in):
    """The guard never meets the account: its session ended."""
    client = signed_in(it.people["administrator"])
    User.objects.filter(pk=it.people["administrator"].pk).update(is_active=False)

    assert reverse("account_login") in client.get(reverse("dashboards:record")).headers["Location"]


@pytest.mark.parametrize("name", ["consultation", "calendar", "events_calendar", "document"])
def test_what_is_being_prepared_exists_for_nobody_outside(it, asked, name):
    document = DocumentFactory(consultation=Consultation.objects.get(reference="elsewhere"))
    parts = {"reference": "elsewhere", **({"public_id": document.public_id} if name == "document" else {})}
    path = reverse(f"programme:{name}", kwargs=parts)

    assert "".join(asked(it.people[who], "get", path) for who in PEOPLE) == "+00++000000"


@pytest.mark.parametrize("name", ["booking", "attendee_notes"])
def test_a_link_is_worth_nothing_for_another_purpose(it, asked, name):
    tokens = [
        it.by_app["invitations"]["token"],
        it.by_app["messaging"]["token"],
        it.by_name["events:booking" if name == "attendee_notes" else "events:attendee_notes"]["token"],
    ]

    assert {asked(None, "get", reverse(f"events:{name}", args=[token])) for token in tokens} == {"0"}
