from datetime import date

import pytest
from django.core.exceptions import ValidationError
from django.core.management import call_command
from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from archive import care
from archive.models import AddressPattern, OldAddress, OldHost, PageAddress
from archive.models.resolving import Resolver, after_all_with
from tests.factories import (
    make_article,
    make_author,
    make_byline,
    make_info_page,
    make_old_address,
    make_outlet,
    make_section,
)
from tests.huffpost import load_huffpost

pytestmark = pytest.mark.django_db

BEDARD = "quebec.huffingtonpost.ca/2014/04/10/stephane-bedard-devient-chef-parlementaire-interimaire-pq_n_5129324.html"
BLOCKCHAIN = "blockchain-et-lintelligence-artificielle-une-combinaison-puis"
# Address, and what the archive holds of its article: outlet, id at the publisher, headline, old addresses.
REAL = {
    BEDARD: ("quebec", "5129324", "Un titre changé depuis", []),
    "m.huffpost.com/qc/entry/8708140": ("quebec", "8708140", "Le froid arrive", []),
    "www.huffingtonpost.ca/entry/covid-19-testing-canada_ca_5e9596fcc5b6c5b3d6b0c95b": (
        "canada",
        "5e9596fcc5b6c5b3d6b0c95b",
        "Where testing stands",
        [],
    ),
    "www.huffingtonpost.ca/entry/facebook-lawsuit-private-messages_n_4536154": (
        "canada",
        "4536154",
        "Facebook is sued",
        [],
    ),
    "www.huffpost.com/archive/ca/entry/doug-ford-faith-goldy-photo_a_23542836": ("canada", "23542836", "A photo", []),
    "www.huffingtonpost.ca/2017/08/21/canada-looked-down_a_23155672/": ("canada", "23155672", "Looking down", []),
    f"quebec.huffingtonpost.ca/stephanie-tessier/{BLOCKCHAIN}_a_23076398/": ("quebec", "23076398", "Bloc", []),
    # The id changed: what is left is the slug, in an address that is known or in the headline.
    f"www.huffpost.com/archive/qc/entry/{BLOCKCHAIN}_qc_5ccc6223e4b03b38d6933d24": (
        "quebec",
        "23076398",
        "Tout autre chose",
        [f"http://quebec.huffingtonpost.ca/stephanie-tessier/{BLOCKCHAIN}_a_23076398/"],
    ),
    f"www.huffpost.com/archive/qc/entry/{BLOCKCHAIN}_qc_5ccc6223e4b03b38d6933d25": (
        "quebec",
        "23076399",
        "Blockchain et l’intelligence artificielle: une combinaison puissante",
        [],
    ),
    "m.huffpost.com/us/entry/us_5c47ecdee4b025aa26be2799": ("canada", "5c47ecdee4b025aa26be2799", "From abroad", []),
}
AMP_CACHE = "m-huffpost-com.cdn.ampproject.org/c/s/m.huffpost.com/us/entry/us_5c47ecdee4b025aa26be2799/amp"


@pytest.fixture
def outlets(db):
    return dict(zip(("canada", "quebec"), load_huffpost(), strict=True))


def hold(outlets, address):
    name, original_id, headline, others = REAL[address]
    article = make_article(
        outlet=outlets[name],
        original_id=original_id,
        headline=headline,
        published_on=date(2014, 4, 10) if "/2014/" in address else None,
        published_precision="day" if "/2014/" in address else "unknown",
    )
    for url in others:
        make_old_address(article, url)
    return article


def resolve(url):
    return OldAddress.objects.resolve(url)


@pytest.mark.parametrize("address", REAL)
def test_real_form_leads_to_its_article(outlets, address):
    article = hold(outlets, address)
    assert resolve(address).path() == article.get_absolute_url()


@settings(max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    st.sampled_from(sorted(REAL)),
    st.sampled_from(["", "http://", "https://", "//", "HTTPS://"]),
    st.sampled_from(["", "www.", "m.", "amp.", "WWW."]),
    st.sampled_from(["", ":80", ":443"]),
    st.sampled_from(["", "/", "/amp", "/amp/"]),
    st.lists(st.sampled_from(["utm_source=x", "ec_carp=5949834185700470415", "fbclid=I", "ncid=y"]), max_size=2),
    st.sampled_from(["", "#comments"]),
)
def test_every_variant_of_a_real_form_leads_to_its_article(
    outlets, address, scheme, subdomain, port, end, tracking, fragment
):
    host, _slash, path = address.rstrip("/").partition("/")
    host = host.removeprefix("www.").removeprefix("m.")
    query = f"?{'&'.join(tracking)}" if tracking else ""
    # Nothing of one example is there in the next.
    with transaction.atomic():
        article = hold(outlets, address)
        found = resolve(f"{scheme}{subdomain}{host}{port}/{path}{end}{query}{fragment}")
        transaction.set_rollback(True)
    assert found.article_id == article.pk


