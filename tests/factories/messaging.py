"""Messages as rows, in whatever state a test needs."""

import factory
from django.utils import timezone

from engagement.messaging.models import OutgoingMessage, address_hash


class MessageFactory(factory.django.DjangoModelFactory):
    """A message that is due now; `MessageFactory(sent=True)`, `(failed=True)`, `(uncertain=True)`."""

    class Meta:
        model = OutgoingMessage

    class Params:
        sent = factory.Trait(state="sent", sent_at=factory.LazyFunction(timezone.now), attempts=1)
        failed = factory.Trait(
            state="failed", reason="The mail server refused it: 550 5.1.1 No such mailbox.", attempts=1
        )
        uncertain = factory.Trait(
            state="uncertain", reason="The line broke after the message was handed over.", attempts=1
        )

    rule = "tests.rule"
    occurrence = "once"
    recipient = factory.Sequence(str)
    to_email = factory.Sequence("reader{}@partners.example".format)
    to_name = factory.Sequence("Reader {}".format)
    address_key = factory.LazyAttribute(lambda message: address_hash(message.to_email))
    subject = factory.Sequence("Subject {}".format)
    text_body = "Good morning.\n"
    html_body = "<p>Good morning.</p>"
    message_id = factory.LazyAttribute(lambda message: f"<{message.recipient}@soundings.example>")
    due_at = factory.LazyFunction(timezone.now)
