"""Putting segments together, keeping them, and who may."""

import pytest
from django.urls import reverse

from engagement.audit.models import Entry
from engagement.stakeholders.models import Segment
from tests.factories.accounts import UserFactory
from tests.factories.stakeholders import AreaFactory, MembershipFactory, OrganisationFactory

pytestmark = pytest.mark.django_db
NEW = reverse("stakeholders:new_segment")
LIST = reverse("stakeholders:segments")


@pytest.fixture
def staff():
    return UserFactory(engagement=True)


@pytest.fixture
def hill():
    """An area with two organisations, of which one has somebody to write to; and one organisation elsewhere."""
    area = AreaFactory(name="Hill", code="hill")
    MembershipFactory(organisation__name="Hill Works", organisation__areas=[area], contact__name="Ada")
    OrganisationFactory(name="Hill Farm", areas=[area])
    OrganisationFactory(name="Elsewhere")
    return area


def saved(**facts):
    return Segment.objects.create(**{"name": "On the hill", "definition": {"areas": ["hill"]}, **facts})


def test_a_choice_in_the_address_is_shown_with_its_numbers_and_the_first_who_belong(signed_in, staff, hill):
    page = signed_in(staff).get(NEW, {"areas": ["hill"], "months": "12", "chosen": "1"}).content.decode()

    assert "Organisations in Hill." in page
    assert page.count('<p class="stat__value">2</p>') == 1
    assert page.count('<p class="stat__value">1</p>') == 1
    assert "1 of these organisations has nobody to write to." in page
    assert "Hill Works" in page
    assert "Elsewhere" not in page
    assert '<input type="checkbox" name="areas" value="hill" id="areas-hill" checked>' in page
    assert '<option value="12" selected>' in page


def test_what_nobody_knows_finds_nothing_and_breaks_nothing(signed_in, staff, hill):
    found = signed_in(staff).get(
        NEW, {"areas": ["x" * 500], "months": "²", "kinds": ["' or 1=1"], "behaviour": ["__class__"]}
    )

    assert found.status_code == 200
    assert "No organisation fits all of this." in found.content.decode()


def test_a_choice_is_kept_under_a_name_with_what_it_means(signed_in, staff, hill):
    answer = signed_in(staff).post(f"{NEW}?chosen=1&areas=hill", {"name": " On  the hill "})

    row = Segment.objects.get()
    assert (row.name, row.definition, row.saved_by) == ("On the hill", {"areas": ["hill"]}, staff)
    assert answer["Location"] == reverse("stakeholders:segment", args=[row.public_id])
    entry = Entry.objects.get(verb="segment.saved")
    assert entry.facts == {"definition": "Organisations in Hill"}


def test_two_segments_have_two_names(signed_in, staff, hill):
    saved()

    page = signed_in(staff).post(f"{NEW}?areas=hill", {"name": "ON THE HILL"})

    assert page.status_code == 422
    assert "There is a segment of this name already. Choose another name." in page.content.decode()
    assert Segment.objects.count() == 1


def test_its_page_shows_who_belongs_now(signed_in, staff, hill):
    address = reverse("stakeholders:segment", args=[saved().public_id])
    OrganisationFactory(name="Hill Newcomer", areas=[hill])

    page = signed_in(staff).get(address).content.decode()

    assert "Organisations in Hill." in page
    assert [page.count(name) for name in ("Hill Works", "Hill Farm", "Hill Newcomer", "Elsewhere")] == [1, 1, 1, 0]


def test_a_change_begins_at_what_is_saved_and_may_take_everything_out(signed_in, staff, hill):
    row = saved()
    address, client = reverse("stakeholders:edit_segment", args=[row.public_id]), signed_in(staff)

    assert 'value="hill" id="areas-hill" checked' in client.get(address).content.decode()
    assert "All organisations in use." in client.get(address, {"chosen": "1"}).content.decode()
    client.post(f"{address}?chosen=1", {"name": "Everybody"})

    row.refresh_from_db()
    assert (row.name, row.definition) == ("Everybody", {})
    assert Entry.objects.get(verb="segment.changed").facts["changes"] == {
        "name": ["On the hill", "Everybody"],
        "definition": ["Organisations in Hill", "All organisations in use"],
    }


def test_deleting_asks_first_and_touches_nobody(signed_in, staff, hill):
    row = saved()
    address, client = reverse("stakeholders:delete_segment", args=[row.public_id]), signed_in(staff)

    assert "Delete the segment “On the hill”?" in client.get(address).content.decode()
    assert Segment.objects.exists()
    client.post(address)

    assert not Segment.objects.exists()
    assert Entry.objects.filter(verb="segment.deleted").count() == 1


def test_officers_see_segments_and_change_none(signed_in, hill):
    row, client = saved(), signed_in(UserFactory(officer=True))

    assert "On the hill" in client.get(LIST).content.decode()
    assert "Save this choice" not in client.get(NEW).content.decode()
    for address in (
        NEW,
        *(reverse(f"stakeholders:{name}_segment", args=[row.public_id]) for name in ("edit", "delete")),
    ):
        assert client.post(address, {"name": "Mine"}).status_code == 403
    assert list(Segment.objects.values_list("name", flat=True)) == ["On the hill"]


def test_segments_do_not_exist_for_partners(signed_in, hill):
    client = signed_in(MembershipFactory(contact__signs_in=True).contact.user)

    assert client.get(reverse("stakeholders:segment", args=[saved().public_id])).status_code == 404


@pytest.mark.parametrize("number", [1, 3])
def test_the_list_costs_the_same_however_many_segments_there_are(
    signed_in, staff, hill, django_assert_num_queries, number
):
    for n in range(number):
        saved(name=f"Segment {n}")
    client = signed_in(staff)
    client.get(LIST)

    with django_assert_num_queries(15):
        page = client.get(LIST).content.decode()

    assert page.count("Organisations in Hill") == number
