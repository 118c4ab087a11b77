"""Every change of state of events, places and notes: one door each, under the row's own lock."""

from engagement.events.lifecycle.arrivals import Report, report, take_list
from engagement.events.lifecycle.capacity import allocate, change_capacity, release_due, set_rules, set_slots, share_out
from engagement.events.lifecycle.door import walk_in
from engagement.events.lifecycle.locking import lock
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
from engagement.events.lifecycle.places import Guest, cancel, describe, hand_on, register
from engagement.events.lifecycle.waiting import accept as accept_offer
from engagement.events.lifecycle.waiting import expire_due, give_by_hand

__all__ = [
    "Guest",
    "Report",
    "accept",
    "accept_offer",
    "agree",
    "agree_all",
    "allocate",
    "announce",
    "cancel",
    "cancel_event",
    "change",
    "change_capacity",
    "circulate",
    "close_booking",
    "decline",
    "describe",
    "dispute",
    "expire_due",
    "give_by_hand",
    "hand_on",
    "lock",
    "mark_held",
    "open_booking",
    "postpone",
    "propose",
    "register",
    "release_due",
    "report",
    "set_rules",
    "set_slots",
    "share_out",
    "take_list",
    "walk_in",
    "write_up",
]
