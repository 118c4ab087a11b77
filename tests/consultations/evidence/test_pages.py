"""The register in the browser of staff: what they find, what they may do, what a refusal says."""

import pytest
from django.urls import reverse

from consultations.evidence import actions
from consultations.evidence.forms import year_in
from consultations.evidence.models import EvidenceItem
from engagement.audit.models import Entry
from tests.factories.accounts import UserFactory
from tests.factories.evidence import brought, catalogued, item_of
from tests.factories.files import PDF
from tests.factories.programme import AssignmentFactory, ConsultationFactory
from tests.factories.stakeholders import AreaFactory

pytestmark = pytest.mark.django_db
LIST = "/evidence/"


def officer(consultation):
    return AssignmentFactory(consultation=consultation, role="officer", user=UserFactory(officer=True)).user


def page(item, name="item"):
    return reverse(f"evidence:{name}", args=[item.pk])


DESCRIBED = {
    "title": "Skills survey 2018",
    "author": "Tyneside Skills Board",
    "dated": "2017/18",
    "method": "survey",
    "licence": "ogl",
    "sensitivity": "open",
}


@pytest.mark.parametrize("came", [1, 3])
def test_the_list_costs_the_same_however_many_came(signed_in, django_assert_num_queries, came):
    consultation = ConsultationFactory()
    for number in range(came):
        brought(consultation, content=PDF + b"%" + str(number).encode())
    catalogued(EvidenceItem.objects.first(), None, areas=[AreaFactory()])
    client = signed_in(officer(consultation))

    with django_assert_num_queries(14):
        shown = client.get(LIST)

    assert shown.content.decode().count("EV-") == came


def test_the_list_is_narrowed_and_ordered_by_what_stands_in_the_address(signed_in):
    consultation = ConsultationFactory()
    one, two = brought(consultation), brought(consultation, content=PDF + b"%2", title="A plan")
    area = AreaFactory()
    catalogued(item_of(one), None, areas=[area], strength="By telephone")
    client = signed_in(officer(consultation))

    def shown(query):
        text = client.get(LIST + query).content.decode()
        places = {text.find(item_of(row).reference): row for row in (one, two)}
        return [row for place, row in sorted(places.items()) if place >= 0]

    assert shown("") == [two, one]
    assert shown("?order=title") == [two, one]
    assert shown("?state=catalogued") == shown(f"?area={area.code}") == shown("?q=telephone") == [one]
    assert shown(f"?q={item_of(two).reference}") == [two]
    assert shown(f"?consultation={consultation.reference}&method=survey") == [one]
    assert shown("?q=nothing") == shown("?consultation=elsewhere") == []
    assert shown("?nonsense=1&order=password") == [two, one]


def test_what_is_typed_into_the_register_stands_on_the_page(signed_in):
    one = brought()
    item, area = item_of(one), AreaFactory()
    client = signed_in(officer(one.consultation))

    answer = client.post(page(item, "edit"), {**DESCRIBED, "areas": [area.code]})

    item.refresh_from_db()
    assert answer.status_code == 302
    assert (item.state, item.year) == (EvidenceItem.State.CATALOGUED, 2017)
    assert list(item.areas.all()) == [area]
    text = client.get(page(item)).content.decode()
    assert "Tyneside Skills Board" in text
    assert f"Publications say: {item.reference}: Skills survey 2018 (Tyneside Skills Board, 2017/18)" in text


@pytest.mark.parametrize(
    ("typed", "sentence"),
    [
        ({"dated": "last spring"}, "Name the year in four digits"),
        ({"dated": "2091"}, "This year is still to come"),
        ({"title": ""}, "Write the title."),
        ({"method": ""}, "Say what kind of evidence it is."),
        ({"title": "x" * 201}, "There is room for 200 characters."),
    ],
)
def test_what_cannot_be_read_gets_a_sentence_and_changes_nothing(signed_in, typed, sentence):
    one = brought()
    client = signed_in(officer(one.consultation))

    answer = client.post(page(item_of(one), "edit"), {**DESCRIBED, **typed})

    assert answer.status_code == 422
    assert sentence in answer.content.decode()
    assert item_of(one).state == EvidenceItem.State.UPLOADED


