"""Everything that changes a submission besides its state; states are in `lifecycle`."""

from consultations.submissions.actions.beside import (
    StatementConflict,
    add_document,
    choose_confidentiality,
    choose_for_answer,
    remove_document,
    save_statement,
)
from consultations.submissions.actions.bringing import bring, hidden_values
from consultations.submissions.actions.bulk import import_papers
from consultations.submissions.actions.colleagues import (
    Hand,
    assign,
    change_colleague,
    invite_colleague,
    is_expected,
    join,
    outside_approver,
    refuse_staff,
    remove_colleague,
)
from consultations.submissions.actions.discussing import comment, resolve, restore_answer, restore_statement
from consultations.submissions.actions.files import add_answer_file, clean_files
from consultations.submissions.actions.keying import begin_second, finish_second, save_second, settle_second
from consultations.submissions.actions.mailed import bring_mail, discard_mail, enter_mail, read_again, why_not_kept
from consultations.submissions.actions.returning import (
    claim,
    send_link,
    start_by_link,
    why_not_anonymous,
    why_not_open,
)
from consultations.submissions.actions.starting import (
    begin_intake,
    found_organisation,
    may_write_for,
    refuse_intake,
    refuse_new,
    start,
    start_for_new,
    why_not_respond,
)
from consultations.submissions.actions.testing import clear_tests, start_test
from consultations.submissions.actions.writing import (
    Clash,
    Conflict,
    add_entry,
    begin_response,
    fill,
    save_section,
    settle,
    show_entry,
)

__all__ = [
    "Clash",
    "Conflict",
    "Hand",
    "StatementConflict",
    "add_answer_file",
    "add_document",
    "add_entry",
    "assign",
    "begin_intake",
    "begin_response",
    "begin_second",
    "bring",
    "bring_mail",
    "change_colleague",
    "choose_confidentiality",
    "choose_for_answer",
    "claim",
    "clean_files",
    "clear_tests",
    "comment",
    "discard_mail",
    "enter_mail",
    "fill",
    "finish_second",
    "found_organisation",
    "hidden_values",
    "import_papers",
    "invite_colleague",
    "is_expected",
    "join",
    "may_write_for",
    "outside_approver",
    "read_again",
    "refuse_intake",
    "refuse_new",
    "refuse_staff",
    "remove_colleague",
    "remove_document",
    "resolve",
    "restore_answer",
    "restore_statement",
    "save_second",
    "save_section",
    "save_statement",
    "send_link",
    "settle",
    "settle_second",
    "show_entry",
    "start",
    "start_by_link",
    "start_for_new",
    "start_test",
    "why_not_anonymous",
    "why_not_kept",
    "why_not_open",
    "why_not_respond",
]
