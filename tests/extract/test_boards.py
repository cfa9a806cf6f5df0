import pytest

from shared.extract.boards import board_of


@pytest.mark.parametrize(
    ("url", "vendor", "token"),
    [
        ("https://boards.greenhouse.io/embed/job_board/js?for=looms", "greenhouse", "looms"),
        ("https://jobs.lever.co/looms/0aa1-22", "lever", "looms"),
        ("https://jobs.eu.lever.co/looms", "lever", "looms"),
        ("https://jobs.ashbyhq.com/looms?embed=js", "ashby", "looms"),
        ("https://apply.workable.com/looms/j/AB12/", "workable", "looms"),
        ("https://looms.workable.com/", "workable", "looms"),
        ("https://looms.recruitee.com/o/weaver", "recruitee", "looms"),
        ("https://looms.jobs.personio.de/job/12?language=de", "personio", "looms"),
        ("https://careers.smartrecruiters.com/Looms", "smartrecruiters", "Looms"),
        ("https://looms.teamtailor.com/jobs", "teamtailor", "looms"),
        ("https://looms.bamboohr.com/careers/17", "bamboohr", "looms"),
        ("https://looms.bamboohr.com/js/embed.js", "bamboohr", "looms"),
        ("https://join.com/companies/looms", "join", "looms"),
        ("https://looms.wd3.myworkdayjobs.com/en-US/Careers", "workday", "looms"),
    ],
)
def test_a_vendors_board_is_told_by_its_address(url: str, vendor: str, token: str) -> None:
    found = board_of(url)
    assert found is not None
    assert (found["vendor"], found["token"]) == (vendor, token)


@pytest.mark.parametrize(
    "url",
    """https://www.workable.com/ https://help.workable.com/x https://www.lever.co/looms https://www.teamtailor.com/en
    https://jobs.lever.co/ https://looms.com/jobs.lever.co/looms https://www.personio.de/ https://api.recruitee.com/c/1
    https://jobs.lever.co.evil.example/looms https://join.com/ https://looms.bamboohr.com/login.php https://[""".split(),
)
def test_a_vendors_other_pages_are_no_board(url: str) -> None:
    assert board_of(url) is None


@pytest.mark.parametrize("host", ["jobs", "jobs.eu"])
def test_a_region_has_boards_of_its_own(host: str) -> None:
    found = board_of(f"https://{host}.lever.co/looms/0aa1-22")
    assert found is not None
    assert found["url"] == f"https://{host}.lever.co/looms"
