"""The API of this service: routes and what they take and answer."""
