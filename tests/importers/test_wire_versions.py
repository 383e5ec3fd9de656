"""What agencies send after a story: in each wire format a correction replaces it, a kill withdraws it."""

import json
from datetime import UTC, datetime

import pytest
from django.core.management import call_command

from archive import care
from archive.importers.saving import import_paths, undo_run
from archive.models import Article, ImportRun

from .conftest import SAMPLES

pytestmark = pytest.mark.django_db

FIRST, MENDED = "Ferry closes for a week", "Ferry closes for ten days"
TEXT = "The ferry will not run, its captain said on Monday."


def ninjs(number, hour, headline, status="usable"):
    day = "2014-01-06T"
    item = {
        "uri": "urn:newsml:herald.example:ferry",
        "type": "text",
        "version": str(number),
        "firstcreated": f"{day}14:00:00Z",
        "versioncreated": f"{day}{hour}:00:00Z",
        "pubstatus": status,
        "headline": headline,
        "body_html": f"<p>{TEXT}</p>",
    }
    return json.dumps(item)


def newsml_g2(number, hour, headline, status="usable"):
    return (
        f'<newsItem xmlns="http://iptc.org/std/nar/2006-10-01/" guid="urn:newsml:herald.example:ferry" '
        f'version="{number}" standard="NewsML-G2"><itemMeta><itemClass qcode="ninat:text"/>'
        f"<versionCreated>2014-01-06T{hour}:00:00Z</versionCreated><firstCreated>2014-01-06T14:00:00Z</firstCreated>"
        f'<pubStatus qcode="stat:{status}"/></itemMeta><contentMeta><headline>{headline}</headline></contentMeta>'
        f"<contentSet><inlineData>{TEXT}</inlineData></contentSet></newsItem>"
    )


def newsml_1(number, hour, headline, status="Usable"):
    return (
        "<NewsML><NewsItem><Identification><NewsIdentifier><ProviderId>afp.com</ProviderId><DateId>20140106</DateId>"
        f"<NewsItemId>TX-PAR-1</NewsItemId><RevisionId>{number}</RevisionId>"
        f"<PublicIdentifier>urn:newsml:afp.com:20140106:TX-PAR-1:{number}</PublicIdentifier></NewsIdentifier>"
        "</Identification><NewsManagement><FirstCreated>20140106T140000Z</FirstCreated>"
        f'<ThisRevisionCreated>20140106T{hour}0000Z</ThisRevisionCreated><Status FormalName="{status}"/>'
        f"</NewsManagement><NewsComponent><NewsLines><HeadLine>{headline}</HeadLine></NewsLines><ContentItem>"
        f"<DataContent>{TEXT}</DataContent></ContentItem></NewsComponent></NewsItem></NewsML>"
    )


def nitf(number, hour, headline, status="usable"):
    return (
        f'<nitf><head><docdata management-status="{status}"><doc-id id-string="ferry-7f3a_{number}"/>'
        f'<du-key key="ferry-7f3a" version="{number}"/><date.issue norm="20140106T{hour}0000Z"/></docdata></head>'
        f"<body><body.head><hedline><hl1>{headline}</hl1></hedline></body.head>"
        f"<body.content><p>{TEXT}</p></body.content></body></nitf>"
    )


def iptc7901(number, hour, headline, mark="", named=""):
    """Each message has a number of its own; a correction or kill names that of the story."""
    text = f"{mark}{headline} =\n\nHalifax (dpa) - {TEXT}\n\n{named}"
    message = f"\x01nrd004{number} 4 i 96  dpa 0212\nHarbour/\n\x02{text}\n\x0306{hour}00 GMT Jan 14\n\x04"
    return message.replace("\n", "\r\n")


