"""Every answer is as the OpenAPI document says: schemathesis asks, and finds no fault."""

import pytest
import schemathesis
from django.core.signals import request_finished, request_started
from django.db import close_old_connections
from hypothesis import HealthCheck, given, settings
from schemathesis import GenerationMode
from schemathesis.errors import FailureGroup

pytestmark = pytest.mark.django_db

# The same each time: a fault that is found is found again.
MODEST = settings(
    max_examples=30, derandomize=True, database=None, deadline=None, suppress_health_check=list(HealthCheck)
)
# It reads no compressed answer from an application that it calls itself.
PLAIN = {"Accept-Encoding": "identity"}


@pytest.fixture
def operations(demo):
    from newsroom.wsgi import application

    # The connection is the test's, with what it made in its transaction, as in Django's own client.
    for signal in (request_started, request_finished):
        signal.disconnect(close_old_connections)
    document = schemathesis.openapi.from_wsgi("/api/v1/openapi.json", application)
    yield [operation.ok() for operation in document.get_all_operations()]
    for signal in (request_started, request_finished):
        signal.connect(close_old_connections)


@pytest.mark.parametrize("mode", list(GenerationMode), ids=lambda mode: mode.value)
def test_whatever_is_asked_is_answered_as_documented(operations, mode):
    for operation in operations:
        if mode.is_negative and not operation.definition.raw["parameters"]:
            continue

        @MODEST
        @given(case=operation.as_strategy(generation_mode=mode))
        def ask(case):
            case.call_and_validate(headers=PLAIN)

        ask()


def test_every_bound_is_kept_and_every_other_method_refused(operations):
    asked = 0
    for operation in operations:
        document = operation.schema
        for case in document.iter_coverage_cases(
            operation,
            generation_modes=list(GenerationMode),
            generation_config=document.config.generation_for(operation=operation),
        ):
            case.call_and_validate(headers=PLAIN)
            asked += 1
    assert asked > 10 * len(operations)


def test_judge_finds_a_fault_where_there_is_one(operations):
    [operation] = [each for each in operations if each.path.endswith("/outlets")]
    case = operation.Case()
    response = case.call(headers=PLAIN)
    response.content = response.content.replace(b'"slug"', b'"snail"')

    with pytest.raises(FailureGroup):
        case.validate_response(response)
