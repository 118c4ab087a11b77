"""Stops an upload that is too large while it arrives: what is over the limit is neither held nor written anywhere.

The form still gets something under the file's name, a `CutFile`, so that it can say in a sentence what was too large.
"""

from __future__ import annotations

from io import BytesIO
from typing import Any

from django.conf import settings
from django.core.files.uploadedfile import UploadedFile
from django.core.files.uploadhandler import TemporaryFileUploadHandler

MEGABYTE = 1024 * 1024


class CutFile(UploadedFile):
    """A file that was not kept. `size` is what arrived; `together` says that all files of the request were too much."""

    def __init__(self, *, name: str, content_type: str, size: int, together: bool) -> None:
        super().__init__(BytesIO(), name, content_type, size)
        self.together = together


class LimitedFileUploadHandler(TemporaryFileUploadHandler):
    """Writes files to the disk, and of each no more than the limits allow."""

    def __init__(self, request: Any = None) -> None:
        super().__init__(request)
        self.total = 0

    def new_file(self, *args: Any, **kwargs: Any) -> None:
        super().new_file(*args, **kwargs)
        self.is_over = self.is_together = False

    def receive_data_chunk(self, raw_data: bytes, start: int) -> None:
        self.total += len(raw_data)
        self.is_together = self.is_together or self.total > settings.UPLOAD_TOGETHER_MEGABYTES * MEGABYTE
        is_large = start + len(raw_data) > settings.UPLOAD_MEGABYTES * MEGABYTE
        self.is_over = self.is_over or self.is_together or is_large
        if not self.is_over:
            super().receive_data_chunk(raw_data, start)

    def file_complete(self, file_size: int) -> UploadedFile | None:  # type: ignore[override]
        if not self.is_over:
            return super().file_complete(file_size)
        self.file.close()
        together = self.is_together and file_size <= settings.UPLOAD_MEGABYTES * MEGABYTE
        return CutFile(
            name=self.file_name or "", content_type=self.content_type or "", size=file_size, together=together
        )