# The story, its correction and its kill.
WIRES = {
    "ninjs": (ninjs(1, 14, FIRST), ninjs(2, 15, MENDED), ninjs(3, 16, MENDED, "canceled")),
    "newsml-g2": (newsml_g2(1, 14, FIRST), newsml_g2(2, 15, MENDED), newsml_g2(3, 16, MENDED, "canceled")),
    "newsml-1": (newsml_1(1, 14, FIRST), newsml_1(2, 15, MENDED), newsml_1(3, 16, MENDED, "Canceled")),
    "nitf": (nitf(1, 14, FIRST), nitf(2, 15, MENDED), nitf(3, 16, MENDED, "canceled")),
    "iptc7901": (
        iptc7901(1, 14, FIRST),
        iptc7901(2, 15, MENDED, "CORRECTION\n", "# Notebook\n\n## Note to editors\n- replaces nrd0041: ten days\n"),
        iptc7901(3, 16, MENDED, "MANDATORY KILL\n", "Kill nrd0041.\n"),
    ),
}
FIRST_DATES = (
    '"firstcreated": "2014-01-06T14:00:00Z", ',
    "<firstCreated>2014-01-06T14:00:00Z</firstCreated>",
    "<FirstCreated>20140106T140000Z</FirstCreated>",
)


def without_first_date(wire):
    for told in FIRST_DATES:
        wire = wire.replace(told, "")
    return wire


# Not every sender tells of a later version when the first was made.
WIRES |= {
    f"{name}, dated by version": tuple(map(without_first_date, WIRES[name]))
    for name in ("ninjs", "newsml-g2", "newsml-1")
}


def ans(hour, headline):
    day = "2014-01-06T"
    story = {
        "_id": "FERRY7F3A",
        "type": "story",
        "version": "0.10.9",
        "first_publish_date": f"{day}14:00:00Z",
        "publish_date": f"{day}{hour}:00:00Z",
        "last_updated_date": f"{day}{hour}:00:00Z",
        "headlines": {"basic": headline},
        "content_elements": [{"type": "text", "content": TEXT}],
    }
    return json.dumps(story)


# An editor's system sends no kill: what it takes back is not published any more.
CORRECTED = {name: wires[:2] for name, wires in WIRES.items()} | {"ans": (ans(14, FIRST), ans(15, MENDED))}


@pytest.fixture
def import_wires(outlet, tmp_path):
    """Imports wires as one run, in this order: each stands in a file of its own, in one folder."""

    def import_wires(*wires):
        folder = tmp_path / f"run-{len(list(tmp_path.iterdir()))}"
        folder.mkdir()
        for place, wire in enumerate(wires):
            (folder / f"wire-{place}").write_bytes(wire.encode())
        return import_paths([folder], outlet)

    return import_wires


@pytest.fixture(params=WIRES)
def take(request, import_wires):
    """Imports the story (0), its correction (1) or its kill (2), each as it came."""

    def take(*numbers):
        report = import_wires(*(WIRES[request.param][number] for number in numbers))
        assert report.formats == [request.param.partition(",")[0]]
        return report.created, report.updated, report.unchanged, report.refused

    return take


def hours():
    article = Article.objects.get()
    return article.headline, article.published_at.hour, article.modified_at.hour


@pytest.mark.parametrize("name", CORRECTED)
@pytest.mark.parametrize("order", [(0, 1), (1, 0)], ids=["story first", "correction first"])
@pytest.mark.parametrize("is_one_run", [True, False], ids=["one run", "two runs"])
def test_story_ends_with_the_corrected_text_and_its_own_first_date(import_wires, name, order, is_one_run):
    wires = [CORRECTED[name][number] for number in order]
    for run in [wires] if is_one_run else [[wire] for wire in wires]:
        import_wires(*run)
    assert hours() == (MENDED, 14, 15)


@pytest.mark.parametrize("name", CORRECTED)
def test_both_again_in_any_order_change_nothing(import_wires, name):
    story, correction = CORRECTED[name]
    import_wires(correction, story)
    changes = Article.objects.get().version
    for wires in ((story, correction), (correction, story)):
        import_wires(*wires)
    assert (*hours(), Article.objects.get().version) == (MENDED, 14, 15, changes)


def test_story_after_its_correction_is_told_to_have_given_its_date(import_wires):
    import_wires(CORRECTED["nitf"][1])
    report = import_wires(CORRECTED["nitf"][0])
    assert (report.updated, sorted(report.changed)) == (1, ["published_at"])


def test_undoing_the_story_that_came_later_gives_the_correction_its_date_back(import_wires):
    import_wires(CORRECTED["nitf"][1])
    report = import_wires(CORRECTED["nitf"][0])
    undo_run(ImportRun.objects.get(key=report.runs[0]))
    assert hours() == (MENDED, 15, 15)


