"""What schemathesis is told of Tiffin: which things are there, and which rules a schema can't say.

`cargo run --bin fuzz` starts a town, and says the first in the environment."""

import json
import os
import re
import zlib

import schemathesis
from schemathesis.core.parameters import ParameterLocation

# Things of the town, by the name that an operation has for them: ids of each kind, tokens that work once, baskets.
THINGS = json.loads(os.environ["TIFFIN_THINGS"])
# Of so many requests one stays as it was made up: what is not there is asked for, too.
ONE_STAYS = 3

# What a 400 may say of a request that its schema allows: operations, the wrong field, what is said of it, and why no schema
# says it. All three are regular expressions that match the whole.
RULES = [
    # Over several fields.
    ("add-menu-item", "/option_groups/[0-9]+/min", "must not be over max, [0-9]+"),
    ("add-menu-item", "/option_groups/[0-9]+/max", "must not be over the number of options, [0-9]+"),
    ("quote-basket", "/items", "must choose at most [0-9]+ options in all"),
    ("create-restaurant", ".*/currency", "must be [A-Z]{3}, the restaurant's currency"),
    # As they are once they are trimmed and in lower case.
    ("create-restaurant|update-restaurant", "/cuisines/[0-9]+", "must not be listed twice"),
    # Who asks decides.
    ("list-orders", "/restaurant_id", "is for merchants|is required of merchants"),
    ("list-deliveries", "/from|/to", "is for administrators"),
    ("update-user", "/state", "is for administrators"),
    ("update-user", "/email|/password|/current_password", "is for the account's owner"),
    # What is there decides.
    ("quote-basket", "/tip/currency", "must be [A-Z]{3}, the restaurant's currency"),
    ("add-menu-item|update-restaurant", ".*/currency", "must be [A-Z]{3}, the restaurant's currency"),
    ("update-restaurant", "/currency", "must stay [A-Z]{3}, which the prices of its menu are in"),
    ("update-restaurant", "/small_order/.*", "is required"),
    ("update-user", "/email", "is for guests: an account keeps its e-mail"),
    ("update-user", "/current_password", "is for who has a password"),
    ("update-user", "/email|/password|/current_password", "is required"),
    ("refund-payment", "/amount/currency", "must be [A-Z]{3}, the payment's"),
    # Beside which characters it stands decides, and patterns reach no further than the first 65,536.
    (".*", ".*", "must (stand on one line|have no control).* nothing that nobody sees"),
    # When it is decides.
    ("report-location", "/at", "must not be more than [0-9]+ s ahead"),
    # Lists that others keep, and change.
    (".*", ".*/currency", "must be a currency code of ISO 4217"),
    ("create-restaurant|update-restaurant", "/time_zone", "must be a time zone of the IANA database, .*"),
]
# Codes of 400 that judge what only its maker can read.
OPAQUE = {"cursor-invalid"}


@schemathesis.hook
def before_load_schema(context, raw_schema):
    """Replies may have no member that is not named; refusals may, as the document says."""
    for name, schema in raw_schema["components"]["schemas"].items():
        if name != "Problem":
            close(schema)


def close(schema):
    if isinstance(schema, dict):
        if "properties" in schema:
            schema.setdefault("additionalProperties", False)
        for name, member in schema.items():
            # The forms of an object are about some of the members that it names.
            if name != "anyOf" or "properties" not in schema:
                close(member)
    elif isinstance(schema, list):
        for member in schema:
            close(member)


@schemathesis.hook
def before_call(context, case, kwargs):
    """Asks for things that are there, where what was made up is well formed."""
    parts = {"path": case.path_parameters, "query": case.query, "body": case.body}
    chosen = number([case.operation.label, *map(repr, parts.values())])
    for location, values in parts.items():
        if chosen % ONE_STAYS and not case.meta.is_negative_at(ParameterLocation(location)):
            fill(values)
    # Another request under a key that was used would be refused, and hide whatever else is wrong; so would the values that
    # schemathesis makes up for `If-Match`, and its pattern refuses.
    tried = case.meta.phase.data.parameter
    if "Idempotency-Key" in case.headers and tried not in ("Idempotency-Key", "Authorization"):
        case.headers["Idempotency-Key"] = str(chosen)
    if case.headers.get("If-Match") in ("", "0") and tried not in ("If-Match", "Authorization"):
        case.headers["If-Match"] = "*"


def fill(values):
    members = values.items() if isinstance(values, dict) else enumerate(values) if isinstance(values, list) else ()
    for name, value in members:
        things = THINGS.get(name)
        if things and type(value) is type(things[0]):
            values[name] = things[number(value) % len(things)]
        else:
            fill(value)


def number(value):
    """The same for the same value, in every run."""
    return zlib.crc32(json.dumps(value).encode())


@schemathesis.hook
def filter_failure(context, failure, case, response):
    """A 400 is well where it is for what a schema can't say."""
    if response.status_code != 400 or type(failure).__name__ != "RejectedPositiveData":
        return True
    problem = response.json()
    if problem["code"] in OPAQUE:
        return False
    operation = case.operation.definition.raw["operationId"]
    return not all(is_by_rule(operation, error) for error in problem.get("errors", [{"pointer": "", "detail": ""}]))


def is_by_rule(operation, error):
    found = (operation, error["pointer"], error["detail"])
    return any(all(map(re.fullmatch, rule, found)) for rule in RULES)
