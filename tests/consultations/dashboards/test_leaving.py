"""What the site holds on one person: they can have it, and they can have it forgotten."""

import json
import zipfile
from datetime import timedelta
from io import BytesIO

import pytest
from allauth.account.models import EmailAddress
from django.apps import apps
from django.db import IntegrityError, connection, transaction
from django.urls import reverse
from django.utils import timezone

from consultations.dashboards import leaving, mydata
from consultations.evidence.models import EvidenceItem
from consultations.submissions import actions
from consultations.submissions.models import Response, Submission
from engagement.accounts.models import User
from engagement.audit import trail
from engagement.audit.models import Entry
from engagement.core.errors import Refused
from engagement.events.models import Registration
from engagement.messaging.models import OutgoingMessage, Suppression, address_hash
from engagement.stakeholders.models import Contact, Membership
from tests.factories.accounts import UserFactory
from tests.factories.events import EventFactory, RegistrationFactory
from tests.factories.files import sent as upload
from tests.factories.invitations import InvitationFactory
from tests.factories.messaging import MessageFactory
from tests.factories.programme import ConsultationFactory
from tests.factories.stakeholders import ContactFactory, MembershipFactory, OrganisationFactory
from tests.factories.submissions import submitted
from tests.factories.surveys import published_survey

pytestmark = pytest.mark.django_db
NAME, ADDRESS, PHONE = "Zqada Ferrierzq", "zqada@ferrierzq.example", "07700 900zq1"
SECRET = "zq-words-of-another"


@pytest.fixture
def ada():
    """Somebody with a little of everything, and a colleague in the same organisation."""
    contact = ContactFactory(signs_in=True, name=NAME, email=ADDRESS, phone=PHONE)
    user = contact.user
    User.objects.filter(pk=user.pk).update(name=NAME, email=ADDRESS)
    user.refresh_from_db()
    EmailAddress.objects.get_or_create(user=user, email=ADDRESS, defaults={"verified": True, "primary": True})
    organisation = OrganisationFactory(name="Tyne Works")
    MembershipFactory(contact=contact, organisation=organisation, role="lead")
    survey = published_survey()
    submitted(survey=survey, organisation=organisation, user=user, statement="Of all of us.")
    own_survey = published_survey()
    submitted(survey=own_survey, personal=True, user=user, confidentiality="named")
    draft = actions.start(ConsultationFactory(), user)
    actions.save_statement(draft.pk, "My own draft.", actor=user)
    actions.add_document(draft.pk, upload("own.pdf"), actor=user)
    InvitationFactory(consultation=survey.consultation, contact=contact, organisation=organisation, member=False)
    RegistrationFactory(event=EventFactory(), name=NAME, email=ADDRESS, contact=contact, access_needs="A ramp")
    MessageFactory(to_email=ADDRESS, to_name=NAME, text_body=f"Dear {NAME}", subject=f"For {NAME}")
    Suppression.objects.create(address_key=address_hash(ADDRESS), category="news", cause="unsubscribed")
    trail.record("user.renamed", subject=user, actor=user, before="Somebody", after=NAME)
    return user


def dump():
    """Every value of every row of the whole database, by table."""
    found = {}
    with connection.cursor() as cursor:
        for name in connection.introspection.table_names(cursor):
            if name.startswith("django_"):
                continue
            cursor.execute(f"SELECT * FROM {connection.ops.quote_name(name)}")
            found[name] = repr(cursor.fetchall())
    return found


def where(marker):
    return sorted(table for table, values in dump().items() if marker.lower() in values.lower())


# --- having it ------------------------------------------------------------------------------------------


def opened(answer):
    return zipfile.ZipFile(BytesIO(b"".join(answer.streaming_content)))


def test_everything_comes_as_one_file_for_people_and_programs(signed_in, ada):
    client = signed_in(ada)
    page = client.get(reverse("dashboards:my_data")).content.decode()

    answer = client.post(reverse("dashboards:my_data"))
    packed = opened(answer)

    assert "Download my data" in page
    assert answer.headers["Content-Disposition"] == 'attachment; filename="my-data.zip"'
    told = json.loads(packed.read("my-data.json"))
    groups = {group["name"]: len(group["rows"]) for group in told["held"]}
    assert groups["contacts"] == groups["registrations"] == groups["invitations"] == 1
    assert (groups["messages"], groups["submissions"]) == (3, 2)
    text = packed.read("my-data.html").decode()
    assert NAME in text
    assert "My own draft." in text
    assert "A ramp" in text
    assert [name for name in packed.namelist() if name.startswith("files/")] == ["files/1-own.pdf"]
    assert Entry.objects.get(verb="user.data_fetched").actor == ada


def test_nobody_gets_what_is_somebody_elses(signed_in, ada):
    """A colleague's confidential words, another person's bookings, secrets that let somebody in."""
    colleague = ContactFactory(signs_in=True, name="Bert", email="bert@tyne.example")
    MembershipFactory(contact=colleague, organisation=Membership.objects.get(contact__user=ada).organisation)
    submitted(personal=True, user=UserFactory(), statement=SECRET)
    RegistrationFactory(name="Carl", email="carl@x.example")

    everything = opened(signed_in(ada).post(reverse("dashboards:my_data"))).read("my-data.json").decode()

    for word in (SECRET, "Carl", "bert@tyne.example", "password", "address_key", address_hash(ADDRESS)):
        assert word not in everything


