"""Every change of state of events, places and notes: one door each, under the row's own lock."""

from engagement.events.lifecycle.notes import accept, agree, agree_all, circulate, decline, dispute, propose
from engagement.events.lifecycle.occasion import (
    announce,
    cancel_event,
    change,
    close_booking,
    mark_held,
    open_booking,
    postpone,
    write_up,
)
from engagement.events.lifecycle.places import cancel, change_capacity, register, walk_in

__all__ = [
    "accept",
    "agree",
    "agree_all",
    "announce",
    "cancel",
    "cancel_event",
    "change",
    "change_capacity",
    "circulate",
    "close_booking",
    "decline",
    "dispute",
    "mark_held",
    "open_booking",
    "postpone",
    "propose",
    "register",
    "walk_in",
    "write_up",
]