def test_copy_in_the_amp_cache_leads_to_its_article(outlets):
    article = hold(outlets, "m.huffpost.com/us/entry/us_5c47ecdee4b025aa26be2799")
    assert resolve(AMP_CACHE).article_id == article.pk


# Which way


def test_address_itself_comes_before_the_id_in_it(outlets):
    hold(outlets, BEDARD)
    other = make_article(outlet=outlets["quebec"])
    make_old_address(other, f"http://{BEDARD}")
    assert (resolve(BEDARD).way, resolve(BEDARD).article_id) == ("address", other.pk)


def test_id_comes_before_the_slug(outlets):
    article = make_article(outlet=outlets["quebec"], original_id="5129324", slug="another")
    make_article(outlet=outlets["quebec"], slug="stephane-bedard-devient-chef-parlementaire-interimaire-pq")
    assert (resolve(BEDARD).way, resolve(BEDARD).article_id) == ("id", article.pk)


def test_id_is_that_of_the_hosts_own_outlet_first(outlets):
    make_article(outlet=outlets["canada"], original_id="5129324")
    article = make_article(outlet=outlets["quebec"], original_id="5129324")
    assert resolve(BEDARD).article_id == article.pk


def test_id_is_not_sought_in_outlets_that_the_pattern_is_not_for(outlets):
    make_article(original_id="5129324")
    assert resolve(BEDARD).way == ""


def test_outlets_own_patterns_leave_nothing_to_those_for_every_outlet(outlets):
    AddressPattern.objects.create(template="/entry/{slug}", order=1)
    _outlet, readings = Resolver().readings("quebec.huffingtonpost.ca/entry/le-pont-reste-ferme_n_5129324")
    assert {reading.parts.slug for reading in readings} == {"le-pont-reste-ferme"}


def test_number_filled_up_with_zeros_is_the_number(db):
    outlet = make_outlet(website="http://movable.example")
    AddressPattern.objects.create(template="/archives/{id}.html")
    article = make_article(outlet=outlet, original_id="413")
    assert resolve("http://movable.example/archives/000413.html").article_id == article.pk


def test_number_after_a_question_mark_is_an_id(db):
    outlet = make_outlet(website="https://word.example/")
    AddressPattern.objects.create(template="/?p={id}")
    article = make_article(outlet=outlet, original_id="4136")
    assert resolve("http://www.word.example/?p=4136&utm_source=rss").article_id == article.pk


def test_unknown_parameter_is_no_part_of_a_known_address(outlets):
    article = make_article(outlet=outlets["quebec"])
    make_old_address(article, "http://quebec.huffingtonpost.ca/un-lieu/sans-rien")
    assert resolve("http://quebec.huffingtonpost.ca/un-lieu/sans-rien?ir=Canada+Quebec").article_id == article.pk


def test_parameter_that_tells_the_page_is_a_part_of_its_address(db):
    outlet = make_outlet(website="https://word.example/")
    AddressPattern.objects.create(template="/story?id={id}")
    make_old_address(make_article(outlet=outlet), "https://word.example/story")
    assert resolve("https://word.example/story?id=7").way == ""


# By the slug


def slug_address(slug, path="entry"):
    return f"https://quebec.huffingtonpost.ca/{path}/{slug}_qc_5ccc6223e4b03b38d6933d24"


def test_slug_is_found_wherever_its_hyphens_stand(outlets):
    article = make_article(outlet=outlets["quebec"], slug="lune-rousse-doigts-geles-l-eclipse")
    assert resolve(slug_address("lune-rousse-doigts-geles-leclipse")).article_id == article.pk


def test_slug_that_the_archive_cut_off_is_found(outlets):
    article = make_article(outlet=outlets["quebec"], slug="lune-rousse-doigts-geles-l-eclipse-de-dimanche")
    longer = slug_address("lune-rousse-doigts-geles-leclipse-de-dimanche-heure-par-heure")
    assert resolve(longer).article_id == article.pk


