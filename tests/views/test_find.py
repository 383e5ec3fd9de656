"""Old addresses as readers meet them: under an old host, and under /find/."""

from datetime import date

import pytest

from archive import care
from archive.models import AddressMiss, OldHost, miss
from tests.factories import make_article, make_notice, make_old_address
from tests.huffpost import load_huffpost

pytestmark = pytest.mark.django_db

HOST = "quebec.huffingtonpost.ca"
PATH = "/2014/04/10/le-pont-reste-ferme-cet-hiver_n_5129324.html"
ARCHIVE = "https://archive.example"


@pytest.fixture(autouse=True)
def hosts(settings, monkeypatch):
    settings.ALLOWED_HOSTS = ["testserver", "archive.example", "evil.example", HOST]
    settings.ARCHIVE_URL = ARCHIVE
    monkeypatch.setattr(miss, "_pace", miss._Pace())


@pytest.fixture
def quebec():
    return load_huffpost()[1]


@pytest.fixture
def article(quebec):
    return make_article(outlet=quebec, original_id="5129324")


def get(client, path, host=HOST, **headers):
    return client.get(path, headers={"Host": host, **headers})


# Found


def test_old_host_leads_to_the_article_under_the_archives_own_name(client, article):
    response = get(client, PATH)
    assert (response.status_code, response["Location"]) == (301, ARCHIVE + article.get_absolute_url())


def test_archives_own_host_leads_there_by_a_path(client, article):
    response = get(client, f"/find/?url={HOST}{PATH}", "archive.example")
    assert response["Location"] == article.get_absolute_url()


def test_find_under_an_old_host_leads_to_the_archives_own_name(client, article):
    assert get(client, f"/find/?url={HOST}{PATH}")["Location"] == ARCHIVE + article.get_absolute_url()


def test_redirect_is_the_only_one(client, article):
    target = get(client, PATH)["Location"].removeprefix(ARCHIVE)
    assert get(client, target, "archive.example").status_code == 200


BLOCKCHAIN = "blockchain-et-lintelligence-artificielle-une-combinaison-puis"


@pytest.mark.parametrize(
    ("edition", "host", "path", "original_id"),
    [
        (
            "quebec",
            "quebec.huffingtonpost.ca",
            "/2014/04/10/stephane-bedard-devient-chef-parlementaire-interimaire-pq_n_5129324.html",
            "5129324",
        ),
        ("quebec", "m.huffpost.com", "/qc/entry/8708140", "8708140"),
        (
            "canada",
            "www.huffingtonpost.ca",
            "/entry/covid-19-testing-canada_ca_5e9596fcc5b6c5b3d6b0c95b",
            "5e9596fcc5b6c5b3d6b0c95b",
        ),
        (
            "canada",
            "www.huffingtonpost.ca",
            "/entry/facebook-lawsuit-private-messages_n_4536154?ec_carp=5949834185700470415",
            "4536154",
        ),
        ("canada", "www.huffpost.com", "/archive/ca/entry/doug-ford-faith-goldy-photo_a_23542836", "23542836"),
        ("quebec", "quebec.huffingtonpost.ca", f"/stephanie-tessier/{BLOCKCHAIN}_a_23076398/", "23076398"),
        ("quebec", "www.huffpost.com", f"/archive/qc/entry/{BLOCKCHAIN}_qc_5ccc6223e4b03b38d6933d24", "23076398"),
        (
            "canada",
            "m-huffpost-com.cdn.ampproject.org",
            "/c/s/m.huffpost.com/us/entry/us_5c47ecdee4b025aa26be2799/amp",
            "5c47ecdee4b025aa26be2799",
        ),
    ],
)
class TestRealForms:
    @pytest.fixture
    def held(self, settings, edition, original_id):
        """The article, which the archive holds under another headline."""
        settings.ALLOWED_HOSTS = ["*"]
        outlets = dict(zip(("canada", "quebec"), load_huffpost(), strict=True))
        article = make_article(outlet=outlets[edition], original_id=original_id, headline="Tout autre chose")
        if original_id == "23076398":
            make_old_address(article, f"http://quebec.huffingtonpost.ca/stephanie-tessier/{BLOCKCHAIN}_a_23076398/")
        return article

    @pytest.mark.parametrize("scheme", ["", "http://", "https://", "//"])
    def test_is_one_redirect_away_from_the_form_for_old_addresses(self, client, held, host, path, scheme):
        response = client.get("/find/", {"url": f"{scheme}{host}{path}"}, headers={"Host": "archive.example"})
        assert (response.status_code, response["Location"]) == (301, held.get_absolute_url())
        assert get(client, response["Location"], "archive.example").status_code == 200

    def test_is_one_redirect_away_under_its_old_host(self, client, held, host, path):
        response = get(client, path, host)
        assert (response.status_code, response["Location"]) == (301, ARCHIVE + held.get_absolute_url())


