"""Steps of the plan of a consultation, and mailboxes that follow one."""

from datetime import time

import factory
from django.utils import timezone

from consultations.notices.models import Follower, PlannedStep
from engagement.messaging.models import address_hash
from tests.factories.programme import ConsultationFactory


class StepFactory(factory.django.DjangoModelFactory):
    """A reminder to everyone invited, 14 days before the close at nine, unless told otherwise."""

    class Meta:
        model = PlannedStep

    consultation = factory.SubFactory(ConsultationFactory)
    kind = "closing"
    anchor = "closes"
    days = -14
    local_time = time(9)


class FollowerFactory(factory.django.DjangoModelFactory):
    """A mailbox that has been confirmed."""

    class Meta:
        model = Follower

    consultation = factory.SubFactory(ConsultationFactory)
    email = factory.Sequence("follower{}@public.example".format)
    address_key = factory.LazyAttribute(lambda follower: address_hash(follower.email))
    confirmed_at = factory.LazyFunction(timezone.now)