def test_slug_of_two_articles_decides_nothing(outlets):
    for _ in range(2):
        make_article(outlet=outlets["quebec"], slug="lune-rousse-doigts-geles")
    assert resolve(slug_address("lune-rousse-doigts-geles")).way == ""


def test_beginning_of_two_slugs_decides_nothing(outlets):
    for end in ("un", "deux"):
        make_article(outlet=outlets["quebec"], slug=f"lune-rousse-doigts-geles-partie-{end}")
    assert resolve(slug_address("lune-rousse-doigts-geles-par")).way == ""


def test_whole_slug_comes_before_one_that_it_begins(outlets):
    article = make_article(outlet=outlets["quebec"], slug="lune-rousse-doigts-geles")
    make_article(outlet=outlets["quebec"], slug="lune-rousse-doigts-geles-suite")
    assert resolve(slug_address("lune-rousse-doigts-geles")).article_id == article.pk


def test_slug_is_found_where_many_begin_alike(outlets):
    for number in range(40):
        make_article(outlet=outlets["quebec"], slug=f"la-grande-revue-de-presse-du-matin-{number}")
    article = make_article(outlet=outlets["quebec"], slug="la-grande-revue-de-presse-du-matin-de-noel")
    asked = "la-grande-revue-de-presse-du-matin-de-noel"
    assert [resolve(slug_address(slug)).article_id for slug in (asked, f"{asked}-suite", asked[:-2])] == [
        article.pk
    ] * 3


def test_slug_that_begins_so_comes_before_one_that_is_its_beginning(outlets):
    make_article(outlet=outlets["quebec"], slug="lune-rousse-doigts-geles-l-eclipse-de-dimanche")
    article = make_article(outlet=outlets["quebec"], slug="lune-rousse-doigts-geles-l-eclipse-de-dimanche-heure-par")
    assert resolve(slug_address("lune-rousse-doigts-geles-l-eclipse-de-dimanche-heure")).article_id == article.pk


def test_slug_of_the_hosts_own_outlet_comes_first(outlets):
    make_article(outlet=outlets["canada"], slug="lune-rousse-doigts-geles")
    article = make_article(outlet=outlets["quebec"], slug="lune-rousse-doigts-geles")
    assert resolve(slug_address("lune-rousse-doigts-geles")).article_id == article.pk


def test_short_slug_beside_an_unknown_id_decides_nothing(outlets):
    make_article(outlet=outlets["quebec"], slug="horoscope")
    assert resolve(slug_address("horoscope")).way == ""


def test_short_beginning_decides_nothing(outlets):
    make_article(outlet=outlets["quebec"], slug="lune-rousse-doigts-geles")
    assert resolve(slug_address("lune-rousse")).way == ""


def test_slug_of_another_day_decides_nothing(outlets):
    make_article(outlet=outlets["quebec"], slug="la-une-des-journaux-du-jour")
    assert resolve("http://quebec.huffingtonpost.ca/2015/01/22/la-une-des-journaux-du-jour_n_1.html").way == ""


def test_day_tells_articles_of_one_slug_apart(outlets):
    article = make_article(outlet=outlets["quebec"], slug="la-une-des-journaux-du-jour")
    make_article(
        outlet=outlets["quebec"],
        slug="la-une-des-journaux-du-jour",
        published_on=date(2015, 3, 1),
        published_precision="day",
    )
    found = resolve("http://quebec.huffingtonpost.ca/2014/01/22/la-une-des-journaux-du-jour_n_1.html")
    assert (found.way, found.article_id) == ("slug", article.pk)


def test_slug_of_more_articles_than_are_looked_at_decides_nothing(outlets):
    for _ in range(32):
        make_article(outlet=outlets["quebec"], slug="la-une-des-journaux-du-jour")
    assert resolve("http://quebec.huffingtonpost.ca/2014/01/22/la-une-des-journaux-du-jour_n_1.html").way == ""


def test_address_of_no_known_form_is_told_from_its_shape(db):
    article = make_article(outlet=make_outlet(website="http://herald.example"), slug="the-ferry-will-not-cross")
    assert resolve("http://herald.example/x/y/the-ferry-will-not-cross.html").article_id == article.pk


@pytest.mark.parametrize(
    ("beginning", "after"), [("ab", "ac"), ("a9", "aa"), ("az", "b"), ("azz", "b"), ("zz", ""), ("", "")]
)
def test_first_text_after_all_that_begin_so(beginning, after):
    assert after_all_with(beginning) == after