@pytest.mark.parametrize(
    ("words", "year"), [("2018", 2018), ("March 2018", 2018), ("2017 to 2019", 2019), ("12018", None), ("", None)]
)
def test_the_year_of_a_date_in_words(words, year):
    assert year_in(words) == year


def test_the_file_comes_as_an_attachment_and_who_fetched_it_is_written_down(signed_in):
    one = brought(name="../../skills.pdf")
    user = officer(one.consultation)

    answer = signed_in(user).post(page(item_of(one), "fetch"))

    assert b"".join(answer.streaming_content) == PDF
    assert answer.headers["Content-Disposition"] == 'attachment; filename="skills.pdf"'
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert Entry.objects.get(verb="evidence.fetched").actor == user


def test_a_link_to_the_file_is_worth_nothing_to_others(signed_in, client):
    one = brought()
    stranger = officer(ConsultationFactory())

    assert signed_in(stranger).post(page(item_of(one), "fetch")).status_code == 404
    assert "login" in client.post(page(item_of(one), "fetch")).headers["Location"]


def test_an_administrator_says_why_before_reading_what_is_not_to_be_published(signed_in):
    one = brought(confidentiality="withheld")
    client = signed_in(UserFactory(administrator=True))

    asked = client.post(page(item_of(one), "fetch"), follow=True).content.decode()
    given = client.post(page(item_of(one), "fetch"), {"reason": "A request."})

    assert "Write why you read it" in asked
    assert "Why do you read it?" in asked
    assert b"".join(given.streaming_content) == PDF


def test_staff_of_one_consultation_never_see_who_sent_it_to_another(signed_in):
    hidden, open_one = brought(confidentiality="unnamed"), brought()
    item = catalogued(item_of(open_one), None)
    other = ConsultationFactory()
    actions.use_in(item.pk, other, actor=None)

    text = signed_in(officer(other)).get(page(item)).content.decode()

    assert open_one.organisation.name in text
    assert hidden.organisation.name not in text
    assert hidden.reference not in text
    assert open_one.reference not in text


def test_use_elsewhere_is_offered_and_refused_in_words(signed_in):
    one, other = brought(), ConsultationFactory()
    user = officer(other)
    AssignmentFactory(consultation=one.consultation, role="officer", user=user)
    item = catalogued(item_of(one), user)
    client = signed_in(user)

    refused = client.post(page(item, "use"), {"consultation": one.consultation.reference})
    done = client.post(page(item, "use"), {"consultation": other.reference, "note": "Skills chapter"}, follow=True)
    use = item.uses.get()
    ended = client.post(reverse("evidence:stop_using", args=[item.pk, use.pk]), follow=True)

    assert "in its register already" in refused.content.decode()
    assert "Skills chapter" in done.content.decode()
    assert "It is used there no more." in ended.content.decode()
    assert not item.uses.exists()


def test_quarantine_and_release_in_the_browser(signed_in):
    one = brought()
    client = signed_in(officer(one.consultation))

    client.post(page(item_of(one), "quarantine"), {"reason": "It names a child."})
    text = client.get(page(item_of(one))).content.decode()
    asks = client.get(page(item_of(one), "release")).content.decode()
    client.post(page(item_of(one), "release"))

    assert "It names a child." in text
    assert "Download the file" not in text
    assert "from quarantine?" in asks
    assert item_of(one).state == EvidenceItem.State.UPLOADED


def test_hostile_titles_are_shown_and_not_run(signed_in):
    one = brought(title="<script>alert(1)</script>")
    client = signed_in(officer(one.consultation))

    for address in (LIST, page(item_of(one)), page(item_of(one), "edit")):
        assert "<script>alert" not in client.get(address).content.decode()


def test_a_number_beyond_all_numbers_does_not_exist(signed_in):
    client = signed_in(UserFactory(administrator=True))

    assert client.get("/evidence/99999999999999999999/").status_code == 404
    assert client.get(LIST + "?q=EV-99999999999").status_code == 200


def test_engagement_staff_read_and_officers_describe(signed_in):
    one = brought()
    user = AssignmentFactory(consultation=one.consultation, user=UserFactory(engagement=True)).user

    assert "Catalogue it" not in signed_in(user).get(page(item_of(one))).content.decode()
    assert signed_in(user).post(page(item_of(one), "edit"), DESCRIBED).status_code == 403
