"""Everything that was ever sent, in one file that needs nothing else."""

import io
import re
import zipfile

import pytest
from django.urls import reverse

from consultations.submissions import lifecycle
from consultations.submissions.models import Submission
from tests.consultations.submissions.together import Team
from tests.factories.stakeholders import OrganisationFactory
from tests.factories.submissions import EvidenceDocumentFactory, partner, submitted

pytestmark = pytest.mark.django_db


def downloaded(client, query=""):
    answer = client.get(reverse("submissions:archive_download") + query)
    assert answer.headers["Content-Disposition"].startswith('attachment; filename="responses-')
    return zipfile.ZipFile(io.BytesIO(b"".join(answer.streaming_content)))


@pytest.fixture
def lead():
    """Of an organisation with two responses, one of them withdrawn; answered for themselves as well."""
    organisation = OrganisationFactory(name="Tyne Works")
    user = partner(organisation)
    first = submitted(organisation=organisation, user=user, statement="We want <b>buses</b>.")
    for name in ("../../evil.txt", "Our plan.txt"):
        EvidenceDocumentFactory(submission=first, title="Plan", file_name=name)
    second = submitted(organisation=organisation, user=user)
    lifecycle.withdraw(second.pk, actor=user)
    submitted(personal=True, user=user)
    submitted(organisation=OrganisationFactory(name="Tees Works"))
    return user


def test_the_file_holds_every_response_with_its_files_and_nothing_of_others(lead, signed_in):
    archive = downloaded(signed_in(lead))
    names = archive.namelist()
    assert archive.testzip() is None
    assert not any(name.startswith("/") or ".." in name for name in names)
    own = Submission.objects.exclude(organisation__name="Tees Works")
    index = archive.read("index.html").decode()
    for submission in own:
        page = archive.read(f"{submission.reference.lower()}/response.html").decode()
        assert submission.reference in page
        assert submission.reference in index
    other = Submission.objects.get(organisation__name="Tees Works")
    assert not any(other.reference.lower() in name for name in names)

    first = own.get(statement__contains="buses")
    page = archive.read(f"{first.reference.lower()}/response.html").decode()
    assert "We want &lt;b&gt;buses&lt;/b&gt;." in page
    links = re.findall(r'href="(files/[^"]+)"', page)
    assert [archive.read(f"{first.reference.lower()}/{link}") for link in links] == [b"What we found.\n"] * 2
    # Opened from a disk, the pages ask no host for anything.
    for name in names:
        if name.endswith(".html"):
            assert not re.search(r'(?:href|src)="(?:https?:|/)', archive.read(name).decode())


def test_one_organisation_alone_and_oneself_alone(lead, signed_in):
    client = signed_in(lead)
    shown = client.get(reverse("submissions:archive")).content.decode()
    assert shown.index("Tyne Works") < shown.index("For yourself")
    organisation = Submission.objects.filter(organisation__name="Tyne Works").first().organisation
    sizes = {query: downloaded(client, query).namelist() for query in (f"?of={organisation.public_id}", "?of=me")}
    assert [sum(name.endswith("response.html") for name in names) for names in sizes.values()] == [2, 1]
    other = Submission.objects.get(organisation__name="Tees Works").organisation
    for query in (f"?of={other.public_id}", "?of=nonsense"):
        assert client.get(reverse("submissions:archive_download") + query).status_code == 404


def test_drafts_are_not_in_it_and_an_empty_archive_says_so(signed_in):
    team = Team()
    client = signed_in(team.reader)
    assert "Nothing was sent yet" in client.get(reverse("submissions:archive")).content.decode()
    assert client.get(reverse("submissions:archive_download")).status_code == 404
    lifecycle.submit(team.submission.pk, actor=team.lead)
    assert len(downloaded(client).namelist()) == 3


@pytest.mark.parametrize("number", [1, 3])
def test_the_page_costs_the_same_however_much_was_sent(signed_in, django_assert_num_queries, number):
    user = partner()
    for _ in range(number):
        submitted(personal=True, user=user)
    client = signed_in(user)
    with django_assert_num_queries(5, exact=False):
        client.get(reverse("submissions:archive"))