@pytest.mark.parametrize("status", [410, 451])
def test_old_address_of_a_withdrawn_article_leads_to_its_tombstone(client, article, status):
    care.withdraw(article, reason="legal", status_code=status)
    location = get(client, PATH)["Location"].removeprefix(ARCHIVE)
    assert get(client, location, "archive.example").status_code == status


def test_front_of_the_old_site_leads_to_the_outlets_front(client, quebec):
    assert get(client, "/")["Location"] == f"{ARCHIVE}/huffpost-quebec/"


@pytest.mark.parametrize("path", ["/huffpost-quebec/", "/huffpost-quebec/2014/04/10/", "/find/", "/?page=2"])
def test_page_of_the_archive_is_shown_under_its_own_name_alone(client, quebec, path):
    response = get(client, path)
    expected = "/huffpost-quebec/" if path == "/?page=2" else path
    assert (response.status_code, response["Location"]) == (301, ARCHIVE + expected)


@pytest.mark.parametrize("end", ["", "/", "/another-slug/", "/another-slug"])
def test_article_under_an_old_host_is_one_redirect_away_however_its_address_is_written(client, article, end):
    response = get(client, f"/huffpost-quebec/articles/{article.key}{end}")
    assert response["Location"] == ARCHIVE + article.get_absolute_url()


def test_short_address_under_an_old_host_is_one_redirect_away(client, article):
    assert get(client, f"/a/{article.key}")["Location"] == ARCHIVE + article.get_absolute_url()


def test_tombstone_under_an_old_host_is_one_redirect_away(client, article):
    care.withdraw(article, reason="privacy")
    path = f"/huffpost-quebec/articles/{article.key}/"
    assert get(client, path)["Location"] == ARCHIVE + path


@pytest.mark.parametrize("path", ["/healthz", "/robots.txt"])
def test_machine_is_answered_under_an_old_host(client, quebec, path):
    assert get(client, path).status_code == 200


def test_page_of_the_archive_that_is_not_there_is_told_under_an_old_host(client, quebec):
    assert get(client, "/huffpost-quebec/pages/nothing/").status_code == 404


def test_front_of_the_archive_stays_where_an_old_host_is_its_own(client, settings, quebec):
    settings.ARCHIVE_URL = f"https://{HOST}"
    assert get(client, "/").status_code == 200


def test_head_is_answered_as_get(client, article):
    assert client.head(PATH, headers={"Host": HOST}).status_code == 301


@pytest.mark.parametrize(
    "path",
    [
        "//evil.example/entry/x_n_5129324",
        "/\\evil.example/entry/x_n_5129324",
        "/entry/x_n_5129324%0d%0aSet-Cookie:%20a=b",
        "/entry/x_n_5129324?next=https://evil.example",
        "/entry/@evil.example_n_5129324",
        "/http://evil.example/x_n_5129324",
        "/%2f%2fevil.example/entry_n_5129324",
    ],
)
@pytest.mark.parametrize("host", [HOST, "evil.example"])
def test_no_redirect_leads_to_another_host(client, article, host, path):
    response = client.get("/", headers={"Host": host}, PATH_INFO=path.partition("?")[0], QUERY_STRING="")
    assert response.get("Location", ARCHIVE + "/").startswith(ARCHIVE + "/")
    assert "evil" not in response.get("Location", "")
    assert "Set-Cookie" not in response


@pytest.mark.parametrize(
    "url",
    [
        f"http://evil.example@{HOST}{PATH}",
        f"http://{HOST}\\@evil.example{PATH}",
        f"http://{HOST}{PATH}\r\nLocation: http://evil.example",
    ],
)
def test_hostile_text_makes_no_header(client, article, url):
    response = client.get("/find/", {"url": url})
    assert response.get("Location", article.get_absolute_url()) == article.get_absolute_url()


# Not found


def page(client, path=PATH, host=HOST):
    response = get(client, path, host)
    assert response.status_code == 404
    return response.content.decode()


def test_miss_under_an_old_host_is_told_in_the_outlets_language(client, quebec):
    response = get(client, PATH, **{"Accept-Language": "en"})
    assert (response.status_code, response["Content-Language"]) == (404, "fr")


def test_miss_carries_the_notices(client, quebec):
    make_notice(quebec, message="{outlet} a fermé.")
    assert "a fermé." in page(client)


def test_miss_tells_the_day_and_the_words_of_the_address(client, quebec):
    told = page(client)
    assert 'href="/huffpost-quebec/2014/04/10/"' in told
    assert "le pont reste ferme cet hiver" in told


