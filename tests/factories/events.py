"""Events with what belongs to them. An event is ten days ahead and open for booking unless said otherwise."""

from datetime import timedelta

import factory
from django.utils import timezone

from engagement.events.models import Attendance, Event, Note, NoteAmendment, Registration, Topic
from engagement.messaging.models import address_hash


class EventFactory(factory.django.DjangoModelFactory[Event]):
    class Meta:
        model = Event

    class Params:
        # Three days ago, and marked as held.
        over = factory.Trait(
            starts_at=factory.LazyFunction(lambda: timezone.now() - timedelta(days=3)), state=Event.State.HELD
        )

    title = factory.Sequence("Round table {}".format)
    slug = factory.Sequence("round-table-{}".format)
    state = Event.State.BOOKING
    starts_at = factory.LazyFunction(lambda: timezone.now() + timedelta(days=10))
    ends_at = factory.LazyAttribute(lambda event: event.starts_at + timedelta(hours=2))
    venue_name = "Exchange Hall"
    venue_address = "1 Quayside Road, Newcastle upon Tyne"
    access_information = "Step-free from the street. There is a hearing loop."
    capacity = 30


class TopicFactory(factory.django.DjangoModelFactory[Topic]):
    class Meta:
        model = Topic

    event = factory.SubFactory(EventFactory)
    title = factory.Sequence("Topic {}".format)


class RegistrationFactory(factory.django.DjangoModelFactory[Registration]):
    """A row as it stands, without messages; keeps the event's counters right."""

    class Meta:
        model = Registration

    event = factory.SubFactory(EventFactory)
    name = factory.Sequence("Visitor {}".format)
    email = factory.Sequence("visitor{}@partner.example".format)
    email_key = factory.LazyAttribute(lambda registration: address_hash(registration.email))
    organisation_name = "Tyne Tool Works"
    state = Registration.State.CONFIRMED
    confirmed_at = factory.LazyAttribute(
        lambda registration: timezone.now() if registration.state == Registration.State.CONFIRMED else None
    )

    @classmethod
    def _create(cls, model_class, *args, **kwargs):
        event = kwargs["event"]
        if kwargs["state"] == Registration.State.WAITING and kwargs.get("queue_number") is None:
            kwargs["queue_number"] = event.next_queue_number
            event.next_queue_number += 1
        registration = super()._create(model_class, *args, **kwargs)
        event.taken = Registration.objects.holding().filter(event=event).count()
        event.save(update_fields=["taken", "next_queue_number"])
        return registration


class AttendanceFactory(factory.django.DjangoModelFactory[Attendance]):
    class Meta:
        model = Attendance

    registration = factory.SubFactory(RegistrationFactory)
    status = Attendance.Status.ATTENDED


class NoteFactory(factory.django.DjangoModelFactory[Note]):
    class Meta:
        model = Note
        skip_postgeneration_save = True

    class Params:
        agreed = factory.Trait(
            state=Note.State.AGREED,
            agreed_at=factory.LazyFunction(timezone.now),
            circulated_at=factory.LazyFunction(timezone.now),
        )

    event = factory.SubFactory(EventFactory, over=True)
    topic = factory.SubFactory(TopicFactory, event=factory.SelfAttribute("..event"))
    table_name = "Table 4"
    point = Note.Point.BARRIER
    text = factory.Sequence("Apprentices cannot reach the site before 7am, said table {}.".format)

    @factory.post_generation
    def organisations(self, create, extracted, **kwargs):
        if create and extracted:
            self.organisations.set(extracted)


class NoteAmendmentFactory(factory.django.DjangoModelFactory[NoteAmendment]):
    class Meta:
        model = NoteAmendment

    note = factory.SubFactory(
        NoteFactory, state=Note.State.CIRCULATED, circulated_at=factory.LazyFunction(timezone.now)
    )
    text = factory.Sequence("Apprentices cannot reach the site by bus before 7:30am ({}).".format)
    author_name = "Sam Okoro"
