"""import_addresses and check_addresses, by their commands."""

import json
from io import StringIO

import pytest
from django.core.management import CommandError, call_command

from archive import care
from archive.models import AddressMiss, Article, OldAddress, Revision
from tests.factories import make_article, make_old_address, make_outlet

pytestmark = pytest.mark.django_db

OLD = "http://www.herald.example/2014/ferry.html"


@pytest.fixture
def outlet():
    return make_outlet(slug="herald", name="The Herald", website="http://herald.example")


@pytest.fixture
def article(outlet):
    return make_article(outlet=outlet, original_id="4136", headline="The ferry will not cross today")


@pytest.fixture
def table(tmp_path):
    def write(text):
        path = tmp_path / "addresses.csv"
        path.write_text(text, encoding="utf-8")
        return str(path)

    return write


def run(command, *arguments, **options):
    """(exit status, what was printed)"""
    out = StringIO()
    try:
        call_command(command, *arguments, stdout=out, **options)
    except SystemExit as exit:
        return exit.code, out.getvalue()
    return 0, out.getvalue()


def take(path, **options):
    status, told = run("import_addresses", path, outlet="herald", json=True, **options)
    return status, json.loads(told)


# import_addresses


@pytest.mark.parametrize("head", ["old address,key", "old address,id", "old address,new address", ""])
def test_address_is_added_by_key_id_or_new_address(article, table, head):
    told = {"key": article.key, "id": "4136", "new address": f"https://archive.example{article.get_absolute_url()}"}
    for column in [head.partition(",")[2]] if head else list(told):
        OldAddress.objects.all().delete()
        take(table(f"{head}\n{OLD},{told[column]}\n" if head else f"{OLD},{told[column]}\n"))
        assert OldAddress.objects.article_at(OLD) == article


def test_address_is_added_by_another_old_address(article, table):
    make_old_address(article, "http://herald.example/then")
    take(table(f"from,to\n{OLD},http://www.herald.example/then/\n"))
    assert OldAddress.objects.article_at(OLD) == article


def test_same_table_again_changes_nothing(article, table):
    path = table(f"url,id\n{OLD},4136\n")
    take(path)
    assert take(path) == (
        0,
        {"created": 0, "unchanged": 1, "refused": 0, "problems": [], "problems_left_out": 0},
    )


def test_address_that_stands_twice_is_added_once(article, table):
    _status, report = take(table(f"url,id\n{OLD},4136\n{OLD}?utm_source=x,4136\n"))
    assert (report["created"], report["unchanged"]) == (1, 1)


def test_history_of_the_article_tells(article, table):
    take(table(f"url,id\n{OLD},4136\n"))
    revision = article.revisions.get()
    assert (revision.verb, revision.changes) == (Revision.Verb.EDITED, {"old_addresses": [[], [OLD]]})


def test_version_of_the_article_is_a_new_one(article, table):
    take(table(f"url,id\n{OLD},4136\n"))
    assert Article.objects.get().version == article.version + 1


def test_address_that_was_asked_for_in_vain_is_no_miss_any_more(article, table):
    AddressMiss.objects.create(address="herald.example/2014/ferry.html", first_day="2020-01-01", last_day="2020-01-01")
    take(table(f"url,id\n{OLD},4136\n"))
    assert not AddressMiss.objects.exists()


@pytest.mark.parametrize(
    ("row", "told"),
    [
        ("nonsense,4136", "“nonsense” has no host name."),
        (f"{OLD},4137", "The Herald has no article “4137”."),
        (f"{OLD},", "It names no article."),
        (",4136", "It has no old address."),
    ],
)
def test_row_that_is_refused_is_told_with_its_number_and_a_remedy(article, table, row, told):
    status, report = take(table(f"url,id\nhttp://herald.example/fine,4136\n{row}\n"))
    [problem] = report["problems"]
    assert (status, problem["place"], problem["problem"], bool(problem["remedy"])) == (1, "row 3", told, True)


def test_address_of_another_article_is_refused(article, outlet, table):
    other = make_article(outlet=outlet)
    make_old_address(other, OLD)
    _status, report = take(table(f"url,id\n{OLD},4136\n"))
    assert other.key in report["problems"][0]["problem"]
    assert OldAddress.objects.article_at(OLD) == other


def test_article_of_another_outlet_is_not_known(table, article):
    other = make_article(original_id="9")
    assert take(table(f"url,key\n{OLD},{other.key}\n"))[0] == 2


def test_trial_saves_nothing(article, table):
    status, report = take(table(f"url,id\n{OLD},4136\n{OLD}/,4136\n"), dry_run=True)
    assert (status, report["created"], report["unchanged"]) == (0, 1, 1)
    assert not OldAddress.objects.exists()
    assert not Revision.objects.exists()


def test_nothing_taken_is_2(article, table):
    assert take(table("url,id\nnonsense,4136\n"))[0] == 2


@pytest.mark.parametrize("command", ["import_addresses", "check_addresses"])
def test_file_that_is_not_there_is_2(outlet, command):
    with pytest.raises(CommandError, match="No such file") as error:
        call_command(command, "nowhere.csv", outlet="herald")
    assert error.value.returncode == 2


@pytest.mark.parametrize("command", ["import_addresses", "check_addresses"])
def test_outlet_that_is_not_there_is_told_with_those_that_are(outlet, table, command):
    with pytest.raises(CommandError, match="herald"):
        call_command(command, table(OLD), outlet="tribune")


def test_summary_is_in_words(article, table):
    assert run("import_addresses", table(f"url,id\n{OLD},4136\n"), outlet="herald") == (
        0,
        "1 added, 0 known already, 0 refused.\n",
    )


# check_addresses


@pytest.fixture
def known(article, outlet, table):
    """A list of six addresses, of which each has another fate."""
    make_old_address(article, OLD)
    gone = make_article(outlet=outlet)
    make_old_address(gone, "http://herald.example/gone")
    care.withdraw(gone, reason="privacy")
    return table(
        f"{OLD}?utm_source=x\nhttp://herald.example/x/y/the-ferry-will-not-cross-to\nhttp://herald.example/gone\n"
        "http://herald.example/never\nnonsense\n\n"
    )


def test_fate_of_each_address_is_counted(known):
    status, told = run("check_addresses", known, json=True)
    report = json.loads(told)
    assert (status, report) == (
        1,
        {
            "asked": 5,
            "resolved": 2,
            "ways": {"address": 1, "id": 0, "slug": 1, "page": 0},
            "tombstones": 1,
            "misses": 1,
            "no_addresses": 1,
            "missed": ["http://herald.example/never"],
            "problems": [],
        },
    )


def test_summary_of_a_check_names_what_leads_nowhere(known):
    _status, told = run("check_addresses", known)
    assert told.startswith("Of 5 addresses\n           2 lead to an article")
    assert "  http://herald.example/never\n" in told


def test_misses_are_written_to_a_file(known, tmp_path):
    run("check_addresses", known, misses=str(tmp_path / "misses.txt"))
    assert (tmp_path / "misses.txt").read_text() == "http://herald.example/never\n"


def test_of_another_outlet_nothing_counts(known):
    make_outlet(slug="tribune")
    report = json.loads(run("check_addresses", known, outlet="tribune", json=True)[1])
    assert (report["resolved"], report["tombstones"], report["misses"]) == (0, 0, 4)


def test_check_counts_no_misses_of_readers(known):
    run("check_addresses", known)
    assert not AddressMiss.objects.exists()


def test_addresses_that_all_lead_somewhere_are_0(article, table):
    make_old_address(article, OLD)
    assert run("check_addresses", table(OLD))[0] == 0
