"""ETag and If-Match: nobody overwrites what they have not seen."""

import re

from kairos_chassis.errors import Kind, Refusal

_ETAG = re.compile(r'^"v(\d{1,18})"$')


class StaleVersion(Exception):
    """The resource has changed since you read it. Read it again."""

    slug = "stale_version"
    kind = Kind.STALE


def etag(version: int) -> str:
    """The strong ETag of a version."""
    return f'"v{version}"'


def version_from(header: str | None) -> int:
    """The version in If-Match. Raises Refusal: 428 where it is missing, 412 where it is no ETag
    of ours (`*` included: it would overwrite unseen)."""
    if header is None:
        message = "Send If-Match with the ETag you have read."
        raise Refusal("precondition_required", Kind.UNCONDITIONAL, message)
    match = _ETAG.match(header.strip())
    if match is None:
        raise StaleVersion
    return int(match.group(1))
