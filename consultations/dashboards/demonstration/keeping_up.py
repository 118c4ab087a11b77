"""Who follows what by e-mail, who reads a digest, and words of their own in the reminders of the open call."""

from __future__ import annotations

from typing import Any

from consultations.notices import actions as notices
from consultations.notices.models import Follower
from consultations.programme.models import Consultation
from engagement.messaging.models import address_hash
from engagement.plans import actions as plans

FOLLOWERS = [
    ("rowan.thropton@post.example", "each", True),
    ("desk@harbourgate-echo.example", "each", True),
    ("clerk@felling-parish.example", "weekly", True),
    ("sid.otterburnham@post.example", "each", False),
]
SUBJECT = "Will you answer, {{name}}? {{days}} days left"
WORDS = """Dear {{name}},

courses for next year are decided in January, and what you answer decides with.

“{{title}}” closes on {{closes}}. We have not heard from {{organisation}} yet:

{{answer_link}}

{{added}}

If you have no view, tell us here, and we do not ask again:
{{no_view_link}}

{{our_name}}"""


def keep_up(consultation: Consultation, staff: Any) -> None:
    """As people asked for it, and as staff wrote it."""
    for email, how, is_confirmed in FOLLOWERS:
        follower = Follower.objects.create(
            consultation=consultation, email=email, address_key=address_hash(email), how=how, language="en-gb"
        )
        if is_confirmed:
            notices.confirm(follower.pk, how)
    plans.save_words("notices/email/reminder", consultation.reference, "en-gb", SUBJECT, WORDS, actor=staff.engagement)
    notices.choose_digest(staff.engagement, "weekly")
