"""The failures that `cargo xtask conform` expects, and that no list of statuses can describe."""

import schemathesis


def refused_fields(response):
    """Return the fields that a refusal with status 400 names."""
    try:
        body = response.json()
    except ValueError:
        return None
    details = (body.get("error") or body).get("details") if isinstance(body, dict) else None
    return {detail["field"] for detail in details} if details else None


@schemathesis.hook
def filter_failure(ctx, failure, case, response):
    """Return false for the refusal of a cursor.

    Cursors are signed, so only the service can make one that is valid, and OpenAPI cannot say that `cursor` and `page`
    exclude each other. Tests of the service read lists with cursors.
    """
    is_refusal = type(failure).__name__ == "RejectedPositiveData" and response.status_code == 400
    return not (is_refusal and refused_fields(response) == {"cursor"})
