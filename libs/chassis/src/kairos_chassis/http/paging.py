"""Pages by signed cursor: no page is skipped or seen twice while rows come and go."""

from collections.abc import Callable, Sequence
from typing import Any, TypeVar

from kairos_chassis.http.call import Call

Item = TypeVar("Item")


class Page:
    """The page a caller asks for. `after` is where the one before it ended."""

    def __init__(self, call: Call, listing: str, cursor: str | None, limit: int) -> None:
        self.call = call
        self.listing = listing
        self.limit = limit
        self.after: list[Any] | None = None
        if cursor is not None:
            self.after = call.edge.cursors.read(listing, call.network_id, cursor)


def page_of(
    page: Page, found: Sequence[Item], position: Callable[[Item], list[Any]]
) -> tuple[Sequence[Item], str | None]:
    """The items of a page and the cursor of the next, from `limit + 1` items found.

    The next page is also announced in the answer's Link header.
    """
    items = found[: page.limit]
    if len(found) <= page.limit:
        return items, None
    call = page.call
    cursor = call.edge.cursors.make(page.listing, call.network_id, position(items[-1]))
    url = call.url.include_query_params(cursor=cursor)
    call.state_.link = f'<{url.path}?{url.query}>; rel="next"'
    return items, cursor
