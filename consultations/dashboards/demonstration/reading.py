"""What the officers made of it: the code frame, coded passages, two versions of a summary, files."""

from __future__ import annotations

import hashlib
import random
from datetime import date
from typing import Any

from consultations.analysis import actions, queries
from consultations.analysis import lifecycle as frames
from consultations.analysis.models import Code, Coding, Excerpt, SourceReading
from consultations.dashboards.demonstration.clock import Agenda, local
from consultations.dashboards.demonstration.sentences import FRAME
from consultations.dashboards.demonstration.voices import Speech
from consultations.exports import actions as exports
from consultations.exports import build as export_build
from consultations.exports.models import ExportJob
from consultations.programme import lifecycle as programme
from consultations.programme.models import Consultation
from consultations.submissions.models import TextAnswer
from consultations.summaries import actions as summaries
from consultations.summaries import build as summary_build
from consultations.summaries import lifecycle as approval
from consultations.summaries.models import Finding, Summary
from engagement.audit import trail
from engagement.core import jobs

# Of all texts, how many were read when the first summary was written, and by now.
READ_FIRST, READ_NOW = 0.62, 0.8


class Reading:
    """The analysis of one consultation."""

    def __init__(self, rng: random.Random, speech: Speech, staff: Any) -> None:
        self.rng, self.speech, self.staff = rng, speech, staff
        self.codes: dict[str, Code] = {}
        self.read: set[tuple[str, int]] = set()

    def frame(self, consultation: Consultation) -> None:
        """Two levels: the themes, what is said under each, and what was raised beyond them."""
        frame = actions.start_frame(consultation, actor=self.staff.officer)
        tops = {code.code: code for code in frame.codes.all()}
        for code, label, definition, children in FRAME:
            top = tops.get(code) or actions.add_code(
                frame.pk, label=label, definition=definition, code=code, actor=self.staff.officer
            )
            for child, name, meaning in children:
                self.codes[child] = actions.add_code(
                    frame.pk, label=name, definition=meaning, code=child, parent=top, actor=self.staff.officer
                )
        frames.put_in_use(frame.pk, actor=self.staff.officer)

    def code(self, consultation: Consultation, share: float) -> None:
        """Read this share of all texts and put codes exactly where something was said."""
        texts: list[Any] = [*queries.answers(consultation), *queries.notes(consultation)]
        wanted = round(len(texts) * share) - len(self.read)
        left = [text for text in texts if (type(text).__name__, text.pk) not in self.read]
        chosen = self.rng.sample(left, max(0, min(wanted, len(left))))
        for place, coder in enumerate((self.staff.officer, self.staff.second_officer)):
            self._code_some(consultation, chosen[place::2], coder)
        self.read |= {(type(text).__name__, text.pk) for text in chosen}

    def _code_some(self, consultation: Consultation, texts: list[Any], coder: Any) -> None:
        """What `analysis.actions.code_passages` does to each passage, in a few statements for all of them."""
        excerpts, codes, acts = [], [], []
        for text in texts:
            said = self.speech.said.get(text.text)
            spans: dict[tuple[int, int], set[str]] = {}
            for start, end, code in said.passages if said else ():
                spans.setdefault((start, end), set()).add(code)
            source = {"answer": text} if isinstance(text, TextAnswer) else {"note": text}
            for (start, end), names in spans.items():
                excerpts.append(
                    Excerpt(
                        **source,
                        consultation=consultation,
                        start=start,
                        end=end,
                        text=text.text[start:end],
                        source_sha256=hashlib.sha256(text.text.encode()).hexdigest(),
                        created_by=coder,
                    )
                )
                codes.append(sorted(names))
                acts.append((text, {"codes": sorted(names), "spans": [[start, end]]}))
        Excerpt.objects.bulk_create(excerpts, batch_size=500)
        Coding.objects.bulk_create(
            [
                Coding(excerpt=excerpt, code=self.codes[name], coder=coder)
                for excerpt, names in zip(excerpts, codes, strict=True)
                for name in names
            ],
            batch_size=500,
        )
        SourceReading.objects.bulk_create(
            SourceReading(
                answer=text if isinstance(text, TextAnswer) else None,
                note=None if isinstance(text, TextAnswer) else text,
                reader=coder,
            )
            for text in texts
        )
        trail.record_many("passage.coded", acts, actor=coder, scope=consultation.reference)

    # --- the call for evidence ------------------------------------------------------------------------------

    def plan(self, agenda: Agenda, get: Any) -> None:
        """From the close to the report and a little beyond; `get` gives the consultation as it is then."""
        agenda.add(local(date(2019, 2, 20), 10), lambda: self.frame(get()))
        agenda.add(local(date(2019, 3, 1), 12), lambda: self.code(get(), READ_FIRST))
        agenda.add(local(date(2019, 3, 4), 9), lambda: self._failed_export(get()))
        agenda.add(local(date(2019, 3, 12), 10), lambda: self._first_summary(get()))
        agenda.add(local(date(2019, 3, 29), 12), lambda: self._publish(get()))
        agenda.add(local(date(2019, 4, 9), 12), lambda: self.code(get(), READ_NOW))
        agenda.add(local(date(2019, 4, 11), 15), lambda: self._second_summary(get()))

    def _first_summary(self, consultation: Consultation) -> None:
        summary = self.draft(consultation, "What we heard: emerging findings", self.staff.officer)
        first = summary.findings.filter(kind=Finding.Kind.CONTEXT).order_by("order").first()
        summaries.add_finding(
            summary.pk,
            kind=Finding.Kind.CONTEXT,
            text="This first report covers what two officers had read by 1 March 2019, about six texts in ten. A "
            "second version follows. The organisations are invented, and so is what they say.",
            actor=self.staff.officer,
            after=first,
        )
        approval.send_to_review(summary.pk, actor=self.staff.officer)

    def _publish(self, consultation: Consultation) -> None:
        summary = Summary.objects.get(consultation=consultation, state=Summary.State.IN_REVIEW)
        approval.approve(summary.pk, actor=self.staff.administrator)
        approval.publish(summary.pk, actor=self.staff.administrator)
        programme.report(consultation.pk, actor=self.staff.administrator)

    def _second_summary(self, consultation: Consultation) -> None:
        summary = self.draft(consultation, "What we heard", self.staff.second_officer)
        approval.send_to_review(summary.pk, actor=self.staff.second_officer)

    def draft(self, consultation: Consultation, title: str, author: Any) -> Summary:
        """Asked for, and drafted as the worker would."""
        summary = summaries.request_draft(consultation, title=title, actor=author)
        summary_build.run(summary.pk)
        summary.refresh_from_db()
        return summary

    # --- files ----------------------------------------------------------------------------------------------

    def _failed_export(self, consultation: Consultation) -> None:
        """One whose process ended three times, as after a power cut."""
        job = exports.request_export(
            consultation, profile="pseudonymous", file_format="xlsx", actor=self.staff.second_officer
        )
        ExportJob.objects.filter(pk=job.pk).update(attempts=jobs.MOST_ATTEMPTS)
        export_build.run(job.pk)

    def fresh_export(self, consultation: Consultation) -> None:
        """One that can be fetched today; those of the past are thrown away by the clock."""
        job = exports.request_export(
            consultation, profile="pseudonymous", file_format="xlsx", labels=True, actor=self.staff.officer
        )
        export_build.run(job.pk)
        export_build.expire()
        exports.request_export(
            consultation,
            profile="full",
            file_format="xlsx",
            actor=self.staff.second_officer,
            reason="To write to those who said that we may come back to them.",
        )
