"""Pictures in surveys: chosen or sent in the builder, shown from this site, kept as long as a version shows them."""

import pytest
from django.urls import reverse

from consultations.programme.models import Document
from consultations.surveys import actions, compiling, lifecycle, pictures
from consultations.surveys.definition import Question
from consultations.surveys.forms import PageForm
from consultations.surveys.models import Picture
from consultations.surveys.path import walk
from consultations.surveys.problems import problems_in
from engagement.core.errors import Refused
from tests.factories.accounts import UserFactory
from tests.factories.files import PDF, jpeg, png, sent
from tests.factories.programme import AssignmentFactory, ConsultationFactory, DocumentFactory
from tests.factories.surveys import SurveyFactory, make_definition

pytestmark = pytest.mark.django_db
LOSSLESS = b"RIFF\x1e\0\0\0WEBPVP8L\x11\0\0\0\x2f" + (99 | 49 << 14).to_bytes(4, "little")
EXTENDED = b"RIFF\x1e\0\0\0WEBPVP8X\x0a\0\0\0\0\0\0\0" + (399).to_bytes(3, "little") + (299).to_bytes(3, "little")
LOSSY = b"RIFF\x1e\0\0\0WEBPVP8 \x0a\0\0\0\0\0\0\x9d\x01\x2a" + (64).to_bytes(2, "little") + (48).to_bytes(2, "little")


@pytest.fixture
def survey():
    survey = SurveyFactory(consultation=ConsultationFactory(reference="lis"), code="views")
    compiling.rebuild(survey, make_definition(Question("many", "integer", "How many?"), code="views"))
    return survey


@pytest.fixture
def builder(survey, signed_in):
    return signed_in(AssignmentFactory(consultation=survey.consultation).user)


def new(survey):
    return reverse("surveys:new_question", args=["lis", "views", survey.pages.first().pk, "image"])


TYPED = {"label": "A map of the three ports", "code": "map", "hint": "Figure 1"}


def shown(survey):
    question = next(one for one in compiling.draft_of(survey).questions() if one.kind == "image")
    step = walk(make_definition(question), {}).pages[0]
    return question, str(PageForm(step=step).parts["map"][0])


def test_a_picture_is_sent_with_words_and_shown_with_its_size(survey, builder):
    assert builder.post(new(survey), {**TYPED, "picture": sent("map.jpg", jpeg(40, 30, place=True))}).status_code == 302

    picture = Picture.objects.get()
    question, html = shown(survey)
    assert question.settings == {"picture": str(picture.public_id), "width": 40, "height": 30}
    address = reverse("surveys:picture", args=[picture.public_id])
    assert f'<img src="{address}" alt="A map of the three ports" width="40" height="30">' in html
    assert "<figcaption>Figure 1</figcaption>" in html
    with picture.file.open("rb") as content:
        assert b"\x88\x25" not in content.read()  # the directory of places in Exif
    assert problems_in(compiling.draft_of(survey)) == []


def test_a_picture_without_words_or_without_a_file_is_refused(survey, builder):
    answer = builder.post(new(survey), {**TYPED, "label": "", "picture": sent("map.png", png())})
    assert "Write what can be seen on the picture." in answer.content.decode()
    assert "Choose a picture." in builder.post(new(survey), TYPED).content.decode()
    answer = builder.post(new(survey), {**TYPED, "picture": sent("map.png", PDF)})
    assert "is not what its name says" in answer.content.decode()
    answer = builder.post(new(survey), {**TYPED, "picture": sent("map.svg", b"<svg onload=alert(1)>")})
    assert "of a kind that we do not take" in answer.content.decode()
    assert Picture.objects.count() == 0


def test_one_of_the_documents_is_copied_so_that_it_stays(survey, builder):
    paper = DocumentFactory(consultation=survey.consultation, file_name="map.png", content_type="image/png")
    paper.file.save("map.png", sent("map.png", png(7, 5)))
    other = DocumentFactory(file_name="other.png", content_type="image/png")
    page = builder.get(new(survey)).content.decode()
    assert str(paper.public_id) in page
    assert str(other.public_id) not in page

    builder.post(new(survey), {**TYPED, "paper": paper.public_id})
    Document.objects.all().delete()

    assert (Picture.objects.get().width, Picture.objects.get().height) == (7, 5)


def test_changing_the_words_keeps_the_picture_and_another_takes_its_place(survey, builder):
    builder.post(new(survey), {**TYPED, "picture": sent("map.png", png())})
    question = survey.questions.get(code="map")
    address = reverse("surveys:question", args=["lis", "views", question.pk])
    first = question.settings["picture"]

    assert builder.post(address, {"label": "Another wording"}).status_code == 302
    question.refresh_from_db()
    assert (question.label, question.settings["picture"]) == ("Another wording", first)
    builder.post(address, {"label": "Another", "picture": sent("b.png", png(9, 9))})
    question.refresh_from_db()
    assert question.settings["picture"] != first
    assert Picture.objects.count() == 2


def test_outsiders_see_a_picture_once_it_was_published(survey, builder, signed_in, client):
    builder.post(new(survey), {**TYPED, "picture": sent("map.png", png())})
    address = reverse("surveys:picture", args=[Picture.objects.get().public_id])
    outsider = signed_in(UserFactory())
    elsewhere = signed_in(AssignmentFactory().user)
    assert [one.get(address).status_code for one in (client, outsider, elsewhere)] == [404, 404, 404]

    lifecycle.publish(survey.pk)

    for one in (builder, client, outsider):
        got = one.get(address)
        assert b"".join(got.streaming_content) == png()
        for close in got._resource_closers:
            close()
        assert (got["Content-Type"], got["X-Content-Type-Options"]) == ("image/png", "nosniff")
        assert "sandbox" in got["Content-Security-Policy"]


def test_a_question_whose_picture_was_never_chosen_cannot_be_published():
    problems = problems_in(make_definition(Question("many", "integer", "?"), Question("map", "image", "A map")))

    assert [(problem.code, problem.column) for problem in problems] == [("map", "picture")]


@pytest.mark.parametrize(
    ("content", "suffix", "size"),
    [
        (png(12, 9), ".png", (12, 9)),
        (jpeg(12, 9, turned=6), ".jpg", (12, 9)),
        (LOSSLESS, ".webp", (100, 50)),
        (EXTENDED, ".webp", (400, 300)),
        (LOSSY, ".webp", (64, 48)),
    ],
)
def test_how_large_a_picture_is(content, suffix, size):
    assert pictures.size_of(content, suffix) == size


@pytest.mark.parametrize("suffix", [".png", ".jpg", ".webp"])
@pytest.mark.parametrize("content", [b"", b"\x89PNG", b"\xff\xd8\xff\xe0", b"RIFF\0\0\0\0WEBPVP8 ", png(9000, 1)])
def test_a_picture_that_cannot_be_read_or_is_too_large_is_refused(suffix, content):
    with pytest.raises(Refused):
        pictures.size_of(content, suffix)


def test_the_file_of_a_picture_goes_with_its_survey(builder, survey, django_capture_on_commit_callbacks):
    builder.post(new(survey), {**TYPED, "picture": sent("map.png", png(90, 60))})
    picture = Picture.objects.get()
    storage, name = picture.file.storage, picture.file.name
    assert storage.exists(name)

    with django_capture_on_commit_callbacks(execute=True):
        actions.delete_survey(survey)

    assert not storage.exists(name)
