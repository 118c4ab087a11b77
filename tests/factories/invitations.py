"""Invitations that were sent."""

import factory
from django.utils import timezone

from consultations.invitations.models import Invitation
from tests.factories.programme import ConsultationFactory
from tests.factories.stakeholders import ContactFactory, MembershipFactory, OrganisationFactory


class InvitationFactory(factory.django.DjangoModelFactory):
    """A contact of an organisation who was sent an invitation; `InvitationFactory(responded=True)`, `(declined=True)`,
    `(started=True)`. `personal=True` invites somebody for themselves."""

    class Meta:
        model = Invitation
        skip_postgeneration_save = True

    class Params:
        responded = factory.Trait(state="responded", responded_at=factory.LazyFunction(timezone.now))
        declined = factory.Trait(state="declined", declined_at=factory.LazyFunction(timezone.now))
        started = factory.Trait(state="started", started_at=factory.LazyFunction(timezone.now))
        personal = factory.Trait(organisation=None)

    consultation = factory.SubFactory(ConsultationFactory)
    contact = factory.SubFactory(ContactFactory)
    organisation = factory.SubFactory(OrganisationFactory)
    state = Invitation.State.SENT
    sent_at = factory.LazyFunction(timezone.now)

    @factory.post_generation
    def member(obj: Invitation, create: bool, extracted: bool | None, **kwargs: object) -> None:  # noqa: N805
        if create and obj.organisation is not None and extracted is not False:
            MembershipFactory(contact=obj.contact, organisation=obj.organisation)
