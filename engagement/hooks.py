"""What apps add to each other, as dotted names: settings, kept apart because they name what upstairs does.

A function named here is called by an app that stands below its own, or that knows nothing of it.
"""

# Asked at the moment of sending whether a message is still wanted: name -> function(message) -> reason or "".
MESSAGE_CHECKS = {
    "invitations.extension": "consultations.invitations.announcing.why_not",
    "invitations.more_time": "consultations.invitations.announcing.why_no_more_time",
    "invitations.reminder": "consultations.invitations.reminders.why_not",
    "notices.step": "consultations.notices.plan.why_not",
    "notices.digest": "consultations.notices.digests.why_not",
    "events.step": "engagement.events.plan.why_not",
    "events.invitation": "engagement.events.invitees.why_not",
    "events.registration": "engagement.events.reminders.why_not",
    "submissions.colleague": "consultations.submissions.wanted.why_not",
}

# Whose an address is: function(addresses) -> {address in small letters: (name, address of their page)}.
ADDRESS_HOLDERS = "engagement.stakeholders.addresses.holders"
# Told what became of a message: functions(message, event), the event being "sent", "delivered", "opened", "bounced",
# "soft" (came back for now) or "complained". May be called twice, late or never: the message's own state is the truth.
MESSAGE_EVENTS = ["consultations.invitations.lifecycle.message_event"]

# Files that go with a message and are kept nowhere: functions(message) -> list of (file name, content, kind).
MESSAGE_FILES = ["engagement.events.codes.files_of"]
# What an event that was held adds to whatever it belongs to: functions(event) -> list of contributions, for its
# write-up. Each has title, url, here, only_here, all_heard, sectors and themes.
EVENT_CONTRIBUTIONS = ["consultations.dashboards.contribution.of_event"]
# Asked for every message: function(template, context, scope) -> template and context of own words of staff, or None.
OWN_WORDS = "engagement.plans.wordings.own_words"
# The kinds of messages whose words staff may change, each with the names that it knows: lists of Editable.
MESSAGE_WORDS = ["consultations.notices.words.EDITABLE", "engagement.events.words.EDITABLE"]

# Asked before two entries of the register are put together: functions(kept, merged) -> list of sentences against it.
MERGE_CHECKS = ["consultations.submissions.merging.why_not"]

# What follows when an event is copied: functions of the event and its copy, run in the transaction of the copying.
EVENT_COPIED = ["consultations.programme.copies.follow"]

# By what partners did before, sets of them may be chosen: tuples of stakeholders.criteria.Criterion, in this order.
SEGMENT_CRITERIA = [
    "consultations.submissions.segments.CRITERIA",
    "consultations.invitations.segments.CRITERIA",
    "engagement.events.segments.CRITERIA",
]

# What follows a submission that was sent, taken back or brought back, in the same transaction: functions(submission).
SUBMISSION_ACTS = ["consultations.evidence.lifecycle.follow"]
# Who keeps texts that can cite evidence: functions(piece of evidence) -> list of `evidence.queries.Citing`.
EVIDENCE_CITED = ["consultations.summaries.evidence.cites"]

# What passed between us and an organisation: functions(organisation, user, most) -> list of stakeholders.dealings
# .Dealing. And how often they asked it: functions(organisation keys, since) -> {key: number}.
DEALINGS = [
    "consultations.invitations.dealings.with_organisation",
    "consultations.submissions.dealings.with_organisation",
    "engagement.events.dealings.with_organisation",
]
ASKS = ["consultations.invitations.dealings.asks", "engagement.events.dealings.asks"]

# Who has answered, asked before somebody is invited or reminded: function(consultation) -> submissions that count.
ANSWERS = "consultations.submissions.queries.counted"

# What the move of a close changes beside, for everybody or for one partner: functions(consultation), in the same
# transaction.
CLOSE_ACTS = ["consultations.submissions.lifecycle.lateness.retime"]
# What changes beside when one partner's own time is given or ended: functions(consultation), in the same transaction.
OWN_CLOSE_ACTS = ["consultations.notices.retiming.correct"]
# Who is in the middle of an answer, told when there is more time: function(consultation) -> invitations.emails.Writer.
DRAFT_HOLDERS = "consultations.submissions.holders.draft_holders"

# Asked before a consultation moves: state -> functions(consultation) -> list of sentences on what is missing.
READINESS_CHECKS = {
    "scheduled": ["consultations.dashboards.readiness.something_to_answer"],
    "reported": ["consultations.dashboards.readiness.an_approved_summary"],
}
# What opening a consultation does beside, in the same transaction: called with it and whoever opened it (None: the
# clock). And what says so beforehand: gives sentences.
OPENING_ACTS = ["consultations.dashboards.opening.put_ready_surveys_live"]
OPENING_WORDS = ["consultations.dashboards.opening.what_goes_live"]

# Rules whose messages are sent once more, as the same message, when nobody can tell whether they arrived: worse missed
# than read twice. All others wait for staff.
RESENT_IF_UNCERTAIN = ("events.confirmed", "events.joining", "events.moved", "events.called_off")
# Long work that goes on behind a page: name -> module with run(id) and waiting() -> ids; see `engagement.core.jobs`.
LONG_WORK = {
    "stakeholders.import": "engagement.stakeholders.importing",
    "submissions.bulk": "consultations.submissions.bulkwork",
}
