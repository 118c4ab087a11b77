import uuid

import pytest
from django.urls import reverse
from django.utils import timezone

from engagement.stakeholders.models import Contact, Membership, Organisation
from tests.factories.accounts import UserFactory
from tests.factories.stakeholders import (
    AreaFactory,
    ContactFactory,
    KindFactory,
    MembershipFactory,
    OrganisationFactory,
)

pytestmark = pytest.mark.django_db


def address(name: str, *args: object) -> str:
    return reverse(f"stakeholders:{name}", args=args)


@pytest.mark.parametrize("rows", [1, 3])
def test_the_list_costs_the_same_however_long_it_is(signed_in, django_assert_num_queries, rows) -> None:
    area = AreaFactory()
    for _ in range(rows):
        MembershipFactory(organisation=OrganisationFactory(areas=[area]))
    client = signed_in(UserFactory(officer=True))

    with django_assert_num_queries(12):
        page = client.get(address("list"))

    assert page.content.count(b"<tr>") == rows + 1
    assert len(page.context["page_obj"].object_list) == rows


@pytest.mark.parametrize("rows", [1, 3])
def test_the_list_of_people_costs_the_same(signed_in, django_assert_num_queries, rows) -> None:
    for _ in range(rows):
        MembershipFactory()
    client = signed_in(UserFactory(officer=True))

    with django_assert_num_queries(5):
        page = client.get(address("people"))

    assert page.content.count(b"<tr>") == rows + 1


@pytest.mark.parametrize("rows", [1, 3])
def test_the_page_of_an_organisation_costs_the_same(signed_in, django_assert_num_queries, rows) -> None:
    organisation = OrganisationFactory()
    for _ in range(rows):
        MembershipFactory(organisation=organisation)
    client = signed_in(UserFactory(engagement=True))

    with django_assert_num_queries(13):
        page = client.get(address("organisation", organisation.public_id))

    assert page.content.count(b"Has left") == rows


def test_the_state_of_the_list_stands_in_the_address(signed_in) -> None:
    kind = KindFactory(name="Lifeboat station")
    wanted = OrganisationFactory(name="Tyne Lifeboats", kind=kind)
    OrganisationFactory(name="Elsewhere")

    page = signed_in(UserFactory(officer=True)).get(address("list"), {"q": "tyne", "sector": kind.sector.code})

    assert list(page.context["page_obj"]) == [wanted]
    assert f"{kind.sector.name} (1)" in page.content.decode()
    assert "Clear filters" in page.content.decode()


@pytest.mark.parametrize(
    "query",
    [{"order": "password"}, {"page": "none"}, {"page": "9999"}, {"kind": "x' OR 1=1"}, {"size": "?"}],
)
def test_an_address_that_was_tampered_with_is_harmless(signed_in, query) -> None:
    OrganisationFactory()

    assert signed_in(UserFactory(officer=True)).get(address("list"), query).status_code == 200


STAFF_PAGES = [
    ("list", ()),
    ("people", ()),
    ("organisation", ("organisation",)),
    ("contact", ("contact",)),
]
KEEPER_PAGES = [
    ("new", ()),
    ("new_contact", ()),
    ("edit_contact", ("contact",)),
    ("import", ()),
    ("template_csv", ()),
    ("template_xlsx", ()),
    ("edit", ("organisation",)),
    ("close", ("organisation",)),
    ("reopen", ("organisation",)),
    ("add_member", ("organisation",)),
    ("role", ("organisation", "contact")),
    ("end", ("organisation", "contact")),
]


@pytest.mark.parametrize(("name", "parts"), STAFF_PAGES + KEEPER_PAGES)
def test_who_may_open_which_page(client, signed_in, name, parts) -> None:
    held = MembershipFactory(contact__signs_in=True)
    things = {"organisation": held.organisation.public_id, "contact": held.contact.public_id}
    url = address(name, *(things[part] for part in parts))
    keepers_only = (name, parts) in KEEPER_PAGES

    assert client.get(url).status_code == 302
    assert signed_in(held.contact.user).get(url).status_code == 403
    stranger = signed_in(UserFactory())
    assert stranger.get(url).status_code == (404 if parts else 403)
    assert stranger.post(url, {}).status_code == (404 if parts else 403)
    officer = signed_in(UserFactory(officer=True))
    assert officer.get(url).status_code == (403 if keepers_only else 200)
    if keepers_only:
        assert officer.post(url, {}).status_code == 403
    assert signed_in(UserFactory(engagement=True)).get(url).status_code == 200
    assert signed_in(UserFactory(administrator=True)).get(url).status_code == 200