# What is not told


def test_article_that_is_held_back_is_not_told_of_by_address_id_or_slug(outlets):
    article = hold(outlets, BEDARD)
    make_old_address(article, f"http://{BEDARD}")
    article.held_back, article.slug = True, "stephane-bedard-devient-chef-parlementaire-interimaire-pq"
    article.save()
    urls = [BEDARD, "m.huffpost.com/qc/entry/5129324", slug_address(article.slug)]
    assert [resolve(url).way for url in urls] == ["", "", ""]


def test_withdrawn_article_is_led_to_by_its_key_alone(outlets):
    article = hold(outlets, BEDARD)
    care.withdraw(article, reason="privacy", show_headline=False)
    assert resolve(BEDARD).path() == f"/huffpost-quebec/articles/{article.key}/"


# Pages that were no articles


def test_section_author_tag_and_day_lead_to_their_like(outlets):
    quebec = outlets["quebec"]
    article = make_article(outlet=quebec, section=make_section(quebec, slug="politique"))
    make_byline(article, make_author(slug="ruth-pettigrew"))
    article.tags.create(slug="neige", name="Neige")
    pages = {
        "/politique/": "/huffpost-quebec/sections/politique/",
        "/section/politique": "/huffpost-quebec/sections/politique/",
        "/author/ruth-pettigrew": "/huffpost-quebec/authors/ruth-pettigrew/",
        "/ruth-pettigrew/": "/huffpost-quebec/authors/ruth-pettigrew/",
        "/news/neige/": "/huffpost-quebec/tags/neige/",
        "/2014/01/22/": "/huffpost-quebec/2014/01/22/",
        "/feeds/verticals/quebec/index.xml": "/huffpost-quebec/feeds/atom.xml",
        "/section/politique/feed": "/huffpost-quebec/sections/politique/feeds/atom.xml",
        "/": "/huffpost-quebec/",
    }
    assert {path: resolve(f"http://quebec.huffingtonpost.ca{path}").path() for path in pages} == pages


@pytest.mark.parametrize(
    ("path", "target"),
    [
        ("/feed/", ""),
        ("/feed/rss2/", ""),
        ("/?feed=rss2", ""),
        ("/index.xml", ""),
        ("/atom.xml", ""),
        ("/rss.xml", ""),
        ("/rss", ""),
        ("/comments/feed/", ""),
        ("/nobody/knows/feed/", ""),
        ("/category/politique/feed/", "sections/politique/"),
        ("/category/nouvelles/politique/feed/", "sections/politique/"),
        ("/category/unknown/feed/", ""),
        ("/author/ruth-pettigrew/feed/", "authors/ruth-pettigrew/"),
        ("/tag/neige/feed/", "tags/neige/"),
    ],
)
def test_feed_leads_to_its_like(db, client, settings, path, target):
    call_command("loaddata", "address_patterns", verbosity=0)
    outlet = make_outlet(slug="herald", website="http://herald.example")
    article = make_article(outlet=outlet, section=make_section(outlet, slug="politique"))
    make_byline(article, make_author(slug="ruth-pettigrew"))
    article.tags.create(slug="neige", name="Neige")
    found = resolve(f"http://herald.example{path}").path()
    assert found == f"/herald/{target}feeds/atom.xml"
    assert client.get(found).status_code == 200


def test_author_of_nothing_public_is_no_page(outlets):
    article = make_article(outlet=outlets["quebec"], held_back=True)
    make_byline(article, make_author(slug="ruth-pettigrew"))
    assert resolve("http://quebec.huffingtonpost.ca/author/ruth-pettigrew").way == ""


def test_old_address_of_an_information_page_leads_to_it(outlets):
    page = make_info_page(outlets["quebec"], slug="a-propos")
    PageAddress.objects.create(page=page, url="http://quebec.huffingtonpost.ca/static/about-us")
    found = resolve("https://quebec.huffingtonpost.ca/static/about-us/?utm_source=x")
    assert (found.way, found.path()) == ("page", "/huffpost-quebec/pages/a-propos/")


def test_information_page_that_is_held_back_is_not_told_of(outlets):
    page = make_info_page(outlets["quebec"], held_back=True)
    PageAddress.objects.create(page=page, url="http://quebec.huffingtonpost.ca/static/about-us")
    assert resolve("http://quebec.huffingtonpost.ca/static/about-us").way == ""


# What it costs


