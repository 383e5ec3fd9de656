"""Two hundred articles of two outlets, the same each time, whose words are chosen to be searched."""

import random
from datetime import UTC, date, datetime, timedelta

from archive.models import Article, Author, Byline, Image, Outlet, Section, Source, Tag, Withdrawal
from archive.search import index

NUMBER = 200
FRENCH = (
    "Les élections générales auront lieu au printemps, selon la ministre.",
    "L’élection partielle s’est jouée à quelques voix.",
    "L’œuvre du peintre sera exposée au musée jusqu’à l’automne.",
    "Ses œuvres complètes paraissent enfin en français.",
    "Il assurait hier que le pont serait rouvert avant Noël.",
    "La Ville doit assurer la sécurité des piétons, rappelle l’avocate.",
    "Aujourd’hui, l’hôpital Sainte-Justine manque d’infirmières.",
    "Le premier ministre du Québec a rencontré les maires de la région.",
    "La première ministre de l’Ontario s’est dite déçue.",
    "Le Saint-Laurent a débordé près de Saint-Jean-sur-Richelieu.",
    "Qu’est-ce que l’État peut faire? demande l’économiste.",
    "L’été a été chaud; les forêts ont brûlé.",
    "Le but de Lafleur a donné la victoire au club, à la dernière minute.",
    "Un cœur artificiel a été greffé à un patient de 61 ans.",
    "Le coût de la vie a augmenté de 3,4 % cette année.",
    "Les étudiants manifestent contre la hausse des droits de scolarité.",
    "Une étudiante de l’Université Laval a gagné le prix.",
    "La côte gaspésienne recule d’un mètre par an.",
    "Les changements climatiques inquiètent les pêcheurs de homard.",
    "Le chômage recule à Montréal, mais pas en région.",
    "Un train a déraillé à Lac-Mégantic; la municipalité se souvient.",
    "Le cinéaste Xavier Dolan tourne à Paris un film sur sa mère.",
    "L’aînée des sœurs tient la boulangerie depuis vingt ans.",
    "La grève des enseignants se poursuit; les écoles restent fermées.",
    "Elle a reçu 12 000 lettres, dont une d’Ottawa.",
    "Le maïs et les légumes du marché Jean-Talon.",
    "Il n’y a pas d’eau potable à Nunavik ce soir.",
    "La loi 101 fête ses quarante ans.",
    "Le budget prévoit un déficit de 2 milliards de dollars.",
    "C’est le vélo qui l’emporte, rue Saint-Denis.",
)
ENGLISH = (
    "The election will be held in the spring, the minister said.",
    "Voters in the by-election chose the mayor’s sister.",
    "The painter’s works hang in Canada’s oldest museum.",
    "A car accident closed the bridge on Monday night.",
    "He didn’t say whether the Prime Minister had been told.",
    "The goal came late, and the Canadiens won the game.",
    "Climate change worries lobster fishermen in the Gulf.",
    "Climate, they say, will change the way that people fish.",
    "Students marched against higher tuition fees.",
    "The hospital in St. John’s has run out of beds.",
    "A strike by teachers keeps schools closed for a second week.",
    "The river flooded Saint-Jean-sur-Richelieu and went on north.",
    "Unemployment fell in Toronto but rose in the Maritimes.",
    "The naïve café owner’s résumé fooled nobody.",
    "Quebec’s premier and Ontario’s met for lunch.",
    "Her son plays the organ at Notre-Dame.",
    "Bill 101 turned forty this summer.",
    "The film opened to long lines; its director stayed at home.",
    "The budget shows a deficit of two billion dollars.",
    "Nurses say that they are running on empty.",
    "Hockey playoffs begin on Wednesday, without the Leafs.",
    "The lake froze early, and skaters came by the thousand.",
    "An orchestra of farmers plays Beethoven in a barn.",
    "She studied the data and wrote a study of her own.",
)
HEADLINES = {
    "fr": (
        *("Élections : la ministre s’explique", "L’œuvre retrouvée", "Le pont rouvrira", "Grève dans les écoles"),
        *("Montréal à vélo", "Les pêcheurs de homard inquiets", "Un cœur neuf", "Chômage en recul"),
        *("Lac-Mégantic, dix ans après", "Le budget en bref", "La hausse des droits de scolarité", "Noël à l’hôpital"),
    ),
    "en": (
        *("Election called for spring", "The bridge is closed", "Climate change at sea", "Strike closes schools"),
        *(
            "Premiers meet over lunch",
            "Hockey returns",
            "A study in patience",
            "Budget in the red",
            "Son of a fisherman",
        ),
    ),
}
AUTHORS = ("Amélie Côté", "Jean Tremblay", "Anne O’Brien", "Zoë Lefebvre-Roy", "John Smith", "Jean Tremblay-Gagnon")
TAGS = ("Élections", "Environnement", "Montréal", "Hockey")


