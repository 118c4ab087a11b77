"""The pictures that surveys show, from this site and no other."""

from __future__ import annotations

from typing import Any

from django.db.models import Q
from django.http import FileResponse, HttpRequest
from django.shortcuts import get_object_or_404

from consultations.programme import queries as programme
from consultations.surveys.models import Picture
from engagement.core.access import anyone
from engagement.core.views import Guarded


class PictureFile(Guarded):
    """A picture to be shown in a page; checked to be one when it came, and never anything that could run.

    Outsiders see those of versions that were published; before that, those who work on the consultation.
    """

    access = anyone
    open_to_all = True

    def get_subject(self) -> Picture:
        works_on = Q(survey__consultation__in=programme.visible_to(self.request.user))
        rows = Picture.objects.filter(Q(published_at__isnull=False) | works_on)
        return get_object_or_404(rows, public_id=self.kwargs["picture"])

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> FileResponse:
        picture = self.subject
        response = FileResponse(picture.file.open("rb"), content_type=picture.content_type)
        response["Content-Disposition"] = "inline"
        response["X-Content-Type-Options"] = "nosniff"
        response["Content-Security-Policy"] = "default-src 'none'; sandbox"
        # Its content never changes under this address.
        response["Cache-Control"] = "private, max-age=86400"
        return response
