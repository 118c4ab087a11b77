"""What came by another channel: the e-mail itself, and that its sender was given a reference."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q

from consultations.programme.models import Consultation
from consultations.submissions.models.file import Upload
from consultations.submissions.models.submission import Submission
from engagement.core.models import Stamped


class ReceivedMail(Upload):
    """An e-mail that staff brought in as a file: the original, and what was read out of it.

    `submission` is None until it is entered. The same mail comes in once for each consultation, told by its content
    or by its Message-ID.
    """

    consultation = models.ForeignKey(Consultation, on_delete=models.PROTECT, related_name="mails")
    # The original of this response, and gone with it.
    submission = models.OneToOneField(Submission, null=True, blank=True, on_delete=models.CASCADE, related_name="mail")
    message_id = models.CharField(max_length=300, blank=True, default="")
    sender_name = models.CharField(max_length=150, blank=True, default="")
    sender_email = models.EmailField(blank=True, default="")
    sent_at = models.DateTimeField(null=True, blank=True)
    subject = models.CharField(max_length=300, blank=True, default="")
    text = models.TextField(blank=True, default="")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["consultation", "sha256"], name="same_mail_comes_in_once"),
            models.UniqueConstraint(
                fields=["consultation", "message_id"], condition=~Q(message_id=""), name="message_comes_in_once"
            ),
        ]

    def __str__(self) -> str:
        return self.subject or self.file_name


class Acknowledgement(Stamped):
    """That the sender of what came by another channel was told that it arrived, and its reference."""

    class How(models.TextChoices):
        EMAIL = "email", "By e-mail"
        LETTER = "letter", "By letter"
        TELEPHONE = "telephone", "By telephone"
        IN_PERSON = "in_person", "In person"

    submission = models.OneToOneField(Submission, on_delete=models.CASCADE, related_name="acknowledgement")  # of it
    how = models.CharField(max_length=9, choices=How.choices)
    at = models.DateTimeField()
    actor = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")

    def __str__(self) -> str:
        return f"{self.submission}, {self.get_how_display().lower()}"
