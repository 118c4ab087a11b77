"""Who may read and send which page: one row for each address. `test_who_may` walks over it."""

# For reading and sending, or for each with a space between, in the order of PEOPLE. Words with a colon are apps.
TABLE = {
    # everybody who is signed in
    "++++++++++>": """
        accounts: profile end_sessions
        dashboards: home my_page my_data search
        submissions: respond about_you archive archive_download
    """,
    # everybody who is signed in and does not work here
    "-----+++++>": """
        dashboards: close_account
    """,
    # administrators
    "+--------->": """
        accounts: people invite
        dashboards: record
    """,
    # administrators, and accounts exist for nobody else
    "+000000000>": """
        accounts: person close reopen remove_second_step
    """,
    # staff
    "+++++----->": """
        stakeholders: list people follow_ups duplicates segments same_people
        events: staff_list staff_event roster print person notes figures badges plan history picture
        events: venues seating invitations
        notices: digest
        dashboards: style
        evidence: list
        exports: evidence
        programme: staff_list
    """,
    # engagement staff
    "++-+------>": """
        stakeholders: new new_contact import template_csv template_xlsx
        events: new edit copy topics change_state add_person mark_rest edit_person cancel_person mark write_note
        events: choose_kind new_venue edit_venue agenda tables repeat share_out move_table times give_by_hand
        events: hand_on_person invite invite_again take_back keepers questions
        events: door walk_in take_list check_in snapshot sync new_code remove_picture publish_write_up withdraw_write_up
        events: make_plan new_step stop_all step stop_step restart_step preview test_step
        plans: words word reset_words
        events: circulate agree_notes edit_note agree_note dispute_note amend_note decide_amendment
        messaging: list status stop start addresses
        programme: new
    """,
    # staff; a person of one's own organisation exists for its lead
    "+++++-0000>": """
        stakeholders: contact
    """,
    # engagement staff change the people of the register
    "++-+--0000>": """
        stakeholders: edit_contact same_person merge_people tell_people_apart
    """,
    # engagement staff; notes, merges and segments exist for staff only
    "++-+-00000>": """
        stakeholders: change_note follow_up undo_merge edit_segment delete_segment undo_contact_merge
    """,
    # staff, for whom alone segments exist
    "+++++00000>": """
        stakeholders: segment
    """,
    # staff may try a choice of partners, and engagement staff save it
    "+++++-----> ++-+------>": """
        events: write_up places
        stakeholders: new_segment
    """,
    # the few who see needs at the event
    "-+-------->": """
        events: needs need
    """,
    # the one whose file it is
    "0+00000000>": """
        stakeholders: preview bad_rows discard stop_import import_again
    """,
    # staff; one's own organisation exists for its people
    "+++++--000>": """
        stakeholders: organisation dealings
    """,
    # engagement staff change the organisations of the register
    "++-+---000>": """
        stakeholders: edit close reopen add_member role end record same_as merge tell_apart
    """,
    # everybody; links in messages carry their own proof
    "+++++++++++": """
        events: list feed booking give_up booking_calendar attendee_notes propose_amendment event calendar book
        events: take_up hand_on invited decline_invitation
        events: feedback attendee_picture public_write_up
        booked
        messaging: unsubscribe preferences
        core: health
        entrance: worker
        dashboards: front accessibility privacy
        surveys: papers paper picture
        accounts: language
        programme: list consultation calendar events_calendar document
        invitations: follow decline change_mind
        notices: follow confirm stop_following
        submissions: start_open start_anonymous return return_link
        summaries: published published_docx
    """,
    # the invited person, who is nobody of these; without an account one is asked to sign in
    "----------+": """
        invitations: pass_on take_back
    """,
    # everybody reads the same, those who run events let in
    "+++++++++++ ++-+-------": """
        entrance: code
    """,
    # engagement staff; messages exist for nobody else
    "++0+000000>": """
        messaging: message decide release_all drop_all put_right
    """,
    # nobody, unless the site runs as a demonstration that shows its mail, or a mail provider reports with its secret
    "00000000000": """
        core: mail mail_message mail_attachment
        messaging: reports
    """,
    # those who work on the consultation
    "+++0000000>": """
        dashboards: overview
        programme: settings themes lifecycle events
        surveys: list edit preview versions export_xlsform languages translations_file
        invitations: ledger invitation note more_time
        notices: plan history
        evidence: item fetch use stop_using
        submissions: mail_file acknowledge
        submissions: list detail accept send_back document file find_file tests start_test clear_tests test
        submissions: test_file
        analysis: desk frame figures
        summaries: list edit
        exports: list request
    """,
    # officers of a consultation that it came to
    "+-+0000000>": """
        evidence: edit quarantine release
        dashboards: consultation_record
        submissions: mark_duplicate reject restore late timing
        analysis: remove_coding start_frame freeze_frame unfreeze_frame add_code change_code
        retire_code
        summaries: request try_again call_off refresh send_to_review send_back add_finding add_after change_finding
        move_finding remove_finding passages
        exports: job cancel try_again download
    """,
    # administrators, on a consultation that has been approved; a question of the library was saved by nobody else
    "+--0000000>": """
        programme: edit new_theme theme remove_theme move_theme move
        surveys: remove_from_library
        summaries: approve publish
        exports: approve
    """,
    # read by all who work on it, changed by its engagement staff
    "+++0000000> ++-0000000>": """
        programme: documents team
        surveys: translate
    """,
    # engagement staff of the consultation
    "++-0000000>": """
        programme: remove_document end_assignment propose new_event event_themes
        surveys: new import facts delete publish new_page page delete_page choose_kind new_question page_up
        page_down copy_page question delete_question question_up question_down copy_question go_live close
        page_condition question_condition let_drafts_move read_translations library save_to_library copy put_back
        invitations: invite invite_list invite_check send_again cancel send_many_again cancel_many
        invitations: give_more_time end_more_time
        notices: make_plan new_step step stop_step restart_step stop_all preview test_step
        notices: words word reset_words
        submissions: bulk_entry stop_bulk_entry bulk_entry_again
        submissions: enter bulk bulk_template bring_mail enter_mail waiting_mail_file discard_mail
    """,
    # engagement staff, for a paper that waits to be checked: this response came online
    "---0000000>": """
        submissions: second second_page differences
    """,
    # people of the organisation whose draft it is; no staff
    "00000++000>": """
        submissions: tasks own_document own_file check submit join history statement_history
    """,
    # the same; those who lead the response send the form
    "00000++000> 00000+-000>": """
        submissions: colleagues comments sign_off
    """,
    # who was asked by name to approve it
    "000000000+>": """
        submissions: approval return_it approval_file
    """,
    # whoever came by a return link, and nobody else: an account is no way to what was begun without one
    "00000--000>": """
        submissions: link leave claim
    """,
    # those who write for the organisation
    "00000+-000>": """
        submissions: publishing
        submissions: section conflict statement documents remove_document clean_files confidentiality withdraw
        submissions: change_colleague remove_colleague share_out resolve_comment restore_answer restore_statement
        submissions: need_approval take_back enter_decision send_provisionally amend amend_section amend_statement
    """,
    # the people of the organisation that sent it
    "0000000+00>": """
        submissions: receipt reopen
    """,
    # read by all who work on it, coded by its officers
    "+++0000000> +-+0000000>": """
        analysis: text
    """,
}
