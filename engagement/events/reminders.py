"""What is planned by the clock, and whether it is still wanted when its moment comes."""

from engagement.messaging.models import OutgoingMessage


def why_not(message: OutgoingMessage) -> str:
    """Why this message is no longer wanted, as a sentence for staff; empty while it is."""
    return ""
