"""Every change of state of events, places and notes: one door each, under the row's own lock."""

from engagement.events.lifecycle.afterwards import (
    give_feedback,
    publish_write_up,
    save_write_up,
    withdraw_write_up,
)
from engagement.events.lifecycle.arrivals import Report, report, take_list
from engagement.events.lifecycle.asking import set_questions
from engagement.events.lifecycle.capacity import allocate, change_capacity, release_due, set_rules, set_slots, share_out
from engagement.events.lifecycle.capture import add_picture, remove_picture, write_note
from engagement.events.lifecycle.door import walk_in
from engagement.events.lifecycle.invitations import accepted, decline_invitation, invite, invite_again, take_back
from engagement.events.lifecycle.locking import lock
from engagement.events.lifecycle.needs import purge_due, set_keepers, take_up
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
from engagement.events.lifecycle.places import Guest, cancel, register
from engagement.events.lifecycle.standing_in import describe, hand_on
from engagement.events.lifecycle.waiting import accept as accept_offer
from engagement.events.lifecycle.waiting import expire_due, give_by_hand

__all__ = [
    "Guest",
    "Report",
    "accept",
    "accept_offer",
    "accepted",
    "add_picture",
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
    "decline_invitation",
    "describe",
    "dispute",
    "expire_due",
    "give_by_hand",
    "give_feedback",
    "hand_on",
    "invite",
    "invite_again",
    "lock",
    "mark_held",
    "open_booking",
    "postpone",
    "propose",
    "publish_write_up",
    "purge_due",
    "register",
    "release_due",
    "remove_picture",
    "report",
    "save_write_up",
    "set_keepers",
    "set_questions",
    "set_rules",
    "set_slots",
    "share_out",
    "take_back",
    "take_list",
    "take_up",
    "walk_in",
    "withdraw_write_up",
    "write_note",
    "write_up",
]