def test_exact_look_up_is_one_question(outlets, django_assert_num_queries):
    make_old_address(make_article(), f"http://{BEDARD}")
    with django_assert_num_queries(1):
        resolve(BEDARD)


def test_look_up_of_what_is_not_there_is_a_fixed_number_of_questions(outlets, django_assert_num_queries):
    with django_assert_num_queries(7):
        resolve(BEDARD)


def test_thousand_addresses_known_are_looked_up_in_few_questions(outlets, django_assert_num_queries):
    article = make_article()
    urls = [f"http://quebec.huffingtonpost.ca/old/{number}" for number in range(1000)]
    OldAddress.objects.bulk_create([OldAddress(article=article, url=url) for url in urls])
    with django_assert_num_queries(2):
        assert {each.way for each in OldAddress.objects.resolve_many(urls)} == {"address"}


def test_thousand_addresses_that_are_not_there_are_looked_up_in_few_questions(outlets, django_assert_num_queries):
    urls = [slug_address(f"lune-rousse-doigts-geles-l-eclipse-de-dimanche-{number}-heures") for number in range(1000)]
    with django_assert_num_queries(18):
        assert {each.way for each in OldAddress.objects.resolve_many(urls)} == {""}


# Rows


def test_addresses_made_in_bulk_are_looked_up_as_any_other():
    article = make_article()
    OldAddress.objects.bulk_create(OldAddress(article=article, url=url) for url in ["https://www.example.org/a-b-c/"])
    address = OldAddress.objects.get()
    assert (address.normalised, address.slug_letters) == ("example.org/a-b-c", "abc")


def test_host_is_kept_in_its_normal_form():
    host = OldHost(outlet=make_outlet(), address="https://www.HuffPost.com/archive/qc/")
    host.full_clean()
    assert host.address == "huffpost.com/archive/qc"


@pytest.mark.parametrize("address", ["", "nowhere", "http://example.org/?a=1", "a@b.example"])
def test_what_is_no_host_is_refused(address):
    with pytest.raises(ValidationError):
        OldHost(outlet=make_outlet(), address=address).full_clean()


def test_pattern_that_does_not_fit_its_example_is_refused():
    with pytest.raises(ValidationError, match="does not fit"):
        AddressPattern(template="/entry/{id}", example="http://example.org/a/1").full_clean()


def test_what_is_no_pattern_is_refused():
    with pytest.raises(ValidationError, match="no regular expression"):
        AddressPattern(template="/(.*)").full_clean()


def test_pattern_for_every_outlet_stands_once():
    AddressPattern.objects.create(template="/entry/{id}")
    with pytest.raises(ValidationError, match="already"):
        AddressPattern(template="/entry/{id}/").full_clean()


@pytest.mark.parametrize("outlet", [True, False])
def test_pattern_is_found_by_its_natural_key(outlet):
    pattern = AddressPattern.objects.create(template="/entry/{id}", outlet=make_outlet() if outlet else None)
    assert AddressPattern.objects.get_by_natural_key(*pattern.natural_key()) == pattern


def test_patterns_of_well_known_systems_are_valid(db):
    from django.core.management import call_command

    call_command("loaddata", "address_patterns", verbosity=0)
    for pattern in AddressPattern.objects.all():
        pattern.full_clean()


@pytest.mark.parametrize(
    ("url", "way"),
    [
        ("http://paper.example/2014/01/22/the-ferry-stays", "slug"),
        ("http://paper.example/2014/01/the-ferry-stays/", "slug"),
        ("http://paper.example/?p=41362", "id"),
        ("http://paper.example/archives/41362", "id"),
        ("http://paper.example/2014/01/the_ferry_stays.html", "slug"),
        ("http://paper.example/archives/041362.html", "id"),
        ("http://paper.example/41362/the-ferry", "id"),
        ("http://paper.example/the-ferry-41362", "id"),
        ("http://paper.example/the-ferry-stays", "slug"),
        ("http://paper.example/category/harbour/", "page"),
        ("http://paper.example/feed/", "page"),
        ("http://paper.example/2014/", ""),
    ],
)
def test_forms_of_well_known_systems(url, way):
    from django.core.management import call_command

    call_command("loaddata", "address_patterns", verbosity=0)
    outlet = make_outlet(website="http://paper.example")
    make_article(
        outlet=outlet, original_id="41362", slug="the-ferry-stays", section=make_section(outlet, slug="harbour")
    )
    assert resolve(url).way == way