def test_an_address_that_was_only_claimed_opens_nothing(ada):
    thief = UserFactory(email="thief@x.example")
    EmailAddress.objects.filter(user=ada).delete()
    EmailAddress.objects.create(user=thief, email=ADDRESS, verified=False)

    assert mydata.addresses_of(thief) == {"thief@x.example"}
    assert Contact not in mydata.about(thief)


def test_every_table_with_an_address_is_looked_at(ada):
    """A new table that holds addresses is found by what it is; this holds that the search still sees all of them."""
    with_addresses = {
        table._meta.label
        for table in mydata.tables()
        if any(field.get_internal_type() == "EmailField" for field in table._meta.concrete_fields)
    } | {"account.EmailAddress"}
    person = mydata.Person.of(ada)

    seen = {table._meta.label for table in apps.get_models() if table in mydata.tables() and mydata._its(table, person)}

    assert with_addresses - seen <= {"accounts.User"}
    assert {"stakeholders.Membership", "invitations.Invitation", "events.Registration"} <= seen


# --- being forgotten ------------------------------------------------------------------------------------


def test_after_closing_nobody_is_found_in_a_dump_and_the_joint_response_stands(
    ada, signed_in, client, django_capture_on_commit_callbacks
):
    session = signed_in(ada)
    joint = Submission.objects.get(organisation__isnull=False)
    draft_file = Submission.objects.get(state="in_progress").evidence.get().file
    before = Response.objects.get(submission=joint).data
    assert where(ADDRESS)
    assert where(NAME)

    with django_capture_on_commit_callbacks(execute=True):
        answer = session.post(reverse("dashboards:close_account"), {"sure": "on"})

    assert answer.headers["Location"] == reverse("dashboards:front")
    assert (where(ADDRESS), where(NAME), where(PHONE)) == ([], [], [])
    joint.refresh_from_db()
    assert (joint.state, joint.statement) == ("submitted", "Of all of us.")
    assert Response.objects.get(submission=joint).data == before
    own = Submission.objects.get(organisation=None)
    assert (own.state, own.respondent, own.confidentiality, own.from_whom) == (
        "submitted", None, "unnamed", "A person without a name",
    )  # fmt: skip
    assert not draft_file.storage.exists(draft_file.name)
    assert Registration.objects.get().state == "cancelled"
    assert Suppression.objects.get().address_key == address_hash(ADDRESS)
    assert not Membership.objects.current().exists()
    assert reverse("account_login") in session.get(reverse("dashboards:my_page")).headers["Location"]


def test_every_session_ends_at_once(ada, signed_in):
    other = signed_in(ada)
    leaving.close(ada)

    assert reverse("account_login") in other.get(reverse("dashboards:my_page")).headers["Location"]


def test_what_waits_to_be_sent_is_not_sent(ada):
    MessageFactory(to_email=ADDRESS, state="planned", occurrence="two", due_at=timezone.now() + timedelta(days=1))
    leaving.close(ada)

    assert set(OutgoingMessage.objects.values_list("state", flat=True)) <= {"skipped", "sent"}
    assert not OutgoingMessage.objects.filter(state="planned").exists()


def test_closing_twice_changes_nothing_and_asks_first(ada, signed_in):
    client = signed_in(ada)
    page = client.get(reverse("dashboards:close_account")).content.decode()
    refused = client.post(reverse("dashboards:close_account"))
    assert "What stays, and why" in page
    assert "Tick the box" in refused.content.decode()
    assert User.objects.get(pk=ada.pk).is_active

    leaving.close(ada)
    stub = User.objects.values().get(pk=ada.pk)
    leaving.close(ada)

    assert User.objects.values().get(pk=ada.pk) == stub
    assert Entry.objects.filter(verb="user.erased").count() == 1


def test_staff_are_closed_by_administrators(signed_in):
    user = UserFactory(officer=True)

    with pytest.raises(Refused, match="an administrator closes"):
        leaving.close(user)
    assert signed_in(user).get(reverse("dashboards:close_account")).status_code == 403


def test_the_record_loses_the_person_and_keeps_the_act(ada):
    leaving.close(ada)

    entry = Entry.objects.get(verb="user.renamed")
    assert (entry.subject_label, entry.facts, entry.actor) == ("Erased", {}, ada)
    for change in ({"verb": "user.added"}, {"subject_label": "Somebody"}, {"facts": {"after": "x"}}):
        with pytest.raises(IntegrityError), transaction.atomic():
            Entry.objects.filter(pk=entry.pk).update(**change)


def test_evidence_of_a_draft_that_goes_was_never_in_the_register(ada):
    leaving.close(ada)

    assert not EvidenceItem.objects.exists()


def test_my_page_leads_to_all_of_it(ada, signed_in):
    text = signed_in(ada).get(reverse("dashboards:my_page")).content.decode()

    for name in ("dashboards:my_data", "dashboards:close_account", "accounts:profile"):
        assert reverse(name) in text
    assert "Which messages you get" in text
