"""The register for tests. Sectors, kinds and areas that the classification already holds are found, not made twice."""

from typing import Any

import factory
from django.utils.text import slugify

from engagement.stakeholders.models import Area, Contact, Kind, Membership, Organisation, Sector
from tests.factories.accounts import UserFactory


class SectorFactory(factory.django.DjangoModelFactory):
    """`SectorFactory(name="Business")` is the classification's own sector where that is loaded."""

    class Meta:
        model = Sector
        django_get_or_create = ("code",)

    name = factory.Sequence(lambda n: f"Sector {n}")
    code = factory.LazyAttribute(lambda o: slugify(o.name))
    order = factory.Sequence(lambda n: 100 + n)


class KindFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = Kind
        django_get_or_create = ("code",)

    sector = factory.SubFactory(SectorFactory)
    name = factory.Sequence(lambda n: f"Kind {n}")
    code = factory.LazyAttribute(lambda o: slugify(o.name))
    order = factory.Sequence(lambda n: 100 + n)


class AreaFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = Area
        django_get_or_create = ("code",)

    name = factory.Sequence(lambda n: f"Area {n}")
    code = factory.LazyAttribute(lambda o: slugify(o.name))


class OrganisationFactory(factory.django.DjangoModelFactory):
    """`OrganisationFactory(areas=[area, ...])` lies in these areas; without it in none."""

    class Meta:
        model = Organisation
        skip_postgeneration_save = True

    name = factory.Sequence(lambda n: f"Organisation {n:03}")
    kind = factory.SubFactory(KindFactory)

    @factory.post_generation
    def areas(obj: Organisation, create: bool, extracted: list[Area] | None, **kwargs: Any) -> None:  # noqa: N805
        if create and extracted:
            obj.areas.set(extracted)


class ContactFactory(factory.django.DjangoModelFactory):
    """A person of the register; `ContactFactory(signs_in=True)` has an account with the same name and address."""

    class Meta:
        model = Contact

    class Params:
        signs_in = factory.Trait(
            user=factory.SubFactory(
                UserFactory, email=factory.SelfAttribute("..email"), name=factory.SelfAttribute("..name")
            )
        )

    name = factory.Sequence(lambda n: f"Contact {n:03}")
    email = factory.Sequence(lambda n: f"contact{n}@partners.example")


class MembershipFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = Membership

    contact = factory.SubFactory(ContactFactory)
    organisation = factory.SubFactory(OrganisationFactory)
    role = Membership.Role.LEAD
