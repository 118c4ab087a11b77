"""A draft in which files are asked for, for the tests of files."""

from django.urls import reverse

from consultations.submissions import actions, lifecycle
from consultations.surveys.definition import Question
from tests.factories.stakeholders import OrganisationFactory
from tests.factories.submissions import partner
from tests.factories.surveys import published_survey

PLAN = Question(
    "plan", "file", "Your plan", required=True, settings={"most_files": 3, "file_types": ["document", "picture"]}
)
ONE = Question("map", "file", "A map", settings={"file_types": ["picture"], "most_megabytes": 1})
HOW_MANY = Question("many", "integer", "How many people?")


class Begun:
    """A draft of an organisation in which files are asked for, with a client of one of its people."""

    def __init__(self, signed_in, *questions, pages=None):
        self.organisation = OrganisationFactory()
        asked = None if pages else questions or (PLAN, HOW_MANY)
        self.survey = published_survey(questions=asked, pages=pages)
        self.user = partner(self.organisation)
        self.submission = actions.start(self.survey.consultation, self.user, self.organisation)
        self.client = signed_in(self.user)

    def url(self, name, *args):
        return reverse(f"submissions:{name}", args=[self.submission.public_id, *args])

    def page(self, page="main"):
        return self.url("section", self.survey.code, page)

    def post(self, page="main", **typed):
        self.response = self.client.post(self.page(page), typed)
        return self.response

    @property
    def data(self):
        row = self.submission.responses.first()
        return row.data if row else {}

    def names(self, code="plan"):
        return [item["name"] for item in self.data.get(code) or []]

    def send(self, confidentiality="named"):
        actions.choose_confidentiality(self.submission.pk, confidentiality, reason="It names us.", actor=self.user)
        self.submission = lifecycle.submit(self.submission.pk, actor=self.user)


def content_of(response):
    content = b"".join(response.streaming_content)
    # Closing the response would close the database of the test as well.
    for close in response._resource_closers:
        close()
    return content