def make():
    """Make them, with their cards. Each one's key follows from its number."""
    chance = random.Random(101)  # noqa: S311
    outlets = {
        "fr": Outlet.objects.create(slug="le-phare", name="Le Phare", language="fr", time_zone="America/Toronto"),
        "en": Outlet.objects.create(slug="the-lamp", name="The Lamp", language="en", time_zone="America/Toronto"),
    }
    sections = {
        "fr": [_section(outlets["fr"], name) for name in ("Politique", "Arts et spectacles", "Sports")],
        "en": [_section(outlets["en"], name) for name in ("Politics", "Arts", "Sports")],
    }
    authors = [
        Author.objects.create(slug=slug, name=name)
        for name, slug in zip(
            AUTHORS,
            ("amelie-cote", "jean-tremblay", "anne-obrien", "zoe-lefebvre-roy", "john-smith", "jean-tremblay-gagnon"),
            strict=True,
        )
    ]
    sources = [
        Source.objects.create(slug=slug, name=name, kind="agency")
        for slug, name in (("presse-du-fleuve", "La Presse du fleuve"), ("lantern-wire", "Lantern Wire"))
    ]
    slugs = ("elections", "env", "mtl", "jeu")
    tags = [
        Tag.objects.get_or_create(slug=slug, defaults={"name": name})[0] for name, slug in zip(TAGS, slugs, strict=True)
    ]
    made = []
    for number in range(NUMBER):
        language = "fr" if number % 5 < 3 else "en"
        sentences = FRENCH if language == "fr" else ENGLISH
        paragraphs = [" ".join(chance.sample(sentences, 3)) for _each in range(chance.randint(1, 4))]
        article = Article.objects.create(
            outlet=outlets[language],
            original_id=f"p{number}",
            headline=f"{chance.choice(HEADLINES[language])} ({number})" if number % 7 else chance.choice(sentences),
            summary=chance.choice(sentences) if number % 3 == 0 else "",
            body="".join(f"<p>{each}</p>" for each in paragraphs),
            language=language,
            section=chance.choice(sections[language]) if number % 4 else None,
            source=chance.choice(sources) if number % 2 else None,
            dateline="RIMOUSKI (PF) –" if number % 10 == 1 else "",
            held_back=number % 50 == 7,
            **_date(number, chance),
        )
        if number % 3:
            Byline.objects.create(
                article=article, author=chance.choice(authors), printed="A. Côté" if number == 4 else ""
            )
        article.tags.set(chance.sample(tags, number % 3))
        if number % 9 == 0:
            Image.objects.create(article=article, withheld="rights", caption="Un phoque au large de Percé, en 1998.")
        if number % 40 == 11:
            Withdrawal.objects.create(article=article, withdrawn_on=date(2020, 1, 1), reason="legal")
        made.append(article.pk)
    index(made)


def _section(outlet, name):
    return Section.objects.create(outlet=outlet, name=name, slug=name.lower().replace(" ", "-"))


def _date(number, chance):
    moment = datetime(2012, 1, 1, 17, 0, tzinfo=UTC) + timedelta(days=chance.randrange(3000), minutes=number)
    if number % 11 == 3:
        return {"published_on": moment.date(), "published_precision": "month"}
    if number % 11 == 6:
        return {"published_on": moment.date(), "published_precision": "year"}
    if number % 37 == 5:
        return {"published_precision": "unknown"}
    if number % 4 == 0:
        return {"published_on": moment.date(), "published_precision": "day"}
    return {"published_at": moment, "published_precision": "minute"}
