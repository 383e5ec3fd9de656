from datetime import date, timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from archive.models import SelectedArticle, Selection
from tests.factories import make_article, make_outlet

from .forms import edit, filled_in

pytestmark = pytest.mark.django_db
ADD = "/admin/archive/selection/add/"


@pytest.fixture
def outlet():
    return make_outlet(name="HuffPost Québec")


def selection_of(outlet, **fields):
    defaults = {"slug": "hivers", "title": "Hivers", "shown_from": date(2021, 6, 1)}
    return Selection.objects.create(outlet=outlet, **(defaults | fields))


def add(staff, outlet, *articles, **changes):
    data = filled_in(
        staff.get(ADD).content,
        "selection_form",
        outlet=str(outlet.pk),
        title="Hivers",
        slug="hivers",
        shown_from="2021-06-01",
        **{"selected_articles-TOTAL_FORMS": str(len(articles))},
        **changes,
    )
    for number, article in enumerate(articles):
        data |= {
            f"selected_articles-{number}-article": str(article.pk),
            f"selected_articles-{number}-note": "",
            f"selected_articles-{number}-order": str(number),
        }
    return staff.post(ADD, data, follow=True)


def test_selection_is_made_with_its_articles(staff, outlet):
    articles = [make_article(outlet=outlet), make_article(outlet=outlet)]
    add(staff, outlet, *articles)
    assert [chosen.article for chosen in Selection.objects.get().selected_articles.all()] == articles


def test_selection_of_a_network_takes_articles_of_its_editions(staff, outlet):
    network = make_outlet()
    outlet.parent = network
    outlet.save()
    add(staff, network, make_article(outlet=outlet))
    assert SelectedArticle.objects.count() == 1


def test_article_of_another_outlet_is_refused_in_plain_words(staff, outlet):
    other = make_article(outlet=make_outlet(name="Le Voisin"))
    response = add(staff, outlet, other)
    assert "This article belongs to Le Voisin." in response.content.decode()
    assert not Selection.objects.exists()


def test_article_of_the_network_is_refused_in_an_editions_selection(staff, outlet):
    network = make_outlet()
    outlet.parent = network
    outlet.save()
    add(staff, outlet, make_article(outlet=network))
    assert not Selection.objects.exists()


def test_article_chosen_twice_is_refused(staff, outlet):
    article = make_article(outlet=outlet)
    assert add(staff, outlet, article, article).status_code == 200
    assert not Selection.objects.exists()


def test_end_before_the_beginning_is_refused_in_plain_words(staff, outlet):
    response = add(staff, outlet, shown_until="2021-05-01")
    assert "It ends on a later day than it begins." in response.content.decode()


def test_outlet_that_is_changed_must_have_the_articles_too(staff, outlet):
    selection = selection_of(outlet)
    SelectedArticle.objects.create(selection=selection, article=make_article(outlet=outlet))
    edit(staff, selection, outlet=str(make_outlet().pk))
    selection.refresh_from_db()
    assert selection.outlet == outlet


def test_selection_without_an_outlet_says_what_is_missing(staff, outlet):
    response = staff.post(ADD, filled_in(staff.get(ADD).content, "selection_form", title="Hivers", slug="hivers"))
    assert "This field is required." in response.content.decode()


def test_note_is_changed(staff, outlet):
    selection = selection_of(outlet)
    chosen = SelectedArticle.objects.create(selection=selection, article=make_article(outlet=outlet))
    edit(staff, selection, **{"selected_articles-0-note": "Le plus froid."})
    chosen.refresh_from_db()
    assert chosen.note == "Le plus froid."


def test_list_tells_which_are_shown_today(staff, outlet):
    today = timezone.now().date()
    selection_of(outlet, slug="a", shown_from=today)
    selection_of(outlet, slug="b", shown_from=today + timedelta(days=1))
    selection_of(outlet, slug="c", shown_from=today - timedelta(days=2), shown_until=today)
    page = staff.get(reverse("admin:archive_selection_changelist")).content.decode()
    assert [page.count(words) for words in ("today</span>", "not yet</span>", "no longer</span>")] == [1, 1, 1]
