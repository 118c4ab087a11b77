"""Where events are held, and how people get in."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models.functions import Lower
from django.utils.translation import gettext_lazy

from engagement.core.models import Addressable, Stamped
from engagement.stakeholders.models import Area


class Venue(Addressable, Stamped):
    """A place that is used again and again; what is said of it here stands on the page of each of its events."""

    # What people ask before they come; a venue says yes, no, or nothing where nobody has looked.
    FEATURES: ClassVar[dict[str, object]] = {
        "step_free": gettext_lazy("Step-free from the street to the room"),
        "lift": gettext_lazy("Lift that takes a wheelchair"),
        "accessible_toilet": gettext_lazy("Accessible toilet"),
        "changing_place": gettext_lazy("Changing Places toilet"),
        "hearing_loop": gettext_lazy("Hearing loop"),
        "quiet_room": gettext_lazy("Quiet room"),
        "prayer_room": gettext_lazy("Room for prayer"),
        "blue_badge": gettext_lazy("Parking for Blue Badge holders"),
        "parking": gettext_lazy("Other parking"),
        "public_transport": gettext_lazy("Bus or Metro within 400 metres"),
    }
    YES: ClassVar[str] = "yes"
    NO: ClassVar[str] = "no"

    name = models.CharField(max_length=150)
    address = models.CharField(max_length=300, blank=True, default="")
    area = models.ForeignKey(Area, null=True, blank=True, on_delete=models.PROTECT, related_name="venues")
    # {feature: "yes" or "no"}; a feature that nobody has looked at is missing.
    features: models.JSONField = models.JSONField(default=dict, blank=True)
    access_notes = models.TextField(blank=True, default="")
    travel = models.TextField(blank=True, default="")
    # For staff: whom to ring, what it costs, how many chairs.
    remarks = models.TextField(blank=True, default="")
    retired_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["name", "pk"]
        constraints = [models.UniqueConstraint(Lower("name"), name="venue_named_once")]

    def __str__(self) -> str:
        return self.name

    def _with(self, value: str) -> list[object]:
        return [words for code, words in self.FEATURES.items() if self.features.get(code) == value]

    @property
    def has(self) -> list[object]:
        return self._with(self.YES)

    @property
    def lacks(self) -> list[object]:
        return self._with(self.NO)
