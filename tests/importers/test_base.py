from datetime import UTC, date, datetime
from itertools import count

import pytest

from archive.importers import base
from archive.importers.base import (
    MOST_GROUPS,
    MOST_IN_VAIN,
    MOST_PROBLEMS,
    ImportedArticle,
    ImportedByline,
    ImportReport,
    Problem,
    Refusal,
    until_hopeless,
)


def article(**fields):
    return ImportedArticle(**({"original_id": "1", "headline": "Headline"} | fields))


@pytest.mark.parametrize(
    ("published", "precision"),
    [
        (None, "unknown"),
        (date(2014, 1, 1), "year"),
        (date(2014, 1, 22), "day"),
        (datetime(2014, 1, 22, 17, 47, tzinfo=UTC), "minute"),
    ],
)
def test_date_and_its_precision_belong_together(published, precision):
    assert article(published=published, published_precision=precision).published == published


@pytest.mark.parametrize(
    ("published", "precision"),
    [
        (date(2014, 1, 22), "unknown"),
        (None, "day"),
        (date(2014, 1, 22), "minute"),
        (datetime(2014, 1, 22, 17, 47, tzinfo=UTC), "day"),
    ],
)
def test_reader_can_give_no_date_of_another_precision(published, precision):
    with pytest.raises(ValueError, match="a date known to the"):
        article(published=published, published_precision=precision)


def test_same_article_is_the_same_text():
    assert article(tags=()).canonical() == article(place="line 7").canonical()


def test_what_is_empty_is_left_out():
    assert article().canonical() == (
        '{"headline":"Headline","indexable":true,"original_id":"1","published_precision":"unknown"}'
    )


@pytest.mark.parametrize(
    "change",
    [
        {"headline": "Another"},
        {"held_back": True},
        {"indexable": False},
        {"published": date(2014, 1, 1), "published_precision": "year"},
        {"bylines": (ImportedByline("Anne Roy"),)},
    ],
)
def test_every_change_changes_the_text(change):
    assert article(**change).canonical() != article().canonical()


def test_role_of_a_byline_changes_the_text():
    as_author, as_photographer = ImportedByline("Anne Roy"), ImportedByline("Anne Roy", role="photo")
    assert article(bylines=(as_author,)).canonical() != article(bylines=(as_photographer,)).canonical()


def test_problem_is_told_from_its_file_on():
    assert Problem("line 3", "It is wrong.", "Mend it.").within("page.txt").place == "page.txt: line 3"


def test_problem_of_a_whole_file_is_told_by_the_file():
    assert Problem("", "It is wrong.", "Mend it.").within("page.txt").place == "page.txt"


@pytest.mark.parametrize(
    ("counts", "status"),
    [
        ({"formats": ["page-text"], "created": 2}, 0),
        ({"formats": ["page-text"], "unchanged": 2}, 0),
        ({"formats": ["page-text"], "created": 2, "refused": 1}, 1),
        ({"formats": ["page-text"], "refused": 1}, 1),
        ({"refused": 1}, 2),
        ({}, 2),
    ],
)
def test_exit_status(counts, status):
    assert ImportReport(**counts).exit_status == status


@pytest.mark.parametrize(("runs", "told"), [([], None), (["a"], "a"), (["a", "b"], ["a", "b"])])
def test_run_is_told_by_its_key_and_several_as_a_list(runs, told):
    assert ImportReport(runs=runs).as_dict()["run"] == told


def test_report_is_bounded_and_says_what_it_leaves_out():
    report = ImportReport()
    for number in range(MOST_PROBLEMS + 3):
        report.add(Problem(str(number), "It is wrong.", "Mend it."))

    problems = report.as_dict()["problems"]

    assert (len(problems), problems[-1]["problem"]) == (MOST_PROBLEMS + 1, "3 more problems are left out here.")


def terms(number, words="NO ARCHIVAL USE"):
    return Problem(f"item {number}", f"Its usage terms say: “{words}”.", "Look.", group=words)


def test_remark_that_many_items_have_in_common_is_told_once_and_before_others():
    report = ImportReport()
    report.add(Problem("item 1", "It is wrong.", "Mend it."), terms(1), terms(2))
    report.add(terms(3, "PRINT ONLY"), terms(4))
    assert [(each.place, each.problem) for each in report.told()] == [
        ("item 1", "Its usage terms say: “NO ARCHIVAL USE”. (3 items say the like; this is the first.)"),
        ("item 3", "Its usage terms say: “PRINT ONLY”."),
        ("item 1", "It is wrong."),
    ]


def test_remark_of_a_group_is_told_though_the_report_is_full():
    report = ImportReport(problems=[Problem("item", "It is wrong.", "Mend it.")] * MOST_PROBLEMS)
    report.add(terms(1), Problem("item", "It is wrong.", "Mend it."))
    assert (report.told()[0].place, report.problems_left_out) == ("item 1", 1)


def test_groups_are_bounded():
    report = ImportReport()
    for number in range(MOST_GROUPS + 5):
        report.add(terms(number, f"Use {number}"), terms(number, f"Use {number}"))
    assert (len(report.groups), len(report.problems)) == (MOST_GROUPS, MOST_GROUPS + 10)


def test_file_of_which_nothing_can_be_taken_is_given_up():
    told = (Problem(f"line {number}", "It is no object.", "Take it out.") for number in count(1))
    with pytest.raises(Refusal) as caught:
        list(until_hopeless(told))
    assert caught.value.problem.place == f"line {MOST_IN_VAIN}"


def test_good_items_let_more_be_refused_one_after_another():
    refused = [Problem(f"line {number}", "It is no object.", "Take it out.") for number in range(MOST_IN_VAIN + 9)]
    items = [*refused[:5], ImportedArticle(original_id="1", headline="Ferry"), *refused]
    assert list(until_hopeless(iter(items))) == items


def test_refused_items_that_are_far_more_than_the_good_ones_are_given_up():
    refused = [Problem(f"line {number}", "It is no object.", "Take it out.") for number in range(MOST_IN_VAIN + 11)]
    with pytest.raises(Refusal, match=f"One after another, {MOST_IN_VAIN + 10} items were all refused"):
        list(until_hopeless(iter([ImportedArticle(original_id="1", headline="Ferry"), *refused])))


def test_file_of_which_nothing_more_can_be_taken_is_given_up(monkeypatch):
    monkeypatch.setattr(base, "MOST_IN_VAIN_LATER", 50)
    items = [
        ImportedArticle(original_id="1", headline="Ferry"),
        *(Problem(f"line {number}", "It is no object.", "Take it out.") for number in range(51)),
    ]
    with pytest.raises(Refusal, match="One after another, 50 items were all refused"):
        list(until_hopeless(iter(items)))