def test_date_that_staff_set_is_not_that_of_a_story_that_came_later(import_wires):
    import_wires(CORRECTED["nitf"][1])
    article = Article.objects.get()
    before = care.snapshot(article)
    article.published_at = datetime(2014, 1, 7, 9, tzinfo=UTC)
    article.save()
    care.record(article, "edited", before=before)
    import_wires(CORRECTED["nitf"][0])
    assert Article.objects.get().published_at.day == 7


def test_article_made_anew_after_its_story_came_is_the_corrected_one(import_wires, capsys):
    import_wires(*reversed(CORRECTED["nitf"]))
    call_command("rebuild_articles", json=True)
    assert hours() == (MENDED, 14, 15)


def test_kill_that_comes_before_its_story_in_a_run_withdraws_it(take):
    assert take(2, 0) == (2, 0, 0, 0)
    assert Article.objects.public().count() == 0


def test_kill_that_comes_before_the_correction_and_the_story_withdraws_what_they_make(take):
    take(2, 1, 0)
    assert (Article.objects.get().headline, Article.objects.public().count()) == (MENDED, 0)


def test_correction_replaces_what_it_corrects(take):
    assert [take(0), take(1)] == [(1, 0, 0, 0), (0, 1, 0, 0)]
    article = Article.objects.get()
    assert (article.headline, article.revisions.last().changes["headline"]) == (MENDED, [FIRST, MENDED])


def test_correction_is_dated_when_it_came_and_the_story_when_that_came(take):
    take(0)
    take(1)
    article = Article.objects.get()
    assert (article.published_at.hour, article.modified_at.hour) == (14, 15)


def test_story_that_comes_after_its_correction_changes_nothing(take):
    take(1)
    take(0)
    assert Article.objects.get().headline == MENDED


def test_kill_withdraws_what_it_kills(take):
    assert [take(0), take(2)] == [(1, 0, 0, 0), (0, 1, 0, 0)]
    assert (Article.objects.count(), Article.objects.public().count()) == (1, 0)


def test_kill_that_came_again_is_unchanged(take):
    take(0)
    take(2)
    assert take(2) == (0, 0, 1, 0)


def test_story_that_comes_again_after_its_kill_stays_withdrawn(take):
    for number in (0, 2, 0, 1):
        take(number)
    assert Article.objects.public().count() == 0


def test_kill_of_what_the_archive_does_not_hold_is_awaited(take):
    assert [take(2), take(2)] == [(1, 0, 0, 0), (0, 0, 1, 0)]
    assert Article.objects.count() == 0


@pytest.mark.parametrize("order", [(0, 1), (1, 0)], ids=["story first", "correction first"])
def test_kill_of_an_earlier_run_withdraws_whatever_comes_of_its_story(take, order):
    take(2)
    for number in order:
        take(number)
        assert (Article.objects.count(), Article.objects.public().count()) == (1, 0)
    assert Article.objects.get().headline == MENDED


def test_kill_of_an_earlier_run_leaves_a_story_alone_that_staff_reinstated(take):
    take(2)
    take(0)
    care.reinstate(Article.objects.get())
    for number in (2, 1, 0):
        take(number)
    assert (Article.objects.get().headline, Article.objects.public().count()) == (MENDED, 1)


@pytest.mark.parametrize("beside", [False, True], ids=["by one process", "by two"])
def test_story_and_correction_in_one_file_are_one_article(outlet, beside):
    report = import_paths([SAMPLES / "iptc7901" / "feed.txt"], outlet, beside=beside)
    article = Article.objects.get(original_id="nrd0041-20140106")
    assert (report.created, report.updated, report.refused) == (2, 2, 0)
    assert (article.published_at.hour, article.published_at.minute) == (14, 32)
    assert (article.modified_at.hour, article.modified_at.minute) == (15, 2)
    assert Article.objects.public().count() == 1


def test_article_made_anew_from_its_correction_keeps_its_date(outlet, capsys):
    import_paths([SAMPLES / "iptc7901" / "feed.txt"], outlet)
    call_command("rebuild_articles", json=True)
    article = Article.objects.get(original_id="nrd0041-20140106")
    assert article.published_at.hour == 14
