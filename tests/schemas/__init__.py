"""Judges of what is written for machines: the schemas of this folder."""

import json
from functools import cache
from pathlib import Path

import jsonschema
from lxml import etree

HERE = Path(__file__).parent


@cache
def _schema(name):
    path = HERE / name
    if path.suffix == ".json":
        schema = json.loads(path.read_text(encoding="utf-8"))
        return jsonschema.Draft202012Validator(schema, format_checker=jsonschema.FormatChecker())
    return {".rng": etree.RelaxNG, ".xsd": etree.XMLSchema}[path.suffix](etree.parse(path))


def faults(name, document):
    """What the schema in the file `name` finds wrong with a document, given as bytes: a line each."""
    schema = _schema(name)
    if name.endswith(".json"):
        return [f"{error.json_path}: {error.message}" for error in schema.iter_errors(json.loads(document))]
    schema.validate(etree.fromstring(document))
    return [f"line {error.line}: {error.message}" for error in schema.error_log]
