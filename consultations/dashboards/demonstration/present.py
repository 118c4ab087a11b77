"""What goes on today: a consultation that is open, with answers coming in, and one that waits for its review."""

from __future__ import annotations

import random
from datetime import date, datetime, timedelta

from django.utils import timezone

from consultations.dashboards.demonstration import doors, gatherings, papers, sentences
from consultations.dashboards.demonstration.call import PRIVACY, SCHEME, import_questionnaire, put_live
from consultations.dashboards.demonstration.clock import Agenda, local
from consultations.dashboards.demonstration.keeping_up import keep_up
from consultations.dashboards.demonstration.partners import Reply
from consultations.dashboards.demonstration.post import Post
from consultations.dashboards.demonstration.register import AREAS, Body
from consultations.dashboards.demonstration.replies import Replies
from consultations.dashboards.demonstration.staff import Staff
from consultations.dashboards.demonstration.together import Together
from consultations.invitations import actions as inviting
from consultations.invitations import lifecycle as invitations
from consultations.invitations.models import Invitation
from consultations.notices import plan
from consultations.programme import actions as programme
from consultations.programme import lifecycle
from consultations.programme.models import Consultation
from consultations.submissions import actions as submissions
from consultations.submissions import lifecycle as sending
from consultations.surveys.models import Survey
from engagement.core import uploads
from engagement.events import lifecycle as events
from engagement.events import plan as event_plan
from engagement.events.forms import CONSENT_VERSION
from engagement.events.models import Event
from engagement.stakeholders.models import Area

OPEN, IN_REVIEW = "skills-for-2030", "getting-about"
OPEN_SINCE, OPEN_FOR = 10, 18
INVITED, ONLINE, DRAFTS = 30, 7, 3
TODAY = "Open house: show us what you teach"
FRIDAY = 4
THEMES = [
    ("skills", "Skills for the jobs there are", "What is hard to find, and who could learn it."),
    ("progression", "Getting on in work", "What keeps people where they are."),
]
ACCESS = "Step-free from the street, lift, hearing loop. The bus stops at the door."


def to_working_day(today: date, days: int) -> int:
    """So many days from today, or the next that nobody has off: what is to come moves on, what is over moves back."""
    while (today + timedelta(days=days)).weekday() > FRIDAY:
        days += 1 if days > 0 else -1
    return days