@pytest.mark.parametrize(("name", "count"), [("organisation", 1), ("edit", 1), ("contact", 1), ("end", 2)])
def test_a_foreign_id_does_not_exist(signed_in, name, count) -> None:
    url = address(name, *(uuid.uuid4() for _ in range(count)))

    assert signed_in(UserFactory(administrator=True)).get(url).status_code == 404


def test_a_person_of_another_organisation_is_not_found_under_this_one(signed_in) -> None:
    held, other = MembershipFactory(), OrganisationFactory()

    url = address("end", other.public_id, held.contact.public_id)

    assert signed_in(UserFactory(engagement=True)).post(url).status_code == 404


def test_an_organisation_is_added_and_then_its_people(signed_in) -> None:
    client, kind, area = signed_in(UserFactory(engagement=True)), KindFactory(), AreaFactory()

    page = client.post(
        address("new"),
        {
            "name": " Tyne  Castings Ltd ",
            "kind": kind.pk,
            "areas": [area.pk],
            "size": "small",
            "website": "tyne.example",
        },
        follow=True,
    )

    organisation = Organisation.objects.get(name="Tyne Castings Ltd")
    assert (organisation.website, list(organisation.areas.all())) == ("https://tyne.example", [area])
    assert page.redirect_chain[-1][0] == address("organisation", organisation.public_id)

    client.post(
        address("add_member", organisation.public_id),
        {"name": "Ada Fell", "email": "Ada@Tyne.example", "role": "lead"},
    )
    held = Membership.objects.get(organisation=organisation)
    assert (held.contact.name, held.contact.email, held.role) == ("Ada Fell", "ada@tyne.example", "lead")

    page = client.get(address("organisation", organisation.public_id)).content.decode()
    assert "Ada Fell at Tyne Castings Ltd: joined" in page


def test_what_is_wrong_with_an_organisation_is_said_beside_the_field(signed_in) -> None:
    OrganisationFactory(name="Tyne Castings Ltd")
    client, kind = signed_in(UserFactory(engagement=True)), KindFactory()

    page = client.post(address("new"), {"name": "", "website": "not an address", "members_represented": "3"})
    assert page.status_code == 422
    assert set(page.context["form"].errors) == {"name", "kind", "website", "members_represented"}

    page = client.post(address("new"), {"name": "TYNE CASTINGS LTD", "kind": kind.pk})
    assert page.context["form"].errors == {"name": ["The register already has an organisation of this name."]}
    assert Organisation.objects.count() == 1


def test_only_the_fields_of_the_form_are_taken(signed_in) -> None:
    organisation = OrganisationFactory(size="small")
    facts = {"name": "Other name", "kind": organisation.kind_id, "closed_at": "2020-01-01", "public_id": uuid.uuid4()}

    signed_in(UserFactory(engagement=True)).post(address("edit", organisation.public_id), facts)

    before, organisation = organisation, Organisation.objects.get()
    assert organisation.name == "Other name"
    assert (organisation.closed_at, organisation.public_id) == (None, before.public_id)


def test_a_name_cannot_run_as_script(signed_in) -> None:
    held = MembershipFactory(organisation__name="<script>alert(1)</script>", contact__name="<b>Ada</b>")

    page = signed_in(UserFactory(engagement=True)).get(address("organisation", held.organisation.public_id))

    assert b"<script>alert" not in page.content
    assert b"<b>Ada" not in page.content


def test_leaving_asks_first_and_then_ends(signed_in) -> None:
    held = MembershipFactory()
    client = signed_in(UserFactory(engagement=True))
    url = address("end", held.organisation.public_id, held.contact.public_id)

    assert "has" in client.get(url).content.decode().lower()
    held.refresh_from_db()
    assert not held.has_ended
    client.post(url, {"until_on": timezone.localdate()})
    held.refresh_from_db()
    assert held.has_ended


def test_a_person_is_changed_and_a_taken_address_is_refused(signed_in) -> None:
    contact, other = ContactFactory(), ContactFactory()
    client = signed_in(UserFactory(engagement=True))
    facts = {"name": "Ada Fell", "email": other.email, "lawful_basis": "public_task"}

    page = client.post(address("edit_contact", contact.public_id), facts)
    assert page.status_code == 422
    assert page.context["form"].errors == {"email": [f"This address belongs to {other.name}, who is in the register."]}

    client.post(address("edit_contact", contact.public_id), {**facts, "email": "ada@new.example"})
    assert Contact.objects.get(pk=contact.pk).email == "ada@new.example"
