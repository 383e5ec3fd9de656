"""The rows that articles share (authors, sections, tags, sources), found by their names or made."""

import json
import re
import unicodedata
from hashlib import blake2b
from typing import NamedTuple

from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction

from archive.importers.base import Problem, Refusal
from archive.models import Author, Section, Source, SourceRule, Tag
from archive.models.article import slug_of

from .rows import insert, reserve
from .sources import state_of_source
from .wrong import said

# Signs that tell names apart and leave no trace in a slug: C, C++ and C#.
_TELLING = "+#&@"
# Namesakes beyond this number share one row.
_MOST_NAMESAKES = 50
# So many rows are remembered, then all are forgotten: memory does not grow with the archive.
_MOST_REMEMBERED = 10_000
_SHARED = {"author": Author, "section": Section, "source": Source, "tag": Tag}
_SLUG = re.compile(r"[-a-zA-Z0-9_]{1,120}")


class Named(NamedTuple):
    pk: int
    slug: str
    name: str


class Terms:
    """The shared rows, each looked up once, and those that were made."""

    def __init__(self, outlet):
        self.outlet = outlet
        # By (model, scope, slug): the row, or None where there is none.
        self.rows = {}
        # By what an article says.
        self.settled = {}
        # Of each row that was made, its model and natural key, until its trace is saved.
        self.made = []
        # By the same, what a source was made to be, by which an undo sees whether it still is.
        self.states = {}

    def author(self, byline):
        return self._settle(Author, byline)

    def tag(self, term, language):
        """A tag; a new one is in the language of the article that brings it."""
        return self._settle(Tag, term, made_with={"language": language})

    def source(self, source):
        return self._settle(Source, source, made_with={"kind": source.kind})

    def section(self, path):
        """The section at the end of a path of names; None for an empty one."""
        section = None
        for term in path:
            section = self._settle(Section, term, parent=section)
        return section

    def share(self, item):
        """Make a row of an own export as it is told, where there is none of its slug; one that is there stays.

        Returns what there is to be said.
        """
        model = _SHARED[item.kind]
        fields = dict(item.fields)
        rules = fields.pop("rules", ())
        if model is Section:
            fields |= {"outlet": self.outlet, "parent": self.section_above(fields["parent"])}
        if (row := self._row(model, item.slug)) is not None:
            return _rules_not_here(row, rules, item.place) if rules else []
        _check(model(slug=item.slug, **fields))
        row = self._make(model, slug=item.slug, **fields)
        for evidence, pattern, order in rules:
            rule = SourceRule(source=row, evidence=evidence, pattern=pattern, order=order)
            _check(rule)
            rule.save()
        if rules:
            self.states[model, row.natural_key()] = state_of_source(row)
        return []

    def section_above(self, slug):
        section = self._row(Section, slug) if slug else None
        if slug and section is None:
            raise Refusal(f"The section above it, “{slug}”, stands nowhere before it.", "Put that one first.")
        return section

    def expect(self, articles, *, make=False):
        """Look up in a few queries what these articles need; with `make`, also make the authors and tags they lack."""
        if len(self.rows) > _MOST_REMEMBERED:
            self.forget(len(self.made))
        wanted = {Author: {}, Tag: {}, Section: {}, Source: {}}
        languages = {}
        for prepared in articles:
            for model, terms in (
                (Author, prepared.bylines),
                (Tag, prepared.tags),
                (Section, prepared.section),
                (Source, [prepared.imported.source] if prepared.has_source else []),
            ):
                for named in terms:
                    if (model, named.slug, named.name) not in self.settled:
                        slug = _wanted_slug(model, named)
                        wanted[model].setdefault(slug, named)
                        if model is Tag:
                            languages.setdefault(slug, prepared.values["language"])
        for model, terms in wanted.items():
            slugs = [slug for slug in terms if (model, slug) not in self.rows]
            if not slugs:
                continue
            found = {row.slug: _remembered(row) for row in self._among(model, slugs)}
            for slug in slugs:
                self.rows[model, slug] = found.get(slug)
            if make and model in (Author, Tag):
                # A slug with capitals may be another row's, which is looked for when it comes to it.
                new = [slug for slug in slugs if slug not in found and terms[slug].slug in ("", slug)]
                self._make_many(model, {slug: terms[slug].name.strip() for slug in new}, languages)

    def _make_many(self, model, names, languages):
        # In one order for all, so that two runs never wait for each other.
        names = dict(sorted(names.items()))
        pks = reserve(model, len(names)) if names else []
        rows = [(pk, *each) for pk, each in zip(pks, names.items(), strict=True)]
        if model is Tag:
            insert(model, ("id", "slug", "name", "language"), [(*row, languages[row[1]]) for row in rows])
        else:
            insert(model, ("id", "slug", "name"), rows)
        for pk, slug, name in rows:
            self.rows[model, slug] = Named(pk, slug, name)
            self.made.append((model, (slug,)))

    def forget(self, made_before=0):
        """Forget what may have been taken back with a transaction, before which so many rows were made."""
        self.rows.clear()
        self.settled.clear()
        del self.made[made_before:]

    def traces(self, run):
        """The traces (run_id, kind, named, digest) of what was made since this was last asked."""
        made, self.made = self.made, []
        states, self.states = self.states, {}
        return [(run.pk, model._meta.model_name, json.dumps(key), states.get((model, key), "")) for model, key in made]

    def _settle(self, model, named, *, parent=None, made_with=None):
        mark = (model, named.slug, named.name, parent.pk) if parent else (model, named.slug, named.name)
        row = self.settled.get(mark)
        if row is None:
            row = self.settled[mark] = self._find_or_make(model, named, parent, made_with or {})
        return row

    def _find_or_make(self, model, named, parent, made_with):
        """The row of that slug; or, where only the name is known, the one of that name, and below the same section."""
        name = named.name.strip()
        if named.slug != _wanted_slug(model, named) and _SLUG.fullmatch(named.slug):
            # Staff wrote it with capitals, and an own export tells it so.
            row = self._row(model, named.slug)
            if row is not None:
                return row
        fields = {"outlet": self.outlet, "parent": parent} if model is Section else made_with
        for slug in _candidates(_wanted_slug(model, named), _longest_slug(model)):
            row = self._row(model, slug)
            if row is None:
                row = self._make(model, slug=slug, name=name, **fields)
            if named.slug or (
                _folded(row.name) == _folded(name) and (model is not Section or row.parent_id == (parent and parent.pk))
            ):
                break
        return row

    def _row(self, model, slug):
        if (model, slug) not in self.rows:
            row = self._among(model, [slug]).first()
            self.rows[model, slug] = row and _remembered(row)
        return self.rows[model, slug]

    def _among(self, model, slugs):
        rows = model.objects.filter(slug__in=slugs)
        return rows.filter(outlet=self.outlet) if model is Section else rows

    def _make(self, model, **fields):
        try:
            with transaction.atomic():
                row = model.objects.create(**fields)
        except IntegrityError:
            # Another run made it in between.
            scope = {"outlet": self.outlet} if model is Section else {}
            row = model.objects.get(slug=fields["slug"], **scope)
        else:
            self.made.append((model, row.natural_key()))
        self.rows[model, fields["slug"]] = _remembered(row)
        return row


