"""What changes the register: one function per act, each recorded."""

from engagement.stakeholders.actions.imports import (
    call_off_import,
    discard_import,
    request_import,
    stage_import,
    try_import_again,
)
from engagement.stakeholders.actions.interactions import change_interaction, follow_up, record_interaction
from engagement.stakeholders.actions.register import (
    add_contact,
    add_member,
    add_organisation,
    change_contact,
    change_organisation,
    change_role,
    close_organisation,
    end_membership,
    ensure_classification,
    link_contact,
    own_contact,
    reopen_organisation,
)
from engagement.stakeholders.actions.segments import change_segment, delete_segment, save_segment

__all__ = [
    "add_contact",
    "add_member",
    "add_organisation",
    "call_off_import",
    "change_contact",
    "change_interaction",
    "change_organisation",
    "change_role",
    "change_segment",
    "close_organisation",
    "delete_segment",
    "discard_import",
    "end_membership",
    "ensure_classification",
    "follow_up",
    "link_contact",
    "own_contact",
    "record_interaction",
    "reopen_organisation",
    "request_import",
    "save_segment",
    "stage_import",
    "try_import_again",
]