class OpenConsultation:
    """Opened ten days before the day of loading; closes eighteen days after it."""

    def __init__(self, rng: random.Random, staff: Staff, replies: Replies, bodies: list[Body], post: Post) -> None:
        self.rng, self.staff, self.replies, self.post = rng, staff, replies, post
        self.today = timezone.localdate()
        self.now = timezone.now()
        likely = [body for body in bodies if not body.is_thin and body.kind not in {"parish-council", "faith-group"}]
        self.invited = rng.sample(likely, INVITED)
        self.consultation: Consultation
        self.surveys: dict[str, Survey] = {}

    # What `Replies` asks of a consultation.
    def fresh(self) -> Consultation:
        self.consultation = Consultation.objects.get(pk=self.consultation.pk)
        return self.consultation

    def opens_at(self) -> datetime:
        return self._day(-OPEN_SINCE)

    def last_moment(self) -> datetime:
        return self.now

    def _day(self, days: int, hour: int = 9, minute: int = 0) -> datetime:
        return local(self.today + timedelta(days=days), hour, minute)

    def plan(self, agenda: Agenda) -> None:
        """The last three weeks, up to this morning."""
        staff = self.staff
        agenda.add(self._day(-21), self._create)
        agenda.add(
            self._day(-16, 11), lambda: lifecycle.submit_for_review(self.consultation.pk, actor=staff.engagement)
        )
        agenda.add(self._day(-15, 10), lambda: lifecycle.schedule(self.consultation.pk, actor=staff.administrator))
        agenda.add(self.opens_at(), lambda: lifecycle.keep_time(timezone.now()))
        agenda.add(self._day(-OPEN_SINCE, 9, 30), self._invite)
        agenda.add(self._day(-OPEN_SINCE, 9, 40), self.post.deliver)
        agenda.daily(self.today - timedelta(days=15), self.today - timedelta(days=1), self.post.deliver, hour=19)
        planned = self._replies()
        self.replies.plan(agenda, self, planned)
        for number, body in enumerate(self.invited[12:17]):
            agenda.add(self._day(-8 + number, 12), lambda body=body: self._open(body))  # type: ignore[misc]
        agenda.add(self._day(-2, 15), self._letter)
        Together(self, self.replies, self.invited[20], self.invited[21]).plan(agenda)
        self._plan_events(agenda)

    def finish(self) -> None:
        """Now: what is planned for the next days, as the clock of the platform would write it."""
        self.post.deliver()
        keep_up(self.consultation, self.staff)
        plan.write_due(timezone.now())
        event_plan.write_due(timezone.now())

    def _create(self) -> None:
        staff = self.staff
        self.consultation = programme.create_consultation(
            actor=staff.engagement,
            reference=OPEN,
            title="Skills for 2030: what partners need",
            kind=Consultation.Kind.TARGETED,
            access=Consultation.Access.OPEN,
            takes_anonymous=True,
            purpose="We are deciding which courses to fund from next year and ask which skills you cannot find, and "
            "what would help people here to get on. Your answer decides where the money goes.",
            background="Eleven million pounds a year go into training for adults in the seven areas. From next year "
            "the partnership decides what they pay for. This short consultation asks those who hire, those who teach "
            "and those who help people into work.",
            what_happens_next="We publish what we heard within eight weeks. The skills board then chooses the courses.",
            decision_owner="The skills board of the partnership",
            contact_email="skills@soundings.example",
            privacy_notice=PRIVACY,
            minutes_needed=8,
            opens_at=self.opens_at(),
            closes_at=local(self.today + timedelta(days=OPEN_FOR), 23, 59, 59),
            response_due_on=self.today + timedelta(days=OPEN_FOR + 56),
        )
        areas = list(Area.objects.filter(code__in=[code for code, _, _, _ in AREAS]))
        programme.change_facts(self.consultation, actor=staff.engagement, areas=areas)
        themes = [
            programme.add_theme(self.consultation, actor=staff.engagement, code=code, name=name, description=text)
            for code, name, text in THEMES
        ]
        for user, role in ((staff.second_engagement, "engagement"), (staff.officer, "officer")):
            programme.assign(self.consultation, user=user, role=role, actor=staff.engagement)
        paper = uploads.check("evidence-base.pdf", papers.evidence_base(), most_megabytes=20)
        programme.add_document(
            self.consultation, actor=staff.engagement, title="The evidence base in two pages", upload=paper
        )
        survey = import_questionnaire(self.consultation, "people", staff.engagement)
        survey.theme = themes[0]
        survey.save(update_fields=["theme", "updated_at"])
        self.surveys["people"] = put_live(survey, staff.engagement)

    def _invite(self) -> None:
        rows = [body.row for body in self.invited if body.row is not None]
        inviting.invite(self.fresh(), rows, actor=self.staff.engagement)

    def _replies(self) -> list[Reply]:
        replies = []
        for number, body in enumerate(self.invited[: ONLINE + 2]):
            channel = "online" if number < ONLINE else ["email", "telephone"][number - ONLINE]
            days = -9 + number if channel == "online" else -6
            reply = Reply(body, channel, self._day(min(days, -1), 10 + number % 7, 7 * number % 60))
            # The latest wait to be looked at.
            reply.outcome = "accepted" if days < -4 else "submitted"
            reply.confidentiality = "unnamed" if number == 3 else "named"
            replies.append(reply)
        for number, body in enumerate(self.invited[ONLINE + 2 : ONLINE + 2 + DRAFTS]):
            replies.append(Reply(body, "online", self._day(-3 + number, 16), outcome="unfinished"))
        return replies

    def _open(self, body: Body) -> None:
        invitation = Invitation.objects.get(consultation=self.consultation, organisation=body.row)
        invitations.open_link(invitation.pk, now=timezone.now())

    def _letter(self) -> None:
        """A letter that a clerk typed in, and that waits for somebody else to check it."""
        body, clerk = self.invited[-1], self.staff.engagement
        letter = submissions.begin_intake(
            self.fresh(),
            channel="letter",
            received_on=timezone.localdate() - timedelta(days=1),
            actor=clerk,
            organisation=body.row,
            now=timezone.now(),
            reference=self.replies.reference(self.consultation),
        )
        reply = Reply(body, "letter", timezone.now())
        said = self.replies.speech.say(
            self.replies.voice(reply), about="people", least=4, most=6, before=sentences.STATEMENT_OPENINGS[1]
        )
        submissions.save_statement(letter.pk, said.text, actor=clerk, now=timezone.now())
        submissions.choose_confidentiality(letter.pk, "named", actor=clerk)
        sending.hand_over(letter.pk, actor=clerk)

    # --- events ---------------------------------------------------------------------------------------------

    def _plan_events(self, agenda: Agenda) -> None:
        agenda.add(self._day(-9, 14), lambda: self._event(agenda, "Workshop: apprenticeships that work", 6, 40, 13))
        agenda.add(self._day(-9, 15), lambda: self._event(agenda, "Breakfast with employers", 11, 16, 19))
        # Held three days ago; nobody has marked yet who came.
        agenda.add(self._day(-9, 16), lambda: self._event(agenda, "Round table: adult learning", -3, 20, 11))
        # On today: the first people are in, the others are let in by whoever looks at the demonstration.
        agenda.add(self._day(-9, 17), lambda: self._event(agenda, TODAY, 0, 24, 14))
        agenda.add(self._day(-9, 13), lambda: gatherings.keep_venues(self.staff))
        gatherings.standing_alone(agenda, self.staff, self.today, to_working_day)

    def _event(self, agenda: Agenda, title: str, days: int, places: int, people: int) -> None:
        starts = self._day(to_working_day(self.today, days) if days else 0, 9)
        values = {
            "title": title,
            "type": Event.Type.WORKSHOP if title.startswith("Workshop") else Event.Type.ROUND_TABLE,
            "mode": Event.Mode.IN_PERSON,
            "summary": "Two hours at tables of eight, with coffee.",
            "description": "What you say is noted, shown to you, and becomes evidence once you have agreed it.",
            "starts_at": starts,
            "ends_at": starts + timedelta(hours=2 if days else 10),
            "venue_name": "Training Hall",
            "venue_address": "Station Road, Gateshead",
            "access_information": ACCESS,
            "area": Area.objects.get(code="gateshead"),
            "capacity": places,
        }
        themes = list(self.fresh().themes.all())
        event = programme.create_event(self.consultation, values, themes=themes, actor=self.staff.engagement)
        events.open_booking(event.pk, actor=self.staff.engagement)
        self._furnish(agenda, event)
        for number, body in enumerate(self.rng.sample(self.invited, min(people, len(self.invited)))):
            moment = self._day(-8 + number % 5, 9 + number % 8, (7 * number) % 60)
            person = body.people[0]
            agenda.add(
                moment,
                lambda person=person, body=body: events.register(  # type: ignore[misc]
                    event.pk,
                    name=person.name,
                    email=person.email,
                    organisation_name=body.name,
                    consent_version=CONSENT_VERSION,
                ),
            )
        if not days:
            agenda.add(self.now, lambda: doors.let_first_in(event, self.staff.engagement))
        if days < 0:
            agenda.add(starts + timedelta(minutes=5), lambda: events.mark_held(event.pk, actor=self.staff.engagement))

    def _furnish(self, agenda: Agenda, event: Event) -> None:
        """Give the two that are ahead what such events have."""
        if event.type == Event.Type.WORKSHOP:
            gatherings.furnish_workshop(event, self.staff)
            agenda.add(self._day(-1, 15), lambda: gatherings.needs_come_in(event, self.staff))
        elif event.title.startswith("Breakfast"):
            gatherings.furnish_breakfast(event, self.staff)
            agenda.add(self._day(-3, 11), lambda: gatherings.answer_invitations(event))


