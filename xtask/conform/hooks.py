"""The failures that `cargo xtask conform` expects, and that no list of statuses can describe."""

import re

import schemathesis

# The entity tags of `If-Match` and `If-None-Match`, as the contract describes them.
ENTITY_TAGS = re.compile(r'\*|(W/)?"[!#-~]*"( *, *(W/)?"[!#-~]*")*')

# Operations that read a resource after its DELETE: a user always has a cart, which DELETE empties, and DELETE of an order
# cancels it.
LASTING = {"getCart", "getOrder", "listOrderItems"}


def refused_fields(response):
    """Return the fields that a refusal with status 400 names."""
    try:
        body = response.json()
    except ValueError:
        return None
    details = (body.get("error") or body).get("details") if isinstance(body, dict) else None
    return {detail["field"] for detail in details} if details else None


def malformed_tags(case):
    """Return the headers of a request that should have entity tags and have none."""
    conditions = {name: value for name, value in case.headers.items() if name.lower() in ("if-match", "if-none-match")}
    return {name for name, value in conditions.items() if not ENTITY_TAGS.fullmatch(str(value))}


@schemathesis.hook
def filter_failure(ctx, failure, case, response):
    """Return false for a failure that is none.

    Cursors are signed, so only the service can make one that is valid, and OpenAPI cannot say that `cursor` and `page`
    exclude each other. Tests of the service read lists with cursors.

    schemathesis has a generator of its own for entity tags, which also makes texts that are none. The phase `coverage`
    sends them in requests that it takes for valid, although they break the pattern of the header.
    """
    kind = type(failure).__name__
    if kind == "UseAfterFree":
        return case.operation.definition.raw.get("operationId") not in LASTING
    if kind == "RejectedPositiveData" and response.status_code == 400:
        fields = refused_fields(response)
        return fields != {"cursor"} and not (fields and fields == malformed_tags(case))
    return True
