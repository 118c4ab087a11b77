"""Stops an upload that is too large while it arrives: what is over the limit is neither held nor written anywhere.

The form still gets something under the file's name, a `CutFile`, so that it can say in a sentence what was too large.
"""

from __future__ import annotations

from io import BytesIO
from typing import Any

from django.conf import settings
from django.core.files.uploadedfile import UploadedFile
from django.core.files.uploadhandler import FileUploadHandler

MEGABYTE = 1024 * 1024


class CutFile(UploadedFile):
    """A file that was not kept. `size` is what arrived; `together` says that all files of the request were too much."""

    def __init__(self, *, name: str, field_name: str, content_type: str, size: int, together: bool) -> None:
        super().__init__(BytesIO(), name, content_type, size)
        self.field_name, self.together = field_name, together


class LimitingUploadHandler(FileUploadHandler):
    """Stands before the handlers that keep files, and hands them no more than the limits allow."""

    def __init__(self, request: Any = None) -> None:
        super().__init__(request)
        self.total = 0

    def new_file(self, *args: Any, **kwargs: Any) -> None:
        super().new_file(*args, **kwargs)
        self.is_over = self.is_together = False

    def receive_data_chunk(self, raw_data: bytes, start: int) -> bytes | None:
        self.total += len(raw_data)
        self.is_together = self.is_together or self.total > settings.UPLOAD_TOGETHER_MEGABYTES * MEGABYTE
        self.is_over = self.is_over or self.is_together or start + len(raw_data) > settings.UPLOAD_MEGABYTES * MEGABYTE
        return None if self.is_over else raw_data

    def file_complete(self, file_size: int) -> CutFile | None:
        if not self.is_over:
            return None
        return CutFile(
            name=self.file_name or "",
            field_name=self.field_name or "",
            content_type=self.content_type or "",
            size=file_size,
            together=self.is_together and file_size <= settings.UPLOAD_MEGABYTES * MEGABYTE,
        )
