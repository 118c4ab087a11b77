"""What leaves the house of the register: exports and summaries, always under the one policy."""

import csv
import io

import pytest
from django.urls import reverse
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from consultations.evidence import lifecycle, policy, queries
from consultations.evidence.models import EvidenceItem, numbers_in
from consultations.exports import evidence as sheet
from consultations.exports import sheets
from consultations.submissions import lifecycle as submissions
from consultations.submissions.models import Submission
from consultations.summaries import actions as writing
from consultations.summaries import queries as summaries
from consultations.summaries.models import Summary
from engagement.core.errors import Refused
from tests.factories.accounts import UserFactory
from tests.factories.evidence import brought, catalogued, item_of
from tests.factories.files import PDF
from tests.factories.programme import AssignmentFactory, ConsultationFactory

pytestmark = pytest.mark.django_db
State = EvidenceItem.State
NAME = "Quayside Chandlers of the Tyne"


def officer(consultation):
    return AssignmentFactory(consultation=consultation, role="officer", user=UserFactory(officer=True)).user


def rows(consultation, profile):
    return list(sheet.rows(sheet.chosen(consultation), profile))


def draft_summary(consultation, author):
    return Summary.objects.create(
        consultation=consultation, title="What we heard", state=Summary.State.DRAFT, author=author
    )


# --- exports --------------------------------------------------------------------------------------------


@pytest.fixture
def entry(db):
    one = brought(title="Confidential plan")
    one.organisation.name = NAME
    one.organisation.save()
    return catalogued(item_of(one), None, title="Plan of the chandlers", author="The chandlers")


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    choice=st.sampled_from(["named", "unnamed", "withheld"]),
    sensitivity=st.sampled_from(EvidenceItem.Sensitivity.values),
    state=st.sampled_from(EvidenceItem.State.values),
    sent=st.sampled_from(["submitted", "accepted", "duplicate", "rejected", "withdrawn"]),
)
def test_no_output_for_the_public_says_more_than_the_policy(entry, choice, sensitivity, state, sent):
    submission = entry.sources.get().document.submission
    Submission.objects.filter(pk=submission.pk).update(confidentiality=choice, state=sent)
    EvidenceItem.objects.filter(pk=entry.pk).update(sensitivity=sensitivity, state=state, reason="x")

    public = repr(rows(submission.consultation, "public"))
    bare = repr(rows(submission.consultation, "pseudonymous"))
    item = EvidenceItem.objects.get()
    words = policy.description(item, queries.sources_of(item))

    is_out = (
        choice != "withheld"
        and sensitivity == "open"
        and state in ("catalogued", "cited")
        and sent in ("submitted", "accepted")
    )
    assert ("Plan of the chandlers" in public) == ("Plan of the chandlers" in words) == is_out
    assert (NAME in public) == (is_out and choice == "named")
    assert NAME not in bare
    assert "chandlers" not in bare
    assert entry.sha256 not in public


def test_every_export_of_a_consultation_holds_its_evidence(entry):
    consultation = entry.sources.get().document.submission.consultation

    for profile in ("public", "pseudonymous", "full"):
        (table,) = [one for one in sheets.sheets(consultation, profile=profile, labels=False) if one.name == "evidence"]
        (row,) = table.rows()
        assert len(row) == len(table.header)
        assert row[0] == entry.reference


def test_the_list_is_fetched_as_a_file_and_no_formula_runs(signed_in):
    consultation = ConsultationFactory()
    one = brought(consultation, title="=HYPERLINK(1)", confidentiality="unnamed")
    brought(consultation, content=PDF + b"%2", title="Another")
    client = signed_in(officer(consultation))

    answer = client.post("/evidence/export/?q=HYPER", {"profile": "team", "format": "csv"})
    book = client.post("/evidence/export/", {"profile": "team", "format": "xlsx"})

    table = list(csv.DictReader(io.StringIO(answer.content.decode("utf-8-sig"))))
    assert [(row["title"], row["sent_by"]) for row in table] == [("'=HYPERLINK(1)", "")]
    assert one.organisation.name not in answer.content.decode()
    assert answer.headers["Content-Disposition"].startswith("attachment")
    assert book.content.startswith(b"PK")


