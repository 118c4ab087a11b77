"""Consultations for tests: open, public and closing in three weeks, unless told otherwise."""

import hashlib
from datetime import timedelta

import factory
from django.core.files.base import ContentFile
from django.utils import timezone

from consultations.programme.models import Assignment, Consultation, Document, Theme


class ConsultationFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = Consultation
        skip_postgeneration_save = True

    reference = factory.Sequence(lambda n: f"consultation-{n}")
    title = factory.Sequence(lambda n: f"Growing together {n}")
    purpose = "We ask what holds productivity back. Your answer shapes the strategy to 2030."
    decision_owner = "The partnership board"
    contact_email = "engagement@soundings.example"
    privacy_notice = "We use what you say to write the strategy, and keep it for two years."
    state = Consultation.State.OPEN
    opens_at = factory.LazyFunction(lambda: timezone.now() - timedelta(days=7))
    closes_at = factory.LazyFunction(lambda: timezone.now() + timedelta(days=21))

    class Params:
        draft = factory.Trait(state=Consultation.State.DRAFT, opens_at=None)
        closed = factory.Trait(
            state=Consultation.State.CLOSED,
            opens_at=factory.LazyFunction(lambda: timezone.now() - timedelta(days=30)),
            closes_at=factory.LazyFunction(lambda: timezone.now() - timedelta(days=1)),
            closed_at=factory.LazyFunction(lambda: timezone.now() - timedelta(days=1)),
        )


class ThemeFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = Theme

    consultation = factory.SubFactory(ConsultationFactory)
    code = factory.Sequence(lambda n: f"theme-{n}")
    name = factory.Sequence(lambda n: f"Theme {n}")
    order = factory.Sequence(lambda n: n)


class AssignmentFactory(factory.django.DjangoModelFactory):
    """Puts a member of staff on a consultation: `AssignmentFactory(consultation=..., user=..., role="officer")`."""

    class Meta:
        model = Assignment

    consultation = factory.SubFactory(ConsultationFactory)
    user = factory.SubFactory(
        "tests.factories.accounts.UserFactory", staff_role=factory.LazyAttribute(lambda o: o.factory_parent.role)
    )
    role = Assignment.Role.ENGAGEMENT


class DocumentFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = Document

    class Params:
        content = b"Prospectus. What we know about productivity in the region.\n"

    consultation = factory.SubFactory(ConsultationFactory)
    title = factory.Sequence(lambda n: f"Prospectus {n}")
    file_name = "prospectus.txt"
    content_type = "text/plain"
    file = factory.LazyAttribute(lambda o: ContentFile(o.content, name=o.file_name))
    size = factory.LazyAttribute(lambda o: len(o.content))
    sha256 = factory.LazyAttribute(lambda o: hashlib.sha256(o.content).hexdigest())