def test_miss_links_to_the_wayback_machine_on_that_day(client, quebec):
    assert f'href="https://web.archive.org/web/20140410/http://{HOST}{PATH}"' in page(client)


def test_miss_without_a_date_links_to_the_last_days_of_the_outlet(client, quebec):
    address = f"http://{HOST}/entry/le-pont_qc_5ccc6223e4b03b38d6933d24"
    told = client.get("/find/", {"url": address}).content.decode()
    assert f'href="https://web.archive.org/web/20210309/{address}"' in told


def test_miss_offers_the_articles_of_that_day_with_its_words(client, quebec):
    day = {"published_on": date(2014, 4, 10), "published_precision": "day", "outlet": quebec}
    meant = make_article(headline="Le pont Champlain reste fermé", **day)
    make_article(headline="Une autre histoire", **day)
    make_article(headline="Le pont de demain", **day | {"published_on": date(2014, 4, 11)})
    told = page(client)
    assert [each in told for each in (meant.get_absolute_url(), "Une autre", "de demain")] == [True, False, False]


def test_miss_without_a_date_offers_articles_that_begin_alike(client, quebec):
    meant = make_article(outlet=quebec, headline="Le pont reste ouvert")
    assert meant.get_absolute_url() in page(client, "/entry/le-pont-reste-ferme-cet-hiver_qc_5ccc6223e4b03b38d6933d24")


def test_miss_offers_an_article_of_another_day_that_begins_alike(client, quebec):
    meant = make_article(
        outlet=quebec, headline="Le pont reste ouvert", published_on=date(2014, 4, 11), published_precision="day"
    )
    assert meant.get_absolute_url() in page(client)


def test_miss_leads_to_a_search_for_the_words_of_the_address(client, quebec):
    assert 'href="/search/?q=le%20pont%20reste%20ferme%20cet%20hiver&amp;outlet=huffpost-quebec"' in page(client)


def test_miss_offers_nothing_that_is_held_back(client, quebec):
    day = {"published_on": date(2014, 4, 10), "published_precision": "day", "outlet": quebec}
    make_article(headline="Le pont Champlain reste fermé", held_back=True, **day)
    assert "Champlain" not in page(client)


def test_miss_is_a_fixed_number_of_questions(client, quebec, django_assert_max_num_queries):
    day = {"published_on": date(2014, 4, 10), "published_precision": "day", "outlet": quebec}
    for number in range(8):
        make_article(headline=f"Le pont {number}", **day)
    with django_assert_max_num_queries(28):
        page(client)


def test_address_of_no_outlet_is_told_without_one(client, quebec):
    assert "HuffPost" not in client.get("/find/", {"url": "http://elsewhere.example/a"}).content.decode()


def test_what_nobody_published_under_the_archives_own_name_is_an_ordinary_404(client, quebec):
    assert "web.archive.org" not in page(client, "/wp-login.php", "archive.example")


# Counted


@pytest.mark.parametrize("path", [PATH, f"/find/?url=http://{HOST}{PATH}"])
def test_miss_is_counted(client, quebec, path):
    get(client, path)
    assert AddressMiss.objects.values_list("address", "count", "outlet").get() == (HOST + PATH, 1, quebec.pk)


def test_miss_is_counted_without_what_tells_of_the_reader(client, quebec):
    get(client, f"{PATH}?email=jane@example.org")
    assert AddressMiss.objects.get().address == HOST + PATH


def test_miss_without_a_slash_at_its_end_is_no_redirect(client, quebec):
    assert get(client, "/le-pont").status_code == 404


def test_address_of_the_archive_gets_its_slash_where_an_old_host_is_its_own(client, settings, quebec):
    settings.ARCHIVE_URL = f"https://{HOST}"
    assert get(client, "/huffpost-quebec")["Location"] == "/huffpost-quebec/"


def test_number_that_is_the_page_is_counted(client, quebec):
    get(client, "/story?p=4136")
    assert AddressMiss.objects.get().address == f"{HOST}/story?p=4136"


@pytest.mark.parametrize("path", ["/wp-login.php", "/find/?url=http://elsewhere.example/a", "/find/?url=nonsense"])
def test_what_is_no_outlets_address_is_not_counted(client, quebec, path):
    get(client, path, "archive.example")
    assert not AddressMiss.objects.exists()


def test_found_address_is_not_counted(client, article):
    get(client, PATH)
    assert not AddressMiss.objects.exists()


def test_host_of_the_former_website_need_not_be_named(client, quebec):
    OldHost.objects.all().delete()
    make_old_address(make_article(outlet=quebec), "http://quebec.huffingtonpost.ca/a")
    assert get(client, "/b-c").status_code == 404
    assert AddressMiss.objects.get().outlet == quebec