def _remembered(row):
    """Of authors and tags, of whom there are many, no more than is asked for."""
    return Named(row.pk, row.slug, row.name) if isinstance(row, Author | Tag) else row


def _rules_not_here(source, rules, place):
    here = set(source.rules.values_list("evidence", "pattern"))
    lacking = [f"{evidence} “{pattern}”" for evidence, pattern, _order in rules if (evidence, pattern) not in here]
    if not lacking:
        return []
    return [
        Problem(
            place,
            f"The source “{source}” is here without these rules: {', '.join(lacking)}. It was left as it is.",
            "If they are to recognise it here too, add them in the admin.",
        )
    ]


def _check(row):
    try:
        row.clean_fields()
    except ValidationError as error:
        raise Refusal(f"It can't be saved as it is. {said(error)}", "Mend it in the file.") from None


def _wanted_slug(model, named):
    return _slug(named.slug or named.name.strip(), _longest_slug(model))


def _longest_slug(model):
    return model._meta.get_field("slug").max_length


def _slug(text, longest):
    # A name in another script has no slug; its digest is the same each time.
    return slug_of(text, empty=f"n-{blake2b(text.encode(), digest_size=5).hexdigest()}")[:longest].rstrip("-")


def _candidates(slug, longest):
    yield slug
    for number in range(2, _MOST_NAMESAKES + 1):
        yield f"{slug[: longest - 3]}-{number}"


def _folded(name):
    letters = unicodedata.normalize("NFKD", name).casefold()
    return "".join(letter for letter in letters if letter.isalnum() or letter in _TELLING)