def test_a_file_of_nothing_said_gets_a_sentence(signed_in):
    client = signed_in(officer(brought().consultation))

    answer = client.post("/evidence/export/", {"format": "csv"})

    assert answer.status_code == 422
    assert "Say what it shall hold." in answer.content.decode()


# --- summaries ------------------------------------------------------------------------------------------


def test_numbers_are_read_out_of_texts():
    assert numbers_in("As EV-0012 and EV-12345 say; not XEV-0001, EV-12 or EV-0012 again.") == [12, 12345]


def test_a_statement_cites_evidence_by_its_number_and_lets_it_go(signed_in):
    one = brought()
    user = officer(one.consultation)
    item = catalogued(item_of(one), user)
    summary = draft_summary(one.consultation, user)

    finding = writing.add_finding(summary.pk, kind="context", text=f"Skills are short ({item.reference}).", actor=user)
    item.refresh_from_db()
    assert item.state == State.CITED
    assert "Cited in" in signed_in(user).get(reverse("evidence:item", args=[item.pk])).content.decode()

    writing.change_finding(finding.pk, text="Skills are short.", actor=user)
    item.refresh_from_db()
    assert item.state == State.CATALOGUED


@pytest.mark.parametrize("what", ["unknown", "uncatalogued", "of another consultation"])
def test_only_what_the_register_knows_and_describes_is_cited(what):
    one = brought()
    user = officer(one.consultation)
    number = {
        "unknown": "EV-9999",
        "uncatalogued": item_of(one).reference,
        "of another consultation": catalogued(item_of(brought(content=PDF + b"%2")), None).reference,
    }[what]
    summary = draft_summary(one.consultation, user)

    with pytest.raises(Refused, match=r"not in the evidence register|Only evidence that was catalogued"):
        writing.add_finding(summary.pk, kind="context", text=f"See {number}.", actor=user)

    assert not summary.findings.exists()


def test_the_published_summary_lists_what_it_names_under_the_policy(client):
    consultation = ConsultationFactory()
    user = officer(consultation)
    open_one = catalogued(item_of(brought(consultation)), user)
    kept = catalogued(
        item_of(brought(consultation, content=PDF + b"%2", confidentiality="withheld")), user, title="Secret"
    )
    summary = draft_summary(consultation, user)
    text = f"Skills are short ({open_one.reference}, {kept.reference})."
    writing.add_finding(summary.pk, kind="context", text=text, actor=user)
    Summary.objects.filter(pk=summary.pk).update(state=Summary.State.PUBLISHED, published_at=summary.created_at)

    shown = client.get(reverse("summaries:published", args=[consultation.reference])).content.decode()

    assert f"{open_one.reference}: Skills survey 2018 (Tyneside Skills Board, March 2018)" in shown
    assert f"{kept.reference}: evidence given in confidence" in shown
    assert "Secret" not in shown


def test_a_summary_that_names_what_was_taken_back_is_not_approved():
    one = brought()
    user = officer(one.consultation)
    item = catalogued(item_of(one), user)
    summary = draft_summary(one.consultation, user)
    writing.add_finding(summary.pk, kind="context", text=f"See {item.reference}.", actor=user)
    assert summaries.problems(summary) == []

    submissions.withdraw(one.pk)

    (problem,) = summaries.problems(summary)
    assert "not in the evidence register any more" in problem.sentence


def test_forgetting_leaves_references_that_are_cited():
    consultation = ConsultationFactory()
    user = officer(consultation)
    cited = catalogued(item_of(brought(consultation)), user)
    catalogued(item_of(brought(consultation, content=PDF + b"%2")), user)
    summary = draft_summary(consultation, user)
    writing.add_finding(summary.pk, kind="context", text=f"See {cited.reference}.", actor=user)
    everything = list(EvidenceItem.objects.all())

    assert lifecycle.forget(everything) == 0
    Submission.objects.filter(consultation=consultation).delete()
    assert lifecycle.forget(everything) == 1
    assert list(EvidenceItem.objects.all()) == [cited]