def prepare_next(staff: Staff) -> Consultation:
    """A consultation that one of the engagement staff sent for review, so that a second person has something to do."""
    today = timezone.localdate()
    consultation = programme.create_consultation(
        actor=staff.second_engagement,
        reference=IN_REVIEW,
        title="Getting about: transport and broadband to 2030",
        kind=Consultation.Kind.DRAFT_STRATEGY,
        purpose="We have drafted a plan for buses, rail, roads and broadband and ask what it gets wrong. Where "
        "partners tell us that a line or a road serves nobody, we change the plan.",
        decision_owner="The transport committee",
        contact_email="transport@soundings.example",
        privacy_notice=PRIVACY,
        minutes_needed=10,
        opens_at=local(today + timedelta(days=12)),
        closes_at=local(today + timedelta(days=68), 23, 59, 59),
    )
    programme.assign(consultation, user=staff.engagement, role="engagement", actor=staff.second_engagement)
    programme.assign(consultation, user=staff.second_officer, role="officer", actor=staff.second_engagement)
    programme.add_theme(
        consultation,
        actor=staff.second_engagement,
        code="infrastructure",
        name="Infrastructure",
        description="Transport, broadband and energy.",
        scheme=SCHEME,
    )
    survey = import_questionnaire(consultation, "infrastructure", staff.second_engagement)
    put_live(survey, staff.second_engagement)
    return lifecycle.submit_for_review(consultation.pk, actor=staff.second_engagement)
