"""Which submissions exist for whom, and what their pages read."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Any

from django.db.models import Exists, F, Max, OuterRef, Q, QuerySet, Subquery, Value

from consultations.programme import queries as programme
from consultations.programme.models import Assignment, Consultation
from consultations.submissions.models import Response, ResponseRevision, Submission
from consultations.surveys import translating
from consultations.surveys.definition import Definition
from consultations.surveys.kinds.files import without_files
from consultations.surveys.models import Survey, SurveyVersion
from consultations.surveys.paper import numbered
from consultations.surveys.path import Path, walk
from engagement.accounts.rules import is_administrator, is_staff_member
from engagement.core.prepared import Given, Prepared
from engagement.stakeholders.models import Membership, Organisation

# What staff may see of a submission that came online: it was sent, whatever became of it then.
SENT = Q(state__in=[*Submission.COUNTED, "duplicate", "rejected"]) | Q(state="withdrawn", submitted_at__isnull=False)
TYPED_IN = Q(
    channel__in=[
        Submission.Channel.EMAIL,
        Submission.Channel.LETTER,
        Submission.Channel.TELEPHONE,
        Submission.Channel.MEETING,
    ]
)

# Changes that reach responses in progress without anybody choosing.
HARMLESS = (SurveyVersion.Change.WORDING, SurveyVersion.Change.ADDITIVE)


def account_of(person: Any) -> Any:
    """The account to be written down beside an act; None for the site itself and for whoever came by a return link."""
    return person if person is not None and person.is_authenticated else None


# --- whose is what --------------------------------------------------------------------------------------


def own(user: Any) -> QuerySet[Submission]:
    """A partner's: what they write for themselves, and what their organisations write, by today's memberships.

    Each row carries `held_role` (the role in the organisation; None for one's own) and `held_by`, for the rules.
    """
    if not user.is_authenticated or not user.is_active:
        return Submission.objects.none()
    held = Membership.objects.current().filter(contact__user=user, organisation__closed_at=None)
    role = held.filter(organisation=OuterRef("organisation")).values("role")[:1]
    return (
        Submission.objects.filter(
            Q(organisation=None, respondent=user) | Q(organisation__in=held.values("organisation")), is_test=False
        )
        .exclude(TYPED_IN & Q(state__in=Submission.DRAFTS))
        .annotate(held_role=Subquery(role), held_by=Value(user.pk))
    )


def received(user: Any) -> QuerySet[Submission]:
    """What staff see of the consultations that they work on: sent, never a draft by any address, and no test."""
    return Submission.objects.filter(SENT, consultation__in=programme.visible_to(user), is_test=False)


def typed_in(user: Any) -> QuerySet[Submission]:
    """Letters, e-mails and calls that staff of these consultations are typing in or have to check."""
    return Submission.objects.filter(
        TYPED_IN, state__in=Submission.DRAFTS, consultation__in=programme.visible_to(user), is_test=False
    )


def tests(user: Any) -> QuerySet[Submission]:
    """The test submissions of the consultations that this member of staff works on, drafts included: nobody's words."""
    return Submission.objects.filter(is_test=True, consultation__in=programme.visible_to(user))


def readable_by_staff(user: Any) -> QuerySet[Submission]:
    """Received, or being typed in by staff."""
    return received(user) | typed_in(user)


def workable_by(user: Any) -> QuerySet[Submission]:
    """Whose answering pages exist for this person: their own, intake in consultations that they run, and their own
    tests in those that they work on."""
    if not is_staff_member(user):
        return own(user)
    runs = Assignment.objects.filter(user=user, role=Assignment.Role.ENGAGEMENT).values("consultation")
    mine = own(user).values("pk")
    intake = TYPED_IN & Q(state__in=Submission.DRAFTS, is_test=False)
    if not is_administrator(user):
        intake &= Q(consultation__in=runs)
    return Submission.objects.filter(
        Q(pk__in=mine) | intake | Q(pk__in=tests(user).filter(respondent=user).values("pk"))
    )


_BY_PUBLIC_ID: Prepared[Submission] = Prepared(
    lambda: Submission.objects.select_related("consultation", "organisation").filter(
        public_id=Given("public_id", Submission._meta.get_field("public_id"))
    )
)


def workable(user: Any, public_id: Any) -> Submission | None:
    """The one of `workable_by(user)` with this id, with consultation and organisation at hand; None outside of it.

    Every page of every partner begins here, and building the one query of `workable_by` costs more than asking it: so
    the row is read first and the person's part in it after, with two small queries. Tests hold the two together.
    """
    submission = _BY_PUBLIC_ID.first(public_id=public_id)
    if submission is None or not user.is_authenticated or not user.is_active:
        return None
    if submission.is_test:
        # Rare, so asked in full: whoever left the consultation's team leaves their tests behind.
        return submission if tests(user).filter(respondent=user, pk=submission.pk).exists() else None
    if submission.is_draft and submission.is_intake:
        if is_administrator(user):
            return submission
        runs = Assignment.objects.filter(
            user=user, role=Assignment.Role.ENGAGEMENT, consultation=submission.consultation_id
        )
        return submission if is_staff_member(user) and runs.exists() else None
    if submission.organisation is None:
        return submission if submission.respondent_id == user.pk else None
    if submission.organisation.closed_at is not None:
        return None
    held = Membership.objects.current().filter(contact__user=user, organisation=submission.organisation_id)
    role = held.order_by().values_list("role", flat=True).first()
    submission.held_role, submission.held_by = role, user.pk  # type: ignore[attr-defined]
    return submission if role else None


def visible_to(user: Any) -> QuerySet[Submission]:
    """Every submission that exists for this person, as a partner or as staff."""
    if not is_staff_member(user):
        return own(user)
    return Submission.objects.filter(Q(pk__in=own(user).values("pk")) | Q(pk__in=readable_by_staff(user).values("pk")))


def present_of(
    consultation: Consultation, *, organisation: Organisation | None = None, user: Any = None
) -> Submission | None:
    """The one submission of this organisation, or of this person for themselves, that is not set aside."""
    rows = Submission.objects.filter(consultation=consultation, is_test=False).exclude(state__in=Submission.SET_ASIDE)
    if organisation is not None:
        return rows.filter(organisation=organisation).first()
    return rows.filter(organisation=None, respondent=user).first()


def counted(consultation: Consultation) -> QuerySet[Submission]:
    """What stands in figures: sent, not set aside, no test."""
    return Submission.objects.filter(consultation=consultation, state__in=Submission.COUNTED, is_test=False)


# --- the surveys of a submission ------------------------------------------------------------------------


@dataclass
class Part:
    """One survey as this submission meets it. `response` is None until something was saved."""

    survey: Survey
    response: Response | None
    version: SurveyVersion
    definition: Definition
    path: Path

    @property
    def language(self) -> str:
        """The code of the language in which the survey is read here."""
        return translating.language_of(self.definition)

    @property
    def unfinished(self) -> dict[str, Any]:
        """Page code to what was typed there and not acceptable, for pages on the path."""
        kept = self.response.unfinished if self.response else {}
        return {code: typed for code, typed in kept.items() if typed and self.path.step(code)}

    @property
    def is_begun(self) -> bool:
        """Whether anything was answered: a survey that was left alone is not part of the submission."""
        return bool(self.path.answers or self.unfinished)


def version_for(response: Response) -> SurveyVersion:
    """The version a draft is answered in: the newest that it may move to.

    Changes of wording and additions reach drafts by themselves. At a narrowing version the one who published it chose:
    drafts move too, or stop before it and are finished in what they had reached.
    """
    newest = response.survey.current_version
    if newest is None or newest.pk == response.version_id:
        return response.version
    since = SurveyVersion.objects.filter(
        survey=response.survey_id, number__gt=response.version.number, number__lte=newest.number
    )
    reached = response.version
    for version in since.defer("definition").order_by("number"):
        if version.change not in HARMLESS and version.drafts == SurveyVersion.Drafts.STAY:
            break
        reached = version
    return newest if reached.pk == newest.pk else reached


def responses() -> QuerySet[Response]:
    """Responses with survey and versions at hand, without the documents, which are read once for each process."""
    return Response.objects.select_related("survey__current_version", "version", "last_edited_by").defer(
        "version__definition", "survey__current_version__definition", "survey__import_notes", "survey__intro"
    )


_RESPONSE: Prepared[Response] = Prepared(lambda: responses().filter(pk=Given("pk")))
_RESPONSES_OF: Prepared[Response] = Prepared(lambda: responses().filter(submission=Given("submission")))
_RESPONSE_TO: Prepared[Response] = Prepared(
    lambda: responses().filter(submission=Given("submission"), survey__code=Given("code"))
)


def response_again(pk: int) -> Response:
    """The response as it stands now, with survey and versions at hand."""
    found = _RESPONSE.first(pk=pk)
    if found is None:
        raise Response.DoesNotExist
    return found


def responses_of(submission: Submission) -> list[Response]:
    """The responses of one submission, with survey and versions at hand."""
    return _RESPONSES_OF.all(submission=submission.pk)


def part(
    survey: Survey, response: Response | None, *, is_draft: bool = True, is_anonymous: bool = False
) -> Part | None:
    """The survey with its path; None for a survey that has no version. What was sent keeps its version.

    Its texts are in the language of the page or message that is being made.
    """
    if response is not None:
        version: SurveyVersion | None = version_for(response) if is_draft else response.version
    else:
        version = survey.current_version
    if version is None:
        return None
    definition = translating.spoken(version)
    if is_anonymous:
        definition = without_files(definition)
    return Part(survey, response, version, definition, walk(definition, response.data if response else {}))


def by_numbers(part: Part) -> Part:
    """The same with the numbers on the paper before its questions, for typing in what came on one."""
    definition = numbered(part.definition)
    return replace(part, definition=definition, path=walk(definition, part.response.data if part.response else {}))


def part_of(submission: Submission, survey_code: str) -> Part | None:
    """One survey of the submission: one that was begun, or one that is live; None for anything else."""
    response = _RESPONSE_TO.first(submission=submission.pk, code=survey_code)
    if response is not None:
        return part(response.survey, response, is_draft=submission.is_draft, is_anonymous=submission.is_anonymous)
    survey = next((one for one in surveys_for(submission) if one.code == survey_code), None)
    return part(survey, None, is_anonymous=submission.is_anonymous) if survey else None


def parts_of(submission: Submission) -> list[Part]:
    """Every survey of the submission in the order of the consultation: two queries."""
    begun = {response.survey_id: response for response in responses_of(submission)}
    surveys = surveys_for(submission) if submission.is_draft else []
    known = {survey.pk for survey in surveys}
    surveys += [response.survey for key, response in begun.items() if key not in known]
    surveys.sort(key=lambda survey: (survey.order, survey.pk))
    facts = {"is_draft": submission.is_draft, "is_anonymous": submission.is_anonymous}
    found = [part(survey, begun.get(survey.pk), **facts) for survey in surveys]
    return [one for one in found if one is not None]


_LIVE_SURVEYS: Prepared[Survey] = Prepared(
    lambda: (
        Survey.objects.filter(
            consultation=Given("consultation"), state=Survey.State.LIVE, current_version__isnull=False
        )
        .select_related("current_version")
        .defer("current_version__definition", "import_notes", "intro")
        .order_by("order", "pk")
    )
)


def live_surveys(consultation_id: int) -> list[Survey]:
    """The surveys that can be answered, with their version at hand."""
    return _LIVE_SURVEYS.all(consultation=consultation_id)


_PUBLISHED_SURVEYS: Prepared[Survey] = Prepared(
    lambda: (
        Survey.objects.filter(consultation=Given("consultation"), current_version__isnull=False)
        .select_related("current_version")
        .defer("current_version__definition", "import_notes", "intro")
        .order_by("order", "pk")
    )
)


def surveys_for(submission: Submission) -> list[Survey]:
    """The surveys that this submission may answer: the live ones, for a test all that have a published version."""
    if submission.is_test:
        return _PUBLISHED_SURVEYS.all(consultation=submission.consultation_id)
    return live_surveys(submission.consultation_id)


# --- who saved what, when -------------------------------------------------------------------------------


def _newest_of_each_page() -> QuerySet[ResponseRevision]:
    newest = (
        ResponseRevision.objects.filter(response__submission=Given("submission"), kind__in=ResponseRevision.APPLIED)
        .order_by()
        .values("response", "page")
        .annotate(newest=Max("pk"))
        .values("newest")
    )
    return ResponseRevision.objects.filter(pk__in=newest).select_related("actor", "response").defer("patch")


_LAST_SAVES: Prepared[ResponseRevision] = Prepared(_newest_of_each_page)


def last_saves(submission: Submission) -> dict[tuple[int, str], ResponseRevision]:
    """(survey id, page code) -> the last save of that page, with its actor: one query."""
    return {(row.response.survey_id, row.page): row for row in _LAST_SAVES.all(submission=submission.pk)}


def conflicts_of(submission: Submission | Given, user: Any) -> QuerySet[ResponseRevision]:
    """This person's answers that met a colleague's at the same time."""
    rows = ResponseRevision.objects.filter(response__submission=submission, kind=ResponseRevision.Kind.CONFLICT)
    if not isinstance(user, Given) and user.pk is None:
        # By a return link: what conflicts there is what the same person wrote in another window.
        rows = rows.filter(actor=None)
    else:
        rows = rows.filter(actor=user)
    return rows.select_related("response__survey").order_by("pk")


def last_writer(response: Response, codes: Iterable[str], *, besides: Any) -> Any:
    """Who else saved one of these answers last; None when nobody did."""
    rows = response.revisions.filter(kind__in=ResponseRevision.APPLIED).exclude(actor=account_of(besides))
    wanted = set(codes)
    for row in rows.select_related("actor").order_by("-number"):
        if wanted & row.patch.keys():
            return row.actor
    return None


def open_conflicts(submission: Submission | Given, user: Any) -> QuerySet[ResponseRevision]:
    """Those of them that wait for a choice."""
    settled = ResponseRevision.objects.filter(response=OuterRef("response"), settles=OuterRef("number"))
    return conflicts_of(submission, user).exclude(Exists(settled))


_CONFLICTS: Prepared[ResponseRevision] = Prepared(lambda: open_conflicts(Given("submission"), Given("user")))


def conflicts_to_settle(submission: Submission, user: Any) -> list[ResponseRevision]:
    """The same, for the page that every respondent comes back to."""
    if user.pk is None:
        return list(open_conflicts(submission, user))
    return _CONFLICTS.all(submission=submission.pk, user=user.pk)


def with_people(rows: QuerySet[Submission]) -> QuerySet[Submission]:
    """With organisation, kind, sector and those who sent and entered it: no query per row."""
    return rows.select_related(
        "consultation", "organisation__kind__sector", "kind__sector", "respondent", "submitted_by", "entered_by"
    )


def newest_first(rows: QuerySet[Submission]) -> QuerySet[Submission]:
    return rows.order_by(F("submitted_at").desc(nulls_last=True), "-pk")
