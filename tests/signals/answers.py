"""What each vendor's boards answer, as far as their documentation shows it: rows of invented openings, and around them
what else stands in the answer."""

import json
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any
from xml.sax.saxutils import escape

Opening = tuple[str | None, ...]


@dataclass(frozen=True)
class Answers:
    path: str  # of the board named hollin, below the address that the settings have
    around: Callable[[list[Any]], Any]
    rows: list[dict[str, Any]]
    openings: list[Opening]


def position(row: dict[str, Any]) -> str:
    others = "".join(f"<office>{escape(office)}</office>" for office in row.get("others", ()))
    return (
        f"<position><id>{row['id']}</id><subcompany>Hollin GmbH</subcompany>"
        f"{'<office>' + escape(row['office']) + '</office>' if 'office' in row else '<office/>'}"
        f"<additionalOffices>{others}</additionalOffices><department>Webs</department>"
        f"<name>{escape(row['name'])}</name><jobDescriptions><jobDescription><name>Tasks</name>"
        "<value><![CDATA[<p>Weave &amp; <b>bind</b></p>]]></value></jobDescription></jobDescriptions>"
        "<employmentType>permanent</employmentType><createdAt>2026-03-02T10:00:00+00:00</createdAt></position>"
    )


ANSWERS = {
    "greenhouse": Answers(
        "/v1/boards/hollin/jobs",
        lambda rows: {"jobs": rows, "meta": {"total": len(rows)}},
        [
            {"id": 1, "title": "Weaver", "location": {"name": "Ulm"}, "absolute_url": "https://hollin.example/jobs/1"},
            {"id": 2, "title": "Binder", "location": {"name": ""}, "absolute_url": ""},
        ],
        [("Weaver", "Ulm", "https://hollin.example/jobs/1"), ("Binder", None, None)],
    ),
    "lever": Answers(
        "/v0/postings/hollin",
        lambda rows: rows,
        [
            {
                "id": "0a1b",
                "text": "Weaver",
                "categories": {"location": "Ulm", "allLocations": ["Ulm", "Oslo"], "team": "Webs"},
                "country": "DE",
                "workplaceType": "hybrid",
                "hostedUrl": "https://jobs.lever.co/hollin/0a1b",
                "applyUrl": "https://jobs.lever.co/hollin/0a1b/apply",
                "createdAt": 1787046089466,
                "lists": [{"text": "Tasks", "content": "<li>Weave</li>"}],
            },
            {"text": "Binder", "categories": {"team": "Webs"}, "workplaceType": "remote"},
        ],
        [("Weaver", "Ulm; Oslo", "https://jobs.lever.co/hollin/0a1b"), ("Binder", "Remote", None)],
    ),
    "ashby": Answers(
        "/posting-api/job-board/hollin",
        lambda rows: {"apiVersion": "1", "jobs": rows},
        [
            {
                "id": "0a1b",
                "title": "Weaver",
                "location": "Ulm",
                "secondaryLocations": [{"location": "Oslo", "address": {"addressCountry": "Norway"}}],
                "isRemote": True,
                "isListed": True,
                "workplaceType": "Hybrid",
                "publishedAt": "2026-03-02T10:00:00.000+00:00",
                "jobUrl": "https://jobs.ashbyhq.com/hollin/0a1b",
                "applyUrl": "https://jobs.ashbyhq.com/hollin/0a1b/application",
            },
            {"title": "Hidden", "location": "Ulm", "isListed": False},
            {"title": "Binder", "location": "", "secondaryLocations": [], "isRemote": True, "isListed": True},
        ],
        [("Weaver", "Ulm; Oslo", "https://jobs.ashbyhq.com/hollin/0a1b"), ("Binder", "Remote", None)],
    ),
    "smartrecruiters": Answers(
        "/v1/companies/hollin/postings",
        lambda rows: {"offset": 0, "limit": 100, "totalFound": len(rows), "content": rows},
        [
            {
                "id": "744000146470121",
                "name": "Weaver",
                "company": {"identifier": "hollin", "name": "Hollin"},
                "releasedDate": "2026-03-02T10:00:00.000Z",
                "location": {"city": "Ulm", "region": "BW", "country": "de", "fullLocation": "Ulm, , Germany"},
                "ref": "https://api.smartrecruiters.com/v1/companies/hollin/postings/744000146470121",
            },
            {"id": 17, "name": "Binder", "location": {"city": "Oslo", "country": "no", "remote": True}},
            {"id": "18", "name": "Dyer", "location": {"remote": True}},
        ],
        [
            ("Weaver", "Ulm, Germany", "https://jobs.smartrecruiters.com/hollin/744000146470121"),
            ("Binder", "Oslo, NO", "https://jobs.smartrecruiters.com/hollin/17"),
            ("Dyer", "Remote", "https://jobs.smartrecruiters.com/hollin/18"),
        ],
    ),
    "workable": Answers(
        "/api/v1/widget/accounts/hollin",
        lambda rows: {"name": "Hollin", "description": None, "jobs": rows},
        [
            {
                "title": "Weaver",
                "shortcode": "0A1B",
                "code": "",
                "employment_type": "Full-time",
                "telecommuting": False,
                "department": "Webs",
                "city": "Ulm",
                "state": "",
                "country": "Germany",
                "url": "https://apply.workable.com/j/0A1B",
                "application_url": "https://apply.workable.com/j/0A1B/apply",
                "published_on": "2026-03-02",
            },
            {"title": "Binder", "telecommuting": True},
        ],
        [("Weaver", "Ulm, Germany", "https://apply.workable.com/j/0A1B"), ("Binder", "Remote", None)],
    ),
    "recruitee": Answers(
        "/hollin/api/offers/",
        lambda rows: {"offers": rows},
        [
            {
                "id": 1,
                "title": "Weaver",
                "slug": "weaver",
                "status": "published",
                "location": "Ulm, Baden-Württemberg, Germany",
                "city": "Ulm",
                "country": "Germany",
                "remote": False,
                "hybrid": True,
                "careers_url": "https://hollin.recruitee.com/o/weaver",
                "published_at": "2026-03-02 10:00:00 UTC",
                "salary": {"min": None, "max": None, "period": None, "currency": None},
            },
            {"title": "Binder", "city": "Oslo", "country": "Norway"},
            {"title": "Dyer", "location": None, "remote": True},
        ],
        [
            ("Weaver", "Ulm, Baden-Württemberg, Germany", "https://hollin.recruitee.com/o/weaver"),
            ("Binder", "Oslo, Norway", None),
            ("Dyer", "Remote", None),
        ],
    ),
    "personio": Answers(
        "/hollin/xml",
        lambda rows: (
            f'<?xml version="1.0" encoding="UTF-8"?>\n<workzag-jobs>{"".join(map(position, rows))}</workzag-jobs>'
        ),
        [
            {"id": 12, "name": "Weaver & dyer", "office": "Ulm", "others": ["Oslo", "Köln"]},
            {"id": 13, "name": "Binder"},
        ],
        [
            ("Weaver & dyer", "Ulm; Oslo; Köln", "https://hollin.jobs.personio.de/job/12"),
            ("Binder", None, "https://hollin.jobs.personio.de/job/13"),
        ],
    ),
    "pinpoint": Answers(
        "/hollin/postings.json",
        lambda rows: {"data": rows},
        [
            {
                "id": "457770",
                "title": "Weaver",
                "location": {"id": "1", "name": "Ulm works", "city": "Ulm", "province": "BW"},
                "url": "https://hollin.pinpointhq.com/en/postings/0a1b",
                "workplace_type": "hybrid",
                "employment_type_text": "Full Time",
            },
            {"title": "Binder", "location": {"city": "Oslo", "province": "Oslo"}},
            {"title": "Dyer", "workplace_type": "remote"},
        ],
        [
            ("Weaver", "Ulm works", "https://hollin.pinpointhq.com/en/postings/0a1b"),
            ("Binder", "Oslo, Oslo", None),
            ("Dyer", "Remote", None),
        ],
    ),
}
ROWS = {vendor: known.rows for vendor, known in ANSWERS.items()}
JSON_VENDORS = [vendor for vendor in ANSWERS if vendor != "personio"]
# What no board answers.
ELSEWHERE = (
    b"",
    b"<html><title>Jobs</title></html>",
    b"<!doctype html>",
    b"null",
    b"5",
    b'"jobs"',
    b"{}",
    b'{"ok": false, "error": "Document not found"}',
    b'{"jobs": {}, "offers": 5, "content": null, "data": "x"}',
    b"[" * 100_000,
    b'{"jobs":' * 100_000,
    b"\xff\xfe\xfd",
)


def answer(vendor: str, rows: list[Any] | None = None) -> bytes:
    known = ANSWERS[vendor]
    whole = known.around(known.rows if rows is None else rows)
    return whole.encode() if isinstance(whole, str) else json.dumps(whole).encode()
