"""Building exports in tests, and reading them back with something that did not write them."""

import csv
import io
import zipfile

import python_calamine

from consultations.exports import actions, tasks


def built(survey, actor, profile="pseudonymous", file_format="csv", **more):
    job = actions.request_export(survey.consultation, profile=profile, file_format=file_format, actor=actor, **more)
    tasks.build_export(job.pk)
    job.refresh_from_db()
    return job


def content(job):
    with job.file.open("rb") as file:
        return io.BytesIO(file.read())


def tables(job):
    with zipfile.ZipFile(content(job)) as archive:
        return {
            name.removesuffix(".csv"): list(csv.reader(io.StringIO(archive.read(name).decode("utf-8-sig"), newline="")))
            for name in archive.namelist()
        }


def sheets(job):
    workbook = python_calamine.CalamineWorkbook.from_filelike(content(job))
    return {name: workbook.get_sheet_by_name(name).to_python() for name in workbook.sheet_names}


def parts(job):
    with zipfile.ZipFile(content(job)) as archive:
        return [archive.read(name) for name in archive.namelist() if "sheet" in name]
